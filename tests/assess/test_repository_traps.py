"""Small trees that show what makes detection go wrong elsewhere."""

# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.repository import RepositoryReading, assess_repository
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

NODE = '{"name": "shop", "dependencies": {"express": "4", "pg": "8"}}'
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: {replicas}
  template:
    spec:
      containers:
        - name: main
          image: {image}
          ports:
            - name: metrics
              containerPort: 9090
            - name: http
              containerPort: {port}
"""


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


def places(reading: RepositoryReading, field: str) -> list[tuple[object, str, str]]:
    return [(f.value, f.where, f.role) for name, f in reading.facts if name == field]


# ------------------------------------------------------------------ languages
def test_vendored_and_generated_files_do_not_choose_the_language(tmp_path: Path) -> None:
    files = {"go.mod": "module shop\n", "main.go": ""}
    files |= {f"wwwroot/lib/l{i}.js": "" for i in range(9)}
    files |= {f"web/static/v{i}.min.js": "" for i in range(9)}
    files |= {f"api/m{i}_pb2.py": "" for i in range(9)}
    assert read(tmp_path, files).repository["languages"] == ["go"]


def test_a_package_json_of_lint_tools_is_no_node_service(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": '{"devDependencies": {"eslint": "9"}, "scripts": {"lint": "eslint"}}',
            "package-lock.json": "{}",
            "requirements.txt": "-r requirements/production.txt\n",
            "requirements/base.txt": "Django>=5\n",
            "requirements/production.txt": "-r base.txt\npsycopg[binary]>=3\n",
            "requirements/development.txt": "-r base.txt\nflask\n",
            "manage.py": "",
        },
    )
    assert reading.repository["languages"] == ["python"]
    assert reading.repository["framework"] == ["django"]
    assert reading.repository["package_manager"] == ["pip"]
    assert ("django", "requirements/base.txt:1", "declared") in places(reading, "framework")


def test_requirements_that_include_each_other_or_leave_the_root(tmp_path: Path) -> None:
    reading = read(
        tmp_path / "in",
        {
            "requirements.txt": "-r a.txt\n-r ../../outside.txt\nflask\n",
            "a.txt": "-r requirements.txt",
        },
    )
    assert reading.repository["framework"] == ["flask"]
    assert "requirements.txt: includes a file outside the folder, not read" in reading.notes


def test_two_stacks_in_one_repository_are_both(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "composer.json": '{"require": {"laravel/framework": "12"}}',
            "package.json": '{"devDependencies": {"vue": "3"}, "packageManager": "yarn@4.6.0"}',
            "app/A.php": "",
            "app/B.php": "",
            "resources/a.vue": "",
            "artisan": "",
        },
    )
    assert reading.repository["languages"] == ["php", "vue", "javascript"]
    assert reading.repository["primary_language"] == "php"
    assert reading.repository["framework"] == ["laravel", "vue"]
    assert reading.repository["package_manager"] == ["composer", "yarn"]
    assert reading.repository["migrations"] == "php artisan migrate --force"


# ------------------------------------------------------------------ images and ports
@pytest.mark.parametrize(
    "path",
    [".devcontainer/Dockerfile", "Dockerfile.dev", "Dockerfile.debug", "tests/Dockerfile",
     "dev.Dockerfile", "docs/Dockerfile"],
)  # fmt: skip
def test_a_development_image_is_no_production_image(tmp_path: Path, path: str) -> None:
    reading = read(tmp_path, {path: "FROM node:22\nEXPOSE 9229\n", "package.json": NODE})
    assert reading.repository["dockerfile"] is False
    assert services(reading)["shop"]["port"] is None


@pytest.mark.parametrize(
    "path", ["Dockerfile", "Containerfile", "docker/Dockerfile-fpm", "api.Dockerfile"]
)
def test_production_images(tmp_path: Path, path: str) -> None:
    assert read(tmp_path, {path: "FROM node:22\n"}).repository["dockerfile"] is True


@pytest.mark.parametrize(
    ("files", "port", "where"),
    [
        ({"Dockerfile": "FROM node:22\nEXPOSE 3000/tcp\n"}, 3000, "Dockerfile:2"),
        ({"Dockerfile": "ARG P=8081\nFROM a:1\nENV PORT=$P\nEXPOSE ${PORT}\n"}, 8081, "Dockerfile:4"),
        ({"Dockerfile": "FROM a:1\nENV PORT 3001\n"}, 3001, "Dockerfile:2"),
        (
            {"Dockerfile": "FROM a:1 AS b\nEXPOSE 1\nFROM c:1\nEXPOSE 2000\n"},
            2000,
            "Dockerfile:4",
        ),
        ({"Dockerfile": "FROM a:1 AS b\nEXPOSE 2000\nFROM b\nUSER x\n"}, 2000, "Dockerfile:2"),
        ({"Dockerfile": "FROM a:1\n# EXPOSE 1\nRUN x && \\\n  y\n\nEXPOSE 2000\n"}, 2000, "Dockerfile:6"),
        (
            {"Dockerfile": 'FROM a:1\nCMD ["gunicorn", "-w", "4", "--bind", "0.0.0.0:8001", "a:b"]\n'},
            8001,
            "Dockerfile:2",
        ),
        ({"Dockerfile": "FROM php:8.3-apache\n"}, 80, "Dockerfile:1"),
        (
            {"src/main.ts": "const port = process.env.PORT || 3000;\n"},
            3000,
            "src/main.ts:1",
        ),
        (
            {"compose.yaml": "services:\n  web:\n    build: .\n    ports:\n      - '${P:-80}:8080'\n",
             "Dockerfile": "FROM a:1\n"},
            8080,
            "compose.yaml:5",
        ),
        ({"k8s/d.yaml": DEPLOYMENT.format(name="shop", image="shop", port=7070, replicas=2)},
         7070, "k8s/d.yaml:16"),
        ({"Procfile": "web: uvicorn app:app --port 8123\n"}, 8123, "Procfile:1"),
        ({"fly.toml": 'app = "shop"\n[http_service]\ninternal_port = 8088\n'}, 8088, "fly.toml:3"),
    ],
)  # fmt: skip
def test_ports(tmp_path: Path, files: dict[str, str], port: int, where: str) -> None:
    reading = read(tmp_path, {"package.json": NODE, **files})
    assert [s["port"] for s in services(reading).values()] == [port]
    fact = reading.profile.get("port")
    assert fact is not None
    assert (fact.value, fact.where, fact.origin) == (port, where, "repository")


def test_a_readme_is_asked_about_and_not_believed(tmp_path: Path) -> None:
    reading = read(tmp_path, {"package.json": NODE, "README.md": "# Shop\nhttp://localhost:3000\n"})
    assert "port" not in reading.profile
    assert reading.questions == ("Which port does shop listen on? (README.md:2 mentions 3000)",)


def test_a_manifest_beats_the_image_and_the_loser_is_shown(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": NODE,
            "Dockerfile": "FROM node:22\nEXPOSE 80\nUSER app\n",
            "k8s/d.yaml": DEPLOYMENT.format(name="shop", image="shop", port=8080, replicas=2),
        },
    )
    assert services(reading) == {
        "shop": {"path": ".", "language": "javascript", "port": 8080, "datastores": []}
    }
    assert reading.contradictions == (
        {
            "field": "services.shop.port",
            "kept": {"value": 8080, "where": "k8s/d.yaml:16"},
            "lost": {"value": 80, "where": "Dockerfile:2"},
        },
    )
    assert [(c.kept.value, c.lost.value) for c in reading.profile.conflicts] == [(8080, 80)]


def test_a_second_exposed_port_is_no_contradiction(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": NODE,
            "Dockerfile": "FROM node:22\nEXPOSE 9090 8080\n",
            "k8s/d.yaml": DEPLOYMENT.format(name="shop", image="shop", port=8080, replicas=2),
        },
    )
    assert reading.contradictions == ()


def test_a_port_belongs_to_its_service(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for name, port in (("cart", 7070), ("mail", 8080)):
        files[f"src/{name}/package.json"] = NODE.replace("shop", name)
        files[f"src/{name}/Dockerfile"] = f"FROM node:22\nEXPOSE {port}\n"
    files["k8s/mail.yaml"] = (
        DEPLOYMENT.format(name="mail", image="mail", port=8080, replicas=1)
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: mail}\nspec:\n"
        "  ports:\n  - port: 5000\n    targetPort: 8080\n"
    )
    reading = read(tmp_path, files)
    assert {n: (s["path"], s["port"]) for n, s in services(reading).items()} == {
        "cart": ("src/cart", 7070),
        "mail": ("src/mail", 8080),
    }
    assert "port" not in reading.profile
    assert read(tmp_path, {}, focus="cart").profile.number("port") == 7070
    assert read(tmp_path, {}, focus="src/mail").profile.number("port") == 8080


def test_a_focus_that_is_nowhere_is_bad_input(tmp_path: Path) -> None:
    files = {"package.json": NODE}
    with pytest.raises(UserError, match="no service of that name") as error:
        read(tmp_path, files, focus="nowhere")
    assert "name one of: shop" in error.value.line()
    with pytest.raises(UserError):
        read(tmp_path, files, focus="../elsewhere")


def test_a_generic_folder_lends_no_name(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "src/cart/src/cart.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
            "src/cart/src/Dockerfile": "FROM a:1\nEXPOSE 7070\n",
            "src/cart/src/Dockerfile.debug": "FROM a:1\nEXPOSE 1\n",
            "src/cart/tests/cart.tests.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
        },
    )
    assert services(reading) == {
        "cart": {"path": "src/cart", "language": "csharp", "port": 7070, "datastores": []}
    }


def test_a_load_generator_is_no_production_service(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "src/shop/package.json": NODE,
            "src/shop/Dockerfile": "FROM node:22\nEXPOSE 3000\n",
            "src/loadgenerator/requirements.txt": "locust\n",
            "src/loadgenerator/Dockerfile": "FROM python:3.12\n",
            "k8s/load.yaml": DEPLOYMENT.format(
                name="loadgenerator", image="loadgenerator", port=1, replicas=1
            ),
        },
    )
    assert list(services(reading)) == ["shop"]
    assert reading.repository["languages"] == ["javascript"]


def test_terraform_of_the_ci_is_the_cis_own(tmp_path: Path) -> None:
    reading = read(tmp_path, {".github/terraform/main.tf": 'resource "aws_eks_cluster" "ci" {}\n'})
    assert reading.repository["terraform"] is False
    assert "platform" not in reading.profile


def test_a_resource_proves_the_platform(tmp_path: Path) -> None:
    reading = read(tmp_path, {"terraform/main.tf": '\nresource "aws_eks_cluster" "main" {\n}\n'})
    facts = {name: (fact.value, fact.where) for name, fact in reading.profile}
    assert facts["platform"] == ("AWS EKS", "terraform/main.tf:2")
    assert facts["provider"] == ("aws", "terraform/main.tf:2")
    assert facts["orchestrator"] == ("kubernetes", "terraform/main.tf:2")
    assert facts["iac"] == ("terraform", "terraform/main.tf:1")


def test_a_spec_of_app_platform_is_no_manifest(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "Cargo.toml": '[package]\nname = "zero"\n[dependencies]\naxum = "1"\n'
            'sqlx = { version = "0.8", features = ["postgres"] }\n',
            "Dockerfile": "FROM debian:bookworm-slim\nUSER app\n",
            "spec.yaml": "name: zero\nservices:\n  - name: zero\n    source_dir: .\n"
            "    health_check:\n      http_path: /health\n    http_port: 8000\n"
            "    instance_count: 2\ndatabases:\n  - engine: PG\n",
            "migrations/20200101_a.sql": "CREATE TABLE a ();",
        },
    )
    assert reading.repository["kubernetes"] is False
    assert reading.repository["datastores"] == ["postgresql"]
    assert reading.repository["health_path"] == "/health"
    assert reading.repository["migrations"] == "sqlx migrate run"
    assert reading.profile.number("port") == 8000
    assert reading.profile.number("replicas") == 2


def test_a_topology_in_code_is_asked_about(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "AppHost/AppHost.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
            "AppHost/Program.cs": "var b = DistributedApplication.CreateBuilder(args);\n",
        },
    )
    assert "topology-in-code" in [risk.id for risk in reading.risks]
    assert any("Aspire" in question for question in reading.questions)


# ------------------------------------------------------------------ datastores
COMPOSE = """\
services:
  app:
    build: .
    depends_on: [db]
  db:
    image: postgres:16
