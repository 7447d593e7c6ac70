"""Runbooks: alerts by name with thresholds, commands, computed times, nothing invented."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.implement.emit import plain
from devops_exe.implement.existing import is_generated
from devops_exe.implement.observability.rules import rule_groups
from devops_exe.implement.reliability.runbooks import generate
from devops_exe.implement.subject import Subject

TIME = "2026-11-24T00:00:00+00:00"
WORDS = {
    "canary": "checkout FastAPI with PostgreSQL and Redis on EKS, canary, 3000 rps, p99 250 ms, "
    "99.95 %, RTO 15 min, 120 GiB data, restore at 100 MiB/s",
    "bluegreen": "shop Rails with MySQL on AKS, blue-green, 40 rps, 99.5 %",
    "rolling": "edge Go service on-prem on Kubernetes, rolling, 800 rps, 99.99 %",
    "recreate": "toy Express on Kubernetes in one zone, recreate, 1 rps, 90 %",
}
NAMES = ("incident", "rollback", "disaster-recovery")


@cache
def subject(name: str) -> Subject:
    return Subject(compose("devops", read_words(WORDS[name]), TIME))


@cache
def books(name: str) -> dict[str, str]:
    found = generate(subject(name)).artefacts
    return {a.path.removeprefix("docs/runbooks/").removesuffix(".md"): a.text for a in found}


@pytest.mark.parametrize("name", WORDS)
def test_three_pages_with_a_mark(name: str) -> None:
    assert set(books(name)) == set(NAMES)
    for text in books(name).values():
        assert is_generated(text)
        front = yaml.safe_load(text.split("---")[1])
        assert front["title"] in text.split("---", 2)[2]
        assert not re.search(r"\bTODO\b|\bTBD\b|None|\bnan\b", text)
        assert text.count("```") % 2 == 0


@pytest.mark.parametrize("name", WORDS)
def test_every_alert_is_in_the_incident_runbook(name: str) -> None:
    for group in plain(rule_groups(subject(name))):
        for rule in group["rules"]:
            if "alert" in rule:
                assert f"`{rule['alert']}`" in books(name)["incident"]


@pytest.mark.parametrize("name", WORDS)
def test_every_reference_is_the_ledgers(name: str) -> None:
    ledger = subject(name).plan.ledger
    references = re.findall(r"`(L\d+\.[\w\[\].]+)`", "".join(books(name).values()))
    assert references
    for reference in references:
        ledger.value(reference)


@pytest.mark.parametrize("name", WORDS)
def test_commands_are_the_dossiers(name: str) -> None:
    text = books(name)["rollback"]
    for command in subject(name).dossier.commands:
        if not command.command.startswith("by hand: "):
            assert command.command in text
    assert "deploy/scripts/rollback.sh production" in text
    assert f"--namespace={subject(name).name}-production" in text


def test_restore_time_only_where_it_is_computed() -> None:
    ledger = subject("canary")
    wanted = f"(`{ledger.figure('data', 'restore_minutes').reference}`)"
    assert wanted in books("canary")["disaster-recovery"]
    assert "not computed: data size not stated" in books("bluegreen")["disaster-recovery"]
    assert "Data is lost" not in books("rolling")["disaster-recovery"]


def test_restores_of_the_stores_found() -> None:
    assert "restore-db-instance-to-point-in-time" in books("canary")["disaster-recovery"]
    assert "pg_restore" in books("canary")["disaster-recovery"]
    assert "a cache fills itself" in books("canary")["disaster-recovery"]
    assert "az mysql flexible-server restore" in books("bluegreen")["disaster-recovery"]


def test_a_zone_only_where_there_are_several() -> None:
    assert "## A zone is lost" in books("canary")["disaster-recovery"]
    assert "## A zone is lost" not in books("recreate")["disaster-recovery"]
    assert "pods of one zone only" not in books("recreate")["incident"]


def test_the_workload_is_the_strategys() -> None:
    assert "kubectl argo rollouts get rollout checkout" in books("canary")["incident"]
    assert "kubectl rollout history deployment/edge" in books("rolling")["incident"]


def test_a_runbook_of_the_repository_stays(tmp_path) -> None:
    one = subject("rolling")
    mine = {"docs/runbooks/rollback.md": "# Rollback\n"}
    found = generate(Subject(one.dossier, files=mine))
    assert [a.path for a in found.artefacts] == [
        "docs/runbooks/incident.md", "docs/runbooks/disaster-recovery.md",
    ]  # fmt: skip
    assert found.kept == (("docs/runbooks/rollback.md", "a runbook of this name is there"),)
