"""The last turn: copied, or asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal import clipboard
from devops_exe.terminal.commands import Reply

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def copy(app: App, arguments: str) -> Reply:
    """The last answer to the clipboard, by a program or by the terminal; says which.

    Raises:
        UserError: there is no answer, or no way to copy it.
    """
    del arguments
    text = app.session.results[-1].text if app.session.results else ""
    if not text:
        raise UserError(
            "there is no answer yet", where="/copy", fix="ask something first", code="no_answer"
        )
    count = len(text.split("\n"))
    told = f"{count} line{'' if count == 1 else 's'}"
    program = clipboard.program()
    if program is not None and clipboard.by_program(text, program):
        return Reply(f"✓ {told} copied by {program[0]}")
    sequence = clipboard.osc52(text)
    if sequence is None or not app.screen.terminal.live:
        raise UserError(
            "no clipboard program is there, and no terminal that could copy",
            where="/copy",
            fix="write it to a file: /export text FILE",
            code="no_clipboard",
        )
    app.screen.raw_err(sequence)
    return Reply(f"✓ {told} sent to the terminal's clipboard (OSC 52; not every one takes it)")


def retry(app: App, arguments: str) -> Reply:
    """The line whose turn failed or was stopped, asked again.

    Raises:
        UserError: no turn failed.
    """
    del arguments
    if not app.failed:
        raise UserError(
            "the last turn did not fail",
            where="/retry",
            fix="ask anew; Up brings the line back",
            code="nothing_failed",
        )
    return Reply(again=app.failed)
