"""From the rows of a box to the values of its section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.model import Figure
from devops_exe.blueprint.reading import quoted
from devops_exe.blueprint.render import bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.boxes import ReadRow
    from devops_exe.blueprint.reading import Faults

_MOST_DIGITS = 18


def fields_of(
    name: str, items: Sequence[t.Item], rows: Sequence[ReadRow], faults: Faults
) -> dict[str, object]:
    """The fields of section ``name`` that ``rows`` print.

    A field whose label is missing is "", 0, () or, of the recovery time, None; the finding
    says so.
    """
    singles: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    seen: set[str] = set()
    into: list[str] | None = None
    for row in rows:
        item = row.item
        if item is None:
            if row.prefix and into is not None:
                into.append(row.value)
            continue
        if isinstance(item, t.Title | t.Blank):
            seen.add(t.BOX_TITLE)
            continue
        if item.label in seen:
            message = f"{quoted(item.label)} stands there twice; the first counts"
            faults.add("duplicate_field", row.line.place, message, "remove one")
            into = None if isinstance(item, t.Entry) else []
            continue
        seen.add(item.label)
        if isinstance(item, t.Entry):
            singles[item.field] = row.value
        into = None if isinstance(item, t.Entry) else lists.setdefault(item.field, [])
    _note_missing(name, items, seen, faults)
    found: dict[str, object] = {}
    for item in items:
        if isinstance(item, t.Entry):
            value = singles.get(item.field)
            found[item.field] = _value(item.form, value, f"{name}.{item.field}", faults)
        elif isinstance(item, t.Group | t.Step) and item.field:
            found[item.field] = tuple(lists.get(item.field, ()))
    return found


def _note_missing(name: str, items: Sequence[t.Item], seen: set[str], faults: Faults) -> None:
    for item in items:
        match item:
            case t.Title(label):
                field = "title"
            case t.Entry(label, field) | t.Group(label, field) | t.Step(label, field):
                field = field or label.rstrip(":").lower().replace(" ", "_")
            case _:
                continue
        if label not in seen:
            faults.add(
                "rto_missing" if field == "rto" else "missing_field",
                f"{name}.{field}",
                f"{quoted(label)} is missing",
                f"add the line {quoted(label)}",
            )


def _value(form: t.Form, text: str | None, path: str, faults: Faults) -> object:
    if form == "text":
        return text or ""
    if form == "count":
        return 0 if text is None else _count(text, path, faults)
    if form == "minutes":
        return None if text is None else _minutes(text, path, faults)
    nothing = Figure.of("0", "percent")
    return nothing if text is None else _percent(text, path, faults) or nothing


def _count(text: str, path: str, faults: Faults) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    _bad_number(faults, path, text, "write a whole number")
    return 0


def _minutes(text: str, path: str, faults: Faults) -> Figure | None:
    number, _, unit = text.partition(" ")
    if unit == "minutes":
        try:
            return Figure.of(number, "minutes")
        except ValueError:
            pass
    _bad_number(faults, path, text, 'write "4.5 minutes"')
    return None


def _percent(text: str, path: str, faults: Faults) -> Figure | None:
    cells, _, number = text.partition(" ")
    if cells.strip(t.BAR_FULL + t.BAR_EMPTY):
        cells, number = "", text
    try:
        if not number.endswith("%"):
            raise ValueError
        figure = Figure.of(number.removesuffix("%").rstrip(" "), "percent")
    except ValueError:
        _bad_number(faults, path, text, "write a bar of ten cells and 99.95%")
        return None
    if cells != bar(figure.text):
        faults.add(
            "bar_mismatch",
            path,
            f"the bar {quoted(cells)} does not show {figure.text} %",
            f"draw {bar(figure.text)}",
        )
    return figure


def _bad_number(faults: Faults, path: str, text: str, fix: str) -> None:
    faults.add("bad_number", path, f"{quoted(text)} cannot be read as a number", fix)
