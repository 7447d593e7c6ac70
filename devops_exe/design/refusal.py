"""Validation problems in a user's words: which field, what it was, what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from devops_exe.ground.errors import CalculatorError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LONGEST = 60
"""Characters of a value that an error quotes."""


def shown(value: object) -> str:
    """A value as an error quotes it: as JSON writes it, and short.

    >>> shown(True), shown(None), shown("5")
    ('true', 'null', "'5'")
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than some thousand digits
        return "a number of thousands of digits"
    except RecursionError:
        return "a deeply nested value"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}…"


def refusal(problems: Sequence[ErrorDetails], inputs: object) -> CalculatorError:
    """The first validation problem as a calculator's error.

    Args:
        problems: what pydantic found, at least one.
        inputs: the object that was validated; it tells fields from names of union branches.
    """
    first = problems[0]
    kind = first["type"]
    where = _place(first, inputs)
    if kind.startswith("union_tag"):
        tag = str(first["ctx"]["discriminator"]).strip("'")
        where = f"{where}.{tag}"
    if kind in ("missing", "union_tag_not_found"):
        return CalculatorError(
            f"{where} is missing", where=where, fix=f"give {where}", code="missing_field"
        )
    value = first["input"]
    if kind == "union_tag_invalid" and isinstance(value, Mapping):
        value = value.get(tag)
    said = dict.fromkeys(_said(one) for one in problems if _place(one, inputs) == where)
    if kind.startswith("union_tag"):
        said = {_said(first): None}
    if any("number" in one for one in said):
        said.pop("it should be a valid integer", None)
    fix = ", or ".join(said)
    return CalculatorError(f"{where} is {shown(value)}", where=where, fix=fix)


def _said(problem: ErrorDetails) -> str:
    """What would be right."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "union_tag_invalid":
        return f"it should be one of {context['expected_tags']}"
    if kind == "too_short":
        return f"it should have at least {context['min_length']} item(s)"
    if kind == "too_long":
        return f"it should have at most {context['max_length']} item(s)"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "it should be an object"
    said = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"it {said}" if said.startswith("should") else said


def _place(problem: ErrorDetails, inputs: object) -> str:
    """``metrics[0].target`` from a location; names of union branches are left out.

    A location holds fields, positions and branches of unions alike: only what the input has
    at that point, or lacks at the end, is a place in it.
    """
    text = ""
    here: object = inputs
    last = len(problem["loc"]) - 1
    for number, part in enumerate(problem["loc"]):
        try:
            here = here[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            if not (problem["type"] == "missing" and number == last):
                continue
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text or "input"
