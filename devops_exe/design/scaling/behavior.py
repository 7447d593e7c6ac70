"""The autoscaler's ``behavior``: stabilization windows and rate policies on a proposal."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    PositiveCount,
    refuse,
)
from devops_exe.design.refusal import shown

MAX_REPLICAS = 2**31 - 1
"""What no ``max_replicas`` means: the largest 32-bit count."""

LimitReason = Literal[
    "DesiredWithinRange",
    "TooFewReplicas",
    "TooManyReplicas",
    "ScaleUpLimit",
    "ScaleDownLimit",
    "ScalingDisabled",
    "MetricUnavailable",
]
"""Reason of the ``ScalingLimited`` condition; the last two end a reconcile early."""


class Recommendation(CalculatorInput):
    """A replica count that the autoscaler proposed earlier."""

    replicas: Count = Field(description="Replicas it proposed.")
    seconds_ago: NonNegative = Field(description="Seconds since then.")


class ScaleEvent(CalculatorInput):
    """A change of the replica count that was carried out earlier."""

    replica_change: PositiveCount = Field(
        description="Replicas added or removed, a positive count."
    )
    seconds_ago: NonNegative = Field(description="Seconds since then.")


class ScalingPolicy(CalculatorInput):
    """How much may change within a period (autoscaling/v2 ``HPAScalingPolicy``)."""

    type: Literal["Pods", "Percent"] = Field(description="Whether value counts pods or percent.")
    value: Count = Field(description="Pods, or percent of the replicas at the period's start.")
    period_seconds: NonNegative = Field(description="Length of the period in seconds.")


class ScalingRules(CalculatorInput):
    """Rules of one direction; a field that is absent keeps its direction's default."""

    stabilization_window_seconds: NonNegative | None = Field(
        None,
        description="Seconds of earlier recommendations that are respected; default 0 up, 300 down "
        "[autoscaling/v2 defaults.go].",
    )
    select_policy: Literal["Max", "Min", "Disabled"] = Field(
        "Max", description="The policy that changes most, the one that changes least, or no change."
    )
    policies: Annotated[list[ScalingPolicy], Field(min_length=1)] | None = Field(
        None,
        description="Replace the defaults as a whole; default up Pods 4 and Percent 100 in 15 s, "
        "down Percent 100 in 15 s [autoscaling/v2 defaults.go].",
    )


class Behavior(CalculatorInput):
    """``spec.behavior`` with what happened recently."""

    scale_up: ScalingRules = Field(ScalingRules(), description="Rules of scaling up.")
    scale_down: ScalingRules = Field(ScalingRules(), description="Rules of scaling down.")
    scale_up_events: list[ScaleEvent] = Field([], description="Earlier scale-ups.")
    scale_down_events: list[ScaleEvent] = Field([], description="Earlier scale-downs.")
    recommendations: list[Recommendation] = Field([], description="Earlier recommendations.")


class HpaBehaviorInput(Behavior):
    """What ``hpa_behavior`` reads."""

    op: Literal["hpa_behavior"] = Field("hpa_behavior", description="The operation.")
    current_replicas: Count = Field(description="spec.replicas of the target now.")
    proposed_replicas: Count = Field(description="What the metrics propose.")
    min_replicas: Count = Field(1, description="Lower bound [autoscaling/v2 defaults.go].")
    max_replicas: Count | None = Field(None, description="Upper bound; absent: 2^31-1.")


class HpaBehaviorOutput(CalculatorOutput):
    """What ``hpa_behavior`` answers."""

    desired_replicas: int = Field(description="Replicas after stabilization, rates and bounds.")
    stabilized_replicas: int = Field(description="Replicas after stabilization only.")
    scale_up_limit: int | None = Field(description="Most replicas the policies allow; null: n/a.")
    scale_down_limit: int | None = Field(
        description="Fewest replicas the policies allow, below 0 when they allow any; null: n/a."
    )
    limit_reason: LimitReason = Field(description="What limited the result.")


_UP_POLICIES = [
    ScalingPolicy.model_construct(type="Pods", value=4, period_seconds=15.0),
    ScalingPolicy.model_construct(type="Percent", value=100, period_seconds=15.0),
]
_DOWN_POLICIES = [ScalingPolicy.model_construct(type="Percent", value=100, period_seconds=15.0)]


def check_bounds(minimum: int, maximum: int | None) -> int:
    """The upper bound in force.

    Raises:
        CalculatorError: ``max_replicas`` is below ``min_replicas`` or below 1.
    """
    if maximum is None:
        return MAX_REPLICAS
    lowest = max(minimum, 1)
    if maximum < lowest:
        refuse(
            f"max_replicas {shown(maximum)} is below {shown(lowest)}",
            where="max_replicas",
            fix="it should be at least 1 and at least min_replicas",
        )
    return maximum


