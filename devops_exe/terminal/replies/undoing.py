"""``/undo``: the files that ``/implement`` wrote last, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.replies.implementing import place

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def undo(app: App, arguments: str) -> Reply:
    """``/undo``: take back the files that were written last.

    Raises:
        UserError: nothing is left to take back.
    """
    from devops_exe.implement.writing import latest
    from devops_exe.implement.writing import undo as take_back

    name = arguments.strip() or latest()
    if name is None:
        raise UserError(
            "no files were written that could be taken back",
            where="/undo",
            fix="/implement DIR writes files; a document is changed by saying what it should be",
            code="nothing_to_undo",
        )
    if app.settings.flag("read-only"):
        raise UserError(
            "--read-only forbids it", where="/undo", fix="start without it", code="read_only"
        )
    if not _agreed(app, name):
        return Reply("nothing was taken back")
    done = take_back(name)
    lines = [f"- {path}" for path in done.removed]
    lines += [f"~ {path}  as it was before" for path in done.restored]
    lines += [f"! {path}  left alone: {reason}" for path, reason in done.left]
    lines.append(
        f"✓ taken back under {place(done.folder)}"
        if not done.left
        else f"! not all of it is taken back under {place(done.folder)}"
    )
    data = {
        "removed": list(done.removed),
        "restored": list(done.restored),
        "left": [{"path": path, "reason": reason} for path, reason in done.left],
    }
    return Reply("\n".join(lines), data=data)


def _agreed(app: App, name: str) -> bool:
    """Whether a writing may be taken back: one outside this folder is asked for first."""
    from devops_exe.implement.writing import written
    from devops_exe.terminal.question import Act, consent

    found = written(name)
    folder = found.folder
    here = Path.cwd().resolve()
    if here == folder.resolve() or here in folder.resolve().parents:
        return True
    act = Act(
        f"Take back what was written under {folder}?",
        summary=(f"{folder} is not this folder",),
        kind="write",
        folder=folder,
        paths=tuple(folder / path for path in found.paths),
    )
    return consent(app, act).yes
