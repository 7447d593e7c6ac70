"""Subjects of many stacks and strategies, the tools of the field, and a Prometheus that runs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from devops_exe.assess.repository import assess_repository
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.ground.locations import cache_dir
from devops_exe.implement.existing import existing_files
from devops_exe.implement.subject import Subject

CACHE = cache_dir()  # before a test has a home of its own
ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "checkout-api"
TIME = "2026-11-24T00:00:00+00:00"
WORDS = {
    "canary": "checkout FastAPI on EKS, canary, 3000 rps, p99 250 ms, 99.95 %",
    "blue-green": "shop Django with PostgreSQL on GKE, blue-green, 40 rps, 99.5 %",
    "rolling": "edge Go service on-prem on Kubernetes, rolling, 50000 rps, 99.99 %",
    "low": "intern FastAPI on GKE, canary, 0.2 rps, 99 %",
    "ab": "store Rails on GKE, A/B testing, 300 rps, p95 100 ms, 99.9 %",
    "plain": "cart Express service on EKS, rolling, 400 rps, 99.95 %",
    "never": "toy Express on Kubernetes, recreate, 1 rps, 90 %",
}  # fmt: skip


@cache
def subject(name: str) -> Subject:
    """A subject of the table, without a repository."""
    return Subject(compose("devops", read_words(WORDS[name]), TIME))


def of_words(words: str) -> Subject:
    return Subject(compose("devops", read_words(words), TIME))


def with_files(folder: Path, files: dict[str, str], words: str = "shop on EKS, 99.9 %") -> Subject:
    """A subject of a small repository."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return of_folder(folder, words)


def of_folder(folder: Path, words: str) -> Subject:
    return Subject(
        compose("devops", read_words(words), TIME),
        assess_repository(folder),
        existing_files(folder),
    )


def tool(name: str) -> str:
    """A tool's path; the test is skipped without it, and fails in CI."""
    places = os.pathsep.join([
        str(CACHE / "tools" / "bin"), str(Path(sys.executable).parent),
        os.environ.get("PATH", os.defpath),
    ])  # fmt: skip
    path = shutil.which(name, path=places)
    if path is None:
        reason = f"{name} is not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    return path


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def write(folder: Path, artefacts) -> None:
    for artefact in artefacts:
        path = folder / artefact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artefact.text, encoding="utf-8")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def process(*command: str, cwd: Path, env: dict[str, str], log: Path):
    """A program that runs until the block ends."""
    with log.open("wb") as out:
        started = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=out)
        try:
            yield started
        finally:
            started.kill()
            started.wait()


def get(url: str, timeout: float = 2) -> tuple[int, str]:
    """Status and body; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def until(condition, seconds: float = 30, every: float = 0.2):
    """The first true value of ``condition()``."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(every)


def ask(port: int, query: str) -> list:
    """An instant query's result."""
    address = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    status, body = get(address)
    return json.loads(body)["data"]["result"] if status == 200 else []
