"""The last group of tool calls, whole: what Ctrl-O shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.agent.events import (
    ErrorRaised,
    PhaseFinished,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from devops_exe.ground.text import sanitise
from devops_exe.terminal.view.quantity import short_time
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.agent.events import Event

MOST = 60
"""Calls that are shown; ``/trace`` and ``/ledger`` have them all."""


def group_lines(events: Sequence[Event], width: int) -> list[str]:
    """Each call of the last group with all its arguments and its result, wrapped.

    A group is what ran between two phases, or between two pieces of text.
    """
    calls: dict[str, str] = {}
    group: list[ToolFinished] = []
    ended = False
    for event in events:
        if isinstance(event, ToolStarted):
            if ended:
                group, ended = [], False
            calls[event.id] = event.arguments
        elif isinstance(event, ToolFinished):
            group.append(event)
        elif isinstance(event, PhaseFinished | TextDelta | ErrorRaised):
            ended = bool(group)
    if not group:
        return ["· no tool was called yet"]
    lines: list[str] = []
    for one in group[:MOST]:
        lines += _call(one, calls.get(one.id, ""), width)
    if len(group) > MOST:
        lines.append(f"  · {len(group) - MOST} more: /trace")
    return lines


def _call(one: ToolFinished, arguments: str, width: int) -> list[str]:
    call = sanitise(arguments) or one.name
    if not call.startswith(one.name):
        call = f"{one.name}({call})"
    took = f"  {short_time(one.milliseconds / 1000)}" if one.milliseconds >= 1 else ""
    mark = "●" if one.ok else "✗"
    said = f" → {sanitise(one.summary)}" if one.summary else ""
    return wrap(f"{one.id} {call}{said}{took}", width, f"  {mark} ", "      ")
