"""Reading a table in pipe form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.lines import split_row
from devops_exe.blueprint.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint import template as t
    from devops_exe.blueprint.reading import Faults, Numbered


def table_of(
    body: Sequence[Numbered], form: t.TableForm, faults: Faults, heading: Numbered
) -> tuple[list[dict[str, str]], list[Numbered]]:
    """The rows of the table at the head of ``body`` by field, and the lines after it.

    Args:
        body: lines that begin with the table's header.
        form: the table as the template has it.
        faults: takes what is wrong with it.
        heading: where the section begins, for a table that is not there.
    """
    end = 0
    while end < len(body) and body[end].text.startswith("|"):
        end += 1
    rows = list(body[:end])
    if not rows:
        _malformed(faults, heading, "the table is missing", f"add {_header(form)}")
    else:
        rows = _below_header(rows, form, faults)
    return [_record(row, form, faults) for row in rows], list(body[end:])


def _below_header(rows: list[Numbered], form: t.TableForm, faults: Faults) -> list[Numbered]:
    """The data rows: what follows the header and the separator."""
    first = rows[0]
    if _is_separator(first.text):
        _malformed(faults, first, "the table has no header row", f"add {_header(form)}")
        return rows[1:]
    cells = split_row(first.text)
    separated = len(rows) > 1 and _is_separator(rows[1].text)
    if cells == [*form.header]:
        rows = rows[1:]
    elif separated:
        _malformed(faults, first, f"the header is {quoted(first.text)}", f"write {_header(form)}")
        rows = rows[1:]
    else:
        _malformed(faults, first, "the table has no header row", f"add {_header(form)}")
    if separated:
        if len(split_row(rows[0].text) or ()) != len(form.header):
            _malformed(faults, rows[0], "the separator row has other columns", form.rule)
        return rows[1:]
    _malformed(faults, first, "no separator row stands under the header", f"add {form.rule}")
    return rows


def _record(row: Numbered, form: t.TableForm, faults: Faults) -> dict[str, str]:
    cells = split_row(row.text)
    if cells is None:
        _malformed(faults, row, "the row has no bar at its end", "end it with |")
        cells = split_row(f"{row.text} |") or []
    wanted = len(form.fields)
    if len(cells) != wanted:
        message = f"the row has {len(cells)} cells, the table {wanted}"
        _malformed(faults, row, message, r"write one cell a column; a bar inside a cell is \|")
        # What is too much belongs to the last cell rather than nowhere.
        cells = [*cells[: wanted - 1], "|".join(cells[wanted - 1 :])]
        cells += [""] * (wanted - len(cells))
    return dict(zip(form.fields, cells, strict=True))


def _is_separator(text: str) -> bool:
    return "-" in text and not text.strip("|-: ")


def _header(form: t.TableForm) -> str:
    return f"| {' | '.join(form.header)} |"


def _malformed(faults: Faults, line: Numbered, message: str, fix: str) -> None:
    faults.add("malformed_table", line.place, message, fix)
