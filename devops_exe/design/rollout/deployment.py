"""A Deployment's rolling update: its bounds and its duration."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    IntOrPercent,
    NonNegative,
    refuse,
)
from devops_exe.design.published import default

# Python refuses to read longer integers; a percentage of that size means nothing anyway.
_LONGEST_PERCENT = 18

MAX_SURGE: str = default("kubernetes", "max_surge")
MAX_UNAVAILABLE: str = default("kubernetes", "max_unavailable")


class Fenceposts(NamedTuple):
    """The bounds of a rolling update, in pods.

    Attributes:
        surge: pods above the replicas.
        unavailable: pods that may be missing, as ResolveFenceposts answers it.
        effective: the same, at most the replicas.
    """

    surge: int
    unavailable: int
    effective: int


def scaled(bound: int | str, replicas: int, *, up: bool, where: str) -> int:
    """A number of pods, or ``"N%"`` of the replicas rounded up or down.

    Source: k8s.io/apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent.

    Raises:
        CalculatorError: a percentage with more than 18 digits (``invalid_input``).

    >>> scaled("25%", 10, up=True, where="max_surge")
    3
    >>> scaled("25%", 10, up=False, where="max_unavailable")
    2
    """
    if isinstance(bound, int):
        return bound
    digits = bound.removesuffix("%").lstrip("0") or "0"
    if len(digits) > _LONGEST_PERCENT:
        refuse(
            f"{where} has {len(digits)} digits", where=where, fix='write it as "N%", such as "25%"'
        )
    pods = int(digits) * replicas / 100
    return math.ceil(pods) if up else math.floor(pods)


def resolve(replicas: int, max_surge: int | str, max_unavailable: int | str) -> Fenceposts:
    """Resolve maxSurge (rounded up) and maxUnavailable (rounded down) to pods.

    When both are 0 the update could not proceed; one pod may then be unavailable.

    Source: kubernetes pkg/controller/deployment/util/deployment_util.go ResolveFenceposts and
    MaxUnavailable.

    >>> resolve(10, "25%", "25%")
    Fenceposts(surge=3, unavailable=2, effective=2)
    >>> resolve(0, "25%", "25%")
    Fenceposts(surge=0, unavailable=1, effective=0)
    """
    surge = scaled(max_surge, replicas, up=True, where="max_surge")
    unavailable = scaled(max_unavailable, replicas, up=False, where="max_unavailable")
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Fenceposts(surge, unavailable, min(unavailable, replicas))


def waves(replicas: int, surge: int, effective: int) -> int:
    """Waves of a rolling update: ``ceil(R / (surge + effective))``, none for no replicas.

    >>> waves(10, 3, 2)
    2
    >>> waves(0, 0, 0)
    0
    """
    return -(-replicas // (surge + effective)) if replicas else 0


class FencepostsInput(CalculatorInput):
    """Replicas and the two bounds of a rolling update."""

    op: Literal["fenceposts"] = "fenceposts"
    replicas: Count = Field(description="desired pods")
    max_surge: IntOrPercent = Field(
        MAX_SURGE, description='pods above the replicas: a number or "N%"; null is 0'
    )
    max_unavailable: IntOrPercent = Field(
        MAX_UNAVAILABLE, description='pods that may be missing: a number or "N%"; null is 0'
    )


class FencepostsOutput(CalculatorOutput):
    """The bounds in pods."""

    surge: int = Field(description="pods above the replicas")
    unavailable: int = Field(description="pods that may be missing, before the cap")
    max_unavailable_effective: int = Field(description="the same, at most the replicas")
    max_total: int = Field(description="most pods at a time")
    min_available: int = Field(description="fewest available pods")


def fenceposts(given: FencepostsInput) -> FencepostsOutput:
    """The bounds of a rolling update, resolved to pods: see :func:`resolve`.

    ``surge = ceil(N * R / 100)``, ``unavailable = floor(N * R / 100)``; both 0: unavailable 1.

    Source: kubernetes pkg/controller/deployment/util/deployment_util.go ResolveFenceposts;
    pkg/apis/apps/v1/defaults.go.

    >>> bounds = fenceposts(FencepostsInput(replicas=10))
    >>> bounds.max_total, bounds.min_available
    (13, 8)
    >>> fenceposts(FencepostsInput(replicas=4, max_surge=0, max_unavailable="10%")).unavailable
    1
    """
    bounds = resolve(given.replicas, given.max_surge, given.max_unavailable)
    return FencepostsOutput(
        surge=bounds.surge,
        unavailable=bounds.unavailable,
        max_unavailable_effective=bounds.effective,
        max_total=given.replicas + bounds.surge,
        min_available=given.replicas - bounds.effective,
    )


class RollingInput(CalculatorInput):
    """A Deployment and how long its pods take."""

    op: Literal["rolling"] = "rolling"
    replicas: Count = Field(description="desired pods")
    max_surge: IntOrPercent = Field(
        MAX_SURGE, description='pods above the replicas: a number or "N%"; null is 0'
    )
    max_unavailable: IntOrPercent = Field(
        MAX_UNAVAILABLE, description='pods that may be missing: a number or "N%"; null is 0'
    )
    pod_startup_seconds: NonNegative = Field(
        description="schedule, pull and start until Ready, in seconds"
    )
    min_ready_seconds: NonNegative = Field(
        default("kubernetes", "min_ready_seconds"),
        description="Ready for so long counts as available, in seconds",
    )
    termination_grace_seconds: NonNegative = Field(
        default("kubernetes", "termination_grace_seconds"),
        description="time a pod has to end, in seconds",
    )
    progress_deadline_seconds: NonNegative = Field(
        default("kubernetes", "progress_deadline_seconds"),
        description="longest time without progress, in seconds; more than min_ready_seconds",
    )


class RollingOutput(CalculatorOutput):
    """Duration and bounds of a rolling update."""

    waves: int = Field(description="waves of new pods")
    wave_seconds: float = Field(description="duration of a wave, in seconds")
    duration_seconds: float = Field(description="until the last new pod is available, in seconds")
    fully_drained_seconds: float = Field(description="until the last old pod ended, in seconds")
    peak_pods: int = Field(description="most pods at a time; terminating pods are not counted")
    min_available_pods: int = Field(description="fewest available pods")
    progress_deadline_exceeded: bool = Field(
        description="whether the Deployment reports ProgressDeadlineExceeded"
    )
    surge: int = Field(description="pods above the replicas")
    max_unavailable_effective: int = Field(description="pods that may be missing")


def rolling(given: RollingInput) -> RollingOutput:
    """Duration and bounds of a rolling update, every pod Ready after exactly its startup.

    ``waves = ceil(R / (surge + effective unavailable))``; duration ``= waves * (startup + min
    ready)``. Progress is reported when a pod is created, Ready or available, so the deadline
    is exceeded when ``max(startup, min ready)`` is longer.

    Source: kubernetes pkg/controller/deployment/rolling.go; pkg/apis/apps/v1/defaults.go.

    Raises:
        CalculatorError: ``invalid_input`` for a deadline that does not exceed the ready time.

    >>> rolling(RollingInput(replicas=10, pod_startup_seconds=30)).duration_seconds
    60.0
    >>> rolling(RollingInput(replicas=3, max_surge=1, max_unavailable=0,
    ...                      pod_startup_seconds=20, min_ready_seconds=10)).waves
    3
    """
    if given.progress_deadline_seconds <= given.min_ready_seconds:
        refuse(
            f"progress_deadline_seconds is {given.progress_deadline_seconds:g}",
            where="progress_deadline_seconds",
            fix=f"it should exceed min_ready_seconds ({given.min_ready_seconds:g})",
        )
    replicas = given.replicas
    bounds = resolve(replicas, given.max_surge, given.max_unavailable)
    count = waves(replicas, bounds.surge, bounds.effective)
    wave = given.pod_startup_seconds + given.min_ready_seconds
    duration = count * wave
    return RollingOutput(
        waves=count,
        wave_seconds=wave,
        duration_seconds=duration,
        fully_drained_seconds=duration + given.termination_grace_seconds if replicas else 0,
        peak_pods=min(replicas + bounds.surge, 2 * replicas),
        min_available_pods=replicas - bounds.effective,
        progress_deadline_exceeded=max(given.pod_startup_seconds, given.min_ready_seconds)
        > given.progress_deadline_seconds,
        surge=bounds.surge,
        max_unavailable_effective=bounds.effective,
    )
