from __future__ import annotations

import io
import json

import pytest
from chat_stage import CHECKOUT, Pretended, Stage
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from devops_exe.ground.errors import EngineError, ExitStatus
from devops_exe.ground.text import cells
from devops_exe.terminal.capability import Terminal
from devops_exe.terminal.turn import Stream
from devops_exe.terminal.view.ascii import to_ascii
from devops_exe.terminal.view.quantity import named, short_count, short_time, shown
from devops_exe.terminal.view.screen import Screen
from devops_exe.terminal.view.wrap import paragraphs, two_columns, wrap


def test_every_box_line_keeps_its_width_in_ascii() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    for line in stage.out.split("DevOps Status")[0].splitlines():
        mapped = to_ascii(line)
        assert mapped.isascii()
        if line.startswith(("│", "┌", "└", "═", "─")):
            assert len(mapped) == cells(line)


def test_a_full_box_line_is_mapped_one_to_one() -> None:
    assert to_ascii("│ a → b … c ≥ d│") == "| a > b . c > d|"


@pytest.mark.parametrize(
    ("text", "mapped"),
    [
        ("✓ done", "ok done"),
        ("✗ no", "FAIL no"),
        ("  └─→ push", "  +-> push"),
        ("21 → 33", "21 -> 33"),
        ("· note", "- note"),
        ("a · b", "a, b"),
        ("café", "cafe"),
        ("東京", "????"),
        ("[●] Healthy", "[*] Healthy"),
    ],
)
def test_known_characters_have_their_ascii(text: str, mapped: str) -> None:
    assert to_ascii(text) == mapped


@examples(max_examples=100)
@given(st.text())
def test_ascii_is_ascii_for_any_text(text: str) -> None:
    assert to_ascii(text).isascii()
    assert to_ascii(text).count("\n") == text.count("\n")


@examples(max_examples=100)
@given(st.text(alphabet="ab \n", max_size=300), st.integers(20, 60))
def test_wrapped_lines_fit_and_lose_no_word(text: str, width: int) -> None:
    lines = wrap(text, width, "- ")
    assert " ".join("\n".join(lines).split()[1:]) == " ".join(text.split())
    longest = max((len(word) for word in text.split()), default=0)
    assert all(cells(line) <= max(width, longest + 2) for line in lines)


def test_paragraphs_keep_their_indent() -> None:
    assert paragraphs("  one two three four five six", 20) == "  one two three four\n  five six"


def test_a_wrapped_line_stands_beside_its_labels_and_a_row_stays_whole() -> None:
    line = "  14:05:00  symptom   5xx at 12 % of all requests"
    assert paragraphs(line, 46).split("\n") == [
        "  14:05:00  symptom   5xx at 12 % of all",
        "                      requests",
    ]
    assert all(len(one) <= 20 for one in paragraphs(line, 20).split("\n"))
    row = f"| detect | {'long ' * 30}|"
    assert paragraphs(row, 40) == row


def test_the_right_column_goes_below_sixty_columns() -> None:
    assert two_columns("left", "3 ms", 70) == "left".ljust(66) + "3 ms"
    assert two_columns("left", "3 ms", 59) == "left"
    assert cells(two_columns("x" * 200, "3 ms", 80)) == 80


def test_quantities_in_words() -> None:
    assert named("startup_seconds", 30.0) == "startup 30 s"
    assert named("traffic_routing", True) == "traffic routing yes"
    assert shown(1234567) == "1,234,567"
    assert shown(0.04048) == "0.04048"
    assert shown({"a": [1, 2]}) == "a 1, 2"
    assert (short_time(0.004), short_time(12.34)) == ("4 ms", "12.3 s")
    assert (short_count(312), short_count(4100)) == ("312", "4.1k")


HOSTILE = "a\x1b]0;owned\x07b\x1b[2Jc\u202ed\u200be\rf"


@pytest.mark.parametrize("flags", [(), ("--ascii",)])
def test_nothing_reaches_the_screen_unclean(flags: tuple[str, ...]) -> None:
    stage = Stage(*flags)
    stage.app.screen.out(HOSTILE)
    stage.app.screen.err(HOSTILE)
    for text in (stage.out, stage.err):
        assert "owned" not in text
        assert not set(text) & set("\x1b\x07\u202e\u200b\r")


def test_hostile_words_are_clean_in_every_answer() -> None:
    stage = Stage()
    for line in (f"/devops {HOSTILE} on EKS", HOSTILE, f"/{HOSTILE}", f"/why {HOSTILE}"):
        stage.say(line)
        assert not set(stage.out + stage.err) & set("\x1b\x07\u202e\u200b\r")


