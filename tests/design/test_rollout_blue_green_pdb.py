"""Blue-green rollouts and disruption budgets (disruption_test.go)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError


def run(op: str, **given: object) -> dict[str, Any]:
    return dict(registry.run("rollout", {"op": op, **given}).outputs)


def test_blue_green_with_a_full_preview() -> None:
    assert run(
        "blue_green", replicas=4, pod_startup_seconds=30, min_ready_seconds=10, analysis_seconds=60
    ) == {
        "cutover_seconds": 105,
        "duration_seconds": 135,
        "peak_pods": 8,
        "extra_pods": 4,
        "extra_pod_seconds": 4 * 100 + 4 * 5 + 4 * 30,
        "scale_down_delay_seconds": 30,
    }


def test_blue_green_with_a_small_preview_scales_up_before_the_switch() -> None:
    answer = run(
        "blue_green",
        replicas=4,
        preview_replicas=1,
        pod_startup_seconds=30,
        switch_seconds=0,
        scale_down_delay_seconds=600,
    )
    assert answer["cutover_seconds"] == 60
    assert answer["duration_seconds"] == 660
    assert answer["extra_pod_seconds"] == 1 * 30 + 4 * 30 + 4 * 600


# min available, max unavailable, expected, healthy -> desired, allowed
# kubernetes pkg/controller/disruption/disruption_test.go
@pytest.mark.parametrize(
    ("bound", "expected", "healthy", "desired", "allowed"),
    [
        # TestNoSelector, TestUnavailable
        ({"min_available": 3}, 0, 0, 3, 0),
        ({"min_available": 3}, 1, 1, 3, 0),
        ({"min_available": 3}, 2, 2, 3, 0),
        ({"min_available": 3}, 3, 3, 3, 0),
        ({"min_available": 3}, 4, 4, 3, 1),
        ({"min_available": 3}, 4, 3, 3, 0),
        # TestIntegerMaxUnavailable, …WithScaling
        ({"max_unavailable": 1}, 0, 0, 0, 0),
        ({"max_unavailable": 2}, 7, 1, 5, 0),
        ({"max_unavailable": 2}, 5, 1, 3, 0),
        # TestPercentageMaxUnavailableWithScaling: 30 % of 7 is 3, of 3 is 1
        ({"max_unavailable": "30%"}, 7, 1, 4, 0),
        ({"max_unavailable": "30%"}, 3, 1, 2, 0),
        # TestReplicaSet
        ({"min_available": "20%"}, 10, 1, 2, 0),
        # TestScaleResource
        ({"max_unavailable": 5}, 10, 4, 5, 0),
        # TestMultipleControllers: 200 % are healthy
        ({"min_available": "1%"}, 1, 2, 1, 1),
        # TestReplicationController, TestStatefulSetController: 34 % of 3 is 2
        ({"min_available": "34%"}, 0, 0, 0, 0),
        ({"min_available": "34%"}, 3, 1, 2, 0),
        ({"min_available": "34%"}, 3, 2, 2, 0),
        ({"min_available": "34%"}, 3, 3, 2, 1),
        ({"min_available": "34%"}, 3, 4, 2, 2),
        # TestTwoControllers: 28 % of 11 is 4, of 22 is 7
        ({"min_available": "28%"}, 11, 4, 4, 0),
        ({"min_available": "28%"}, 11, 5, 4, 1),
        ({"min_available": "28%"}, 22, 5, 7, 0),
        ({"min_available": "28%"}, 22, 7, 7, 0),
        ({"min_available": "28%"}, 22, 8, 7, 1),
        ({"min_available": "28%"}, 22, 9, 7, 2),
        # nothing below 0
        ({"max_unavailable": 9}, 3, 3, 0, 3),
        ({"min_available": 0}, 3, 3, 0, 3),
        ({"max_unavailable": 0}, 3, 3, 3, 0),
    ],
)
def test_pdb_as_upstream(
    bound: dict[str, object], expected: int, healthy: int, desired: int, allowed: int
) -> None:
    assert run("pdb", **bound, expected_pods=expected, healthy_pods=healthy) == {
        "desired_healthy": desired,
        "disruptions_allowed": allowed,
    }


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"op": "pdb", "expected_pods": 3, "healthy_pods": 3}, "invalid_input", "min_available"),
        (
            {
                "op": "pdb",
                "min_available": 1,
                "max_unavailable": 1,
                "expected_pods": 3,
                "healthy_pods": 3,
            },
            "invalid_input",
            "min_available",
        ),
        ({"op": "pdb", "min_available": 1, "healthy_pods": 3}, "missing_field", "expected_pods"),
        ({"op": "pdb", "min_available": 1, "expected_pods": 3}, "missing_field", "healthy_pods"),
        (
            {"op": "pdb", "min_available": "1", "expected_pods": 3, "healthy_pods": 3},
            "invalid_input",
            "min_available",
        ),
        (
            {"op": "blue_green", "replicas": 3, "preview_replicas": 4, "pod_startup_seconds": 1},
            "invalid_input",
            "preview_replicas",
        ),
        ({"op": "blue_green", "replicas": 3}, "missing_field", "pod_startup_seconds"),
        (
            {"op": "blue_green", "replicas": 3, "pod_startup_seconds": 1, "switch_seconds": -1},
            "invalid_input",
            "switch_seconds",
        ),
    ],
)
def test_refusals(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("rollout", given)
    assert (caught.value.code, caught.value.where) == (code, where)


@settings(max_examples=60, deadline=None)
@given(expected=st.integers(0, 60), healthy=st.integers(0, 60), percent=st.integers(0, 100))
def test_evicting_what_is_allowed_leaves_what_is_desired(
    expected: int, healthy: int, percent: int
) -> None:
    for name in ("min_available", "max_unavailable"):
        answer = run("pdb", **{name: f"{percent}%"}, expected_pods=expected, healthy_pods=healthy)
        if answer["disruptions_allowed"]:
            assert healthy - answer["disruptions_allowed"] == answer["desired_healthy"]
        assert answer["disruptions_allowed"] == 0 or expected
