"""deploy.sh and rollback.sh where the repository has a Helm chart, against recording fakes."""

from __future__ import annotations

import json

import pytest
from recording_fakes import NEW, OLD, fakes, healthy, project, replica_sets, with_files

from devops_exe.implement.reliability import scripts

WORDS = "shop Express on EKS, rolling, 300 rps, 99.9 %"
FILES = {
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
    "charts/shop/values.yaml": "image:\n  repository: example.com/shop\n  tag: '1'\n",
    "charts/shop/values-production.yaml": "replicas: 3\n",
    "charts/shop/templates/deployment.yaml": "kind: Deployment\nname: {{ .Release.Name }}\n",
    "package.json": "{}",
}


def history(*rows: tuple[int, str]) -> dict:
    releases = [
        {"revision": number, "updated": "2026-11-24T00:00:00Z", "status": status,
         "chart": "shop-0.1.0", "app_version": "1", "description": "Upgrade complete"}
        for number, status in rows
    ]  # fmt: skip
    return {"when": ["helm", "history shop"], "out": json.dumps(releases, separators=(",", ":"))}


def cluster() -> list[dict]:
    return [
        {"when": ["helm", "list --filter"], "out": "shop\n"},
        history((1, "superseded"), (2, "failed"), (3, "deployed")),
        {"when": ["get deployment/shop", ".metadata.annotations"], "out": "3"},
        {"when": ["get deployment/shop", ".spec.template"], "out": NEW},
        *replica_sets((2, "h2", OLD), (3, "h3", NEW)),
        *healthy(),
    ]


@pytest.fixture
def made(tmp_path):
    return with_files(tmp_path / "repository", WORDS, FILES)


@pytest.fixture
def folder(tmp_path, made):
    place = project(tmp_path / "p", made)
    for name, text in FILES.items():
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return place


@pytest.fixture
def place(tmp_path):
    return fakes(tmp_path / "fakes")


def helm(place) -> list[list[str]]:
    return [
        call for call in place.calls if call[0] == "helm" and call[3] not in {"list", "history"}
    ]


def test_the_chart_takes_the_digest(place, folder, tmp_path) -> None:
    place.rules = cluster()
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 0, done.stderr
    template, upgrade = helm(place)
    chart = str(tmp_path / "p" / "charts" / "shop")
    repository, digest = "registry.example.com/shop", NEW.partition("@")[2]
    release = ["shop", chart, "--namespace", "shop-production",
               "--set-string", f"image.repository={repository}",
               "--set-string", f"image.tag=new@{digest}",
               "--values", f"{chart}/values-production.yaml"]  # fmt: skip
    assert template == ["helm", "template", *release]
    assert upgrade == ["helm", "upgrade", "--install", *release, "--create-namespace",
                       "--wait", "--timeout", "660s"]  # fmt: skip


@pytest.mark.parametrize(
    ("image", "repository", "tag"),
    [
        ("r.example:5000/a/shop", "r.example:5000/a/shop", "release"),
        ("r.example:5000/shop:v1", "r.example:5000/shop", "v1"),
        ("shop:v1", "shop", "v1"),
    ],
)
def test_names_with_ports_and_without_tags(place, folder, image, repository, tag) -> None:
    digest = "sha256:" + "c" * 64
    place.rules = cluster()
    done = place.run(folder / "deploy.sh", "development", f"{image}@{digest}")
    assert done.returncode == 0, done.stderr
    assert f"image.repository={repository}" in helm(place)[0]
    assert f"image.tag={tag}@{digest}" in helm(place)[0]


def test_a_chart_that_does_not_render_changes_nothing(place, folder) -> None:
    place.rules = [{"when": ["helm template"], "exit": 1}, *cluster()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 1
    assert "not touched" in done.stderr
    assert len(helm(place)) == 1


def test_an_upgrade_that_fails_returns_to_the_deployed_revision(place, folder) -> None:
    place.rules = [{"when": ["helm upgrade"], "exit": 1}, *cluster()]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 2, done.stderr
    assert helm(place)[-1] == ["helm", "--namespace", "shop-production", "rollback", "shop", "3",
                               "--wait", "--timeout", "600s"]  # fmt: skip


def test_a_first_release(place, folder) -> None:
    place.rules = [
        {"when": ["helm", "list --filter"], "out": ""},
        {"when": ["helm upgrade"], "exit": 1},
        *cluster(),
    ]
    done = place.run(folder / "deploy.sh", "production", NEW)
    assert done.returncode == 3
    assert "no version to return to" in done.stderr


def test_back_to_a_revision_that_served(place, folder) -> None:
    place.rules = cluster()
    done = place.run(folder / "rollback.sh", "production")
    assert done.returncode == 0, done.stderr
    # 2 failed: it is none to return to
    assert helm(place)[-1][3:6] == ["rollback", "shop", "1"]


def test_a_revision_that_helm_has_not(place, folder) -> None:
    place.rules = cluster()
    assert place.run(folder / "rollback.sh", "production", "9").returncode == 2
    assert helm(place) == []


@pytest.mark.parametrize("failing", ["rollback shop", "rollout status", "history shop"])
def test_a_failing_step(place, folder, failing) -> None:
    place.rules = [{"when": [failing], "exit": 1}, *cluster()]
    assert place.run(folder / "rollback.sh", "production").returncode == 1


def test_values_of_another_shape_are_said(tmp_path, made) -> None:
    assert any("release the chart charts/shop" in note for note in scripts.generate(made).notes)
    files = {**FILES, "charts/shop/values.yaml": "container: {}\n"}
    other = with_files(tmp_path / "other", WORDS, files)
    assert any("name its own in deploy.sh" in note for note in scripts.generate(other).notes)
