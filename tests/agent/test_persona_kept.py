"""Every promise of the persona that a blueprint keeps, asked of one blueprint each."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.assess.repository import assess_repository
from devops_exe.blueprint.render import render

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "checkout-api"
LINE = "shop on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, RTO 15 min"


def drive(events):
    """Run an answer that never waits."""
    try:
        while True:
            events.__anext__().send(None)
    except StopIteration:
        drive(events)
    except StopAsyncIteration:
        return


@cache
def dossier(line=f"/devops {LINE}", *, example=False):
    live = Session(
        OfflineWriter(),
        clock=lambda: "2026-11-24T12:00:00+00:00",
        repository=EXAMPLE if example else None,
    )
    drive(live.answer(line))
    return live.current


def printed(line=f"/devops {LINE}", width=80):
    return render(dossier(line).blueprint, width)


def headings(text):
    lines = text.split("\n")
    return [one for one, rule in pairwise(lines) if rule == "─" * 36]


def section(name):
    """The lines of one section, its heading and rule left out."""
    text = printed()
    before, _, after = text.partition(f"\n{name}\n{'─' * 36}\n")
    assert before != text, name
    return after.split("\n\n")[0]


# the commands


def test_devops_prints_the_eight_headings_in_order():
    assert headings(printed()) == [
        "DEVOPS OVERVIEW",
        "ENVIRONMENT STRATEGY",
        "CI/CD PIPELINE",
        "DEPLOYMENT STRATEGY",
        "INFRASTRUCTURE",
        "ROLLBACK PLAN",
        "SCALING POLICY",
        "MONITORING",
    ]


def test_pipeline_prints_its_two_sections():
    text = printed("/devops pipeline shop on EKS, 1200 rps")
    assert headings(text) == ["ENVIRONMENT STRATEGY", "CI/CD PIPELINE"]


def test_deploy_prints_its_two_sections_and_the_strategy_table():
    text = printed("/devops deploy canary shop on EKS, 1200 rps")
    assert headings(text) == ["DEPLOYMENT STRATEGY", "ROLLBACK PLAN"]
    rows = re.findall(r"^\| (?:→ )?(Blue-Green|Canary|Rolling|Recreate|A/B Testing) \|", text, re.M)
    assert rows == ["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]
    assert re.search(r"^\| → Canary \| Gradual rollout.* \| \w+ [\d.]+ % \|$", text, re.M)


def test_rollback_prints_its_section_and_commands_for_the_version():
    line = "/devops rollback v1.4.2 from v1.5.0 shop on EKS, 1200 rps"
    assert headings(printed(line)) == ["ROLLBACK PLAN"]
    assert "v1.4.2" in dossier(line).blueprint.rollback.steps[0]
    commands = dossier(line).commands
    assert commands
    assert all(one.command and one.check and one.undo for one in commands)


def test_scale_prints_its_two_sections_with_a_zone_lost():
    line = "/devops scale 3000 rps, one pod does 60 rps, shop on EKS"
    assert headings(printed(line)) == ["INFRASTRUCTURE", "SCALING POLICY"]
    assert "with one zone lost" in printed(line)


# the sections


def test_the_header():
    assert printed().split("\n")[:6] == [
        "DEVOPS BLUEPRINT",
        "═" * 39,
        "System: shop",
        "Platform: AWS EKS",
        "Time: 2026-11-24T12:00:00+00:00",
        "═" * 39,
    ]


def test_the_overview_counts_and_computes():
    text = section("DEVOPS OVERVIEW")
    for piece in ("Environments: 3", "Pipeline Stages: 5", "Platform: AWS ", "Status: [●] Healthy"):
        assert piece in text
    percent = dossier().plan.entry("availability").outputs["bar_percent"]
    shown = dossier().blueprint.overview.reliability
    assert shown.value == pytest.approx(percent, abs=0.001)
    assert f"Reliability: ██████████ {shown.text}%" in text


def test_the_environment_strategy():
    rows = dossier().blueprint.environments
    assert [row.environment for row in rows] == ["Development", "Staging", "Production"]
    assert "45 pods in 3 zones" in rows[2].infra
    assert "| Environment | Purpose | Infra |" in section("ENVIRONMENT STRATEGY")


def test_the_pipeline():
    text = section("CI/CD PIPELINE")
    steps = re.findall(r"│  (\d)\. (Code Push|Build|Test|Deploy|Verify) +│\n│     └─→ ", text)
    assert [number for number, _ in steps] == list("12345")
    assert "Blue-Green" in " ".join(dossier().blueprint.pipeline.deploy)


def test_the_deployment_strategy():
    text = section("DEPLOYMENT STRATEGY")
    for label in ("Type: ", "Rollout: ", "Health Checks: ", "Rollback Trigger: ", "Traffic Split:"):
        assert f"│  {label}" in text
    strategy = dossier().blueprint.strategy
    assert strategy.traffic_old.value + strategy.traffic_new.value == 100


def test_the_infrastructure():
    rows = dossier().blueprint.infrastructure
    assert [row.component for row in rows] == ["Compute", "Storage", "Network", "Secrets"]
    assert "$" in rows[0].config


def test_the_rollback_plan():
    rollback = dossier().blueprint.rollback
    assert "still exists" in rollback.steps[0]
    assert rollback.steps[-1].startswith("Verify")
    minutes = dossier().plan.entry("recovery").outputs["rto_minutes"]
    assert rollback.rto.value == pytest.approx(minutes, abs=0.05)


def test_the_scaling_policy():
    rows = dossier().blueprint.scaling
    assert [row.dimension for row in rows] == ["Horizontal", "Vertical", "Auto-scale"]
    assert "requests per second per pod" in rows[0].trigger
    assert re.search(r"min \d+, max \d+ pods", rows[2].target)


def test_the_monitoring():
    monitoring = dossier().blueprint.monitoring
    for lines in (monitoring.health_metrics, monitoring.performance_metrics, monitoring.alerts):
        assert len(lines) >= 2
    for alert in monitoring.alerts:
        assert re.search(r"> [\d.,]+ (%|ms) over \d+ (min|h|d)", alert)


def test_the_footer():
    assert printed().rstrip("\n").split("\n")[-1] == "DevOps Status: ● Pipeline Active"


# the strategies


def planned(strategy, *, more=""):
    found = dossier(f"/devops deploy {strategy} shop on EKS, 300 rps{more}")
    row = next(row for row in found.blueprint.strategy.table if row.strategy.startswith("→"))
    return found.blueprint.strategy, row, found


def test_blue_green_switches_at_once_and_keeps_the_old_colour():
    strategy, row, _ = planned("blue-green")
    assert (strategy.type, row.strategy) == ("Blue-Green", "→ Blue-Green")
    assert (strategy.traffic_old.value, strategy.traffic_new.value) == (100, 0)
    assert "old colour stays" in strategy.rollout


def test_a_canary_has_weights_bake_times_and_samples():
    strategy, row, _ = planned("canary")
    assert (strategy.type, row.strategy) == ("Canary", "→ Canary")
    assert strategy.traffic_new.value == 10
    assert re.search(r"10 % for .+ → 25 % for .+ → 50 % for .+ → 100 %", strategy.rollout)


def test_rolling_goes_in_waves():
    strategy, row, found = planned("rolling")
    assert (strategy.type, row.strategy) == ("Rolling", "→ Rolling")
    waves = found.plan.entry("rolling").outputs["waves"]
    assert f"{waves} waves" in strategy.rollout


def test_recreate_leaves_nothing_of_the_old_version():
    strategy, row, _ = planned("recreate")
    assert (strategy.type, row.strategy) == ("Recreate", "→ Recreate")
    assert (strategy.traffic_old.value, strategy.traffic_new.value) == (0, 100)


def test_an_experiment_splits_by_cohort():
    strategy, row, _ = planned("A/B")
    assert (strategy.type, row.strategy) == ("A/B Testing", "→ A/B Testing")
    assert strategy.traffic_old.value + strategy.traffic_new.value == 100
    assert 0 < strategy.traffic_new.value < 100


# the capabilities and the phases


def test_the_tests_of_a_pipeline_are_those_of_the_stack():
    text = " ".join(dossier(f"/devops {LINE}", example=True).blueprint.pipeline.test)
    for piece in ("PostgreSQL", "Redis", "migration", "load test at the peak of 1,200 rps"):
        assert piece in text


def test_one_artefact_is_built_and_promoted_by_digest():
    pipeline = dossier(f"/devops {LINE}", example=True).blueprint.pipeline
    assert "one artefact of the FastAPI service" in pipeline.build[0]
    assert "by digest" in pipeline.build[1]
    assert "the same digest" in pipeline.deploy[0]


def test_a_release_has_an_approval_a_freeze_and_a_version_of_everything():
    b = dossier(f"/devops {LINE}", example=True).blueprint
    assert "approval by" in " ".join(b.pipeline.deploy)
    steps = " ".join(b.rollback.steps)
    assert "Freeze" in steps
    assert "configuration, secrets and flags" in steps


@pytest.mark.parametrize(
    ("platform", "unit"),
    [("EKS", "pods"), ("ECS", "tasks"), ("Cloud Run", "instances"), ("Nomad", "allocations")],
)
def test_each_orchestrator_is_spoken_to_in_its_own_words(platform, unit):
    text = printed(f"/devops shop on {platform}, 1200 rps, one replica does 60 rps")
    assert f" {unit}" in text
    if platform != "EKS":
        assert not re.search(r"\bpods?\b|maxSurge|HorizontalPodAutoscaler", text)


def test_resources_are_counted_and_priced():
    compute = dossier().blueprint.infrastructure[0].config
    price = dossier().plan.entry("cost").outputs["total_monthly_cost"]
    assert f"${price:,.0f} a month" in compute


def test_health_checks_have_path_period_timeout_and_threshold():
    text = dossier(f"/devops {LINE}", example=True).blueprint.strategy.health_checks
    for piece in ("/healthz", "every 10 s", "timeout 1 s", "after 3 failures", "start-up check"):
        assert piece in text


def test_disaster_recovery_computes_restore_and_loss():
    words = "PostgreSQL, 500 GiB of data, restore at 100 MiB/s, hourly backups"
    found = dossier(f"/devops {LINE}, {words}")
    seconds = found.plan.entry("data").outputs["restore_seconds"]
    assert seconds == pytest.approx(500 * 1024 / 100)
    assert "restore RTO 1.4 h, RPO 1 h" in found.blueprint.infrastructure[1].config


def test_recovery_targets_are_held_against_the_plan():
    found = dossier("/devops shop on EKS, 1200 rps, RTO 1 min")
    assert "rto_above_target" in {one.code for one in found.findings}


def test_objectives_make_a_budget_and_alerts():
    found = dossier()
    budget = found.plan.entry("budget")
    assert budget.inputs["slo_percent"] == 99.95
    assert "21.6 min" in " ".join(found.blueprint.monitoring.health_metrics)


def test_infrastructure_follows_the_load():
    assert dossier().plan.topology.replicas == 45
    more = dossier(f"/devops {LINE.replace('1200', '3000')}")
    assert more.plan.topology.replicas == 108


def test_dependencies_are_held_against_the_objective():
    found = dossier(f"/devops {LINE}", example=True)
    assert found.profile.value("datastores") == ("postgresql", "redis")
    assert "slo_below_dependencies" in {one.code for one in found.findings}


def test_a_repository_says_what_the_system_is():
    reading = assess_repository(EXAMPLE)
    facts = {(name, fact.value): fact.where for name, fact in reversed(reading.facts)}
    assert facts["framework", "fastapi"].startswith("requirements.txt:")
    assert facts["services.checkout-api.port", 8000].startswith("Dockerfile:")


def test_a_scripted_run_is_judged_case_by_case(tmp_path):
    case = tmp_path / "cases" / "one.yaml"
    case.parent.mkdir()
    found = {}
    for want in ("Blue-Green", "Recreate"):
        case.write_text(
            f"id: one\nabout: what is chosen\nlines: ['/deploy {want} shop on EKS, 300 rps']\n"
            "source: the words\nexpect: [{scorer: sections, of: deploy}, "
            "{scorer: strategy, chosen: Recreate}]\n"
        )
        run = subprocess.run(
            [sys.executable, "-m", "devops_exe", "eval", "--engine", "offline", str(case)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found[want] = run.returncode, run.stdout
    assert found["Recreate"][0] == 0, found
    assert found["Blue-Green"][0] == 1, found
