"""Reading never raises, and no small damage passes unseen."""

from __future__ import annotations

import random
import time

import pytest
from blueprint_samples import SAMPLE, part
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.reading import MOST_FINDINGS
from devops_exe.blueprint.render import render

LINES = {width: render(SAMPLE, width).split("\n") for width in (39, 61, 100)}
PIECES = [
    *dict.fromkeys(LINES[39]), "│", "└─→", "\\", "|", "\x1b[", "\r", "\x00", "  ", "9" * 5000, "%",
    "漢", "\ud800", "\u0301", "DevOps Status:", "```",
]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=20)).map("\n".join))
def test_any_text_is_read(text: str) -> None:
    reading = parse(text)
    assert (reading.blueprint is None) == ("not_a_blueprint" in {f.code for f in reading.findings})


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(LINES)),
    st.lists(
        st.tuples(
            st.sampled_from(["delete", "double", "swap", "cut", "insert", "bytes"]),
            st.integers(0, 10**6),
            st.integers(0, 10**6),
            st.sampled_from(PIECES),
        ),
        max_size=8,
    ),
)
def test_a_damaged_document_is_read(width: int, damage: list[tuple[str, int, int, str]]) -> None:
    lines = list(LINES[width])
    for kind, one, two, piece in damage:
        i, j = one % len(lines), two % len(lines)
        if kind == "delete" and len(lines) > 1:
            del lines[i]
        elif kind == "double":
            lines.insert(j, lines[i])
        elif kind == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "cut":
            lines[i] = lines[i][: two % (len(lines[i]) + 1)]
        elif kind == "insert":
            lines[i] = lines[i][: two % (len(lines[i]) + 1)] + piece
        else:
            raw = bytearray(lines[i].encode("utf-8", "replace"))
            raw[two % (len(raw) + 1) :] = random.Random(one).randbytes(3)
            lines[i] = raw.decode("utf-8", "replace").replace("\n", " ")
    reading = parse("\n".join(lines))
    if reading.blueprint is not None and not reading.findings:
        assert parse(render(reading.blueprint, width)).blueprint == reading.blueprint


@pytest.mark.parametrize("width", sorted(LINES))
def test_no_line_can_go_unseen(width: int) -> None:
    lines = LINES[width]
    for index in range(len(lines)):
        reading = parse("\n".join(lines[:index] + lines[index + 1 :]))
        assert reading.findings or reading.blueprint != SAMPLE, lines[index]


@pytest.mark.parametrize("width", sorted(LINES))
def test_no_line_can_be_doubled_unseen(width: int) -> None:
    lines = LINES[width]
    # A second title above the document is text around it.
    for index in range(1, len(lines) - 1):
        reading = parse("\n".join([*lines[: index + 1], *lines[index:]]))
        assert reading.findings or reading.blueprint != SAMPLE, lines[index]


@pytest.mark.parametrize("width", sorted(LINES))
def test_no_neighbours_can_be_swapped_unseen(width: int) -> None:
    lines = LINES[width]
    for index in range(len(lines) - 1):
        one, two = lines[index : index + 2]
        if one != two:
            reading = parse("\n".join([*lines[:index], two, one, *lines[index + 2 :]]))
            assert reading.findings or reading.blueprint != SAMPLE, one


def _seconds(text: str) -> float:
    start = time.process_time()
    parse(text)
    return time.process_time() - start


TOP = "\n".join(LINES[39][:12])


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "\x1b]" * 500_000,
        "│\n" * 500_000,
        "DEVOPS BLUEPRINT\n" * 60_000,
        "\n".join(LINES[39][:7]) + "\nMONITORING" * 90_000,
        TOP + "\n│  System: " + "a " * 500_000 + "│",
        TOP + "\n│  System: " + "漢\u0301" * 300_000 + "│",
        TOP + "\n│  System: a" + "\n│          b" * 80_000,
        "\n".join(LINES[39][:24]) + "\n| Environment | Purpose | Infra |\n" + "|\\" * 500_000,
        ("\n".join(LINES[39]) + "\n") * 300,
        "\n".join(LINES[39]).replace("Canary by Argo Rollouts", "\\" * 1_000_000),
    ],
)
def test_a_megabyte_takes_bounded_time(text: str) -> None:
    # Half a second here; the bound leaves room for a slow machine and catches the quadratic.
    assert _seconds(text) < 8


@pytest.mark.parametrize("piece", ["\\", "ab ", "漢", "\u0301", "\ufe0f", "\u1100", "a\u0301 "])
def test_a_huge_value_is_printed_and_read_in_bounded_time(piece: str) -> None:
    assert SAMPLE.rollback is not None
    huge = SAMPLE.rollback.model_validate(
        {**SAMPLE.rollback.model_dump(), "trigger": piece * 100_000}
    )
    blueprint = part("rollback").model_copy(update={"rollback": huge})
    start = time.process_time()
    reading = parse(render(blueprint))
    assert time.process_time() - start < 8
    assert reading.findings == ()
    assert reading.blueprint == blueprint


def test_findings_are_bounded() -> None:
    text = "\n".join(LINES[39][:7]) + "\nMONITORING" * 5_000
    found = parse(text).findings
    assert len(found) == MOST_FINDINGS + 1
    assert found[-1].code == "too_many_findings"
