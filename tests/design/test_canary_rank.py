"""The rank test against scipy, the shift against every difference."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from devops_exe.design.canary import rank
from devops_exe.design.canary.rank import median_difference
from devops_exe.design.registry import run

TIED = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=40)
SPREAD = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
SAMPLES = st.one_of(st.tuples(TIED, TIED), st.tuples(SPREAD, SPREAD))


def mann_whitney(experiment: list[float], control: list[float]) -> dict[str, Any]:
    fields = {"op": "mann_whitney", "experiment": experiment, "control": control}
    return dict(run("canary", fields).outputs)


@settings(max_examples=100, deadline=None)
@given(samples=SAMPLES)
def test_u_and_p_are_scipys(samples: tuple[list[float], list[float]]) -> None:
    experiment, control = samples
    told = mann_whitney(experiment, control)
    pairs = len(experiment) * len(control)
    with np.errstate(all="ignore"):
        expected = stats.mannwhitneyu(experiment, control, method="asymptotic")
    assert told["u_statistic"] == expected.statistic
    assert told["common_language_effect"] == pytest.approx(expected.statistic / pairs)
    if len({*experiment, *control}) > 1:
        assert told["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
    else:
        assert told["p_value"] == 1


@settings(max_examples=100, deadline=None)
@given(samples=SAMPLES)
def test_shift_is_the_median_of_all_differences(
    samples: tuple[list[float], list[float]],
) -> None:
    experiment, control = samples
    expected = np.median(np.subtract.outer(experiment, control))
    assert mann_whitney(experiment, control)["hodges_lehmann_shift"] == pytest.approx(
        float(expected), rel=1e-12, abs=1e-12
    )


def _drawn(kind: str, source: random.Random) -> float:
    if kind == "latency":
        return source.lognormvariate(3, 1)
    if kind == "whole":
        return float(source.randint(0, 9))
    if kind == "wide":
        return float(10 ** source.uniform(-9, 9))
    return float(source.random() < 0.5)


@pytest.mark.parametrize("kind", ["latency", "whole", "wide", "coin"])
@pytest.mark.parametrize(("n", "m"), [(400, 500), (301, 333), (3, 20_001), (20_000, 2)])
def test_selection_in_large_tables(kind: str, n: int, m: int) -> None:
    source = random.Random(f"{kind}{n}")
    left, right = ([_drawn(kind, source) for _ in range(size)] for size in (n, m))
    assert median_difference(left, right) == float(np.median(np.subtract.outer(left, right)))


def test_neighbours_that_differ_are_averaged() -> None:
    # Half of the differences are 0 and half are 1: the two middle ranks stand apart.
    assert median_difference([0.0] * 200 + [1.0] * 200, [0.0] * 300) == 0.5
    assert median_difference([0.0] * 199 + [1.0] * 201, [0.0] * 300) == 1.0
    assert median_difference([0.0] * 201 + [1.0] * 199, [0.0] * 300) == 0.0


def test_a_bracket_that_misses_only_costs_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(7)
    left, right = ([source.random() for _ in range(300)] for _ in range(2))
    expected = float(np.median(np.subtract.outer(left, right)))

    def lowest_and_highest(
        rows: list[float], columns: list[float], low: list[int], high: list[int], _rank: int
    ) -> tuple[float, float]:
        last = [row + columns[end - 1] for row, end in zip(rows, high, strict=True) if end]
        first = [
            row + columns[start]
            for row, start, end in zip(rows, low, high, strict=True)
            if start < end
        ]
        middle = sorted(first + last)
        return middle[len(middle) // 8], middle[len(middle) // 8]

    monkeypatch.setattr(rank, "_bracket", lowest_and_highest)
    assert median_difference(left, right) == expected


def test_a_hundred_thousand_values_take_seconds_not_memory() -> None:
    source = random.Random(1)
    left, right = ([source.gauss(shift, 1) for _ in range(100_000)] for shift in (0.25, 0.0))
    began = time.process_time()
    told = mann_whitney(left, right)
    assert time.process_time() - began < 20
    assert told["hodges_lehmann_shift"] == pytest.approx(0.25, abs=0.02)
    assert told["p_value"] < 1e-100


def test_one_value_each() -> None:
    assert mann_whitney([2], [1]) == {
        "u_statistic": 1.0,
        "p_value": 1.0,
        "hodges_lehmann_shift": 1.0,
        "common_language_effect": 1.0,
    }


def test_equal_values_prove_nothing() -> None:
    told = mann_whitney([5, 5, 5], [5, 5])
    assert (told["u_statistic"], told["p_value"], told["hodges_lehmann_shift"]) == (3.0, 1.0, 0.0)
