"""What is installed, set and started so that the series are exported."""

from __future__ import annotations

import ast
import json
import subprocess

import pytest
from observed import of_words, tool, with_files

from devops_exe.implement.observability import generate
from devops_exe.implement.observability.instrumentation import FOLDER, instrumentation_of
from devops_exe.implement.series import Series

STACKS = {
    "python": "a FastAPI on EKS, 99.9 %",
    "django": "a Django on EKS, 99.9 %",
    "node": "a NestJS on EKS, 99.9 %",
    "java": "a Spring Boot on EKS, 99.9 %",
    "go": "a Go service on EKS, 99.9 %",
    "ruby": "a Rails on EKS, 99.9 %",
    "dotnet": "a ASP.NET Core on EKS, 99.9 %",
    "php": "a Laravel on EKS, 99.9 %",
    "rust": "a Rust service on EKS, 99.9 %",
    "elixir": "a Phoenix on EKS, 99.9 %",
}


def files(one) -> dict[str, str]:
    return {a.path: a.text for a in generate(one).artefacts if a.path.startswith(FOLDER)}


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack(stack: str) -> None:
    one = of_words(STACKS[stack])
    how = instrumentation_of(one)
    found = files(one)
    # what the image copies is generated
    assert set(how.copies) <= set(found)
    assert how.port == one.series.metrics_port
    if how.kind == "snippet":
        assert how.note.startswith("not instrumented yet: ")
        artefact = next(a for a in generate(one).artefacts if a.path == f"{FOLDER}/README.md")
        assert artefact.unproven
        assert f"`{one.series.requests}`" in artefact.text
        assert how.note in generate(one).notes
    else:
        assert how.environment
        assert not how.note
        assert how.dependencies


@pytest.mark.parametrize("stack", ["python", "node", "java"])
def test_metrics_are_scraped_and_nothing_is_sent(stack: str) -> None:
    env = dict(instrumentation_of(of_words(STACKS[stack])).environment)
    assert env["OTEL_METRICS_EXPORTER"] == "prometheus"
    assert (env["OTEL_TRACES_EXPORTER"], env["OTEL_LOGS_EXPORTER"]) == ("none", "none")
    assert env["OTEL_EXPORTER_PROMETHEUS_PORT"] == "9464"


def test_own_metrics_need_nothing(tmp_path) -> None:
    text = 'C = Counter("http_requests_total", "x", ["status"])\n'
    one = with_files(tmp_path, {"requirements.txt": "fastapi\n", "m.py": text})
    assert instrumentation_of(one).kind == "own"
    assert files(one) == {}


def test_micrometer_needs_its_histogram(tmp_path) -> None:
    pom = (
        "<project><dependencies><dependency><groupId>io.micrometer</groupId>"
        "<artifactId>micrometer-registry-prometheus</artifactId></dependency>"
        "</dependencies></project>\n"
    )
    how = instrumentation_of(with_files(tmp_path, {"pom.xml": pom}))
    env = dict(how.environment)
    assert "prometheus" in env["MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE"]
    assert any(name.endswith("HISTOGRAM_HTTP_SERVER_REQUESTS") for name in env)


def test_python_parses() -> None:
    text = files(of_words(STACKS["django"]))[f"{FOLDER}/gunicorn_metrics.py"]
    assert {"post_worker_init", "child_exit"} <= {
        node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)
    }


def test_javascript_parses_and_leaves_probes_out(tmp_path) -> None:
    node = tool("node")
    text = files(of_words(STACKS["node"]))[f"{FOLDER}/register.cjs"]
    path = tmp_path / "register.cjs"
    path.write_text(text)
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.dumps(["/healthz", "/metrics"]) in text


def test_go_is_formatted_and_out_of_the_build(tmp_path) -> None:
    gofmt = tool("gofmt")
    text = files(of_words(STACKS["go"]))[f"{FOLDER}/httpmetrics.go"]
    path = tmp_path / "httpmetrics.go"
    path.write_text(text)
    done = subprocess.run([gofmt, "-l", path], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert text.startswith("//go:build ignore\n")
    assert f'"{Series().requests}"' in text


def test_several_processes_of_uvicorn_are_said(tmp_path) -> None:
    files_ = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "Dockerfile": (
            "FROM python:3.12\nCOPY . .\n"
            'CMD ["uvicorn", "main:app", "--workers", "4", "--port", "8000"]\n'
        ),
    }
    how = instrumentation_of(with_files(tmp_path, files_, "shop FastAPI on EKS, 99.9 %"))
    assert "one process a container" in how.note
