"""Workers beside the service are named, their broker is let through, drivers are no secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_subjects import subject, write_tree

from devops_exe.implement.kubernetes import generate
from devops_exe.implement.kubernetes.network import egress_ports
from devops_exe.implement.kubernetes.processes import other_processes
from devops_exe.implement.kubernetes.settings import settings_of

if TYPE_CHECKING:
    from pathlib import Path

RAILS = {
    "Gemfile": 'gem "rails"\ngem "puma"\ngem "sidekiq"\n',
    "config/application.rb": "class Application < Rails::Application; end",
}
COMPOSE = """services:
  api:
    build: .
    command: uvicorn app.main:app
    ports: ["8000:8000"]
  jobs:
    build: {context: ./}
    command: [celery, -A, app.tasks, worker]
  other:
    build: elsewhere
    command: sleep 1
  migrate:
    build: .
    command: alembic upgrade head
  broker:
    image: rabbitmq:3
"""
LARAVEL = {
    "composer.json": '{"require":{"php":"^8.3","laravel/framework":"11"}}',
    "artisan": "",
    "public/index.php": "<?php",
    ".env.example": "DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PASSWORD=\n"
    "QUEUE_CONNECTION=redis\nREDIS_HOST=127.0.0.1\nSHOP_CONNECTION=Server=a;Password=b\n",
}


def test_processes_of_a_procfile_are_named_with_their_line(tmp_path: Path) -> None:
    procfile = (
        "web: bundle exec puma\nworker: bundle exec sidekiq\nclock: bundle exec clockwork c.rb\n"
        "release: bin/rails db:migrate\n"
    )
    one = subject(write_tree(tmp_path, {**RAILS, "Procfile": procfile}), language="ruby")
    found = [(p.name, p.where, p.single) for p in other_processes(one)]
    assert found == [("worker", "Procfile:2", False), ("clock", "Procfile:3", True)]
    notes = [note for note in generate(one).notes if note.startswith("the process ")]
    assert "worker (Procfile:2: bundle exec sidekiq) is not deployed" in notes[0]
    assert "Recreate" not in notes[0]
    assert "Recreate" in notes[1]
    assert (6379, "redis (sidekiq); narrow it to their addresses") in egress_ports(one)


def test_workers_of_a_compose_file_that_run_the_same_image(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {
            "requirements.txt": "fastapi\nuvicorn\ncelery\n",
            "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "docker-compose.yml": COMPOSE,
        },
    )
    found = other_processes(subject(root))
    assert [(p.name, p.command, p.where) for p in found] == [
        ("jobs", "celery -A app.tasks worker", "docker-compose.yml:6")
    ]


def test_a_repository_of_one_process_has_no_other(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"requirements.txt": "celery\n", "Procfile": "worker: celery w\n"})
    assert other_processes(subject(root)) == ()


def test_a_broken_compose_file_is_no_process(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"requirements.txt": "flask\n", "compose.yaml": "services: [a: {"})
    assert other_processes(subject(root)) == ()


def test_what_laravel_calls_a_connection_is_a_driver(tmp_path: Path) -> None:
    one = subject(write_tree(tmp_path, LARAVEL), language="php")
    found = settings_of(one)
    plain = {name: value for name, value, _ in found.literals}
    assert plain["DB_CONNECTION"] == "mysql"
    assert plain["QUEUE_CONNECTION"] == "redis"
    assert {"DB_PASSWORD", "SHOP_CONNECTION"} <= {name for name, _ in found.secrets}
    assert (6379, "redis (REDIS_HOST); narrow it to their addresses") in egress_ports(one)
