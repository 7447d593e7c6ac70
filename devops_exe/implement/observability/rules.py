"""Recording rules and alerts of the objective, as plain structures.

Method: Google SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"; the windows,
burn rates and thresholds are the ledger's. Every alert asks for a number of bad requests
beside the ratio, so that one bad request in a quiet hour is no page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Block, Figured, Noted
from devops_exe.implement.observability.durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.series import Series
    from devops_exe.implement.subject import Alert, Subject

Rule = dict[str, object]
Group = dict[str, object]

LONGEST_RAW_SECONDS = 86_400
"""Windows above a day are read from the recorded rates: a rate over the raw counters of every
pod and route for days costs millions of samples an evaluation."""

FEWEST_BAD = 2
"""One bad request is no rate."""

PER_VERSION = frozenset({"Canary", "Blue-Green", "A/B Testing"})
"""Strategies that serve two versions side by side for longer than a rollout's waves."""

RUNBOOK = layout.runbook("incident")

BUDGET_LEFT = "job:slo_error_budget_remaining:ratio"
"""Share of the error budget that is left over the objective's window; below 0 it is spent."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a series is aggregated to: the service, or each of its versions."""

    name: str
    by: tuple[str, ...]

    def requests(self, window: str) -> str:
        """Name of the recorded requests a second."""
        return f"{self.name}:slo_requests:rate{window}"

    def errors(self, window: str) -> str:
        """Name of the recorded bad requests a second."""
        return f"{self.name}:slo_errors:rate{window}"

    def ratio(self, window: str) -> str:
        """Name of the recorded share of bad requests."""
        return f"{self.name}:slo_errors_per_request:ratio_rate{window}"


@dataclass(frozen=True, slots=True)
class Window:
    """A window of time: what it is called in names, and what stands in a range.

    Attributes:
        name: of the design (``5m``), also where a drill shortens it.
        range: as it is asked for (``5m``; ``5s`` at sixty times the speed).
        seconds: of the range.
        raw: whether it is read from the counters, not from the recorded rates.
    """

    name: str
    range: str
    seconds: float
    raw: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """How much faster than the design time passes."""

    factor: float = 1.0

    def window(self, seconds: float) -> Window:
        """A window of the design."""
        return Window(
            duration(seconds),
            duration(seconds, self.factor),
            seconds / self.factor,
            seconds <= LONGEST_RAW_SECONDS,
        )

    def duration(self, figure: Figured) -> Noted:
        """A duration of the ledger with its reference."""
        return Noted(duration(float(figure.value), self.factor), figure.reference)


def levels(subject: Subject) -> tuple[Level, ...]:
    """The service, and each version where the strategy serves two side by side."""
    series = subject.series
    service = Level("job", ("job",))
    if subject.strategy not in PER_VERSION:
        return (service,)
    return (service, Level("job_version", ("job", series.version_label, series.hash_label)))


def active_alerts(subject: Subject, level: Level | None = None) -> tuple[Alert, ...]:
    """The alerts that can fire: a threshold of 100 % and more is never exceeded.

    A single version has pages alone: no version serves long enough for a ticket's days.
    """
    return tuple(
        alert
        for alert in subject.alerts
        if float(alert.threshold.value) < 1
        and (level is None or level.name == "job" or alert.severity == "page")
    )


def windows(subject: Subject, level: Level, scale: Scale | None = None) -> tuple[Window, ...]:
    """The windows of a level's alerts, ascending; the first is the base of the longest ones."""
    scale = scale or Scale()
    seconds = {
        float(figure.value)
        for alert in active_alerts(subject, level)
        for figure in (alert.long_seconds, alert.short_seconds)
    } | {float(subject.alerts[0].short_seconds.value)}
    return tuple(scale.window(each) for each in sorted(seconds))


def fewest_bad(subject: Subject, alert: Alert) -> Figured:
    """Bad requests in the long window below which an alert stays silent.

    What the threshold means among as many requests as tell a bad release from a good one
    (``canary_samples`` of the ledger), and never one alone.
    """
    samples = subject.figure("sample", "canary_samples")
    floor = math.ceil(round(float(alert.threshold.value) * float(samples.value), 9))
    if floor <= FEWEST_BAD:
        return Figured(FEWEST_BAD, "one bad request is no rate")
    return Figured(floor, f"{alert.threshold.reference} × {samples.reference}, rounded up")


