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
    if dossier.kind == "pipeline":
        parts.append(["pipeline file: not built yet"])
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
    """Ours one a line with what rests on it; documented defaults folded."""
    ours = [one for one in assumed if one.kind != "default"]
    defaults = [one for one in assumed if one.kind == "default"]
    lines: list[str] = []
    if ours:
        lines.append("Assumed (say it to change it)")
        for one in ours:
            lines += wrap(_assumption(one), width, "  ", "      ")
    if defaults:
        lines += wrap("Documented defaults (say it to change it)", width)
        listed = ", ".join(
            f"{named(one.field, one.value)} (“{one.say}”)"
            if one.say
            else named(one.field, one.value)
            for one in defaults
        )
        lines += wrap(listed, width, "  ", "  ")
    return lines


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
        lines.append(f"     $ {one.command}")
        lines += wrap(one.check, width, "     check  ")
        lines += wrap(one.undo, width, "     undo   ")
    return lines


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
