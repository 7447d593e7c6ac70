"""Streaming: the same screen whatever the pieces, each cell written once."""

from __future__ import annotations

import re

import pyte
import pytest
from chat_stage import Speaker, Stage
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from devops_exe.ground.text import cells
from devops_exe.terminal.turn import Stream
from devops_exe.terminal.view.flow import MOST_ROWS, Flow

PARAGRAPH = (
    "The **error budget** of `99.95 %` over 30 days is 21.6 minutes, and a page at a burn rate "
    "of 14.4 comes when two per cent of it are gone.\n"
)
PART = f"""## Part

{PARAGRAPH}
- first point, long enough to be broken at the end of any line and it goes on below itself, and on
- second point with **bold words in it** and `code`
  1. a step within it

| name | value |
|------|------:|
| replicas | 45 |
| RTO | 4.5 min |

```yaml
replicas: 45   # a line of code is never broken, however long it is, as it is there to be copied
```

> quoted

"""


def answer(lines: int = 400) -> str:
    text = ""
    while text.count("\n") < lines:
        text += PART
    return text


def pieces(text: str, size: int = 5) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def streamed(text: list[str], width: int = 78, *flags: str) -> str:
    stage = Stage(*flags, terminal=True)
    stream = Stream(stage.app.screen, answer=True, width=width)
    for one in text:
        stream.write(one)
    stream.finish()
    return stage.out


@pytest.mark.parametrize("flags", [(), ("--color=never",), ("--ascii",)], ids=str)
def test_four_hundred_lines_in_pieces_of_five_are_written_once(flags: tuple[str, ...]) -> None:
    text = answer()
    in_pieces = streamed(pieces(text), 78, *flags)
    assert in_pieces == streamed([text], 78, *flags)
    assert len(in_pieces.encode()) <= 3 * len(text.encode())
    assert not re.search(r"\x1b\[[^m]*[A-LN-Za-ln-z]|\r", in_pieces)  # nothing is drawn again


def test_the_scrollback_is_the_unstreamed_text_and_no_line_is_there_twice() -> None:
    text = "".join(f"{number}. " + PARAGRAPH for number in range(100))

    def seen(parts: list[str]) -> list[str]:
        screen = pyte.HistoryScreen(80, 24, history=5000)
        screen.set_mode(pyte.modes.LNM)
        stream = pyte.Stream(screen)
        for one in parts:
            stream.feed(one)
        gone = ["".join(row[x].data for x in range(80)).rstrip() for row in screen.history.top]
        return [*gone, *(line.rstrip() for line in screen.display)]

    whole = seen([streamed(pieces(text))])
    assert whole == seen([streamed([text])])
    numbers = [line.split(".")[0] for line in whole if re.match(r"\d+\. The", line)]
    assert numbers == [str(number) for number in range(100)]


@examples(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["a", "**", "`", "| ", "|", "\n", "\n\n", " ", "- ", "# ", "```", "界", "é"]
        ),
        max_size=30,
    ),
    st.integers(1, 7),
    st.booleans(),
)
def test_pieces_never_matter(parts: list[str], size: int, styled: bool) -> None:
    text = "".join(parts)
    flags = () if styled else ("--color=never",)
    assert streamed(pieces(text, size), 20, *flags) == streamed([text], 20, *flags)


@pytest.mark.parametrize("width", [20, 39, 60, 90])
def test_words_break_at_the_width_and_hang(width: int) -> None:
    lines = streamed([answer(40)], width, "--color=never").split("\n")
    for line in lines:
        fixed = line.startswith(("|", "replicas:", "```"))
        assert fixed or cells(line) <= max(width, max(map(cells, line.split()), default=0))
    bullet = lines.index(next(line for line in lines if line.startswith("- first")))
    assert lines[bullet + 1].startswith("  ")


def test_without_styles_no_character_is_lost() -> None:
    shown = streamed([answer(40)], 78, "--color=never")
    words = [word for word in answer(40).split() if set(word) - set("|-:")]
    assert [word for word in shown.split() if set(word) - set("|-:")] == words


def test_with_styles_marks_become_styles() -> None:
    shown = streamed(
        ["# Head\n\nsome **bold words** and `code` but 2**3 and a * b"], 78, "--color=always"
    )
    assert shown == (
        "\x1b[1mHead\x1b[0m\n\nsome \x1b[1mbold words\x1b[0m and \x1b[36mcode\x1b[0m "
        "but 2**3 and a * b\n"
    )
    assert streamed(["open **bold"], 78, "--color=always").endswith("bold\x1b[0m\n")


def test_a_table_comes_whole_aligned_or_as_it_came() -> None:
    flow = Flow(40)
    assert flow.feed("| a | b |\n|---|---|\n| long one | 1 |") == ""
    assert flow.feed("\n\n") == "| a        | b   |\n| -------- | --- |\n| long one | 1   |\n\n"
    wide = f"| {'x' * 50} | y |\n| 1 | 2 |"
    assert Flow(40).feed(f"{wide}\n\n") == f"{wide}\n\n"


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = "\n".join(f"| {number} | x |" for number in range(MOST_ROWS + 50))
    shown = streamed([f"| n | v |\n|---|---|\n{rows}\n\nend"])
    assert "… 50 more rows\n" in shown
    assert f"| {MOST_ROWS - 1} " in shown
    assert f"| {MOST_ROWS} " not in shown
    assert shown.endswith("end\n")


def test_hostile_words_steer_nothing() -> None:
    shown = streamed(["\x1b[2Jx \x1b]0;evil", " title\x07 \u202eabc | \x9b2J"], 78, "--color=never")
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    assert "\x9b" not in shown


def test_a_stopped_answer_ends_its_styles_and_its_line() -> None:
    stage = Stage("--color=always", terminal=True)
    stage.app.session.writer = Speaker("some **bold words ", then=KeyboardInterrupt())
    stage.say("hello")
    assert stage.out.endswith("words\x1b[0m\n")


def test_a_file_gets_the_text_as_it_came() -> None:
    stage = Stage()
    stage.app.session.writer = Speaker(*pieces(answer(40)))
    stage.say("hello")
    assert stage.out.strip() == answer(40).strip()
