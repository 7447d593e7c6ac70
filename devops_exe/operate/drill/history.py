"""What Prometheus knows before a drill begins: an hour of health at the drill's scale.

A page on the whole service is slow because the long window is full of good requests. A drill of
seconds would start with an empty one and find the fault too early, so the window is filled
first: samples of the old version at the drilled rate, with a healthy version's failures, made
into blocks by ``promtool tsdb create-blocks-from openmetrics``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.operate.drill.model import DrillPlan

SPARE_SECONDS = 5.0
"""History beyond the longest window."""


def history_seconds(plan: DrillPlan) -> float:
    """How far back the history must reach; 0 where only the new version's series decide."""
    windows = [
        condition.window
        for rule in plan.rules
        if rule.scope == "service"
        for condition in rule.conditions
    ]
    return max(windows) + SPARE_SECONDS if windows else 0.0


def patience_seconds(plan: DrillPlan) -> float:
    """How long an alert may take to go: its short window must have emptied well before."""
    shorts = [min(c.window for c in rule.conditions) for rule in plan.rules]
    return max(60.0, 1.5 * max(shorts, default=0.0) + 10.0)


def openmetrics(plan: DrillPlan, now: float, instance: str) -> Iterator[str]:
    """Lines of the file.

    Args:
        plan: what runs.
        now: when it ends, seconds of the epoch.
        instance: as the scraped series has it; else they would be two series.
    """
    names, step = plan.names, plan.clock.scrape
    count = int(history_seconds(plan) / step)
    labels = f'{names.labels("v1")},instance="{instance}"'
    moments = [(now - step * (count - 1 - n), n * step * plan.rps) for n in range(count)]
    good, bad = 1 - plan.baseline_errors, plan.baseline_errors
    yield f"# TYPE {names.requests} unknown\n"
    for code, share in (("200", good), ("500", bad)):
        for at, total in moments:
            where = f'{labels},{names.code_label}="{code}"'
            yield f"{names.requests}{{{where}}} {total * share:.0f} {at:.3f}\n"
    yield f"# TYPE {names.bucket} unknown\n"
    for bound in bounds(plan.slow_seconds):
        for at, total in moments:
            yield f'{names.bucket}{{{labels},le="{bound}"}} {total:.0f} {at:.3f}\n'
    yield "# EOF\n"


def bounds(slow_seconds: float) -> tuple[str, ...]:
    """Upper bounds of the histogram's buckets: the bound of late ones, halved and doubled.

    >>> bounds(0.25)
    ('0.125', '0.25', '0.5', '1', '+Inf')
    """
    return (*(f"{slow_seconds * times:g}" for times in (0.5, 1, 2, 4)), "+Inf")
