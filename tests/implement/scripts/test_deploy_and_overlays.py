"""deploy.sh with the real kustomize on the manifests that are generated beside it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from recording_fakes import EXAMPLE, NEW, TIME, fakes, healthy, read_words, replica_sets

from devops_exe.assess.repository import assess_repository
from devops_exe.blueprint.compose import compose
from devops_exe.ground.locations import cache_dir
from devops_exe.implement.implementation import implement

pytestmark = pytest.mark.slow

TOOLS = cache_dir() / "tools" / "bin"  # before a test has a home of its own
COMPONENT = "app.kubernetes.io/component"


def kustomize() -> str:
    places = [str(Path(sys.executable).parent), str(TOOLS), os.environ.get("PATH", os.defpath)]
    path = shutil.which("kustomize", path=os.pathsep.join(places))
    if path is None:
        reason = "kustomize is not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    return path


def applied(tmp_path, words: str, folder, environment: str):
    """(name, objects that deploy.sh applies, its calls) of a whole implementation."""
    profile = read_words(words)
    if folder is not None:
        profile = profile.merged(assess_repository(folder).profile)
    made = implement(compose("devops", profile, TIME), folder)
    for artefact in made.artefacts:
        path = tmp_path / "p" / artefact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artefact.text)
        path.chmod(artefact.mode)
    place = fakes(tmp_path / "fakes", without=("kustomize",))
    (place.home / "bin" / "kustomize").symlink_to(kustomize())
    kubectl = place.home / "bin" / "kubectl"
    keep = (
        'for word; do [[ "${word}" != *objects.yaml ]] || cat "${word}" >"${FAKES}/objects"; done'
    )
    kubectl.write_text(kubectl.read_text().replace("\nfor rule", f"\n{keep}\nfor rule", 1))
    name = made.subject.name
    place.rules = [
        {"when": ["get job"], "out": "Complete"},
        *replica_sets((2, "h2", NEW)),
        {"when": ["annotations"], "out": "2"},
        *healthy(),
    ]
    done = place.run(tmp_path / "p" / "deploy" / "scripts" / "deploy.sh", environment, NEW)
    assert done.returncode == 0, done.stderr
    objects = list(yaml.safe_load_all((place.home / "objects").read_text()))
    return name, objects, place


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
@pytest.mark.parametrize(
    ("words", "example"),
    [
        ("checkout-api on EKS, canary, 3000 rps, 99.9 %", True),
        ("checkout-api on EKS, rolling, 300 rps, 99.9 %", True),
        ("shop Django with PostgreSQL on GKE, blue-green, 400 rps, 99.9 %", False),
        ("store Rails on GKE, A/B testing, 300 rps, 99.9 %", False),
        ("shed Express with SQLite on Kubernetes in one zone, recreate, 5 rps, 99 %", False),
    ],
)
def test_every_pod_of_the_release_has_its_digest(tmp_path, words, example, environment) -> None:
    folder = EXAMPLE if example else None
    name, objects, place = applied(tmp_path, words, folder, environment)
    kinds = [one["kind"] for one in objects]
    assert kinds.count("Namespace") == 1
    own = [
        container["image"]
        for one in objects
        for container in one.get("spec", {})
        .get("template", {})
        .get("spec", {})
        .get("containers", [])
        if one["metadata"]["name"].startswith(name) and "flag" not in one["metadata"]["name"]
    ]
    assert own
    assert set(own) == {NEW}
    for one in objects:
        assert one["metadata"].get("namespace", f"{name}-{environment}") == f"{name}-{environment}"
    waits = [line for line in place.lines() if " status " in line]
    assert waits
    workload = "Rollout" if "argo" in waits[0] else "Deployment"
    assert workload in kinds


def test_a_migration_has_what_it_needs_before_it_runs(tmp_path) -> None:
    words = "checkout-api on EKS, canary, 3000 rps, 99.9 %"
    name, objects, place = applied(tmp_path, words, EXAMPLE, "production")

    def component(one) -> str:
        return one["metadata"].get("labels", {}).get(COMPONENT, "")

    setup = {(one["kind"], one["metadata"]["name"]) for one in objects if component(one) == "setup"}
    (job,) = [one for one in objects if component(one) == "migration"]
    pod = job["spec"]["template"]["spec"]
    assert ("ServiceAccount", pod["serviceAccountName"]) in setup
    assert ("Namespace", f"{name}-production") in setup
    for container in pod["containers"]:
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                assert ("ConfigMap", source["configMapRef"]["name"]) in setup
    applies = [line.partition(" --selector ")[2] for line in place.lines() if " apply " in line]
    assert applies == [f"{COMPONENT}=setup", f"{COMPONENT}=migration", f"{COMPONENT}!=migration"]
