"""Bake times: arithmetic, and what the smallest weight does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devops_exe.design.registry import run


def bake(**fields: Any) -> dict[str, Any]:
    return dict(run("canary", {"op": "bake_time", **fields}).outputs)


def test_each_step_gathers_its_sample() -> None:
    told = bake(samples_per_step=1826, total_rps=100, weights_percent=[10, 25, 50, 100])
    assert told["step_seconds"] == pytest.approx([182.6, 73.04, 36.52, 18.26])
    assert told["total_seconds"] == pytest.approx(310.42)


def test_the_minimum_lengthens_quick_steps_only() -> None:
    told = bake(
        samples_per_step=6000, total_rps=200, weights_percent=[10, 50], min_step_seconds=120
    )
    assert told == {
        "step_seconds": [300.0, 120.0],
        "total_seconds": 420.0,
        "weights_percent": [10, 50],
    }


def test_no_samples_leave_the_minimum() -> None:
    told = bake(samples_per_step=0, total_rps=1, weights_percent=[0.5], min_step_seconds=60)
    assert told == {"step_seconds": [60.0], "total_seconds": 60.0, "weights_percent": [0.5]}


@given(
    samples=st.integers(0, 10**7),
    rps=st.floats(0.01, 1e6),
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=8),
    least=st.floats(0, 1e5),
)
def test_every_step_is_long_enough(
    samples: int, rps: float, weights: list[float], least: float
) -> None:
    told = bake(
        samples_per_step=samples, total_rps=rps, weights_percent=weights, min_step_seconds=least
    )
    steps = told["step_seconds"]
    assert len(steps) == len(weights)
    for step, weight in zip(steps, weights, strict=True):
        assert step >= least
        assert step * rps * weight / 100 >= samples * (1 - 1e-12)
    assert steps[weights.index(min(weights))] == max(steps)
    assert told["total_seconds"] == pytest.approx(sum(steps))
