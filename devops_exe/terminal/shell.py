"""``!command``: runs in the user's shell, is shown, and is nobody else's business.

Output goes to a model only after a yes, and then with the next line.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise
from devops_exe.terminal.permissions import refuse
from devops_exe.terminal.question import Act

if TYPE_CHECKING:
    from devops_exe.terminal.app import App

MOST_KEPT = 16 * 1024
"""Characters of the output's end that a yes adds to the next line."""

_STOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its output and its status (minus the signal, where one ended it)."""

    output: str
    status: int


def run_line(app: App, line: str) -> None:
    """Run what follows the ``!``, show it, and ask whether it may be added.

    Raises:
        UserError: nothing follows, nobody types here, or no command may run.
    """
    command = line.strip()[1:].strip()
    if not app.chatting:
        raise UserError(
            "a command runs in the chat only", where="!", fix="start devops-exe at a terminal"
        )
    if not command:
        raise UserError("no command follows", where="!", fix="write !ls", code="no_command")
    refuse(app.settings, Act("Run it?", kind="run", commands=(command,)))
    ran = run(app, command)
    if ran.status:
        ended = f"ended by signal {-ran.status}" if ran.status < 0 else f"exit {ran.status}"
        app.screen.err(f"✗ {ended}", "bad")
    else:
        app.screen.err("✓ exit 0", "dim")
    if not ran.output.strip():
        return
    if app.question.confirm("Add the output to your next line?").yes:
        text = ran.output[-MOST_KEPT:].strip()
        app.carried += f"\n\nOutput of the command {command} (status {ran.status}):\n{text}"
        app.screen.err("· it goes with your next line, not before", "dim")


def run(app: App, command: str) -> Ran:
    """Run in ``$SHELL``; output appears as it comes. Ctrl-C stops the command."""
    shell = os.environ.get("SHELL") or "/bin/sh"
    try:
        process = subprocess.Popen(  # noqa: S603  # the user typed it
            [shell, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as problem:
        raise UserError(
            f"the shell cannot be started ({problem.strerror or problem})",
            where="$SHELL",
            fix="set SHELL",
        ) from None
    kept: list[str] = []
    assert process.stdout is not None
    with process:
        try:
            for raw in process.stdout:
                text = sanitise(raw.decode("utf-8", "replace")).rstrip("\n")
                app.screen.out(text)
                kept.append(text)
        except KeyboardInterrupt:
            _stopped(process)
    return Ran("\n".join(kept), process.returncode)


def _stopped(process: subprocess.Popen[bytes]) -> None:
    """The terminal sent the signal to the command too; one that ignores it is killed."""
    try:
        process.wait(_STOP_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
