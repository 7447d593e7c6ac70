"""A ledger entry in words: what went in and who says so, what came out, by which formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, cut, pad
from devops_exe.terminal.view.quantity import named, shown
from devops_exe.terminal.view.wrap import call_line, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.design.ledger import Entry

_LONG = 200


def entry_line(entry: Entry, width: int) -> str:
    """One line: id, call, answer."""
    from devops_exe.design.summary import answer_of, call_of

    return call_line(f"{pad(entry.id, 4)} {call_of(entry)}", answer_of(entry), max(width, 20))


def entry_words(entry: Entry, width: int) -> str:
    """The whole entry as lines."""
    title = f"{entry.tool} {entry.op}".strip()
    lines = [entry_line(entry, width), "", "Answers"]
    lines += outputs_lines(entry.outputs, width)
    lines.append("From")
    for name, value in entry.inputs.items():
        whence = entry.provenance.get(name)
        source = f" [{whence.origin}: {whence.where}]" if whence else ""
        lines += wrap(f"{named(name, _short(value))}{source}", width, "  ", "      ")
    lines += wrap(entry.formula, width, "Formula  ")
    lines += wrap(entry.source, width, "Source   ")
    lines += wrap(f"{entry.id}, {title}, version {entry.version}", width, "Entry    ")
    return "\n".join(lines)


def outputs_lines(outputs: Mapping[str, object], width: int) -> list[str]:
    """Outputs as lines; a table of rows is told row by row."""
    lines: list[str] = []
    for name, value in outputs.items():
        if _is_rows(value):
            lines.append(f"  {name.replace('_', ' ')}")
            for row in value:  # type: ignore[attr-defined]
                lines += wrap(_row(row), width, "    • ")
        elif isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
            lines.append(f"  {name.replace('_', ' ')}")
            for key, row in value.items():
                told = _row(row) if isinstance(row, dict) else shown(row)
                lines += wrap(told, width, f"    • {key}: ")
        elif value is not None:
            lines += wrap(named(name, _short(value)), width, "  ", "      ")
    return lines


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _row(row: Mapping[str, object]) -> str:
    return ", ".join(
        named(key, _short(item)) for key, item in row.items() if item not in (None, [], "")
    )


def _short(value: object) -> object:
    text = shown(value)
    return cut(text, _LONG) if cells(text) > _LONG else value
