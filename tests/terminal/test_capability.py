from __future__ import annotations

import pytest
from chat_stage import Pretended, settings

from devops_exe.ground.errors import UserError
from devops_exe.terminal.capability import Terminal


def detect(*flags: str, tty: bool = True, code: str = "utf-8", **environment: str) -> Terminal:
    streams = [Pretended(terminal=tty, code=code) for _ in range(3)]
    return Terminal.detect(settings(*flags), *streams, environment)


@pytest.mark.parametrize(
    ("flags", "tty", "environment", "coloured"),
    [
        ((), True, {}, True),
        ((), False, {}, False),
        ((), True, {"NO_COLOR": "1"}, False),
        ((), True, {"NO_COLOR": ""}, True),
        ((), True, {"TERM": "dumb"}, False),
        ((), False, {"FORCE_COLOR": "1"}, True),
        ((), False, {"CLICOLOR_FORCE": "1"}, True),
        ((), False, {"FORCE_COLOR": "0"}, False),
        ((), True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ((), True, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (("--color=always",), False, {"NO_COLOR": "1"}, True),
        (("--color=never",), True, {"FORCE_COLOR": "1"}, False),
        (("--color=auto",), True, {}, True),
    ],
)
def test_colour_follows_its_precedence(
    flags: tuple[str, ...], tty: bool, environment: dict[str, str], coloured: bool
) -> None:
    terminal = detect(*flags, tty=tty, **environment)
    assert (terminal.colour_out, terminal.colour_err) == (coloured, coloured)


@pytest.mark.parametrize(
    ("columns", "width"), [("20", 39), ("39", 39), ("64", 64), ("100", 100), ("250", 100)]
)
def test_width_is_the_terminals_within_the_documents_bounds(columns: str, width: int) -> None:
    terminal = detect(COLUMNS=columns)
    assert (terminal.columns, terminal.width) == (int(columns), width)


@pytest.mark.parametrize("columns", ["", "0", "wide", "-5"])
def test_without_a_usable_width_it_is_eighty(columns: str) -> None:
    assert detect(tty=False, COLUMNS=columns).width == 80


def test_the_flag_for_the_width_beats_the_terminal() -> None:
    assert detect("--width=44", COLUMNS="90").width == 44


@pytest.mark.parametrize("width", ["10", "38", "101", "0"])
def test_a_width_out_of_range_is_refused(width: str) -> None:
    with pytest.raises(UserError, match="out of range") as refused:
        detect(f"--width={width}")
    assert "39 to 100" in refused.value.fix


def test_ascii_by_flag_and_by_encoding() -> None:
    assert not detect().ascii
    assert detect("--ascii").ascii
    assert detect(code="ISO-8859-1").ascii
    assert not detect(code="UTF8").ascii


def test_a_dumb_terminal_and_plain_have_no_live_area() -> None:
    assert detect().live
    assert not detect(TERM="dumb").live
    assert not detect("--plain").live
    assert not detect(tty=False).live


def test_a_closed_stream_is_no_terminal() -> None:
    stream = Pretended(terminal=True)
    stream.close()
    terminal = Terminal.detect(settings(), stream, Pretended(), Pretended(), {})
    assert not terminal.interactive
