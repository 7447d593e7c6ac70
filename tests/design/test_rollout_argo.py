"""Argo Rollouts' own test tables as facts (utils/replicaset/canary_test.go), and bounds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.design.rollout.argo import closest_counts
from devops_exe.ground.errors import CalculatorError

# replicas, weight, max weight, surge -> canary, stable
# TestApproximateWeightedNewStableReplicaCounts
# fmt: off
WEIGHTS = [
    (0, 0, 100, 0, 0, 0), (0, 50, 100, 0, 0, 0), (0, 100, 100, 0, 0, 0), (0, 0, 100, 1, 0, 0),
    (0, 50, 100, 1, 0, 0), (0, 100, 100, 1, 0, 0), (1, 0, 100, 0, 0, 1), (1, 1, 100, 0, 0, 1),
    (1, 49, 100, 0, 0, 1), (1, 50, 100, 0, 1, 0), (1, 99, 100, 0, 1, 0), (1, 100, 100, 0, 1, 0),
    (1, 0, 100, 1, 0, 1), (1, 1, 100, 1, 1, 1), (1, 49, 100, 1, 1, 1), (1, 50, 100, 1, 1, 1),
    (1, 99, 100, 1, 1, 1), (1, 100, 100, 1, 1, 0), (2, 0, 100, 0, 0, 2), (2, 1, 100, 0, 1, 1),
    (2, 50, 100, 0, 1, 1), (2, 99, 100, 0, 1, 1), (2, 100, 100, 0, 2, 0), (2, 0, 100, 1, 0, 2),
    (2, 1, 100, 1, 1, 2), (2, 50, 100, 1, 1, 1), (2, 99, 100, 1, 2, 1), (2, 100, 100, 1, 2, 0),
    (3, 10, 100, 0, 1, 2), (3, 25, 100, 0, 1, 2), (3, 33, 100, 0, 1, 2), (3, 34, 100, 0, 1, 2),
    (3, 49, 100, 0, 1, 2), (3, 50, 100, 0, 2, 1), (3, 10, 100, 1, 1, 3), (3, 25, 100, 1, 1, 3),
    (3, 33, 100, 1, 1, 2), (3, 34, 100, 1, 1, 2), (3, 49, 100, 1, 2, 2), (3, 50, 100, 1, 2, 2),
    (10, 0, 100, 1, 0, 10), (10, 1, 100, 0, 1, 9), (10, 14, 100, 0, 1, 9), (10, 15, 100, 0, 2, 8),
    (10, 16, 100, 0, 2, 8), (10, 99, 100, 0, 9, 1), (10, 100, 100, 1, 10, 0),
    (10, 0, 100, 1, 0, 10), (10, 1, 100, 1, 1, 10), (10, 18, 100, 1, 2, 9), (10, 19, 100, 1, 2, 9),
    (10, 20, 100, 1, 2, 8), (10, 23, 100, 1, 2, 8), (10, 24, 100, 1, 3, 8), (10, 25, 100, 1, 3, 8),
    (10, 99, 100, 1, 10, 1), (10, 100, 100, 1, 10, 0),
]

# replicas, weight, max surge, max unavailable, stable spec, stable available, canary spec,
# canary available, older spec, promoted -> canary, stable
# TestCalculateReplicaCountsForCanary, rows without a traffic router
STEPS: list[tuple[Any, ...]] = [
    # Do not add extra RSs in scaleDownCount when .Spec.Replica < AvailableReplicas
    (10, 100, 3, 0, 7, 8, 6, 3, 0, False, 6, 7),
    # Use max surge int to scale up canary
    (10, 20, 2, 0, 10, 10, 0, 0, 0, False, 2, 10),
    # Use max surge percentage to scale up canary
    (10, 20, "20%", 0, 10, 10, 0, 0, 0, False, 2, 10),
    # Scale down extra stable replicas
    (10, 20, "20%", 0, 10, 10, 2, 2, 0, False, 2, 8),
    # Do not go past max surge
    (10, 30, 2, 0, 10, 10, 0, 0, 0, False, 2, 10),
    # Use max unavailable int to scale down stableRS
    (10, 20, 0, 2, 10, 10, 0, 0, 0, False, 0, 8),
    # Use max surge percentage to scale down stableRS
    (10, 20, 0, "20%", 10, 10, 0, 0, 0, False, 0, 8),
    # Do not go past max unavailable
    (10, 30, 0, 2, 10, 10, 0, 0, 0, False, 0, 8),
    # Use Max Surge and Max Unavailable
    (10, 50, 2, 1, 10, 10, 0, 0, 0, False, 2, 9),
    # Scale canaryRS to zero on setWeight of 0%
    (10, 0, 1, 1, 10, 10, 1, 1, 0, False, 0, 10),
    # Scale stable to zero on setWeight of 100%
    (10, 100, 1, 1, 1, 1, 10, 10, 0, False, 10, 0),
    # Do not scale canaryRS down to zero on non-zero weight
    (1, 20, 1, 0, 1, 1, 0, 0, 0, False, 1, 1),
    # Do not scale canaryRS down to zero on non-100 weight
    (1, 90, 1, 0, 1, 1, 0, 0, 0, False, 1, 1),
    # Scale canaryRS to zero on <50 weight without surge
    (1, 49, 0, 1, 1, 1, 0, 0, 0, False, 0, 1),
    # Scale stableRS down to zero on >=50 weight without surge
    (1, 51, 0, 1, 1, 1, 0, 0, 0, False, 0, 0),
    # Scale canaryRS to one on >=50 weight without surge and stable replicas
    (1, 51, 0, 1, 0, 0, 0, 0, 0, False, 1, 0),
    # Scale up Stable before canaryRS
    (10, 30, 1, 0, 1, 1, 0, 0, 3, False, 1, 7),
    # Scale down canaryRS and stable
    (10, 30, 0, 3, 8, 5, 4, 4, 0, False, 3, 7),
    # Scale down stable and canary available
    (10, 100, 1, 0, 10, 2, 10, 8, 0, False, 9, 2),
    # Do not scale down canaryRS or stable when older RS count >= scaleDownCount
    (10, 30, 0, 1, 8, 6, 4, 2, 3, False, 4, 8),
    # Do not round past maxSurge with uneven setWeight divisor
    (10, 5, 0, 1, 10, 10, 0, 0, 0, False, 0, 9),
    # Do not round past maxSurge with uneven setWeight divisor (part 2)
    (10, 5, 0, 1, 9, 9, 0, 0, 0, False, 1, 9),
    # Use maxUnavailable of 1 when percentage of maxUnavailable and maxSurge result in 0 replicas
    (10, 10, "0%", "0%", 10, 10, 0, 0, 0, False, 0, 9),
    # Ignore setCanaryScale when trafficRouting is missing and use setWeight for replicas
    (10, 20, "20%", 0, 10, 10, 0, 0, 0, False, 2, 10),
    # honor maxSurge during scale up when stableRS unavailable
    (4, 100, 1, 0, 4, 1, 0, 0, 0, False, 1, 4),
    # scale down to maxunavailable without exceeding maxSurge
    (3, 99, 0, 2, 3, 3, 0, 0, 0, False, 0, 1),
    # scale down to maxunavailable without exceeding maxSurge (part 2)
    (3, 99, 0, 2, 1, 1, 0, 0, 0, False, 2, 1),
    # honor maxUnavailable during scale down stableRS unavailable
    (4, 100, 1, 0, 4, 1, 1, 1, 0, False, 1, 3),
    # honor maxUnavailable when aborting or reducing weight part 1
    (4, 0, 1, 0, 0, 0, 4, 4, 0, False, 4, 1),
    # honor maxUnavailable when aborting or reducing weight part 2
    (4, 0, 1, 0, 1, 0, 4, 4, 0, False, 4, 1),
    # honor maxUnavailable when aborting or reducing weight part 3
    (4, 0, 1, 0, 1, 1, 4, 4, 0, False, 3, 1),
    # promote full does not consider weight
    (4, 1, 4, 4, 4, 4, 0, 0, 0, True, 4, 0),
    # promote full still honors maxSurge/maxUnavailable
    (4, 1, 3, 0, 4, 4, 0, 0, 0, True, 3, 4),
]
# fmt: on


def run(op: str, **given: object) -> dict[str, Any]:
    return dict(registry.run("rollout", {"op": op, **given}).outputs)


@pytest.mark.parametrize(("replicas", "weight", "max_weight", "surge", "canary", "stable"), WEIGHTS)
def test_weights_as_upstream(
    replicas: int, weight: int, max_weight: int, surge: int, canary: int, stable: int
) -> None:
    assert run(
        "argo_weight",
        replicas=replicas,
        weight=weight,
        max_weight=max_weight,
        max_surge_pods=surge,
    ) == {"canary_replicas": canary, "stable_replicas": stable}


@pytest.mark.parametrize("row", STEPS)
def test_steps_as_upstream(row: tuple[Any, ...]) -> None:
    replicas, weight, surge, unavailable, *sets, older, promoted, canary, stable = row
    stable_spec, stable_available, canary_spec, canary_available = sets
    answer = run(
        "argo_step",
        replicas=replicas,
        set_weight=weight,
        max_surge=surge,
        max_unavailable=unavailable,
        stable_spec=stable_spec,
        stable_available=stable_available,
        canary_spec=canary_spec,
        canary_available=canary_available,
        older_spec=older,
        promote_full=promoted,
    )
    assert (answer["canary_replicas"], answer["stable_replicas"]) == (canary, stable)


def test_a_step_starts_from_all_stable() -> None:
    assert run("argo_step", replicas=10, set_weight=20, max_surge=2, max_unavailable=0) == {
        "canary_replicas": 2,
        "stable_replicas": 10,
        "desired_canary": 2,
        "desired_stable": 8,
    }


def test_promotion_wins_over_abort_and_abort_is_weight_0() -> None:
    both = run("argo_step", replicas=4, promote_full=True, abort=True)
    assert (both["desired_canary"], both["desired_stable"]) == (4, 0)
    aborted = run("argo_step", replicas=4, abort=True, set_weight=50)
    assert (aborted["desired_canary"], aborted["desired_stable"]) == (0, 4)


def test_null_bounds_are_0_so_one_pod_may_be_missing() -> None:
    answer = run("argo_step", replicas=10, set_weight=10, max_surge=None, max_unavailable=None)
    assert (answer["canary_replicas"], answer["stable_replicas"]) == (0, 9)


# TestCalculateReplicaCountsForCanary, rows with a traffic router;
# TestCalculateReplicaCountsForCanaryTrafficRouting and …DynamicScale; TestTrafficWeightToReplicas
TRAFFIC: list[tuple[dict[str, object], int, int]] = [
    ({"replicas": 1, "set_weight": 100, "set_canary_scale_replicas": 9}, 9, 1),
    ({"replicas": 4, "set_weight": 100, "set_canary_scale_weight": 200}, 8, 4),
    ({"replicas": 10, "set_weight": 20}, 2, 10),
    (
        {
            "replicas": 1,
            "abort": True,
            "set_canary_scale_replicas": 1,
            "abort_scale_down_delay_seconds": 0,
        },
        1,
        1,
    ),
    (
        {
            "replicas": 1,
            "abort": True,
            "set_canary_scale_replicas": 1,
            "abort_scale_down_delay_seconds": 30,
        },
        0,
        1,
    ),
    ({"replicas": 1, "abort": True, "set_canary_scale_replicas": 1}, 0, 1),
    ({"replicas": 10, "set_weight": 5, "min_pods_per_replica_set": 2}, 2, 10),
    (
        {"replicas": 1, "set_weight": 100, "promote_full": True, "min_pods_per_replica_set": 2},
        1,
        1,
    ),
    ({"replicas": 10, "set_weight": 10}, 1, 10),
    ({"replicas": 10, "set_weight": 0}, 0, 10),
    ({"replicas": 10, "set_weight": 25}, 3, 10),
    ({"replicas": 10, "set_weight": 33}, 4, 10),
    ({"replicas": 10, "set_weight": 99}, 10, 10),
    ({"replicas": 10, "set_weight": 100}, 10, 10),
    ({"replicas": 23, "set_weight": 100_000_000, "max_weight": 100_000_000}, 23, 23),
    ({"replicas": 10, "set_weight": 10, "promote_full": True}, 10, 10),
]

DYNAMIC: list[tuple[int, bool, int, int, int, int]] = [
    # weight of the step, aborted, current canary and stable weight -> canary, stable
    (10, False, 10, 90, 1, 9),
    (20, False, 10, 90, 2, 9),
    (20, True, 20, 80, 2, 10),
    (20, True, 10, 90, 1, 10),
    (60, True, 60, 40, 6, 10),
]


@pytest.mark.parametrize(("given", "canary", "stable"), TRAFFIC)
def test_traffic_as_upstream(given: dict[str, object], canary: int, stable: int) -> None:
    assert run("argo_traffic", **given) == {
        "canary_replicas": canary,
        "stable_replicas": stable,
    }


@pytest.mark.parametrize(
    ("weight", "aborted", "now_canary", "now_stable", "canary", "stable"), DYNAMIC
)
def test_dynamic_stable_scale_as_upstream(
    weight: int, aborted: bool, now_canary: int, now_stable: int, canary: int, stable: int
) -> None:
    assert run(
        "argo_traffic",
        replicas=10,
        set_weight=weight,
        abort=aborted,
        dynamic_stable_scale=True,
        current_canary_weight=now_canary,
        current_stable_weight=now_stable,
    ) == {"canary_replicas": canary, "stable_replicas": stable}


def test_dynamic_scale_applies_the_minimum_to_both_sets() -> None:
    answer = run(
        "argo_traffic",
        replicas=10,
        set_canary_scale_replicas=1,
        set_weight=50,
        min_pods_per_replica_set=3,
        dynamic_stable_scale=True,
    )
    assert answer == {"canary_replicas": 3, "stable_replicas": 10}
    more = run(
        "argo_traffic",
        replicas=10,
        set_weight=95,
        min_pods_per_replica_set=3,
        dynamic_stable_scale=True,
    )
    assert more == {"canary_replicas": 10, "stable_replicas": 3}


def test_a_scale_above_the_whole_leaves_no_negative_stable_set() -> None:
    answer = run(
        "argo_traffic",
        replicas=4,
        set_weight=10,
        set_canary_scale_weight=250,
        dynamic_stable_scale=True,
    )
    assert answer == {"canary_replicas": 10, "stable_replicas": 0}


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"op": "argo_weight", "replicas": 3}, "missing_field", "weight"),
        ({"op": "argo_weight", "weight": 3}, "missing_field", "replicas"),
        ({"op": "argo_weight", "replicas": 3, "weight": 101}, "invalid_input", "weight"),
        ({"op": "argo_weight", "replicas": 3, "weight": 0.5}, "invalid_input", "weight"),
        (
            {"op": "argo_weight", "replicas": 3, "weight": 0, "max_weight": 0},
            "invalid_input",
            "max_weight",
        ),
        (
            {"op": "argo_weight", "replicas": 3, "weight": 0, "max_surge_pods": "25%"},
            "invalid_input",
            "max_surge_pods",
        ),
        ({"op": "argo_step", "replicas": 3}, "missing_field", "set_weight"),
        ({"op": "argo_step", "replicas": 3, "set_weight": 101}, "invalid_input", "set_weight"),
        (
            {"op": "argo_step", "replicas": 3, "set_weight": 1, "abort": "yes"},
            "invalid_input",
            "abort",
        ),
        ({"op": "argo_traffic", "replicas": 3}, "missing_field", "set_weight"),
        (
            {"op": "argo_traffic", "replicas": 3, "set_weight": 5, "current_stable_weight": 101},
            "invalid_input",
            "current_stable_weight",
        ),
    ],
)
def test_refusals(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("rollout", given)
    assert (caught.value.code, caught.value.where) == (code, where)


counts = st.integers(0, 40)


@settings(max_examples=100, deadline=None)
@given(replicas=counts, weight=st.integers(0, 100), surge=st.integers(0, 3))
def test_closest_counts_stay_within_one_pod_above(replicas: int, weight: int, surge: int) -> None:
    canary, stable = closest_counts(replicas, weight, 100, surge)
    assert canary >= 0
    assert stable >= 0
    assert canary + stable in ({replicas, replicas + 1} if surge and replicas else {replicas})
    if 0 < weight < 100 and replicas > 1:
        assert canary
        assert stable


@settings(max_examples=100, deadline=None)
@given(data=st.data(), replicas=st.integers(1, 30))
def test_a_step_neither_exceeds_the_surge_nor_scales_below_nothing(
    data: st.DataObject, replicas: int
) -> None:
    surge = data.draw(st.integers(0, replicas))
    unavailable = data.draw(st.integers(0, replicas))
    stable = data.draw(st.integers(0, replicas))
    canary = data.draw(st.integers(0, replicas + surge - stable))
    answer = run(
        "argo_step",
        replicas=replicas,
        set_weight=data.draw(st.integers(0, 100)),
        max_surge=surge,
        max_unavailable=unavailable,
        stable_spec=stable,
        stable_available=data.draw(st.integers(0, stable)),
        canary_spec=canary,
        canary_available=data.draw(st.integers(0, canary)),
    )
    assert answer["canary_replicas"] >= 0
    assert answer["stable_replicas"] >= 0
    assert answer["canary_replicas"] + answer["stable_replicas"] <= replicas + surge


@settings(max_examples=60, deadline=None)
@given(
    replicas=st.integers(1, 20),
    weight=st.integers(0, 100),
    surge=st.integers(0, 5),
    unavailable=st.integers(0, 5),
)
def test_steps_converge_on_the_desired_counts(
    replicas: int, weight: int, surge: int, unavailable: int
) -> None:
    canary, stable = 0, replicas
    for _ in range(4 * replicas + 4):
        answer = run(
            "argo_step",
            replicas=replicas,
            set_weight=weight,
            max_surge=surge,
            max_unavailable=unavailable,
            stable_spec=stable,
            canary_spec=canary,
        )
        canary, stable = answer["canary_replicas"], answer["stable_replicas"]
    assert (canary, stable) == (answer["desired_canary"], answer["desired_stable"])