"""


@pytest.mark.parametrize(
    ("files", "sure"),
    [
        ({"requirements.txt": "flask\npsycopg2\n"}, []),
        ({"requirements.txt": "flask\npsycopg2\n", "compose.yaml": COMPOSE}, ["postgresql"]),
        ({"requirements.txt": "flask\nredis\n", "compose.yaml": COMPOSE}, []),
        ({"requirements.txt": "flask\ncelery[redis]\n", "docker-compose.yml":
          "services:\n  r:\n    image: redis:7\n  q:\n    image: rabbitmq:4\n"}, ["rabbitmq", "redis"]),
        ({"package.json": NODE, "k8s/db.yaml":
          DEPLOYMENT.format(name="db", image="postgres:16", port=5432, replicas=1)}, ["postgresql"]),
        ({"go.mod": "module x\nrequire github.com/jackc/pgx/v5 v5.1\n",
          ".env.example": "DATABASE_URL=postgres://u@h/d\n"}, ["postgresql"]),
        ({"Gemfile": "gem 'rails'\ngem 'pg'\n",
          "config/database.yml": "production:\n  adapter: postgresql\n"}, ["postgresql"]),
        ({"package.json": '{"dependencies": {"@prisma/client": "4", "express": "4"}}',
          "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n'}, ["postgresql"]),
        ({"package.json": '{"dependencies": {"better-sqlite3": "11", "express": "4"}}'}, ["sqlite"]),
        ({"tests/requirements.txt": "psycopg2\n", "requirements.txt": "flask\n",
          "compose.yaml": COMPOSE}, []),
        ({"requirements.txt": "flask\npsycopg2\n", "tests/compose.yaml": COMPOSE}, []),
        ({"requirements.txt": "flask\npsycopg2\n",
          ".github/workflows/ci.yml": "env:\n  URL: postgres://u@h/d\n"}, []),
        ({"requirements.txt": "flask\nboto3\n"}, []),
        ({"k8s/db.yaml": DEPLOYMENT.format(name="c", image="redis:7", port=6379, replicas=1)},
         ["redis"]),
        ({"shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><PackageReference '
          'Include="Npgsql" Version="9" /></ItemGroup></Project>',
          "terraform/db.tf": 'resource "aws_db_instance" "x" {\n  engine = "postgres"\n}\n'},
         ["postgresql"]),
    ],
)  # fmt: skip
def test_a_store_is_sure_when_declared_and_driven(
    tmp_path: Path, files: dict[str, str], sure: list[str]
) -> None:
    reading = read(tmp_path, files)
    assert reading.repository["datastores"] == sure
    assert list(reading.profile.items("datastores")) == sure


def test_a_driver_alone_is_possible_and_says_so(tmp_path: Path) -> None:
    reading = read(tmp_path, {"requirements.txt": "flask\npsycopg2\n"})
    assert places(reading, "datastores") == [("postgresql", "requirements.txt:2", "possible")]
    assert "datastores" not in reading.profile


def test_a_store_that_nothing_drives_is_asked_about(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {"requirements.txt": "flask\n", "compose.yaml": COMPOSE, "Dockerfile": "FROM a:1\n"},
    )
    assert reading.questions[0] == (
        "compose.yaml:6 declares postgresql, but no driver for it was found among the "
        "dependencies: is it used?"
    )


def test_stores_go_to_the_service_that_drives_them(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "src/cart/package.json": '{"dependencies": {"ioredis": "5"}}',
            "src/cart/Dockerfile": "FROM node:22\nEXPOSE 1000\n",
            "src/mail/package.json": '{"dependencies": {"nodemailer": "5"}}',
            "src/mail/Dockerfile": "FROM node:22\nEXPOSE 1001\n",
            "compose.yaml": "services:\n  redis:\n    image: redis:7\n",
        },
    )
    assert services(reading)["cart"]["datastores"] == ["redis"]
    assert services(reading)["mail"]["datastores"] == []


def test_a_store_in_the_program_enters_the_plan_only_when_it_is_alone(tmp_path: Path) -> None:
    pom = (
        "<project><artifactId>clinic</artifactId><dependencies>"
        "<dependency><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-starter-web</artifactId></dependency>"
        "<dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId>"
        "<scope>runtime</scope></dependency>"
        "<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId>"
        "</dependency></dependencies></project>"
    )
    reading = read(
        tmp_path,
        {
            "pom.xml": pom,
            "src/main/resources/application.properties": "database=h2\n",
            "src/main/resources/application-pg.properties": "spring.datasource.url=jdbc:postgresql://h/d\n",
        },
    )
    assert reading.repository["datastores"] == ["h2", "postgresql"]
    assert reading.profile.items("datastores") == ("postgresql",)
    assert "exclusive_volume" not in reading.profile


def test_sqlite_alone_allows_one_writer(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "requirements.txt": "Django\n",
            "manage.py": "",
            "shop/settings.py": "DATABASES = {\n 'ENGINE': 'django.db.backends.sqlite3',\n}\n",
        },
    )
    assert reading.repository["datastores"] == ["sqlite"]
    assert reading.profile.flag("exclusive_volume")
    assert [(r.id, r.where) for r in reading.risks if r.id == "single-writer"] == [
        ("single-writer", "shop/settings.py:2")
    ]


# ------------------------------------------------------------------ compose, Kubernetes
@pytest.mark.parametrize(
    "path", ["compose.yaml", "docker-compose.yml", "docker-compose.prod.yml", "deploy/compose.yml"]
)
def test_compose_files(tmp_path: Path, path: str) -> None:
    assert read(tmp_path, {path: COMPOSE}).repository["compose"] is True


@pytest.mark.parametrize(
    "path", ["composer.yaml", ".devcontainer/docker-compose.yml", "tests/compose.yaml"]
)
def test_no_compose_files(tmp_path: Path, path: str) -> None:
    assert read(tmp_path, {path: COMPOSE}).repository["compose"] is False


def test_a_vendored_development_image_still_shows_the_processes(tmp_path: Path) -> None:
    sail = "\n".join(
        [
            "services:",
            "  laravel.test: &app",
            "    build: {context: ./vendor/laravel/sail/runtimes/8.4}",
            "    ports: ['${APP_PORT:-80}:80']",
            "    depends_on: [redis]",
            "  laravel.queue:",
            "    <<: *app",
            "    command: php artisan queue:work",
            "  redis:",
            "    image: redis:alpine",
        ]
    )
    reading = read(
        tmp_path,
        {
            "composer.json": '{"name": "a/crm", "require": {"laravel/framework": "12"}}',
            "docker-compose.yml": sail,
            "scripts/docker/Dockerfile": "FROM php:8.3-apache\n",
            "scripts/docker/Dockerfile-fpm": "FROM php:8.3-fpm\n",
        },
    )
    found = services(reading)
    assert {name: entry["port"] for name, entry in found.items()} == {"queue": None, "web": 80}
    assert reading.repository["datastores"] == ["redis"]
    assert reading.profile.text("system") == "crm"


def test_a_job_that_others_wait_for_is_no_service(tmp_path: Path) -> None:
    compose = (
        "services:\n  shop:\n    build: .\n    depends_on:\n      migrate:\n"
        "        condition: service_completed_successfully\n"
        "  migrate:\n    build: .\n    command: alembic upgrade head\n"
    )
    reading = read(tmp_path, {"compose.yaml": compose, "Dockerfile": "FROM a:1\nEXPOSE 80\n"})
    assert list(services(reading)) == ["shop"]


def test_what_runs_only_when_asked_for_is_no_service(tmp_path: Path) -> None:
    compose = (
        "services:\n  vote: {build: ./vote}\n  worker: {build: ./worker}\n"
        "  seed: {build: ./seed-data, profiles: [seed]}\n"
    )
    reading = read(
        tmp_path,
        {
            "compose.yaml": compose,
            "vote/docker-compose.test.yml": "services:\n  sut: {build: ./tests}\n",
            "vote/tests/Dockerfile": "FROM a:1\n",
            "vote/Dockerfile": "FROM a:1\nEXPOSE 80\n",
            "worker/Dockerfile": "FROM a:1\n",
            "seed-data/Dockerfile": "FROM a:1\n",
        },
    )
    assert list(services(reading)) == ["vote", "worker"]
    assert reading.questions == ()


def test_of_djangos_applications_the_last_generated_change_decides(tmp_path: Path) -> None:
    old = "# Generated by Django 4.2 on 2022-01-01 10:00\nmigrations.DeleteModel('A')\n"
    new = "# Generated by Django 5.2 on 2025-01-01 10:00\nmigrations.AddField('A')\n"
    files = {"a/migrations/0009_x.py": old, "b/migrations/0002_y.py": new}
    fact = read(tmp_path, files).profile.get("schema_change")
    assert fact is not None
    assert (fact.value, fact.where) == ("backward_compatible", "b/migrations/0002_y.py:1")


def test_the_example_that_ships(request: pytest.FixtureRequest) -> None:
    reading = assess_repository(request.config.rootpath / "examples" / "checkout-api")
    facts = {name: fact.value for name, fact in reading.profile}
    assert facts == {
        "system": "checkout-api",
        "services": ("checkout-api",),
        "language": "python",
        "framework": "fastapi",
        "port": 8000,
        "datastores": ("postgresql", "redis"),
        "ci": "github-actions",
        "health_path": "/healthz",
        "schema_change": "backward_compatible",
    }
    assert reading.repository["migrations"] == "alembic upgrade head"
    assert reading.contradictions == ()
    assert reading.questions == ()
    assert reading.risks == ()


RICH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 3
  template:
    spec:
      topologySpreadConstraints:
        - topologyKey: topology.kubernetes.io/zone
          minDomains: 3
      containers:
        - name: shop
          image: registry.example/shop:1.2
          command: ["gunicorn", "-w", "4", "--threads", "2", "app:app"]
          ports: [{containerPort: 8080}]
          resources: {requests: {cpu: 250m, memory: 1Gi}}
          readinessProbe: {httpGet: {path: /readyz, port: 8080}}
          livenessProbe: {httpGet: {path: /livez, port: 8080}}
          startupProbe: {initialDelaySeconds: 5, failureThreshold: 12, periodSeconds: 5}
      volumes:
        - name: data
          persistentVolumeClaim: {claimName: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  scaleTargetRef: {kind: Deployment, name: shop}
  minReplicas: 3
  maxReplicas: 30
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: success}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
"""


