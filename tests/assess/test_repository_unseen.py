"""Trees in the shape of public repositories of other stacks: what is a service, and whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.repository import assess_repository

if TYPE_CHECKING:
    from pathlib import Path

LARAVEL = {
    "composer.json": '{"name": "a/shop", "type": "project", "require":'
    ' {"laravel/framework": "^11"}}',
    "artisan": "#!/usr/bin/env php\n",
    "app/User.php": "<?php\n",
    "package.json": '{"private": true, "devDependencies": {"vue": "2"}, "scripts": {"dev": "mix"}}',
    "docker/php/Dockerfile": "FROM php:8.2-fpm\nRUN docker-php-ext-install pdo_mysql\n",
    "docker/docker-compose.yml": "services:\n  php:\n    build: php\n  db:\n    image: mysql:8\n",
}
PACKAGED = {
    "go.mod": "module feed.app/v2\n\ngo 1.22\n",
    "main.go": "package main\n",
    "packaging/docker/alpine/Dockerfile": 'FROM alpine\nEXPOSE 8080\nCMD ["/feed"]\n',
}
LISTS = {
    "go.mod": "module github.com/k/lists\n\nrequire github.com/labstack/echo/v4 v4.1.0\n",
    "cmd/main.go": "package main\n",
    "Dockerfile": 'FROM alpine\nEXPOSE 9000\nCMD ["./lists"]\n',
    "docker-compose.yml": "services:\n  app:\n    image: lists/lists:latest\n",
    "dev/docker-compose.yml": "services:\n  front:\n    build: ../frontend\n"
    "  back:\n    build: ..\n",
    "dev/app.Dockerfile": "FROM golang\n",
    "frontend/Dockerfile": "FROM node\n",
    "frontend/package.json": '{"name": "lists", "dependencies": {"vue": "2"}}',
}
LIBRARY = {
    "pyproject.toml": '[project]\nname = "serving"\ndependencies = ["starlette", "aiosqlite"]\n'
    'classifiers = ["Topic :: Software Development :: Libraries"]\n'
    '[project.scripts]\nserving = "serving:main"\n',
    "src/serving/__init__.py": "",
}
ASPIRE = {
    "src/Web/Web.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    "src/Web/Program.cs": "options.UseNpgsql(text);\n",
    "src/AppHost/AppHost.csproj": '<Project Sdk="Aspire.AppHost.Sdk/9.0"><PropertyGroup>'
    "<OutputType>Exe</OutputType></PropertyGroup></Project>",
    "src/Defaults/Defaults.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>'
    "<IsAspireSharedProject>true</IsAspireSharedProject></PropertyGroup><ItemGroup>"
    '<FrameworkReference Include="Microsoft.AspNetCore.App" /></ItemGroup></Project>',
}
PHOENIX = {
    "mix.exs": 'defp deps do\n[{:phoenix, "~> 1.7"}]\nend\n',
    "lib/a.ex": "",
    "assets/package.json": '{"scripts": {"start": "webpack"}, "dependencies": {"topbar": "2"}}',
    "magefiles/go.mod": "module m\n",
    "magefiles/main.go": "package main\n",
}
JAVA = {
    "orders/build.gradle": "dependencies {\n  implementation 'org.springframework.boot:"
    "spring-boot-starter-web'\n  runtimeOnly 'mysql:mysql-connector-java'\n}\n",
    "orders/Dockerfile": "FROM amazoncorretto:21\nEXPOSE 8085\n",
    "orders/src/main/resources/application.yml": "server:\n  port: ${PORT:8085}\n---\n"
    "spring:\n  config:\n    activate:\n      on-profile: test\nserver:\n  port: 9999\n",
    "mysql/Dockerfile": "FROM acme/tram-mysql\nCOPY schema.sql /\n",
    "seed-init/Dockerfile": "FROM amazoncorretto:21\n",
    "docker-compose.yml": "services:\n  orders:\n    build: orders\n    depends_on: [mysql]\n"
    "  mysql:\n    build: mysql\n  seed-init:\n    build: seed-init\n",
}
WORKSPACE = {
    "package.json": '{"name": "acme", "private": true, "scripts": {"start": "turbo start"}}',
    "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']\n",
    "apps/web/package.json": '{"name": "@acme/web", "scripts": {"start": "next start"},'
    ' "dependencies": {"next": "14", "@acme/db": "workspace:*"}}',
    "apps/web/app/page.tsx": "",
    "apps/web/Dockerfile": "FROM node\nEXPOSE 3000\n",
    "packages/db/package.json": '{"name": "@acme/db", "types": "./i.ts", "dependencies":'
    ' {"pg": "8", "fastify": "4"}}',
    "packages/db/i.ts": "",
    "docker-compose.yml": "services:\n  acme:\n    image: ghcr.io/acme/acme\n"
    "  db:\n    image: postgres:16\n",
}
GORM = {
    "go.mod": "module a/b\n\nrequire github.com/gin-gonic/gin v1.9.0\n",
    "main.go": "package main\nfunc main() {\n\tr.Run()\n}\n",
    "common/database.go": 'db, err := gorm.Open("sqlite3", "./gorm.db")\n',
}
RAILS = {
    "Gemfile": "gem 'rails'\ngem 'sidekiq'\n",
    "config/puma.rb": "port ENV.fetch('PORT') { 3100 }\n",
    "Procfile": "web: bundle exec puma\nworker: bundle exec sidekiq\n",
    "app/user.rb": "",
}
RUST = {
    "api/Cargo.toml": '[package]\nname = "api"\n[dependencies]\naxum = "0.7"\n',
    "api/src/main.rs": "",
    "shared/Cargo.toml": '[package]\nname = "shared"\n[dependencies]\naxum = "0.7"\n',
    "shared/src/lib.rs": "",
}

SHARED = {
    "app.py": "",
    "requirements.txt": "flask\nredis\n",
    "Dockerfile": "FROM python:3.12\nEXPOSE 5000\n",
    "compose.yaml": "services:\n  server:\n    build: .\n    ports: ['5001:5000']\n"
    "  worker:\n    build: .\n    command: rq worker\n  cache:\n    image: ${VALKEY_IMAGE}\n",
    ".dockerdev/Dockerfile": "FROM ruby:3\n",
    "mobile/package.json": '{"name": "phone", "dependencies": {"react-native": "0.7"}}',
    "mobile/android.Dockerfile": "FROM reactnativecommunity/react-native-android\n",
}
AMQP = {
    "package.json": '{"name": "orders", "scripts": {"start": "node ."}, "dependencies":'
    ' {"fastify": "4", "rhea": "3"}}',
    "index.js": "",
    "compose.yaml": "services:\n  orders:\n    build: .\n  mq:\n    image: rabbitmq:3\n",
    "Dockerfile": "FROM node\nEXPOSE 3000\n",
}

CASES: list[tuple[str, dict[str, str], dict[str, tuple[str, str, int | None, list[str]]]]] = [
    ("laravel", LARAVEL, {"php": (".", "php", None, ["mysql"])}),
    ("packaged", PACKAGED, {"feed.app": (".", "go", 8080, [])}),
    ("lists", LISTS, {"app": (".", "go", 9000, [])}),
    ("library", LIBRARY, {}),
    ("aspire", ASPIRE, {"Web": ("src/Web", "csharp", None, ["postgresql"])}),
    ("phoenix", PHOENIX, {"phoenix": (".", "elixir", None, [])}),
    ("java", JAVA, {"orders": ("orders", "java", 8085, ["mysql"])}),
    ("workspace", WORKSPACE, {"web": ("apps/web", "typescript", 3000, ["postgresql"])}),
    ("gorm", GORM, {"b": (".", "go", 8080, ["sqlite"])}),
    ("rails", RAILS, {"web": (".", "ruby", 3100, []), "worker": (".", "ruby", None, [])}),
    (
        "shared",
        SHARED,
        {"server": (".", "python", 5000, ["redis"]), "worker": (".", "python", None, ["redis"])},
    ),
    ("amqp", AMQP, {"orders": (".", "javascript", 3000, ["rabbitmq"])}),
    ("rust", RUST, {"api": ("api", "rust", None, [])}),
]


@pytest.mark.parametrize(("name", "files", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_services_are_these_and_no_others(
    tmp_path: Path, name: str, files: dict[str, str], wanted: dict[str, Any]
) -> None:
    root = tmp_path / name
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    found: Any = assess_repository(root).repository["services"]
    assert {
        key: (one["path"], one["language"], one["port"], one["datastores"])
        for key, one in found.items()
    } == wanted


def test_a_declared_store_without_a_driver_is_named_to_be_asked_for(tmp_path: Path) -> None:
    files = {
        "app.py": "from flask import Flask\n",
        "requirements.txt": "flask\n",
        "Dockerfile": "FROM python:3.12\nEXPOSE 5000\n",
        "docker-compose.yml": "services:\n  web:\n    build: .\n  mongo:\n    image: mongo:7\n",
    }
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    reading = assess_repository(tmp_path)
    fact = reading.profile.get("possible_datastores")
    assert fact is not None
    assert (fact.value, fact.where, fact.role) == (
        ("mongodb",), "docker-compose.yml:5", "declared",
    )  # fmt: skip
    assert reading.repository["datastores"] == []
    from devops_exe.blueprint.compose import compose

    document = compose("devops", reading.profile, "2026-01-01 00:00 UTC")
    assert "a server is declared, no driver" in str(document.blueprint)
    assert "Is MongoDB (server at docker-compose.yml:5) its data store?" in document.questions
