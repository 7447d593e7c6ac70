"""What follows a document on the screen; none of it is part of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.terminal.view.quantity import named
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.blueprint.draft import Command
    from devops_exe.blueprint.finding import Finding
    from devops_exe.design.assume import Assumption

_LEVELS = {"error": "✗ error", "warning": "! warning", "note": "· note"}
_ORDER = {"error": 0, "warning": 1, "note": 2}


ONE_A_LINE = 8
"""Assumptions that have a line of their own."""

BY_HAND = "by hand: "
"""How a step begins that no shell can do."""


def what_follows(dossier: Dossier, width: int) -> str:
    """Findings, assumptions, questions, notes, commands and files; empty where there are none.

    Args:
        dossier: the document.
        width: cells of a line.
    """
    parts = [
        findings(dossier.findings, width),
        assumptions(dossier.assumptions, width),
        numbered("Open questions", dossier.questions, width),
        bulleted("Notes", dossier.notes, width),
        commands(dossier.commands, width),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def findings(found: Sequence[Finding], width: int) -> list[str]:
    """Findings, the worst first: severity, code, message → fix."""
    if not found:
        return []
    lines = ["Findings"]
    for finding in sorted(found, key=lambda one: _ORDER[one.severity]):
        lines += wrap(
            f"{finding.code}: {finding.message} → {finding.fix}",
            width,
            f"  {_LEVELS[finding.severity]} ",
            "    ",
        )
    return lines


def assumptions(assumed: Sequence[Assumption], width: int) -> list[str]:
    """Ours with what rests on them, the weightiest one a line; the rest and defaults folded.

    The order is the table's: what moves most figures comes first.
    """
    ours = [one for one in assumed if one.kind != "default"]
    defaults = [one for one in assumed if one.kind == "default"]
    lines: list[str] = []
    if ours:
        lines.append("Assumed (say it to change it)")
        for one in ours[:ONE_A_LINE]:
            lines += wrap(_assumption(one), width, "  ", "      ")
    lines += _folded("Also assumed", ours[ONE_A_LINE:], width)
    lines += _folded("Documented defaults (say it to change it)", defaults, width)
    return lines


def _folded(title: str, assumed: Sequence[Assumption], width: int) -> list[str]:
    if not assumed:
        return []
    listed = ", ".join(
        f"{named(one.field, one.value)} (“{one.say}”)" if one.say else named(one.field, one.value)
        for one in assumed
    )
    return [*wrap(title, width), *wrap(listed, width, "  ", "  ")]


def _assumption(one: Assumption) -> str:
    say = f": “{one.say}”" if one.say else ""
    rests = f" · {one.figures}" if one.figures else ""
    return f"{named(one.field, one.value)}{say}{rests}"


def commands(steps: Sequence[Command], width: int) -> list[str]:
    """Commands as numbered steps, each with how to see that it worked and the way back.

    A command itself is never wrapped: it is there to be copied.
    """
    if not steps:
        return []
    lines = ["Commands (nothing was run)"]
    for number, one in enumerate(steps, 1):
        lines += wrap(one.step, width, f"  {number}. ")
        lines += _command(one.command, width)
        lines += wrap(one.check, width, "     check  ")
        lines += wrap(one.undo, width, "     undo   ")
    return lines


def _command(text: str, width: int) -> list[str]:
    """A command as it is typed; what is done by hand is no command and wraps."""
    if text.startswith(BY_HAND):
        return wrap(text, width, "     ")
    return [f"     $ {text}"]


def numbered(title: str, items: Sequence[str], width: int) -> list[str]:
    """A heading and numbered lines; nothing where there are none."""
    lines = [title] if items else []
    for number, item in enumerate(items, 1):
        lines += wrap(item, width, f"  {number}. ")
    return lines


def bulleted(title: str, items: Sequence[str], width: int) -> list[str]:
    """A heading and lines with bullets; nothing where there are none."""
    lines = [title] if items else []
    for item in items:
        lines += wrap(item, width, "  • ")
    return lines
