"""Unconditional power of Fisher's exact test, and the sample it needs."""

from __future__ import annotations

from itertools import accumulate
from typing import Literal

from pydantic import Field

from devops_exe.design.canary.distributions import binomial_probabilities
from devops_exe.design.canary.exact_binomial import POWER_SLACK
from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    OpenRatio,
    PositiveCount,
    Ratio,
    refuse,
)
from devops_exe.ground.errors import CalculatorError

MOST_SAMPLES = 1000
"""Largest sample of an arm that the search tries."""

MOST_POWER_SAMPLES = 1_000_000
"""Largest sample of an arm whose power is computed: about two seconds."""

ALPHA_SLACK = 1e-7
"""Relative slack of the comparison of a tail with alpha: one that equals it must count."""

SMALLEST_ALPHA = 1e-280
"""Below it the tails of the walk would leave the range of a double."""


class FisherPowerInput(CalculatorInput):
    """Two equal samples and the rates behind them."""

    op: Literal["fisher_power"] = Field("fisher_power", description="the operation")
    samples_per_arm: PositiveCount = Field(description="requests of each of the two versions")
    baseline_rate: Ratio = Field(
        description="bad requests as a ratio of all, of the version in service, in [0, 1]"
    )
    degraded_rate: Ratio = Field(description="bad ratio of the canary, in [0, 1]")
    alpha: OpenRatio = Field(0.05, description="level of the one-sided test")


class FisherPowerOutput(CalculatorOutput):
    """Probability of calling the canary degraded."""

    power: float = Field(description="probability that the test rejects, 0 to 1")


def fisher_power(given: FisherPowerInput) -> FisherPowerOutput:
    """Unconditional power of the one-sided Fisher exact test of two equal samples.

    Equation: ``sum over b, x of P(b | n, p1) * P(x | n, p2)`` where the hypergeometric tail
    ``P(X >= x | b + x of 2n) <= alpha*(1 + 1e-7)``; ``b`` bad requests of the baseline, ``x``
    of the canary. Source: Fisher 1935; Fleiss, Levin & Paik 2003, ch. 4. The time grows with n.

    Raises:
        CalculatorError: ``too_large`` above 1000000 requests an arm.

    Three against three can only reject 0 against 3 bad (its tail is 1/20):

    >>> fisher_power(FisherPowerInput(
    ...     samples_per_arm=3, baseline_rate=0, degraded_rate=1)).power
    1.0

    >>> round(fisher_power(FisherPowerInput(
    ...     samples_per_arm=50, baseline_rate=0.1, degraded_rate=0.3)).power, 6)
    0.747904
    """
    if given.samples_per_arm > MOST_POWER_SAMPLES:
        refuse(
            f"{given.samples_per_arm} requests an arm are too many for an exact sum",
            where="samples_per_arm",
            fix=f"give at most {MOST_POWER_SAMPLES}; at that size the normal method agrees",
            code="too_large",
        )
    _check_alpha(given.alpha)
    return FisherPowerOutput(
        power=_power(given.samples_per_arm, given.baseline_rate, given.degraded_rate, given.alpha)
    )


def fisher_samples(p1: float, p2: float, *, alpha: float, power: float) -> tuple[int, float]:
    """The smallest equal samples at which Fisher's one-sided test has the power, and that power.

    Equation: the smallest n from 2 with :func:`fisher_power` >= power; power is a saw-tooth in
    n. Source: as there. Each n takes O(n), the search O(n^2): half a second at 1000.

    Args:
        p1: bad ratio of the baseline.
        p2: bad ratio that must be caught, above ``p1``.
        alpha: level of the test.
        power: smallest probability of detection.

    Raises:
        CalculatorError: ``too_large`` when more than 1000 an arm are needed.

    >>> fisher_samples(0.0, 1.0, alpha=0.05, power=0.8)
    (3, 1.0)
    >>> fisher_samples(0.1, 0.5, alpha=0.05, power=0.8)[0]
    19
    """
    _check_alpha(alpha)
    wanted = power * (1 - POWER_SLACK)
    for samples in range(2, MOST_SAMPLES + 1):
        found = _power(samples, p1, p2, alpha)
        if found >= wanted:
            return samples, found
    raise CalculatorError(
        f"more than {MOST_SAMPLES} requests an arm are needed",
        where="method",
        fix="use method normal_cc, which agrees at that size, or a larger difference",
        code="too_large",
    )


def rejection_boundary(n: int, alpha: float) -> list[int]:
    """Smallest bad count of the canary that rejects, for each bad count 0..n of the baseline.

    n + 1 stands for "none rejects". With ``m = b + x`` bad in all, the tail ``T = P(X >= x)``
    and the probability ``f = P(X = x)`` are carried along the boundary, which only rises:

    - canary one more: ``T -= f*(n - b)/(2n - m)``;
    - baseline one more: ``T += f*x*(n - b)/((b + 1)*(2n - m))``.

    Both follow from drawing one bad request more. Along the boundary T stays within a small
    factor of alpha, so what rounding adds stays relative to alpha (about 1e-13 at n = 1000).

    >>> rejection_boundary(5, 0.05)
    [4, 5, 6, 6, 6, 6]
    """
    allowed = alpha * (1 + ALPHA_SLACK)
    boundary: list[int] = []
    x = 0
    tail = part = 1.0
    for b in range(n + 1):
        while tail > allowed and x <= n:
            left = 2 * n - b - x
            if b:
                tail -= part * (n - b) / left if left else part
            part = part * (n - x) * (b + x + 1) / ((x + 1) * left) if left else 0.0
            x += 1
            if not b:
                # With no bad baseline request the tail is its first term alone.
                tail = part
        if x > n:
            break
        boundary.append(x)
        left = 2 * n - b - x
        if left:
            tail += part * x * (n - b) / ((b + 1) * left)
            part = part * (n - b) * (b + x + 1) / ((b + 1) * left)
    return boundary + [n + 1] * (n + 1 - len(boundary))


def _power(n: int, p1: float, p2: float, alpha: float) -> float:
    """The sum over the baseline's counts, each with the canary's upper tail."""
    upper = list(accumulate(reversed(binomial_probabilities(n, p2)), initial=0.0))
    # upper[k] is P(X >= n + 1 - k).
    baseline = binomial_probabilities(n, p1)
    total = sum(
        part * upper[n + 1 - x]
        for part, x in zip(baseline, rejection_boundary(n, alpha), strict=True)
    )
    return min(total, 1.0)


def _check_alpha(alpha: float) -> None:
    if alpha < SMALLEST_ALPHA:
        refuse(
            f"alpha {alpha} is beyond what double precision holds",
            where="alpha",
            fix=f"give an alpha of at least {SMALLEST_ALPHA}",
        )
