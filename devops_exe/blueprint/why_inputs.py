"""The inputs of an entry in words: value, unit, where from, and the words that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.spoken import row, rows
from devops_exe.design import tables
from devops_exe.design.fields import behind, label, shown
from devops_exe.design.summary import answer_of, call_of

if TYPE_CHECKING:
    from devops_exe.blueprint.asked import Book
    from devops_exe.blueprint.moving import Moving
    from devops_exe.design.ledger import Entry, Provenance


def input_rows(book: Book, entry: Entry, found: Moving | None) -> list[str]:
    """A line for each input; those that do not move the figure together in one."""
    idle = found.idle if found is not None else frozenset()
    texts: list[str] = []
    quiet: list[str] = []
    for name, value in entry.inputs.items():
        whence = entry.provenance[name]
        text = f"{label(name)} {shown(name, value)}"
        if name == "rto_target_minutes":
            continue
        if whence.origin != "ledger" and set(behind(name)) <= idle:
            mark = "assumed" if whence.origin == "assumption" else whence.origin
            quiet.append(f"{text} ({mark})")
            continue
        texts.append(f"{text} [{whence_in_words(book, name, whence)}]")
    lines = rows("Inputs", texts)
    if quiet:
        lines += row("Idle", f"no effect on it here: {', '.join(quiet)}")
    return lines


def whence_in_words(book: Book, name: str, whence: Provenance) -> str:
    """Who says so, and how to say otherwise."""
    if whence.origin == "ledger":
        entry = book.ledger.entry(whence.where.split(".")[0])
        return f"{whence.where}: {f'{entry.tool} {entry.op}'.strip()}"
    if whence.origin == "user":
        return f'you: "{whence.where}"'
    if whence.origin in {"measured", "repository"}:
        return f"{whence.origin}: {whence.where}"
    if whence.origin == "model":
        return f"read by the model: {whence.where}"
    table = tables.table("assumptions")
    source = next((field for field in behind(name) if field in table), "")
    if not source:
        return f"assumed: {whence.where}"
    kind = "default" if table[source]["kind"] == "default" else "assumed"
    return f'{kind}: {whence.where}; say "{table[source]["say"]}"'


def upstream(book: Book, closure: tuple[Entry, ...]) -> list[str]:
    """The entries that an entry rests on, each in a line."""
    return rows(
        "Rests on",
        [f"{one.id} {call_of(one)} → {answer_of(one)}".rstrip(" →") for one in closure[1:]],
    )


def assumed_names(closure: tuple[Entry, ...], found: Moving | None) -> tuple[str, ...]:
    """The assumptions among what moves a figure, its own entry's first."""
    idle = found.idle if found is not None else frozenset()
    names: dict[str, None] = {}
    for entry in closure:
        for name, whence in entry.provenance.items():
            if whence.origin == "assumption" and not set(behind(name)) <= idle:
                names.setdefault(f"{label(name)} {shown(name, entry.inputs[name])}")
    return tuple(names)
