"""The example and a generated application, really started, scraped by the real Prometheus.

Every series that a generated rule or panel names has at least one sample.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from observed import (
    CACHE,
    EXAMPLE,
    ask,
    free_port,
    get,
    of_folder,
    process,
    tool,
    until,
    write,
)

from devops_exe.implement.emit import emit, plain
from devops_exe.implement.observability.files import assemble
from devops_exe.implement.observability.instrumentation import instrumentation_of
from devops_exe.implement.observability.rules import rule_groups
from devops_exe.implement.promql import names_in
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from pathlib import Path

PLACE = CACHE / "tools" / "instrumented"
WANTED = (
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "prometheus-client==0.26.0",
    "SQLAlchemy==2.1.9",
    "alembic==1.20.1",
    "redis==8.1.0",
    "psycopg[binary]==3.3.9",
    "opentelemetry-distro==0.66b1",
    "opentelemetry-exporter-prometheus==0.66b1",
    "opentelemetry-instrumentation-fastapi==0.66b1",
    "flask==3.1.3",
    "gunicorn==27.0.1",
)
"""The example's requirements and those that are generated, in one environment."""

SCALE = 60.0
"""A minute passes in a second: the shortest window is five seconds."""


def binaries() -> Path:
    """Programs of an environment with the applications' packages; CI makes it where it is not."""
    bin_folder = PLACE / "bin"
    if (bin_folder / ".complete").exists():
        return bin_folder
    if "CI" not in os.environ:
        how = f"python -m venv {PLACE} && {PLACE}/bin/pip install {' '.join(WANTED)}"
        pytest.skip(f"the applications' packages are not installed: {how}")
    subprocess.run([sys.executable, "-m", "venv", PLACE], check=True)
    subprocess.run([bin_folder / "pip", "install", "--quiet", *WANTED], check=True)
    (bin_folder / ".complete").touch()
    return bin_folder


