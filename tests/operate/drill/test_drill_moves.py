"""The moves: waves within their bounds, shares that the router can set, the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drill_dossiers import STRATEGIES, dossier
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.operate.drill.moves import State, names, rolling, way_back
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.router import (
    MAX_WEIGHT,
    USERS,
    cohort_share,
    user_bucket,
    weights_for,
)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 12), st.integers(0, 4), st.integers(0, 4))
def test_waves_stay_between_surge_and_unavailable(count, surge, unavailable):
    unavailable = min(unavailable, count)
    if not surge and not unavailable:
        unavailable = 1
    state = State(old=names("v1", 1, count))
    for move in rolling(state.old, names("v2", 1, count), surge, unavailable, 0):
        state = state.after(move)
        assert count - unavailable <= state.replicas <= count + surge
    assert state.old == ()
    assert state.new == names("v2", 1, count)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.01, 0.99), st.integers(1, 6), st.integers(1, 6))
def test_weights_come_close_to_the_share(share, old, new):
    found = weights_for(share, old, new)
    assert 1 <= found.old <= MAX_WEIGHT
    assert 1 <= found.new <= MAX_WEIGHT
    made = new * found.new / (old * found.old + new * found.new)
    assert made == pytest.approx(found.share)
    if 0.02 <= share <= 0.98:
        assert abs(found.share - share) < 0.01


def test_the_ends_of_a_share():
    assert weights_for(0, 4, 2).new == 0
    assert weights_for(1, 4, 2).old == 0
    assert weights_for(0.5, 0, 2).share == 1.0


def test_a_cohort_is_its_percentage_of_the_users():
    assert cohort_share(100) == 1.0
    assert 0.05 < cohort_share(10) < 0.15
    assert cohort_share(10) * USERS == sum(user_bucket(f"u{n}") < 10 for n in range(USERS))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_from_every_point_of_a_rollout_the_way_back_ends_with_the_old_version(strategy):
    plan = drill_plan(dossier(strategy))
    state = plan.first
    points = [state]
    for move in plan.moves:
        state = state.after(move)
        points.append(state)
    for point in points:
        back = point
        for move in way_back(plan, point):
            back = back.after(move)
        assert back.share(plan.layout) == 0.0
        assert not back.down(plan.layout)
        if plan.strategy in {"Rolling", "Recreate"}:
            assert sorted(back.old) == sorted(plan.first.old)
            assert back.new == ()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_rollout_ends_with_the_new_version(strategy):
    plan = drill_plan(dossier(strategy))
    state = plan.first
    for move in plan.moves:
        state = state.after(move)
    expected = cohort_share(10) if strategy == "A/B testing" else 1.0
    assert state.share(plan.layout) == expected


def test_only_recreate_serves_nothing_in_between():
    for strategy in STRATEGIES:
        plan = drill_plan(dossier(strategy))
        state, down = plan.first, False
        for move in plan.moves:
            state = state.after(move)
            down = down or state.down(plan.layout)
        assert down == (strategy == "recreate"), strategy


def test_a_state_without_replicas_of_the_live_colour_is_down():
    state = State(old=("v1-1",), new=(), live="v2")
    assert state.down("switch")
    assert not replace(state, live="v1").down("switch")
