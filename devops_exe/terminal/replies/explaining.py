"""Where figures come from, what would move them, and what is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.view.entry import entry_line, entry_words
from devops_exe.terminal.view.wrap import paragraphs, wrap

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.ledger import Entry
    from devops_exe.terminal.app import App


def why(app: App, arguments: str) -> Reply:
    """Where a figure comes from."""
    dossier = app.current("/why")
    words = arguments.strip()
    if not words:
        names = ", ".join(named_figures(dossier))
        raise UserError(
            "no figure is named",
            where="/why",
            fix=f"name one of {names}, or an entry such as L3",
            code="no_figure",
        )
    from devops_exe.blueprint.why import why as explained

    text = paragraphs(explained(dossier, words), app.width) + _drilled(app, dossier, words)
    drawn = _beside(app, dossier, words)
    return Reply(f"{text}\n\n{drawn}" if drawn else text, kept=True)


def _drilled(app: App, dossier: Dossier, words: str) -> str:
    """When the plan behind an RTO was drilled, and what came of it; the value stays."""
    if words.strip().upper() != "RTO":
        return ""
    from devops_exe.operate.drill.kept import drilled_before

    lines: list[str] = []
    for one in drilled_before(dossier)[-1:]:
        said = one.sentence().removeprefix("Drilled ")
        lines += ["", *wrap(said, app.width, "  Drilled  ", " " * 11)]
    return "\n".join(lines)


def _beside(app: App, dossier: Dossier, words: str) -> str:
    """The picture of a figure, where it has one and there is something to draw."""
    from devops_exe.terminal.view.pictures import OF_FIGURE, picture

    name = OF_FIGURE.get(words.lower())
    if name is None:
        return ""
    try:
        return "\n".join(picture(dossier, name, app.width, plain=app.screen.terminal.plain))
    except UserError:
        return ""


def show(app: App, arguments: str) -> Reply:
    """``/show rollout|budget|replicas|pipeline``: a picture in plain characters."""
    from devops_exe.terminal.view.pictures import picture

    dossier = app.current("/show")
    name = arguments.strip().lower()
    return Reply("\n".join(picture(dossier, name, app.width, plain=app.screen.terminal.plain)))


def what_if(app: App, arguments: str) -> Reply:
    """What moves when facts change; the conversation's system stays as it is."""
    dossier = app.current("/what-if")
    assignments = assigned(arguments, "/what-if")
    from devops_exe.blueprint.what_if import what_if as supposed

    found = supposed(dossier, assignments, app.session.clock)
    data = {
        "changed": [{"field": one.field, "old": one.old, "new": one.new} for one in found.inputs],
        "moved": list(found.moved),
    }
    return Reply(paragraphs(found.text, app.width), data=data, kept=True)


def assigned(arguments: str, where: str) -> dict[str, str]:
    """``FIELD=VALUE…`` as a mapping; a value holds blanks up to the next ``FIELD=``.

    Raises:
        UserError: there is none, or a word stands before the first.

    >>> assigned("peak_rps=3000 strategy=A/B Testing", "/what-if")
    {'peak_rps': '3000', 'strategy': 'A/B Testing'}
    """
    parts = re.split(r"(?:^|\s+)([A-Za-z][\w-]*)\s*=\s*", arguments.strip())
    if len(parts) < 3 or parts[0].strip():
        raise UserError(
            f"{parts[0].strip()[:60]!r} is no FIELD=VALUE"
            if parts[0].strip()
            else "no FIELD=VALUE",
            where=where,
            fix="write for example peak_rps=3000",
            code="no_assignment",
        )
    names, values = parts[1::2], parts[2::2]
    found = {}
    for name, value in zip(names, values, strict=True):
        found[name.replace("-", "_")] = value.strip().strip(",").strip("\"'")
    return found


def ledger(app: App, arguments: str) -> Reply:
    """Every calculator call, or one whole."""
    dossier = app.current("/ledger")
    if arguments:
        entry = entry_of(dossier, arguments)
        return Reply(entry_words(entry, app.width), data=entry.as_json())
    lines = [entry_line(entry, app.width) for entry in dossier.ledger]
    return Reply("\n".join(lines), data=dossier.ledger.as_json())


def validate(app: App, arguments: str) -> Reply:
    """Findings of the current document."""
    del arguments
    from devops_exe.terminal.view.answer import findings

    dossier = app.current("/validate")
    lines = findings(dossier.findings, app.width) or ["✓ no finding"]
    return Reply(
        "\n".join(lines),
        data=[one.as_json() for one in dossier.findings],
        status=ExitStatus.OK if dossier.healthy else ExitStatus.FINDINGS,
    )


def entry_of(dossier: Dossier, words: str) -> Entry:
    """The entry meant by an id, a reference, a figure's name, a tool or an output.

    Raises:
        UserError: none is meant.
    """
    match = re.match(r"(L\d+)\b", words.strip(), re.IGNORECASE)
    if match:
        return dossier.ledger.entry(match[1].upper())
    wanted = _plain(words)
    named = named_figures(dossier, aliases=True)
    by_name = {_plain(name): entry for name, entry in named.items()}
    if dossier.plan is not None:
        by_name |= {_plain(role): dossier.plan.entry(role) for role in dossier.plan.ids}
    for name in (wanted, wanted.removesuffix("minutes"), wanted.removesuffix("percent")):
        if name in by_name:
            return by_name[name]
    for entry in dossier.ledger:
        names = (f"{entry.tool}{entry.op}", entry.tool, entry.op, *entry.outputs)
        if wanted in {_plain(name) for name in names if name}:
            return entry
    raise UserError(
        f"no figure is called {words[:60]!r}",
        where="/why",
        fix=f"name one of {', '.join(named_figures(dossier))}, or an entry of /ledger",
        code="unknown_figure",
    )


def named_figures(dossier: Dossier, *, aliases: bool = False) -> dict[str, Entry]:
    """The figures that the document has by their names, each with the entry behind it."""
    from devops_exe.blueprint.figures import NAMED

    found: dict[str, Entry] = {}
    if dossier.plan is None:
        return found
    for one in NAMED:
        role = next((place.role for place in one.places if dossier.plan.has(place.role)), None)
        if role is not None:
            entry = dossier.plan.entry(role)
            for name in (one.name, *(one.aliases if aliases else ())):
                found.setdefault(name, entry)
    return found


def _plain(name: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())
