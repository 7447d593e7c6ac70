"""What the model lets in is what the document can hold."""

from __future__ import annotations

import pytest
from blueprint_samples import SAMPLE
from pydantic import ValidationError

from devops_exe.blueprint.model import Figure, Header, Overview, Rollback, ScalingRow, kind_of
from devops_exe.blueprint.render import render
from devops_exe.ground.text import cells


def test_text_is_cleaned_on_the_way_in() -> None:
    header = Header(system="  a\tb\n c\x1b[31m ", platform="\u202eevil\x00", time="x\u2028y")
    assert (header.system, header.platform, header.time) == ("a b c", "evil", "x y")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\n"])
def test_a_newline_in_a_cell_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="newline"):
        ScalingRow(dimension=text, trigger="", target="")


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e5", " 4.5", "4,5", "[X]", "٣", "1" * 50])
def test_a_figure_is_a_plain_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="no plain decimal"):
        Figure.of(text, "percent")


def test_value_and_text_of_a_figure_agree() -> None:
    with pytest.raises(ValidationError, match="is not the printed"):
        Figure(value=4.52, text="4.5", unit="minutes")


def test_units_and_counts() -> None:
    with pytest.raises(ValidationError, match="not in minutes"):
        Rollback(trigger="", steps=(), rto=Figure.of("4.5", "percent"))
    with pytest.raises(ValidationError):
        Overview.model_validate({**_overview(), "environments": -1})
    with pytest.raises(ValidationError, match="not in percent"):
        Overview.model_validate({**_overview(), "reliability": Figure.of("9", "minutes")})


def _overview() -> dict[str, object]:
    assert SAMPLE.overview is not None
    return SAMPLE.overview.model_dump()


def test_kind_of() -> None:
    assert kind_of(SAMPLE) == "devops"


@pytest.mark.parametrize(
    "text",
    ["漢\u094d", "\u0903", "漢" * 40 + "\u094d", "\u0600", "ก\u0e33", "🏿", "🇩🇪🇩", "1\ufe0f\u20e3",
     "\u1100" * 99, "क्षि" * 30, "a" * 26 + "\u094d", "👩\u200d👩"],
)  # fmt: skip
def test_borders_stay_straight_behind_marks_that_change_their_neighbours(text: str) -> None:
    assert SAMPLE.rollback is not None
    rollback = SAMPLE.rollback.model_validate(
        {**SAMPLE.rollback.model_dump(), "trigger": text, "steps": [text, f"a {text} b"]}
    )
    for line in render(SAMPLE.model_copy(update={"rollback": rollback})).split("\n"):
        if line.startswith("│"):
            assert cells(line) == 39
