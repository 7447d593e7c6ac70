"""Figures in words: how a figure is printed, taken apart, and set in lines of 80 columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint import quote
from devops_exe.design.fields import shown
from devops_exe.design.ledger import look_up
from devops_exe.ground.text import cells, clusters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devops_exe.blueprint.asked import Book, Subject
    from devops_exe.blueprint.figures import Place
    from devops_exe.design.ledger import Entry

WIDTH = 80
"""Columns of an explanation."""

_LABEL = 9
_SLOT = re.compile(r"\{((?:[a-z_]+/)?[\w.\[\]& /-]+?)(?::([a-z]+))?\}")


def printed(place: Place, value: object) -> str:
    """A figure with its unit, as the document prints it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or place.style == "text":
        return shown(_last(place.path), value)
    if place.style == "exact" and place.unit == "%":
        return f"{quote.exact(float(value))} %"
    return f"{quote.show(value, place.style)} {place.unit}".rstrip()


def difference(place: Place, amount: float) -> str:
    """The size of a change of a figure; more digits where the printed style shows nought."""
    amount = abs(float(f"{amount:.12g}"))
    text = printed(place, amount)
    if amount and not re.search(r"[1-9]", text):
        return f"{amount:.2g} {place.unit}".rstrip()
    return text


def _last(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path).split(".")[-1]


def parts_of(book: Book, subject: Subject) -> str:
    """The decomposition of a figure with its numbers put in; empty where it has none."""
    if subject.named is None or not subject.named.parts:
        return ""
    entry = book.ledger.entry(subject.entry)
    text = _SLOT.sub(
        lambda match: _slot(book, entry, match[1], match[2] or ""),
        book.path(subject.named.parts),
    )
    return text.replace(" + data 0", "")


def _slot(book: Book, entry: Entry, path: str, style: str) -> str:
    if "/" in path and (role := path.split("/", maxsplit=1)[0]) in book.ids:
        entry, path = book.ledger.entry(book.ids[role]), path.split("/", 1)[1]
    elif re.match(r"[a-z_]+/", path):
        return "none"
    if path.startswith("in."):
        name = path.removeprefix("in.")
        return shown(name, entry.inputs[name]) if name in entry.inputs else "the default"
    value = look_up(entry.outputs, path)
    if style == "part":
        return part(float(cast("float", value)))
    if style == "durations":
        return ", ".join(quote.duration(v) for v in cast("list[float]", value))
    return quote.show(value, style, path)


def part(in_seconds: float) -> str:
    """Seconds as minutes of a sum: one decimal, nought as it is.

    >>> part(175.9), part(0.0), part(60.0)
    ('2.9', '0', '1.0')
    """
    return quote.minutes(in_seconds / 60) if in_seconds else "0"


def row(label: str, text: str) -> list[str]:
    """A labelled line, wrapped under its text."""
    return wrap(text, f"  {label:<{_LABEL - 1}} " if label else " " * (_LABEL + 2))


def rows(label: str, texts: Iterable[str]) -> list[str]:
    """Several lines under one label."""
    lines: list[str] = []
    for text in texts:
        lines += row("" if lines else label, text)
    return lines


def headline(left: str, right: str) -> list[str]:
    """The result, with the target at the right edge where there is room."""
    if right and cells(left) + cells(right) + 2 <= WIDTH:
        return [left + " " * (WIDTH - cells(left) - cells(right)) + right]
    lines = wrap(left, "", indent="  ")
    return lines + (row("Target", right.removeprefix("target ")) if right else [])


def wrap(text: str, lead: str, *, indent: str | None = None) -> list[str]:
    """``text`` in lines of at most 80 cells, the first after ``lead``; long words are cut."""
    hang = " " * cells(lead) if indent is None else indent
    lines: list[str] = []
    line = lead
    empty = True
    for word in text.split():
        for piece in _pieces(word, WIDTH - max(cells(hang), cells(lead)) - 1):
            joint = "" if empty else " "
            if not empty and cells(line + joint + piece) > WIDTH:
                lines.append(line.rstrip())
                line, joint = hang, ""
            line += joint + piece
            empty = False
    return [*lines, line.rstrip()]


def _pieces(word: str, room: int) -> list[str]:
    if cells(word) <= room:
        return [word]
    found = [""]
    for cluster in clusters(word):
        if cells(found[-1] + cluster) > room:
            found.append("")
        found[-1] += cluster
    return found
