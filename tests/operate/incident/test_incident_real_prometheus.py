"""A real Prometheus that scrapes a failing service, read by ``/incident URL``."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.draft import Context
from devops_exe.cli import main
from devops_exe.operate.rollback.judging import judge
from devops_exe.operate.rollback.ratio import ratio_step
from devops_exe.operate.rollback.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed"),
]
RULES = """
groups:
- name: slo
  rules:
  - alert: CheckoutApiErrorBudgetBurn1h
    expr: sum(rate(http_requests_total{job="checkout-api",code=~"5.."}[10s])) > 0
    labels: {severity: page, service: checkout-api}
    annotations: {summary: "checkout-api spends its error budget"}
"""


@contextmanager
def service() -> Iterator[int]:
    """Counters that grow by 100 a second, a tenth of it bad."""
    began = time.monotonic()

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seconds = time.monotonic() - began
            text = (
                "# TYPE http_requests_total counter\n"
                f'http_requests_total{{code="200"}} {90 * seconds:.3f}\n'
                f'http_requests_total{{code="500"}} {10 * seconds:.3f}\n'
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield http.server_address[1]
        finally:
            http.shutdown()
            thread.join()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(folder: Path, target: int) -> Iterator[str]:
    (folder / "rules.yml").write_text(RULES)
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
        "scrape_configs:\n- job_name: checkout-api\n"
        f"  static_configs: [{{targets: ['127.0.0.1:{target}']}}]\n"
    )
    port = free_port()
    process = subprocess.Popen(
        [
            "prometheus", f"--config.file={folder}/prometheus.yml", "--log.level=error",
            f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(20)


def fires(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v1/alerts", timeout=2) as answer:
            alerts = json.load(answer)["data"]["alerts"]
    except OSError:
        return False
    return any(one["state"] == "firing" for one in alerts)


def test_a_real_prometheus_says_what_fires_and_how_much_fails(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    rollback = "/rollback v1.4.2 checkout-api on EKS, rolling, 600 rps, 99.95 %, GitHub Actions"
    assert main(["--quiet", rollback]) in {0, 1}
    with service() as target, running(tmp_path, target) as url:
        until = time.monotonic() + 60
        while not fires(url):
            assert time.monotonic() < until, "the alert did not fire"
            time.sleep(0.2)
        time.sleep(1)
        capsys.readouterr()
        assert main(["--quiet", "--json", "--continue", "/incident", f"{url}/alerts"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["system"] == "checkout-api"
    assert data["firing"] == ["CheckoutApiErrorBudgetBurn1h"]
    assert data["ended"] is None
    assert [event["source"] for event in data["timeline"]] == ["prometheus"]
    assert data["burn"]["basis"].startswith("10 % of requests failing, measured by Prometheus")
    seconds = data["burn"]["full_outage_seconds"]
    assert data["burn"]["budget_consumed_percent"] == pytest.approx(100 * seconds / 1296)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_a_rollback_asks_it_for_the_error_ratio_with_promtool(tmp_path) -> None:
    words = "v1.4.2 from v1.5.0 checkout-api on EKS, rolling, 600 rps, 99.9 %, GitHub Actions"
    dossier = compose("rollback", read_words(words), "2026-11-24T10:00:00+00:00")
    assert dossier.plan is not None
    with service() as target, running(tmp_path, target) as url:
        until = time.monotonic() + 60
        while not fires(url):
            assert time.monotonic() < until, "the alert did not fire"
            time.sleep(0.2)
        step = ratio_step(Context(dossier.plan, "rollback"), url, 6)
        assert step.invocation is not None
        ran = run(step.invocation)
    assert (ran.status, ran.errors) == (0, "")
    (sample,) = json.loads(ran.output)
    assert float(sample["value"][1]) == pytest.approx(0.1, abs=0.01)
    assert step.seen == "the error ratio over 300s is below 0.0144"
    verdict = judge(step.checks[0], ran.output)
    assert not verdict.agrees
    assert "below '0.0144'" in verdict.why
    assert judge(step.checks[0], ran.output.replace(sample["value"][1], "0.0143")).agrees
