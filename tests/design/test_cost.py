"""Cost of replicas and of a deployment's extra pods, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError

SURGE_FIELDS = {
    "surge_pods",
    "surge_seconds",
    "surge_cost_per_deploy",
    "surge_cost_per_month",
    "total_monthly_cost",
}
SIZE: dict[str, Any] = {"replicas": 10, "vcpu_per_replica": 1, "memory_gib_per_replica": 2}
PRICES: dict[str, Any] = {"price_per_vcpu_hour": 0.04, "price_per_gib_hour": 0.005}


def run(**given: object) -> dict[str, Any]:
    return dict(registry.run("cost", SIZE | given).outputs)


def test_a_month_by_hand() -> None:
    # 1 * 0.04 + 2 * 0.005 = 0.05 an hour; 10 * 0.05 * 730 = 365 a month
    answer = run(**PRICES)
    assert answer["price_per_replica_hour"] == pytest.approx(0.05, rel=1e-15)
    assert answer["monthly_cost"] == pytest.approx(365, rel=1e-15)
    assert answer["annual_cost"] == pytest.approx(4380, rel=1e-15)
    assert answer["prices_assumed"] is False
    assert not SURGE_FIELDS & answer.keys()


def test_list_prices_are_assumed() -> None:
    answer = run()
    assert answer["price_per_replica_hour"] == 1 * 0.04048 + 2 * 0.004445
    assert answer["prices_assumed"] is True


@pytest.mark.parametrize("given_price", list(PRICES))
def test_one_missing_price_is_an_assumption(given_price: str) -> None:
    assert run(**{given_price: PRICES[given_price]})["prices_assumed"] is True
    other = dict.fromkeys(PRICES) | {given_price: 0}
    assert run(**other)["prices_assumed"] is True


def test_a_price_of_nothing_is_a_price() -> None:
    answer = run(price_per_vcpu_hour=0, price_per_gib_hour=0, strategy="canary")
    assert answer["prices_assumed"] is False
    assert answer["total_monthly_cost"] == 0


@pytest.mark.parametrize(
    ("strategy", "given", "pods", "seconds"),
    [
        ("recreate", {}, 0, 0),
        ("rolling", {}, 3, 60),
        ("rolling", {"max_surge": 1, "max_unavailable": 0}, 1, 300),
        ("rolling", {"max_surge": 0, "max_unavailable": 1}, 0, 300),
        ("rolling", {"max_surge": 40}, 10, 30),
        ("rolling", {"replicas": 0}, 0, 0),
        ("rolling", {"max_surge": None, "max_unavailable": None}, 3, 60),
        ("blue_green", {}, 10, 365),
        (
            "blue_green",
            {
                "pod_startup_seconds": 20,
                "min_ready_seconds": 10,
                "analysis_seconds": 0,
                "switch_seconds": 1,
                "scale_down_delay_seconds": 600,
            },
            10,
            631,
        ),
        ("canary", {}, 5, 930),
        ("canary", {"canary_weights_percent": [60, 20], "step_seconds": 60}, 6, 150),
        ("canary", {"canary_weights_percent": [1]}, 1, 330),
        ("canary", {"replicas": 70, "canary_weights_percent": [10]}, 7, 330),
        ("ab_testing", {}, 1, 86430),
        ("ab_testing", {"cohort_percent": 15, "experiment_seconds": 3600}, 2, 3630),
    ],
)
def test_surge(strategy: str, given: dict[str, Any], pods: int, seconds: float) -> None:
    answer = run(strategy=strategy, **PRICES, **given)
    assert (answer["surge_pods"], answer["surge_seconds"]) == (pods, seconds)
    a_deploy = pods * seconds / 3600 * answer["price_per_replica_hour"]
    assert answer["surge_cost_per_deploy"] == pytest.approx(a_deploy, rel=1e-15)
    assert answer["surge_cost_per_month"] == pytest.approx(20 * a_deploy, rel=1e-15)
    total = answer["monthly_cost"] + answer["surge_cost_per_month"]
    assert answer["total_monthly_cost"] == pytest.approx(total, rel=1e-15)


def test_blue_green_deployments_by_hand() -> None:
    # 10 pods * 360 s = 1 pod-hour = 0.05; 40 deployments = 2
    answer = run(strategy="blue_green", deploys_per_month=40, switch_seconds=0, **PRICES)
    assert answer["surge_seconds"] == 360
    assert answer["surge_cost_per_deploy"] == pytest.approx(0.05, rel=1e-12)
    assert answer["total_monthly_cost"] == pytest.approx(367, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    replicas=st.integers(0, 500),
    vcpu=st.floats(0, 64),
    gib=st.floats(0, 256),
    hours=st.floats(0, 744),
)
def test_cost_is_linear_in_replicas(replicas: int, vcpu: float, gib: float, hours: float) -> None:
    given: dict[str, Any] = {
        "vcpu_per_replica": vcpu,
        "memory_gib_per_replica": gib,
        "hours_per_month": hours,
    }
    one = run(replicas=1, **given)["monthly_cost"]
    many = run(replicas=replicas, **given)
    assert many["monthly_cost"] == pytest.approx(replicas * one)
    assert many["annual_cost"] == 12 * many["monthly_cost"]


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"replicas": None}, "missing_field", "replicas"),
        ({"vcpu_per_replica": None}, "missing_field", "vcpu_per_replica"),
        ({"memory_gib_per_replica": None}, "missing_field", "memory_gib_per_replica"),
        ({"replicas": -1}, "invalid_input", "replicas"),
        ({"replicas": 2.0}, "invalid_input", "replicas"),
        ({"price_per_vcpu_hour": -0.1}, "invalid_input", "price_per_vcpu_hour"),
        ({"vcpu_per_replica": "1"}, "invalid_input", "vcpu_per_replica"),
        ({"vcpu_per_replica": True}, "invalid_input", "vcpu_per_replica"),
        ({"strategy": "Canary"}, "invalid_input", "strategy"),
        ({"canary_weights_percent": []}, "invalid_input", "canary_weights_percent"),
        ({"canary_weights_percent": [10, 101]}, "invalid_input", "canary_weights_percent[1]"),
        ({"max_surge": "25 %"}, "invalid_input", "max_surge"),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        run(**given)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_an_op_is_unknown_here() -> None:
    answer = registry.run("cost", SIZE | {"op": "monthly"})
    assert len(answer.warnings) == 1
    assert "op" in answer.warnings[0]
    assert registry.run("cost", SIZE).warnings == ()


def test_beyond_doubles_is_refused() -> None:
    with pytest.raises(CalculatorError) as caught:
        run(vcpu_per_replica=1e308, price_per_vcpu_hour=1e308)
    assert caught.value.code == "invalid_input"
