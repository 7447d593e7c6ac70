"""Lines of prose on the screen: wrapped at blanks to a number of cells."""

from __future__ import annotations

import re

from devops_exe.ground.text import cells, cut, pad

STACKED = 60
"""Below this many columns there is no right column."""

LABELLED = 32
"""Below this many columns no text stands beside its label."""

_LABELS = re.compile(r" *(?:\S+ {2,}){0,2}")
"""Columns that stand before the text of a line."""

_SHORT = 8
"""Cells of a label that always has its text beside it."""


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """``text`` in lines of at most ``width`` cells.

    Args:
        text: one paragraph; a word longer than the room gets a line of its own, and below
            LABELLED columns it is broken, as the terminal would.
        width: cells; no fewer than 20 are used.
        first: what stands before the first line.
        rest: what stands before the others; blanks as wide as ``first`` where None.

    >>> wrap("a few words more", 20, "- ")
    ['- a few words more']
    """
    width = max(20, width)
    if _stacks(text, width, first):
        indent = first[: len(first) - len(first.lstrip())]
        label = [first.rstrip()] if cells(first.rstrip()) <= width else wrap(first, width, indent)
        return [*label, *wrap(text, width, indent[:2] + "  ")]
    rest = " " * cells(first) if rest is None else rest
    lines: list[str] = []
    line, empty = first, True
    for word in _words(text, width - cells(rest)):
        candidate = f"{line}{'' if empty else ' '}{word}"
        if empty or cells(candidate) <= width:
            line, empty = candidate, False
        else:
            lines.append(line)
            line = rest + word
    return [*lines, line.rstrip()]


def _words(text: str, room: int) -> list[str]:
    """The words of a text; in a very narrow terminal those that fit no line in pieces."""
    if room >= LABELLED:
        return text.split()
    found: list[str] = []
    for word in text.split():
        while cells(word) > room > 0:
            piece = cut(word, room, "") or word[:1]
            found.append(piece)
            word = word[len(piece) :]
        found.append(word)
    return found


def _stacks(text: str, width: int, first: str) -> bool:
    """Whether a label leaves no room beside itself: then the text goes below it."""
    label = cells(first)
    if label <= _SHORT or not first.strip() or not text.strip():
        return False
    word = text.split(maxsplit=1)[0]
    return label > width // 2 or label + cells(word) > width


def paragraphs(text: str, width: int) -> str:
    """Each line of ``text`` wrapped by itself, under its own indent, or beside its own labels.

    >>> print(paragraphs("  began     not known, and so is the rest", 32))
      began     not known, and so is
                the rest
    """
    lines: list[str] = []
    for line in text.split("\n"):
        lead = line[: len(line) - len(line.lstrip())]
        if width >= LABELLED and (found := _LABELS.match(line)):
            lead = found[0]
        whole = cells(line) <= width or line.startswith("|")  # a row of a table is one line
        lines += [line] if whole else wrap(line[len(lead) :], width, lead)
    return "\n".join(lines)


def two_columns(left: str, right: str, width: int) -> str:
    """``left`` cut to fit, ``right`` at the right edge; dropped where there is no room."""
    if not right or width < STACKED:
        return cut(left, width)
    return f"{pad(cut(left, width - cells(right) - 2), width - cells(right))}{right}"


def call_line(call: str, summary: str, columns: int) -> str:
    """A call and its result in one line; where it is too long, the arguments give way first.

    >>> call_line("● capacity(1,200 rps, 100 ms, 3 zones)", "45 replicas", 40)
    '● capacity(1,200 rps, 10…) → 45 replicas'
    """
    result = f" → {summary}" if summary else ""
    if cells(call) + cells(result) <= columns:
        return call + result
    name, bracket, _ = call.partition("(")
    end = ")" if bracket else ""
    room = columns - cells(result) - len(end)
    if room < cells(name) + 4:  # no argument fits: then the result has the room
        return cut(name + result, columns)
    return cut(call, room) + end + result
