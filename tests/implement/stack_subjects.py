"""Subjects for tests of generated files: a repository of a few files, and stated facts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.assess.repository import assess_repository
from devops_exe.blueprint.compose import compose
from devops_exe.implement.existing import existing_files
from devops_exe.implement.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME = "2026-01-01T00:00:00+00:00"

REPOSITORIES: dict[str, dict[str, str]] = {
    "flask": {
        "requirements.txt": "flask==3.0\ngunicorn==22\npsycopg2==2.9\n",
        "requirements-dev.txt": "pytest\nruff\n",
        "ruff.toml": "",
        "wsgi.py": 'from flask import Flask\napp = Flask(__name__)\n@app.get("/health")\n',
        "tests/test_web.py": "def test(): pass\n",
        ".env.example": "DATABASE_URL=postgresql+psycopg2://u:p@localhost/x\nLOG_LEVEL=info\n",
    },
    "django": {
        "pyproject.toml": '[tool.poetry.dependencies]\ndjango="5"\ngunicorn="*"\npsycopg="3"\n',
        "poetry.lock": "",
        "manage.py": "",
        "shop/wsgi.py": "",
        "shop/settings.py": 'DATABASES={"default":{"ENGINE":"django.db.backends.postgresql"}}\n',
        "orders/migrations/0001_initial.py": "",
        "orders/tests.py": "",
    },
    "fastapi": {
        "pyproject.toml": '[project]\nname="api"\nrequires-python=">=3.11"\n'
        'dependencies=["fastapi","uvicorn"]\n[dependency-groups]\ndev=["pytest"]\n',
        "uv.lock": "",
        "app/main.py": "from fastapi import FastAPI\napi = FastAPI()\n"
        '@api.get("/readyz")\ndef r(): ...\n@api.get("/livez")\ndef l(): ...\n',
        "tests/test_api.py": "",
    },
    "express": {
        "package.json": '{"scripts":{"start":"node server.js","test":"jest","lint":"eslint ."},'
        '"dependencies":{"express":"4","pg":"8"}}',
        "package-lock.json": "{}",
        "server.js": "",
        ".nvmrc": "22",
        ".env.example": "DB_HOST=localhost\nDB_PORT=5432\nDB_USER=u\nDB_PASSWORD=\n"
        "DB_NAME=web\nSTRIPE_SECRET_KEY=\n",
        "schema.sql": "",
    },
    "nest": {
        "package.json": '{"scripts":{"build":"nest build","start:prod":"node dist/main"},'
        '"dependencies":{"@nestjs/core":"10","@prisma/client":"5","prisma":"5"}}',
        "pnpm-lock.yaml": "",
        "tsconfig.json": "{}",
        "src/main.ts": "",
        "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
    },
    "next": {
        "package.json": '{"scripts":{"build":"next build","start":"next start"},'
        '"dependencies":{"next":"15","react":"19"}}',
        "yarn.lock": "# yarn lockfile v1\n",
    },
    "bun": {
        "package.json": '{"scripts":{"start":"node dist/index.js"},"dependencies":{"hono":"4"}}',
        "bun.lock": "{}",
    },
    "go": {
        "go.mod": "module x/pay\n\ngo 1.24.1\n\nrequire github.com/gin-gonic/gin v1.9\n",
        "go.sum": "",
        "cmd/pay/main.go": "package main\n",
        "cmd/pay/main_test.go": "package main\n",
    },
    "maven": {
        "pom.xml": "<project><properties><java.version>17</java.version></properties>"
        "<dependency><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-starter-web</artifactId></dependency></project>",
        "mvnw": "",
        "src/main/java/A.java": "",
        "src/test/java/ATest.java": "",
    },
    "gradle": {
        "build.gradle.kts": 'plugins { id("org.springframework.boot"); kotlin("jvm") }\n'
        'dependencies { implementation("org.springframework.boot:spring-boot-starter-web") }\n',
        "src/main/kotlin/A.kt": "",
    },
    "rails": {
        "Gemfile": 'gem "rails"\ngem "pg"\ngem "puma"\ngem "rspec-rails"\n',
        "Gemfile.lock": "rails (8)\n",
        "config/application.rb": "class Application < Rails::Application; end",
        "config/puma.rb": "",
        "app/assets/a.css": "",
        ".ruby-version": "3.3.6",
        "db/migrate/1_a.rb": "",
        "spec/a_spec.rb": "",
    },
    "laravel": {
        "composer.json": '{"require":{\n    "php": "^8.3",\n    "laravel/framework":"11"}}',
        "composer.lock": "{}",
        "artisan": "",
        "public/index.php": "<?php",
        "tests/Unit/ATest.php": "<?php",
    },
    "dotnet": {
        "Shop.sln": "",
        "Shop.Api/Shop.Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup>'
        "<TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>",
        "Shop.Api/Program.cs": 'app.MapHealthChecks("/health");',
        "Shop.Tests/Shop.Tests.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
    },
    "rust": {
        "Cargo.toml": '[package]\nname = "gate"\n[dependencies]\naxum="0.7"\n',
        "Cargo.lock": "",
        "src/main.rs": "fn main(){}\n#[cfg(test)]\nmod t{}",
    },
    "phoenix": {
        "mix.exs": "defmodule H do\n [app: :hello, deps: [{:phoenix, 1}], "
        'aliases: ["assets.deploy": []]]\nend',
        "mix.lock": "%{}",
        "config/config.exs": "",
        "test/a_test.exs": "",
    },
}
"""One repository a stack, as small as its reading allows."""

LANGUAGES = {
    "flask": "python", "django": "python", "fastapi": "python", "express": "javascript",
    "nest": "typescript", "next": "javascript", "bun": "javascript", "go": "go",
    "maven": "java", "gradle": "kotlin", "rails": "ruby", "laravel": "php",
    "dotnet": "csharp", "rust": "rust", "phoenix": "elixir",
}  # fmt: skip
"""What a user would call each of them."""


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def subject(root: Path | None = None, **stated: Any) -> Subject:
    """The subject of a folder and stated facts; facts of the folder where none is stated."""
    said: dict[str, Any] = {"system": "shop", "peak_rps": 300.0, "language": "python", **stated}
    reading = assess_repository(root) if root is not None else None
    facts = dict(reading.profile.facts) if reading is not None else {}
    facts.update({name: Fact(value, "user", "said") for name, value in said.items()})
    dossier = compose("devops", SystemProfile(facts=facts), TIME)
    return Subject(dossier, reading, existing_files(root) if root is not None else {})


def of_stack(tmp_path: Path, name: str, **stated: Any) -> Subject:
    """The subject of one of :data:`REPOSITORIES`."""
    root = write_tree(tmp_path / name, REPOSITORIES[name])
    return subject(root, language=LANGUAGES[name], **stated)


def tool(name: str) -> str:
    """The path of a tool; the test is skipped where it is missing, and fails in CI."""
    import sys

    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing; scripts/install_tools.sh brings it")
        pytest.skip(f"{name} is not installed")
    return found
