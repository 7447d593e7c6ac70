"""Stabilization and rate policies, against the controller's own test tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.ground.errors import CalculatorError


def behave(current, proposed, **more):
    return run(
        "scaling",
        {
            "op": "hpa_behavior",
            "current_replicas": current,
            "proposed_replicas": proposed,
            **more,
        },
    ).outputs


def policies(*given_policies, **more):
    return {
        "policies": [
            {"type": kind, "value": value, "period_seconds": period}
            for kind, value, period in given_policies
        ],
        **more,
    }


def events(*changes, period=120):
    """Changes within the period, and two that are too old to count."""
    made = [{"replica_change": n, "seconds_ago": period / 2} for n in changes]
    return [*made, {"replica_change": 42, "seconds_ago": period + 1}]


# Facts of kubernetes/kubernetes pkg/controller/podautoscaler/horizontal_test.go
# (TestScaleRate and its successor): current, proposed, options, expected.
RATES = {
    "up, default": (10, 50, {}, 20),
    "up, pods larger than percent": (
        10, 500, {"scale_up": policies(("Pods", 100, 60), ("Percent", 100, 60))}, 110,
    ),
    "up, percent larger than pods": (
        10, 500, {"scale_up": policies(("Pods", 2, 60), ("Percent", 100, 60))}, 20,
    ),
    "up, max with large pods": (10, 50, {"scale_up": policies(("Pods", 100, 60))}, 50),
    "up, max with large percent": (10, 50, {"scale_up": policies(("Percent", 10000, 60))}, 50),
    "up, pods": (10, 50, {"scale_up": policies(("Pods", 30, 60))}, 40),
    "up, percent": (10, 50, {"scale_up": policies(("Percent", 200, 60))}, 30),
    "down, default": (10, 5, {}, 5),
    "down, pods larger than percent": (
        100, 2, {"scale_down": policies(("Pods", 20, 60), ("Percent", 1, 60))}, 80,
    ),
    "down, percent larger than pods": (
        100, 2, {"scale_down": policies(("Pods", 2, 60), ("Percent", 10, 60))}, 90,
    ),
    "down, the smaller change": (
        100, 2,
        {"scale_down": policies(("Pods", 20, 60), ("Percent", 1, 60), select_policy="Min")}, 99,
    ),
    "down, min with large pods": (10, 0, {"scale_down": policies(("Pods", 100, 60))}, 1),
    "down, min with large percent": (
        10, 2, {"min_replicas": 5, "scale_down": policies(("Percent", 100, 60))}, 5,
    ),
    "down, pods": (10, 2, {"scale_down": policies(("Pods", 5, 60))}, 5),
    "down, percent": (10, 5, {"scale_down": policies(("Percent", 50, 60))}, 5),
    "up, events with percent": (
        100, 500,
        {
            "scale_up": policies(("Pods", 4, 60), ("Percent", 100, 60)),
            "scale_up_events": events(1, 2, 3, 4, 5, period=60),
        },
        170,
    ),
    "up, events, max with large pods": (
        100, 500,
        {
            "max_replicas": 200,
            "scale_up": policies(("Pods", 300, 120)),
            "scale_up_events": events(1, 5, 9),
        },
        200,
    ),
    "up, a lot of recent events": (
        100, 500,
        {"scale_up": policies(("Pods", 5, 120)), "scale_up_events": events(1, 5, 9)},
        100,
    ),
    "up, events with pods": (
        100, 500,
        {"scale_up": policies(("Pods", 150, 120)), "scale_up_events": events(1, 5, 9)},
        235,
    ),
    "up, events with percent of 120 s": (
        100, 500,
        {"scale_up": policies(("Percent", 200, 120)), "scale_up_events": events(1, 5, 9)},
        255,
    ),
    "down, events, default": (
        10, 5, {"scale_down_events": events(1, 5, 9)}, 5,
    ),
    "down, events with large pods": (
        100, 0,
        {"scale_down": policies(("Pods", 115, 120)), "scale_down_events": events(1, 5, 9)},
        1,
    ),
    "down, events, min with larger pods": (
        100, 0,
        {
            "min_replicas": 5,
            "scale_down": policies(("Pods", 130, 120)),
            "scale_down_events": events(1, 5, 9),
        },
        5,
    ),
    "down, events with pods": (
        100, 2,
        {"scale_down": policies(("Pods", 5, 120)), "scale_down_events": events(1, 5, 9)},
        100,
    ),
    "down, events with percent": (
        100, 0,
        {"scale_down": policies(("Percent", 50, 120)), "scale_down_events": events(2, 4, 6)},
        56,
    ),
    "down, a lot of recent events": (
        100, 0,
        {"scale_down": policies(("Percent", 10, 120)), "scale_down_events": events(10, 10, 10)},
        100,
    ),
    "down, far below zero": (
        10, 5,
        {"scale_down": policies(("Percent", 1000, 120)), "scale_down_events": events(10, 10, 10)},
        5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RATES)
def test_the_controllers_scale_rates(name):
    current, proposed, more, expected = RATES[name]
    assert behave(current, proposed, **({"max_replicas": 1000} | more))[
        "desired_replicas"
    ] == expected  # fmt: skip


# Facts of TestNormalizeWithConstraintsDesiredReplicas:
# recommendations (replicas, seconds ago), current, proposed, window of the direction, expected.
WINDOWS = [
    ([], 100, 5, None, 5),
    ([(4, 120), (5, 60)], 100, 3, None, 5),
    ([(4, 120), (5, 60)], 1, 7, 150, 4),
    ([(1, 120), (2, 60)], 100, 3, None, 3),
    ([(4, 120), (5, 60)], 1, 3, 150, 3),
    ([(10, 600), (9, 540)], 100, 3, None, 3),
    ([(10, 600), (9, 540)], 1, 100, 60, 100),
    ([(10, 600), (4, 60), (5, 120), (9, 540)], 100, 3, 150, 5),
    ([(10, 6000), (6, 60), (5, 120), (9, 180)], 1, 100, 150, 5),
    ([(9, 300)], 100, 3, 300, 3),
]


@pytest.mark.parametrize("row", WINDOWS)
def test_the_controllers_stabilization_windows(row):
    earlier, current, proposed, window, expected = row
    direction = "scale_up" if proposed > current else "scale_down"
    more = {} if window is None else {direction: {"stabilization_window_seconds": window}}
    recommendations = [{"replicas": n, "seconds_ago": s} for n, s in earlier]
    outputs = behave(current, proposed, recommendations=recommendations, **more)
    assert outputs["stabilized_replicas"] == expected


def test_percent_is_computed_in_doubles():
    outputs = behave(100, 500, scale_up=policies(("Percent", 10, 60)))
    assert outputs["desired_replicas"] == 111
    assert outputs["scale_up_limit"] == 111
    assert outputs["scale_down_limit"] is None
    assert behave(7, 0, scale_down=policies(("Percent", 50, 60)))["scale_down_limit"] == 3


@pytest.mark.parametrize(
    ("current", "proposed", "more", "desired", "reason"),
    [
        (3, 100, {}, 7, "ScaleUpLimit"),
        (3, 100, {"max_replicas": 7}, 7, "TooManyReplicas"),
        (3, 100, {"max_replicas": 5}, 5, "TooManyReplicas"),
        (9, 1, {"scale_down": policies(("Pods", 1, 60))}, 8, "ScaleDownLimit"),
        (9, 0, {"scale_down": policies(("Pods", 8, 60))}, 1, "TooFewReplicas"),
        (9, 3, {"min_replicas": 4}, 4, "TooFewReplicas"),
        (9, 20, {"scale_up": {"select_policy": "Disabled"}}, 9, "ScaleUpLimit"),
        (9, 2, {"scale_down": {"select_policy": "Disabled"}}, 9, "ScaleDownLimit"),
        (9, 9, {}, 9, "DesiredWithinRange"),
    ],
)
def test_what_limited_the_result(current, proposed, more, desired, reason):
    outputs = behave(current, proposed, **more)
    assert (outputs["desired_replicas"], outputs["limit_reason"]) == (desired, reason)


def test_a_rule_fills_only_what_is_absent():
    outputs = behave(10, 50, scale_up={"select_policy": "Min"})
    assert outputs["scale_up_limit"] == 14
    outputs = behave(10, 50, scale_up=policies(("Percent", 10, 60), select_policy=None))
    assert outputs["scale_up_limit"] == 11


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"current_replicas": None}, "missing_field", "current_replicas"),
        ({"proposed_replicas": None}, "missing_field", "proposed_replicas"),
        ({"scale_up": {"policies": []}}, "invalid_input", "scale_up.policies"),
        ({"scale_down": {"policies": []}}, "invalid_input", "scale_down.policies"),
        ({"scale_up": policies(("pods", 1, 1))}, "invalid_input", "scale_up.policies[0].type"),
        ({"scale_up": policies(("Pods", 1.5, 1))}, "invalid_input", "scale_up.policies[0].value"),
        ({"scale_up": {"select_policy": "max"}}, "invalid_input", "scale_up.select_policy"),
        (
            {"scale_up": {"policies": [{"type": "Pods", "value": 1}]}},
            "missing_field", "scale_up.policies[0].period_seconds",
        ),
        (
            {"scale_up_events": [{"replica_change": -1, "seconds_ago": 1}]},
            "invalid_input", "scale_up_events[0].replica_change",
        ),
        (
            {"recommendations": [{"replicas": 1, "seconds_ago": -1}]},
            "invalid_input", "recommendations[0].seconds_ago",
        ),
        ({"min_replicas": 3, "max_replicas": 2}, "invalid_input", "max_replicas"),
        ({"max_replicas": 0, "min_replicas": 0}, "invalid_input", "max_replicas"),
        ({"scale_up": []}, "invalid_input", "scale_up"),
        ({"min_replicas": 10**5000, "max_replicas": 10**5000 - 1}, "invalid_input", "max_replicas"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_field(more, code, where):
    inputs = {"op": "hpa_behavior", "current_replicas": 3, "proposed_replicas": 4} | more
    with pytest.raises(CalculatorError) as caught:
        run("scaling", inputs)
    assert (caught.value.code, caught.value.where) == (code, where)


rule = st.fixed_dictionaries(
    {},
    optional={
        "stabilization_window_seconds": st.integers(0, 600),
        "select_policy": st.sampled_from(["Max", "Min", "Disabled"]),
        "policies": st.lists(
            st.fixed_dictionaries(
                {
                    "type": st.sampled_from(["Pods", "Percent"]),
                    "value": st.integers(0, 300),
                    "period_seconds": st.integers(1, 600),
                }
            ),
            min_size=1,
            max_size=3,
        ),
    },
)
event_lists = st.lists(
    st.fixed_dictionaries(
        {"replica_change": st.integers(1, 50), "seconds_ago": st.integers(0, 900)}
    ),
    max_size=4,
)
recommendation_lists = st.lists(
    st.fixed_dictionaries({"replicas": st.integers(0, 100), "seconds_ago": st.integers(0, 900)}),
    max_size=4,
)
worlds = st.fixed_dictionaries(
    {
        "scale_up": rule,
        "scale_down": rule,
        "scale_up_events": event_lists,
        "scale_down_events": event_lists,
        "recommendations": recommendation_lists,
    }
)
moderate = settings(max_examples=80, deadline=None)


@moderate
@given(st.integers(1, 100), st.integers(0, 300), worlds, st.integers(0, 50), st.integers(0, 50))
def test_desired_is_within_bounds_that_hold_current(current, proposed, world, below, above):
    low, high = max(current - below, 0), current + above
    outputs = behave(current, proposed, min_replicas=low, max_replicas=max(high, 1), **world)
    assert low <= outputs["desired_replicas"] <= max(high, 1)


@moderate
@given(st.integers(1, 100), st.integers(0, 300), worlds)
def test_it_never_moves_further_than_the_proposal(current, proposed, world):
    outputs = behave(current, proposed, min_replicas=0, **world)
    low, high = sorted((current, proposed))
    if not world["recommendations"]:
        assert low <= outputs["stabilized_replicas"] <= high
        assert low <= outputs["desired_replicas"] <= high
    low, high = sorted((current, outputs["stabilized_replicas"]))
    assert low <= outputs["desired_replicas"] <= high


@moderate
@given(st.integers(1, 100), st.integers(0, 300), st.integers(0, 300), worlds)
def test_a_larger_proposal_never_gives_fewer_replicas(current, one, other, world):
    small, large = sorted((one, other))
    few = behave(current, small, min_replicas=0, **world)["desired_replicas"]
    many = behave(current, large, min_replicas=0, **world)["desired_replicas"]
    assert few <= many


@moderate
@given(st.integers(1, 100), st.integers(0, 300), worlds)
def test_min_never_changes_more_than_max(current, proposed, world):
    def moved(policy):
        chosen = {key: world[key] | {"select_policy": policy} for key in ("scale_up", "scale_down")}
        outputs = behave(current, proposed, min_replicas=0, **(world | chosen))
        return abs(outputs["desired_replicas"] - current)

    assert moved("Disabled") == 0
    assert moved("Min") <= moved("Max")