def environment(bins: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": f"{bins}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


@contextmanager
def prometheus(folder: Path, subject, target: int):
    """Prometheus with the generated rules, a minute in a second; yields its port."""
    rules = folder / "rules.yml"
    rules.write_text(emit({"groups": rule_groups(subject, time_scale=SCALE)}))
    config = {
        "global": {"scrape_interval": "500ms", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [
            {
                "job_name": subject.series.job,
                "metrics_path": subject.series.metrics_path,
                "static_configs": [
                    {
                        "targets": [f"127.0.0.1:{target}"],
                        "labels": {
                            subject.series.version_label: "1.0.0",
                            subject.series.hash_label: "abc",
                        },
                    }
                ],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(emit(config))
    port = free_port()
    command = (
        tool("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )
    with process(*command, cwd=folder, env=dict(os.environ), log=folder / "prometheus.log"):
        assert until(lambda: get(f"http://127.0.0.1:{port}/-/ready")[0] == 200)
        yield port


def expressions(subject) -> dict[str, str]:
    """What is asked for: the recordings by name, and the panels' queries."""
    asked = {
        rule["record"]: rule["record"]
        for group in plain(rule_groups(subject, time_scale=SCALE))
        for rule in group["rules"]
        if "record" in rule
    }
    board = next(a for a in assemble(subject).artefacts if a.kind == "grafana")
    for panel in json.loads(board.text)["panels"]:
        for target in panel["targets"]:
            asked[f"{panel['title']} {target['refId']}"] = target["expr"]
    for group in plain(rule_groups(subject, time_scale=SCALE)):
        for rule in group["rules"]:
            for name in names_in(rule["expr"]):
                asked[name] = f'{name}{{job="{subject.series.job}"}}'
    return asked


def without_samples(port: int, subject, requests) -> list[str]:
    """What nobody has a sample of after some seconds of requests."""
    wanted = expressions(subject)
    assert len(wanted) > 20

    def missing() -> list[str]:
        for url in requests:
            get(url)
        return [name for name, query in wanted.items() if not ask(port, query)]

    until(lambda: not missing(), seconds=25, every=0.5)
    return missing()


def test_the_example_as_it_is(tmp_path) -> None:
    bins = binaries()
    words = "checkout-api on EKS, canary, 1200 rps, p99 250 ms, 99.95 %"
    subject = of_folder(EXAMPLE, words)
    assert subject.series.source == "the repository, app/metrics.py:20"
    env = environment(bins, DATABASE_URL=f"sqlite:///{tmp_path}/orders.db")
    env["PYTHONPATH"] = str(EXAMPLE)
    subprocess.run([bins / "alembic", "upgrade", "head"], cwd=EXAMPLE, env=env, check=True,
                   capture_output=True)  # fmt: skip
    port = free_port()
    start = (str(bins / "uvicorn"), "app.main:app", "--host", "127.0.0.1", "--port", str(port))
    with process(*start, cwd=EXAMPLE, env=env, log=tmp_path / "app.log"):
        base = f"http://127.0.0.1:{port}"
        assert until(lambda: get(f"{base}/healthz")[0] == 200), (tmp_path / "app.log").read_text()
        assert get(f"{base}/orders/none")[0] == 404
        with sqlite3.connect(tmp_path / "orders.db") as database:
            database.execute("alter table orders rename to gone")
        assert get(f"{base}/orders/other")[0] == 503
        with prometheus(tmp_path, subject, port) as asked:
            urls = (f"{base}/orders/other", f"{base}/openapi.json")
            assert without_samples(asked, subject, urls) == []
            # half of the requests fail: the shortest alert fires, of the service and the version
            for name in ("CheckoutApiErrorBudgetBurn1h", "CheckoutApiVersionErrorBudgetBurn1h"):
                query = f'ALERTS{{alertname="{name}",alertstate="firing",severity="page"}}'
                assert until(lambda query=query: ask(asked, query))
            assert not ask(asked, 'ALERTS{alertname="CheckoutApiAbsent"}')


APPLICATION = """
from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/items/{item}")
def show(item: int):
    return {"item": item}


@app.get("/bad")
def bad():
    return Response(status_code=503)


@app.get("/healthz")
def alive():
    return {}
"""


def test_an_application_without_metrics_of_its_own(tmp_path) -> None:
    bins = binaries()
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (folder / "main.py").write_text(APPLICATION)
    subject = of_folder(folder, "shop FastAPI on EKS, blue-green, 200 rps, p99 250 ms, 99.9 %")
    how = instrumentation_of(subject)
    write(folder, assemble(subject).artefacts)
    asked_for = (folder / "observability/instrumentation/requirements.txt").read_text()
    assert set(how.dependencies) <= set(WANTED)
    assert set(asked_for.split("\n")[1:-1]) == set(how.dependencies)
    port, metrics = free_port(), free_port()
    env = environment(bins, **dict(how.environment))
    env |= {"OTEL_EXPORTER_PROMETHEUS_PORT": str(metrics), "PYTHONPATH": str(folder)}
    start = [*how.command_prefix, *stack_of(subject).start]
    start[start.index("--port") + 1] = str(port)
    start[0] = str(bins / start[0])
    with process(*start, cwd=folder, env=env, log=tmp_path / "app.log"):
        base = f"http://127.0.0.1:{port}"
        assert until(lambda: get(f"{base}/healthz")[0] == 200), (tmp_path / "app.log").read_text()
        with prometheus(tmp_path, subject, metrics) as asked:
            urls = (f"{base}/items/1", f"{base}/bad", f"{base}/healthz")
            assert without_samples(asked, subject, urls) == []
            probes = f'{subject.series.requests}{{http_route="/healthz"}}'
            assert not ask(asked, probes)


FLASK = """
from flask import Flask

app = Flask(__name__)


@app.get("/items/<int:item>")
def show(item):
    return {"item": item}


@app.get("/bad")
def bad():
    return "", 503
"""


def test_worker_processes_are_counted_together(tmp_path) -> None:
    bins = binaries()
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask\ngunicorn\n")
    (folder / "app.py").write_text(FLASK)
    subject = of_folder(folder, "shop Flask on EKS, rolling, 200 rps, 99.9 %")
    how = instrumentation_of(subject)
    assert how.kind == "file"
    write(folder, assemble(subject).artefacts)
    port = free_port()
    env = environment(bins, **dict(how.environment))
    env["PROMETHEUS_MULTIPROC_DIR"] = str(tmp_path / "metrics")
    start = (str(bins / "gunicorn"), "app:app", "--bind", f"127.0.0.1:{port}", "--workers", "3")
    with process(*start, cwd=folder, env=env, log=tmp_path / "app.log") as started:
        base = f"http://127.0.0.1:{port}"
        assert until(lambda: get(f"{base}/items/1")[0] == 200), (tmp_path / "app.log").read_text()
        before = get(f"{base}/metrics")[1]
        for _ in range(30):
            get(f"{base}/items/1")
        after = get(f"{base}/metrics")[1]
        assert counted(after) - counted(before) == 30
        with prometheus(tmp_path, subject, port) as asked:
            urls = (f"{base}/items/1", f"{base}/bad")
            assert without_samples(asked, subject, urls) == []
        started.terminate()
        started.wait(10)


def counted(metrics: str) -> float:
    wanted = 'http_requests_total{code="200",method="GET",route="/items/<int:item>"}'
    return sum(
        float(line.rpartition(" ")[2]) for line in metrics.splitlines() if line.startswith(wanted)
    )
