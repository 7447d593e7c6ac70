"""The simulation behind the intervals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drill_dossiers import dossier

from devops_exe.operate.drill import predict as prediction
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.predict import burnt_percent, predict


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(prediction, "SIMULATED", 40)
    monkeypatch.setattr(prediction, "PARTS_SIMULATED", 20)


def test_the_same_plan_has_the_same_prediction():
    plan = drill_plan(dossier("blue-green"))
    assert predict(plan) == predict(plan)


def test_more_errors_are_found_sooner():
    slow = predict(drill_plan(dossier("rolling"), errors=0.05))
    quick = predict(drill_plan(dossier("rolling"), errors=0.5))
    assert quick.detect.middle < slow.detect.middle
    assert quick.detect.high < slow.detect.high


def test_phase_and_arrival_are_parts_of_the_spread():
    found = predict(drill_plan(dossier("canary")))
    assert 0 < found.phase.width <= found.detect.width
    assert 0 < found.arrival.width <= found.detect.width
    total = predict(drill_plan(dossier("blue-green"), errors=1.0))
    assert total.arrival.width < total.phase.width, "a total outage has no rare errors"


def test_errors_below_the_threshold_are_never_found():
    plan = drill_plan(dossier("rolling"), errors=0.001)
    assert predict(plan).missed > 0.9


def test_recreate_refuses_requests_by_design_and_nobody_else_does():
    assert predict(drill_plan(dossier("recreate"))).planned.low > 0
    assert predict(drill_plan(dossier("rolling"))).planned.high == 0


def test_a_slow_start_is_found_at_its_deadline():
    plan = drill_plan(dossier("canary"), fault="slow-start")
    found = predict(plan)
    assert plan.clock.deadline in found.detect
    assert found.lost.high == 0
    assert found.peak.high == plan.replicas + 1


def test_the_factor_scales_detection():
    sixty = predict(drill_plan(dossier("rolling"), errors=1.0))
    quick = predict(drill_plan(dossier("rolling"), errors=1.0, factor=240))
    assert quick.detect.middle < sixty.detect.middle / 2


def test_history_slows_a_page_on_the_service_down():
    plan = drill_plan(dossier("rolling"))
    windows = replace(plan, rules=tuple(replace(r, scope="version") for r in plan.rules))
    assert predict(plan).detect.middle > predict(windows).detect.middle + 1.0


def test_budget_burnt_is_outage_time_at_scale():
    plan = drill_plan(dossier("canary"))
    # 200 requests at 200 a second are one second here, a minute there, of 21.6 minutes
    assert burnt_percent(plan, 200) == pytest.approx(100 / 21.6)
