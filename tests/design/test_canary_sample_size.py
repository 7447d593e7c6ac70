"""Sample sizes against statsmodels, scipy, published tables and brute force."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    proportion_effectsize,
    samplesize_proportions_2indep_onetail,
)

from devops_exe.design.canary.exact_binomial import exact_binomial
from devops_exe.design.canary.fisher import fisher_samples
from devops_exe.design.canary.sample_size import normal_samples
from devops_exe.design.registry import run

RATES = st.tuples(st.floats(0.001, 0.9), st.floats(0.002, 0.95)).filter(
    lambda pair: pair[1] - pair[0] > 0.002
)
LEVELS = st.floats(0.001, 0.3)
POWERS = st.floats(0.4, 0.99)
RATIOS = st.floats(0.2, 20)


def sizes(**fields: Any) -> dict[str, Any]:
    return dict(run("canary", fields).outputs)


@settings(max_examples=80, deadline=None)
@given(rates=RATES, alpha=LEVELS, power=POWERS, ratio=RATIOS, two_sided=st.booleans())
def test_normal_is_statsmodels(
    rates: tuple[float, float], alpha: float, power: float, ratio: float, two_sided: bool
) -> None:
    p1, p2 = rates
    # below it the quantiles may add up to less than nothing: statsmodels then answers 0, the
    # published equation squares them
    assume(power >= 0.5 > alpha)
    expected = samplesize_proportions_2indep_onetail(
        p2 - p1,
        p1,
        power,
        ratio=ratio,
        alpha=alpha,
        alternative="two-sided" if two_sided else "larger",
    )
    found = sizes(
        baseline_rate=p1,
        degraded_rate=p2,
        alpha=alpha,
        power=power,
        baseline_per_canary=ratio,
        two_sided=two_sided,
    )
    assert found["canary_samples_exact"] == pytest.approx(expected, rel=1e-9)
    assert found["total_samples"] == found["canary_samples"] + found["baseline_samples"]
    assert 0 <= found["canary_samples"] - found["canary_samples_exact"] < 1
    assert found["baseline_samples"] == math.ceil(found["canary_samples_exact"] * ratio - 1e-6)


@settings(max_examples=80, deadline=None)
@given(rates=RATES, alpha=LEVELS, power=POWERS, ratio=RATIOS)
def test_arcsine_is_statsmodels(
    rates: tuple[float, float], alpha: float, power: float, ratio: float
) -> None:
    p1, p2 = rates
    effect = proportion_effectsize(p2, p1)
    found = sizes(
        baseline_rate=p1,
        degraded_rate=p2,
        alpha=alpha,
        power=power,
        baseline_per_canary=ratio,
        method="arcsine",
    )["canary_samples_exact"]
    # Solved for n by statsmodels it is iterative; its power at our n is not.
    assert NormalIndPower().power(
        effect, found, alpha, ratio=ratio, alternative="larger"
    ) == pytest.approx(power, rel=1e-9)


def test_published_sizes() -> None:
    # R 4: power.prop.test(p1 = .50, p2 = .75, power = .90) prints n = 76.7.
    assert normal_samples(0.5, 0.75, alpha=0.05, power=0.9, two_sided=True) == pytest.approx(
        76.7, abs=0.05
    )
    # Cohen 1988, table 6.4.1: h = 0.50, two-sided 5 %, power .80 needs 63 in each sample.
    p2 = math.sin((2 * math.asin(math.sqrt(0.5)) + 0.5) / 2) ** 2
    found = sizes(baseline_rate=0.5, degraded_rate=p2, two_sided=True, method="arcsine")
    assert found["canary_samples"] == 63


@settings(max_examples=50, deadline=None)
@given(rates=RATES, alpha=LEVELS, power=POWERS, ratio=RATIOS)
def test_continuity_correction_adds(
    rates: tuple[float, float], alpha: float, power: float, ratio: float
) -> None:
    p1, p2 = rates
    n = normal_samples(p1, p2, alpha=alpha, power=power, ratio=ratio)
    found = sizes(
        baseline_rate=p1,
        degraded_rate=p2,
        alpha=alpha,
        power=power,
        baseline_per_canary=ratio,
        method="normal_cc",
    )["canary_samples_exact"]
    # The correction moves the root of n by the root of what it adds.
    term = 2 * (ratio + 1) / (ratio * (p2 - p1))
    assert found == pytest.approx((math.sqrt(n) + math.sqrt(n + term)) ** 2 / 4, rel=1e-10)
    assert found > n


def test_continuity_correction_of_nothing_has_a_limit() -> None:
    # Equal alpha and 1 - power need no sample; the correction alone remains: (r + 1)/(2rd).
    found = sizes(baseline_rate=0.25, degraded_rate=0.75, alpha=0.5, power=0.5, method="normal_cc")
    assert found["canary_samples_exact"] == pytest.approx(2.0)


def test_increase_is_added_to_the_baseline() -> None:
    by_increase = sizes(baseline_rate=0.25, min_detectable_increase=0.25)
    assert by_increase == sizes(baseline_rate=0.25, degraded_rate=0.5)
    assert sizes(baseline_rate=0.7, min_detectable_increase=0.3)["canary_samples"] > 0


def test_null_is_absent_and_defaults_hold() -> None:
    plain = sizes(baseline_rate=0.01, degraded_rate=0.02)
    spelled = sizes(
        op="sample_size",
        baseline_rate=0.01,
        degraded_rate=0.02,
        min_detectable_increase=None,
        alpha=None,
        power=0.8,
        two_sided=False,
        baseline_per_canary=1,
        method="normal",
    )
    assert plain == spelled
    assert set(plain) == {
        "canary_samples_exact",
        "canary_samples",
        "baseline_samples",
        "total_samples",
    }


def test_a_two_sided_test_may_look_for_better() -> None:
    better = sizes(baseline_rate=0.02, degraded_rate=0.01, two_sided=True)
    worse = sizes(baseline_rate=0.01, degraded_rate=0.02, two_sided=True)
    assert better["canary_samples_exact"] == pytest.approx(worse["canary_samples_exact"])


def _brute_binomial(p1: float, p2: float, alpha: float, power: float, most: int) -> Any:
    for n in range(1, most + 1):
        counts = np.arange(n + 2)
        tails = stats.binom.sf(counts - 1, n, p1)
        c = int(np.argmax(tails <= alpha * (1 + 1e-9)))
        if stats.binom.sf(c - 1, n, p2) >= power:
            return n, c
    return None


@settings(max_examples=50, deadline=None)
@given(p1=st.floats(0, 0.6), rise=st.floats(0.15, 0.39), alpha=LEVELS, power=POWERS)
def test_exact_binomial_is_brute_force(p1: float, rise: float, alpha: float, power: float) -> None:
    found = exact_binomial(p1, p1 + rise, alpha=alpha, power=power)
    brute = _brute_binomial(p1, p1 + rise, alpha, power, 300)
    assert brute is None or (found.samples, found.critical_failures) == brute
    c, n = found.critical_failures, found.samples
    assert found.actual_alpha == pytest.approx(stats.binom.sf(c - 1, n, p1), rel=1e-10)
    assert found.actual_power == pytest.approx(stats.binom.sf(c - 1, n, p1 + rise), rel=1e-10)


def test_exact_binomial_finds_the_first_tooth_of_the_saw() -> None:
    found = sizes(baseline_rate=0.1, degraded_rate=0.3, method="exact_binomial")
    assert (found["canary_samples"], found["critical_failures"]) == (25, 6)
    assert set(found) == {"canary_samples", "critical_failures", "actual_alpha", "actual_power"}
    # Three requests more are less power, for there the critical count is 7.
    after = stats.binom.sf(stats.binom.isf(0.05, 28, 0.1), 28, 0.3)
    assert after < 0.8 <= found["actual_power"]


@pytest.mark.parametrize(
    ("p1", "p2", "alpha", "power", "n"),
    [
        (0.0, 0.5, 0.05, 0.75, 2),  # 1 - 0.5^2, a tie with the power
        (0.0, 0.9, 0.05, 0.99, 2),  # a tie but for the last bit
        (0.5, 1.0, 0.03125, 0.8, 5),  # 2^-5, a tie with alpha
        (0.5, 1.0, 0.03124, 0.8, 6),
    ],
)
def test_exact_binomial_counts_ties(
    p1: float, p2: float, alpha: float, power: float, n: int
) -> None:
    assert exact_binomial(p1, p2, alpha=alpha, power=power).samples == n


def test_exact_binomial_reaches_thousands_without_underflow() -> None:
    found = exact_binomial(0.5, 0.52, alpha=0.05, power=0.8)
    c, n = found.critical_failures, found.samples
    assert 3700 < n < 4000
    assert stats.binom.sf(c - 1, n, 0.5) <= 0.05 < stats.binom.sf(c - 2, n, 0.5)
    counts = np.arange(1, n)
    criticals = stats.binom.isf(0.05 * (1 + 1e-9), counts, 0.5)
    assert (stats.binom.sf(criticals, counts, 0.52) < 0.8).all()


def test_fisher_answers_both_arms() -> None:
    found = sizes(baseline_rate=0.1, degraded_rate=0.3, method="fisher")
    n, power = fisher_samples(0.1, 0.3, alpha=0.05, power=0.8)
    assert found == {
        "canary_samples": n,
        "baseline_samples": n,
        "total_samples": 2 * n,
        "actual_power": power,
    }
