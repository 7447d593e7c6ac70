"""A rollback in words: what would run, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.operate.rollback.judging import demands

if TYPE_CHECKING:
    from devops_exe.operate.rollback.carrying import Outcome
    from devops_exe.operate.rollback.model import Check, RollbackPlan, Step


def dry_run(plan: RollbackPlan) -> str:
    """What would run, numbered, with the id of exactly that."""
    away = f", away from {plan.bad}" if plan.bad else ""
    lines = [
        f"Rollback of {plan.system} in {plan.environment} to {plan.version}{away}",
        f"{plan.strategy} on {plan.platform}",
        f"Plan {plan.id}",
    ]
    clients = ", ".join(f"{name} {value}" for name, value in plan.pointing)
    lines.append(f"Clients point to: {clients or 'what they choose themselves; none says where'}")
    for step in plan.steps:
        lines += ["", f"{step.number}. {step.title[:1].upper()}{step.title[1:]}", *_of(step)]
    lines.append("")
    lines += [f"Not checked by any step: {what}" for what in plan.open]
    return "\n".join(lines)


def _of(step: Step) -> list[str]:
    if step.invocation is None:
        return [
            f"   by hand  {step.hand}: yours; agreeing to the plan says that it is done",
            f"   check    {step.seen}",
            f"   back     {step.back}",
        ]
    asked = [line for check in step.checks for line in _check_lines(check)]
    lines = [f"   runs     {step.invocation.shown()}", f"   changes  {step.changes}"]
    lines += asked
    lines += [f"   wants    {step.seen}", f"   back     {step.back}"]
    if not step.repeatable:
        lines.append("   once     it is never run a second time unseen")
    return lines


def _check_lines(check: Check) -> list[str]:
    """A check: what is asked, for how long, and what must be in the answer."""
    asked = check.invocation.shown() if check.invocation else "its output"
    patience = f" (for up to {check.within:.0f} s)" if check.within else ""
    lines = [f"   check    {asked}{patience}"]
    return lines + [f"            → {demand}" for demand in demands(check)]


def outcome_lines(outcome: Outcome) -> str:
    """Where it stands, what has been done, and what is safe to do next."""
    plan = outcome.plan
    if outcome.stopped is None:
        done = f"{len(outcome.done)} steps done, each checked"
        lines = [f"✓ {plan.system} in {plan.environment} is back on {plan.version}: {done}"]
        lines += [f"· not checked: {what}" for what in plan.open]
        return "\n".join([*lines, *_thaw(outcome)])
    step = outcome.stopped
    done = ", ".join(map(str, outcome.done))
    lines = [
        f"✗ stopped at step {step.number} of {len(plan.steps)}: {step.title}",
        f"  {outcome.why}",
        f"  Done and checked: {f'steps {done}' if done else 'nothing'}",
    ]
    if not outcome.acted:
        lines.append("  Nothing has been changed; it is safe to leave it at that.")
    again = f"step {step.number} is looked at before anything runs"
    lines += ["  Safe to do next:", f"  · forward: mend it, then the same with --resume; {again}"]
    lines += _backwards(outcome)
    return "\n".join(lines)


def _backwards(outcome: Outcome) -> list[str]:
    """The way back of every step that changed something, the last first."""
    found = []
    for step in reversed(outcome.plan.steps):
        if step.number in outcome.acted:
            sure = "" if step.number in outcome.done else " (where it changed anything)"
            found.append(f"  · back, step {step.number}{sure}: {_put(step.back, outcome)}")
    return found


def _put(text: str, outcome: Outcome) -> str:
    """A text with the values that steps found."""
    for name, value in outcome.kept.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _thaw(outcome: Outcome) -> list[str]:
    frozen = [step for step in outcome.plan.steps if step.title.startswith("freeze")]
    return [f"· when the incident is closed: {step.back}" for step in frozen]