def rule_groups(subject: Subject, *, time_scale: float = 1.0) -> list[Group]:
    """Groups of rules as Prometheus reads them, with the ledger's references as marks.

    Args:
        subject: what they are for.
        time_scale: every range, interval and ``for`` is divided by it (a drill that plays a
            day in minutes); thresholds and names stay.

    Returns:
        Structures for :func:`devops_exe.implement.emit.emit`;
        :func:`devops_exe.implement.emit.plain` gives them without marks.
    """
    scale = Scale(time_scale)
    rules: list[Rule] = []
    for level in levels(subject):
        rules += _recordings(subject, level, scale)
    for level in levels(subject):
        rules += [_burn_alert(subject, level, a, scale) for a in active_alerts(subject, level)]
    rules += [*_latency(subject, scale), _absent(subject, scale)]
    interval = scale.duration(subject.given("evaluation_interval_seconds"))
    return [
        # alerts stand in the group of what they read: rules of a group run in order, so an
        # alert sees the ratio of its own evaluation, not the one before
        {"name": f"{subject.name}-slo", "interval": interval, "rules": rules},
        {
            "name": f"{subject.name}-error-budget",
            "interval": interval,
            "rules": [_budget(subject, scale)],
        },
    ]


# -- recordings -------------------------------------------------------------------------------


def _recordings(subject: Subject, level: Level, scale: Scale) -> Iterator[Rule]:
    """Requests, bad requests and their ratio over every window of the level's alerts."""
    series = subject.series
    own = own_job(series)
    by = f"sum by ({', '.join(level.by)})"
    base, *_ = ordered = windows(subject, level, scale)
    for w in ordered:
        requests, errors = level.requests(w.name), level.errors(w.name)
        if w.raw:
            # where no request was bad there is a 0, not a gap
            yield {"record": requests, "expr": f"{by} (rate({series.every()}[{w.range}]))"}
            failed = f"{by} (rate({series.failed()}[{w.range}]))"
            yield {"record": errors, "expr": f"{failed} or 0 * {requests}{own}"}
        else:
            for record, source in (
                (requests, level.requests(base.name)),
                (errors, level.errors(base.name)),
            ):
                yield {"record": record, "expr": f"avg_over_time({source}{own}[{w.range}])"}
        yield {"record": level.ratio(w.name), "expr": f"{errors}{own} / {requests}{own}"}


def own_job(series: Series) -> str:
    """The matcher of what these rules record for the system in production."""
    return f'{{job="{series.job}"}}'


def _budget(subject: Subject, scale: Scale) -> Rule:
    own = own_job(subject.series)
    service = levels(subject)[0]
    allowed = subject.figure("budget", "error_budget_fraction")
    base = windows(subject, service)[0].name
    window = scale.window(float(subject.figure("budget", "window_seconds").value)).range
    return {
        "record": BUDGET_LEFT,
        "expr": Block(
            "1 - (\n"
            f"  sum_over_time({service.errors(base)}{own}[{window}])\n"
            f"  / sum_over_time({service.requests(base)}{own}[{window}])\n"
            f") / {allowed.value}  # {allowed.reference}\n"
        ),
    }


# -- alerts -----------------------------------------------------------------------------------


def one_line(text: str) -> str:
    """Text of a user or a path as a comment may hold it."""
    return " ".join(text.split())


def prefix(subject: Subject) -> str:
    """How every alert's name begins: ``CheckoutApi``."""
    return "".join(part.capitalize() for part in subject.name.split("-"))


def alert_name(subject: Subject, level: Level, alert: Alert) -> str:
    """``CheckoutApiErrorBudgetBurn1h``; ``…VersionErrorBudgetBurn1h`` of one version."""
    version = "" if level.name == "job" else "Version"
    return f"{prefix(subject)}{version}ErrorBudgetBurn{duration(float(alert.long_seconds.value))}"


