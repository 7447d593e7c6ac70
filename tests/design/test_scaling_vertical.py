"""Requests from samples, and the bounds around them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.ground.errors import CalculatorError


def ask(**inputs):
    return run("scaling", {"op": "vertical", **inputs}).outputs


def test_a_worked_example():
    outputs = ask(cpu_millicores=list(range(10, 1010, 10)), history_days=4)
    assert list(outputs) == ["cpu_millicores"]
    found = outputs["cpu_millicores"]
    assert found["target"] == pytest.approx(900 * 1.15)
    assert found["lower_bound"] == pytest.approx(500 * 1.15 * (1 + 0.001 / 4) ** -2)
    assert found["upper_bound"] == pytest.approx(950 * 1.15 * 1.25)


@pytest.mark.parametrize(
    ("samples", "rank"),
    [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (30, 27), (70, 63), (100, 90)],
)
def test_the_ninetieth_percentile_is_the_nearest_rank(samples, rank):
    values = [float(1000 + n) for n in range(1, samples + 1)]
    outputs = ask(memory_mib=values, margin_fraction=0)
    assert outputs["memory_mib"]["target"] == 1000 + rank


def test_minima_hold_for_every_figure():
    outputs = ask(cpu_millicores=[1], memory_mib=[1.5])
    assert outputs == {
        "cpu_millicores": {"target": 25, "lower_bound": 25, "upper_bound": 25},
        "memory_mib": {"target": 250, "lower_bound": 250, "upper_bound": 250},
    }
    outputs = ask(cpu_millicores=[0], min_cpu_millicores=0)
    assert outputs["cpu_millicores"] == {"target": 0, "lower_bound": 0, "upper_bound": 0}


def test_an_empty_list_is_absent():
    assert list(ask(cpu_millicores=[], memory_mib=[300])) == ["memory_mib"]


@pytest.mark.parametrize(
    ("inputs", "code", "where"),
    [
        ({}, "missing_field", "cpu_millicores"),
        ({"cpu_millicores": [], "memory_mib": None}, "missing_field", "cpu_millicores"),
        ({"cpu_millicores": [-1]}, "invalid_input", "cpu_millicores[0]"),
        ({"cpu_millicores": [1, "2"]}, "invalid_input", "cpu_millicores[1]"),
        ({"cpu_millicores": [1, None]}, "invalid_input", "cpu_millicores[1]"),
        ({"cpu_millicores": [True]}, "invalid_input", "cpu_millicores[0]"),
        ({"cpu_millicores": [math.nan]}, "invalid_input", "cpu_millicores[0]"),
        ({"cpu_millicores": 5}, "invalid_input", "cpu_millicores"),
        ({"memory_mib": [10**400]}, "invalid_input", "memory_mib[0]"),
        ({"memory_mib": [5], "history_days": 0}, "invalid_input", "history_days"),
        ({"memory_mib": [5], "margin_fraction": -1}, "invalid_input", "margin_fraction"),
        ({"memory_mib": [1e308], "history_days": 1e-320}, "invalid_input", "scaling.vertical"),
    ],
)
def test_bad_input_is_refused_by_field(inputs, code, where):
    with pytest.raises(CalculatorError) as caught:
        ask(**inputs)
    assert (caught.value.code, caught.value.where) == (code, where)


moderate = settings(max_examples=60, deadline=None)
samples = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


@moderate
@given(samples, st.floats(0.1, 400), st.randoms())
def test_bounds_enclose_the_target_and_order_decides_nothing(values, days, random):
    found = ask(cpu_millicores=values, history_days=days)["cpu_millicores"]
    assert 25 <= found["lower_bound"] <= found["target"] <= found["upper_bound"]
    shuffled = random.sample(values, len(values))
    assert ask(cpu_millicores=shuffled, history_days=days)["cpu_millicores"] == found


@moderate
@given(samples, st.floats(0.1, 400), st.floats(1, 10))
def test_more_history_narrows_the_bounds(values, days, factor):
    short = ask(memory_mib=values, history_days=days)["memory_mib"]
    long = ask(memory_mib=values, history_days=days * factor)["memory_mib"]
    assert long["upper_bound"] <= short["upper_bound"]
    assert long["lower_bound"] >= short["lower_bound"]
    assert long["target"] == short["target"]


@moderate
@given(samples, st.sampled_from([2.0, 4.0, 1024.0]))
def test_the_unit_of_the_samples_decides_nothing(values, factor):
    one = ask(memory_mib=values, min_memory_mib=1)["memory_mib"]
    other = ask(memory_mib=[v * factor for v in values], min_memory_mib=factor)["memory_mib"]
    assert other == {name: figure * factor for name, figure in one.items()}
