"""The document in another form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.exports import checked_format
from devops_exe.terminal.permissions import may_write

if TYPE_CHECKING:
    from devops_exe.agent.result import Result
    from devops_exe.terminal.app import App


def export(app: App, arguments: str) -> Reply:
    """``/export FORMAT [FILE]``: to standard output, or to a file after a yes."""
    form, _, name = arguments.strip().partition(" ")
    form, name = form.lower(), name.strip()
    form = checked_format(form, "/export")
    text = _exported(app, form)
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
