"""Erlang B and C: blocking and waiting of c servers at an offered load."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    Positive,
    PositiveCount,
)


class ErlangInput(CalculatorInput):
    """What ``erlang`` reads."""

    op: Literal["erlang"] = Field("erlang", description="The operation.")
    servers: PositiveCount = Field(description="Servers c working side by side.")
    offered_load_erlangs: NonNegative = Field(
        description="Offered load a = arrival rate * mean service time, in erlangs."
    )
    mean_service_ms: Positive | None = Field(None, description="Mean service time S in ms.")
    wait_over_ms: NonNegative | None = Field(
        None, description="Waiting time t in ms whose probability is asked for."
    )


class ErlangOutput(CalculatorOutput):
    """What ``erlang`` answers."""

    erlang_b: float = Field(description="Probability that an arrival is blocked (no queue).")
    wait_probability: float = Field(description="Probability C that an arrival waits; 1 unstable.")
    stable: bool = Field(description="Whether the load is below the number of servers.")
    mean_wait_ms: float | None = Field(
        description="Mean wait in ms; null when unstable or without mean_service_ms."
    )
    probability_wait_over: float | None = Field(
        description="P(W > wait_over_ms); null when unstable or without its inputs."
    )


def erlang(given: ErlangInput) -> ErlangOutput:
    """Blocking and waiting of c servers at an offered load of a erlangs (M/M/c).

    ``B_0 = 1``, ``B_k = a*B/(k + a*B)``; ``C = B/(1 - rho*(1 - B))`` with ``rho = a/c``;
    mean wait ``C*S/(c - a)``; ``P(W > t) = C*exp(-(c - a)*t/S)``.

    Source: Gross & Harris, Fundamentals of Queueing Theory, ch. 2 (Erlang 1917).

    >>> out = erlang(ErlangInput(servers=2, offered_load_erlangs=1.0, mean_service_ms=100.0))
    >>> out.erlang_b, round(out.wait_probability, 12), round(out.mean_wait_ms, 9)
    (0.2, 0.333333333333, 33.333333333)
    >>> out = erlang(ErlangInput(servers=3, offered_load_erlangs=3.0))
    >>> round(out.erlang_b, 6), out.wait_probability, out.stable
    (0.346154, 1.0, False)
    """
    servers, load = given.servers, given.offered_load_erlangs
    waiting = wait_probability(servers, load)
    stable = load < servers
    service = given.mean_service_ms
    mean_wait: float | None = None
    over: float | None = None
    if stable and service is not None:
        mean_wait = waiting * service / (servers - load)
        if given.wait_over_ms is not None:
            over = wait_over(servers, load, waiting, given.wait_over_ms / service)
    return ErlangOutput(
        erlang_b=blocking_probability(servers, load),
        wait_probability=waiting,
        stable=stable,
        mean_wait_ms=mean_wait,
        probability_wait_over=over,
    )


_RECURSION_UP_TO = 2000
"""Servers up to which the recursion runs; beyond, an integral of the same value is quicker."""


def blocking_probability(servers: int, load: float) -> float:
    """Erlang B: probability that all servers are busy and nobody may queue."""
    if load == 0:
        return 0.0
    if servers > _RECURSION_UP_TO:
        return _blocking_by_integral(float(servers), load)
    blocked = 1.0
    for count in range(1, servers + 1):
        carried = load * blocked
        blocked = carried / (count + carried)
    return blocked


def wait_probability(servers: int, load: float) -> float:
    """Erlang C: probability that an arrival waits; 1 when the load reaches the servers."""
    if load >= servers:
        return 1.0
    blocked = blocking_probability(servers, load)
    return min(1.0, blocked / (1.0 - load / servers * (1.0 - blocked)))


def wait_over(servers: int, load: float, waiting: float, services: float) -> float:
    """``P(W > t)`` of a stable queue, with t counted in mean service times."""
    return waiting * math.exp(-(servers - load) * services)


_NEGLIGIBLE = 45.0
"""Exponent beyond which an integrand adds nothing to a double."""


def _blocking_by_integral(servers: float, load: float) -> float:
    """Erlang B from ``1/B = c * integral over s >= a/c - 1 of exp(c*(phi(s) - phi(a/c - 1)))``.

    With ``phi(s) = ln(1 + s) - s``; it is the classic ``1/B = a * integral over t >= 0 of
    exp(-a*t)*(1 + t)^c`` (Jagerman 1974) moved to the peak p of the integrand. In ``q = (s -
    p)/(1 + p)`` the exponent is ``c*(phi(q) - p*q)``, free of cancellation, and the same few
    hundred nodes serve any number of servers.
    """
    start = (load - servers) / servers
    if start <= -1.0:  # a/c is below the precision of a double: B is far below its range
        return 0.0
    peak = max(start, 0.0)
    spread = math.sqrt(2.0 * _NEGLIGIBLE / servers)
    low = max(start, -spread) if start < 0.0 else 0.0
    high = 1.5 * spread  # ln(1 + q) - q falls more slowly to the right than a parabola
    if peak > 0.0:
        high = min(high, _NEGLIGIBLE / (servers * peak))
    half, middle = (high - low) / 2.0, (high + low) / 2.0
    # Tanh-sinh quadrature: nodes crowd at both ends, the error falls faster than any power.
    step, total = 1.0 / 32.0, 0.0
    for number in range(-112, 113):
        at = number * step
        inner = math.pi / 2.0 * math.sinh(at)
        outer = math.cosh(inner)
        place = middle + half * math.tanh(inner)
        height = math.exp(servers * (_log1p_minus(place) - peak * place))
        total += math.cosh(at) / (outer * outer) * height
    integral = total * step * half * math.pi / 2.0 * (1.0 + peak)
    fall = servers * _log1p_minus(start) if start < 0.0 else 0.0
    return min(1.0, math.exp(fall) / (servers * integral))


def _log1p_minus(x: float) -> float:
    """``ln(1 + x) - x`` without cancellation near 0."""
    if abs(x) > 0.01:
        return math.log1p(x) - x
    term, total = -x * x, 0.0
    for power in range(2, 12):
        total += term / power
        term *= -x
    return total
