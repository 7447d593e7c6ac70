"""rollback.sh, executed against recording fakes: what it proves, what it does, by strategy."""

from __future__ import annotations

import pytest
from recording_fakes import NEW, OLD, fakes, healthy, project, replica_sets, subject

ROLLING = "shop Express on EKS, rolling, 300 rps, 99.9 %"
CANARY = "shop Express on EKS, canary, 300 rps, 99.9 %"
BLUE_GREEN = "shop Express on EKS, blue-green, 300 rps, 99.9 %"
EXPERIMENT = "shop Express on EKS, A/B testing, 300 rps, 99.9 %"
HISTORY = replica_sets((1, "h1", "r/shop:1@sha256:1"), (12, "h12", OLD), (13, "h13", NEW))


def deployment() -> list[dict]:
    return [
        {"when": [".metadata.annotations.deployment", "get deployment/"], "out": "13"},
        {"when": ["get deployment/shop", ".spec.template"], "out": NEW},
        *HISTORY,
        *healthy(),
    ]


def rollout(stable: str, moving: str, revision: str = "13") -> list[dict]:
    return [
        {"when": ["get rollout/shop", ".metadata.annotations.rollout"], "out": revision},
        {"when": ["get rollout/shop", ".spec.template"], "out": NEW},
        {"when": ["get rollout/shop", "stableRS"], "out": stable},
        {"when": ["get rollout/shop", "currentPodHash"], "out": moving},
        *HISTORY,
        *healthy(),
    ]


@pytest.fixture
def place(tmp_path):
    return fakes(tmp_path / "fakes")


def changes(place) -> list[str]:
    return place.lines(" get ", "curl", "sleep")


