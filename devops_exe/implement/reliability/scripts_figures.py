"""The figures of the scripts: thresholds, windows and waits, each with where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.emit import Figured

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

SMALLEST_RATE = 1e-9
"""Requests per second below which a system has no traffic to measure."""


@dataclass(frozen=True, slots=True)
class ScriptFigures:
    """What the scripts compare with and wait for.

    Attributes:
        threshold: share of bad requests above which the release is bad: the threshold of the
            burn-rate alert that sees an outage first, the plan's rollback trigger.
        window: seconds over which it is measured: that alert's short window, or as long as
            the usual traffic needs for ``samples``, at most the long window.
        samples: requests that a judgement needs (canary sample size).
        verify: seconds of watching before the first judgement.
        poll: seconds between two questions: the scrape interval.
        budget: share of bad requests that the objective allows.
        budget_window: seconds over which it does.
        deadline: seconds in which pods must become ready.
        wait: seconds in which the whole rollout must be over.
    """

    threshold: Figured
    window: Figured
    samples: Figured
    verify: Figured
    poll: Figured
    budget: Figured
    budget_window: Figured
    deadline: Figured
    wait: Figured


def script_figures(subject: Subject) -> ScriptFigures:
    """The figures of a subject's scripts."""
    alert = subject.alerts[subject.plan.outage_alert or 0]
    samples = subject.figure("sample", "canary_samples")
    deadline = subject.given("progress_deadline_seconds")
    return ScriptFigures(
        threshold=alert.threshold,
        window=_window(subject, alert.short_seconds, alert.long_seconds, samples),
        samples=samples,
        verify=_seconds(subject.given("verify_seconds")),
        poll=_seconds(subject.given("scrape_interval_seconds")),
        budget=subject.figure("budget", "error_budget_fraction"),
        budget_window=subject.figure("budget", "window_seconds"),
        deadline=deadline,
        wait=_wait(subject, deadline),
    )


def _window(subject: Subject, short: Figured, long: Figured, samples: Figured) -> Figured:
    needed = _needed(subject, samples)
    if needed <= int(short.value):
        return short
    if needed >= int(long.value):
        return long
    return Figured(needed, f"{samples.reference} / average_rps")


def _needed(subject: Subject, samples: Figured) -> int:
    """Seconds in which the usual traffic brings that many requests."""
    rate = max(float(subject.given("average_rps").value), SMALLEST_RATE)
    return math.ceil(float(samples.value) / rate)


def _wait(subject: Subject, deadline: Figured) -> Figured:
    """The deadline of one set of pods, and the steps of a rollout that has any."""
    seconds, parts = int(deadline.value), ["progress_deadline_seconds"]
    if subject.strategy == "Canary":
        total = subject.figure("bake", "total_seconds")
        # pods of every step and of the last move to 100 % may each take up to the deadline
        seconds += math.ceil(float(total.value))
        parts.append(total.reference)
    elif subject.strategy == "Blue-Green" and subject.plan.has("blue_green"):
        cutover = subject.figure("blue_green", "cutover_seconds")
        seconds += math.ceil(float(cutover.value))
        parts.append(cutover.reference)
        # the new colour is watched after the switch, as long as its requests take to come in
        alert = subject.alerts[subject.plan.outage_alert or 0]
        samples = subject.figure("sample", "canary_samples")
        seconds += max(int(alert.short_seconds.value), _needed(subject, samples))
        parts.append(
            f"the larger of {alert.short_seconds.reference} and {samples.reference} / average_rps"
        )
    elif subject.plan.has("rolling"):
        waves = subject.figure("rolling", "duration_seconds")
        seconds += math.ceil(float(waves.value))
        parts.append(waves.reference)
    return Figured(seconds, " + ".join(parts))


def _seconds(figure: Figured) -> Figured:
    """Whole seconds, for ``sleep`` and arithmetic of the shell."""
    return Figured(max(1, math.ceil(float(figure.value))), figure.reference)
