"""Traps met in other people's repositories, each as a small tree of our own."""

# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.repository import RepositoryReading, assess_repository

if TYPE_CHECKING:
    from pathlib import Path

WEB = '{"name": "web", "dependencies": {"express": "4"}}'


def read(root: Path, files: dict[str, str], focus: str | None = None) -> RepositoryReading:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return assess_repository(root, focus=focus)


def services(reading: RepositoryReading) -> dict[str, Any]:
    found = reading.repository["services"]
    assert isinstance(found, dict)
    return found


def values(reading: RepositoryReading, field: str) -> set[object]:
    return {fact.value for name, fact in reading.facts if name == field}


def test_a_store_built_here_is_a_store_and_no_service(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "compose.yaml": "services:\n  mongodb:\n    build: mongo\n  shop:\n    build: shop\n    depends_on: [mongodb]\n",
            "mongo/Dockerfile": "FROM mongo:7\nCOPY *.js /docker-entrypoint-initdb.d/\n",
            "shop/Dockerfile": "FROM node:22\n",
            "shop/package.json": '{"dependencies": {"express": "4", "mongodb": "6"}}',
        },
    )
    assert list(services(reading)) == ["shop"]
    assert reading.repository["datastores"] == ["mongodb"]
    assert services(reading)["shop"]["datastores"] == ["mongodb"]


def test_configured_telemetry_is_no_service_and_a_proxy_with_code_is(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "docker/grafana/Dockerfile": "FROM grafana/grafana:11\nADD dash.json /etc\n",
            "web/Dockerfile": "FROM node:22 AS b\nRUN npm run build\nFROM nginx:1.27\nEXPOSE 80\n",
            "web/package.json": '{"name": "web", "dependencies": {"react": "18"}}',
            "web/src/a.js": "",
        },
    )
    assert list(services(reading)) == ["web"]


def test_images_named_like_the_modules_of_the_repository_are_its_services(tmp_path: Path) -> None:
    pom = "<project><artifactId>{}</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>"
    reading = read(
        tmp_path,
        {
            "pom.xml": "<project><artifactId>shop</artifactId><modules><module>shop-cart</module></modules></project>",
            "shop-cart/pom.xml": pom.format("shop-cart"),
            "shop-gateway/pom.xml": pom.format("shop-gateway"),
            "shop-gateway/src/main/resources/application.yml": "routes:\n  - uri: lb://cart\n  # - uri: lb://ghost\n",
            "docker/Dockerfile": "FROM eclipse-temurin:21\nARG JAR\n",
            "docker-compose.yml": "services:\n  cart:\n    image: acme/shop-cart\n    ports: ['8081:8081']\n  gateway:\n    image: acme/shop-gateway\n    ports: ['8080:8080']\n  tracing:\n    image: openzipkin/zipkin\n",
        },
    )
    assert {n: (s["path"], s["port"]) for n, s in services(reading).items()} == {
        "cart": ("shop-cart", 8081),
        "gateway": ("shop-gateway", 8080),
    }
    assert [(e.source, e.target) for e in reading.dependencies.edges] == [("gateway", "cart")]


def test_tests_load_and_emulators_are_no_services(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "compose.yml": "services:\n  web:\n    build: .\n  playwright:\n    build: {context: ., dockerfile: Dockerfile.playwright}\n  firestore:\n    build: docker/firestore-emulator\n",
            "Dockerfile": "FROM node:22\nEXPOSE 3000\n",
            "Dockerfile.playwright": "FROM node:22\n",
            "docker/firestore-emulator/Dockerfile": "FROM alpine:3\n",
            "k8s/load.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: load}\nspec:\n  template:\n    spec:\n      containers: [{name: a, image: acme/rs-load}]\n",
            "package.json": '{"name": "web", "dependencies": {"express": "4", "@google-cloud/firestore": "7"}}',
        },
    )
    assert list(services(reading)) == ["web"]
    assert reading.repository["datastores"] == ["firestore"]


def test_code_that_is_mounted_is_the_services_folder(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "docker-compose.yml": "services:\n  trainer:\n    build: {context: docker/app}\n    working_dir: /internal/trainer\n    volumes: ['./internal:/internal', './.cache:/go']\n",
            "docker/app/Dockerfile": "FROM golang:1.23\n",
            "docker/app-prod/Dockerfile": "FROM golang:1.23 AS b\nFROM scratch\n",
            "internal/trainer/go.mod": "module trainer\nrequire github.com/go-sql-driver/mysql v1.8.0\n",
            "internal/trainer/main.go": "",
            "docker-compose.db.yml": "services:\n  db:\n    image: mariadb:11\n",
        },
    )
    assert list(services(reading)) == ["trainer"]
    assert services(reading)["trainer"]["path"] == "internal/trainer"
    # a driver of MySQL drives MariaDB
    assert services(reading)["trainer"]["datastores"] == ["mariadb"]
    assert reading.questions == ("Which port does trainer listen on?",)