def test_the_revision_before_and_its_image_are_proved_first(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    assert changes(place) == [
        f"docker buildx imagetools inspect {OLD}",
        "kubectl --namespace shop-production rollout undo deployment/shop --to-revision 12",
        "kubectl --namespace shop-production rollout status deployment/shop --timeout 600s",
    ]


def test_a_named_revision(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    assert place.run(folder / "rollback.sh", "production", "1").returncode == 0
    assert any(line.endswith("--to-revision 1") for line in changes(place))


def test_a_revision_that_is_not_there(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    done = place.run(folder / "rollback.sh", "production", "7")
    assert done.returncode == 2
    assert "has no revision 7" in done.stderr
    assert "12\th12" in done.stderr
    assert changes(place) == []


def test_the_first_revision_has_none_before_it(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [
        {"when": [".metadata.annotations.deployment", "get deployment/"], "out": "1"},
        *deployment(),
    ]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 2
    assert changes(place) == []


def test_an_image_that_is_gone(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": ["docker buildx"], "exit": 1}, *deployment()]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 2
    assert "SKIP_IMAGE_CHECK" in done.stderr
    assert not [line for line in place.lines() if "undo" in line]
    assert place.run(folder / "rollback.sh", "production", SKIP_IMAGE_CHECK="yes").returncode == 0


def test_without_docker_the_registry_is_not_asked(tmp_path) -> None:
    place = fakes(tmp_path / "fakes", without=("docker",))
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0
    assert "the registry was not asked" in done.stderr


def test_two_rollbacks_of_one_release_are_one(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = deployment()
    done = place.run(folder / "rollback.sh", "production", BAD_IMAGE=OLD)
    assert done.returncode == 0
    assert "nothing to roll back" in done.stderr
    assert changes(place) == []
    assert place.run(folder / "rollback.sh", "production", BAD_IMAGE=NEW).returncode == 0
    assert any("undo" in line for line in changes(place))


def test_a_canary_under_way_is_aborted_and_its_template_set_back(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(CANARY))
    place.rules = rollout(stable="h12", moving="h13")
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    argo = "kubectl argo rollouts --namespace shop-production"
    assert changes(place) == [
        f"{argo} abort shop",
        f"{argo} undo shop --to-revision 12",
        f"{argo} status shop --timeout 600s",
    ]


@pytest.mark.parametrize("words", [CANARY, BLUE_GREEN])
def test_a_finished_rollout_is_undone_and_promoted_in_full(place, tmp_path, words) -> None:
    folder = project(tmp_path / "p", subject(words))
    place.rules = rollout(stable="h13", moving="h13")
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    argo = "kubectl argo rollouts --namespace shop-production"
    assert changes(place) == [
        f"docker buildx imagetools inspect {OLD}",
        f"{argo} undo shop --to-revision 12",
        f"{argo} promote shop --full",
        f"{argo} status shop --timeout 600s",
    ]


def test_an_older_version_than_the_stable_one(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(CANARY))
    place.rules = rollout(stable="h12", moving="h13")
    assert place.run(folder / "rollback.sh", "production", "1").returncode == 0
    found = [line.split("shop-production ")[-1] for line in changes(place)]
    assert found == [
        "abort shop",
        "docker buildx imagetools inspect r/shop:1@sha256:1",
        "undo shop --to-revision 1",
        "promote shop --full",
        "status shop --timeout 600s",
    ]


def test_the_cohort_of_an_experiment_returns_too(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(EXPERIMENT))
    cohort = {
        "when": ["get replicasets", "name=shop-experiment"],
        "out": f"4\te4\t{OLD}\n13\te5\t{NEW}\n",
    }
    place.rules = [cohort, *deployment()]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    undone = [line.split("undo ")[1] for line in changes(place) if "undo" in line]
    assert undone == [
        "deployment/shop --to-revision 12",
        "deployment/shop-experiment --to-revision 4",
    ]
    asked = next(line for line in place.lines() if line.startswith("curl"))
    assert 'pod_template_hash=~"h13|e5"' in asked


def test_a_cohort_that_never_ran_the_version_goes(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(EXPERIMENT))
    cohort = {"when": ["get replicasets", "name=shop-experiment"], "out": f"13\te5\t{NEW}\n"}
    place.rules = [cohort, *deployment()]
    assert place.run(folder / "rollback.sh", "production").returncode == 0
    assert "kubectl --namespace shop-production scale deployment/shop-experiment --replicas 0" in (
        changes(place)
    )


@pytest.mark.parametrize("failing", ["rollout undo", "rollout status", "get replicasets"])
def test_a_step_that_fails_ends_it(place, tmp_path, failing) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [{"when": [failing], "exit": 5}, *deployment()]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode not in {0, 2, 3}
    assert "again" not in done.stderr


@pytest.mark.parametrize("failing", ["abort shop", "undo shop", "status shop"])
def test_a_step_of_a_rollout_that_fails_ends_it(place, tmp_path, failing) -> None:
    folder = project(tmp_path / "p", subject(CANARY))
    place.rules = [{"when": [failing], "exit": 1}, *rollout("h12", "h13")]
    assert place.run(folder / "rollback.sh", "production").returncode == 1
    assert changes(place)[-1].split("shop-production ")[1].startswith(failing)


def test_back_but_not_seen_healthy(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    place.rules = [*healthy(ratio="0.9"), *deployment()]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 3
    assert "does not call it healthy (1)" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [(), ("elsewhere",), ("production", "x"), ("production", "-1"), ("production", "1", "2")],
)
def test_a_wrong_call(place, tmp_path, arguments) -> None:
    folder = project(tmp_path / "p", subject(ROLLING))
    assert place.run(folder / "rollback.sh", *arguments).returncode == 64
    assert place.calls == []


def test_the_repositorys_own_workload_is_the_one(place, tmp_path) -> None:
    from recording_fakes import with_files

    made = with_files(
        tmp_path / "repository",
        "shop Express on EKS, rolling, 300 rps, 99.9 %",
        {
            "k8s/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
            "spec:\n  selector: {matchLabels: {app: web, tier: front}}\n  template:\n"
            "    metadata: {labels: {app: web, tier: front}}\n    spec:\n"
            "      containers: [{name: main, image: example.com/shop}]\n",
            "package.json": '{"name": "shop"}\n',
        },
    )
    folder = project(tmp_path / "p", made)
    place.rules = [
        {"when": ["get deployment/web", ".metadata"], "out": "13"},
        {"when": ["get deployment/web", "containers[0].image"], "out": NEW},
        *HISTORY,
        *healthy(),
    ]
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    assert any("--selector app=web,tier=front" in line for line in place.lines())
    assert any("undo deployment/web --to-revision 12" in line for line in place.lines())
