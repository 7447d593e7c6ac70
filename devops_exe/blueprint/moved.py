"""What moved between two documents: figures by name, decisions by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.quote import count, duration, exact, minutes, money, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devops_exe.blueprint.dossier import Dossier

_FIGURES: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("replicas at peak", "peak", "total_replicas", count),
    ("fewest replicas", "average", "total_replicas", count),
    ("most replicas", "twice", "total_replicas", count),
    ("reliability", "availability", "bar_percent", lambda v: f"{exact(v)} %"),
    ("error budget", "budget", "downtime_seconds", duration),
    ("RTO", "recovery", "rto_minutes", lambda v: f"{minutes(v)} min"),
    ("RTO of a gray fault", "recovery_gray", "rto_minutes", lambda v: f"{minutes(v)} min"),
    ("requests a canary step", "sample", "canary_samples", count),
    ("canary bake time", "bake", "total_seconds", duration),
    ("rolling update", "rolling", "duration_seconds", duration),
    ("restore time", "data", "restore_seconds", duration),
    ("cost a month", "cost", "total_monthly_cost", money),
)


def moved(before: Dossier, after: Dossier) -> tuple[str, ...]:
    """A line for each figure and decision that differs, figures as printed.

    A figure whose entry one of the two does not have is left out; a strategy, its risk and
    whether the RTO meets its target are decisions.
    """
    lines: list[str] = []
    if before.plan is None or after.plan is None:
        return ()
    old_choice, new_choice = before.plan.choice, after.plan.choice
    if old_choice.strategy != new_choice.strategy:
        lines.append(f"strategy: {old_choice.strategy} → {new_choice.strategy}")
    for name, role, output, form in _FIGURES:
        if before.plan.has(role) and after.plan.has(role):
            old = before.plan.entry(role).number(output)
            new = after.plan.entry(role).number(output)
            if form(old) != form(new):
                lines.append(f"{name}: {form(old)} → {form(new)}")
    lines += _risk(before, after)
    lines += _target(before, after)
    lines += _health(before, after)
    return tuple(lines)


def _risk(before: Dossier, after: Dossier) -> list[str]:
    assert before.plan is not None
    assert after.plan is not None
    rows = []
    for dossier in (before, after):
        plan = dossier.plan
        assert plan is not None
        strategies = plan.entry("risk").outputs["strategies"]
        assert isinstance(strategies, dict)
        row: Mapping[str, object] = strategies[plan.choice.strategy]
        share = row["risk_percent_of_budget"]
        rows.append(f"{row['risk']} {percent(float(f'{share:.2g}'))}")
    return [] if rows[0] == rows[1] else [f"risk: {rows[0]} → {rows[1]}"]


def _target(before: Dossier, after: Dossier) -> list[str]:
    met = []
    for dossier in (before, after):
        plan = dossier.plan
        entry = plan.entry("recovery") if plan is not None and plan.has("recovery") else None
        met.append(entry.outputs.get("meets_target") if entry else None)
    if met[0] == met[1] or None in met:
        return []
    return [f"RTO against its target: {'met → missed' if met[0] else 'missed → met'}"]


def _health(before: Dossier, after: Dossier) -> list[str]:
    old = {finding.code for finding in before.findings if finding.severity == "error"}
    new = {finding.code for finding in after.findings if finding.severity == "error"}
    return [f"finding gone: {code}" for code in sorted(old - new)] + [
        f"new finding: {code}" for code in sorted(new - old)
    ]
