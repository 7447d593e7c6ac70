"""One reconcile of the Horizontal Pod Autoscaler."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    Positive,
    missing,
    refuse,
)
from devops_exe.design.scaling.behavior import (
    Behavior,
    LimitReason,
    Recommendation,
    behave,
    check_bounds,
)
from devops_exe.design.scaling.metrics import (
    ErrorCode,
    Metric,
    Proposal,
    RatioMetric,
    Tolerance,
    propose,
)


class HpaInput(CalculatorInput):
    """What ``hpa`` reads."""

    op: Literal["hpa"] = Field("hpa", description="The operation.")
    current_replicas: Count = Field(description="spec.replicas of the target now.")
    min_replicas: Count = Field(
        1, description="Lower bound; 0 allows scale to zero [autoscaling/v2 defaults.go]."
    )
    max_replicas: Count | None = Field(None, description="Upper bound; absent: 2^31-1.")
    tolerance: NonNegative = Field(
        0.1,
        description="Deviation of the usage ratio from 1 that changes nothing "
        "[kube-controller-manager --horizontal-pod-autoscaler-tolerance].",
    )
    tolerance_up: NonNegative | None = Field(
        None, description="Tolerance of scaling up; absent: tolerance [behavior.scaleUp, 1.33+]."
    )
    tolerance_down: NonNegative | None = Field(
        None, description="Tolerance of scaling down; absent: tolerance [behavior.scaleDown]."
    )
    metrics: list[Metric] | None = Field(None, description="The metrics; the largest rules.")
    current_metric_value: NonNegative | None = Field(
        None, description="Short form of one ratio metric: its value now."
    )
    target_metric_value: Positive | None = Field(
        None, description="Short form of one ratio metric: the value to hold, in the same unit."
    )
    behavior: Behavior | None = Field(
        None, description="spec.behavior with what happened recently; absent: the older rules."
    )
    recommendations: list[Recommendation] = Field(
        [], description="Earlier recommendations, read without behavior only."
    )
    downscale_stabilization_seconds: NonNegative = Field(
        300,
        description="Window of the recommendations in seconds, without behavior "
        "[--horizontal-pod-autoscaler-downscale-stabilization].",
    )


class MetricOutcome(CalculatorOutput):
    """What became of one metric: a proposal, or the code of why there is none."""

    type: str = Field(description="Type of the metric.")
    proposed_replicas: int | None = Field(None, description="Replicas it proposes.")
    usage_ratio: float | None = Field(None, description="Usage over target, before filling.")
    utilization: int | float | None = Field(
        None, description="Percent of the requests, or the value or average it measured."
    )
    error_code: ErrorCode | None = Field(None, description="Why it was skipped.")


class HpaOutput(CalculatorOutput):
    """What ``hpa`` answers."""

    proposed_replicas: int = Field(description="Replicas before bounds and behaviour.")
    desired_replicas: int = Field(description="Replicas the autoscaler would set.")
    stabilized_replicas: int | None = Field(
        description="Replicas after stabilization only; null when the reconcile ended early."
    )
    limit_reason: LimitReason = Field(description="What limited the result.")
    usage_ratio: float | None = Field(description="Of the winning metric, before filling.")
    utilization: int | float | None = Field(
        description="Of the winning metric: percent of the requests, or its value or average."
    )
    per_metric: list[MetricOutcome] = Field(description="Each metric's outcome, in order.")


_WHY: dict[str, tuple[str, str]] = {
    "metric_unavailable": ("the metric is unavailable", "give a metric that has a value"),
    "no_pods": ("the metric has no pods", "list every pod that the selector finds"),
    "missing_request": (
        "a pod has no request, or the requests sum to 0",
        "give every pod its request_milli",
    ),
    "no_metrics": ("no ready pod has a sample", "give usage_milli of at least one ready pod"),
}


def hpa(given: HpaInput) -> HpaOutput:
    """One reconcile of the Horizontal Pod Autoscaler.

    Each metric proposes ``ceil(ratio * ready pods)`` (average types ``ceil(value / target)``)
    with ``ratio = usage / target``, or current within tolerance; the largest proposal rules.
    It is stabilized against recent recommendations, limited to ``max(2 * current, 4)`` (or by
    ``behavior``), and held between min and max.

    Source: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go and
    horizontal.go; Kubernetes docs, Horizontal Pod Autoscaling.

    Raises:
        CalculatorError: ``missing_field``, ``invalid_input``; and when no metric can be used
            the first one's code: ``metric_unavailable``, ``no_pods``, ``missing_request`` or
            ``no_metrics``.

    >>> out = hpa(
    ...     HpaInput(current_replicas=3, current_metric_value=200, target_metric_value=100)
    ... )
    >>> out.desired_replicas, out.limit_reason, out.usage_ratio
    (6, 'DesiredWithinRange', 2.0)
    >>> pods = [{"usage_milli": u, "request_milli": 1000} for u in (300, 500, 700)]
    >>> metric = {"type": "resource_utilization", "target": 30, "pods": pods}
    >>> out = hpa(HpaInput.model_validate({"current_replicas": 3, "metrics": [metric]}))
    >>> out.desired_replicas, out.utilization
    (5, 50)
    """
    metrics = _metrics(given)
    maximum = check_bounds(given.min_replicas, given.max_replicas)
    current = given.current_replicas
    tolerance = Tolerance(
        given.tolerance if given.tolerance_up is None else given.tolerance_up,
        given.tolerance if given.tolerance_down is None else given.tolerance_down,
    )
    outcomes = [
        propose(metric, current, tolerance, f"metrics[{number}]")
        for number, metric in enumerate(metrics)
    ]
    if current == 0 and given.min_replicas != 0:
        return _early(0, "ScalingDisabled")
    if current > maximum:
        return _early(maximum, "TooManyReplicas")
    if current < given.min_replicas:
        return _early(given.min_replicas, "TooFewReplicas")

    best = _best(outcomes)
    listed = [_outcome(metric, found) for metric, found in zip(metrics, outcomes, strict=True)]
    if best.replicas < current and any(isinstance(found, str) for found in outcomes):
        return _early(current, "MetricUnavailable", listed)
    desired, stabilized, reason = _bound(given, best.replicas, maximum)
    return HpaOutput(
        proposed_replicas=best.replicas,
        desired_replicas=desired,
        stabilized_replicas=stabilized,
        limit_reason=reason,
        usage_ratio=best.usage_ratio,
        utilization=best.utilization,
        per_metric=listed,
    )


def _metrics(given: HpaInput) -> list[Metric]:
    """The metrics, or the one that the short form stands for."""
    value, target = given.current_metric_value, given.target_metric_value
    if given.metrics is not None:
        if value is not None or target is not None:
            refuse(
                "metrics and the short form are both given",
                where="metrics",
                fix="give metrics, or current_metric_value and target_metric_value",
            )
        if not given.metrics:
            missing("metrics", "give at least one metric")
        return given.metrics
    if value is None and target is None:
        missing("metrics", "give metrics, or current_metric_value and target_metric_value")
    if value is None:
        missing("current_metric_value")
    if target is None:
        missing("target_metric_value")
    # The fields were checked as they came in: nothing is left to validate.
    return [
        RatioMetric.model_construct(type="ratio", target=target, current=value, unavailable=False)
    ]


def _best(outcomes: list[Proposal | ErrorCode]) -> Proposal:
    """The largest proposal, the first of equals."""
    best: Proposal | None = None
    for found in outcomes:
        if not isinstance(found, str) and (best is None or found.replicas > best.replicas):
            best = found
    if best is None:
        code = str(outcomes[0])
        what, fix = _WHY[code]
        refuse(what, where="metrics[0]", fix=fix, code=code)
    return best


def _outcome(metric: Metric, found: Proposal | ErrorCode) -> MetricOutcome:
    if isinstance(found, str):
        return MetricOutcome(type=metric.type, error_code=found)
    return MetricOutcome(
        type=metric.type,
        proposed_replicas=found.replicas,
        usage_ratio=found.usage_ratio,
        utilization=found.utilization,
    )


def _early(
    replicas: int, reason: LimitReason, listed: list[MetricOutcome] | None = None
) -> HpaOutput:
    """The answer of a reconcile that ended before bounds and behaviour."""
    return HpaOutput(
        proposed_replicas=replicas,
        desired_replicas=replicas,
        stabilized_replicas=None,
        limit_reason=reason,
        usage_ratio=None,
        utilization=None,
        per_metric=listed or [],
    )


def _bound(given: HpaInput, proposed: int, maximum: int) -> tuple[int, int, LimitReason]:
    """Desired and stabilized replicas, and what limited them."""
    current, minimum = given.current_replicas, given.min_replicas
    if given.behavior is not None:
        out = behave(given.behavior, current, proposed, minimum, given.max_replicas)
        return out.desired_replicas, out.stabilized_replicas, out.limit_reason
    window = given.downscale_stabilization_seconds
    recent = [e.replicas for e in given.recommendations if e.seconds_ago <= window]
    stabilized = max([proposed, *recent])
    limit = max(2 * current, 4)
    if stabilized < minimum:
        return minimum, stabilized, "TooFewReplicas"
    if stabilized > min(limit, maximum):
        reason: LimitReason = "ScaleUpLimit" if maximum > limit else "TooManyReplicas"
        return min(limit, maximum), stabilized, reason
    return stabilized, stabilized, "DesiredWithinRange"