def _burn_alert(subject: Subject, level: Level, alert: Alert, scale: Scale) -> Rule:
    series = subject.series
    own = own_job(series)
    long = scale.window(float(alert.long_seconds.value))
    short = scale.window(float(alert.short_seconds.value))
    threshold, floor, burn = alert.threshold, fewest_bad(subject, alert), alert.burn_rate.value
    entry = threshold.reference.rpartition(".")[0]
    whose = "" if level.name == "job" else f"version {{{{ $labels.{series.version_label} }}}} of "
    return {
        "alert": Noted(
            alert_name(subject, level, alert),
            f"{entry}: {long.name} and {short.name}, burn rate {burn}",
        ),
        "expr": Block(
            f"{level.ratio(long.name)}{own} > {threshold.value}  # {threshold.reference}\n"
            f"and {level.ratio(short.name)}{own} > {threshold.value}\n"
            f"and {_bad_requests(subject, level, long, scale)} >= {floor.value}"
            f"  # bad requests in {long.name}: {floor.reference}\n"
        ),
        "labels": {"severity": alert.severity},
        "annotations": {
            "summary": f"{whose}{subject.name} spends its error budget at {burn} times its pace",
            "description": (
                f"{{{{ $value | humanizePercentage }}}} of requests failed in {long.name}, more "
                f"than {float(threshold.value) * 100:.6g} %; so did those of {short.name}."
            ),
            "runbook": RUNBOOK,
        },
    }


def _bad_requests(subject: Subject, level: Level, window: Window, scale: Scale) -> str:
    """How many requests were bad in a window."""
    own = own_job(subject.series)
    if window.raw:
        return f"{level.errors(window.name)}{own} * {window.seconds:.12g}"
    # an average of a young system's few hours, taken times three days, would count too many
    base = windows(subject, level)[0].name
    every = float(subject.given("evaluation_interval_seconds").value) / scale.factor
    return f"sum_over_time({level.errors(base)}{own}[{window.range}]) * {every:.12g}"


LATENCIES = (("p99_ms", "p99", 0.99), ("p95_ms", "p95", 0.95))
"""Latency targets of a profile with their names and quantiles."""


def latency_target(subject: Subject) -> tuple[Figured, str, float] | None:
    """The stated target in milliseconds, its name and quantile; None where none was stated."""
    for name, shown, quantile in LATENCIES:
        fact = subject.profile.get(name)
        if fact is not None and fact.origin != "assumption":
            return subject.given(name), shown, quantile
    return None


def latency_window(subject: Subject) -> Figured:
    """Window of the latency alert: the document's, a burn-rate alert's short one."""
    return subject.alerts[1].short_seconds if len(subject.alerts) > 1 else _short(subject)


def _short(subject: Subject) -> Figured:
    return subject.alerts[0].short_seconds


def latency_record(subject: Subject) -> str:
    """Name of the recorded quantile; empty where no latency was stated or none is measured."""
    target = latency_target(subject)
    if target is None or not subject.series.bucket:
        return ""
    window = duration(float(latency_window(subject).value))
    return f"job:http_request_duration_seconds:{target[1]}_{window}"


def _latency(subject: Subject, scale: Scale) -> Iterator[Rule]:
    target, record, series = latency_target(subject), latency_record(subject), subject.series
    if target is None or not record:
        return
    figure, shown, quantile = target
    window = scale.window(float(latency_window(subject).value))
    buckets = f"sum by (job, le) (rate({series.buckets()}[{window.range}]))"
    yield {"record": record, "expr": f"histogram_quantile({quantile}, {buckets})"}
    seconds = f"{float(figure.value) / 1000:.12g}"
    yield {
        "alert": Noted(latency_alert_name(subject), f"{latency_window(subject).reference}"),
        "expr": Block(
            f"{record}{own_job(series)} > {seconds}  # {one_line(figure.reference)}, in ms\n"
        ),
        "labels": {"severity": "ticket"},
        "annotations": {
            "summary": f"{subject.name}: {shown} latency above {figure.value} ms",
            "description": f'{shown} was {{{{ printf "%.4g" $value }}}} s in {window.name}.',
            "runbook": RUNBOOK,
        },
    }


def latency_alert_name(subject: Subject) -> str:
    """``CheckoutApiLatencyP99``."""
    target = latency_target(subject)
    return f"{prefix(subject)}Latency{target[1].upper() if target else ''}"


def absent_alert_name(subject: Subject) -> str:
    """``CheckoutApiAbsent``."""
    return f"{prefix(subject)}Absent"


def _absent(subject: Subject, scale: Scale) -> Rule:
    """No target answers: nothing else is measured then, so nothing else can fire."""
    job = subject.series.job
    return {
        "alert": absent_alert_name(subject),
        "expr": f'absent(up{{job="{job}"}} == 1)',
        "for": scale.duration(_short(subject)),
        "labels": {"severity": "page", "job": job},
        "annotations": {
            "summary": f"{subject.name}: no target answers Prometheus",
            "description": "Every pod is gone or unreachable; error ratios are not measured.",
            "runbook": RUNBOOK,
        },
    }
