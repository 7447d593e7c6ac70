"""Reading a box: its borders, then its lines, then its rows.

Labels stand at one column, values at a deeper one that follows from the label, and a line
that goes on stands exactly under its value; so the column alone tells a label from a value
that looks like one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.lines import Row, is_open, joined
from devops_exe.blueprint.reading import Numbered, quoted
from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from devops_exe.blueprint.reading import Faults


@dataclass(slots=True)
class ReadRow:
    """A row as found.

    Attributes:
        line: its first line.
        item: the template's item it prints; None for an entry of a list and an empty line.
        prefix: indent and label.
        values: the pieces of its value, one a line.
    """

    line: Numbered
    item: t.Item | None
    prefix: str
    values: list[str] = field(default_factory=list)

    @property
    def column(self) -> int:
        """Where its value begins, and where a line that goes on must stand."""
        return len(self.prefix) + 1

    @property
    def value(self) -> str:
        """The value, its lines joined."""
        return joined(self.values)


def content_of(
    body: Sequence[Numbered], width: int, faults: Faults, heading: Numbered
) -> tuple[list[Numbered], list[Numbered]]:
    """The lines inside the box at the head of ``body``, and the lines after it.

    Args:
        body: the lines of the section, under its rule.
        width: columns of the document's boxes.
        faults: takes what is wrong with the borders.
        heading: where the section begins, for what has no line of its own.
    """
    inside: list[Numbered] = []
    index = 0
    if body and body[0].text.startswith("┌"):
        _expect_border(body[0], "┌", "┐", width, faults)
        index = 1
    else:
        _broken(faults, body[0] if body else heading, "the box has no upper border", "┌─…─┐")
    for line in body[index:]:
        if line.text.startswith("|"):
            break
        index += 1
        if line.text.startswith("└") and not line.text.startswith(t.ARROW):
            _expect_border(line, "└", "┘", width, faults)
            return inside, list(body[index:])
        inside.append(Numbered(line.number, _unframed(line, width, faults)))
    _broken(faults, body[-1] if body else heading, "the box has no lower border", "└─…─┘")
    return inside, list(body[index:])


def rows_of(
    inside: Iterable[Numbered],
    items: Sequence[t.Item],
    faults: Faults,
    margin: int = t.MARGIN,
) -> list[ReadRow]:
    """The rows that the lines of a box print.

    Args:
        inside: the lines without borders.
        items: what the template has there.
        faults: takes the lines that are no row of it.
        margin: the column of the labels.
    """
    reader = _RowReader(items, faults, margin)
    for line in inside:
        reader.take(line)
    for row in reader.rows:
        if row.values and is_open(row.values[-1]):
            faults.add(
                "broken_line",
                row.line.place,
                f"{quoted(row.values[-1])} ends in a backslash but nothing goes on below",
                "double a backslash that belongs to the text, or add the missing line",
            )
    return reader.rows


def check_shape(read: Sequence[ReadRow], right: Sequence[Row], faults: Faults) -> None:
    """Note the first row that is not the one the template has at its place."""
    for found, row in zip(read, right, strict=False):
        if found.prefix != row.prefix:
            message = f"{_named(found.prefix)} stands where {_named(row.prefix)} belongs"
            _broken(faults, found.line, message, _named(row.prefix))
            return
    if len(read) > len(right):
        _broken(faults, read[len(right)].line, "the box has a line too many", "remove it")
    elif read and len(read) < len(right):
        missing = _named(right[len(read)].prefix)
        _broken(faults, read[-1].line, f"{missing} is missing below", f"add {missing}")


class _RowReader:
    """Lines in, rows out."""

    def __init__(self, items: Sequence[t.Item], faults: Faults, margin: int) -> None:
        self.rows: list[ReadRow] = []
        self._faults = faults
        self._margin = margin
        self._title = next((i for i in items if isinstance(i, t.Title)), None)
        # A longer label first: "Rollback Trigger:" is not to be read as a shorter one.
        labelled = [i for i in items if isinstance(i, t.Entry | t.Group | t.Step)]
        self._labelled = sorted(labelled, key=lambda item: -len(item.label))
        self._list: t.Group | t.Step | None = None
        self._lost = False

    def take(self, line: Numbered) -> None:
        text = line.text.lstrip(" ")
        indent = len(line.text) - len(text)
        last = self.rows[-1] if self.rows else None
        if not text:
            self.rows.append(ReadRow(line, None, ""))
        elif last is not None and last.values and indent == last.column:
            last.values.append(text)
        elif not self._labelled_row(line, text, indent) and not self._title_row(line, text):
            self._stray(line, text, indent, last)
            return
        self._lost = False

    def _labelled_row(self, line: Numbered, text: str, indent: int) -> bool:
        # Deeper lines are values; a label that slipped by a column or two is read as one only
        # where nothing stands above that it could continue.
        deep = indent > self._margin and not self._is_action(text, indent)
        if deep and self.rows and self.rows[-1].values:
            return False
        row = self._row(line, text, indent)
        if row is None:
            return False
        if indent != self._margin and row.item is not None:
            self._misplaced(line, indent)
        self.rows.append(row)
        return True

    def _row(self, line: Numbered, text: str, indent: int) -> ReadRow | None:
        blank = " " * indent
        for item in self._labelled:
            if not text.startswith(item.label):
                continue
            rest = text[len(item.label) :]
            if isinstance(item, t.Entry):
                self._list = None
                return _valued(line, item, " " * self._margin + item.label, rest)
            if not rest:
                self._list = None if isinstance(item, t.Group) and not item.field else item
                return ReadRow(line, item, " " * self._margin + item.label)
        mark = self._mark(text)
        return _valued(line, None, blank + mark, text[len(mark) :]) if mark else None

    def _mark(self, text: str) -> str:
        """The mark of a list's entry that ``text`` begins with; "" for none."""
        if isinstance(self._list, t.Step):
            return t.ARROW if text.startswith(t.ARROW) else ""
        if self._list is None:
            return ""
        if self._list.mark == "bullet":
            return t.BULLET if text.startswith(t.BULLET) else ""
        number, dot, _ = text[:8].partition(".")
        return number + dot if dot and number.isascii() and number.isdecimal() else ""

    def _is_action(self, text: str, indent: int) -> bool:
        return (
            indent == t.ACTION_INDENT and isinstance(self._list, t.Step) and bool(self._mark(text))
        )

    def _title_row(self, line: Numbered, text: str) -> bool:
        if self._title is None or self.rows or text != self._title.text:
            return False
        self.rows.append(ReadRow(line, self._title, line.text))
        return True

    def _stray(self, line: Numbered, text: str, indent: int, last: ReadRow | None) -> None:
        if last is not None and last.values and indent > self._margin:
            last.values.append(text)
            self._misplaced(line, indent)
            return
        if not self._lost:
            self._faults.add(
                "unexpected_line",
                line.place,
                f"{quoted(text)} is no line of the template here",
                "remove it, or put it under the value that it continues",
            )
        self._lost = True

    def _misplaced(self, line: Numbered, indent: int) -> None:
        self._faults.add(
            "box_geometry",
            line.place,
            f"{quoted(line.text)} begins at column {indent}",
            "put labels at their column and a line that goes on under its value",
        )


