"""What may be written and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import permissions_file
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.permissions import MODES, rules
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def permissions(app: App, arguments: str) -> Reply:
    """``/permissions [MODE]``: the rules; with a mode, that mode from now on.

    Raises:
        UserError: there is no such mode.
    """
    mode = arguments.strip().lower()
    if mode and mode not in MODES:
        raise UserError(
            f"{mode[:40]!r} is no mode",
            where="/permissions",
            fix=f"use one of {', '.join(MODES)}",
            code="unknown_mode",
        )
    if mode:
        app.set("mode", mode, "/permissions")
    found, warnings = rules(app.settings)
    lines: list[str] = []
    for verb, what, where in found:
        lines += wrap(f"{what} [{where}]", app.width, f"{verb:<6}", " " * 6)
    data = [{"rule": verb, "what": what, "where": where} for verb, what, where in found]
    notes = [f"! {one}" for one in warnings]
    own = permissions_file()
    if not own.exists():
        notes.append(f'· rules of your own: {own}, such as deny = ["write *.tf"]')
    return Reply("\n".join(lines), data=data, notes=tuple(notes))
