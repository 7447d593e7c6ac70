"""From the values to the document's text.

The geometry is the template's: rules of 39 and 36 columns, boxes as wide as asked for,
tables in pipe form with every row on one line. Widths are terminal cells. Nothing is cut:
:mod:`devops_exe.blueprint.lines` says how a long value is broken, and
:func:`devops_exe.blueprint.parse.parse` reads every document back to the same values.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.lines import Row, escaped
from devops_exe.blueprint.model import SECTIONS, Figure
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

    from devops_exe.blueprint.model import Blueprint


def render(blueprint: Blueprint, width: int = t.MIN_WIDTH) -> str:
    """The document as text, without a newline at its end.

    Args:
        blueprint: the values; sections that are None are left out.
        width: columns of the boxes and of every line but rules and table rows, 39 to 100.

    Raises:
        UserError: the width is out of range.
    """
    if not t.MIN_WIDTH <= width <= t.MAX_WIDTH:
        raise UserError(
            f"a width of {width} columns is out of range",
            where="width",
            fix=f"give {t.MIN_WIDTH} to {t.MAX_WIDTH}",
        )
    lines = [t.TITLE, t.HEAVY_RULE]
    for row in header_rows(blueprint.header):
        lines += row.printed(width)
    lines.append(t.HEAVY_RULE)
    for name in SECTIONS:
        section = getattr(blueprint, name)
        if section is not None:
            lines += ["", t.HEADINGS[name], t.LIGHT_RULE, *_body(name, section, width)]
    lines.append("")
    lines += Row(t.FOOTER_LABEL, blueprint.footer).printed(width)
    return "\n".join(lines)


def bar(percentage: str) -> str:
    """Ten cells for the percentage printed as ``percentage``: ÷ 10, rounded half up.

    >>> bar("45"), bar("99.95")
    ('█████░░░░░', '██████████')
    """
    full = int((Decimal(percentage) / 10 + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    full = min(t.BAR_CELLS, max(0, full))
    return t.BAR_FULL * full + t.BAR_EMPTY * (t.BAR_CELLS - full)


def header_rows(header: BaseModel) -> list[Row]:
    """The lines between the heavy rules."""
    return [Row(entry.label, getattr(header, entry.field)) for entry in t.HEADER]


def box_rows(name: str, section: BaseModel, width: int) -> list[Row]:
    """The lines of a section's box before they are broken, without its borders."""
    rows: list[Row] = []
    for item in t.BOXES[name]:
        rows += _item_rows(item, section, width)
    return rows


def _item_rows(item: t.Item, section: BaseModel, width: int) -> Iterator[Row]:
    margin = " " * t.MARGIN
    match item:
        case t.Title(text):
            yield Row(" " * ((width - 2 - len(text)) // 2) + text)
        case t.Blank():
            yield Row("")
        case t.Entry(label, field, form):
            value = getattr(section, field)
            if value is not None:
                yield Row(margin + label, _shown(form, value))
        case t.Group(label, field, mark):
            yield Row(margin + label)
            values: Sequence[str] = getattr(section, field) if field else ()
            for number, value in enumerate(values, start=1):
                yield Row(margin + (f"{number}." if mark == "number" else t.BULLET), value)
        case t.Step(label, field):
            yield Row(margin + label)
            for value in getattr(section, field):
                yield Row(" " * t.ACTION_INDENT + t.ARROW, value)


def _shown(form: t.Form, value: str | int | Figure) -> str:
    if isinstance(value, Figure):
        if form == "bar":
            return f"{bar(value.text)} {value.text}%"
        return f"{value.text} minutes"
    return str(value)


def _body(name: str, section: BaseModel | Sequence[BaseModel], width: int) -> list[str]:
    if name not in t.BOXES:
        return _table(t.TABLES[name], section)  # type: ignore[arg-type]
    lines = _box(box_rows(name, section, width), width)  # type: ignore[arg-type]
    table = getattr(section, "table", ())
    if table:
        # Directly below the box: blank lines stand only before headings.
        lines += _table(t.TABLES[name], table)
    return lines


def _table(form: t.TableForm, rows: Sequence[BaseModel]) -> list[str]:
    lines = [_pipes(form.header), form.rule]
    lines += [_pipes([getattr(row, field) for field in form.fields]) for row in rows]
    return lines


def _pipes(values: Sequence[str]) -> str:
    return "|" + "|".join(f" {escaped(value)} " for value in values) + "|"


def _box(rows: Sequence[Row], width: int) -> list[str]:
    rule = "─" * (width - 2)
    lines = [f"┌{rule}┐"]
    for row in rows:
        lines += [_bordered(text, width) for text in row.printed(width - 2 - t.MARGIN)]
    lines.append(f"└{rule}┘")
    return lines


def _bordered(text: str, width: int) -> str:
    """``text`` between borders, exactly ``width`` cells in all."""
    blanks = width - 2 - cells(text)
    line = f"│{text}{' ' * blanks}│"
    # A mark at the end of the text may widen or swallow the blank behind it, so the whole
    # line is measured; one correction settles it.
    missing = width - cells(line)
    return line if not missing else f"│{text}{' ' * (blanks + missing)}│"
