"""What a PodDisruptionBudget allows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    IntOrPercent,
    refuse,
)
from devops_exe.design.rollout.deployment import scaled


class PdbInput(CalculatorInput):
    """A disruption budget and the pods it covers; one of the two bounds is given."""

    op: Literal["pdb"] = "pdb"
    min_available: IntOrPercent | None = Field(
        None, description='pods that must stay healthy: a number or "N%"'
    )
    max_unavailable: IntOrPercent | None = Field(
        None, description='pods that may be unhealthy: a number or "N%"; null is 0'
    )
    expected_pods: Count = Field(
        description="scale of the pods' controllers; 0 where there is none and the budget is a "
        "percentage or max_unavailable"
    )
    healthy_pods: Count = Field(description="pods that are Ready")


class PdbOutput(CalculatorOutput):
    """Disruptions that are allowed now."""

    desired_healthy: int = Field(description="pods that must stay healthy")
    disruptions_allowed: int = Field(description="pods that may be evicted now")


def pdb(given: PdbInput) -> PdbOutput:
    """Disruptions a PodDisruptionBudget allows.

    ``allowed = max(0, healthy - desired)``, 0 where no pods are expected; desired is
    ``min available`` or ``max(0, expected - max unavailable)``; percentages of both round up.

    Source: kubernetes/kubernetes pkg/controller/disruption/disruption.go
    (getExpectedPodCount, updatePdbStatus).

    Raises:
        CalculatorError: ``invalid_input`` unless exactly one of the bounds is given.

    >>> pdb(PdbInput(min_available="30%", expected_pods=10, healthy_pods=9)).disruptions_allowed
    6
    >>> pdb(PdbInput(max_unavailable="30%", expected_pods=7, healthy_pods=7)).desired_healthy
    4
    """
    expected = given.expected_pods
    if given.min_available is not None and given.max_unavailable is None:
        desired = scaled(given.min_available, expected, up=True, where="min_available")
    elif given.max_unavailable is not None and given.min_available is None:
        bound = scaled(given.max_unavailable, expected, up=True, where="max_unavailable")
        desired = max(0, expected - bound)
    else:
        both = given.min_available is not None
        refuse(
            "min_available and max_unavailable are both given"
            if both
            else "neither min_available nor max_unavailable is given",
            where="min_available",
            fix="give exactly one of them",
        )
    allowed = max(0, given.healthy_pods - desired) if expected else 0
    return PdbOutput(desired_healthy=desired, disruptions_allowed=allowed)
