"""What a calculator says of an input that does not fit its model."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from devops_exe.design.operation import CalculatorInput, Count, IntOrPercent
from devops_exe.design.refusal import refusal, shown


class Square(CalculatorInput):
    kind: Literal["square"]
    side: Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0)]


class Disc(CalculatorInput):
    kind: Literal["disc"]
    radius: Annotated[float, Field(gt=0)]


class Drawing(CalculatorInput):
    shapes: Annotated[
        list[Annotated[Square | Disc, Field(discriminator="kind")]], Field(min_length=1)
    ]
    bound: IntOrPercent = 0
    frame: Square | None = None
    copies: Count = 1


def said(inputs):
    with pytest.raises(ValidationError) as caught:
        Drawing.model_validate(inputs)
    error = refusal(caught.value.errors(include_url=False), inputs)
    return error.code, error.where, error.line()


GOOD = {"kind": "square", "side": 1}


@pytest.mark.parametrize(
    ("inputs", "code", "where", "right"),
    [
        ({}, "missing_field", "shapes", "give shapes"),
        ({"shapes": [{"side": 1}]}, "missing_field", "shapes[0].kind", "give shapes[0].kind"),
        ({"shapes": [GOOD, {"kind": "square"}]}, "missing_field", "shapes[1].side", "give"),
        ({"shapes": [{"kind": "oval"}]}, "invalid_input", "shapes[0].kind", "'square', 'disc'"),
        ({"shapes": [{**GOOD, "side": "1"}]}, "invalid_input", "shapes[0].side", "valid number"),
        ({"shapes": [{**GOOD, "side": 0}]}, "invalid_input", "shapes[0].side", "greater than 0"),
        ({"shapes": []}, "invalid_input", "shapes", "at least 1 item"),
        ({"shapes": [5]}, "invalid_input", "shapes[0]", "an object"),
        ({"shapes": [GOOD], "bound": "5"}, "invalid_input", "bound", "%"),
        ({"shapes": [GOOD], "bound": -1}, "invalid_input", "bound", "whole number >= 0"),
        ({"shapes": [GOOD], "frame": []}, "invalid_input", "frame", "an object"),
        ({"shapes": [GOOD], "copies": True}, "invalid_input", "copies", "is true"),
        ({"shapes": [GOOD], "copies": -(10**6000)}, "invalid_input", "copies", "digits"),
        ({"shapes": [GOOD], "copies": "x" * 10**6}, "invalid_input", "copies", "…"),
    ],
)
def test_it_names_the_field_and_what_would_be_right(inputs, code, where, right):
    found, place, line = said(inputs)
    assert (found, place) == (code, where)
    assert right in line
    assert "\n" not in line
    assert len(line) < 300


def test_a_deeply_nested_value_is_not_written_out():
    nested: object = 1
    for _ in range(100_000):
        nested = [nested]
    assert shown(nested) == "a deeply nested value"
