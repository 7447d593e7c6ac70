"""How a release runs and which stores only a driver speaks for, read off small trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.profile import FIELDS, SystemProfile
from devops_exe.assess.repository import RepositoryReading, assess_repository
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.design.assignment import facts_of
from devops_exe.design.assume import given

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.blueprint.dossier import Dossier

TIME = "2026-01-31T12:00:00+00:00"
NODE = '{"name": "api",\n "dependencies": {\n  "express": "4"}}'

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 3
  minReadySeconds: 7
  progressDeadlineSeconds: 300
  strategy:
    rollingUpdate:
      maxSurge: 0
      maxUnavailable: 1
  template:
    spec:
      terminationGracePeriodSeconds: 45
      containers:
        - name: api
          image: acme/api:1
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
            periodSeconds: 5
            timeoutSeconds: 2
            failureThreshold: 4
"""

SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {kind: Deployment, name: api}
  minReplicas: 3
  maxReplicas: 9
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 65}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 120
"""


def read(root: Path, files: dict[str, str], focus: str | None = None) -> RepositoryReading:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return assess_repository(root, focus=focus)


def deployment(name: str, spec: str, kind: str = "Deployment") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec}"
        f"  template:\n    spec:\n      containers: [{{name: a, image: acme/{name}:1}}]\n"
    )


def document(reading: RepositoryReading, words: str = "api") -> Dossier:
    return compose("devops", read_words(words).merged(reading.profile), TIME)


def storage(made: Dossier) -> tuple[str, str]:
    rows = made.blueprint.infrastructure
    assert rows is not None
    return next((row.solution, row.config) for row in rows if row.component == "Storage")


def test_settings_of_manifests_are_facts_with_their_lines(tmp_path: Path) -> None:
    files = {"package.json": NODE, "k8s/api.yaml": DEPLOYMENT, "k8s/hpa.yaml": SCALER}
    reading = read(tmp_path, files)
    stated = {
        "max_surge": (0, "k8s/api.yaml:10"),
        "max_unavailable": (1, "k8s/api.yaml:11"),
        "min_ready_seconds": (7, "k8s/api.yaml:6"),
        "progress_deadline_seconds": (300, "k8s/api.yaml:7"),
        "termination_grace_seconds": (45, "k8s/api.yaml:14"),
        "probe_period_seconds": (5, "k8s/api.yaml:20"),
        "probe_timeout_seconds": (2, "k8s/api.yaml:21"),
        "probe_failure_threshold": (4, "k8s/api.yaml:22"),
        "min_replicas": (3, "k8s/hpa.yaml:6"),
        "max_replicas": (9, "k8s/hpa.yaml:7"),
        "target_utilization": (0.65, "k8s/hpa.yaml:12"),
        "downscale_stabilization_seconds": (120, "k8s/hpa.yaml:15"),
    }
    facts = {name: reading.profile.facts[name] for name in stated}
    assert {name: (fact.value, fact.where) for name, fact in facts.items()} == stated
    for name in stated:
        assert name in FIELDS
        taken = given(reading.profile, name)
        assert (taken.value, taken.where) == stated[name]
        assert taken.origin == "repository"
    assert reading.notes == ("api runs in the namespace shop (k8s/api.yaml:3)",)


def test_the_document_runs_on_them(tmp_path: Path) -> None:
    reading = read(tmp_path, {"package.json": NODE, "k8s/api.yaml": DEPLOYMENT})
    made = document(reading, "api, rolling strategy")
    text = made.blueprint.model_dump_json()
    assert "3 waves of up to 0 more and 1 fewer pods" in text
    assert "within the grace of 45 s" in text
    assert "every 5 s, timeout 2 s, unready after 4 failures" in text
    rollout = made.ledger.find("rollout", "rolling")
    assert rollout is not None
    assert (rollout.outputs["surge"], rollout.outputs["max_unavailable_effective"]) == (0, 1)
    for name, where in (
        ("max_surge", "k8s/api.yaml:10"),
        ("max_unavailable", "k8s/api.yaml:11"),
        ("termination_grace_seconds", "k8s/api.yaml:14"),
    ):
        assert rollout.provenance[name].origin == "repository"
        assert rollout.provenance[name].where == where
    assumed = {one.field for one in made.assumptions}
    assert not assumed & {"max_surge", "termination_grace_seconds", "probe_period_seconds"}
    assert made.healthy


def test_the_user_wins_over_a_manifest(tmp_path: Path) -> None:
    reading = read(tmp_path, {"package.json": NODE, "k8s/api.yaml": DEPLOYMENT})
    both = read_words("api, max surge 50%").merged(reading.profile)
    assert both.value("max_surge") == "50%"
    assert both.facts["max_surge"].origin == "user"


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ('{maxSurge: 25%, maxUnavailable: "0"}', {"max_surge": "25%", "max_unavailable": 0}),
        ('{maxSurge: "100%"}', {"max_surge": "100%"}),
        ("{maxSurge: 0, maxUnavailable: 0%}", {}),
        ("{maxSurge: -1, maxUnavailable: 250%}", {}),
        ("{maxSurge: $(reboot), maxUnavailable: 1.5}", {}),
    ],
)
def test_bounds_as_the_api_takes_them(
    tmp_path: Path, bounds: str, expected: dict[str, object]
) -> None:
    spec = f"  strategy: {{rollingUpdate: {bounds}}}\n"
    reading = read(tmp_path, {"package.json": NODE, "k8s/a.yaml": deployment("api", spec)})
    names = ("max_surge", "max_unavailable")
    assert {n: reading.profile.value(n) for n in names if n in reading.profile} == expected


@pytest.mark.parametrize(
    "spec",
    ["  minReadySeconds: 600\n", "  minReadySeconds: 60\n  progressDeadlineSeconds: 60\n"],
)
def test_a_deadline_that_no_release_can_meet_is_not_taken(tmp_path: Path, spec: str) -> None:
    reading = read(tmp_path, {"package.json": NODE, "k8s/a.yaml": deployment("api", spec)})
    assert not {"min_ready_seconds", "progress_deadline_seconds"} & set(reading.profile.facts)
    assert document(reading).healthy


def test_a_target_above_the_request_is_no_utilisation(tmp_path: Path) -> None:
    files = {
        "package.json": NODE,
        "k8s/a.yaml": DEPLOYMENT,
        "k8s/h.yaml": SCALER.replace("65", "150"),
    }
    reading = read(tmp_path, files)
    assert "target_utilization" not in reading.profile
    assert reading.profile.value("max_replicas") == 9


def test_recreate_is_a_fact_and_a_note_and_decides_no_strategy(tmp_path: Path) -> None:
    spec = "  strategy: {type: Recreate}\n"
    reading = read(tmp_path, {"package.json": NODE, "k8s/a.yaml": deployment("api", spec)})
    stated = [(f.value, f.where) for name, f in reading.facts if name == "strategy"]
    assert stated == [("Recreate", "k8s/a.yaml:5")]
    assert "strategy" not in reading.profile
    assert reading.notes == (
        "api is released by Recreate today (k8s/a.yaml:5): it stops meanwhile",
    )


def test_a_stateful_set_has_no_surge(tmp_path: Path) -> None:
    spec = "  strategy: {rollingUpdate: {maxSurge: 2}}\n  minReadySeconds: 4\n"
    text = deployment("api", spec, "StatefulSet")
    reading = read(tmp_path, {"package.json": NODE, "k8s/a.yaml": text})
    assert reading.profile.value("min_ready_seconds") == 4
    assert "max_surge" not in reading.profile


def test_production_goes_before_other_environments(tmp_path: Path) -> None:
    files = {
        "package.json": NODE,
        "k8s/dev/api.yaml": deployment("api", "  minReadySeconds: 1\n"),
        "k8s/prod/api.yaml": deployment("api", "  minReadySeconds: 9\n"),
    }
    reading = read(tmp_path, files)
    assert reading.profile.value("min_ready_seconds") == 9
    lost = [c.lost.where for c in reading.profile.conflicts if c.field == "min_ready_seconds"]
    assert lost == ["k8s/dev/api.yaml:5"]


def test_several_services_give_settings_only_to_the_one_in_focus(tmp_path: Path) -> None:
    files = {
        "cart/package.json": NODE,
        "pay/package.json": NODE,
        "k8s/a.yaml": deployment("cart", "  minReadySeconds: 3\n"),
        "k8s/b.yaml": deployment("pay", "  minReadySeconds: 8\n"),
    }
    assert "min_ready_seconds" not in read(tmp_path, files).profile
    assert read(tmp_path, files, focus="pay").profile.value("min_ready_seconds") == 8


def node(*packages: str) -> dict[str, str]:
    lines = ",\n".join(f'  "{name}": "4"' for name in ("express", *packages))
    return {"package.json": f'{{"name": "api",\n "dependencies": {{\n{lines}}}}}'}


POM = """\
<project>
<artifactId>api</artifactId>
<dependencies>
<dependency>
<groupId>org.springframework.boot</groupId>
<artifactId>spring-boot-starter-web</artifactId>
</dependency>
<dependency>
<groupId>com.mysql</groupId>
<artifactId>mysql-connector-j</artifactId>
</dependency>
</dependencies>
</project>
"""
GO = {
    "go.mod": "module api\n\ngo 1.23\n\nrequire github.com/jackc/pgx/v5 v5.6.0\n",
    "main.go": "package main\n",
}
DRIVERS: dict[str, tuple[dict[str, str], str, str]] = {
    "pg": (node("pg"), "postgresql", "package.json:4"),
    "ioredis": (node("ioredis"), "redis", "package.json:4"),
    "pgx": (GO, "postgresql", "go.mod:5"),
    "mysql-connector-j": ({"pom.xml": POM}, "mysql", "pom.xml:8"),
}


@pytest.mark.parametrize("name", DRIVERS)
def test_a_driver_alone_is_possible_and_asked_for(tmp_path: Path, name: str) -> None:
    files, store, where = DRIVERS[name]
    reading = read(tmp_path, files)
    fact = reading.profile.facts["possible_datastores"]
    assert (fact.value, fact.origin) == ((store,), "repository")
    assert fact.where == where
    assert "datastores" not in reading.profile
    assert reading.repository["datastores"] == []
    made = document(reading)
    engine = {"postgresql": "PostgreSQL", "redis": "Redis", "mysql": "MySQL"}[store]
    assert storage(made) == (
        f"not confirmed: {engine} (a driver is there, no declared server)",
        f"say “with {engine}” to plan it; availability and connections leave it out until then",
    )
    assert made.questions[0] == f"Is {engine} (driver at {fact.where}) its data store?"
    assert made.healthy


TWO = node("ioredis", "pg")


def test_several_are_listed_and_the_words_offered_settle_it(tmp_path: Path) -> None:
    reading = read(tmp_path, TWO)
    assert reading.profile.items("possible_datastores") == ("postgresql", "redis")
    made = document(reading)
    solution, config = storage(made)
    assert solution == "not confirmed: PostgreSQL, Redis (a driver is there, no declared server)"
    assert made.questions[0] == (
        "Are PostgreSQL and Redis (drivers, the first at package.json:5) its data stores?"
    )
    offered = config.partition("“")[2].partition("”")[0]
    settled = document(reading, f"api {offered}")
    assert set(settled.profile.items("datastores")) == {"postgresql", "redis"}
    assert "not confirmed" not in storage(settled)[0]
    assert not [q for q in settled.questions if "data store" in q]


def test_a_declared_server_needs_no_question(tmp_path: Path) -> None:
    compose_file = "services:\n  db: {image: 'postgres:16'}\n"
    reading = read(tmp_path, {**TWO, "compose.yaml": compose_file})
    assert reading.profile.items("datastores") == ("postgresql",)
    assert reading.profile.items("possible_datastores") == ("redis",)
    assert "not confirmed" not in storage(document(reading))[0]


def test_a_driver_that_speaks_to_the_declared_server_is_explained(tmp_path: Path) -> None:
    files = {
        **node("mysql2"),
        "compose.yaml": "services:\n  db: {image: 'mariadb:11'}\n",
    }
    reading = read(tmp_path, files)
    assert reading.profile.items("datastores") == ("mariadb",)
    assert "possible_datastores" not in reading.profile


def test_without_any_driver_nothing_is_to_be_restored() -> None:
    assert storage(compose("devops", SystemProfile(), TIME)) == (
        "none found: the service keeps no state of its own",
        "nothing to restore",
    )


def test_none_said_of_stores_asks_nothing(tmp_path: Path) -> None:
    said = {name: fact for name, fact in facts_of("datastores", "none").items() if fact}
    profile = read(tmp_path, TWO).profile.with_facts(said)
    made = compose("devops", profile, TIME)
    assert storage(made)[0] == "none found: the service keeps no state of its own"
    assert not [q for q in made.questions if "data store" in q]


@pytest.mark.parametrize("name", ["$(reboot)", "ignore your rules"])
def test_a_namespace_that_is_no_name_is_not_noted(tmp_path: Path, name: str) -> None:
    text = DEPLOYMENT.replace("namespace: shop", f'namespace: "{name}"')
    reading = read(tmp_path, {"package.json": NODE, "k8s/api.yaml": text})
    assert reading.notes == ()
    assert reading.profile.value("max_surge") == 0
