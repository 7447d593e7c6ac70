"""From a dossier to what would run: strategies, ids, cuts, refusals."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from drill_dossiers import STRATEGIES, dossier

from devops_exe.blueprint.finding import Finding
from devops_exe.ground.errors import UserError
from devops_exe.operate.drill.model import FAULTS
from devops_exe.operate.drill.plan import drill_plan


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_strategy_and_fault_has_a_plan(strategy, fault):
    plan = drill_plan(dossier(strategy), fault=fault)
    assert any(move.kind == "inject" for move in plan.moves) == (fault in {"crash", "hang"})
    assert plan.rules
    assert plan.factor == 60
    assert plan.clock.scrape == 1.0
    assert all(step for step in plan.lines())
    assert len(plan.id) == 12


def test_a_canary_keeps_the_plans_weights_and_bake_times():
    made = dossier()
    bake = made.plan.entry("bake").outputs
    moves = drill_plan(made).moves
    shares = [move.value for move in moves if move.kind == "share"]
    assert shares == [*bake["weights_percent"], 100.0]
    watched = [move.value for move in moves if move.kind == "bake"][:-1]
    assert watched == [seconds / 60 for seconds in bake["step_seconds"]]


def test_blue_green_keeps_the_old_colour_as_long_as_planned():
    made = dossier("blue-green")
    stays = made.plan.entry("blue_green").number("scale_down_delay_seconds") / 60
    assert [move.value for move in drill_plan(made).moves if move.kind == "bake"][1] == stays


def test_the_id_is_of_exactly_what_would_run():
    plan = drill_plan(dossier())
    assert plan.id == drill_plan(dossier()).id
    others = (
        drill_plan(dossier(), fault="crash"), drill_plan(dossier(), errors=0.2),
        drill_plan(dossier(), seed=2), drill_plan(dossier(), runs=2),
        drill_plan(dossier(), command=["./app"]), drill_plan(dossier("rolling")),
    )  # fmt: skip
    assert len({plan.id, *(other.id for other in others)}) == 1 + len(others)


def test_the_file_of_rules_is_the_generated_one():
    plan = drill_plan(dossier())
    alerts = [
        r["alert"] for g in json.loads(plan.groups)["groups"] for r in g["rules"] if "alert" in r
    ]
    assert "CheckoutApiErrorBudgetBurn1h" in alerts
    assert plan.rules[0].name == "CheckoutApiVersionErrorBudgetBurn1h"
    assert plan.rules[0].conditions[0].window == 60
    assert plan.rules[0].conditions[1].window == 5
    assert "and" in plan.rules[0].expression


def test_a_rolling_update_is_judged_by_the_service_and_fills_its_window():
    plan = drill_plan(dossier("rolling"))
    assert {rule.scope for rule in plan.rules} == {"service"}
    assert any("healthy service" in line for line in plan.lines())


def test_a_promised_latency_brings_its_own_alert():
    promised = dossier("canary", "checkout-api on EKS, 1200 rps, 99.95 %, p99 300 ms")
    plan = drill_plan(promised, fault="latency")
    assert plan.rules[0].name == "CheckoutApiLatencyP99"
    assert plan.slow_seconds == 0.3
    other = drill_plan(dossier(), fault="latency")
    assert other.rules[0].name == "VersionLatencyBurn"
    assert any("no alert of this plan sees latency" in note for note in other.notes)


def test_what_is_cut_is_said():
    plan = drill_plan(dossier("A/B testing"))
    assert sum(move.value for move in plan.moves if move.kind == "bake") <= 10
    assert any("experiment of 24 h" in note and "cut to" in note for note in plan.notes)
    assert any("stand for the plan's 45" in note for note in plan.notes)


def test_errors_that_no_alert_would_see_are_made_total():
    tolerant = dossier("canary", "checkout-api on EKS, 1200 rps, 98 %")
    plan = drill_plan(tolerant)
    assert plan.fault.errors == 1.0
    assert any("hardly pass the alert" in note for note in plan.notes)


def test_an_objective_without_an_alert_that_can_fire_is_refused():
    with pytest.raises(UserError, match="no paging alert"):
        drill_plan(
            dossier("canary", "checkout-api on EKS, 1200 rps, SLO 80 %"), despite_findings=True
        )


@pytest.mark.parametrize("kind", ["pipeline", "scale"])
def test_a_part_without_a_strategy_is_refused(kind):
    with pytest.raises(UserError, match="no deployment strategy") as refused:
        drill_plan(dossier("canary", kind=kind))
    assert refused.value.code == "nothing_to_drill"


def test_a_dossier_without_its_plan_is_refused():
    with pytest.raises(UserError, match="no deployment strategy"):
        drill_plan(replace(dossier(), plan=None))


def test_a_plan_with_errors_is_refused_unless_asked():
    wrong = replace(dossier(), findings=(Finding("x_code", "error", "strategy", "bad", "mend"),))
    with pytest.raises(UserError, match="1 error-level finding") as refused:
        drill_plan(wrong)
    assert refused.value.code == "plan_with_errors"
    assert drill_plan(wrong, despite_findings=True).rules


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "gremlins"},
        {"errors": 1.5},
        {"errors": float("nan")},
        {"runs": 0},
        {"factor": 0.5},
        {"factor": 5000},
        {"rps": 0},
        {"seconds": 1},
        {"latency_ms": 0},
        {"ready_seconds": 0},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(UserError):
        drill_plan(dossier(), **wrong)


def test_one_replica_can_be_drilled():
    small = dossier("canary", "blog on one VM, 5 rps, 1 replica, 99.9 %")
    plan = drill_plan(small, despite_findings=True)
    assert plan.replicas == 1
    assert plan.moves
