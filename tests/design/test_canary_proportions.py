"""The two-proportion test against scipy and statsmodels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from devops_exe.design.canary import proportions
from devops_exe.design.registry import run


def compare(baseline: tuple[int, int], canary: tuple[int, int], **more: Any) -> dict[str, Any]:
    fields = {
        "op": "test",
        "baseline_bad": baseline[0],
        "baseline_total": baseline[1],
        "canary_bad": canary[0],
        "canary_total": canary[1],
    }
    return dict(run("canary", {**fields, **more}).outputs)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), totals=st.tuples(st.integers(1, 3000), st.integers(1, 3000)))
def test_figures_are_scipys(data: st.DataObject, totals: tuple[int, int]) -> None:
    of_baseline, of_canary = totals
    baseline, canary = (data.draw(st.integers(0, total)) for total in totals)
    told = compare((baseline, of_baseline), (canary, of_canary))
    table = [[canary, of_canary - canary], [baseline, of_baseline - baseline]]
    exact = stats.fisher_exact(table, alternative="greater").pvalue
    assert told["fisher_p_value"] == pytest.approx(exact, rel=1e-7, abs=1e-300)
    assert told["degraded"] == (exact <= 0.05 * (1 + 1e-7))
    if 0 < baseline + canary < of_baseline + of_canary:
        z, p_value = proportions_ztest(
            [canary, baseline], [of_canary, of_baseline], alternative="larger"
        )
        assert told["z"] == pytest.approx(z, rel=1e-8, abs=1e-12)
        assert told["p_value"] == pytest.approx(p_value, rel=1e-7)
    else:
        assert (told["z"], told["p_value"]) == (0, 0.5)


def test_the_tea_lady() -> None:
    # Fisher 1935: 4 of 4 against 0 of 4 is 1/70; 3 against 1 is 17/70.
    assert compare((0, 4), (4, 4))["fisher_p_value"] == 1 / 70
    assert compare((1, 4), (3, 4))["fisher_p_value"] == 17 / 70


def test_z_is_positive_when_the_canary_is_worse() -> None:
    assert compare((1, 1000), (10, 1000))["z"] > 0 > compare((10, 1000), (1, 1000))["z"]


def test_a_tail_equal_to_alpha_is_degraded() -> None:
    assert compare((0, 3), (3, 3), alpha=0.05)["degraded"] is True
    assert compare((0, 3), (3, 3), alpha=0.049)["degraded"] is False


@pytest.mark.parametrize("bad", [(0, 0), (50, 70)])
def test_without_variance_there_is_no_z(bad: tuple[int, int]) -> None:
    told = compare((bad[0], 50), (bad[1], 70))
    assert told == {"z": 0.0, "p_value": 0.5, "fisher_p_value": 1.0, "degraded": False}


def test_a_day_of_a_large_service() -> None:
    told = compare((900_000, 900_000_000), (101_000, 100_000_000))
    # 1e-5 over sqrt(0.001001 * 0.998999 * (1/9e8 + 1/1e8)).
    assert told["z"] == pytest.approx(3.000003, abs=1e-6)
    # At a hundred thousand bad ones both tails are the same to a few per mille.
    assert told["fisher_p_value"] == pytest.approx(told["p_value"], rel=0.02)


def test_pytest_does_not_take_the_calculator_for_a_test() -> None:
    for member in (proportions.test, proportions.TestInput, proportions.TestOutput):
        assert member.__test__ is False  # type: ignore[attr-defined]
    assert set(proportions.TestInput.model_fields) == {
        "op",
        "baseline_bad",
        "baseline_total",
        "canary_bad",
        "canary_total",
        "alpha",
    }
