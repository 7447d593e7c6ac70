"""What a drill should measure: intervals of 99 %, by a seeded simulation of the rules.

Each simulated run draws where in their periods the scrape and the evaluation stand (uniform),
when requests arrive (Poisson at the drilled rate), which of them fail (the drilled share), and
how long this machine takes to start a process. The counters are sampled as Prometheus would and
the rules evaluated with its own extrapolation (`counters`). Two further sets of runs say how
much of the spread is phase (arrivals evenly spaced) and how much is arrival (phases held).

The upper ends are widened by `ALLOWANCE_SECONDS` for the scheduling of a busy machine, lost
requests by what fails in that time.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from devops_exe.operate.drill.simulate import ALLOWANCE_SECONDS, SimulatedRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.operate.drill.model import DrillPlan

EARLY_SECONDS = 0.1
"""Taken from the lower end of each time: what a move of the drill itself may take less."""

SIMULATED = 400
"""Runs behind an interval; the ends of a time are the second from either side, those of a count
the extremes: 99 % at least."""

PARTS_SIMULATED = 120
"""Runs behind each part of the spread, and behind the false alarms."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A prediction: 99 of 100 runs should lie within; the middle is the median."""

    low: float
    middle: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """Between its ends."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a failing run should measure, and what a healthy one should not.

    Attributes:
        detect: seconds from the fault's first effect to the decision that it is one.
        phase, arrival: the spread of ``detect`` from either cause alone.
        act: seconds of the rollback.
        verify: seconds until the alert is gone.
        lost: requests lost to the fault.
        planned: requests lost by a strategy that stops before it starts.
        burnt_percent: of the window's error budget, each second counted as ``factor`` seconds.
        peak: replicas at once.
        missed: share of the simulated runs in which no alert fired.
        false_alarms: share of the simulated healthy rollouts in which one did.
        alert: that fires first most often; empty for a slow start.
    """

    detect: Interval
    phase: Interval
    arrival: Interval
    act: Interval
    verify: Interval
    lost: Interval
    planned: Interval
    burnt_percent: Interval
    peak: Interval
    missed: float
    false_alarms: float
    alert: str

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def predict(plan: DrillPlan) -> Prediction:
    """What a drill of this plan should measure; seeded by the plan, so always the same."""
    dice = random.Random(plan.seed)  # noqa: S311 a simulation, no secret
    healthy = sum(
        SimulatedRun(plan, dice, healthy=True).play().detect is not None
        for _ in range(PARTS_SIMULATED)
    )
    runs = [SimulatedRun(plan, dice).play() for _ in range(SIMULATED)]
    seen = [run for run in runs if run.detect is not None]
    parts = [
        [
            run.detect
            for run in (SimulatedRun(plan, dice, **kind).play() for _ in range(PARTS_SIMULATED))
            if run.detect is not None
        ]
        for kind in ({"even": True}, {"held": True})
    ]
    more = ALLOWANCE_SECONDS
    detect = _interval([run.detect or 0.0 for run in seen], more, EARLY_SECONDS)
    early = EARLY_SECONDS / ALLOWANCE_SECONDS
    lost = _between(
        [max(0.0, run.lost - early * run.late) for run in seen],
        [run.lost + run.late for run in seen],
    )
    planned = _interval(
        [float(run.planned) for run in seen],
        plan.rps * more if any(run.planned for run in seen) else 0.0,
    )
    names = [run.alert for run in seen]
    return Prediction(
        detect=detect,
        phase=_interval(parts[0]),
        arrival=_interval(parts[1]),
        act=_interval([run.act for run in seen], more, EARLY_SECONDS),
        verify=_interval([run.verify for run in seen], more, EARLY_SECONDS),
        lost=lost,
        planned=planned,
        burnt_percent=_between(
            [
                burnt_percent(plan, max(0.0, run.lost - early * run.late) + run.planned)
                for run in seen
            ],
            [
                burnt_percent(
                    plan,
                    run.lost + run.planned + run.late + (plan.rps * more if run.planned else 0),
                )
                for run in seen
            ],
        ),
        peak=_interval([float(run.peak) for run in seen]),
        missed=sum(not run.alert for run in runs) / len(runs) if seen else 1.0,
        false_alarms=healthy / PARTS_SIMULATED,
        alert=max(set(names), key=names.count) if names else "",
    )


def burnt_percent(plan: DrillPlan, lost: float) -> float:
    """Share of the window's error budget that lost requests are, percent.

    Equation: ``lost / rps`` seconds of outage, times the factor, over ``budget * window``.
    """
    budget = plan.budget_fraction * plan.window_days * 86400
    return 100 * lost / plan.rps * plan.factor / budget


def _between(low: Sequence[float], high: Sequence[float]) -> Interval:
    """The interval of a count: its ends are the extremes, for counts are coarse."""
    if not low:
        return Interval(0.0, 0.0, 0.0)
    return Interval(min(low), sorted(low)[len(low) // 2], max(high))


def _interval(values: Sequence[float], more: float = 0.0, less: float = 0.0) -> Interval:
    if not values:
        return Interval(0.0, 0.0, 0.0)
    found = sorted(values)
    edge = min(1, len(found) // 200)
    return Interval(max(0.0, found[edge] - less), found[len(found) // 2], found[-1 - edge] + more)
