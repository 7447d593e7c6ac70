"""CPU and memory requests from usage samples, VPA-like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    Positive,
    missing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class VerticalInput(CalculatorInput):
    """What ``vertical`` reads; at least one of the two lists."""

    op: Literal["vertical"] = Field("vertical", description="The operation.")
    cpu_millicores: list[NonNegative] = Field([], description="CPU samples in millicores.")
    memory_mib: list[NonNegative] = Field([], description="Memory samples in MiB.")
    margin_fraction: NonNegative = Field(0.15, description="Safety margin [VPA recommender].")
    history_days: Positive = Field(8, description="Days of history behind the samples [VPA].")
    min_cpu_millicores: NonNegative = Field(25, description="Least CPU, millicores [VPA].")
    min_memory_mib: NonNegative = Field(250, description="Least memory, MiB [VPA].")


class Request(CalculatorOutput):
    """A recommended request with its bounds, in the unit of the samples."""

    target: float = Field(description="Request to set: 90th percentile with the margin.")
    lower_bound: float = Field(description="Below it a request is too low (50th percentile).")
    upper_bound: float = Field(description="Above it a request is wasteful (95th percentile).")


class VerticalOutput(CalculatorOutput):
    """What ``vertical`` answers, for the resources that have samples."""

    cpu_millicores: Request | None = Field(None, description="CPU request in millicores.")
    memory_mib: Request | None = Field(None, description="Memory request in MiB.")


def vertical(given: VerticalInput) -> VerticalOutput:
    """Requests from samples, like the Vertical Pod Autoscaler's, without decay and buckets.

    ``target = q90*(1 + margin)``; ``lower = q50*(1 + margin)*(1 + 0.001/d)^-2``; ``upper =
    q95*(1 + margin)*(1 + 1/d)`` with d days of history; percentiles by nearest rank
    ``sorted[ceil(p*n) - 1]``; each at least the minimum. VPA-like: the recommender weighs its
    samples by age and counts them in buckets, this reads plain samples.

    Source: kubernetes/autoscaler vertical-pod-autoscaler pkg/recommender/logic
    (recommender.go, estimator.go) for the constants.

    Raises:
        CalculatorError: ``missing_field`` when there are no samples at all.

    >>> out = vertical(VerticalInput(cpu_millicores=[100.0] * 9 + [200.0]))
    >>> round(out.cpu_millicores.target, 9), round(out.cpu_millicores.upper_bound, 9)
    (115.0, 258.75)
    >>> vertical(VerticalInput(memory_mib=[10.0])).memory_mib.target
    250.0
    """
    if not given.cpu_millicores and not given.memory_mib:
        missing("cpu_millicores", "give cpu_millicores or memory_mib, with samples")
    found: dict[str, Request] = {}
    if given.cpu_millicores:
        found["cpu_millicores"] = _request(
            given.cpu_millicores,
            given.min_cpu_millicores,
            given.margin_fraction,
            given.history_days,
        )
    if given.memory_mib:
        found["memory_mib"] = _request(
            given.memory_mib, given.min_memory_mib, given.margin_fraction, given.history_days
        )
    return VerticalOutput(**found)


def _request(samples: Sequence[float], least: float, margin: float, days: float) -> Request:
    ordered = sorted(samples)

    def percentile(share: float) -> float:
        # The slack keeps 0.9 * 10 = 9.000000000000002 at the ninth sample.
        return ordered[max(math.ceil(share * len(ordered) - 1e-9), 1) - 1]

    factor = 1.0 + margin
    return Request(
        target=max(least, percentile(0.9) * factor),
        lower_bound=max(least, percentile(0.5) * factor * (1.0 + 0.001 / days) ** -2),
        upper_bound=max(least, percentile(0.95) * factor * (1.0 + 1.0 / days)),
    )
