"""What a drill measured, beside what was predicted; and what is kept of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from devops_exe.operate.drill.predict import Interval, burnt_percent
from devops_exe.operate.drill.rollout import READINESS

if TYPE_CHECKING:
    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.predict import Prediction
    from devops_exe.operate.drill.rollout import RunReport


@dataclass(frozen=True, slots=True)
class Drilled:
    """What ``/why RTO`` may add: when, what was predicted and measured, at which scale.

    Attributes:
        at: ISO 8601.
        plan_id: of the drill.
        strategy, fault: what was drilled.
        factor: of the time scale, 60 for 1:60.
        runs: failing ones.
        seconds_measured: median of detect + act + verify, at the drill's scale.
        seconds_predicted: ends of its interval.
        held: whether every invariant held.
    """

    at: str
    plan_id: str
    strategy: str
    fault: str
    factor: float
    runs: int
    seconds_measured: float | None
    seconds_predicted: tuple[float, float]
    held: bool

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {**asdict(self), "seconds_predicted": list(self.seconds_predicted)}

    def sentence(self) -> str:
        """The line for ``/why``."""
        low, high = self.seconds_predicted
        measured = (
            "no alert fired"
            if self.seconds_measured is None
            else (f"measured {self.seconds_measured:.1f} s")
        )
        return (
            f"Drilled {self.at[:10]} ({self.strategy}, {self.fault}): {measured}, predicted "
            f"{low:.1f}–{high:.1f} s at 1:{self.factor:g}; the value stays"
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One measured figure and its interval."""

    name: str
    unit: str
    measured: float
    predicted: Interval

    @property
    def inside(self) -> bool:
        """Whether it lies within."""
        return self.measured in self.predicted


