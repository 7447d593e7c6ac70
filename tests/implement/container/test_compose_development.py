"""The compose file: stores that are waited for, no secret in it, names that agree."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from stack_subjects import REPOSITORIES, of_stack, subject, tool, write_tree

from devops_exe.implement.container import generate
from devops_exe.implement.stores import stores_of

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.subject import Subject

EVERY = (
    "postgresql", "mysql", "mariadb", "sql-server", "redis", "valkey", "memcached", "mongodb",
    "rabbitmq", "kafka", "nats", "elasticsearch", "opensearch", "meilisearch", "cassandra",
    "clickhouse", "minio", "qdrant",
)  # fmt: skip


def composed(one: Subject) -> dict[str, Any]:
    text = next(a.text for a in generate(one).artefacts if a.kind == "compose")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_the_service_waits_for_healthy_stores(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "flask", datastores=("postgresql", "redis")))["services"]
    assert services["shop"]["depends_on"] == {
        "postgresql": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert "healthcheck" in services["postgresql"]


def test_the_schema_is_migrated_before_the_service_starts(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "django", datastores=("postgresql",)))["services"]
    assert services["migrate"]["entrypoint"] == ["python", "manage.py", "migrate"]
    waits = services["shop"]["depends_on"]["migrate"]
    assert waits == {"condition": "service_completed_successfully"}


def test_an_address_keeps_the_scheme_of_the_example(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "flask", datastores=("postgresql",)))["services"]
    address = services["shop"]["environment"]["DATABASE_URL"]
    assert address == "postgresql+psycopg2://app:${STORE_PASSWORD}@postgresql:5432/app"


def test_parts_of_an_address_are_filled_by_their_names(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "express", datastores=("postgresql",)))["services"]
    environment = services["shop"]["environment"]
    assert environment["DB_HOST"] == "postgresql"
    assert environment["DB_PORT"] == "5432"
    assert environment["DB_PASSWORD"] == "${STORE_PASSWORD}"
    assert "STRIPE_SECRET_KEY" not in environment


def test_spring_takes_its_own_variables(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "maven", datastores=("postgresql",)))["services"]
    address = services["shop"]["environment"]["SPRING_DATASOURCE_URL"]
    assert address == "jdbc:postgresql://postgresql:5432/app"


@pytest.mark.parametrize("store", EVERY)
def test_every_store_is_described_whole(store: str) -> None:
    one = subject(datastores=(store,))
    assert [s.name for s in stores_of(one)] == [store]
    raw = composed(one)
    assert store in raw["services"]
    assert ":" in raw["services"][store]["image"].rpartition("/")[2]
    assert "{" not in str(raw).replace("${", "").replace("{'", "").replace("{}", "")


def test_ports_are_open_on_this_machine_alone(tmp_path: Path) -> None:
    services = composed(of_stack(tmp_path, "flask", datastores=("postgresql",)))["services"]
    assert all(port.startswith("127.0.0.1:") for port in services["shop"]["ports"])
    assert "ports" not in services["postgresql"]


def test_the_schema_of_compose_takes_it(tmp_path: Path) -> None:
    checker = tool("check-jsonschema")
    one = subject(datastores=EVERY)
    path = tmp_path / "compose.yaml"
    path.write_text(next(a.text for a in generate(one).artefacts if a.kind == "compose"))
    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_compose_file_of_the_repository_is_kept(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path, {**REPOSITORIES["flask"], "docker-compose.yml": "services:\n  a:\n    image: x\n"}
    )
    made = generate(subject(root))
    assert not any(a.kind == "compose" for a in made.artefacts)
    assert any(path == "docker-compose.yml" for path, _ in made.kept)
