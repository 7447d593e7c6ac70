"""Dossiers of many stacks, platforms and strategies, and small repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from devops_exe.assess.repository import assess_repository
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.ground.locations import cache_dir
from devops_exe.implement.existing import existing_files
from devops_exe.implement.subject import Subject

TOOLS = cache_dir() / "tools" / "bin"  # before a test has a home of its own
ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "checkout-api"
TIME = "2026-11-24T00:00:00+00:00"

WORDS = {
    "fastapi-canary": "checkout FastAPI with PostgreSQL and Redis on EKS, canary, 3000 rps, 99.9 %",
    "django-bluegreen": "shop Django with PostgreSQL on GKE, blue-green, 400 rps, 99.95 %",
    "express-rolling": "web Express with MongoDB on AKS, rolling, 50000 rps, 99.9 %",
    "nest-recreate": "billing NestJS with MySQL on EKS, recreate, 20 rps, 99 %",
    "go-onprem": "edge Go service on-prem on Kubernetes, rolling, 800 rps, 99.99 %",
    "spring-canary": "ledger Spring Boot with PostgreSQL, Kafka on AKS, canary, 600 rps, 99.95 %",
    "rails-ab": "store Rails with PostgreSQL and Redis on GKE, A/B testing, 300 rps, 99.9 %",
    "dotnet-bluegreen": "claims ASP.NET Core with SQL Server on AKS, blue-green, 150 rps, 99.9 %",
    "laravel-rolling": "blog Laravel with MariaDB on EKS, rolling, 60 rps, 99.5 %",
    "rust-bare": "proxy Rust service on Kubernetes, canary, 2000 rps, 99.99 %",
    "elixir-bare": "chat Phoenix with PostgreSQL on Kubernetes, blue-green, 500 rps, 99.9 %",
    "low-traffic": "intern FastAPI on GKE, canary, 0.2 rps, 99 %",
    "ml": "ranker BentoML model serving with GPU on EKS, canary, 50 rps, 99.5 %",
    "one-zone": "shed Express with SQLite on Kubernetes in one zone, recreate, 5 rps, 99 %",
    "kotlin": "orders Ktor with RabbitMQ on EKS, rolling, 100 rps, 99.9 %",
    "valkey": "cache-front Go with Valkey and Elasticsearch on GKE, canary, 900 rps, 99.9 %",
}  # fmt: skip
PRODUCTS = ("GitHub Actions", "GitLab CI")


@cache
def dossier(words: str):
    """The dossier of a sentence."""
    return compose("devops", read_words(words), TIME)


@cache
def subject(name: str, product: str = "GitHub Actions") -> Subject:
    """A subject of the table, without a repository."""
    return Subject(dossier(f"{WORDS[name]}, with {product}"))


def with_repository(folder: Path, words: str) -> Subject:
    """A subject with what a folder has, as a session composes it: the words win."""
    reading = assess_repository(folder)
    profile = read_words(words).merged(reading.profile)
    return Subject(compose("devops", profile, TIME), reading, existing_files(folder))


def tool(name: str) -> str:
    """A tool's path; the test is skipped without it, and fails in CI."""
    places = os.pathsep.join([
        str(Path(sys.executable).parent), str(TOOLS), os.environ.get("PATH", os.defpath),
    ])  # fmt: skip
    path = shutil.which(name, path=places)
    if path is None:
        reason = f"{name} is not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    return path


def checked(*command: str, cwd: Path | None = None) -> None:
    """Run a validator; what it says is the failure's text."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def written(folder: Path, artefacts) -> None:
    """The artefacts as files."""
    for artefact in artefacts:
        path = folder / artefact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artefact.text)
        path.chmod(artefact.mode)