def test_colour_changes_no_character() -> None:
    import re

    plain, painted = Stage(), Stage("--color=always")
    plain.say(CHECKOUT)
    painted.say(CHECKOUT)
    assert "\x1b[1m" in painted.out
    assert re.sub(r"\x1b\[\d+m", "", painted.out) == plain.out


class Gone(Pretended):
    def write(self, text: str) -> int:
        raise BrokenPipeError


class Full(Pretended):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_reader_that_went_away_is_no_failure() -> None:
    screen = Screen(Terminal(), Gone(), io.StringIO())
    screen.out("one")
    screen.out("two")


def test_a_full_disk_is_one_error() -> None:
    screen = Screen(Terminal(), Full(), io.StringIO())
    with pytest.raises(EngineError, match="No space left"):
        screen.out("one")


def test_an_encoding_that_cannot_hold_a_character_gets_a_mark() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Screen(Terminal(), stream, io.StringIO()).raw_out("Zürich")
    assert raw.getvalue() == b"Z?rich\n"


def streamed(*pieces: str, width: int = 0, terminal: bool = True) -> tuple[str, Stream, Stage]:
    stage = Stage("--color=never", terminal=terminal)
    stream = Stream(stage.app.screen, answer=True, width=width)
    for piece in pieces:
        stream.write(piece)
    return stage.out, stream, stage


def test_the_last_word_waits_until_the_turn_is_kept() -> None:
    shown_, stream, stage = streamed("The answer", " is forty", "-two")
    assert shown_ == "The answer is "
    stream.finish()
    assert stage.out == "The answer is forty-two\n"


@examples(max_examples=60)
@given(st.lists(st.text(alphabet="ab \n", max_size=12), max_size=12), st.booleans())
def test_streamed_text_is_the_text(pieces: list[str], terminal: bool) -> None:
    _, stream, stage = streamed(*pieces, terminal=terminal)
    stream.finish()
    whole = "".join(pieces)
    assert stage.out.strip() == whole.strip()
    assert stage.out.endswith("\n") == bool(whole.strip())


def test_a_pipe_gets_the_answer_when_it_is_done() -> None:
    shown_, stream, stage = streamed("The answer", " is forty", "-two", terminal=False)
    assert shown_ == ""
    stream.finish()
    assert stage.out == "The answer is forty-two\n"


def test_what_was_cut_off_stays_on_a_terminal_and_the_answer_comes_whole_under_it() -> None:
    _, stream, stage = streamed("First. ")
    stream.settle()
    stream.write("\n\nThe answer is for")
    stream.cut_off("⎿ cut off")
    stream.write("\n\nThe answer is forty-two")
    stream.finish()
    assert stage.out == "First. \n\nThe answer is for\n⎿ cut off\nThe answer is forty-two\n"
    assert stream.text == "First. \n\nThe answer is forty-two"


def test_what_was_cut_off_is_no_part_of_the_answer_in_a_pipe() -> None:
    _, stream, stage = streamed("The answer is for", terminal=False)
    stream.cut_off("⎿ cut off")
    stream.write("The answer is forty-two")
    stream.finish()
    assert stage.out == "The answer is forty-two\n"
    assert stage.err == "The answer is for\n⎿ cut off\n"


def test_streamed_lines_break_at_blanks_for_a_terminal() -> None:
    _, stream, stage = streamed("one two three ", "four five", width=10)
    stream.finish()
    assert [line.rstrip() for line in stage.out.splitlines()] == ["one two", "three four", "five"]


def test_plain_has_no_box_bar_or_table() -> None:
    stage = Stage("--plain")
    assert stage.say(CHECKOUT) == ExitStatus.OK
    document = stage.out.split("Assumed")[0]
    assert not set(document) & set("┌┐└┘│─═█░●|")
    for line in (
        "System: checkout-api",
        "Status: Healthy",
        "Old: 100%",
        "RTO: 4.5 minutes",
        "DevOps Status: Pipeline Active",
        "Environment: Production; Purpose: serves",
    ):
        assert line in document


def test_plain_and_ascii_leave_the_json_text_alone() -> None:
    texts = set()
    for flags in ((), ("--plain",), ("--ascii",), ("--plain", "--ascii", "--color=always")):
        stage = Stage("--json", *flags)
        stage.say(CHECKOUT)
        texts.add(json.loads(stage.out)["text"])
    assert len(texts) == 1
    assert "═══" in texts.pop()