def _valued(line: Numbered, item: t.Item | None, prefix: str, rest: str) -> ReadRow:
    rest = rest.strip(" ")
    return ReadRow(line, item, prefix, [rest] if rest else [])


def _expect_border(line: Numbered, left: str, right: str, width: int, faults: Faults) -> None:
    if not t.MIN_WIDTH <= width <= t.MAX_WIDTH:
        fix = f"make all boxes equally wide, {t.MIN_WIDTH} to {t.MAX_WIDTH} columns"
        _broken(faults, line, f"the box is {width} columns wide", fix)
    elif line.text != f"{left}{'─' * (width - 2)}{right}":
        _broken(faults, line, "the border is broken or too short or long", f"{width} columns")


def _unframed(line: Numbered, width: int, faults: Faults) -> str:
    text = line.text
    left, right = text.startswith("│"), len(text) > 1 and text.endswith("│")
    if not left or not right:
        side = "left" if not left else "right"
        _broken(faults, line, f"the line has no {side} border", "│ at both ends")
    elif cells(text) != width:
        message = f"the line is {cells(text)} columns wide, the boxes {width}"
        _broken(faults, line, message, f"make it {width} columns")
    return text[left : len(text) - right].rstrip(" ")


def _broken(faults: Faults, line: Numbered, message: str, fix: str) -> None:
    faults.add("box_geometry", line.place, message, fix)


def _named(prefix: str) -> str:
    return quoted(prefix) if prefix.strip() else "an empty line"
