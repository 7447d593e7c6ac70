"""The series of a repository are read from its source; others are the generated ones."""

from __future__ import annotations

import re

import pytest
from observed import EXAMPLE, of_folder, subject, with_files

from devops_exe.implement.observability.series_of import series_of

SOURCES = {
    "python": (
        {"requirements.txt": "fastapi\nprometheus-client\n", "app/metrics.py": (
            "from prometheus_client import Counter, Histogram\n"
            'R = Counter("http_requests", "all", ["method", "route", "status"])\n'
            'S = Histogram("http_request_duration_seconds", "s", ["method", "route"])\n'
        )},
        ("http_requests_total", "status", "http_request_duration_seconds_bucket"),
        "app/metrics.py:2",
    ),
    "keywords": (
        {"requirements.txt": "flask\n", "m.py": (
            'C = Counter(name="requests_total", documentation="x",\n'
            '            labelnames=("path", "status_code"), namespace="shop")\n'
        )},
        ("shop_requests_total", "status_code", ""),
        "m.py:1",
    ),
    "node": (
        {"package.json": '{"dependencies": {"express": "4", "prom-client": "15"}}', "m.js": (
            "const c = new client.Counter({\n  name: 'http_requests_total',\n  help: 'a, b',\n"
            "  labelNames: ['method', 'route', 'code'],\n});\n"
        )},
        ("http_requests_total", "code", ""),
        "m.js:1",
    ),
    "go": (
        {"go.mod": "module shop\n\ngo 1.24\n", "m.go": (
            "var c = promauto.NewCounterVec(prometheus.CounterOpts{\n"
            '\tNamespace: "shop", Name: "http_requests_total",\n'
            '}, []string{"method", "code"})\n'
            "var h = promauto.NewHistogramVec(prometheus.HistogramOpts{\n"
            '\tName: "http_request_duration_seconds",\n}, []string{"code"})\n'
        )},
        ("shop_http_requests_total", "code", "http_request_duration_seconds_bucket"),
        "m.go:1",
    ),
    "micrometer": (
        {"pom.xml": (
            "<project><dependencies><dependency><groupId>io.micrometer</groupId>\n"
            "<artifactId>micrometer-registry-prometheus</artifactId></dependency>"
            "<dependency><groupId>org.springframework.boot</groupId>"
            "<artifactId>spring-boot-starter-web</artifactId></dependency>"
            "</dependencies></project>\n"
        )},
        ("http_server_requests_seconds_count", "status", "http_server_requests_seconds_bucket"),
        "pom.xml:2",
    ),
    "instrumentator": (
        {"requirements.txt": "fastapi\nprometheus-fastapi-instrumentator==7.0\n",
         "main.py": "Instrumentator().instrument(app).expose(app)\n"},
        ("http_requests_total", "status", "http_request_duration_seconds_bucket"),
        "requirements.txt:2",
    ),
    "outgoing": (
        {"requirements.txt": "fastapi\n", "m.py": (
            'A = Counter("http_client_requests_total", "out", ["status"])\n'
            'B = Counter("http_requests_total", "in", ["status"])\n'
        )},
        ("http_requests_total", "status", ""),
        "m.py:2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_own_series(name: str, tmp_path) -> None:
    files, wanted, where = SOURCES[name]
    found = series_of(with_files(tmp_path, files))
    assert (found.requests, found.code_label, found.bucket) == wanted
    assert found.source == f"the repository, {where}"
    assert found.bad == f'{wanted[1]}=~"5.."'
    assert found.metrics_port is None


@pytest.mark.parametrize(
    "text",
    [
        "from collections import Counter\nC = Counter('http')\n",
        "C = Counter('http_requests_total', 'no status', ['route'])\n",
        "C = Counter('orders_total', 'no requests', ['status'])\n",
    ],
)
def test_no_series_of_requests(text: str, tmp_path) -> None:
    found = series_of(with_files(tmp_path, {"requirements.txt": "fastapi\n", "m.py": text}))
    assert found.source.startswith("generated instrumentation")


def test_tests_of_a_repository_are_no_source(tmp_path) -> None:
    text = 'C = Counter("http_requests_total", "x", ["status"])\n'
    files = {"requirements.txt": "fastapi\n", "tests/test_m.py": text}
    assert series_of(with_files(tmp_path, files)).source.startswith("generated")


def test_the_example() -> None:
    found = series_of(of_folder(EXAMPLE, "checkout-api on EKS, 1200 rps"))
    assert found.requests == "http_requests_total"
    assert found.source == "the repository, app/metrics.py:20"
    assert found.counted == 'route!~"/healthz|/metrics|/readyz"'
    assert found.every() == (
        'http_requests_total{job="checkout-api",route!~"/healthz|/metrics|/readyz"}'
    )


def test_probes_are_literal_in_the_matcher(tmp_path) -> None:
    text = (
        'C = Counter("http_requests_total", "x", ["route", "status"])\n@app.get("/v1.0/healthz")\n'
    )
    found = series_of(with_files(tmp_path, {"requirements.txt": "fastapi\n", "m.py": text}))
    pattern = found.counted.split('"')[1].replace("\\\\", "\\")
    assert re.fullmatch(pattern, "/v1.0/healthz")
    assert not re.fullmatch(pattern, "/v1x0/healthz")


@pytest.mark.parametrize(
    ("name", "requests", "port"),
    [
        ("canary", "http_server_request_duration_seconds_count", 9464),
        ("blue-green", "http_requests_total", None),
        ("rolling", "http_requests_total", None),
        ("ab", "http_server_requests_total", None),
    ],
)
def test_generated_series(name: str, requests: str, port: int | None) -> None:
    found = series_of(subject(name))
    assert (found.requests, found.metrics_port) == (requests, port)
    assert found.job == subject(name).name
