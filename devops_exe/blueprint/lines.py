r"""Lines of the document: breaking a value over lines and joining it again.

A value that is too long for its line is broken at a blank, with a hanging indent under its
first cell. A word wider than the room is broken between grapheme clusters and the line ends
in a backslash; so that a backslash of the value cannot be taken for that mark, every
backslash of a run at the end of a line is doubled. In a table cell only the bar is escaped,
as ``\|``: a separator is always preceded by a blank, so a backslash needs no escape there.

>>> wrapped("a few words", "  Type: ", 14)
['  Type: a few', '        words']
>>> joined(["ends in\\", "side a path C:\\\\"])
'ends inside a path C:\\'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, clusters

if TYPE_CHECKING:
    from collections.abc import Sequence

BREAK = "\\"
"""Ends a line that was broken inside a word."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line as meant: ``prefix`` (indent and label) and a value, which may wrap."""

    prefix: str
    value: str = ""

    def printed(self, limit: int) -> list[str]:
        """The lines of at most ``limit`` cells that print this row."""
        if not self.value:
            return [self.prefix]
        return wrapped(self.value, f"{self.prefix} ", limit)


def wrapped(value: str, lead: str, limit: int) -> list[str]:
    """``value`` in lines of at most ``limit`` cells, the first after ``lead``.

    Args:
        value: text of single blanks.
        lead: what stands before the value; later lines are indented by its width.
        limit: cells of a line; at least 8 more than ``lead`` takes.
    """
    if _fits(lead, value, limit):
        return [lead + _closed(value)]
    indent = " " * cells(lead)
    lines: list[str] = []
    line = ""
    for word in value.split(" "):
        candidate = f"{line} {word}" if line else word
        if _fits(lead, candidate, limit):
            line = candidate
            continue
        if line:
            lines.append(lead + _closed(line))
            lead = indent
        *pieces, line = _broken(word, lead, limit)
        for piece in pieces:
            lines.append(lead + _closed(piece) + BREAK)
            lead = indent
    lines.append(lead + _closed(line))
    return lines


def joined(lines: Sequence[str]) -> str:
    """The value whose lines, without their leads and indents, these are."""
    parts: list[str] = []
    for number, line in enumerate(lines, start=1):
        run = _run(line)
        parts.append(line[: len(line) - run] + "\\" * (run // 2))
        if number < len(lines):
            parts.append("" if run % 2 else " ")
        elif run % 2:
            # Nothing follows the mark: whoever wrote it meant a backslash.
            parts.append("\\")
    return "".join(parts)


def is_open(line: str) -> bool:
    """Whether ``line`` ends in the mark of a word that goes on in the next."""
    return _run(line) % 2 == 1


def escaped(cell: str) -> str:
    """A table cell as printed."""
    return cell.replace("|", "\\|")


def split_row(row: str) -> list[str] | None:
    """The cells of a printed table row; None where it is no row between bars."""
    if not row.startswith("|") or len(row) < 2:
        return None
    closed = row.endswith("|") and not row.endswith("\\|")
    body = row[1:-1] if closed else row[1:]
    pieces = body.split("|")
    found: list[str] = []
    pending = ""
    for piece in pieces:
        if piece.endswith("\\"):
            pending += piece[:-1] + "|"
            continue
        found.append((pending + piece).strip(" "))
        pending = ""
    if pending:
        # The row ended in an escaped bar; the split added the bar after the last piece.
        found.append(pending.removesuffix("|").strip(" "))
    return found if closed else None


def _run(text: str) -> int:
    return len(text) - len(text.rstrip("\\"))


def _closed(line: str) -> str:
    return line + "\\" * _run(line)


def _fits(lead: str, text: str, limit: int) -> bool:
    return cells(lead + _closed(text)) <= limit


def _broken(word: str, lead: str, limit: int) -> list[str]:
    """``word`` in pieces that fit after ``lead``, all but the last with the mark behind."""
    if _fits(lead, word, limit):
        return [word]
    room = limit - cells(lead) - len(BREAK)
    units = _units(word, room)
    left = [0]
    for unit in reversed(units):
        left.append(left[-1] + cells(unit))
    left.reverse()
    pieces: list[str] = []
    start = 0
    while left[start] > room + 1 or not _fits(lead, "".join(units[start:]), limit):
        end = _piece_end(units, start, room)
        # The width of a line is not quite the sum of its clusters' (a spacing mark widens
        # what stands before it), so the sum proposes and the line itself decides.
        while end > start + 1 and cells(lead + _closed("".join(units[start:end])) + BREAK) > limit:
            end -= 1
        pieces.append("".join(units[start:end]))
        start = end
        if start == len(units):
            return pieces
    return [*pieces, "".join(units[start:])]


def _piece_end(units: Sequence[str], start: int, room: int) -> int:
    """The end of the longest piece from ``start`` that takes ``room`` cells; at least one."""
    used = 0
    run = 0
    for index in range(start, len(units)):
        unit = units[index]
        tail = _run(unit)
        run = run + tail if tail == len(unit) else tail
        used += cells(unit)
        if used + run > room:
            return max(index, start + 1)
    return len(units)


def _units(word: str, room: int) -> list[str]:
    """The clusters of ``word``; one too wide for any line falls into its characters."""
    units: list[str] = []
    for cluster in clusters(word):
        if cells(cluster) + 2 * _run(cluster) <= room:
            units.append(cluster)
        else:
            units.extend(cluster)
    return units
