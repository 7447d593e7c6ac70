"""Every row of the table, by its own example."""

# ruff: noqa: E501, ISC004 - the small files of these tables read best on one line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.repository import assess_repository
from devops_exe.assess.rules import rules
from devops_exe.assess.survey import survey
from devops_exe.assess.walk import Limits, walk

if TYPE_CHECKING:
    from pathlib import Path

RAW: dict[str, Any] = dict(rules().raw)


def surveyed(root: Path, path: str, text: str) -> list[tuple[int, str, str, int]]:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    seen = survey(walk(root, Limits(), is_secret=rules().is_secret))
    return [(hit.rule, hit.field, hit.value, hit.line) for hit in seen.hits]


@pytest.mark.parametrize("row", RAW["file"], ids=lambda row: f"{row['rule']}-{row['value']}")
def test_a_file_rule_meets_its_example(tmp_path: Path, row: dict[str, Any]) -> None:
    found = surveyed(tmp_path, row["example"], "")
    assert (row["rule"], row["field"], row["value"], 1) in found


@pytest.mark.parametrize("row", RAW["line"], ids=lambda row: f"{row['rule']}-{row['field']}")
def test_a_line_rule_meets_its_example_on_its_line(tmp_path: Path, row: dict[str, Any]) -> None:
    path, line, value = row["example"]
    found = surveyed(tmp_path, path, f"\n{line}\n")
    assert (row["rule"], row["field"], value, 2) in found


@pytest.mark.parametrize(
    "row", RAW["dependency"], ids=lambda row: f"{row['rule']}-{row['read']}-{row['value']}"
)
def test_a_dependency_rule_meets_each_of_its_names(row: dict[str, Any]) -> None:
    for name in row["names"]:
        met = rules().dependency(row["read"], name.replace("*", "x"))
        assert row["value"] in [rule.value for rule in met if rule.field == row["field"]]


@pytest.mark.parametrize("row", RAW["image"], ids=lambda row: row["value"])
@pytest.mark.parametrize("shape", ["{}", "{}:16.1", "registry.example:5000/{}@sha256:abc"])
def test_an_image_rule_meets_each_of_its_names(row: dict[str, Any], shape: str) -> None:
    for name in row["names"]:
        assert rules().image(shape.format(name)) == (row["field"], row["value"])


@pytest.mark.parametrize("image", ["my-postgres-client", "shop/api:1", "redisson", ""])
def test_other_images_are_met_by_none(image: str) -> None:
    assert rules().image(image) is None


def test_every_row_says_whose_rule_it_is() -> None:
    for kind in ("file", "dependency", "image", "line"):
        for row in RAW[kind]:
            assert row["source"], row
            assert row["rule"] > 0


def test_the_listed_rules_are_there() -> None:
    """Rules met by readers rather than rows: 6, 7, 48, 50, 67, 68, 91, 99, 100, 101, 112, 115-117."""
    by_reader = {6, 7, 48, 50, 67, 68, 83, 89, 91, 99, 100, 101, 111, 112, 115, 116, 117}
    rows = {row["rule"] for kind in ("file", "dependency", "image", "line") for row in RAW[kind]}
    assert set(range(1, 120)) - rows - by_reader == set()


