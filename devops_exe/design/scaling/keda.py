"""Replicas of a KEDA scaled object."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    Positive,
    refuse,
)
from devops_exe.design.refusal import shown
from devops_exe.design.scaling.metrics import Tolerance, by_average


class KedaInput(CalculatorInput):
    """What ``keda`` reads."""

    op: Literal["keda"] = Field("keda", description="The operation.")
    metric_value: NonNegative = Field(description="Value of the trigger's metric now.")
    threshold: Positive = Field(description="Value per replica to hold, in the same unit.")
    activation_threshold: float = Field(
        0, description="Value above which the scaler is active, in the same unit [KEDA]."
    )
    current_replicas: Count = Field(0, description="Replicas now.")
    min_replica_count: Count = Field(0, description="Lower bound [KEDA minReplicaCount].")
    max_replica_count: Count = Field(100, description="Upper bound [KEDA maxReplicaCount].")
    idle_replica_count: Count | None = Field(
        None, description="Replicas while inactive; absent: min_replica_count."
    )
    tolerance: NonNegative = Field(
        0.1, description="Tolerance of the autoscaler behind the scaled object."
    )


class KedaOutput(CalculatorOutput):
    """What ``keda`` answers."""

    active: bool = Field(description="Whether the scaler is active.")
    desired_replicas: int = Field(
        description="Replicas in the steady state, after the cooldown of 300 s."
    )


def keda(given: KedaInput) -> KedaOutput:
    """Replicas of a KEDA scaled object in the steady state.

    Active when ``value > activation``, or when min is at least 1 and there is no idle count
    (KEDA then ignores the activation value). Inactive: the idle count, else min. Active:
    ``clamp(ceil(value / threshold), max(1, min), max)``, current within tolerance.

    Source: kedacore/keda pkg/scaling/executor/scale_scaledobjects.go; the autoscaler's
    external metric with an AverageValue target.

    Raises:
        CalculatorError: ``invalid_input`` when max_replica_count is below min_replica_count
            or 1.

    >>> keda(KedaInput(metric_value=25, threshold=10)).desired_replicas
    3
    >>> out = keda(KedaInput(metric_value=5, threshold=10, activation_threshold=5))
    >>> out.active, out.desired_replicas
    (False, 0)
    """
    lowest = max(1, given.min_replica_count)
    if given.max_replica_count < lowest:
        refuse(
            f"max_replica_count {shown(given.max_replica_count)} is below {shown(lowest)}",
            where="max_replica_count",
            fix="it should be at least 1 and at least min_replica_count",
        )
    idle = given.idle_replica_count
    always = given.min_replica_count >= 1 and idle is None
    if not always and given.metric_value <= given.activation_threshold:
        return KedaOutput(
            active=False, desired_replicas=given.min_replica_count if idle is None else idle
        )
    tolerance = Tolerance(given.tolerance, given.tolerance)
    proposed = by_average(
        given.metric_value, given.threshold, given.current_replicas, tolerance
    ).replicas
    return KedaOutput(
        active=True, desired_replicas=min(max(proposed, lowest), given.max_replica_count)
    )
