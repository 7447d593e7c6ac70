"""The autoscaler's reconcile, against the controller's own test tables and by properties."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.registry import run
from devops_exe.design.scaling.hpa import HpaInput, hpa
from devops_exe.ground.errors import CalculatorError

READY, UNREADY, PENDING, FAILED, DELETING = "ready", "unready", "pending", "failed", "deleting"


def ask(current, *metrics, **more):
    inputs = {"current_replicas": current, "metrics": list(metrics), **more}
    return run("scaling", inputs).outputs


def refused(inputs):
    with pytest.raises(CalculatorError) as caught:
        run("scaling", inputs)
    return caught.value


def pods(levels, requests=None, states=None, *, count=None):
    """Pods of two equal containers, as the upstream tables build them (so figures double)."""
    count = count if count is not None else max(len(levels), len(requests or ()))
    made = []
    for number in range(count):
        pod = {}
        if number < len(levels) and levels[number] is not None:
            pod["usage_milli"] = 2 * levels[number]
        if requests is not None and number < len(requests):
            pod["request_milli"] = 2 * requests[number]
        if states:
            pod["state"] = states[number]
        made.append(pod)
    return made


def cpu(target, levels, requests, states=None):
    return {
        "type": "resource_utilization",
        "target": target,
        "pods": pods(levels, requests, states),
    }


def qps(target, levels, states=None, count=None):
    made = [{"usage_milli": level} for level in levels]
    made += [{} for _ in range((count or len(levels)) - len(levels))]
    for pod, state in zip(made, states or (), strict=False):
        pod["state"] = state
    return {"type": "pods_value", "target": target, "pods": made}


def value(kind, target, *values, **more):
    return {"type": kind, "target": target, "values": list(values), **more}


R = [1000]
# Facts of kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator_test.go:
# current replicas, metric, expected replicas, expected utilization.
CALCULATOR = {
    "ScaleUp": (3, cpu(30, [300, 500, 700], R * 3), 5, 50),
    "ScaleUpUnreadyLessScale": (
        3, cpu(30, [300, 500, 700], R * 3, [UNREADY, READY, READY]), 4, 60,
    ),
    "ScaleUpUnreadyNoScale": (
        3, cpu(30, [400, 500, 700], R * 3, [READY, UNREADY, UNREADY]), 3, 40,
    ),
    "ScaleUpIgnoresFailedPods": (
        2, cpu(30, [500, 700], R * 4, [READY, READY, FAILED, FAILED]), 4, 60,
    ),
    "ScaleUpIgnoresDeletionPods": (
        2, cpu(30, [500, 700], R * 4, [READY, READY, DELETING, DELETING]), 4, 60,
    ),
    "ScaleUpCM": (3, qps(15000, [20000, 10000, 30000]), 4, 20000),
    "ScaleUpCMUnreadyHotCpuNoLessScale": (
        3, qps(15000, [50000, 10000, 30000], [READY, READY, UNREADY]), 6, 30000,
    ),
    "ScaleUpCMUnreadyHotCpuScaleWouldScaleDown": (
        3, qps(15000, [50000, 15000, 30000], [UNREADY, READY, UNREADY]), 7, 31666,
    ),
    "ScaleUpCMObject": (3, value("object_value", 15000, 20000), 4, 20000),
    "ScaleUpCMPerPodObject": (3, value("object_average", 5000, 20000), 4, 6667),
    "ScaleUpCMObjectIgnoresUnreadyPods": (
        3, value("object_value", 10000, 50000, ready_pods=1), 5, 50000,
    ),
    "ScaleUpCMExternal": (1, value("external_value", 4400, 8600), 2, 8600),
    "ScaleUpCMExternalIgnoresUnreadyPods": (
        3, value("external_value", 4400, 8600, ready_pods=1), 2, 8600,
    ),
    "ScaleUpPerPodCMExternal": (3, value("external_average", 2150, 8600), 4, 2867),
    "ScaleDown": (5, cpu(50, [100, 300, 500, 250, 250], R * 5), 3, 28),
    "ScaleDownCM": (5, qps(20000, [12000] * 5), 3, 12000),
    "ScaleDownPerPodCMObject": (5, value("object_average", 2000, 6000), 3, 1200),
    "ScaleDownCMObject": (5, value("object_value", 20000, 12000), 3, 12000),
    "ScaleDownCMExternal": (5, value("external_value", 14334, 8600), 3, 8600),
    "ScaleDownPerPodCMExternal": (5, value("external_average", 2867, 8600), 3, 1720),
    "ScaleDownIncludeUnreadyPods": (
        5,
        cpu(50, [100, 300, 500, 250, 250], R * 5, [READY] * 3 + [UNREADY] * 2),
        2, 30,
    ),
    "ScaleDownExcludeUnscheduledPods": (
        5, cpu(50, [100], R * 5, [READY] + [PENDING] * 4), 1, 10,
    ),
    "ScaleDownIgnoresFailedPods": (
        5, cpu(50, [100, 300, 500, 250, 250], R * 7, [READY] * 5 + [FAILED] * 2), 3, 28,
    ),
    "ScaleDownIgnoresDeletionPods": (
        5, cpu(50, [100, 300, 500, 250, 250], R * 7, [READY] * 5 + [DELETING] * 2), 3, 28,
    ),
    "Tolerance": (3, cpu(100, [1010, 1030, 1020], [900, 1000, 1100]), 3, 102),
    "ToleranceCM": (3, qps(20000, [20000, 21000, 21000]), 3, 20666),
    "ToleranceCMObject": (3, value("object_value", 20000, 20666), 3, 20666),
    "TolerancePerPodCMObject": (4, value("object_average", 5000, 20166), 4, 5042),
    "ToleranceCMExternal": (3, value("external_value", 8888, 8600), 3, 8600),
    "TolerancePerPodCMExternal": (3, value("external_average", 2900, 8600), 3, 2867),
    "SuperfluousMetrics": (4, cpu(100, [4000, 9500, 3000, 7000], R * 4), 24, 587),
    "MissingMetrics": (4, cpu(100, [400, 95], R * 4), 3, 24),
    "PlainMetricMissingMetricsNoChangeEq": (
        5, qps(20000, [20000, 19000, 21000], count=5), 5, 20000,
    ),
    "MissingMetricsNoChangeEq": (2, cpu(100, [1000], R * 2), 2, 100),
    "MissingMetricsNoChangeGt": (2, cpu(100, [1900], R * 2), 2, 190),
    "MissingMetricsNoChangeLt": (2, cpu(100, [600], R * 2), 2, 60),
    "MissingMetricsUnreadyChange": (
        3, cpu(50, [100, 450], R * 3, [UNREADY, READY, READY]), 3, 45,
    ),
    "MissingMetricsUnreadyScaleUp": (
        3, cpu(50, [100, 2000], R * 3, [UNREADY, READY, READY]), 4, 200,
    ),
    "MissingMetricsUnreadyScaleDown": (
        4, cpu(50, [100, 100, 100], R * 4, [UNREADY, READY, READY, READY]), 3, 10,
    ),
    "MissingMetricsScaleDownTargetOver100": (
        4,
        cpu(300, [200, 100, 100], [1000, 1000, 2000, 2000], [UNREADY, READY, READY, READY]),
        2, 6,
    ),
    "DuringRollingUpdateWithMaxSurge": (2, cpu(50, [100, 100], R * 3), 2, 10),
    "DuringRollingUpdateWithMaxSurgeCM": (2, qps(17000, [10000, 10000], count=3), 2, 10000),
    "ComputedToleranceScales": (
        10,
        cpu(56, [150] * 10, [400, 200, 310, 290, 302, 298, 301, 299, 300, 300]),
        9, 50,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALCULATOR)
def test_the_controllers_replica_calculator_table(name):
    current, metric, replicas, utilization = CALCULATOR[name]
    outputs = ask(current, metric)
    assert outputs["proposed_replicas"] == replicas
    assert outputs["utilization"] == utilization
    assert outputs["per_metric"] == [
        {
            "type": metric["type"],
            "proposed_replicas": replicas,
            "usage_ratio": outputs["usage_ratio"],
            "utilization": utilization,
        }
    ]


def test_close_to_the_tolerance_nothing_scales():
    metric = cpu(55, [150] * 10, [400, 200, 310, 290, 302, 298, 301, 299, 300, 300])
    assert ask(10, metric)["proposed_replicas"] == 10


@pytest.mark.parametrize(
    ("metric", "code"),
    [
        (cpu(100, [], []), "no_pods"),
        (cpu(100, [200], []), "missing_request"),
        (cpu(100, [], R * 3), "no_metrics"),
        (cpu(100, [200], [0]), "missing_request"),
        (cpu(100, [None, 5], [1000, 1000], [READY, FAILED]), "no_metrics"),
        (cpu(100, [5], [1000], [UNREADY]), "no_metrics"),
        (qps(100, []), "no_pods"),
        (qps(100, [], count=2), "no_metrics"),
        ({"type": "ratio", "target": 1, "unavailable": True}, "metric_unavailable"),
        (value("external_value", 5, unavailable=True) | {"values": None}, "metric_unavailable"),
    ],
)
def test_a_metric_that_cannot_be_used_says_why(metric, code):
    error = refused({"current_replicas": 4, "metrics": [metric]})
    assert (error.code, error.where) == (code, "metrics[0]")


def test_a_request_of_an_ignored_pod_is_required_before_samples_are():
    metric = cpu(100, [None, None], [1000], [READY, READY])
    metric["pods"].append({"state": FAILED})
    assert refused({"current_replicas": 2, "metrics": [metric]}).code == "missing_request"


# Facts of horizontal_test.go, TestConvertDesiredReplicasWithRules:
# current, proposed, min, max, expected, reason.
RULES = [
    (5, 7, 3, 8, 7, "DesiredWithinRange"),
    (3, 1, 2, 8, 2, "TooFewReplicas"),
    (1, 0, 0, 10, 0, "DesiredWithinRange"),
    (20, 1000, 1, 10, 10, "TooManyReplicas"),
    (3, 1000, 1, 2000, 6, "ScaleUpLimit"),
    (1, 1000, 1, 2000, 4, "ScaleUpLimit"),
]


@pytest.mark.parametrize("row", RULES)
def test_the_controllers_rules_without_behavior(row):
    current, proposed, low, high, expected, reason = row
    metric = value("external_average", 1, proposed)
    outputs = ask(current, metric, min_replicas=low, max_replicas=high)
    assert (outputs["desired_replicas"], outputs["limit_reason"]) == (expected, reason)


# Facts of horizontal_test.go, TestNormalizeDesiredReplicas (window 300 s):
# recommendations (replicas, seconds ago), proposed, stabilized.
STABILIZED = [
    ([], 5, 5),
    ([(4, 120), (5, 60)], 3, 5),
    ([(1, 120), (2, 60)], 3, 3),
    ([(10, 600), (9, 540)], 3, 3),
    ([(10, 600), (4, 60), (5, 120), (9, 540)], 3, 5),
    ([(7, 300)], 3, 7),
]


@pytest.mark.parametrize(("earlier", "proposed", "expected"), STABILIZED)
def test_the_controllers_stabilization_without_behavior(earlier, proposed, expected):
    recommendations = [{"replicas": n, "seconds_ago": s} for n, s in earlier]
    outputs = ask(20, value("external_average", 1, proposed), recommendations=recommendations)
    assert outputs["stabilized_replicas"] == expected
    assert outputs["desired_replicas"] == expected


def test_an_unavailable_metric_does_not_hold_back_a_scale_up():
    lost = {"type": "external_value", "target": 100, "unavailable": True}
    outputs = ask(3, lost, cpu(30, [300, 400, 500], R * 3), min_replicas=2, max_replicas=6)
    assert outputs["desired_replicas"] == 4
    assert outputs["per_metric"][0] == {
        "type": "external_value",
        "error_code": "metric_unavailable",
    }


def test_an_unavailable_metric_forbids_a_scale_down():
    lost = {"type": "external_value", "target": 1000, "unavailable": True}
    outputs = ask(5, cpu(50, [100, 300, 500, 250, 250], R * 5), lost, max_replicas=6)
    assert outputs["limit_reason"] == "MetricUnavailable"
    assert (outputs["proposed_replicas"], outputs["desired_replicas"]) == (5, 5)
    assert len(outputs["per_metric"]) == 2
    for name in ("stabilized_replicas", "usage_ratio", "utilization"):
        assert outputs[name] is None


@pytest.mark.parametrize(
    ("current", "bounds", "expected", "reason"),
    [
        (0, {}, 0, "ScalingDisabled"),
        (12, {"max_replicas": 10}, 10, "TooManyReplicas"),
        (1, {"min_replicas": 3}, 3, "TooFewReplicas"),
    ],
)
def test_a_reconcile_ends_early_outside_the_bounds(current, bounds, expected, reason):
    outputs = ask(current, {"type": "ratio", "current": 9, "target": 1}, **bounds)
    assert outputs == {
        "proposed_replicas": expected,
        "desired_replicas": expected,
        "stabilized_replicas": None,
        "limit_reason": reason,
        "usage_ratio": None,
        "utilization": None,
        "per_metric": [],
    }


@pytest.mark.parametrize(
    ("metric", "expected", "ratio", "utilization"),
    [
        ({"type": "ratio", "current": 2.5, "target": 1}, 3, 2.5, 2.5),
        (value("object_value", 10, 11), 2, 1.1, 11),
        (value("external_value", 10, 5, 6), 2, 1.1, 11),
        (value("object_average", 10, 31), 4, None, None),
        (value("external_average", 10, 0), 0, None, None),
    ],
)
def test_from_zero_there_is_no_tolerance(metric, expected, ratio, utilization):
    outputs = ask(0, metric, min_replicas=0)
    assert outputs["proposed_replicas"] == expected
    assert outputs["usage_ratio"] == ratio
    assert outputs["utilization"] == utilization


def test_the_tolerances_of_both_directions_are_inclusive():
    def ratio(now, **more):
        return ask(100, {"type": "ratio", "current": now, "target": 100}, **more)

    assert ratio(110)["proposed_replicas"] == 100
    assert ratio(90)["proposed_replicas"] == 100
    assert ratio(111)["proposed_replicas"] == 112  # 1.11 * 100 is 111.00000000000001
    assert ratio(89)["proposed_replicas"] == 89
    assert ratio(106, tolerance_up=0.05)["proposed_replicas"] == 106
    assert ratio(94, tolerance_up=0.05)["proposed_replicas"] == 100
    assert ratio(94, tolerance_down=0.05)["proposed_replicas"] == 94
    assert ratio(101, tolerance=0)["proposed_replicas"] == 101


def test_the_largest_proposal_wins_and_the_first_of_equals_is_reported():
    low = {"type": "ratio", "current": 2, "target": 1}
    outputs = ask(3, low, {"type": "ratio", "current": 20, "target": 10}, cpu(50, [500] * 3, R * 3))
    assert outputs["proposed_replicas"] == 6
    assert outputs["utilization"] == 2


def test_behavior_replaces_the_older_rules():
    outputs = ask(
        10,
        {"type": "ratio", "current": 5, "target": 1},
        behavior={"scale_up": {"policies": [{"type": "Pods", "value": 3, "period_seconds": 60}]}},
        recommendations=[{"replicas": 90, "seconds_ago": 1}],
    )
    assert (outputs["desired_replicas"], outputs["limit_reason"]) == (13, "ScaleUpLimit")
    assert (outputs["proposed_replicas"], outputs["stabilized_replicas"]) == (50, 50)


@pytest.mark.parametrize(
    ("inputs", "code", "where"),
    [
        ({}, "missing_field", "current_replicas"),
        ({"current_replicas": 3}, "missing_field", "metrics"),
        ({"current_replicas": 3, "metrics": []}, "missing_field", "metrics"),
        ({"current_replicas": 3, "metrics": None}, "missing_field", "metrics"),
        (
            {"current_replicas": 3, "current_metric_value": 1},
            "missing_field", "target_metric_value",
        ),
        (
            {"current_replicas": 3, "target_metric_value": 1},
            "missing_field", "current_metric_value",
        ),
        ({"current_replicas": 3, "metrics": [{"target": 1}]}, "missing_field", "metrics[0].type"),
        (
            {"current_replicas": 3, "metrics": [{"type": "ratio", "current": 1}]},
            "missing_field", "metrics[0].target",
        ),
        (
            {"current_replicas": 3, "metrics": [{"type": "ratio", "target": 1}]},
            "missing_field", "metrics[0].current",
        ),
        (
            {"current_replicas": 3, "metrics": [{"type": "pods_value", "target": 1}]},
            "missing_field", "metrics[0].pods",
        ),
        (
            {"current_replicas": 3, "metrics": [{"type": "object_value", "target": 1}]},
            "missing_field", "metrics[0].values",
        ),
        ({"current_replicas": 3, "metrics": [{"type": "cpu"}]}, "invalid_input", "metrics[0].type"),
        ({"current_replicas": 3, "metrics": [7]}, "invalid_input", "metrics[0]"),
        ({"current_replicas": 3, "metrics": "cpu"}, "invalid_input", "metrics"),
        ({"current_replicas": True}, "invalid_input", "current_replicas"),
        ({"current_replicas": 3.0}, "invalid_input", "current_replicas"),
        ({"current_replicas": "3"}, "invalid_input", "current_replicas"),
        ({"current_replicas": -1}, "invalid_input", "current_replicas"),
        ({"current_replicas": 3, "tolerance": -0.1}, "invalid_input", "tolerance"),
        (
            {"current_replicas": 3, "current_metric_value": 1, "target_metric_value": 0},
            "invalid_input", "target_metric_value",
        ),
        (
            {"current_replicas": 3, "current_metric_value": math.inf, "target_metric_value": 1},
            "invalid_input", "current_metric_value",
        ),
        (
            {"current_replicas": 3, "current_metric_value": 10**400, "target_metric_value": 1},
            "invalid_input", "current_metric_value",
        ),
        (
            {"current_replicas": 3, "current_metric_value": 1e308, "target_metric_value": 1e-308},
            "invalid_input", "scaling.hpa",
        ),
        (
            {"current_replicas": -(10**5000)},
            "invalid_input", "current_replicas",
        ),
        (
            {"current_replicas": 3, "metrics": [cpu(0, [1], [1])]},
            "invalid_input", "metrics[0].target",
        ),
        (
            {"current_replicas": 3, "metrics": [cpu(5, [1], [1], ["odd"])]},
            "invalid_input", "metrics[0].pods[0].state",
        ),
        (
            {"current_replicas": 3, "metrics": [value("object_value", 5, 1, 2)]},
            "invalid_input", "metrics[0].values",
        ),
        (
            {"current_replicas": 3, "metrics": [value("object_value", 5, math.nan)]},
            "invalid_input", "metrics[0].values[0]",
        ),
        (
            {
                "current_replicas": 3, "current_metric_value": 1, "target_metric_value": 1,
                "min_replicas": 5, "max_replicas": 4,
            },
            "invalid_input", "max_replicas",
        ),
        (
            {
                "current_replicas": 3, "current_metric_value": 1, "target_metric_value": 1,
                "min_replicas": 0, "max_replicas": 0,
            },
            "invalid_input", "max_replicas",
        ),
        (
            {
                "current_replicas": 3, "current_metric_value": 1, "target_metric_value": 1,
                "metrics": [{"type": "ratio", "current": 1, "target": 1}],
            },
            "invalid_input", "metrics",
        ),
        ({"op": "vpa"}, "unknown_op", "op"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_field(inputs, code, where):
    error = refused(inputs)
    assert (error.code, error.where) == (code, where)
    assert "\n" not in error.line()
    assert len(error.line()) < 400


def test_a_malformed_metric_fails_the_call_even_beside_a_good_one():
    good = {"type": "ratio", "current": 1, "target": 1}
    error = refused({"current_replicas": 3, "metrics": [good, {"type": "ratio", "target": 1}]})
    assert (error.code, error.where) == ("missing_field", "metrics[1].current")


def test_a_misspelt_field_is_a_warning_with_its_place():
    answer = run(
        "scaling",
        {
            "current_replicas": 3,
            "min_replica": 2,
            "metrics": [{"type": "ratio", "current": 1, "target": 1, "tolerances": 3}],
        },
    )
    assert len(answer.warnings) == 2
    assert "metrics[0].tolerances" in " ".join(answer.warnings)


def test_null_is_the_same_as_absent():
    bare = {"current_replicas": 3, "current_metric_value": 3, "target_metric_value": 1}
    nulls = dict.fromkeys(
        ("min_replicas", "max_replicas", "tolerance", "tolerance_up", "metrics", "behavior")
    )
    assert run("scaling", bare | nulls | {"op": None}).outputs == run("scaling", bare).outputs


def test_ten_thousand_metrics_are_answered():
    many = [{"type": "ratio", "current": n, "target": 1000} for n in range(10_000)]
    assert ask(100, *many)["proposed_replicas"] == 1000


def test_ten_thousand_decisions_a_second():
    given_once = HpaInput(current_replicas=3, current_metric_value=2.0, target_metric_value=1.0)
    hpa(given_once)
    best = math.inf
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(200):
            hpa(given_once)
        best = min(best, (time.perf_counter() - start) / 200)
    assert best < 1e-4


# Properties.

numbers = st.floats(0, 1e6, allow_nan=False) | st.integers(0, 10**6)
positive = st.floats(1e-3, 1e6) | st.integers(1, 10**6)
ratio_metrics = st.builds(
    lambda c, t: {"type": "ratio", "current": c, "target": t}, numbers, positive
)
value_metrics = st.builds(
    lambda kind, target, values: value(kind, target, *values),
    st.sampled_from(["external_value", "external_average"]),
    positive,
    st.lists(numbers, min_size=1, max_size=4),
)
a_pod = st.fixed_dictionaries(
    {
        "usage_milli": st.none() | st.integers(0, 5000),
        "request_milli": st.integers(1, 4000),
        "state": st.sampled_from([READY, READY, READY, UNREADY, PENDING, FAILED, DELETING]),
    }
)
pod_metrics = st.builds(
    lambda kind, target, found, resource: (
        {"type": kind, "target": target, "pods": found}
        | ({"resource": resource} if kind == "resource_utilization" else {})
    ),
    st.sampled_from(["resource_utilization", "pods_value"]),
    st.integers(1, 500),
    st.lists(a_pod, max_size=8),
    st.sampled_from(["cpu", "memory"]),
)
any_metric = ratio_metrics | value_metrics | pod_metrics
moderate = settings(max_examples=60, deadline=None)


def outcome(inputs):
    """The outputs, or the code of the refusal."""
    try:
        return run("scaling", inputs).outputs
    except CalculatorError as error:
        return error.code


@moderate
@given(st.integers(1, 60), st.lists(any_metric, min_size=1, max_size=4), st.data())
def test_desired_is_within_the_bounds_and_every_figure_is_finite(current, metrics, data):
    low = data.draw(st.integers(0, 50))
    high = data.draw(st.integers(max(low, 1), 80))
    found = outcome(
        {
            "current_replicas": current,
            "metrics": metrics,
            "min_replicas": low,
            "max_replicas": high,
            "behavior": data.draw(st.sampled_from([None, {}])),
        }
    )
    if isinstance(found, str):
        assert found in {"no_pods", "missing_request", "no_metrics"}
        return
    assert low <= found["desired_replicas"] <= high
    for name, figure in found.items():
        if isinstance(figure, int | float):
            assert math.isfinite(figure), name
            assert figure >= 0, name


@moderate
@given(st.integers(1, 50), st.lists(any_metric, min_size=1, max_size=4), st.randoms())
def test_the_order_of_metrics_and_pods_decides_nothing(current, metrics, random):
    before = outcome({"current_replicas": current, "metrics": metrics})
    shuffled = [dict(metric) for metric in metrics]
    for metric in shuffled:
        if "pods" in metric:
            metric["pods"] = random.sample(metric["pods"], len(metric["pods"]))
    random.shuffle(shuffled)
    after = outcome({"current_replicas": current, "metrics": shuffled})
    if isinstance(before, str):
        assert isinstance(after, str)
    else:
        assert after["desired_replicas"] == before["desired_replicas"]


@moderate
@given(st.integers(1, 50), pod_metrics)
def test_failed_and_deleting_pods_decide_nothing(current, metric):
    kept = [pod for pod in metric["pods"] if pod["state"] not in (FAILED, DELETING)]
    if not kept:
        return
    with_them = outcome({"current_replicas": current, "metrics": [metric]})
    without = outcome({"current_replicas": current, "metrics": [metric | {"pods": kept}]})
    assert with_them == without


@moderate
@given(st.integers(0, 50), ratio_metrics, numbers)
def test_more_load_never_asks_for_fewer_replicas(current, metric, more):
    low, high = sorted((metric["current"], more))
    few = ask(current, metric | {"current": low}, min_replicas=0)
    many = ask(current, metric | {"current": high}, min_replicas=0)
    assert few["proposed_replicas"] <= many["proposed_replicas"]
    assert few["desired_replicas"] <= many["desired_replicas"]


@moderate
@given(st.integers(1, 50), value_metrics, st.sampled_from([2, 4, 1024, 0.5]))
def test_the_unit_of_a_value_decides_nothing(current, metric, factor):
    scaled = metric | {
        "target": metric["target"] * factor,
        "values": [one * factor for one in metric["values"]],
    }
    before, after = ask(current, metric), ask(current, scaled)
    assert before["desired_replicas"] == after["desired_replicas"]
    assert before["usage_ratio"] == after["usage_ratio"]


@moderate
@given(st.integers(1, 50), ratio_metrics, st.floats(0, 1), st.floats(0, 1))
def test_more_tolerance_never_moves_further(current, metric, one, other):
    small, large = sorted((one, other))
    near = ask(current, metric, tolerance=large)["proposed_replicas"]
    far = ask(current, metric, tolerance=small)["proposed_replicas"]
    assert abs(near - current) <= abs(far - current)


@moderate
@given(st.integers(1, 50), st.lists(any_metric, min_size=1, max_size=3), ratio_metrics)
def test_one_more_metric_never_lowers_the_proposal(current, metrics, extra):
    before = outcome({"current_replicas": current, "metrics": metrics})
    after = outcome({"current_replicas": current, "metrics": [*metrics, extra]})
    if not isinstance(before, str):
        assert after["proposed_replicas"] >= before["proposed_replicas"]


@moderate
@given(st.integers(1, 30), st.integers(1, 300), st.lists(a_pod, min_size=1, max_size=8))
def test_a_sample_that_is_missing_never_turns_the_direction(current, target, found):
    """What is not known is counted against the direction that the known pods ask for."""
    kept = [pod | {"state": READY} for pod in found]
    metric = {"type": "resource_utilization", "target": target, "pods": kept}
    result = outcome({"current_replicas": len(kept), "metrics": [metric]})
    if isinstance(result, str):
        assert all(pod["usage_milli"] is None for pod in kept)
    elif result["usage_ratio"] > 1:
        assert result["proposed_replicas"] >= len(kept)
    elif result["usage_ratio"] < 1:
        assert result["proposed_replicas"] <= len(kept)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@moderate
@given(st.data())
def test_whatever_stands_in_a_field_is_answered_or_refused(data):
    good = {
        "current_replicas": 3,
        "metrics": [cpu(50, [100, 200], R * 2), value("external_value", 3, 4)],
        "behavior": {"recommendations": [{"replicas": 3, "seconds_ago": 4}]},
    }
    field = data.draw(st.sampled_from(sorted(HpaInput.model_fields)))
    inner = data.draw(st.sampled_from(["target", "pods", "values", "unavailable", "type"]))
    junk = data.draw(json_values)
    if data.draw(st.booleans()):
        good[field] = junk
    else:
        good["metrics"][data.draw(st.integers(0, 1))][inner] = junk
    outcome(good)  # nothing but an answer or a CalculatorError
