"""The document in another form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.exports import PICTURES, checked_format
from devops_exe.terminal.permissions import may_write

if TYPE_CHECKING:
    from devops_exe.agent.result import Result
    from devops_exe.terminal.app import App


def export(app: App, arguments: str) -> Reply:
    """``/export FORMAT [FILE]``: to standard output, or to a file after a yes.

    The document as text or json; what depends on what, as mermaid or svg.
    """
    form, _, name = arguments.strip().partition(" ")
    form, name = form.lower(), name.strip()
    text = _map(app, form) if form in PICTURES else _exported(app, checked_format(form, "/export"))
    if not name:
        return Reply(text)
    path = Path(name).expanduser()
    answer = may_write(app, path, text)
    if not answer.yes:
        return Reply("nothing was written" + (f": {answer.reason}" if answer.reason else ""))
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as problem:
        raise UserError(
            f"it cannot be written ({problem.strerror or problem})",
            where=str(path),
            fix="name another file",
            code="not_writable",
        ) from None
    return Reply(f"✓ {path} ({len(text.encode()) / 1024:.1f} KiB)", data={"path": str(path)})


def _map(app: App, form: str) -> str:
    """The dependency map of the repository: the one assessed, ``--repo``, or this folder.

    Raises:
        UserError: no dependency was found.
    """
    from devops_exe.assess.repository import assess_repository
    from devops_exe.terminal.replies.assessing import drawn

    folder = app.session.repository or Path()
    reading = app.session.reading or assess_repository(folder)
    if not reading.dependencies.edges:
        raise UserError(
            "no dependency was found to draw",
            where="/export" if str(folder) == "." else str(folder),
            fix="read another repository first: /assess DIR",
            code="no_dependency",
        )
    return drawn(reading, form).rstrip("\n")


def _exported(app: App, form: str) -> str:
    dossier = app.current("/export")
    if form == "text":
        return app.session.print(dossier)
    found: Result | None = None
    for result in app.session.results:
        if result.dossier is dossier:
            found = result
    if found is None:
        raise UserError(
            "no answer holds this document", where="/export", fix="ask for it again: /devops"
        )
    return json.dumps(found.as_json(), ensure_ascii=False, indent=2)
