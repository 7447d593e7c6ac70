"""The real kubectl against a small API server of ours: its flags, its outputs, its undo."""

from __future__ import annotations

import json
import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from rollback_stage import SHA, Fakes, Rule, dossier_for, say
from small_api_server import Cluster, api_server

from devops_exe.operate.rollback.carrying import Hands, Outcome, carry_out
from devops_exe.operate.rollback.journal import Journal
from devops_exe.operate.rollback.planning import plan_of
from devops_exe.operate.rollback.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.operate.rollback.model import RollbackPlan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed"),
]
VERSIONS = ("v1.4.1", "v1.4.2", "v1.4.3", "v1.5.0")
OTHERS = (
    Rule("aws ecr describe-images", {"imageDetails": [{"imageDigest": SHA}]}),
    Rule("gh workflow disable", ""),
    Rule("gh workflow list", [{"path": "/deploy.yml", "state": "disabled_manually"}]),
)


def carried(cluster: Cluster, tmp_path: Path, monkeypatch) -> tuple[RollbackPlan, Outcome]:
    with api_server(cluster) as address:
        config = tmp_path / "kubeconfig"
        context = {"cluster": "c", "user": "u", "namespace": "shop"}
        config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "small",
            "clusters": [{"name": "c", "cluster": {"server": address}}],
            "contexts": [{"name": "small", "context": context}],
            "users": [{"name": "u", "user": {}}],
        }))  # fmt: skip
        monkeypatch.setenv("KUBECONFIG", str(config))
        fakes = Fakes(tmp_path / "fakes", OTHERS)
        monkeypatch.setenv("PATH", f"{fakes.bin}{os.pathsep}{os.environ['PATH']}")
        plan = plan_of(dossier_for(say("EKS", "rolling")))
        hands = Hands(
            run=run, sleep=time.sleep, monotonic=time.monotonic, now=lambda: "2026-11-24T10:00:00Z",
            point=lambda: plan.pointing, done_by_hand=lambda step: True,
        )  # fmt: skip
        with Journal.open(plan.id, resume=False, folder=tmp_path / "journal") as journal:
            return plan, carry_out(plan, hands, journal, lambda *said: None)


def test_the_deployment_returns_to_the_named_version_not_to_the_previous_one(
    tmp_path, monkeypatch
) -> None:
    cluster = Cluster(VERSIONS)
    plan, outcome = carried(cluster, tmp_path, monkeypatch)
    assert outcome.why == ""
    assert outcome.stopped is None
    assert dict(plan.pointing)["kubernetes namespace"] == "shop"
    assert outcome.kept == {"revision": "2"}
    assert len(cluster.patches) == 1
    assert cluster.image.endswith(":v1.4.2")


def test_a_version_without_a_replicaset_changes_nothing(tmp_path, monkeypatch) -> None:
    cluster = Cluster(("v1.4.1", "v1.5.0"))
    _, outcome = carried(cluster, tmp_path, monkeypatch)
    assert outcome.stopped is not None
    assert outcome.stopped.number == 1
    assert cluster.patches == []


def test_a_rollout_that_does_not_come_up_stops_at_the_act(tmp_path, monkeypatch) -> None:
    cluster = Cluster(VERSIONS, works=False)
    _, outcome = carried(cluster, tmp_path, monkeypatch)
    assert outcome.stopped is not None
    assert outcome.stopped.kind == "acts"
    assert "exceeded its progress deadline" in outcome.why
    assert len(cluster.patches) == 1
