"""Recovery time: each part by hand, and the ways a fault is seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError

STRATEGIES = ["blue_green", "canary", "rolling", "recreate", "ab_testing"]


def run(**given: object) -> dict[str, Any]:
    return dict(registry.run("rto", given).outputs)


def refused(**given: object) -> CalculatorError:
    with pytest.raises(CalculatorError) as caught:
        registry.run("rto", given)
    return caught.value


def test_blue_green_by_hand() -> None:
    # detect 3600 * 14.4 * 0.001 / 1 = 51.84, then scrape 60 + evaluation 60 + group wait 30;
    # decide 300; act switch 5 + propagation 30; verify 60
    answer = run(strategy="blue_green")
    assert answer["detect_seconds"] == pytest.approx(201.84, rel=1e-12)
    assert answer["decide_seconds"] == 300
    assert answer["act_seconds"] == 35
    assert answer["data_restore_seconds"] == 0
    assert answer["verify_seconds"] == 60
    assert answer["rto_seconds"] == pytest.approx(596.84, rel=1e-12)
    assert answer["rto_minutes"] == pytest.approx(596.84 / 60, rel=1e-12)
    assert "meets_target" not in answer


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, 201.84),
        ({"error_ratio": 0.1}, 518.4 + 150),
        ({"error_ratio": 0.0144}, 3600 + 150),  # exactly at the threshold
        ({"window_days": 28}, 3600 * 13.44 * 0.001 + 150),
        ({"burn_rate": 6, "long_window_seconds": 21600}, 21600 * 0.006 + 150),
        # the default burn rate follows the long window: the same 2 % of the budget
        ({"long_window_seconds": 21600}, 51.84 + 150),
        ({"slo_percent": 99}, 3600 * 0.144 + 150),
        ({"for_seconds": 90}, 201.84 + 120),  # holds at the second evaluation
        ({"for_seconds": 60}, 201.84 + 60),
        ({"detection": "threshold"}, 150),
        ({"detection": "threshold", "for_seconds": 61}, 150 + 120),
        ({"detection": "threshold", "evaluation_interval_seconds": 15, "for_seconds": 40}, 150),
        ({"detection": "threshold", "scrape_interval_seconds": 15, "group_wait_seconds": 0}, 75),
        ({"detection": "threshold", "evaluation_interval_seconds": 0.1, "for_seconds": 0.3}, 90.4),
        ({"detection": "threshold", "error_ratio": 0}, 150),  # it does not look at the budget
        ({"detection": "probe"}, 31),
        (
            {
                "detection": "probe",
                "probe_failure_threshold": 5,
                "probe_period_seconds": 2,
                "probe_timeout_seconds": 3,
            },
            13,
        ),
        ({"detection": "probe", "group_wait_seconds": 900}, 31),  # no alert on its path
        ({"detection": "manual", "detect_seconds": 900}, 900),
        ({"detection": "manual", "detect_seconds": 0}, 0),
    ],
)
def test_detection(given: dict[str, Any], seconds: float) -> None:
    answer = run(strategy="blue_green", **given)
    assert answer["detect_seconds"] == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        {"error_ratio": 0.001},
        {"error_ratio": 0},
        {"error_ratio": 0.01439},
        {"burn_rate": 2000},
        {"slo_percent": 90},  # 14.4 times a tenth is more than all requests
    ],
)
def test_an_alert_that_never_fires_is_refused(given: dict[str, Any]) -> None:
    problem = refused(strategy="canary", **given)
    assert problem.code == "never_detected"
    assert problem.where == "error_ratio"
    assert problem.fix


def test_manual_detection_needs_its_seconds() -> None:
    problem = refused(strategy="canary", detection="manual")
    assert (problem.code, problem.where) == ("missing_field", "detect_seconds")
    problem = refused(strategy="canary", detection="manual", detect_seconds=None)
    assert problem.code == "missing_field"


def test_detect_seconds_counts_for_manual_only() -> None:
    assert run(strategy="canary", detection="probe", detect_seconds=900)["detect_seconds"] == 31


def test_automation_decides_at_once() -> None:
    assert run(strategy="canary", decide_seconds=120)["decide_seconds"] == 120
    answer = run(strategy="canary", decide_seconds=120, automated_rollback=True)
    assert answer["decide_seconds"] == 0


@pytest.mark.parametrize(
    ("strategy", "given", "seconds"),
    [
        ("blue_green", {"switch_seconds": 1, "lb_propagation_seconds": 10}, 11),
        ("blue_green", {"dns_ttl_seconds": 300}, 305),
        ("blue_green", {"dns_ttl_seconds": 0}, 5),
        ("blue_green", {"standby_scaled_down": True}, 65),
        ("blue_green", {"standby_scaled_down": True, "min_ready_seconds": 10}, 75),
        ("rolling", {}, 60),  # surge 3, unavailable 2: two waves of 30 s
        ("rolling", {"replicas": 10, "max_surge": 1, "max_unavailable": 0}, 300),
        ("rolling", {"replicas": 7, "max_surge": 0, "max_unavailable": 0}, 210),
        ("rolling", {"replicas": 11, "min_ready_seconds": 15}, 135),
        ("rolling", {"replicas": 0}, 0),
        ("canary", {}, 5),
        ("canary", {"weight_reset_seconds": 12, "replicas": 1}, 12),
        ("canary", {"traffic_routing": False}, 30),  # one pod, one wave
        ("canary", {"traffic_routing": False, "canary_weight_percent": 51}, 60),
        ("canary", {"traffic_routing": False, "canary_weight_percent": 50}, 30),
        ("canary", {"traffic_routing": False, "canary_weight_percent": 0}, 0),
        # 70 * 10 / 100 stays 7: no eighth pod from the last bits
        (
            "canary",
            {"traffic_routing": False, "replicas": 70, "max_surge": 1, "max_unavailable": 0},
            210,
        ),
        ("recreate", {}, 60),
        ("recreate", {"termination_grace_seconds": 0, "min_ready_seconds": 5}, 35),
        ("ab_testing", {}, 30),
        ("ab_testing", {"flag_propagation_seconds": 2}, 2),
    ],
)
def test_act(strategy: str, given: dict[str, Any], seconds: float) -> None:
    assert run(strategy=strategy, **given)["act_seconds"] == pytest.approx(seconds, rel=1e-12)


def test_null_bounds_are_absent_here() -> None:
    answer = run(strategy="rolling", max_surge=None, max_unavailable=None, burn_rate=None)
    assert answer == run(strategy="rolling")


@pytest.mark.parametrize(("target", "meets"), [(10, True), (9.9, False), (9.95, True), (0, False)])
def test_target(target: float, meets: bool) -> None:
    # 596.84 s are 9.947 min
    assert run(strategy="blue_green", rto_target_minutes=target)["meets_target"] is meets


def test_a_target_met_exactly_is_met() -> None:
    given: dict[str, Any] = {
        "strategy": "ab_testing",
        "detection": "manual",
        "detect_seconds": 210,
        "rto_target_minutes": 10,
    }
    assert run(**given)["rto_seconds"] == 600
    assert run(**given)["meets_target"] is True


@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_parts_add_up(strategy: str, data: st.DataObject) -> None:
    seconds = st.floats(0, 5000)
    given = {
        name: data.draw(seconds, label=name)
        for name in ("decide_seconds", "data_restore_seconds", "verify_seconds")
    }
    answer = run(strategy=strategy, detection=data.draw(st.sampled_from(["probe", "threshold"])))
    more = run(strategy=strategy, detection="probe", **given)
    assert {name: more[name] for name in given} == given
    for one in (answer, more):
        parts = ("detect", "decide", "act", "data_restore", "verify")
        assert one["rto_seconds"] == pytest.approx(sum(one[f"{part}_seconds"] for part in parts))
        assert one["rto_minutes"] == one["rto_seconds"] / 60


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({}, "missing_field", "strategy"),
        ({"strategy": "Blue-Green"}, "invalid_input", "strategy"),
        ({"strategy": "canary", "detection": "luck"}, "invalid_input", "detection"),
        ({"strategy": "canary", "error_ratio": 1.1}, "invalid_input", "error_ratio"),
        ({"strategy": "canary", "slo_percent": 100}, "invalid_input", "slo_percent"),
        ({"strategy": "canary", "decide_seconds": -1}, "invalid_input", "decide_seconds"),
        ({"strategy": "canary", "decide_seconds": "5"}, "invalid_input", "decide_seconds"),
        ({"strategy": "canary", "replicas": 3.0}, "invalid_input", "replicas"),
        ({"strategy": "canary", "replicas": True}, "invalid_input", "replicas"),
        ({"strategy": "canary", "max_surge": "5"}, "invalid_input", "max_surge"),
        (
            {"strategy": "canary", "evaluation_interval_seconds": 0},
            "invalid_input",
            "evaluation_interval_seconds",
        ),
        ({"strategy": "canary", "op": "recover"}, "unknown_op", "op"),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], code: str, where: str) -> None:
    problem = refused(**given)
    assert (problem.code, problem.where) == (code, where)


def test_unknown_fields_are_warned_of() -> None:
    answer = registry.run("rto", {"op": "recovery", "strategy": "canary", "dns_ttl": 5})
    assert len(answer.warnings) == 1
    assert "dns_ttl" in answer.warnings[0]
    assert registry.run("rto", {"op": "recovery", "strategy": "canary"}).warnings == ()
