"""Exact tails of the binomial and hypergeometric distributions, and the normal quantile.

Probabilities are Loader's saddle-point form (C. Loader, Fast and Accurate Computation of
Binomial Probabilities, 2000; the method of R's dbinom and dhyper): lgamma alone would lose
nine digits at 10^6 requests. Tails sum one side outwards from where they begin, so they
neither underflow nor cancel; the work grows with the standard deviation, hence with sqrt(n).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from devops_exe.design.operation import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

_NORMAL = NormalDist()
_LOG_2PI = math.log(2 * math.pi)

_NEGLIGIBLE = 1e-18
"""A term below this share of its sum cannot change a double."""

# ln n! less Stirling's formula, for 0 <= n < 16; beyond, the series has 15 digits.
_STIRLING_ERROR = (
    0.0,
    *(
        math.log(math.factorial(n)) - ((n + 0.5) * math.log(n) - n + 0.5 * _LOG_2PI)
        for n in range(1, 16)
    ),
)


def upper_quantile(tail: float) -> float:
    """The z above which a standard normal variable lies with probability ``tail``.

    It is computed from the tail itself, which keeps its digits where ``1 - tail`` is 1.

    Raises:
        CalculatorError: ``tail`` is not between 0 and 1 (a halved alpha may underflow).

    >>> round(upper_quantile(0.05), 6)
    1.644854
    """
    if not 0 < tail < 1:
        refuse(f"the probability {tail} has no quantile", where="alpha", fix="use a larger alpha")
    return -_NORMAL.inv_cdf(tail)


def upper_normal(z: float) -> float:
    """Probability that a standard normal variable exceeds ``z``.

    >>> round(upper_normal(1.959964), 6)
    0.025
    """
    return 0.5 * math.erfc(z / math.sqrt(2))


def binomial_probability(x: int, n: int, p: float) -> float:
    """P(X = x) of ``n`` trials with probability ``p``; 0 outside 0..n.

    >>> round(binomial_probability(2, 5, 0.5), 12)
    0.3125
    """
    return math.exp(_log_binomial(x, n, p))


def binomial_upper(x: int, n: int, p: float) -> float:
    """P(X >= x) of ``n`` trials with probability ``p``.

    >>> round(binomial_upper(9, 10, 0.5), 12)
    0.0107421875
    """
    if x <= 0:
        return 1.0
    if x > n or p <= 0:
        return 0.0
    q = 1 - p
    if q <= 0:
        return 1.0
    if x > n * p:
        odds = p / q
        return _outwards(math.exp(_log_binomial(x, n, p)), x, n, lambda k: (n - k) / (k + 1) * odds)
    odds = q / p
    below = x - 1
    # Counted from the other end the lower tail is an upper one.
    return 1 - _outwards(
        math.exp(_log_binomial(below, n, p)), n - below, n, lambda k: (n - k) / (k + 1) * odds
    )


def binomial_probabilities(n: int, p: float) -> list[float]:
    """P(X = 0), ..., P(X = n), by recurrence outwards from the most probable count.

    >>> [round(part, 12) for part in binomial_probabilities(2, 0.5)]
    [0.25, 0.5, 0.25]
    """
    found = [0.0] * (n + 1)
    mode = min(n, int((n + 1) * p))
    peak = binomial_probability(mode, n, p)
    found[mode] = part = peak
    q = 1 - p
    odds = p / q if q > 0 else 0.0
    for k in range(mode, n):
        part *= (n - k) / (k + 1) * odds
        if part == 0:
            break
        found[k + 1] = part
    part = peak
    odds = q / p if p > 0 else 0.0
    for k in range(mode, 0, -1):
        part *= k / (n - k + 1) * odds
        if part == 0:
            break
        found[k - 1] = part
    return found


def hypergeometric_upper(x: int, drawn: int, bad: int, total: int) -> float:
    """P(X >= x) of the bad ones among ``drawn``, when ``bad`` of ``total`` are bad.

    Up to 1000 in total it is a quotient of whole numbers, correct to the last bit.

    >>> hypergeometric_upper(3, 3, 3, 6)
    0.05
    """
    low, high = max(0, drawn + bad - total), min(drawn, bad)
    if x <= low:
        return 1.0
    if x > high:
        return 0.0
    if total <= 1000:
        ways = sum(
            math.comb(bad, k) * math.comb(total - bad, drawn - k) for k in range(x, high + 1)
        )
        return ways / math.comb(total, drawn)
    rest = total - bad - drawn
    if x * total > drawn * bad:
        start = _hypergeometric_probability(x, drawn, bad, total)
        return _outwards(
            start,
            x,
            high,
            lambda k: (bad - k) * (drawn - k) / ((k + 1) * (rest + k + 1)),
        )
    # Exchanging good for bad turns the lower tail of the bad into an upper one of the good.
    good = total - bad
    start = _hypergeometric_probability(x - 1, drawn, bad, total)
    return 1 - _outwards(
        start,
        drawn - x + 1,
        min(drawn, good),
        lambda k: (good - k) * (drawn - k) / ((k + 1) * (bad - drawn + k + 1)),
    )


def _outwards(start: float, first: int, last: int, ratio: Callable[[int], float]) -> float:
    """``start`` and the terms after it, each ``ratio(k)`` times the one at ``k``."""
    total = part = start
    for k in range(first, last):
        part *= ratio(k)
        total += part
        if part <= _NEGLIGIBLE * total:
            break
    return total


def _hypergeometric_probability(x: int, drawn: int, bad: int, total: int) -> float:
    """P(X = x) as a quotient of three binomials (R's dhyper); 0 < drawn < total."""
    p = drawn / total
    return math.exp(
        _log_binomial(x, bad, p)
        + _log_binomial(drawn - x, total - bad, p)
        - _log_binomial(drawn, total, p)
    )


def _log_binomial(x: int, n: int, p: float) -> float:
    """Logarithm of P(X = x), minus infinity where it cannot happen."""
    if x < 0 or x > n:
        return -math.inf
    if x == 0:
        if n == 0:
            return 0.0
        return n * math.log1p(-p) if p < 1 else -math.inf
    if x == n:
        return n * math.log(p) if p > 0 else -math.inf
    if not 0 < p < 1:
        return -math.inf
    main = (
        _stirling_error(n)
        - _stirling_error(x)
        - _stirling_error(n - x)
        - _deviance(x, n * p)
        - _deviance(n - x, n * (1 - p))
    )
    return main - 0.5 * (_LOG_2PI + math.log(x) + math.log1p(-x / n))


def _stirling_error(n: int) -> float:
    """``ln n!`` less Stirling's formula."""
    if n < len(_STIRLING_ERROR):
        return _STIRLING_ERROR[n]
    square = n * n
    return (
        1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square
    ) / n


def _deviance(x: float, mean: float) -> float:
    """``x*ln(x/mean) + mean - x`` without the cancellation near ``x = mean``."""
    difference = x - mean
    if abs(difference) >= 0.1 * (x + mean):
        return x * math.log(x / mean) - difference
    v = difference / (x + mean)
    total = difference * v
    part = 2 * x * v
    for odd in range(3, 2000, 2):
        part *= v * v
        grown = total + part / odd
        if grown == total:
            break
        total = grown
    return total
