"""The arithmetic of eval runs: pass rates over repeats, intervals, and paired comparison."""

from __future__ import annotations

from math import comb, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Interval(NamedTuple):
    """Bounds of a proportion."""

    low: float
    high: float


def wilson(passed: float, total: int, confidence: float = 0.95) -> Interval:
    """Score interval of a proportion (Wilson 1927), never outside 0 and 1.

    Args:
        passed: successes; a mean rate × total may be fractional.
        total: trials that are independent of each other.
        confidence: coverage asked for.

    >>> tuple(round(x, 4) for x in wilson(8, 10))
    (0.4902, 0.9433)
    """
    if total == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p = passed / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    low = 0.0 if passed == 0 else max(0.0, centre - half)
    high = 1.0 if passed == total else min(1.0, centre + half)
    return Interval(low, high)


def pass_at(k: int, passed: int, total: int) -> float:
    """Chance that one or more of ``k`` trials passes (Chen et al. 2021, unbiased).

    1 - C(n-c, k)/C(n, k), of c passed among n.

    >>> pass_at(1, 3, 4), pass_at(2, 3, 4)
    (0.75, 1.0)
    """
    k = min(k, total)
    return 1 - comb(total - passed, k) / comb(total, k)


def pass_all(k: int, passed: int, total: int) -> float:
    """Chance that all of ``k`` trials pass, pass^k (Yao et al. 2024): C(c, k)/C(n, k).

    >>> pass_all(1, 3, 4), pass_all(2, 3, 4)
    (0.75, 0.5)
    """
    k = min(k, total)
    return comb(passed, k) / comb(total, k)


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def mcnemar(lost: int, won: int) -> float:
    """Two-sided exact p value of paired outcomes (McNemar 1947, binomial form).

    Under no difference, each case that turned is as likely to be lost as won:
    2 × P(X <= min) with X ~ Binomial(lost + won, 1/2), at most 1.

    >>> mcnemar(6, 0), mcnemar(1, 1)
    (0.03125, 1.0)
    """
    turned = lost + won
    if turned == 0:
        return 1.0
    tail = sum(comb(turned, i) for i in range(min(lost, won) + 1))
    return float(min(1.0, 2 * tail / 2**turned))
