"""Why a figure is what it is: result, parts, inputs, formula, what moves it, what breaks it.

Everything said is read from the ledger or computed by planning again with one fact changed;
nothing is estimated. See :mod:`devops_exe.design.sensitivity` for the method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.asked import Book, Stated, Subject, Text, find
from devops_exe.blueprint.moving import Moving, moving
from devops_exe.blueprint.spoken import headline, parts_of, printed, row, rows, wrap
from devops_exe.blueprint.why_inputs import assumed_names, input_rows, upstream
from devops_exe.blueprint.why_more import act_parts, detect_parts, other_faults, ranking
from devops_exe.design import tables
from devops_exe.design.assume import given
from devops_exe.design.fields import behind, label, shown
from devops_exe.design.plan import plan
from devops_exe.design.sensitivity import closure_of, stated
from devops_exe.design.summary import answer_of, call_of
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.ledger import Entry, Ledger

__all__ = ["book_of", "why"]


def why(dossier: Dossier, words: str) -> str:
    """A figure explained in plain text of 80 columns.

    Args:
        dossier: the document with its facts and its ledger.
        words: a name (``RTO``, ``replicas``, ``error budget``), an input (``startup_seconds``),
            a ledger reference (``L6``, ``L6.rto_minutes``) or a path of the document
            (``rollback.rto``).

    Raises:
        UserError: nothing is called so (``unknown_figure``, with what can be asked), the
            reference names nothing (``unknown_reference``), or the facts lead to no plan.
    """
    book = book_of(dossier)
    found = find(book, words)
    if isinstance(found, Text):
        lines = _text(book, found)
    elif isinstance(found, Stated):
        lines = _fact(book, found.field)
    else:
        lines = _figure(book, found)
    return sanitise("\n".join(lines))


def book_of(dossier: Dossier) -> Book:
    """A dossier with its plan; one read from a file is planned again from its facts."""
    if dossier.plan is not None:
        return Book(dossier, dossier.ledger, dossier.plan, current=True)
    again = plan(stated(dossier.profile))
    same = _shape(again.ledger) == _shape(dossier.ledger)
    ledger = dossier.ledger if same else again.ledger
    return Book(dossier, ledger, again, current=again.ledger.as_json() == dossier.ledger.as_json())


def _shape(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(entry.id, entry.tool, entry.op) for entry in ledger]


def _figure(book: Book, subject: Subject) -> list[str]:
    entry = book.ledger.entry(subject.entry)
    value = book.ledger.value(f"{entry.id}.{subject.place.path}")
    found = moving(book, subject) if book.current else None
    closure = closure_of(book.ledger, entry)
    parts = parts_of(book, subject)
    text = _result(book, subject, value)
    lines = headline(f"{text} = {parts}" if parts else text, found.target_in_words if found else "")
    lines += _details(book, subject, entry)
    lines += input_rows(book, entry, found)
    lines += upstream(book, closure)
    lines += row("Formula", entry.formula)
    lines += _turns(book, found)
    lines += other_faults(book, subject)
    lines += _assumed(assumed_names(closure, found))
    lines += row(
        "Source",
        f"{entry.source}; entry {entry.id}, calculator {entry.tool} {entry.op}".rstrip()
        + f" {entry.version}",
    )
    return lines


def _result(book: Book, subject: Subject, value: object) -> str:
    if subject.named is not None and subject.named.name == "strategy":
        return f"strategy {book.plan.choice.strategy}"
    text = printed(subject.place, value)
    unit = subject.place.unit
    if unit and unit in subject.name:
        text = text.removesuffix(unit).rstrip()
    return f"{subject.name} {text}"


def _details(book: Book, subject: Subject, entry: Entry) -> list[str]:
    if entry.tool == "rto" and entry.op == "recovery":
        return row("detect", detect_parts(entry)) + row("act", act_parts(book, entry))
    if entry.tool == "strategy":
        return rows("Ranking", ranking(book, entry))
    if subject.named is None and subject.place.path == next(iter(entry.outputs), ""):
        return row("Answers", ", ".join(entry.outputs))
    return []


def _turns(book: Book, found: Moving | None) -> list[str]:
    if found is None:
        return (
            []
            if book.current
            else row("Turns", "not computed: the calculators have changed since this document")
        )
    return (
        row("Turns", found.turns)
        + (row("", found.others) if found.others else [])
        + (row("Breaks", found.breaks) if found.breaks else [])
    )


def _assumed(names: tuple[str, ...]) -> list[str]:
    return row("Assumed", ", ".join(names) if names else "none of what moves it")


def _fact(book: Book, field: str) -> list[str]:
    """A fact or an assumption: what, whose, how to state it, and what rests on it."""
    value = given(book.plan.profile, field)
    table = tables.table("assumptions")
    lines = [f"{label(field)} {shown(field, value.value)} ({field})"]
    says = {
        "user": f'you said "{value.where}"',
        "measured": f"measured on your platform: {value.where}",
        "repository": f"the repository: {value.where}",
        "model": f"read by the model: {value.where}",
    }.get(value.origin, f"assumed: {value.where}")
    lines += row("From", says)
    if field in table:
        lines += row("Say", f'"{table[field]["say"]}"')
    takers = [
        f"{entry.id} {call_of(entry)} → {answer_of(entry)}"
        for entry in book.ledger
        if any(
            field in behind(name) and whence.origin != "ledger"
            for name, whence in entry.provenance.items()
        )
    ]
    lines += rows("Used by", takers or ["no calculator: the document quotes it as it is"])
    if field in table:
        lines += row("Figures", table[field]["figures"])
    return lines + row("Try", f"/what-if {field}=VALUE")


def _text(book: Book, found: Text) -> list[str]:
    """A field of the document: its words, the figures in it, the first of them explained."""
    lines = wrap(f"{found.path}: {found.text}", "", indent="  ")
    if not found.subjects:
        return [*lines, *row("Figures", "none: words, names and counts of what is listed")]
    listed = []
    for one in found.subjects:
        if isinstance(one, Stated):
            value = given(book.plan.profile, one.field).value
            listed.append(f"{label(one.field)} {shown(one.field, value)}: {one.field}")
        else:
            value = book.ledger.value(f"{one.entry}.{one.place.path}")
            listed.append(f"{one.name} {printed(one.place, value)}: {one.entry}.{one.place.path}")
    lines += rows("Figures", listed)
    first = min(found.subjects, key=_rank)
    lines.append("")
    return lines + (_fact(book, first.field) if isinstance(first, Stated) else _figure(book, first))


def _rank(one: Subject | Stated) -> int:
    """Which figure of a field is explained: a named one that can be better or worse first."""
    if isinstance(one, Stated):
        return 3
    if one.named is None:
        return 2
    return 0 if one.named.better else 1