@pytest.mark.parametrize(
    ("files", "language"),
    [
        ({"go.mod": "module x\n", "main.go": ""}, "go"),
        ({"requirements.txt": "flask\n", "app.py": ""}, "python"),
        ({"pyproject.toml": "[project]\nname='x'\n"}, "python"),
        ({"Pipfile": '[packages]\nflask = "*"\n'}, "python"),
        ({"setup.py": "setup(name='x', install_requires=['flask'])"}, "python"),
        ({"package.json": '{"dependencies": {"express": "4"}}', "index.js": ""}, "javascript"),
        (
            {
                "package.json": '{"dependencies": {"express": "4"}}',
                "tsconfig.json": "{}",
                "src/a.ts": "",
            },
            "typescript",
        ),
        ({"pom.xml": "<project></project>", "src/main/java/A.java": ""}, "java"),
        ({"build.gradle": "plugins { id 'java' }"}, "java"),
        ({"build.gradle.kts": 'kotlin("jvm")', "src/main/kotlin/A.kt": ""}, "kotlin"),
        ({"build.sbt": "", "src/main/scala/A.scala": ""}, "scala"),
        ({"Gemfile": "gem 'rails'"}, "ruby"),
        ({"composer.json": '{"require": {"laravel/framework": "12"}}'}, "php"),
        ({"shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>'}, "csharp"),
        ({"shop.fsproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>'}, "fsharp"),
        ({"Cargo.toml": '[package]\nname = "x"\n'}, "rust"),
        ({"mix.exs": "app: :shop"}, "elixir"),
        ({"CMakeLists.txt": "", "a.cpp": ""}, "cpp"),
    ],
)
def test_languages(tmp_path: Path, files: dict[str, str], language: str) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    summary = assess_repository(tmp_path).repository
    assert summary["languages"] == [language]
    assert summary["primary_language"] == language


@pytest.mark.parametrize(
    ("path", "text", "framework"),
    [
        ("requirements.txt", "Django>=5\n", "django"),
        ("requirements.in", "flask==3\n", "flask"),
        ("pyproject.toml", '[project]\nname="x"\ndependencies=["fastapi[standard]>=0.1"]', "fastapi"),
        ("pyproject.toml", '[tool.poetry]\nname="x"\n[tool.poetry.dependencies]\nflask="3"', "flask"),
        ("package.json", '{"dependencies": {"express": "4"}}', "express"),
        ("package.json", '{"dependencies": {"fastify": "4"}}', "fastify"),
        ("package.json", '{"dependencies": {"@nestjs/core": "10", "express": "4"}}', "nestjs"),
        ("package.json", '{"dependencies": {"next": "15", "react": "19"}}', "next.js"),
        ("package.json", '{"dependencies": {"nuxt": "3", "vue": "3"}}', "nuxt"),
        ("package.json", '{"dependencies": {"@remix-run/node": "2", "react": "18"}}', "remix"),
        ("package.json", '{"dependencies": {"@angular/core": "19"}}', "angular"),
        ("package.json", '{"devDependencies": {"vue": "3", "vite": "7"}}', "vue"),
        ("package.json", '{"dependencies": {"react": "19"}}', "react"),
        ("package.json", '{"devDependencies": {"svelte": "5"}}', "svelte"),
        ("package.json", '{"dependencies": {"astro": "5"}}', "astro"),
        ("pom.xml", "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId></parent></project>", "spring-boot"),
        ("pom.xml", "<project><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency></dependencies></project>", "quarkus"),
        ("build.gradle", "plugins { id 'io.micronaut.application' version '4' }", "micronaut"),
        ("Gemfile", 'gem "rails", "~> 8.0"', "rails"),
        ("composer.json", '{"require": {"symfony/framework-bundle": "7"}}', "symfony"),
        ("a.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "asp.net-core"),
        ("go.mod", "module x\n\nrequire github.com/gin-gonic/gin v1.10.0\n", "gin"),
        ("go.mod", "module x\nrequire (\n\tgithub.com/labstack/echo/v4 v4.1\n)\n", "echo"),
        ("Cargo.toml", '[package]\nname="x"\n[dependencies]\naxum = "0.8"', "axum"),
    ],
)  # fmt: skip
def test_frameworks(tmp_path: Path, path: str, text: str, framework: str) -> None:
    (tmp_path / path).write_text(text)
    reading = assess_repository(tmp_path)
    assert reading.repository["framework"] == [framework]
    assert reading.profile.text("framework") == framework
    places = [fact.where for name, fact in reading.facts if name == "framework"]
    assert all(place.startswith(f"{path}:") for place in places)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("go.mod", "module x\nrequire github.com/gin-gonic/gin v1 // indirect\n"),
        ("pom.xml", "<project><dependencies><dependency><groupId>org.springframework.boot</groupId>"
         "<artifactId>spring-boot-starter-test</artifactId><scope>test</scope></dependency>"
         "</dependencies></project>"),
        ("pom.xml", "<project><!-- <parent><groupId>org.springframework.boot</groupId>"
         "<artifactId>x</artifactId></parent> --></project>"),
        ("requirements-dev.txt", "flask\n"),
        ("Gemfile", "group :test do\n  gem 'rails'\nend\n"),
        ("Cargo.toml", '[package]\nname="x"\n[dev-dependencies]\naxum = "0.8"'),
    ],
)  # fmt: skip
def test_what_is_not_run_in_production_is_no_framework(
    tmp_path: Path, path: str, text: str
) -> None:
    (tmp_path / path).write_text(text)
    assert assess_repository(tmp_path).repository["framework"] == []


@pytest.mark.parametrize(
    ("path", "ci"),
    [
        (".github/workflows/ci.yml", "github-actions"),
        (".gitlab-ci.yml", "gitlab-ci"),
        ("Jenkinsfile", "jenkins"),
        (".circleci/config.yml", "circleci"),
        (".travis.yml", "travis-ci"),
        ("cloudbuild.yaml", "cloud-build"),
    ],
)
def test_ci(tmp_path: Path, path: str, ci: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("on: push\n")
    reading = assess_repository(tmp_path)
    assert reading.repository["ci"] == [ci]
    assert reading.profile.text("ci") == ci
    assert ("ci", ci, f"{path}:1") in [(n, f.value, f.where) for n, f in reading.facts]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("templates/.github/workflows/ci.yml", "on: push\n"),
        ("ci.yml", "greeting: hello\n"),
        ("README.md", "[![Build](https://travis-ci.org/a/b)](https://travis-ci.org/a/b)\n"),
    ],
)
def test_no_ci(tmp_path: Path, path: str, text: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    assert assess_repository(tmp_path).repository["ci"] == []


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"package.json": '{"dependencies":{"express":"1"}}', "package-lock.json": "{}"}, "npm"),
        ({"package.json": '{"dependencies":{"express":"1"}}', "pnpm-lock.yaml": ""}, "pnpm"),
        ({"package.json": '{"dependencies":{"express":"1"}}', "yarn.lock": ""}, "yarn"),
        ({"package.json": '{"dependencies":{"express":"1"}}', "bun.lockb": ""}, "bun"),
        ({"pyproject.toml": "[project]\nname='x'\n", "uv.lock": ""}, "uv"),
        ({"pyproject.toml": "[tool.poetry]\nname='x'\n", "poetry.lock": ""}, "poetry"),
        ({"requirements.txt": "flask\n"}, "pip"),
        ({"pom.xml": "<project></project>", "mvnw": ""}, "maven-wrapper"),
        ({"pom.xml": "<project></project>"}, "maven"),
        ({"build.gradle": "", "gradlew": ""}, "gradle-wrapper"),
        ({"Cargo.toml": "[package]\nname='x'\n", "Cargo.lock": ""}, "cargo"),
        ({"go.mod": "module x\n"}, "go-modules"),
    ],
)
def test_package_managers(tmp_path: Path, files: dict[str, str], manager: str) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert assess_repository(tmp_path).repository["package_manager"] == [manager]
