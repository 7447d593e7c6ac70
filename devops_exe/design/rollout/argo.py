"""Argo Rollouts: pods of a canary and its stable set."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    IntOrPercent,
    NonNegative,
    PositiveCount,
    missing,
    refuse,
)
from devops_exe.design.published import default
from devops_exe.design.rollout.deployment import resolve

_MAX_WEIGHT: int = default("argo_rollouts", "max_weight")

_WEIGHTS = ("weight", "set_weight", "current_canary_weight", "current_stable_weight")


class Counts(NamedTuple):
    """Pods of the canary and of the stable set."""

    canary: int
    stable: int


class _Weighted(CalculatorInput):
    """Replicas and a scale of weights; no weight exceeds the scale."""

    replicas: Count = Field(description="desired pods")
    max_weight: PositiveCount = Field(_MAX_WEIGHT, description="weight that is all of the traffic")

    @model_validator(mode="after")
    def _weights_fit(self) -> _Weighted:
        for name in _WEIGHTS:
            weight = getattr(self, name, None)
            if weight is not None and weight > self.max_weight:
                refuse(
                    f"{name} is {weight}",
                    where=name,
                    fix=f"it should be at most max_weight ({self.max_weight})",
                )
        return self


def closest_counts(replicas: int, weight: int, max_weight: int, surge: int) -> Counts:
    """The counts closest to a weight, of ``replicas`` pods or, with a surge, one more.

    Rounding up wins a tie; between the two ends neither side is left without a pod, unless
    there is only one.

    Source: argoproj/argo-rollouts utils/replicaset/canary.go
    approximateWeightedCanaryStableReplicaCounts.

    >>> closest_counts(10, 25, 100, 0)
    Counts(canary=3, stable=7)
    >>> closest_counts(3, 20, 100, 1)
    Counts(canary=1, stable=3)
    """
    if replicas == 0:
        return Counts(0, 0)
    exact = replicas * weight / max_weight
    up, down = math.ceil(exact), math.floor(exact)
    zero_ok = weight in (0, max_weight) or (replicas == 1 and surge == 0)
    down_ok = down != 0 or zero_ok
    options: list[tuple[int, int]] = []
    if up < replicas or zero_ok:
        options.append((up, replicas))
    if down_ok and not _tied(replicas, weight, max_weight):
        options.append((down, replicas))
    if surge > 0:
        options.append((up, replicas + 1))
        if down_ok and not _tied(replicas + 1, weight, max_weight):
            options.append((down, replicas + 1))
    if not options:
        return Counts(0, replicas)
    canary, total = min(
        options, key=lambda option: abs(option[0] * max_weight / option[1] - weight)
    )
    return Counts(canary, total - canary)


def _tied(pods: int, weight: int, max_weight: int) -> bool:
    """Whether rounding up and down are equally far: exactly so in doubles, as upstream."""
    return math.modf(pods * (weight / max_weight))[0] == 0.5


class ArgoWeightInput(_Weighted):
    """A weight and the pods to approximate it with."""

    op: Literal["argo_weight"] = "argo_weight"
    weight: Count = Field(description="desired weight of the canary, 0 to max_weight")
    max_surge_pods: Count = Field(0, description="pods above the replicas; at most one is used")


class ArgoWeightOutput(CalculatorOutput):
    """The closest counts."""

    canary_replicas: int = Field(description="pods of the canary")
    stable_replicas: int = Field(description="pods of the stable set")


def argo_weight(given: ArgoWeightInput) -> ArgoWeightOutput:
    """Canary and stable counts closest to a weight: see :func:`closest_counts`.

    Of the candidate counts the one with the smallest ``|canary * max / total - weight|``.

    Source: argoproj/argo-rollouts utils/replicaset/canary.go
    approximateWeightedCanaryStableReplicaCounts.

    >>> counts = argo_weight(ArgoWeightInput(replicas=10, weight=5))
    >>> counts.canary_replicas, counts.stable_replicas
    (1, 9)
    >>> argo_weight(ArgoWeightInput(replicas=1, weight=20, max_surge_pods=1)).canary_replicas
    1
    """
    counts = closest_counts(given.replicas, given.weight, given.max_weight, given.max_surge_pods)
    return ArgoWeightOutput(canary_replicas=counts.canary, stable_replicas=counts.stable)


class ArgoStepInput(_Weighted):
    """A canary without a traffic router, as it stands."""

    op: Literal["argo_step"] = "argo_step"
    set_weight: Count | None = Field(
        None, description="weight of the step, 0 to max_weight; needed unless promoted or aborted"
    )
    max_surge: IntOrPercent = Field(
        default("argo_rollouts", "max_surge"),
        description='pods above the replicas: a number or "N%"; null is 0',
    )
    max_unavailable: IntOrPercent = Field(
        default("argo_rollouts", "max_unavailable"),
        description='pods that may be missing: a number or "N%"; null is 0',
    )
    stable_spec: Count | None = Field(None, description="pods asked of the stable set [replicas]")
    stable_available: Count | None = Field(None, description="available of them [stable_spec]")
    canary_spec: Count = Field(0, description="pods asked of the canary")
    canary_available: Count | None = Field(None, description="available of them [canary_spec]")
    older_spec: Count = Field(0, description="pods asked of older sets")
    promote_full: bool = Field(default=False, description="fully promoted; wins over abort")
    abort: bool = Field(default=False, description="aborted: the weight is 0")


class ArgoStepOutput(CalculatorOutput):
    """The next counts and those aimed at."""

    canary_replicas: int = Field(description="next pods of the canary")
    stable_replicas: int = Field(description="next pods of the stable set")
    desired_canary: int = Field(description="pods of the canary aimed at")
    desired_stable: int = Field(description="pods of the stable set aimed at")


class _Set(NamedTuple):
    """A replica set: pods asked for, and available."""

    spec: int
    available: int

    def counted(self, *, whole: bool) -> int:
        """Pods that count when scaling down: those asked for, or only the available ones."""
        return self.spec if whole or self.spec < self.available else self.available


def argo_step(given: ArgoStepInput) -> ArgoStepOutput:
    """Next counts of a canary without a traffic router.

    Scale the stable set, then the canary, up within ``R + surge``; then, unless older sets are
    left, drain the other side while ``available > R - unavailable``.

    Source: argoproj/argo-rollouts utils/replicaset/canary.go
    CalculateReplicaCountsForBasicCanary.

    Raises:
        CalculatorError: ``missing_field`` without ``set_weight``, ``promote_full`` or ``abort``.

    >>> step = argo_step(ArgoStepInput(replicas=10, set_weight=30, max_surge=3, max_unavailable=0))
    >>> step.canary_replicas, step.stable_replicas
    (3, 10)
    >>> step = argo_step(ArgoStepInput(replicas=10, set_weight=50, max_surge=2, max_unavailable=1))
    >>> step.canary_replicas, step.stable_replicas
    (2, 9)
    """
    weight = _weight(given)
    replicas = given.replicas
    bounds = resolve(replicas, given.max_surge, given.max_unavailable)
    desired = closest_counts(replicas, weight, given.max_weight, bounds.surge)
    stable_spec = replicas if given.stable_spec is None else given.stable_spec
    stable = _Set(
        stable_spec, stable_spec if given.stable_available is None else given.stable_available
    )
    canary = _Set(
        given.canary_spec,
        given.canary_spec if given.canary_available is None else given.canary_available,
    )
    top, low = replicas + bounds.surge, replicas - bounds.effective
    room = top - (stable.spec + canary.spec + given.older_spec)
    next_stable = _grown(stable.spec, desired.stable, room)
    next_canary = _grown(canary.spec, desired.canary, room - (next_stable - stable.spec))
    counts = Counts(next_canary, next_stable)
    if given.older_spec == 0:
        counts = _drained(counts, desired, canary, stable, top, low)
    return ArgoStepOutput(
        canary_replicas=counts.canary,
        stable_replicas=counts.stable,
        desired_canary=desired.canary,
        desired_stable=desired.stable,
    )


def _weight(given: ArgoStepInput | ArgoTrafficInput) -> int:
    if given.promote_full:
        return given.max_weight
    if given.abort:
        return 0
    if given.set_weight is None:
        missing("set_weight", "give set_weight, promote_full or abort")
    return given.set_weight


def _grown(spec: int, desired: int, room: int) -> int:
    return spec + min(room, desired - spec) if spec < desired and room > 0 else spec


def _drained(
    counts: Counts, desired: Counts, canary: _Set, stable: _Set, top: int, low: int
) -> Counts:
    """The counts after scaling down the side that is to shrink."""
    increasing = desired.canary >= canary.spec
    counted = canary.counted(whole=not increasing) + stable.counted(whole=increasing)
    if counted <= low:
        return counts
    down = counted - low
    if increasing:
        drain = counts.stable
        if stable.spec > desired.stable:
            drain = max(desired.stable, stable.spec - down)
        drain, other = _within(drain, counts.canary, stable, canary, top, low)
        return Counts(other, drain)
    drain = counts.canary
    if canary.spec > desired.canary:
        drain = max(desired.canary, canary.spec - down)
    drain, other = _within(drain, counts.stable, canary, stable, top, low)
    return Counts(drain, other)


def _within(
    drain: int, other: int, draining: _Set, kept: _Set, top: int, low: int
) -> tuple[int, int]:
    """Both counts within the surge and, as far as it goes, the availability (upstream: adjust)."""
    other -= max(0, other + drain - top)
    available = min(draining.available, drain) + min(kept.available, other)
    spare = max(0, kept.available - other)
    other += min(spare, max(0, low - available))
    drain -= max(0, other + drain - top)
    return drain, other


class ArgoTrafficInput(_Weighted):
    """A canary behind a traffic router, as it stands."""

    op: Literal["argo_traffic"] = "argo_traffic"
    set_weight: Count | None = Field(
        None,
        description="weight of the step, 0 to max_weight; needed unless promoted, aborted or "
        "replaced by set_canary_scale",
    )
    set_canary_scale_replicas: Count | None = Field(
        None, description="exact pods of the canary, whatever the weight"
    )
    set_canary_scale_weight: Count | None = Field(
        None, description="weight that scales the canary; may exceed max_weight"
    )
    min_pods_per_replica_set: Count = Field(0, description="fewest pods of a set that has any")
    dynamic_stable_scale: bool = Field(
        default=False, description="whether the stable set shrinks with its weight"
    )
    current_stable_weight: Count | None = Field(
        None, description="traffic the stable set gets now, 0 to max_weight"
    )
    current_canary_weight: Count | None = Field(
        None, description="traffic the canary gets now, 0 to max_weight"
    )
    abort_scale_down_delay_seconds: NonNegative = Field(
        default("argo_rollouts", "abort_scale_down_delay_seconds"),
        description="how long an aborted canary is kept, in seconds; 0 keeps it as scaled",
    )
    promote_full: bool = Field(default=False, description="fully promoted; wins over abort")
    abort: bool = Field(default=False, description="aborted: the weight is 0")


class ArgoTrafficOutput(CalculatorOutput):
    """The counts aimed at."""

    canary_replicas: int = Field(description="pods of the canary")
    stable_replicas: int = Field(description="pods of the stable set")


def argo_traffic(given: ArgoTrafficInput) -> ArgoTrafficOutput:
    """Counts of a canary with a traffic router.

    ``canary = ceil(weight * R / max)``; the stable set keeps ``R`` pods unless it scales
    dynamically, then the more of ``ceil((max - weight) * R / max)`` and what its current traffic
    needs.

    Source: argoproj/argo-rollouts utils/replicaset/canary.go
    CalculateReplicaCountsForTrafficRoutedCanary.

    Raises:
        CalculatorError: ``missing_field`` when nothing sets the weight.

    >>> argo_traffic(ArgoTrafficInput(replicas=10, set_weight=25)).canary_replicas
    3
    >>> shrunk = argo_traffic(
    ...     ArgoTrafficInput(replicas=10, set_weight=60, dynamic_stable_scale=True))
    >>> shrunk.canary_replicas, shrunk.stable_replicas
    (6, 4)
    """
    exact, weight = _scale(given)
    canary = _pods(given, weight) if exact is None else exact
    if exact is None:
        canary = _at_least_minimum(given, canary)
    if not given.dynamic_stable_scale:
        return ArgoTrafficOutput(canary_replicas=canary, stable_replicas=given.replicas)
    stable = max(0, _pods(given, given.max_weight - weight))
    if given.current_stable_weight is not None:
        stable = max(stable, _pods(given, given.current_stable_weight))
    if given.abort and given.current_canary_weight is not None:
        canary = max(canary, _pods(given, given.current_canary_weight))
    return ArgoTrafficOutput(
        canary_replicas=_at_least_minimum(given, canary),
        stable_replicas=_at_least_minimum(given, stable),
    )


def _scale(given: ArgoTrafficInput) -> tuple[int | None, int]:
    """An exact count of the canary, or None, and the weight."""
    aborted = given.abort and given.abort_scale_down_delay_seconds != 0
    if not given.promote_full and not aborted:
        if given.set_canary_scale_replicas is not None:
            return given.set_canary_scale_replicas, 0
        if given.set_canary_scale_weight is not None:
            return None, given.set_canary_scale_weight
    return None, _weight(given)


def _pods(given: ArgoTrafficInput, weight: int) -> int:
    return math.ceil(weight * given.replicas / given.max_weight)


def _at_least_minimum(given: ArgoTrafficInput, count: int) -> int:
    return max(count, min(given.min_pods_per_replica_set, given.replicas)) if count else 0
