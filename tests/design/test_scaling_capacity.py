"""Replicas from load: a plain search as the oracle, Little's law, and zones."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.design.scaling.erlang import wait_probability
from devops_exe.ground.errors import CalculatorError


def ask(rps, ms, **more):
    inputs = {"op": "capacity", "arrival_rps": rps, "mean_service_ms": ms, **more}
    return run("scaling", inputs).outputs


def test_a_worked_example_without_waiting_limits():
    outputs = ask(100, 50)
    waiting = wait_probability(8, 5.0)
    assert outputs == {
        "replicas_for_stability": 6,
        "replicas_for_utilization": 8,
        "replicas_for_wait": None,
        "replicas_needed": 8,
        "replicas_per_zone": 8,
        "total_replicas": 8,
        "offered_load_erlangs": 5.0,
        "utilization_at_needed": 0.625,
        "utilization_normal": 0.625,
        "wait_probability": waiting,
        "mean_wait_ms": waiting * 50 / 3,
        "mean_response_ms": waiting * 50 / 3 + 50,
        "mean_in_system": 100 * (waiting * 50 / 3 + 50) / 1000,
        "replicas_after_zone_loss": 8,
        "target_rps_per_replica": 14.0,
    }


def test_three_zones_that_survive_one_are_half_over_provisioned():
    """AWS Builders' Library, Static stability: three zones run 50 % over."""
    outputs = ask(600, 50, target_utilization=0.5, zones=3, zone_failures_tolerated=1)
    assert outputs["replicas_needed"] == 60
    assert outputs["replicas_per_zone"] == 30
    assert outputs["total_replicas"] == 90
    assert outputs["replicas_after_zone_loss"] == 60
    assert outputs["utilization_normal"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("rps", "ms", "workers", "stability", "utilization"),
    [
        (0, 50, 1, 0, 0),
        (20, 50, 1, 2, 2),
        (70, 10, 1, 1, 1),
        (700, 10, 1, 8, 10),
        (700, 10, 10, 1, 1),
        (1000, 7, 1, 8, 10),
        (3 * 0.1, 1000 / 3 * 10, 1, 2, 2),
    ],
)
def test_stability_is_strict_and_utilization_forgives_the_last_bits(
    rps, ms, workers, stability, utilization
):
    outputs = ask(rps, ms, workers_per_replica=workers)
    assert outputs["replicas_for_stability"] == stability
    assert outputs["replicas_for_utilization"] == utilization
    assert outputs["replicas_needed"] == max(1, stability, utilization)


def test_no_load_needs_one_replica_and_never_waits():
    outputs = ask(0, 50, max_wait_probability=0.01)
    assert outputs["replicas_for_wait"] == 1
    assert outputs["replicas_needed"] == 1
    assert outputs["wait_probability"] == outputs["mean_wait_ms"] == outputs["mean_in_system"] == 0


def plain_search(load, workers, least, *, limit=1.0, services=None, tail=1.0):
    """One server more at a time, with the recursion of Erlang B beside it."""
    blocked, servers, replicas = 1.0, 0, least
    while True:
        while servers < replicas * workers:
            servers += 1
            blocked = load * blocked / (servers + load * blocked)
        waiting = 1.0
        if load < servers:
            waiting = blocked / (1 - load / servers * (1 - blocked))
        over = waiting
        if services is not None:
            over = waiting * math.exp(-(servers - load) * services)
        if waiting <= limit and over <= (1.0 if services is None else tail):
            return replicas
        replicas += 1


@pytest.mark.parametrize("load", [0.1, 0.999, 7.0, 55.5, 700.0, 1990.0, 2600.0])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("limit", [0.5, 0.05, 1e-6])
def test_the_wait_search_finds_what_a_plain_search_finds(load, workers, limit):
    outputs = ask(
        load * 10, 100, workers_per_replica=workers, max_wait_probability=limit, max_wait_ms=3
    )
    expected = plain_search(
        outputs["offered_load_erlangs"],
        workers,
        max(1, outputs["replicas_for_stability"]),
        limit=limit,
        services=0.03,
        tail=0.05,
    )
    assert outputs["replicas_for_wait"] == expected


def test_the_percentile_is_of_the_wait():
    loose = ask(500, 100, max_wait_ms=20, wait_percentile=50)["replicas_for_wait"]
    usual = ask(500, 100, max_wait_ms=20)["replicas_for_wait"]
    tight = ask(500, 100, max_wait_ms=20, wait_percentile=99.9)["replicas_for_wait"]
    assert loose < usual < tight
    outputs = ask(500, 100, wait_percentile=99)
    assert outputs["replicas_for_wait"] is None


@pytest.mark.parametrize(
    ("rps", "more"),
    [
        (1e7, {"max_wait_probability": 0.01}),
        (1e12, {"max_wait_probability": 1e-9, "max_wait_ms": 0, "wait_percentile": 99.9999}),
        (1e12, {"workers_per_replica": 3, "zones": 10**6}),
        (1e15, {"max_wait_ms": 0}),
    ],
)
def test_absurd_loads_are_answered_at_once(rps, more):
    start = time.perf_counter()
    outputs = ask(rps, 100, **more)
    assert time.perf_counter() - start < 1
    assert outputs["replicas_needed"] * more.get("workers_per_replica", 1) > rps / 10