def hpa_behavior(given: HpaBehaviorInput) -> HpaBehaviorOutput:
    """What stabilization, rate policies and bounds make of a proposal.

    Stabilization: ``u = min(proposed, recommendations of the up window)``, ``w =
    max(proposed, recommendations of the down window)``, and current is moved into ``[u, w]``.
    Rates: with ``start = current - scale-ups + scale-downs`` of a policy's period, up allows
    ``start + value`` or ``ceil(start * (1 + value/100))``, down ``start - value`` or
    ``trunc(start * (1 - value/100))``; ``Max`` takes the largest change, ``Min`` the smallest.

    Source: kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go
    (``stabilizeRecommendationWithBehaviors``, ``convertDesiredReplicasWithBehaviorRate``);
    defaults of pkg/apis/autoscaling/v2/defaults.go.

    Raises:
        CalculatorError: ``invalid_input`` when max_replicas is below min_replicas or 1.

    >>> out = hpa_behavior(HpaBehaviorInput(current_replicas=10, proposed_replicas=50))
    >>> out.desired_replicas, out.scale_up_limit, out.limit_reason
    (20, 20, 'ScaleUpLimit')
    >>> slow = ScalingRules(policies=[ScalingPolicy(type="Pods", value=5, period_seconds=60)])
    >>> out = hpa_behavior(
    ...     HpaBehaviorInput(current_replicas=10, proposed_replicas=2, scale_down=slow)
    ... )
    >>> out.desired_replicas, out.limit_reason
    (5, 'ScaleDownLimit')
    """
    return behave(
        given,
        given.current_replicas,
        given.proposed_replicas,
        given.min_replicas,
        given.max_replicas,
    )


def behave(
    behavior: Behavior, current: int, proposed: int, minimum: int, maximum: int | None
) -> HpaBehaviorOutput:
    """:func:`hpa_behavior` on plain numbers; the reconcile of ``hpa`` calls it too.

    Raises:
        CalculatorError: ``invalid_input`` when maximum is below minimum or 1.
    """
    highest = check_bounds(minimum, maximum)
    stabilized = _stabilize(behavior, current, proposed)
    desired = stabilized
    up: int | None = None
    down: int | None = None
    reason: LimitReason = "DesiredWithinRange"
    if stabilized > current:
        up = _limit_up(behavior, current)
        if desired > min(up, highest):
            desired = min(up, highest)
            reason = "ScaleUpLimit" if highest > up else "TooManyReplicas"
    elif stabilized < current:
        down = _limit_down(behavior, current)
        if desired < max(down, minimum):
            desired = max(down, minimum)
            reason = "ScaleDownLimit" if minimum < down else "TooFewReplicas"
    return HpaBehaviorOutput(
        desired_replicas=desired,
        stabilized_replicas=stabilized,
        scale_up_limit=up,
        scale_down_limit=down,
        limit_reason=reason,
    )


def _stabilize(behavior: Behavior, current: int, proposed: int) -> int:
    """``current`` moved no further than recent recommendations agree on."""
    up_window = behavior.scale_up.stabilization_window_seconds
    down_window = behavior.scale_down.stabilization_window_seconds
    if up_window is None:
        up_window = 0.0
    if down_window is None:
        down_window = 300.0
    lowest = highest = proposed
    for earlier in behavior.recommendations:
        if earlier.seconds_ago < up_window:
            lowest = min(lowest, earlier.replicas)
        if earlier.seconds_ago < down_window:
            highest = max(highest, earlier.replicas)
    # Both bounds are applied one after the other, as upstream does.
    stabilized = max(current, lowest)
    return min(stabilized, highest)


def _start(behavior: Behavior, current: int, period: float) -> int:
    """Replicas at the start of a period, as the events tell."""
    added = sum(e.replica_change for e in behavior.scale_up_events if e.seconds_ago < period)
    removed = sum(e.replica_change for e in behavior.scale_down_events if e.seconds_ago < period)
    return current - added + removed


def _limit_up(behavior: Behavior, current: int) -> int:
    """The most replicas that the policies of scaling up allow, at least current."""
    rules = behavior.scale_up
    if rules.select_policy == "Disabled":
        return current
    allowed = []
    for policy in rules.policies or _UP_POLICIES:
        start = _start(behavior, current, policy.period_seconds)
        if policy.type == "Pods":
            allowed.append(start + policy.value)
        else:
            # In doubles, as upstream: 100 and 10 % give 110.00000000000001, so 111.
            allowed.append(math.ceil(start * (1.0 + policy.value / 100.0)))
    chosen = min(allowed) if rules.select_policy == "Min" else max(allowed)
    return max(chosen, current)


def _limit_down(behavior: Behavior, current: int) -> int:
    """The fewest replicas that the policies of scaling down allow, at most current."""
    rules = behavior.scale_down
    if rules.select_policy == "Disabled":
        return current
    allowed = []
    for policy in rules.policies or _DOWN_POLICIES:
        start = _start(behavior, current, policy.period_seconds)
        if policy.type == "Pods":
            allowed.append(start - policy.value)
        else:
            allowed.append(int(start * (1.0 - policy.value / 100.0)))
    chosen = max(allowed) if rules.select_policy == "Min" else min(allowed)
    return min(chosen, current)
