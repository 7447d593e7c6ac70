"""Repeated looks against published tables, two dimensions of scipy, and a plain grid."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from devops_exe.design.canary.looks import repeated_false_positive_rate
from devops_exe.design.registry import run


def looks(**fields: Any) -> dict[str, Any]:
    return dict(run("canary", {"op": "looks", **fields}).outputs)


@pytest.mark.parametrize(
    ("alpha", "rates"),
    [
        # Armitage, McPherson & Rowe 1969, table 2 (normal, two-sided).
        (0.05, {1: 0.050, 2: 0.083, 3: 0.107, 4: 0.126, 5: 0.142, 10: 0.193, 20: 0.248, 50: 0.320}),
        (0.01, {1: 0.010, 2: 0.018, 3: 0.024, 4: 0.029, 5: 0.033, 10: 0.047, 20: 0.064, 50: 0.088}),
    ],
)
def test_published_rates(alpha: float, rates: dict[int, float]) -> None:
    for count, rate in rates.items():
        assert repeated_false_positive_rate(count, alpha) == pytest.approx(rate, abs=6e-4)


@settings(max_examples=50, deadline=None)
@given(alpha=st.floats(0.001, 0.999))
def test_two_looks_are_a_bivariate_normal(alpha: float) -> None:
    z = stats.norm.isf(alpha / 2)
    joint = stats.multivariate_normal(cov=[[1, math.sqrt(0.5)], [math.sqrt(0.5), 1]])
    inside = joint.cdf([z, z]) - joint.cdf([z, -z]) - joint.cdf([-z, z]) + joint.cdf([-z, -z])
    assert repeated_false_positive_rate(2, alpha) == pytest.approx(1 - inside, abs=1e-6)


def _by_grid(count: int, alpha: float, points: int = 501) -> float:
    """The recursion by the trapezoid rule on the whole interval."""
    z = stats.norm.isf(alpha / 2)

    def grid(bound: float) -> tuple[np.ndarray, np.ndarray]:
        at = np.linspace(-bound, bound, points)
        weight = np.full(points, at[1] - at[0])
        weight[[0, -1]] /= 2
        return at, weight

    u, weight = grid(z)
    mass = stats.norm.pdf(u) * weight
    for j in range(2, count + 1):
        s, weight = grid(z * math.sqrt(j))
        mass = (stats.norm.pdf(s[:, None] - u[None, :]) @ mass) * weight
        u = s
    return 1 - float(mass.sum())


@pytest.mark.parametrize("alpha", [0.9, 0.05, 0.001])
@pytest.mark.parametrize("count", [3, 7, 12])
def test_any_level_is_the_grids(count: int, alpha: float) -> None:
    assert repeated_false_positive_rate(count, alpha) == pytest.approx(
        _by_grid(count, alpha), abs=2e-5
    )


@pytest.mark.parametrize("alpha", [1e-300, 1e-12, 0.05, 0.999999])
def test_rates_stay_between_one_look_and_all(alpha: float) -> None:
    rates = [repeated_false_positive_rate(count, alpha) for count in (1, 2, 5, 25)]
    assert rates == sorted(rates)
    assert rates[0] == alpha
    assert rates[-1] <= min(1.0, 25 * alpha)


def test_fifty_looks_take_no_time() -> None:
    repeated_false_positive_rate(50, 0.05)
    began = time.process_time()
    repeated_false_positive_rate(50, 0.05)
    assert time.process_time() - began < 0.5


def test_plain_levels() -> None:
    told = looks(looks=5)
    assert told["bonferroni_alpha_per_look"] == pytest.approx(0.01)
    assert told["sidak_alpha_per_look"] == pytest.approx(1 - 0.95**0.2)
    assert told["independent_false_positive_rate"] == pytest.approx(1 - 0.95**5)
    assert "cumulative_alpha" not in told
    assert "increment_alpha" not in told


def test_more_than_fifty_looks_have_no_repeated_rate() -> None:
    assert looks(looks=50)["repeated_false_positive_rate"] == pytest.approx(0.3204, abs=2e-4)
    assert looks(looks=51)["repeated_false_positive_rate"] is None


@pytest.mark.parametrize(
    ("method", "spent"),
    [
        # Lan & DeMets spending at t = 0.2, 0.4, ..., 1 (two-sided 5 %).
        ("pocock", [0.01477, 0.02616, 0.03543, 0.04324, 0.05]),
        ("obrien_fleming", [1.17e-5, 0.00194, 0.01140, 0.02843, 0.05]),
    ],
)
def test_spending(method: str, spent: list[float]) -> None:
    told = looks(looks=5, method=method)
    assert told["cumulative_alpha"] == pytest.approx(spent, abs=6e-6)
    assert told["cumulative_alpha"][-1] == pytest.approx(0.05, rel=1e-12)
    assert np.cumsum(told["increment_alpha"]) == pytest.approx(told["cumulative_alpha"])


@settings(max_examples=50, deadline=None)
@given(count=st.integers(1, 60), alpha=st.floats(1e-6, 0.99))
def test_spending_is_the_formula(count: int, alpha: float) -> None:
    t = np.arange(1, count + 1) / count
    pocock = looks(looks=count, alpha=alpha, method="pocock")["cumulative_alpha"]
    assert pocock == pytest.approx(alpha * np.log(1 + (math.e - 1) * t), rel=1e-10)
    fleming = looks(looks=count, alpha=alpha, method="obrien_fleming")["cumulative_alpha"]
    z = stats.norm.isf(alpha / 2)
    assert fleming == pytest.approx(2 * stats.norm.sf(z / np.sqrt(t)), rel=1e-9)
