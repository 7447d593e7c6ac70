"""The phases of a request in a line each, and the plan's calls as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.agent.events import Event, ToolFinished, ToolStarted

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.plan import Plan


def assessed(profile: SystemProfile) -> str:
    """What is known, in a line."""
    stack = [str(profile.value(n)) for n in ("framework", "language") if profile.value(n)][:1]
    stack += [str(item) for item in profile.items("datastores")]
    count = len(profile.facts)
    facts = f"{count} fact{'' if count == 1 else 's'}"
    return f"{', '.join(stack)} · {facts}" if stack else facts


def designed(dossier: Dossier) -> str:
    """What was decided, in a line."""
    planned = dossier.plan
    if planned is None:
        return ""
    rto = (
        f", RTO {dossier.blueprint.rollback.rto.text} min"
        if (dossier.blueprint.rollback is not None and dossier.blueprint.rollback.rto is not None)
        else ""
    )
    assumed = sum(1 for one in dossier.assumptions if one.kind == "assumption")
    return (
        f"{planned.choice.strategy} · {planned.topology.replicas} replicas in "
        f"{planned.topology.zones} zone{'' if planned.topology.zones == 1 else 's'}{rto} · "
        f"{assumed} assumed"
    )


def kept(summary: str) -> str:
    """A phase that need not be done again."""
    return f"{summary} · kept" if summary else "kept"


def calls(planned: Plan) -> list[Event]:
    """The plan's calculator calls, as tools that began and ended."""
    from devops_exe.design.summary import answer_of, call_of

    events: list[Event] = []
    for entry in planned.ledger:
        events.append(ToolStarted(entry.id, entry.tool, call_of(entry)))
        events.append(
            ToolFinished(entry.id, entry.tool, ok=True, summary=answer_of(entry), milliseconds=0.0)
        )
    return events
