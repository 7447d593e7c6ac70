"""The test job of each language and package manager, on both products."""

from __future__ import annotations

import pytest
import yaml
from pipeline_dossiers import with_repository

from devops_exe.implement import pipeline

JEST = '{"name": "a", "scripts": {"test": "jest"}, "dependencies": {"express": "4"}}'
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net8.0'
REPOSITORIES = {
    "npm": {"package.json": JEST, "package-lock.json": "{}"},
    "npm-without-lock": {"package.json": JEST},
    "pnpm": {"package.json": JEST, "pnpm-lock.yaml": "lockfileVersion: 9\n"},
    "yarn": {"package.json": JEST, "yarn.lock": ""},
    "go": {"go.mod": "module a\ngo 1.23\n", "main.go": "package main\n", "main_test.go": "x"},
    "maven": {"pom.xml": "<project/>", "src/test/java/ATest.java": "class ATest {}"},
    "gradle": {"build.gradle": "plugins {}", "gradlew": "x", "src/test/java/ATest.java": "x"},
    "bundler": {"Gemfile": 'gem "rails"\ngem "rspec"\n', "Gemfile.lock": "", "spec/a_spec.rb": ""},
    "composer": {
        "composer.json": '{"require-dev": {"phpunit/phpunit": "11"}}', "composer.lock": "{}",
        "tests/ATest.php": "<?php",
    },
    "dotnet": {
        "a.sln": "x", "src/a.csproj": f"{WEB}</TargetFramework></PropertyGroup></Project>",
        "test/a.Tests.csproj": '<Project><ItemGroup><PackageReference Include="xunit"/></ItemGroup>'
        "</Project>", "src/Program.cs": "x",
    },
    "cargo": {"Cargo.toml": '[package]\nname = "a"\n', "Cargo.lock": "", "tests/a.rs": "#[test]"},
    "mix": {"mix.exs": "defmodule A do\nend", "mix.lock": "", "test/a_test.exs": "x"},
    "pip": {"requirements.txt": "fastapi\npytest\n", "tests/test_a.py": "def test_a(): pass\n"},
    "pip-project": {
        "pyproject.toml": '[project]\nname = "a"\ndependencies = ["fastapi"]\n'
        '[project.optional-dependencies]\ntest = ["pytest"]\n',
        "tests/test_a.py": "def test_a(): pass\n",
    },
    "uv": {
        "pyproject.toml": '[project]\nname = "a"\n[dependency-groups]\ndev = ["pytest"]\n',
        "uv.lock": "", "tests/test_a.py": "def test_a(): pass\n",
    },
    "poetry": {
        "pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npytest = "8"\n',
        "poetry.lock": "", "tests/test_a.py": "def test_a(): pass\n",
    },
}  # fmt: skip
LOCKED = {"cache": {"npm", "pnpm", "yarn"}}


def jobs(folder, name: str):
    for path, text in REPOSITORIES[name].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    found = []
    for product in ("GitHub Actions", "GitLab CI"):
        made = with_repository(folder, f"shop on EKS, rolling, 300 rps, with {product}")
        (artefact,) = pipeline.generate(made).artefacts
        found.append(yaml.load(artefact.text, Loader=yaml.BaseLoader))
    return found[0]["jobs"]["test"], found[1]["test"]


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_both_products_run_the_same_commands(tmp_path, name) -> None:
    github, gitlab = jobs(tmp_path, name)
    assert github["steps"][-1]["name"] == "Test"
    runs = "\n".join(step["run"].strip("\n") for step in github["steps"] if "run" in step)
    enabled = runs.removeprefix("corepack enable\n") if name == "pnpm" else runs
    assert enabled.split("\n") == gitlab["script"]
    assert gitlab["image"]
    (kept,) = gitlab["cache"]["paths"]
    assert any(kept.rstrip("/") in value for value in gitlab["variables"].values())


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_a_cache_is_kept_by_a_file_that_is_there(tmp_path, name) -> None:
    github, _ = jobs(tmp_path, name)
    setup = next(s["with"] for s in github["steps"] if "setup" in s.get("uses", "") or
                 "toolchain" in s.get("uses", ""))  # fmt: skip
    if setup.get("cache") in LOCKED["cache"]:
        assert any("lock" in path for path in REPOSITORIES[name])
    if "cache-dependency-path" in setup:
        assert any(tmp_path.glob(setup["cache-dependency-path"]))
    if name == "npm-without-lock":
        assert "cache" not in setup
    if name == "pip-project":
        assert setup["cache-dependency-path"] == "pyproject.toml"
    cached = "cache" in setup or "bundler-cache" in setup or name == "go"
    cached = cached or any("actions/cache" in s.get("uses", "") for s in github["steps"])
    assert cached is (name != "npm-without-lock")


def test_a_manager_that_the_languages_image_lacks_brings_its_own(tmp_path) -> None:
    assert jobs(tmp_path / "m", "maven")[1]["image"] == "maven:3.9-eclipse-temurin-21"
    assert jobs(tmp_path / "g", "gradle")[1]["image"] == "eclipse-temurin:21-jdk"
    assert jobs(tmp_path / "p", "composer")[1]["image"] == "composer:2"


def test_what_is_tested_is_built_first(tmp_path) -> None:
    _, gitlab = jobs(tmp_path, "dotnet")
    build = next(i for i, line in enumerate(gitlab["script"]) if line.startswith("dotnet build"))
    test = next(i for i, line in enumerate(gitlab["script"]) if line.startswith("dotnet test"))
    assert build < test


def test_a_tag_that_moves_is_not_taken_from_the_compose_file(tmp_path) -> None:
    from devops_exe.implement.pipeline.service_stores import _image

    class Files:
        files = {"compose.yaml": "services:\n  db:\n    image: postgres:latest\n"}  # noqa: RUF012

        def matching(self, _pattern: str) -> tuple[str, ...]:
            return tuple(self.files)

    assert _image(Files(), ("postgres", "17-bookworm")) == ("postgres", "17-bookworm")
    Files.files = {"compose.yaml": "services:\n  db:\n    image: postgres:16.2\n"}
    assert _image(Files(), ("postgres", "17-bookworm")) == ("postgres", "16.2")
