"""Exact tails against whole-number arithmetic and scipy."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from devops_exe.design.canary.distributions import (
    binomial_probabilities,
    binomial_probability,
    binomial_upper,
    hypergeometric_upper,
    upper_normal,
    upper_quantile,
)
from devops_exe.ground.errors import CalculatorError


@settings(max_examples=100, deadline=None)
@given(n=st.integers(1, 20_000), p=st.floats(0.0001, 0.9999), z=st.floats(-6, 6))
def test_binomial_tail_is_scipys(n: int, p: float, z: float) -> None:
    x = round(n * p + z * math.sqrt(n * p * (1 - p)))
    assert binomial_upper(x, n, p) == pytest.approx(stats.binom.sf(x - 1, n, p), rel=1e-10)


@pytest.mark.parametrize("n", [1, 5, 15, 16, 40])
@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 8), Fraction(255, 256)])
def test_binomial_is_the_exact_fraction(n: int, p: Fraction) -> None:
    exact = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    listed = binomial_probabilities(n, float(p))
    for x in range(n + 1):
        assert binomial_probability(x, n, float(p)) == pytest.approx(float(exact[x]), rel=1e-13)
        assert listed[x] == pytest.approx(float(exact[x]), rel=1e-13)
        assert binomial_upper(x, n, float(p)) == pytest.approx(float(sum(exact[x:])), rel=1e-13)


@pytest.mark.parametrize(
    ("x", "n", "p", "expected"),
    [(0, 5, 0.3, 1), (6, 5, 0.3, 0), (1, 5, 0, 0), (5, 5, 1, 1), (0, 0, 0.3, 1), (-3, 5, 0.3, 1)],
)
def test_binomial_edges(x: int, n: int, p: float, expected: float) -> None:
    assert binomial_upper(x, n, p) == expected


def test_degenerate_binomials_are_listed() -> None:
    assert binomial_probabilities(3, 0.0) == [1, 0, 0, 0]
    assert binomial_probabilities(3, 1.0) == [0, 0, 0, 1]
    assert binomial_probability(-1, 3, 0.5) == 0
    assert binomial_probability(1, 3, 1.0) == 0
    assert binomial_probability(0, 0, 1.0) == 1


def _exact_hypergeometric(x: int, drawn: int, bad: int, total: int) -> float:
    ways = sum(
        math.comb(bad, k) * math.comb(total - bad, drawn - k) for k in range(x, min(bad, drawn) + 1)
    )
    return ways / math.comb(total, drawn)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), total=st.one_of(st.integers(2, 1000), st.integers(1001, 3000)))
def test_hypergeometric_tail_is_the_exact_quotient(data: st.DataObject, total: int) -> None:
    drawn, bad = (data.draw(st.integers(0, total)) for _ in range(2))
    x = data.draw(st.integers(max(0, drawn + bad - total), min(drawn, bad) + 1))
    exact = _exact_hypergeometric(x, drawn, bad, total)
    assert hypergeometric_upper(x, drawn, bad, total) == pytest.approx(exact, rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(
    total=st.integers(10_000, 10**7),
    share=st.floats(0.05, 0.95),
    rate=st.floats(0.001, 0.5),
    z=st.floats(-4, 4),
)
def test_large_hypergeometric_tail_is_scipys(
    total: int, share: float, rate: float, z: float
) -> None:
    drawn, bad = int(total * share), int(total * rate)
    mean = drawn * bad / total
    x = max(0, round(mean + z * math.sqrt(mean * (1 - rate) * (1 - share))))
    # scipy's own lgamma differences lose digits at this size: 1e-7 is what it can say.
    expected = stats.hypergeom.sf(x - 1, total, bad, drawn)
    assert hypergeometric_upper(x, drawn, bad, total) == pytest.approx(expected, rel=1e-7)


def test_hypergeometric_approaches_the_binomial_at_a_billion() -> None:
    # Of 10^12 requests half are bad; 1000 drawn of them are as good as independent.
    assert hypergeometric_upper(530, 1000, 5 * 10**11, 10**12) == pytest.approx(
        binomial_upper(530, 1000, 0.5), rel=1e-6
    )


@pytest.mark.parametrize("tail", [1e-300, 1e-12, 0.001, 0.025, 0.5, 0.9, 0.999999])
def test_normal_quantile_and_tail_are_inverse(tail: float) -> None:
    assert upper_quantile(tail) == pytest.approx(stats.norm.isf(tail), rel=1e-12, abs=1e-15)
    assert upper_normal(upper_quantile(tail)) == pytest.approx(tail, rel=1e-11)


@pytest.mark.parametrize("tail", [0.0, 1.0, -0.5])
def test_no_quantile_outside_the_open_interval(tail: float) -> None:
    with pytest.raises(CalculatorError, match="no quantile"):
        upper_quantile(tail)
