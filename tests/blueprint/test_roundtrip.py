"""The text is a lossless format: any text, every part, every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blueprint_samples import CELL, SAMPLE, TEXT, blueprints, part
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.blueprint.lines import Row, escaped, joined, split_row
from devops_exe.blueprint.model import PARTS, Header, ScalingRow, clean
from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.render import render
from devops_exe.ground.text import cells, clusters

if TYPE_CHECKING:
    from devops_exe.blueprint.model import Blueprint

WIDTHS = st.integers(39, 100)


@settings(max_examples=100, deadline=None)
@given(blueprints(), WIDTHS)
def test_any_document_is_read_back(blueprint: Blueprint, width: int) -> None:
    text = render(blueprint, width)
    for line in text.split("\n"):
        if line.startswith(("┌", "│", "└")):
            assert cells(line) == width
        elif not line.startswith("|"):
            assert cells(line) <= width
    reading = parse(text)
    assert reading.findings == ()
    assert reading.blueprint == blueprint


def test_the_sample_and_its_parts_at_every_width() -> None:
    for kind in PARTS:
        for width in range(39, 101):
            reading = parse(render(part(kind), width))
            assert reading.findings == ()
            assert reading.blueprint == part(kind)


@settings(max_examples=50, deadline=None)
@given(blueprints(), WIDTHS, st.sampled_from(["", "  ", "    "]), st.booleans())
def test_what_stands_around_a_document_does_not_matter(
    blueprint: Blueprint, width: int, indent: str, crlf: bool
) -> None:
    text = render(blueprint, width)
    lines = [f"{indent}{line}  " if line else line for line in text.split("\n")]
    around = [
        "Here is the DEVOPS BLUEPRINT you asked for:",
        "",
        "```text",
        *lines,
        "```",
        "",
        "Bye",
    ]
    reading = parse(("\r\n" if crlf else "\n").join(around))
    assert reading.findings == ()
    assert reading.blueprint == blueprint


def test_colours_are_looked_through() -> None:
    text = render(SAMPLE, 60).replace("● Pipeline", "\x1b[32m●\x1b[0m Pipeline")
    reading = parse("\ufeff" + text.replace("DEVOPS BLUEPRINT", "\x1b[1mDEVOPS BLUEPRINT\x1b[0m"))
    assert (reading.findings, reading.blueprint) == ((), SAMPLE)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "  " not in once
    assert once == once.strip()


@settings(max_examples=100, deadline=None)
@given(TEXT, st.integers(12, 60), st.sampled_from(["", "  ", "  Type:", "     └─→"]))
def test_a_value_is_broken_without_loss(text: str, room: int, prefix: str) -> None:
    value = clean(text)
    limit = len(prefix) + 1 + room
    lines = Row(prefix, value).printed(limit)
    assert all(cells(line) <= limit for line in lines)
    if value:
        lead = len(prefix) + 1
        assert lines[0].startswith(f"{prefix} ")
        assert all(line[:lead] == " " * lead for line in lines[1:])
        assert joined([line[lead:] for line in lines]) == value


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["e\u0301", "क्षि", "👍🏽", "🇩🇪", "漢", "\\", "a"]), min_size=30))
def test_no_cluster_is_parted(word: list[str]) -> None:
    value = "".join(word)
    lines = Row("  •", value).printed(30)
    pieces = [line[4:].rstrip("\\") for line in lines]
    assert len(lines) > 1
    whole = [cluster for cluster in clusters(value) if cluster != "\\"]
    assert [c for piece in pieces for c in clusters(piece) if c != "\\"] == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=4))
def test_any_cell_is_read_back(texts: list[str]) -> None:
    values = [clean(text) for text in texts]
    row = "|" + "|".join(f" {escaped(value)} " for value in values) + "|"
    assert split_row(row) == values


def test_backslashes_and_bars_of_a_cell() -> None:
    cells_ = ["\\", "|", "\\|", "\\\\|", "a\\|b\\", "||", ""]
    row = "|" + "|".join(f" {escaped(value)} " for value in cells_) + "|"
    assert row == "| \\ | \\| | \\\\| | \\\\\\| | a\\\\|b\\ | \\|\\| |  |"
    assert split_row(row) == cells_


def test_values_that_look_like_the_template() -> None:
    lures = (
        "RTO: 5 minutes " * 6,
        "1. Code Push └─→ 2. Build " * 4,
        "│ │ │ ┌───┐ └───┘ " * 4,
        "```  DEVOPS BLUEPRINT ``` MONITORING " * 3,
        "• • • Steps: Alerts: " * 4,
        "DevOps Status: ● Pipeline Active " * 3,
        "\\ \\\\ \\\\\\ " * 9,
        "═" * 39 + " " + "─" * 36,
    )
    assert SAMPLE.rollback is not None
    for lure in lures:
        blueprint = SAMPLE.model_copy(
            update={
                "header": Header(system=lure, platform=lure, time=lure),
                "rollback": SAMPLE.rollback.model_copy(
                    update={"trigger": clean(lure), "steps": (clean(lure),) * 12}
                ),
                "scaling": (ScalingRow(dimension=lure, trigger=lure, target=lure),),
                "footer": clean(lure),
            }
        )
        for width in (39, 40, 53, 80, 100):
            reading = parse(render(blueprint, width))
            assert reading.findings == ()
            assert reading.blueprint == blueprint
