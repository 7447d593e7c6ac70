"""One metric of the Horizontal Pod Autoscaler: its input, and the replicas it proposes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field

from devops_exe.design.operation import CalculatorInput, Count, missing

if TYPE_CHECKING:
    from collections.abc import Sequence

Number: TypeAlias = Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0)]
"""A quantity >= 0; a whole one stays whole, so that sums and integer division are exact."""

PositiveNumber: TypeAlias = Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0)]
"""A quantity > 0."""


class Pod(CalculatorInput):
    """A pod of the scale target."""

    usage_milli: Number | None = Field(
        None, description="Sampled usage in milli-units; absent: no sample."
    )
    request_milli: Number | None = Field(
        None, description="Request in milli-units; pods_value does not read it."
    )
    state: Literal["ready", "unready", "pending", "failed", "deleting"] = Field(
        "ready",
        description="The caller decides unready: started less than 300 s ago and not Ready, or "
        "with a sample older than its last transition plus one metric window; or never Ready.",
    )


class _Metric(CalculatorInput):
    unavailable: bool = Field(
        default=False, description="The metrics API gave no value; only type and target are read."
    )


class RatioMetric(_Metric):
    """A plain ratio of current to target; all current replicas count as ready."""

    type: Literal["ratio"] = Field(description="A ratio of two values.")
    target: PositiveNumber = Field(description="Value to hold, in the unit of current.")
    current: Number | None = Field(None, description="Value now.")


class ResourceMetric(_Metric):
    """Utilization of a resource as a percentage of the pods' requests."""

    type: Literal["resource_utilization"] = Field(description="Percent of the requests.")
    target: PositiveNumber = Field(description="Percent of the request to hold.")
    resource: str = Field("cpu", description="Name of the resource; unready counts for cpu only.")
    pods: list[Pod] | None = Field(None, description="Every pod that the selector finds.")


class PodsMetric(_Metric):
    """An average over pods, in milli-units."""

    type: Literal["pods_value"] = Field(description="An average value of the pods.")
    target: PositiveNumber = Field(description="Average to hold, in milli-units.")
    pods: list[Pod] | None = Field(None, description="Every pod that the selector finds.")


class ObjectMetric(_Metric):
    """A metric of one Kubernetes object, as a value or an average over replicas."""

    type: Literal["object_value", "object_average"] = Field(description="Value, or per replica.")
    target: PositiveNumber = Field(description="Value (per replica for the average) to hold.")
    values: Annotated[list[Number], Field(min_length=1, max_length=1)] | None = Field(
        None, description="The value now, a list of one."
    )
    ready_pods: Count | None = Field(
        None, description="Ready pods; absent: current_replicas. The average does not read it."
    )


class ExternalMetric(_Metric):
    """A metric from outside the cluster, as a value or an average over replicas."""

    type: Literal["external_value", "external_average"] = Field(
        description="Value, or per replica."
    )
    target: PositiveNumber = Field(description="Value (per replica for the average) to hold.")
    values: Annotated[list[Number], Field(min_length=1)] | None = Field(
        None, description="The values of the series now; they are summed."
    )
    ready_pods: Count | None = Field(
        None, description="Ready pods; absent: current_replicas. The average does not read it."
    )


Metric: TypeAlias = Annotated[
    RatioMetric | ResourceMetric | PodsMetric | ObjectMetric | ExternalMetric,
    Field(discriminator="type"),
]
"""Any metric; ``type`` tells which."""

ErrorCode = Literal["metric_unavailable", "no_pods", "missing_request", "no_metrics"]
"""Why a metric proposes nothing."""


class Tolerance(NamedTuple):
    """How far a usage ratio may be from 1 before anything changes."""

    up: float
    down: float

    def within(self, ratio: float) -> bool:
        """Whether the ratio is too close to 1 to act, bounds included."""
        return (1.0 - self.down) <= ratio <= (1.0 + self.up)


class Proposal(NamedTuple):
    """What a metric proposes, and the figures behind it before any filling."""

    replicas: int
    usage_ratio: float | None
    utilization: float | None


def propose(metric: Metric, current: int, tolerance: Tolerance, place: str) -> Proposal | ErrorCode:
    """The replicas that one metric asks for, or why it asks for none.

    Source: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go.

    Args:
        metric: the metric.
        current: spec.replicas.
        tolerance: the tolerances in force.
        place: where the metric stands, for errors.

    Raises:
        CalculatorError: ``missing_field`` when the metric is not marked unavailable and has
            no measurement.
    """
    if metric.unavailable:
        return "metric_unavailable"
    if isinstance(metric, RatioMetric):
        if metric.current is None:
            missing(f"{place}.current")
        return _by_value(metric.current, metric.target, current, current, tolerance)
    if isinstance(metric, ResourceMetric | PodsMetric):
        if metric.pods is None:
            missing(f"{place}.pods")
        return _by_pods(metric, metric.pods, current, tolerance)
    if metric.values is None:
        missing(f"{place}.values")
    value = sum(metric.values)
    if metric.type in ("object_average", "external_average"):
        return by_average(value, metric.target, current, tolerance)
    ready = current if metric.ready_pods is None else metric.ready_pods
    return _by_value(value, metric.target, current, ready, tolerance)


