"""The policy passes the generated manifests and refuses planted faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.ground.locations import cache_dir
from devops_exe.implement import kubernetes
from devops_exe.implement.existing import is_generated
from devops_exe.implement.reliability.security import generate
from devops_exe.implement.subject import Subject

CACHE = cache_dir()  # before a test has a home of its own
TIME = "2026-11-24T00:00:00+00:00"
WORDS = {
    "canary": "checkout FastAPI with PostgreSQL on EKS, canary, 3000 rps, 99.95 %",
    "bluegreen": "shop Rails with MySQL on AKS, blue-green, 40 rps, 99.5 %",
    "rolling": "edge Go service on-prem on Kubernetes, rolling, 800 rps, 99.99 %",
    "recreate": "toy Express on Kubernetes in one zone, recreate, 1 rps, 90 %",
    "ab": "store Laravel on GKE, A/B testing, 300 rps, 99.9 %, with GitLab CI",
}


@cache
def subject(name: str) -> Subject:
    return Subject(compose("devops", read_words(WORDS[name]), TIME))


def tool(name: str) -> str:
    places = os.pathsep.join([
        str(CACHE / "tools" / "bin"), str(Path(sys.executable).parent),
        os.environ.get("PATH", os.defpath),
    ])  # fmt: skip
    path = shutil.which(name, path=places)
    if path is None:
        reason = f"{name} is not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    return path


def written(folder: Path, one: Subject) -> Path:
    for part in (generate(one), kubernetes.generate(one)):
        for artefact in part.artefacts:
            path = folder / artefact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artefact.text)
    return folder


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def denied(folder: Path, manifest: object) -> list[str]:
    (folder / "input.json").write_text(json.dumps(manifest))
    out = run(tool("opa"), "eval", "--format=json", "--data=policy/kubernetes.rego",
              "--input=input.json", "data.main.deny", cwd=folder)  # fmt: skip
    return json.loads(out)["result"][0]["expressions"][0]["value"]


def test_the_policy_and_its_tests(tmp_path) -> None:
    opa = tool("opa")
    written(tmp_path, subject("canary"))
    run(opa, "check", "--strict", "policy", cwd=tmp_path)
    run(opa, "test", "policy", cwd=tmp_path)
    assert run(opa, "fmt", "--list", "policy", cwd=tmp_path) == ""


@pytest.mark.parametrize("name", WORDS)
def test_generated_manifests_pass(name: str, tmp_path) -> None:
    kubectl = tool("kubectl")
    written(tmp_path, subject(name))
    overlay = "deploy/kubernetes/overlays/production"
    documents = list(yaml.safe_load_all(run(kubectl, "kustomize", overlay, cwd=tmp_path)))
    workloads = [d for d in documents if d["kind"] in {"Deployment", "Rollout", "Job"}]
    assert workloads
    for document in [*workloads, *(d for d in documents if d["kind"] in {"ConfigMap", "Secret"})]:
        assert denied(tmp_path, document) == []


def planted(change) -> dict:
    container = {
        "name": "app",
        "image": "registry/app:1.0",
        "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True},
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    }
    pod = {"containers": [container]}
    change(pod, container)
    return {
        "kind": "Rollout",
        "metadata": {"name": "app"},
        "spec": {"template": {"spec": pod}},
    }


PLANTED = {
    "untagged": lambda _, c: c.update(image="registry:5000/app"),
    "latest": lambda _, c: c.update(image="registry/app:latest"),
    "root": lambda _, c: c["securityContext"].pop("runAsNonRoot"),
    "rights": lambda _, c: c["securityContext"].pop("allowPrivilegeEscalation"),
    "privileged": lambda _, c: c["securityContext"].update(privileged=True),
    "no memory limit": lambda _, c: c["resources"].pop("limits"),
    "no requests": lambda _, c: c["resources"]["requests"].pop("cpu"),
    "secret in env": lambda _, c: c.update(env=[{"name": "API_TOKEN", "value": "abc"}]),
    "host network": lambda p, _: p.update(hostNetwork=True),
    "host path": lambda p, _: p.update(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
    "init container": lambda p, c: p.update(initContainers=[{**c, "image": "x:latest"}]),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_faults_are_refused(fault: str, tmp_path) -> None:
    written(tmp_path, subject("rolling"))
    assert denied(tmp_path, planted(lambda p, c: None)) == []
    assert denied(tmp_path, planted(PLANTED[fault])) != []


@pytest.mark.parametrize(
    "manifest",
    [
        {"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "Yg=="}},
        {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"DB_PASSWORD": "x"}},
        {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"image": "x"}]}},
    ],
)
def test_other_kinds(manifest: dict, tmp_path) -> None:
    assert denied(written(tmp_path, subject("rolling")), manifest) != []


def paths(one: Subject) -> dict[str, str]:
    return {a.path: a.text for a in generate(one).artefacts}


def test_files_and_updates() -> None:
    found = paths(subject("canary"))
    assert set(found) == {
        "policy/kubernetes.rego", "policy/kubernetes_test.rego", "policy/README.md",
        ".gitleaks.toml", ".github/dependabot.yml",
    }  # fmt: skip
    assert all(is_generated(text) for text in found.values())
    updates = yaml.safe_load(found[".github/dependabot.yml"])["updates"]
    assert [u["package-ecosystem"] for u in updates] == ["github-actions", "docker", "pip"]
    assert ".github/dependabot.yml" not in paths(subject("ab"))


def test_what_the_repository_has_is_kept() -> None:
    mine = {"renovate.json": "{}\n", ".gitleaks.toml": "title = 'x'\n"}
    found = generate(Subject(subject("canary").dossier, files=mine))
    assert [a.path for a in found.artefacts if not a.path.startswith("policy/")] == []
    assert [path for path, _ in found.kept] == [".gitleaks.toml", "renovate.json"]
