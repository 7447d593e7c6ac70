"""What the chat asks after a turn: a missing system, the rules instead, a value proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.errors import DevopsExeError
from devops_exe.terminal.writers import writer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.agent.events import Proposed
    from devops_exe.ground.errors import ExitStatus, UserError
    from devops_exe.terminal.app import App
    from devops_exe.terminal.turn import Turn

# Failures that another question to the same service will not mend, or not soon. What the
# user's own budget ended is not among them: there "go on" is the way.
_NOT_OFFERED = frozenset({
    "budget_exhausted", "same_calls", "context_full", "bad_base_url", "bad_key",
})  # fmt: skip


def rules(app: App, turn: Turn, line: str) -> ExitStatus | None:
    """Where the service failed and the user agrees, rules answer from now on.

    Returns:
        The status of the rules' answer; None where nothing changed, or the document stands.
    """
    assert turn.error is not None
    if not app.chatting or turn.error.code in _NOT_OFFERED:
        return None
    if not app.question.confirm("Go on with the offline rules?").yes:
        return None
    app.set("engine", "offline")
    app.use(writer_of(app.settings))
    return None if turn.document else app.answer(line)


def system(app: App, error: UserError, line: str) -> str | None:
    """In the chat a missing system is asked for; None where it cannot be."""
    if error.code != "no_system" or not app.chatting:
        return None
    said = app.question.words("Which system, on what platform, with which load?")
    return f"{line} {said}" if said and not said.startswith("/") else None


def proposals(app: App, proposed: Sequence[Proposed]) -> None:
    """Show each value that the model would give an input; a yes takes it.

    Other words than yes and no are read as a value of the user's own.
    """
    for one in proposed:
        app.screen.err(f"The model proposes {one.words}: {one.why}")
        answer = app.question.confirm("Take it?", values=True)
        if answer.yes:
            _take(app, one.field, one.value, one.why)
        elif not (answer.reason and _take(app, one.field, answer.reason, answer.reason, own=True)):
            app.screen.err(f"· {one.field} stays as it is", "dim")
            if answer.reason:
                app.carry(f"I said no to {one.words}: {answer.reason}")


def _take(app: App, field: str, value: str, why: str, *, own: bool = False) -> bool:
    try:
        result = app.session.accept(field, value, why, own=own)
    except DevopsExeError as error:
        if own:
            return False
        app.fail(error)
        return True
    app.record.keep(app.session, f"yes: {field} {value}", result.text, result)
    app.screen.out(result.text)
    app.aside("· /devops prints the whole document; /why tells whence each figure is")
    return True
