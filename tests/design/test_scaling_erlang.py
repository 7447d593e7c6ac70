"""Erlang B and C against exact fractions, sums of logarithms and published tables."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.design.scaling.erlang import blocking_probability, wait_probability
from devops_exe.ground.errors import CalculatorError


def ask(servers, load, **more):
    inputs = {"op": "erlang", "servers": servers, "offered_load_erlangs": load, **more}
    return run("scaling", inputs).outputs


def exact_b(servers, load):
    """The defining ratio of sums, in exact fractions."""
    a = Fraction(load)
    terms = [a**k / math.factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


def exact_c(servers, load):
    a = Fraction(load)
    if a >= servers:
        return Fraction(1)
    last = a**servers / math.factorial(servers) * servers / (servers - a)
    return last / (sum(a**k / math.factorial(k) for k in range(servers)) + last)


def b_by_logarithms(servers, load):
    """The same ratio by ``math.lgamma``, for numbers that fractions are too slow for."""
    logs = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers + 1)]
    top = max(logs)
    return math.exp(logs[-1] - top) / math.fsum(math.exp(one - top) for one in logs)


# The published Erlang B table: servers, load in erlangs as printed, its last printed unit,
# and the blocking it is printed for.
TABLE = [
    (1, 0.0101, 0.0001, 0.01),
    (5, 1.36, 0.01, 0.01),
    (10, 4.46, 0.01, 0.01),
    (20, 12.0, 0.1, 0.01),
    (50, 37.9, 0.1, 0.01),
    (100, 84.1, 0.1, 0.01),
    (10, 6.22, 0.01, 0.05),
    (100, 95.2, 0.1, 0.05),
]


@pytest.mark.parametrize(("servers", "load", "unit", "blocking"), TABLE)
def test_the_published_table(servers, load, unit, blocking):
    low, high = (ask(servers, load + unit * side)["erlang_b"] for side in (-0.5, 0.5))
    assert low <= blocking <= high


@pytest.mark.parametrize("servers", [1, 2, 3, 7, 20, 60])
@pytest.mark.parametrize("load", [0.001, 0.5, 1.0, 2.75, 6.999, 19.0, 59.5, 200.0])
def test_small_systems_agree_with_exact_fractions(servers, load):
    outputs = ask(servers, load)
    assert outputs["erlang_b"] == pytest.approx(float(exact_b(servers, load)), rel=1e-12)
    assert outputs["wait_probability"] == pytest.approx(float(exact_c(servers, load)), rel=1e-9)
    assert outputs["stable"] is (load < servers)


@pytest.mark.parametrize("servers", [500, 2000, 2001, 3000, 20_000])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99, 1.0, 1.01, 2.0, 50.0])
def test_large_systems_agree_with_the_sum_by_logarithms(servers, share):
    load = servers * share
    expected = b_by_logarithms(servers, load)
    assert blocking_probability(servers, load) == pytest.approx(expected, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("load", [1900.0, 2000.0, 2100.0, 4000.0, 1e6])
def test_the_integral_continues_the_recursion(load):
    blocked = blocking_probability(2000, load)
    for servers in range(2001, 2006):
        blocked = load * blocked / (servers + load * blocked)
        assert blocking_probability(servers, load) == pytest.approx(blocked, rel=1e-12)


def test_a_single_server_is_the_mm1_queue():
    outputs = ask(1, 0.8, mean_service_ms=10, wait_over_ms=50)
    assert outputs["wait_probability"] == pytest.approx(0.8)
    assert outputs["mean_wait_ms"] == pytest.approx(40)
    assert outputs["probability_wait_over"] == pytest.approx(0.8 * math.exp(-1))


def test_figures_without_their_inputs_are_null():
    outputs = ask(2, 1, wait_over_ms=50)
    assert outputs["mean_wait_ms"] is None
    assert outputs["probability_wait_over"] is None
    outputs = ask(2, 1, mean_service_ms=50)
    assert outputs["mean_wait_ms"] == pytest.approx(50 / 3)
    assert outputs["probability_wait_over"] is None
    outputs = ask(2, 2, mean_service_ms=50, wait_over_ms=1)
    assert outputs == {
        "erlang_b": pytest.approx(0.4),
        "wait_probability": 1.0,
        "stable": False,
        "mean_wait_ms": None,
        "probability_wait_over": None,
    }


def test_no_load_never_waits():
    outputs = ask(1, 0, mean_service_ms=5, wait_over_ms=0)
    assert outputs["erlang_b"] == outputs["wait_probability"] == 0
    assert outputs["mean_wait_ms"] == outputs["probability_wait_over"] == 0


@pytest.mark.parametrize(
    ("servers", "load"),
    [
        (10**6, 999_000.0),
        (10**9, 1e9),
        (10**12, 1e12 - 1e6),
        (10**18, 1e17),
        (10**12, 1e300),
        (10**18, 1.0),  # a/c - 1 is -1 in doubles
        (2001, 1e-300),
    ],
)
def test_any_number_of_servers_takes_no_time(servers, load):
    start = time.perf_counter()
    outputs = ask(servers, load, mean_service_ms=5)
    assert time.perf_counter() - start < 0.5
    assert 0 <= outputs["erlang_b"] <= outputs["wait_probability"] <= 1


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"servers": None}, "missing_field", "servers"),
        ({"offered_load_erlangs": None}, "missing_field", "offered_load_erlangs"),
        ({"servers": 0}, "invalid_input", "servers"),
        ({"servers": 2.0}, "invalid_input", "servers"),
        ({"servers": True}, "invalid_input", "servers"),
        ({"offered_load_erlangs": -1}, "invalid_input", "offered_load_erlangs"),
        ({"offered_load_erlangs": "1"}, "invalid_input", "offered_load_erlangs"),
        ({"offered_load_erlangs": math.nan}, "invalid_input", "offered_load_erlangs"),
        ({"offered_load_erlangs": math.inf}, "invalid_input", "offered_load_erlangs"),
        ({"mean_service_ms": 0}, "invalid_input", "mean_service_ms"),
        ({"wait_over_ms": -1}, "invalid_input", "wait_over_ms"),
        ({"servers": 10**400}, "invalid_input", "scaling.erlang"),
    ],
)
def test_bad_input_is_refused_by_field(more, code, where):
    inputs = {"op": "erlang", "servers": 3, "offered_load_erlangs": 2.0} | more
    with pytest.raises(CalculatorError) as caught:
        run("scaling", inputs)
    assert (caught.value.code, caught.value.where) == (code, where)


moderate = settings(max_examples=80, deadline=None)
loads = st.floats(1e-3, 1e5)
counts = st.integers(1, 5000) | st.integers(1, 10**9)


@moderate
@given(counts, loads)
def test_blocking_is_a_probability_below_waiting(servers, load):
    blocked = blocking_probability(servers, load)
    waiting = wait_probability(servers, load)
    assert 0 <= blocked <= waiting <= 1
    # What is carried fits the servers: a*(1 - B) <= c.
    assert load * (1 - blocked) <= servers * (1 + 1e-12)


@moderate
@given(counts, loads, st.floats(1, 3))
def test_more_load_never_waits_less_and_more_servers_never_wait_more(servers, load, factor):
    slack = 1 + 1e-12
    waiting = wait_probability(servers, load)
    assert waiting <= wait_probability(servers, load * factor) * slack
    assert wait_probability(servers + 1, load) <= waiting * slack


@moderate
@given(st.integers(1, 500), loads)
def test_blocking_is_consistent_with_its_recursion(servers, load):
    blocked = blocking_probability(servers, load)
    assert blocking_probability(servers + 1, load) == pytest.approx(
        load * blocked / (servers + 1 + load * blocked), rel=1e-12
    )
