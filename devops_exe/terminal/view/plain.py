"""The document for a screen reader: headings and ``key: value``, no boxes, bars or tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.model import SECTIONS
from devops_exe.blueprint.render import box_rows, header_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

    from devops_exe.blueprint.model import Blueprint

_BAR = re.compile(r"[█░]{10} ")
_MARK = re.compile(r"\[[●◐]\] |[●◐] ")


def plain_document(blueprint: Blueprint) -> str:
    """The document as headings and lines of words."""
    lines = [t.TITLE, *(_words(row.prefix, row.value) for row in header_rows(blueprint.header))]
    for name in SECTIONS:
        section = getattr(blueprint, name)
        if section is not None:
            lines += ["", t.HEADINGS[name], *_section(name, section)]
    return "\n".join([*lines, "", _words(t.FOOTER_LABEL, blueprint.footer)])


def _section(name: str, section: BaseModel | Sequence[BaseModel]) -> Iterator[str]:
    if name not in t.BOXES:
        yield from _rows(t.TABLES[name], section)  # type: ignore[arg-type]
        return
    for row in box_rows(name, section, t.MIN_WIDTH):  # type: ignore[arg-type]
        prefix = row.prefix.strip()
        if not prefix or prefix == t.BOX_TITLE:
            continue
        yield _words(prefix, row.value)
    if getattr(section, "table", ()):
        yield from _rows(t.TABLES[name], section.table)  # type: ignore[union-attr]


def _words(prefix: str, value: str) -> str:
    mark = {t.BULLET: "-", t.ARROW: "-"}.get(prefix.strip(), prefix.strip())
    clean = _MARK.sub("", _BAR.sub("", value))
    return f"{mark} {clean}".rstrip()


def _rows(form: t.TableForm, rows: Sequence[BaseModel]) -> Iterator[str]:
    for row in rows:
        values = [str(getattr(row, field)) for field in form.fields]
        rest = "; ".join(
            f"{label}: {value}" for label, value in zip(form.header[1:], values[1:], strict=True)
        )
        yield f"{form.header[0]}: {values[0].removeprefix('→ ')}; {rest}"