def _by_value(
    value: float, target: float, current: int, ready: int, tolerance: Tolerance
) -> Proposal:
    """Value against target: ``ceil(ratio * ready)``; from zero replicas ``ceil(ratio)``."""
    ratio = value / target
    if current == 0:
        replicas = math.ceil(ratio)
    elif tolerance.within(ratio):
        replicas = current
    else:
        replicas = math.ceil(ratio * ready)
    return Proposal(replicas, ratio, value)


def by_average(value: float, target: float, current: int, tolerance: Tolerance) -> Proposal:
    """Value per replica against target: ``ceil(value / target)`` unless within tolerance."""
    if current == 0:
        return Proposal(math.ceil(value / target), None, None)
    ratio = value / (target * current)
    replicas = current if tolerance.within(ratio) else math.ceil(value / target)
    return Proposal(replicas, ratio, math.ceil(value / current))


class _Sum(NamedTuple):
    """Usage, requests and number of the pods that count."""

    usage: float
    request: float
    pods: int

    def utilization(self, *, percent: bool) -> int:
        """Percent of the requests or average, rounded down as Go's integer division does."""
        if percent:
            return int(100 * self.usage // self.request)
        return int(self.usage // self.pods)


def _by_pods(
    metric: ResourceMetric | PodsMetric, pods: Sequence[Pod], current: int, tolerance: Tolerance
) -> Proposal | ErrorCode:
    """The pods algorithm: group, ratio of the ready ones, fill the others, ratio again."""
    if not pods:
        return "no_pods"
    percent = isinstance(metric, ResourceMetric)
    if percent and any(pod.request_milli is None for pod in pods):
        return "missing_request"
    cpu = isinstance(metric, ResourceMetric) and metric.resource == "cpu"
    ready, unready, absent = _group(pods, cpu=cpu)
    if not ready:
        return "no_metrics"
    of_ready = _Sum(
        sum(pod.usage_milli or 0 for pod in ready), _requests(ready, percent=percent), len(ready)
    )
    if percent and of_ready.request == 0:
        return "missing_request"
    utilization = of_ready.utilization(percent=percent)
    ratio = utilization / metric.target
    if not absent and not (unready and ratio > 1.0):
        settled = tolerance.within(ratio)
        return Proposal(current if settled else math.ceil(ratio * len(ready)), ratio, utilization)
    filled = _fill(of_ready, unready, absent, ratio, metric)
    after = filled.utilization(percent=percent) / metric.target
    return Proposal(_settle(ratio, after, filled.pods, current, tolerance), ratio, utilization)


def _group(pods: Sequence[Pod], *, cpu: bool) -> tuple[list[Pod], list[Pod], list[Pod]]:
    """Ready, unready and sampleless pods; failed and deleting ones are in no group."""
    ready: list[Pod] = []
    unready: list[Pod] = []
    absent: list[Pod] = []
    for pod in pods:
        if pod.state in ("failed", "deleting"):
            continue
        if pod.state == "pending":
            unready.append(pod)
        elif pod.usage_milli is None:
            absent.append(pod)
        elif pod.state == "unready" and cpu:
            unready.append(pod)
        else:
            ready.append(pod)
    return ready, unready, absent


def _requests(pods: Sequence[Pod], *, percent: bool) -> float:
    return sum(pod.request_milli or 0 for pod in pods) if percent else 0


def _fill(
    of_ready: _Sum,
    unready: Sequence[Pod],
    absent: Sequence[Pod],
    ratio: float,
    metric: ResourceMetric | PodsMetric,
) -> _Sum:
    """The sums with pods that have no sample counted cautiously, against the direction."""
    percent = isinstance(metric, ResourceMetric)
    usage: float = 0
    added: list[Pod] = []
    if ratio < 1.0:
        added = list(absent)
        if percent:
            share = max(100, metric.target)
            usage = sum((pod.request_milli or 0) * share // 100 for pod in absent)
        else:
            usage = metric.target * len(absent)
    elif ratio > 1.0:
        added = [*absent, *unready]
    return _Sum(
        of_ready.usage + usage,
        of_ready.request + _requests(added, percent=percent),
        of_ready.pods + len(added),
    )


def _settle(before: float, after: float, count: int, current: int, tolerance: Tolerance) -> int:
    """``ceil(after * count)``, or current where filling turned the direction."""
    if tolerance.within(after) or before < 1.0 < after or after < 1.0 < before:
        return current
    replicas = math.ceil(after * count)
    if (after < 1.0 and replicas > current) or (after > 1.0 and replicas < current):
        return current
    return replicas