@pytest.mark.parametrize(("rps", "ms"), [(1e308, 1e10), (1e300, 1e300)])
def test_loads_beyond_doubles_are_refused(rps, ms):
    with pytest.raises(CalculatorError) as caught:
        ask(rps, ms, max_wait_probability=0.5)
    assert caught.value.code == "invalid_input"


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"arrival_rps": None}, "missing_field", "arrival_rps"),
        ({"mean_service_ms": None}, "missing_field", "mean_service_ms"),
        ({"mean_service_ms": 0}, "invalid_input", "mean_service_ms"),
        ({"arrival_rps": -1}, "invalid_input", "arrival_rps"),
        ({"arrival_rps": "9"}, "invalid_input", "arrival_rps"),
        ({"arrival_rps": 10**400}, "invalid_input", "arrival_rps"),
        ({"arrival_rps": math.inf}, "invalid_input", "arrival_rps"),
        ({"workers_per_replica": 0}, "invalid_input", "workers_per_replica"),
        ({"workers_per_replica": True}, "invalid_input", "workers_per_replica"),
        ({"workers_per_replica": 10**400}, "invalid_input", "scaling.capacity"),
        ({"target_utilization": 0}, "invalid_input", "target_utilization"),
        ({"target_utilization": 1}, "invalid_input", "target_utilization"),
        ({"max_wait_probability": 0}, "invalid_input", "max_wait_probability"),
        ({"max_wait_probability": 1.1}, "invalid_input", "max_wait_probability"),
        ({"max_wait_ms": -1}, "invalid_input", "max_wait_ms"),
        ({"wait_percentile": 100}, "invalid_input", "wait_percentile"),
        ({"zones": 0}, "invalid_input", "zones"),
        ({"zones": 3.0}, "invalid_input", "zones"),
        ({"zones": 2, "zone_failures_tolerated": 2}, "invalid_input", "zone_failures_tolerated"),
        ({"zone_failures_tolerated": 1}, "invalid_input", "zone_failures_tolerated"),
    ],
)
def test_bad_input_is_refused_by_field(more, code, where):
    inputs = {"op": "capacity", "arrival_rps": 10, "mean_service_ms": 10} | more
    with pytest.raises(CalculatorError) as caught:
        run("scaling", inputs)
    assert (caught.value.code, caught.value.where) == (code, where)


moderate = settings(max_examples=60, deadline=None)
rates = st.floats(0, 1e5)
services = st.floats(0.1, 1e3)
limits = st.fixed_dictionaries(
    {},
    optional={
        "max_wait_probability": st.floats(1e-6, 1),
        "max_wait_ms": st.floats(0, 1e3),
        "workers_per_replica": st.integers(1, 50),
        "target_utilization": st.floats(0.05, 0.95),
    },
)


@moderate
@given(rates, services, limits, st.integers(1, 5), st.data())
def test_what_is_asked_for_holds(rps, ms, more, zones, data):
    failures = data.draw(st.integers(0, zones - 1))
    outputs = ask(rps, ms, zones=zones, zone_failures_tolerated=failures, **more)
    needed, per_zone = outputs["replicas_needed"], outputs["replicas_per_zone"]
    assert per_zone * (zones - failures) >= needed > (per_zone - 1) * (zones - failures)
    assert outputs["total_replicas"] == per_zone * zones
    assert outputs["replicas_after_zone_loss"] == per_zone * (zones - failures)
    assert outputs["utilization_at_needed"] < 1
    assert outputs["utilization_at_needed"] <= more.get("target_utilization", 0.7) * (1 + 1e-8)
    assert outputs["utilization_normal"] <= outputs["utilization_at_needed"]
    assert outputs["wait_probability"] <= more.get("max_wait_probability", 1) + 1e-12
    assert outputs["mean_response_ms"] >= ms
    assert outputs["mean_in_system"] == pytest.approx(rps * outputs["mean_response_ms"] / 1000)
    assert outputs["mean_in_system"] >= outputs["offered_load_erlangs"] * (1 - 1e-12)
    for figure in outputs.values():
        assert figure is None or (math.isfinite(figure) and figure >= 0)


@moderate
@given(rates, st.floats(1, 3), services, limits)
def test_more_load_never_needs_less(rps, factor, ms, more):
    assert (
        ask(rps, ms, **more)["replicas_needed"] <= ask(rps * factor, ms, **more)["replicas_needed"]
    )
    assert (
        ask(rps, ms, **more)["replicas_needed"] <= ask(rps, ms * factor, **more)["replicas_needed"]
    )


@moderate
@given(rates, services, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_higher_target_never_needs_more(rps, ms, one, other):
    low, high = sorted((one, other))
    assert (
        ask(rps, ms, target_utilization=high)["replicas_needed"]
        <= ask(rps, ms, target_utilization=low)["replicas_needed"]
    )


@moderate
@given(st.integers(0, 10**5), st.integers(1, 1000), st.floats(1e-6, 1), st.sampled_from([2, 8, 64]))
def test_only_the_offered_load_counts(rps, ms, limit, factor):
    one = ask(rps, ms, max_wait_probability=limit)
    other = ask(rps * factor, ms / factor, max_wait_probability=limit)
    assert one["replicas_needed"] == other["replicas_needed"]
    assert one["wait_probability"] == other["wait_probability"]