def test_manifests_fill_the_profile(tmp_path: Path) -> None:
    reading = read(tmp_path, {"k8s/shop.yaml": RICH, "overlays/prod/kustomization.yaml": "",
                              "overlays/staging/kustomization.yaml": ""})  # fmt: skip
    facts = {name: (fact.value, fact.where) for name, fact in reading.profile}
    assert facts == {
        "system": ("shop", "k8s/shop.yaml:2"),
        "services": (("shop",), "k8s/shop.yaml:2"),
        "iac": ("kustomize", "overlays/prod/kustomization.yaml:1"),
        "port": (8080, "k8s/shop.yaml:15"),
        "health_path": ("/readyz", "k8s/shop.yaml:17"),
        "workers": (8, "k8s/shop.yaml:14"),
        "replicas": (3, "k8s/shop.yaml:5"),
        "zones": (3, "k8s/shop.yaml:10"),
        "cpu_millicores": (250, "k8s/shop.yaml:16"),
        "memory_mib": (1024, "k8s/shop.yaml:16"),
        "startup_seconds": (65, "k8s/shop.yaml:19"),
        "exclusive_volume": (True, "k8s/shop.yaml:28"),
        "min_replicas": (3, "k8s/shop.yaml:35"),
        "max_replicas": (30, "k8s/shop.yaml:36"),
        "target_utilization": (0.6, "k8s/shop.yaml:39"),
        "platform": ("Kubernetes", "k8s/shop.yaml:2"),
        "orchestrator": ("kubernetes", "k8s/shop.yaml:2"),
        "canary_analysis": (True, "k8s/shop.yaml:42"),
        "traffic_routing": (True, "k8s/shop.yaml:46"),
        "environments": (("staging", "production"), "overlays/staging/kustomization.yaml:1"),
    }
    assert all(fact.origin == "repository" for _, fact in reading.profile)


