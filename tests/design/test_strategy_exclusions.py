"""What excludes a strategy, each code provoked and not, and how the rest is ranked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry

NAMES = ["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]
ORDER = [
    "downtime",
    "capacity",
    "schema_incompatible",
    "exclusive_volume",
    "traffic_too_small",
    "single_replica",
    "session_affinity",
    "no_router",
    "cost_limit",
]
NO_ROUTER = {"traffic_routing": False}
TWO_VERSIONS = {"Blue-Green", "Canary", "Rolling", "A/B Testing"}
SPLIT = {"Canary", "A/B Testing"}


def run(given: dict[str, Any]) -> dict[str, Any]:
    return dict(registry.run("strategy", given).outputs)


def excluded(given: dict[str, Any], code: str) -> set[str]:
    rows = run(given)["strategies"]
    return {name for name, row in rows.items() if code in row["excluded_because"]}


def test_nothing_is_excluded_from_neutral_input() -> None:
    rows = run({})["strategies"]
    assert all(row["eligible"] and row["excluded_because"] == [] for row in rows.values())


@pytest.mark.parametrize(
    ("code", "given", "names"),
    [
        ("downtime", {"zero_downtime_required": True}, {"Recreate"}),
        (
            "downtime",
            {"zero_downtime_required": True, "replicas": 1, "max_surge": 0},
            {"Recreate", "Rolling"},
        ),
        ("downtime", {"zero_downtime_required": True, "replicas": 1}, {"Recreate"}),
        ("downtime", {"replicas": 1, "max_surge": 0}, set()),
        (
            "downtime",
            {
                "zero_downtime_required": True,
                "termination_grace_seconds": 0,
                "pod_startup_seconds": 0,
            },
            set(),
        ),
        ("capacity", {"spare_capacity_percent": 99}, {"Blue-Green"}),
        ("capacity", {"spare_capacity_percent": 50}, {"Blue-Green"}),
        ("capacity", {"spare_capacity_percent": 49}, {"Blue-Green", "Canary"}),
        # 0 spare pods: a rolling update then takes pods away first, and needs none
        ("capacity", {"spare_capacity_percent": 0}, {"Blue-Green", "Canary", "A/B Testing"}),
        (
            "capacity",
            {"spare_capacity_percent": 0, "max_unavailable": 0},
            {"Blue-Green", "Canary", "Rolling", "A/B Testing"},
        ),
        (
            "capacity",
            {"spare_capacity_percent": 30, "max_unavailable": 0, **NO_ROUTER},
            {"Blue-Green"},
        ),
        (
            "capacity",
            {"spare_capacity_percent": 29, "max_unavailable": 0, **NO_ROUTER},
            {"Blue-Green", "Canary", "Rolling"},
        ),
        # without a router the canary's pods are the surge, whatever may be unavailable
        ("capacity", {"spare_capacity_percent": 29, **NO_ROUTER}, {"Blue-Green", "Canary"}),
        ("capacity", {"spare_capacity_percent": 9}, {"Blue-Green", "Canary", "A/B Testing"}),
        ("capacity", {"spare_capacity_percent": 10}, {"Blue-Green", "Canary"}),
        ("capacity", {"spare_capacity_percent": 200, "canary_weights_percent": [100]}, set()),
        ("schema_incompatible", {"schema_migration": "incompatible"}, TWO_VERSIONS),
        ("schema_incompatible", {"schema_migration": "backward_compatible"}, set()),
        ("schema_incompatible", {"schema_migration": "none"}, set()),
        ("exclusive_volume", {"exclusive_volume": True}, TWO_VERSIONS),
        ("exclusive_volume", {"exclusive_volume": False}, set()),
        # 60 requests at a tenth of the traffic in a day: 60 / (rps * 0.1) <= 86400
        ("traffic_too_small", {"rps": 0.0069}, SPLIT),
        ("traffic_too_small", {"rps": 0.007}, set()),
        ("traffic_too_small", {"rps": 0.0069, "cohort_percent": 20}, {"Canary"}),
        (
            "traffic_too_small",
            {"rps": 0.0069, "canary_weights_percent": [20, 50]},
            {"A/B Testing"},
        ),
        ("traffic_too_small", {"rps": 0.007, "canary_weights_percent": [50, 5]}, {"Canary"}),
        ("traffic_too_small", {"rps": 1, "max_step_hours": 0.1}, SPLIT),
        ("traffic_too_small", {"rps": 1, "max_step_hours": 0.17}, set()),
        # a fault within the budget needs no sample
        ("traffic_too_small", {"rps": 1e-9, "bad_error_ratio": 0.0005}, set()),
        ("single_replica", {"replicas": 1, **NO_ROUTER}, {"Canary"}),
        ("single_replica", {"replicas": 1}, set()),
        ("single_replica", {"replicas": 2, **NO_ROUTER}, set()),
        ("session_affinity", {"session_affinity_required": True}, SPLIT),
        (
            "session_affinity",
            {"session_affinity_required": True, "sticky_routing_available": True},
            set(),
        ),
        ("session_affinity", {"sticky_routing_available": False}, set()),
        ("no_router", {"feature_flags": False, **NO_ROUTER}, {"A/B Testing"}),
        ("no_router", {"feature_flags": False}, set()),
        ("no_router", NO_ROUTER, set()),
        # a pod-second costs 1: 10 * 365, 5 * 930, 3 * 60, 0 and 1 * 86430
        (
            "cost_limit",
            {"price_per_replica_hour": 3600, "max_extra_cost_per_deploy": 179},
            {"Blue-Green", "Canary", "Rolling", "A/B Testing"},
        ),
        (
            "cost_limit",
            {"price_per_replica_hour": 3600, "max_extra_cost_per_deploy": 180},
            {"Blue-Green", "Canary", "A/B Testing"},
        ),
        (
            "cost_limit",
            {"price_per_replica_hour": 3600, "max_extra_cost_per_deploy": 4649},
            {"Canary", "A/B Testing"},
        ),
        ("cost_limit", {"price_per_replica_hour": 3600, "max_extra_cost_per_deploy": 86430}, set()),
        ("cost_limit", {"price_per_replica_hour": 3600}, set()),
        ("cost_limit", {"max_extra_cost_per_deploy": 0}, set()),
    ],
)
def test_exclusion(code: str, given: dict[str, Any], names: set[str]) -> None:
    assert excluded(given, code) == names


def test_every_code_in_its_order() -> None:
    given = {
        "replicas": 1,
        "rps": 1e-6,
        "traffic_routing": False,
        "feature_flags": False,
        "zero_downtime_required": True,
        "spare_capacity_percent": 0,
        "schema_migration": "incompatible",
        "exclusive_volume": True,
        "session_affinity_required": True,
        "price_per_replica_hour": 1,
        "max_extra_cost_per_deploy": 0,
    }
    answer = run(given)
    rows = answer["strategies"]
    found = {name: rows[name]["excluded_because"] for name in NAMES}
    assert found["Canary"] == [code for code in ORDER if code not in {"downtime", "no_router"}]
    assert found["A/B Testing"] == [
        code for code in ORDER if code not in {"downtime", "single_replica"}
    ]
    assert found["Recreate"] == ["downtime"]
    assert found["Blue-Green"] == [
        "capacity",
        "schema_incompatible",
        "exclusive_volume",
        "cost_limit",
    ]
    # a surge of one pod, which is none that the capacity must hold beside the one unavailable
    assert found["Rolling"] == found["Blue-Green"]
    assert answer["recommended"] is None
    assert answer["ranking"] == []
    assert set(answer["risk"]) == set(NAMES)


@pytest.mark.parametrize(
    ("given", "pods"),
    [
        ({}, (10, 5, 0, 0, 1)),
        ({"max_unavailable": 0}, (10, 5, 3, 0, 1)),
        (NO_ROUTER, (10, 3, 0, 0, 1)),
        ({"max_surge": 20, "max_unavailable": 0, **NO_ROUTER}, (10, 10, 10, 0, 1)),
        ({"replicas": 70, "canary_weights_percent": [10]}, (70, 7, 0, 0, 7)),
        ({"replicas": 3, "cohort_percent": 34}, (3, 2, 1, 0, 2)),
    ],
)
def test_extra_pods(given: dict[str, Any], pods: tuple[int, ...]) -> None:
    rows = run(given)["strategies"]
    assert tuple(rows[name]["extra_pods"] for name in NAMES) == pods


def test_extra_cost_is_that_of_the_cost_calculator() -> None:
    rows = run({"price_per_replica_hour": 0.05, "replicas": 12})["strategies"]
    for name, key in zip(
        NAMES, ("blue_green", "canary", "rolling", "recreate", "ab_testing"), strict=True
    ):
        cost = registry.run(
            "cost",
            {
                "replicas": 12,
                "vcpu_per_replica": 0.05,
                "memory_gib_per_replica": 0,
                "price_per_vcpu_hour": 1,
                "price_per_gib_hour": 0,
                "strategy": key,
            },
        ).outputs
        assert rows[name]["extra_cost_per_deploy"] == cost["surge_cost_per_deploy"]


def test_feature_validation_puts_the_experiment_first() -> None:
    ranking = run({"feature_validation": True})["ranking"]
    assert ranking == ["A/B Testing", "Blue-Green", "Canary", "Rolling", "Recreate"]
    # but not when it is excluded
    answer = run({"feature_validation": True, "session_affinity_required": True})
    assert answer["recommended"] == "Blue-Green"


def test_the_experiment_comes_last_however_small_its_risk() -> None:
    answer = run({"failure_probability": 0})
    assert answer["ranking"][-1] == "A/B Testing"
    assert answer["strategies"]["A/B Testing"]["risk_percent_of_budget"] == 0


def test_equal_risk_is_ranked_by_cost_then_order() -> None:
    # no release fails: three strategies cost no budget; a rolling update is the cheapest
    ranking = run({"failure_probability": 0, "price_per_replica_hour": 0.05})["ranking"]
    assert ranking == ["Rolling", "Blue-Green", "Canary", "Recreate", "A/B Testing"]
    ranking = run({"failure_probability": 0})["ranking"]
    assert ranking == ["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]


def test_noise_does_not_decide_a_tie() -> None:
    # one wave is a switch: both fail everything at once; only the last bits may differ
    given: dict[str, Any] = {
        "max_surge": "100%",
        "pod_startup_seconds": 70,
        "preview_detection": 0,
        "canary_weights_percent": [100],
        "weight_reset_seconds": 35,
    }
    rows = run(given)["strategies"]
    shares = [rows[name]["risk_percent_of_budget"] for name in ("Blue-Green", "Canary", "Rolling")]
    assert max(shares) == pytest.approx(min(shares), rel=1e-12)
    assert run(given)["ranking"][:3] == ["Blue-Green", "Canary", "Rolling"]
    # the same with a canary that differs in the tenth digit only
    close = given | {"weight_reset_seconds": 35 - 1e-8}
    assert run(close)["ranking"][:3] == ["Blue-Green", "Canary", "Rolling"]
    apart = given | {"weight_reset_seconds": 34.9}
    assert run(apart)["ranking"][:3] == ["Canary", "Blue-Green", "Rolling"]


situations = st.fixed_dictionaries(
    {
        "replicas": st.integers(1, 40),
        "rps": st.sampled_from([1e-4, 0.005, 0.05, 1, 100]),
        "max_surge": st.sampled_from([0, 1, "25%", "100%"]),
        "max_unavailable": st.sampled_from([0, 1, "25%"]),
        "traffic_routing": st.booleans(),
        "feature_flags": st.booleans(),
        "spare_capacity_percent": st.floats(0, 120),
        "price_per_replica_hour": st.floats(0, 1),
        "canary_analysis": st.booleans(),
        "feature_validation": st.booleans(),
    }
)
CONSTRAINTS: list[dict[str, Any]] = [
    {"zero_downtime_required": True},
    {"schema_migration": "incompatible"},
    {"exclusive_volume": True},
    {"session_affinity_required": True},
    {"max_extra_cost_per_deploy": 0.01},
    {"max_step_hours": 0.5},
    {"feature_flags": False},
]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: next(iter(one)))
@settings(max_examples=40, deadline=None)
@given(given=situations)
def test_a_constraint_never_adds_a_strategy(
    constraint: dict[str, Any], given: dict[str, Any]
) -> None:
    free, bound = run(given), run(given | constraint)
    assert set(bound["ranking"]) <= set(free["ranking"])
    # and what remains keeps its order
    assert bound["ranking"] == [name for name in free["ranking"] if name in bound["ranking"]]


@settings(max_examples=60, deadline=None)
@given(given=situations, part=st.floats(0, 1))
def test_less_spare_capacity_never_adds_a_strategy(given: dict[str, Any], part: float) -> None:
    less = given | {"spare_capacity_percent": given["spare_capacity_percent"] * part}
    assert set(run(less)["ranking"]) <= set(run(given)["ranking"])


@settings(max_examples=60, deadline=None)
@given(given=situations)
def test_the_ranking_holds_the_eligible_in_order(given: dict[str, Any]) -> None:
    answer = run(given)
    rows = answer["strategies"]
    assert set(answer["ranking"]) == {name for name in NAMES if rows[name]["eligible"]}
    assert answer["recommended"] == (answer["ranking"][0] if answer["ranking"] else None)
    released = [name for name in answer["ranking"] if name != "A/B Testing"]
    shares = [float(f"{rows[name]['risk_percent_of_budget']:.9g}") for name in released]
    assert shares == sorted(shares)
    for row in rows.values():
        codes = row["excluded_because"]
        assert codes == [code for code in ORDER if code in codes]
