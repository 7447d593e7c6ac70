"""``/measured``: values measured on the user's own platform, in place of assumptions."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.clock import now
from devops_exe.ground.errors import UserError
from devops_exe.ground.settings import PROJECT_FILE
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.measuring import agree, project_values, with_row
from devops_exe.terminal.view.wrap import paragraphs

if TYPE_CHECKING:
    from devops_exe.design.measured import Measured
    from devops_exe.terminal.app import App

_FROM = re.compile(r"\s+from\s+(?P<source>.+)\Z", re.IGNORECASE | re.DOTALL)


def measured(app: App, arguments: str) -> Reply:
    """``/measured``, ``/measured FIELD=VALUE… from SOURCE``, ``/measured yes``.

    Without words it lists the values of the project file. With them it adds to that file, after
    a yes, and the conversation plans with them from then on.

    Raises:
        UserError: a field cannot be measured, no source is named, or the file cannot be written.
    """
    words = arguments.strip()
    if not words:
        return replace(_listed(), text=paragraphs(_listed().text, app.width))
    if words.casefold() == "yes":
        return _agreed(app)
    rows = _rows(words)
    for row in rows:
        row.fact()
    return _added(app, rows)


def _listed() -> Reply:
    rows = project_values()
    if not rows:
        return Reply(
            f"no measured values in {PROJECT_FILE} of this folder; "
            "add one: /measured startup_seconds=42 from kubectl get events, production"
        )
    lines = [f"{row.field} = {row.value}  {row.source}, {row.date}" for row in rows]
    data = [{"field": r.field, "value": r.value, "source": r.source, "date": r.date} for r in rows]
    return Reply("\n".join(lines), data=data)


def _agreed(app: App) -> Reply:
    from devops_exe.design.measured import facts

    rows = project_values()
    if not rows:
        return _listed()
    found = facts(rows)
    lines = _listed().text
    app.screen.err(lines)
    if not app.question.confirm("Use them in place of assumptions?").yes:
        return Reply("they are not used")
    agree(rows)
    app.session.measured = found
    return Reply("they count from the next document on; ask again: /devops")


def _rows(words: str) -> tuple[Measured, ...]:
    from devops_exe.design.measured import Measured
    from devops_exe.terminal.replies.explaining import assigned

    match = _FROM.search(words)
    if match is None:
        raise UserError(
            "no source is named",
            where="/measured",
            fix="say how it was measured: /measured startup_seconds=42 from kubectl get events, "
            "production",
            code="no_source",
        )
    today = now().date().isoformat()
    stated = assigned(words[: match.start()], "/measured")
    source = " ".join(match["source"].split()).strip("\"'")
    return tuple(Measured(_field(name), value, source, today) for name, value in stated.items())


def _field(name: str) -> str:
    """The field that is measured.

    Raises:
        UserError: there is none of this name, or it is no measurement.
    """
    from devops_exe.design.assignment import ALIASES, known_fields
    from devops_exe.design.measured import MEASURABLE
    from devops_exe.ground.near import nearest

    found = ALIASES.get(name, name)
    if found in MEASURABLE:
        return found
    known = found in known_fields()
    near = None if known else nearest(found, MEASURABLE)
    raise UserError(
        f"{found[:60]} cannot be measured" if known else f"no field is called {name[:60]!r}",
        where="/measured",
        fix=f"did you mean {near}?" if near else f"one of {', '.join(sorted(MEASURABLE))}",
        code="not_measurable" if known else "unknown_field",
    )


def _added(app: App, rows: tuple[Measured, ...]) -> Reply:
    from devops_exe.design.measured import facts
    from devops_exe.implement.artefact import Artefact
    from devops_exe.implement.changes import Change
    from devops_exe.implement.writing import write
    from devops_exe.terminal.question import Act, consent

    folder = Path()
    path = folder / PROJECT_FILE
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else None
    except (OSError, UnicodeDecodeError):
        raise UserError(
            "it cannot be read", where=PROJECT_FILE, fix="make it a UTF-8 text file"
        ) from None
    text = before or ""
    for row in rows:
        text = with_row(text, row)
    change = Change(Artefact(PROJECT_FILE, text, "text"), "changed", before)
    change = replace(change, status="new") if before is None else change
    named = ", ".join(f"{row.field} {row.value}" for row in rows)
    act = Act(
        f"Keep {named} in {PROJECT_FILE}?",
        text=change.difference(),
        folder=folder,
        paths=(path,),
    )
    answer = consent(app, act)
    if not answer.yes:
        return Reply(f"nothing was kept{f': {answer.reason}' if answer.reason else ''}")
    write([change], folder)
    every = project_values()
    agree(every)
    app.session.measured = facts(every)
    return Reply(
        f"✓ {named} kept in {PROJECT_FILE} as measured; they count from the next document on"
    )
