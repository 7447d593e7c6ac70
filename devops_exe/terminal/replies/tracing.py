"""What happened in the last turn: requests, tool calls, results; without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.agent.events import (
    CutOff,
    ErrorRaised,
    Event,
    PhaseFinished,
    Retry,
    ToolFinished,
    ToolStarted,
    Usage,
)
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cut, sanitise
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.view.progress import usage_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devops_exe.terminal.app import App


def trace(app: App, arguments: str) -> Reply:
    """Each request, tool call and result of the last turn; offline, the calculator calls.

    Raises:
        UserError: there was no turn.
    """
    del arguments
    if not app.events:
        raise UserError(
            "no turn was answered yet", where="/trace", fix="ask something first", code="no_turn"
        )
    clean = _cleaner(app)
    from devops_exe.terminal.turn import event_object

    lines = [cut(clean(line), app.width) for line in _lines(app)]
    data = [event_object(event) for event in app.events if not _is_text(event)]
    return Reply("\n".join(lines), data=data)


def _lines(app: App) -> Iterator[str]:
    for number, block in enumerate(getattr(app.session.writer, "sent", ()), 1):
        text = str(block.get("text", block)) if isinstance(block, dict) else str(block)
        first = " ".join(text.split())
        yield f"→ block {number} of the request, {len(text.encode()):,} bytes: {first}"
    calls: dict[str, str] = {}
    for event in app.events:
        if isinstance(event, ToolStarted):
            calls[event.id] = event.arguments
        else:
            yield from _event(event, calls)


def _event(event: Event, calls: dict[str, str]) -> Iterator[str]:
    match event:
        case ToolFinished():
            call = calls.pop(event.id, "") or event.name
            call = call if call.startswith(event.name) else f"{event.name}({call})"
            mark = "●" if event.ok else "✗"
            took = f"  {event.milliseconds:.1f} ms" if event.milliseconds >= 0.1 else ""
            yield f"{mark} {event.id} {call} → {event.summary}{took}"
        case PhaseFinished():
            yield f"✓ {event.name}: {event.summary}  {event.seconds:.2f} s"
        case Retry():
            yield f"! retry {event.attempt}/{event.of} in {event.seconds:.1f} s: {event.reason}"
        case CutOff():
            yield f"! cut off, asked again ({event.attempt}/{event.of})"
        case Usage() if event.round_trips:
            yield f"← reply {event.round_trips}:{usage_line(event)}"
        case ErrorRaised(error):
            yield f"✗ {error.message} ({error.where}) → {error.fix}"
        case _:
            return


def _is_text(event: Event) -> bool:
    return type(event).__name__ == "TextDelta"


def _cleaner(app: App) -> Callable[[str], str]:
    from devops_exe.ground.redaction import Redactor

    redactor: Any = getattr(app.session.writer, "redactor", None) or Redactor()

    def clean(text: str) -> str:
        return sanitise(str(redactor.redact(text))).replace("\n", " ")

    return clean
