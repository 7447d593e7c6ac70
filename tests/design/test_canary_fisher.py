"""Fisher's power against scipy's test itself, table by table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from devops_exe.design.canary.fisher import fisher_samples, rejection_boundary
from devops_exe.design.registry import run

# scipy overflows at rates of 1e-308.
RATES = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(1e-6, 1))


def fisher_power(n: int, p1: float, p2: float, alpha: float = 0.05) -> float:
    answer = run(
        "canary",
        {
            "op": "fisher_power",
            "samples_per_arm": n,
            "baseline_rate": p1,
            "degraded_rate": p2,
            "alpha": alpha,
        },
    )
    power = answer.outputs["power"]
    assert isinstance(power, float)
    return power


def _tails(n: int) -> np.ndarray:
    """P(X >= x) for every baseline count (row) and canary count (column)."""
    b, x = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    return np.asarray(stats.hypergeom.sf(x - 1, 2 * n, b + x, n))


def _brute_power(n: int, p1: float, p2: float, alpha: float) -> float:
    counts = np.arange(n + 1)
    joint = np.outer(stats.binom.pmf(counts, n, p1), stats.binom.pmf(counts, n, p2))
    return float(joint[_tails(n) <= alpha * (1 + 1e-7)].sum())


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 60), p1=RATES, p2=RATES, alpha=st.floats(0.0001, 0.99))
def test_power_is_the_sum_over_all_tables(n: int, p1: float, p2: float, alpha: float) -> None:
    expected = _brute_power(n, p1, p2, alpha)
    assert fisher_power(n, p1, p2, alpha) == pytest.approx(expected, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("n", [2, 9, 30, 150])
@pytest.mark.parametrize("alpha", [0.05, 0.3, 0.95, 1e-9, 1e-40])
def test_boundary_is_where_the_tail_falls_below_alpha(n: int, alpha: float) -> None:
    rejects = _tails(n) <= alpha * (1 + 1e-7)
    expected = np.where(rejects.any(axis=1), rejects.argmax(axis=1), n + 1)
    assert rejection_boundary(n, alpha) == expected.tolist()


def test_boundary_agrees_with_scipys_test() -> None:
    n = 12
    for b, x in enumerate(rejection_boundary(n, 0.05)):
        for canary in range(n + 1):
            table = [[canary, n - canary], [b, n - b]]
            p_value = stats.fisher_exact(table, alternative="greater").pvalue
            assert (p_value <= 0.05) == (canary >= x)


def test_a_tail_equal_to_alpha_rejects() -> None:
    # None of three against three of three: 1 of C(6, 3) = 20 tables.
    assert fisher_power(3, 0.0, 1.0, 0.05) == 1.0
    assert fisher_power(3, 0.0, 1.0, 0.0499) == 0.0


def test_the_level_holds_unconditionally() -> None:
    assert all(fisher_power(40, p, p) <= 0.05 for p in (0.01, 0.1, 0.3, 0.5, 0.8))


@pytest.mark.parametrize(("p1", "p2"), [(0.1, 0.5), (0.05, 0.35), (0.5, 0.85), (0.0, 0.3)])
def test_smallest_sample_is_the_first_with_the_power(p1: float, p2: float) -> None:
    n, power = fisher_samples(p1, p2, alpha=0.05, power=0.8)
    assert power == pytest.approx(_brute_power(n, p1, p2, 0.05), rel=1e-10)
    assert power >= 0.8
    assert all(_brute_power(fewer, p1, p2, 0.05) < 0.8 for fewer in range(2, n))


def test_the_search_starts_at_two() -> None:
    assert fisher_samples(0.1, 0.9, alpha=0.999, power=0.01)[0] == 2


def test_large_samples_approach_the_normal_power() -> None:
    n, p1, p2 = 200_000, 0.01, 0.011
    pooled = (p1 + p2) / 2
    shift = (p2 - p1) * np.sqrt(n)
    z = (shift - 1.6448536 * np.sqrt(2 * pooled * (1 - pooled))) / np.sqrt(
        p1 * (1 - p1) + p2 * (1 - p2)
    )
    assert fisher_power(n, p1, p2) == pytest.approx(stats.norm.cdf(z), abs=0.01)