def test_a_helm_template_is_not_read_as_yaml(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "chart/Chart.yaml": "apiVersion: v2\nname: shop\n",
            "chart/templates/d.yaml": "{{ if x }}\napiVersion: v1\nkind: Deployment\n{{ end }}\n",
            "chart/values-prod.yaml": "replicaCount: 3\n",
        },
    )
    assert reading.repository["helm"] is True
    assert reading.repository["kubernetes"] is False
    assert reading.notes == ()
    assert reading.profile.items("environments") == ("production",)


# ------------------------------------------------------------------ migrations and risks
@pytest.mark.parametrize(
    ("files", "kind", "where"),
    [
        ({"migrations/1_a.sql": "DROP TABLE x;", "migrations/2_b.sql": "CREATE TABLE y ();"},
         "backward_compatible", "migrations/2_b.sql:1"),
        ({"migrations/9_a.sql": "SELECT 1;", "migrations/10_b.sql": "-- DROP TABLE n\nALTER TABLE x\n"
          "  DROP COLUMN y;"}, "incompatible", "migrations/10_b.sql:3"),
        ({"migrations/1_a.up.sql": "CREATE TABLE x ();", "migrations/1_a.down.sql": "DROP TABLE x;"},
         "backward_compatible", "migrations/1_a.up.sql:1"),
        ({"shop/migrations/0002_b.py": "migrations.RenameField('a', 'b', 'c')",
          "shop/migrations/0001_a.py": ""}, "incompatible", "shop/migrations/0002_b.py:1"),
        ({"db/migrate/20240101_a.rb": "def change\n  remove_column :a, :b\nend"},
         "incompatible", "db/migrate/20240101_a.rb:2"),
        ({"prisma/migrations/2_x/migration.sql": 'ALTER INDEX "a" RENAME TO "b";'},
         "backward_compatible", "prisma/migrations/2_x/migration.sql:1"),
        ({"alembic/versions/bbbbbbbbbbbb_new.py": "revision = 'bbbbbbbbbbbb'\n"
          "down_revision = 'cccccccccccc'\ndef upgrade():\n    op.drop_column('a', 'b')\n",
          "alembic/versions/cccccccccccc_old.py": "revision = 'cccccccccccc'\n"
          "down_revision = None\ndef upgrade():\n    op.add_column('a')\n"},
         "incompatible", "alembic/versions/bbbbbbbbbbbb_new.py:4"),
        ({"alembic/versions/aaaaaaaaaaaa_new.py": "revision = 'aaaaaaaaaaaa'\n"
          "down_revision = None\ndef upgrade():\n    op.add_column('a')\n"
          "def downgrade():\n    op.drop_column('a', 'b')\n"},
         "backward_compatible", "alembic/versions/aaaaaaaaaaaa_new.py:1"),
        ({"database/migrations/2024_01_01_000000_a.php":
          "public function up() { Schema::create('x'); }\n"
          "public function down()\n{ Schema::dropIfExists('x'); }"},
         "backward_compatible", "database/migrations/2024_01_01_000000_a.php:1"),
    ],
)  # fmt: skip
def test_the_newest_migration_decides(
    tmp_path: Path, files: dict[str, str], kind: str, where: str
) -> None:
    fact = read(tmp_path, files).profile.get("schema_change")
    assert fact is not None
    assert (fact.value, fact.where) == (kind, where)