def test_a_dockerfile_in_a_folder_with_the_root_as_context(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "compose.yml": "services:\n  backend:\n    build: {context: ., dockerfile: backend/Dockerfile}\n",
            "backend/Dockerfile": "FROM python:3.12\nEXPOSE 8000\n",
            "backend/pyproject.toml": '[project]\nname = "api"\ndependencies = ["fastapi"]\n',
            "backend/main.py": "",
        },
    )
    assert services(reading)["backend"]["path"] == "backend"


def test_variants_of_one_dockerfile_are_one_service(tmp_path: Path) -> None:
    files = {
        f"docker/dockerfiles/Dockerfile.{n}": "FROM python:3.12\nEXPOSE 9001\n"
        for n in ("onnx.gpu", "onnx.cpu", "google", "stream_manager")
    }
    reading = read(
        tmp_path,
        {
            **files,
            "pyproject.toml": '[project]\nname = "inference"\ndependencies = ["fastapi"]\n',
            "inference/main.py": "",
        },
    )
    assert list(services(reading)) == ["inference"]
    roles = read(
        tmp_path / "two",
        {
            "Dockerfile.api": "FROM python:3.12\nEXPOSE 8000\n",
            "Dockerfile.worker": "FROM python:3.12\n",
            "main.py": "",
        },
    )
    assert list(services(roles)) == ["api", "worker"]


def test_a_workload_that_nothing_ties_to_the_code_is_anothers(tmp_path: Path) -> None:
    deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {0}}}\nspec:\n  template:\n    spec:\n      containers: [{{name: a, image: 'acme/{0}:1', env: [{{name: PORT, value: '8081'}}]}}]\n"
    files = {
        f"k8s/{name}.yaml": deployment.format(name) for name in ("cart", "exporter", "ledger-db")
    }
    reading = read(
        tmp_path,
        {
            **files,
            "src/cart/package.json": '{"dependencies": {"express": "4", "pg": "8"}}',
            "src/cart/Dockerfile": "FROM node:22\n",
            "src/ledger-db/Dockerfile": "FROM postgres:16-alpine\nCOPY *.sql /init/\n",
        },
    )
    assert list(services(reading)) == ["cart"]
    assert services(reading)["cart"]["port"] == 8081
    assert services(reading)["cart"]["datastores"] == ["postgresql"]
    assert [(e.source, e.target) for e in reading.dependencies.edges] == [("cart", "ledger-db")]
    # manifests alone, without any code, are all there is
    alone = read(tmp_path / "alone", files)
    assert list(services(alone)) == ["cart", "exporter", "ledger-db"]


def test_modules_of_several_platforms_are_asked_about(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "a/eks.tf": 'resource "aws_eks_cluster" "a" {\n',
            "b/ecs.tf": 'resource "aws_ecs_cluster" "b" {\n',
        },
    )
    assert "platform" not in reading.profile
    assert "The modules build AWS ECS, AWS EKS: which one runs production?" in reading.questions


def test_an_elixir_repository_with_its_adapter_and_changes(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "mix.exs": 'defp deps do [{:phoenix, "~> 1.7"}, {:postgrex, ">= 0.0.0"}] end\n',
            "lib/chat/repo.ex": "use Ecto.Repo,\n  adapter: Ecto.Adapters.Postgres\n",
            "priv/repo/migrations/20240101000000_a.exs": "def change do\n  create table(:a)\n",
            "priv/repo/migrations/20240301000000_b.exs": "def change do\n  alter table(:a) do\n    remove :name\n",
        },
    )
    assert reading.repository["datastores"] == ["postgresql"]
    assert reading.repository["migrations"] == "mix ecto.migrate"
    assert reading.profile.value("schema_change") == "incompatible"


def test_urls_of_a_chart_repository_are_no_datastores(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "charts/exporter/Chart.yaml": "apiVersion: v2\nname: exporter\nversion: 1.0.0\n",
            "charts/exporter/values.yaml": "uri: mongodb://user@mongo:27017\n",
        },
    )
    assert reading.repository["datastores"] == []
    assert reading.repository["helm"] is True


