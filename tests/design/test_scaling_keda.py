"""Replicas of a KEDA scaled object."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.ground.errors import CalculatorError


def ask(value, threshold=10, **more):
    inputs = {"op": "keda", "metric_value": value, "threshold": threshold, **more}
    outputs = run("scaling", inputs).outputs
    assert set(outputs) == {"active", "desired_replicas"}
    return outputs["active"], outputs["desired_replicas"]


# Facts of kedacore/keda pkg/scaling/executor/scale_scaledobjects_test.go: replicas now,
# whether a trigger is active, and the replicas of the scale target afterwards.
@pytest.mark.parametrize(
    ("name", "value", "more", "expected"),
    [
        ("ToMinReplicasWhenNotActive", 0, {"current_replicas": 10, "min_replica_count": 0}, 0),
        (
            "ToMinReplicasFromLowerInitialReplicaCount",
            0,
            {"current_replicas": 1, "min_replica_count": 5},
            5,
        ),
        ("FromMinReplicasWhenActive", 1, {"current_replicas": 0, "min_replica_count": 0}, 1),
        (
            "ToIdleReplicasWhenNotActive",
            0,
            {"current_replicas": 10, "min_replica_count": 5, "idle_replica_count": 0},
            0,
        ),
        (
            "FromIdleToMinReplicasWhenActive",
            1,
            {"current_replicas": 0, "min_replica_count": 5, "idle_replica_count": 0},
            5,
        ),
    ],
)
def test_the_executors_own_cases(name, value, more, expected):
    assert ask(value, **more)[1] == expected, name


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        (25, {}, (True, 3)),
        (5, {"activation_threshold": 5}, (False, 0)),
        (5.1, {"activation_threshold": 5}, (True, 1)),
        (5, {"activation_threshold": 50, "min_replica_count": 1}, (True, 1)),
        (
            5,
            {"activation_threshold": 50, "min_replica_count": 2, "idle_replica_count": 0},
            (False, 0),
        ),
        (5, {"activation_threshold": 50, "idle_replica_count": 2}, (False, 2)),
        (10_000, {}, (True, 100)),
        (10_000, {"max_replica_count": 7}, (True, 7)),
        (43, {"current_replicas": 4}, (True, 4)),
        (44, {"current_replicas": 4}, (True, 4)),
        (45, {"current_replicas": 4}, (True, 5)),
        (45, {"current_replicas": 4, "tolerance": 0.2}, (True, 4)),
        (41, {"current_replicas": 4, "tolerance": 0}, (True, 5)),
        (35, {"current_replicas": 4}, (True, 4)),
        (30, {"current_replicas": 4}, (True, 3)),
        (0, {}, (False, 0)),
        (0, {"activation_threshold": -1}, (True, 1)),
    ],
)
def test_activation_and_the_clamp(value, more, expected):
    assert ask(value, **more) == expected


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"metric_value": None}, "missing_field", "metric_value"),
        ({"threshold": None}, "missing_field", "threshold"),
        ({"threshold": 0}, "invalid_input", "threshold"),
        ({"metric_value": "1"}, "invalid_input", "metric_value"),
        ({"metric_value": math.nan}, "invalid_input", "metric_value"),
        ({"min_replica_count": -1}, "invalid_input", "min_replica_count"),
        ({"min_replica_count": True}, "invalid_input", "min_replica_count"),
        ({"max_replica_count": 0}, "invalid_input", "max_replica_count"),
        ({"max_replica_count": 3, "min_replica_count": 4}, "invalid_input", "max_replica_count"),
        ({"idle_replica_count": 1.0}, "invalid_input", "idle_replica_count"),
        ({"metric_value": 1e308, "threshold": 1e-308}, "invalid_input", "scaling.keda"),
        ({"current_replicas": 10**400}, "invalid_input", "scaling.keda"),
    ],
)
def test_bad_input_is_refused_by_field(more, code, where):
    inputs = {"op": "keda", "metric_value": 1, "threshold": 1} | more
    with pytest.raises(CalculatorError) as caught:
        run("scaling", inputs)
    assert (caught.value.code, caught.value.where) == (code, where)


@settings(max_examples=80, deadline=None)
@given(
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.floats(0.01, 1e3),
    st.integers(0, 200),
    st.integers(0, 50),
    st.none() | st.integers(0, 50),
    st.floats(0, 1e3),
)
def test_bounds_and_monotony(one, other, threshold, current, low, idle, activation):
    more = {
        "threshold": threshold,
        "current_replicas": current,
        "min_replica_count": low,
        "idle_replica_count": idle,
        "activation_threshold": activation,
        "max_replica_count": 60,
    }
    few, many = (ask(value, **more) for value in sorted((one, other)))
    assert few[0] <= many[0]
    for active, replicas in (few, many):
        if active:
            assert max(1, low) <= replicas <= 60
        else:
            assert replicas == (low if idle is None else idle)
    if few[0] == many[0]:
        assert few[1] <= many[1]
