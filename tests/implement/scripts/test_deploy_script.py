"""deploy.sh, executed against recording fakes: its calls, and what each failure leads to."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from recording_fakes import NEW, OLD, fakes, healthy, project, replica_sets, subject

ROLLING = "shop Express on EKS, rolling, 300 rps, 99.9 %"
CANARY = "shop Express on EKS, canary, 300 rps, 99.9 %"
MIGRATES = "shop on EKS, rolling, 300 rps, 99.9 %"
BY_HAND = "shop Express on EKS, rolling, 300 rps, 99.9 %, rollback by hand"


def deployment(revision: str = "2") -> list[dict]:
    return [
        {"when": ["get deployment/shop", ".metadata.annotations"], "out": revision},
        {"when": ["get deployment/shop", ".spec.template"], "out": NEW},
        *replica_sets((1, "h1", OLD), (2, "h2", OLD), (3, "h3", NEW)),
        *healthy(),
    ]


def rollout(stable: str, moving: str, revision: str = "2") -> list[dict]:
    return [
        {"when": ["get rollout/shop", ".metadata.annotations"], "out": revision},
        {"when": ["get rollout/shop", ".spec.template"], "out": NEW},
        {"when": ["get rollout/shop", "stableRS"], "out": stable},
        {"when": ["get rollout/shop", "currentPodHash"], "out": moving},
        *replica_sets((1, "h1", OLD), (2, "h2", OLD), (3, "h3", NEW)),
        *healthy(),
    ]


@pytest.fixture
def place(tmp_path):
    return fakes(tmp_path / "fakes")


def test_the_calls_of_a_deployment_in_order(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 0, done.stderr
    calls = [c for c in place.calls if c[0] in {"kubectl", "kustomize"} and "get" not in c]
    work = calls[1][2].removesuffix("/kubernetes/overlays/production")
    assert calls == [
        ["kustomize", "edit", "set", "image", f"shop={NEW}"],
        ["kustomize", "build", f"{work}/kubernetes/overlays/production"],
        ["kubectl", "apply", "--filename", f"{work}/objects.yaml"],
        ["kubectl", "--namespace", "shop-production", "rollout", "status", "deployment/shop",
         "--timeout", "660s"],
    ]  # fmt: skip
    # it worked in a copy, which is gone
    assert not Path(work).exists()
    assert not list((tmp_path / "p").rglob("objects.yaml"))


def test_a_canary_waits_for_the_plugin(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(CANARY))
    place.rules = rollout("h3", "h3")
    done = place.run(folder / "deploy.sh", "staging", NEW)
    assert done.returncode == 0, done.stderr
    waits = [line for line in place.lines() if " status " in line]
    assert waits == ["kubectl argo rollouts --namespace shop-staging status shop --timeout 1500s"]


def test_development_is_not_asked_for_requests(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    assert place.run(folder / "deploy.sh", "development", NEW).returncode == 0
    assert not [line for line in place.lines() if line.startswith("curl")]


@pytest.mark.parametrize(
    "failing", [["kustomize edit"], ["kustomize build"], ["get deployment/shop"]]
)
def test_a_failure_before_the_change_changes_nothing(place, tmp_path, failing) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": failing, "exit": 1}, *deployment()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 1
    assert "not touched" in done.stderr
    assert not [line for line in place.lines() if "apply" in line or "undo" in line]


@pytest.mark.parametrize(
    ("failing", "step"),
    [(["kubectl apply"], "apply the objects"), (["rollout status"], "wait for the rollout")],
)
def test_a_failure_after_the_change_rolls_back(place, tmp_path, failing, step) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": failing, "exit": 1, "times": 1}, *deployment()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 2, done.stderr
    assert f"failed ({step}): rolling back to revision 2" in done.stderr
    undone = [line for line in place.lines() if "undo" in line]
    assert undone == [
        "kubectl --namespace shop-production rollout undo deployment/shop --to-revision 2"
    ]


def test_a_bad_release_is_rolled_back(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    bad = {"when": ["curl", "vector(0)"], "out": healthy(ratio="0.5")[1]["out"], "times": 1}
    place.rules = [bad, *deployment()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 2, done.stderr
    assert "failed (verify)" in done.stderr


def test_too_few_requests_are_no_health(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    few = [{"when": ["curl", "query=sum(increase"], "out": healthy("3")[0]["out"]}]
    place.rules = [*few, *deployment()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 3
    assert "rolled back, but the previous version is not seen to be healthy" in done.stderr


def test_a_rollback_that_fails_calls_for_a_person(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [
        {"when": ["kubectl apply"], "exit": 1},
        {"when": ["rollout undo"], "exit": 1},
        *deployment(),
    ]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 3
    assert "NOT rolled back" in done.stderr


def test_a_first_deployment_has_no_way_back(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": ["kubectl apply"], "exit": 1}, *deployment(revision="")]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 3
    assert "no version to return to" in done.stderr
    assert not [line for line in place.lines() if "undo" in line]


def test_a_canary_that_fails_is_aborted_first(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(CANARY))
    place.rules = [{"when": ["status shop"], "exit": 1, "times": 1}, *rollout("h2", "h3")]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 2, done.stderr
    assert [line for line in place.lines("get ", "curl", "sleep") if "argo" in line][1:] == [
        "kubectl argo rollouts --namespace shop-production abort shop",
        "kubectl argo rollouts --namespace shop-production undo shop --to-revision 2",
        "kubectl argo rollouts --namespace shop-production status shop --timeout 600s",
    ]


def test_the_migration_runs_first(place, tmp_path) -> None:
    made = subject(MIGRATES, example=True)
    folder = project(tmp_path / "p", made)
    name = made.name
    place.rules = [
        {"when": [f"get job {name}-migrate"], "out": "", "times": 1},
        {"when": [f"get job {name}-migrate"], "out": "SuccessCriteriaMet Complete"},
        *[{**rule, "when": [w.replace("/shop", f"/{name}") for w in rule["when"]]}
          for rule in deployment()],
    ]  # fmt: skip
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 0, done.stderr
    component = "app.kubernetes.io/component"
    delete = f"kubectl --namespace {name}-production delete job"
    changes = [line for line in place.lines(" get ") if " apply" in line or " delete" in line]
    assert [line.split(" --selector ")[-1] for line in changes] == [
        f"{component}=setup",
        f"{delete} {name}-migrate --ignore-not-found --wait",
        f"{component}=migration",
        f"{component}!=migration",
    ]


@pytest.mark.parametrize("state", ["FailureTarget Failed", ""])
def test_a_migration_that_fails_stops_before_the_release(place, tmp_path, state) -> None:
    made = subject(MIGRATES, example=True)
    folder = project(tmp_path / "p", made)
    rules = [{**rule, "when": [w.replace("/shop", f"/{made.name}") for w in rule["when"]]}
             for rule in deployment()]  # fmt: skip
    place.rules = [{"when": ["get job"], "out": state}, *rules]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 1
    assert "the migration did not complete" in done.stderr
    assert not [line for line in place.lines() if "!=migration" in line]
    assert [line for line in place.lines() if " logs job/" in line]


def test_where_people_decide_nothing_is_rolled_back(place, tmp_path) -> None:
    made = subject(BY_HAND)
    if made.profile.value("automated_rollback") is not False:
        pytest.fail("the sentence says by hand")
    folder = project(tmp_path / "p", made)
    place.rules = [{"when": ["rollout status"], "exit": 1}, *deployment()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 3
    assert "decide now" in done.stderr
    assert not [line for line in place.lines() if "undo" in line]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("production",),
        ("elsewhere", NEW),
        ("production", "shop:latest"),
        ("production", f"{NEW}\n"),
        ("production", "--help"),
        ("production", f"$(id)@sha256:{'a' * 64}"),
        ("production", NEW, "more"),
        ("", NEW),
    ],
)
def test_a_wrong_call_does_nothing(place, tmp_path, arguments) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    done = place.run(folder / "deploy.sh", *arguments)
    assert done.returncode == 64
    assert place.calls == []


@pytest.mark.parametrize("name", ["deploy", "rollback", "verify", "budget_gate", "version"])
def test_help_is_an_answer(place, tmp_path, name) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    done = place.run(folder / f"{name}.sh", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: {name}.sh")
    assert "Exit status" in done.stdout
    assert place.calls == []


def test_a_signal_in_the_middle_rolls_back(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": ["rollout status"], "sleep": 1, "times": 1}, *deployment()]
    place.prepare()
    process = subprocess.Popen(
        [str(folder / "deploy.sh"), "production", NEW],
        env={"PATH": str(place.home / "bin"), "FAKES": str(place.home),
             "PROMETHEUS_URL": "http://prometheus.example"},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(200):
        if (place.home / "waiting").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2, errors
    assert "rolling back to revision 2" in errors
