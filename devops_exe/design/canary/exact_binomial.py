"""The smallest canary sample whose exact binomial test has the power asked for."""

from __future__ import annotations

from dataclasses import dataclass

from devops_exe.design.canary.distributions import binomial_upper
from devops_exe.ground.errors import CalculatorError

MOST_SAMPLES = 5000
"""Largest n that is tried; beyond, the normal approximation is as good."""

ALPHA_SLACK = 1e-9
"""Relative slack of the comparison with alpha: a tail that equals it must count."""

POWER_SLACK = 1e-12
"""Relative slack of the comparison with the power: rounding must not cost a sample."""


@dataclass(frozen=True, slots=True)
class BinomialDesign:
    """A sample, and the count of bad requests that condemns it.

    Attributes:
        samples: requests of the canary.
        critical_failures: smallest number of bad ones that calls it degraded.
        actual_alpha: probability of that at the baseline's rate.
        actual_power: probability of that at the degraded rate.
    """

    samples: int
    critical_failures: int
    actual_alpha: float
    actual_power: float


def exact_binomial(p1: float, p2: float, *, alpha: float, power: float) -> BinomialDesign:
    """The smallest n whose one-sided exact binomial test reaches ``power``.

    Equation: with ``c`` the smallest count with ``P(X >= c | n, p1) <= alpha*(1 + 1e-9)``, the
    smallest n from 1 with ``P(X >= c | n, p2) >= power``. Power is a saw-tooth in n, so larger
    n may fall below it again. Source: Chernick & Liu 2002, The Saw-Toothed Behavior
    of Power Versus Sample Size.

    From n to n + 1 the critical count stays or rises by one, so each n costs at most three
    tails of about ``10*sqrt(n)`` terms: the time grows with n^1.5 (0.3 s at 5000).

    Args:
        p1: bad ratio of the baseline, taken as known.
        p2: bad ratio that must be caught, above ``p1``.
        alpha: largest probability of a false alarm.
        power: smallest probability of detection.

    Raises:
        CalculatorError: ``too_large`` when more than 5000 requests are needed.

    >>> design = exact_binomial(0.0, 0.05, alpha=0.05, power=0.95)
    >>> design.samples, design.critical_failures
    (59, 1)
    >>> exact_binomial(0.5, 0.9, alpha=0.05, power=0.8).samples
    8
    """
    allowed = alpha * (1 + ALPHA_SLACK)
    wanted = power * (1 - POWER_SLACK)
    critical = 0
    for samples in range(1, MOST_SAMPLES + 1):
        actual_alpha = binomial_upper(critical, samples, p1)
        while actual_alpha > allowed:
            critical += 1
            actual_alpha = binomial_upper(critical, samples, p1)
        actual_power = binomial_upper(critical, samples, p2)
        if actual_power >= wanted:
            return BinomialDesign(samples, critical, actual_alpha, actual_power)
    raise CalculatorError(
        f"more than {MOST_SAMPLES} requests are needed",
        where="method",
        fix="use method normal, which agrees at that size, or a larger difference",
        code="too_large",
    )