def test_secrets_are_reported_and_never_shown(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": NODE,
            ".env": "TOKEN=hunter2-env\n",
            "configuration/base.yaml": 'app:\n  hmac_secret: "hunter2-conf"\n',
            "k8s/s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
            "stringData:\n  password: hunter2-k8s\n",
            "lang/en.yml": "password: Passwort eingeben\n",
        },
    )
    found = {(risk.id, risk.where) for risk in reading.risks}
    assert ("secret-file", ".env") in found
    assert ("committed-secret", "configuration/base.yaml:2") in found
    assert ("plaintext-secret", "k8s/s.yaml:2") in found
    assert not any(where.startswith("lang/") for _, where in found)
    assert "hunter2" not in repr(reading)


def test_risks_of_images_and_workloads(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": NODE,
            "Dockerfile": "FROM node:lts-alpine\n",
            "k8s/d.yaml": DEPLOYMENT.format(name="shop", image="me/shop", port=8080, replicas=1),
        },
    )
    assert [risk.id for risk in reading.risks] == [
        "runs-as-root",
        "unpinned-base",
        "single-replica",
        "no-probe",
        "no-requests",
        "unpinned-image",
        "no-ci",
        "no-tests",
    ]
    keys = ["id", "what", "where", "likelihood", "impact", "answer"]
    assert all(list(risk.as_json()) == keys for risk in reading.risks)
