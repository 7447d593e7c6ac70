"""Replicas from load: stability, utilization, waiting, and the loss of zones."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    OpenRatio,
    Positive,
    PositiveCount,
    ceil_eps,
    refuse,
)
from devops_exe.design.refusal import shown
from devops_exe.design.scaling.erlang import wait_over, wait_probability


class CapacityInput(CalculatorInput):
    """What ``capacity`` reads."""

    op: Literal["capacity"] = Field("capacity", description="The operation.")
    arrival_rps: NonNegative = Field(description="Arrivals in requests per second.")
    mean_service_ms: Positive = Field(
        description="Mean busy time of one worker per request, in ms."
    )
    workers_per_replica: PositiveCount = Field(
        1, description="Requests one replica works on at once."
    )
    target_utilization: OpenRatio = Field(
        0.7, description="Busy share of the workers not to exceed [assumption]."
    )
    max_wait_probability: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Largest accepted probability that a request waits."
    )
    max_wait_ms: NonNegative | None = Field(
        None, description="Wait in ms that wait_percentile of the requests must not exceed."
    )
    wait_percentile: Annotated[float, Field(ge=0, lt=100)] = Field(
        95, description="Percentile that max_wait_ms holds for, in percent, below 100."
    )
    zones: PositiveCount = Field(1, description="Zones the replicas are spread over.")
    zone_failures_tolerated: Count = Field(
        0, description="Zones whose loss must leave enough replicas; fewer than zones."
    )


class CapacityOutput(CalculatorOutput):
    """What ``capacity`` answers; queueing figures are those at ``replicas_needed``."""

    replicas_for_stability: int = Field(description="Fewest replicas that keep the queue finite.")
    replicas_for_utilization: int = Field(description="Fewest replicas within the utilization.")
    replicas_for_wait: int | None = Field(
        description="Fewest replicas within the waiting limits; null when none was asked for."
    )
    replicas_needed: int = Field(description="The largest of these, at least 1.")
    replicas_per_zone: int = Field(description="Replicas in each zone.")
    total_replicas: int = Field(description="Replicas in all zones.")
    offered_load_erlangs: float = Field(description="Offered load in erlangs.")
    utilization_at_needed: float = Field(description="Busy share of the workers, zones lost.")
    utilization_normal: float = Field(description="Busy share of the workers, all zones up.")
    wait_probability: float = Field(description="Probability that a request waits (Erlang C).")
    mean_wait_ms: float = Field(description="Mean wait in ms.")
    mean_response_ms: float = Field(description="Mean wait plus service in ms.")
    mean_in_system: float = Field(description="Mean requests waiting or served (Little).")
    replicas_after_zone_loss: int = Field(
        description="Replicas left when as many zones are lost as are tolerated."
    )
    target_rps_per_replica: float = Field(
        description="Requests per second of one replica at the target utilization."
    )


def capacity(given: CapacityInput) -> CapacityOutput:
    """Replicas that carry a load, and what requests then see.

    ``a = rate * service``; stability ``floor(a/workers) + 1``; utilization
    ``ceil(a/(workers*target))``; waiting: the fewest replicas whose pooled workers give
    ``C <= max_wait_probability`` and ``P(W > max_wait) <= 1 - percentile/100`` (M/M/c). The
    largest is needed when ``failures`` zones are down, so each zone holds
    ``ceil(needed/(zones - failures))``. ``L = lambda * W``.

    Source: Little 1961; Gross & Harris, Fundamentals of Queueing Theory, ch. 2 (Erlang 1917);
    AWS Builders' Library, Static stability using Availability Zones.

    Raises:
        CalculatorError: ``invalid_input`` when not fewer zones may fail than there are.

    >>> out = capacity(CapacityInput(arrival_rps=100, mean_service_ms=50))
    >>> out.offered_load_erlangs, out.replicas_for_stability, out.replicas_needed
    (5.0, 6, 8)
    >>> out = capacity(
    ...     CapacityInput(
    ...         arrival_rps=100, mean_service_ms=50, max_wait_probability=0.01,
    ...         zones=3, zone_failures_tolerated=1,
    ...     )
    ... )
    >>> out.replicas_for_wait, out.replicas_per_zone, out.total_replicas
    (12, 6, 18)
    """
    if given.zone_failures_tolerated >= given.zones:
        refuse(
            f"zone_failures_tolerated {shown(given.zone_failures_tolerated)} leaves none of "
            f"{shown(given.zones)} zones",
            where="zone_failures_tolerated",
            fix="it should be less than zones",
        )
    workers = given.workers_per_replica
    load = given.arrival_rps * given.mean_service_ms / 1000.0
    stability = math.floor(load / workers + 1e-9) + 1 if load > 0 else 0
    utilization = ceil_eps(load / (workers * given.target_utilization))
    for_wait = _for_wait(given, load, max(1, stability))
    needed = max(1, stability, utilization, for_wait or 0)
    per_zone = -(-needed // (given.zones - given.zone_failures_tolerated))
    total = per_zone * given.zones

    servers = needed * workers
    waiting = wait_probability(servers, load)
    mean_wait = waiting * given.mean_service_ms / (servers - load)
    response = mean_wait + given.mean_service_ms
    return CapacityOutput(
        replicas_for_stability=stability,
        replicas_for_utilization=utilization,
        replicas_for_wait=for_wait,
        replicas_needed=needed,
        replicas_per_zone=per_zone,
        total_replicas=total,
        offered_load_erlangs=load,
        utilization_at_needed=load / servers,
        utilization_normal=load / (total * workers),
        wait_probability=waiting,
        mean_wait_ms=mean_wait,
        mean_response_ms=response,
        mean_in_system=given.arrival_rps * response / 1000.0,
        replicas_after_zone_loss=per_zone * (given.zones - given.zone_failures_tolerated),
        target_rps_per_replica=(
            workers * given.target_utilization * 1000.0 / given.mean_service_ms
        ),
    )


def _for_wait(given: CapacityInput, load: float, least: int) -> int | None:
    """The fewest replicas, from ``least``, that keep waiting within what was asked."""
    if given.max_wait_probability is None and given.max_wait_ms is None:
        return None
    limit = 1.0 if given.max_wait_probability is None else given.max_wait_probability
    tail = 1.0 - given.wait_percentile / 100.0

    def enough(replicas: int) -> bool:
        servers = replicas * given.workers_per_replica
        waiting = wait_probability(servers, load)
        if waiting > limit:
            return False
        if given.max_wait_ms is None:
            return True
        services = given.max_wait_ms / given.mean_service_ms
        return wait_over(servers, load, waiting, services) <= tail

    # Both probabilities fall with every server: gallop past the answer, then halve.
    if enough(least):
        return least
    too_few, step = least, 1
    while not enough(too_few + step):
        too_few += step
        step *= 2
    fits = too_few + step
    while fits - too_few > 1:
        middle = (too_few + fits) // 2
        if enough(middle):
            fits = middle
        else:
            too_few = middle
    return fits