@dataclass(frozen=True, slots=True)
class DrillReport:
    """Everything that a drill found.

    Attributes:
        plan, prediction: what was to run, and what it should measure.
        runs: failing and healthy by turns.
        began: ISO 8601.
    """

    plan: DrillPlan
    prediction: Prediction
    runs: tuple[RunReport, ...]
    began: str

    @property
    def failing(self) -> tuple[RunReport, ...]:
        """Rollouts of a new version with the fault."""
        return tuple(run for run in self.runs if run.faulty)

    @property
    def healthy(self) -> tuple[RunReport, ...]:
        """Rollouts of a healthy new version."""
        return tuple(run for run in self.runs if not run.faulty)

    @property
    def false_alarms(self) -> int:
        """Healthy rollouts in which an alert fired."""
        return sum(run.ending == "false alarm" for run in self.healthy)

    def problems(self) -> tuple[str, ...]:
        """What did not hold; empty where the shape of the plan held."""
        found = []
        for run in self.failing:
            if run.ending == "false alarm":
                found.append(f"{run.alert} fired before there was a fault")
            elif run.ending != "rolled back":
                found.append(
                    f"no alert fired in {run.seconds:.0f} s: {run.seen * 100:.2g} % of v2's "
                    "requests failed"
                )
            elif not run.verified:
                found.append(f"{run.alert} was not gone in time after the rollback")
        for run in self.runs:
            if run.losses.other:
                found.append(f"{run.losses.other} requests lost by the rollout itself")
        if self.false_alarms:
            found.append(f"{self.false_alarms} of {len(self.healthy)} healthy rollouts alarmed")
        return tuple(dict.fromkeys(found))

    @property
    def held(self) -> bool:
        """Whether the shape of the plan held."""
        return not self.problems()

    def lines(self, run: RunReport) -> tuple[Line, ...]:
        """Measured beside predicted, of a failing run that was rolled back."""
        if run.detect is None or run.act is None or run.verify is None or not run.faulty:
            return ()
        said, lost = self.prediction, run.losses
        what = "late" if self.plan.fault.kind == "latency" else "lost"
        burnt = burnt_percent(self.plan, lost.fault + lost.planned)
        found = [
            Line("detect", "s", run.detect, said.detect),
            Line("act", "s", run.act, said.act),
            Line("verify", "s", run.verify, said.verify),
            Line(what, "requests", lost.fault, said.lost),
            Line("burnt", "% of the budget", burnt, said.burnt_percent),
            Line("peak", "replicas", run.peak, said.peak),
        ]
        if self.plan.strategy == "Recreate":
            found.insert(4, Line("refused", "requests", lost.planned, said.planned))
        return tuple(found)

    def drilled(self) -> Drilled:
        """What is kept of it for ``/why``."""
        said = self.prediction
        totals = sorted(
            (run.detect or 0) + (run.act or 0) + (run.verify or 0)
            for run in self.failing
            if run.detect is not None
        )
        return Drilled(
            at=self.began,
            plan_id=self.plan.id,
            strategy=self.plan.strategy,
            fault=self.plan.fault.kind,
            factor=self.plan.factor,
            runs=len(self.failing),
            seconds_measured=totals[len(totals) // 2] if totals else None,
            seconds_predicted=(
                said.detect.low + said.act.low + said.verify.low,
                said.detect.high + said.act.high + said.verify.high,
            ),
            held=self.held,
        )

    def as_json(self) -> dict[str, object]:
        """The whole report as plain values."""
        return {
            "plan": {"id": self.plan.id, **asdict(self.plan)},
            "prediction": self.prediction.as_json(),
            "began": self.began,
            "runs": [
                {
                    **run.as_json(),
                    "figures": [
                        {**asdict(line), "inside": line.inside} for line in self.lines(run)
                    ],
                }
                for run in self.runs
            ],
            "held": self.held,
            "problems": list(self.problems()),
            "drilled": self.drilled().as_json(),
        }


def report_text(report: DrillReport, width: int = 80) -> str:
    """The report as a reader sees it; no line is wider than ``width`` cells where it can break."""
    plan = report.plan
    lines: list[str] = []
    for number, run in enumerate(report.failing, 1):
        title = f"Failing rollout {number} of {len(report.failing)}: {run.ending}"
        lines += [title, *_run_lines(report, run), ""]
    lines += _healthy_lines(report)
    said = report.prediction
    if report.failing:
        lines.append(
            f"  Spread of detect: {said.phase.width:.1f} s by the phase of scrape and evaluation, "
            f"{said.arrival.width:.1f} s by the arrival of errors."
        )
    lines.append(
        f"  Time scale 1:{plan.factor:g}; every window of the plan's alerts is divided "
        "by it. Intervals are of 99 %, with 0.5 s for this machine."
    )
    lines += [f"  {note[0].upper()}{note[1:]}." for note in dict.fromkeys(plan.notes)]
    lines += [f"  ✗ {problem}." for problem in report.problems()]
    lines.append(f"  {_verdict(report)}")
    return "\n".join(row for line in lines for row in _folded(line, width)) + "\n"


def _verdict(report: DrillReport) -> str:
    minutes = report.plan.rto_minutes
    own = f"its {minutes:.1f} min rests" if minutes is not None else "its times rest"
    if report.held:
        return f"The shape of the plan held; {own} on your platform's own times."
    return f"The shape of the plan did not hold; {own} on your platform's own times."


def _run_lines(report: DrillReport, run: RunReport) -> list[str]:
    rows = []
    for line in report.lines(run):
        mark = "✓" if line.inside else "!"
        whole = line.unit in {"requests", "replicas"}
        said = line.predicted
        shown = f"{line.measured:.0f}" if whole else f"{line.measured:.2f}"
        low, high = (
            (f"{said.low:.0f}", f"{said.high:.0f}")
            if whole
            else (f"{said.low:.2f}", f"{said.high:.2f}")
        )
        between = low if low == high else f"{low}–{high}"
        rows.append(f"{mark} {line.name:8}{shown:>8} {line.unit:16} predicted {between}".rstrip())
    lost = run.losses
    if run.alert:
        said_by = (
            "the deadline for readiness passed" if run.alert == READINESS else f"{run.alert} fired"
        )
        rows.append(
            f"  {said_by}; {lost.requests:,} requests sent, "
            f"{lost.other} lost by the rollback itself"
        )
    else:
        rows.append(
            f"  no alert fired in {run.seconds:.0f} s; {run.seen * 100:.2g} % of v2's "
            f"requests failed, {lost.requests:,} sent"
        )
    return rows


def _healthy_lines(report: DrillReport) -> list[str]:
    if not report.healthy:
        return []
    said = report.prediction.false_alarms
    count = len(report.healthy)
    requests = sum(run.losses.requests for run in report.healthy)
    planned = sum(run.losses.planned for run in report.healthy)
    mark = "✓" if not report.false_alarms else "!"
    said_so = (
        f"{mark} healthy rollouts {count}, false alarms {report.false_alarms} "
        f"(predicted {said * 100:.2g} %), {requests:,} requests sent"
    )
    rows = [said_so]
    if planned:
        rows.append(f"  {planned} refused between the versions: Recreate stops before it starts")
    return [*rows, ""]


def _folded(line: str, width: int) -> list[str]:
    import textwrap

    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, width, initial_indent="", subsequent_indent=indent + "  ", break_long_words=False
    )