def test_the_values_of_the_own_chart_are_facts(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": '{"name": "shop", "dependencies": {"express": "4"}}',
            "Dockerfile": "FROM node:22\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: shop\n",
            "chart/values.yaml": "replicaCount: 2\nresources:\n  requests: {cpu: 250m, memory: 512Mi}\nautoscaling:\n  enabled: true\n  minReplicas: 3\n  maxReplicas: 12\n  targetCPUUtilizationPercentage: 60\nservice:\n  targetPort: 8080\nreadinessProbe:\n  httpGet: {path: /ready}\n",
            "chart/templates/d.yaml": "apiVersion: v1\nkind: {{ .x }}\n",
        },
    )
    found = {name: fact.value for name, fact in reading.profile}
    assert found["min_replicas"] == 3
    assert found["max_replicas"] == 12
    assert found["target_utilization"] == 0.6
    assert found["cpu_millicores"] == 250
    assert found["memory_mib"] == 512
    assert found["health_path"] == "/ready"
    assert "replicas" not in found
    assert reading.profile.facts["min_replicas"].where == "chart/values.yaml:6"


def test_kustomize_images_jobs_flags_and_terraform_are_facts(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "Gemfile": "gem 'rails'\ngem 'sidekiq'\ngem 'flipper'\ngem 'stripe'\n",
            "config.ru": "",
            "k8s/kustomization.yaml": "kind: Kustomization\nimages:\n  - name: shop\n    newTag: v1.2.3\nreplicas:\n  - name: shop\n    count: 4\n",
            "k8s/cron.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {schedule: '0 3 * * *'}\n",
            "infra/main.tf": 'resource "aws_s3_bucket" "logs" {\n}\nprovider "aws" {\n}\n',
            "spec/models/a_spec.rb": "",
            "e2e/login.spec.ts": "",
            "config/environments/production.rb": 'ENV.fetch("SECRET")\nENV.fetch("PORT") { 3000 }\n',
        },
    )
    assert values(reading, "task_queue") == {"sidekiq"}
    assert values(reading, "feature_flags") == {"flipper"}
    assert values(reading, "outside") == {"stripe"}
    assert values(reading, "scheduled_job") == {"nightly"}
    assert values(reading, "kustomize_image") == {"shop:v1.2.3"}
    assert values(reading, "kustomize_replicas") == {"shop=4"}
    assert values(reading, "terraform_resource") == {"aws_s3_bucket"}
    assert values(reading, "terraform_provider") == {"aws"}
    assert values(reading, "test") == {"unit", "end-to-end"}
    assert values(reading, "environment_required") == {"SECRET"}
    assert "no-tests" not in {risk.id for risk in reading.risks}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("api-key: ${OPENAI_API_KEY:demo}", False),
        ("password: ${DB_PASSWORD}", False),
        ("password: hunter22", True),
    ],
)
def test_a_placeholder_is_no_secret(tmp_path: Path, line: str, found: bool) -> None:
    reading = read(tmp_path, {"application.yml": f"a:\n  {line}\n", "package.json": WEB})
    assert ("committed-secret" in {risk.id for risk in reading.risks}) is found


def test_what_takes_from_a_queue_and_listens_nowhere_is_a_worker(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "compose.yml": "services:\n  dispatch:\n    build: .\n    environment: {AMQP_HOST: rabbit}\n  rabbit:\n    image: rabbitmq:3\n",
            "Dockerfile": "FROM golang:1.23\n",
            "go.mod": "module dispatch\nrequire github.com/rabbitmq/amqp091-go v1.10.0\n",
            "main.go": "",
        },
    )
    assert reading.questions == ()
    assert reading.profile.value("kind") == "queue-worker"
    assert [(n.name, n.kind) for n in reading.dependencies.nodes] == [
        ("dispatch", "worker"),
        ("rabbit", "queue"),
    ]


def test_an_address_in_rust_code_and_a_sample_environment(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "Cargo.toml": '[package]\nname = "shop"\n[dependencies]\naxum = "0.7"\nsqlx = { version = "0.8", features = ["postgres"] }\n',
            "src/main.rs": "",
            "src/http/mod.rs": 'let l = TcpListener::bind("0.0.0.0:8080").await?;\n',
            ".env.sample": "DATABASE_URL=postgresql://postgres@localhost/shop\n",
            "README.md": "listens on localhost:5432\n",
        },
    )
    assert services(reading)["shop"]["port"] == 8080
    assert reading.repository["datastores"] == ["postgresql"]


def test_every_variable_of_a_line_is_required(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(
        'import os\nDB = {"HOST": os.environ["DB_HOST"], "PASSWORD": os.environ["DB_PASSWORD"]}\n'
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(
        'fn main() { let a = std::env::var("A_URL").unwrap(); let b = env::var("B").ok(); }\n'
    )
    reading = assess_repository(tmp_path)
    assert values(reading, "environment_required") == {"DB_HOST", "DB_PASSWORD", "A_URL"}
