"""verify.sh and budget_gate.sh against the real Prometheus, with data of two days."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from recording_fakes import NEW, OLD, fakes, project, replica_sets, subject

pytestmark = pytest.mark.slow

DAY, STEP = 86400, 300
BUSY = 200.0  # requests per second of the good version

# name of the system → (error ratio of all its requests, whether it has any)
BUDGETS = {"plenty": (0.0004, True), "spent": (0.004, True), "silent": (0.0, False),
           "flawless": (0.0, True)}  # fmt: skip


def words(name: str) -> str:
    return f"{name}-api Express on EKS, rolling, 300 rps, 99.9 %"


def samples(name: str, now: int) -> list[str]:
    """Counters of a system's old version (two days) and new ones (the last half hour)."""
    ratio, traffic = BUDGETS[name]
    if not traffic:
        return []
    series = subject(words(name)).series
    lines: list[str] = []

    def counter(version: str, code: str, rate: float, since: int, step: int) -> None:
        labels = f'job="{name}-api",{series.hash_label}="{version}",{series.code_label}="{code}"'
        if series.route_label:
            labels += f',{series.route_label}="/orders"'
        for at in range(since, now + 1, step):
            lines.append(f"{series.requests}{{{labels}}} {rate * (at - since):.3f} {at}")

    counter("old", "200", BUSY * (1 - ratio), now - 2 * DAY, STEP)
    if ratio:
        counter("old", "503", BUSY * ratio, now - 2 * DAY, STEP)
    if name != "plenty":
        return lines
    recent = now - 1800
    counter("good", "200", BUSY, recent, 30)
    counter("bad", "200", 18, recent, 30)
    counter("bad", "500", 2, recent, 30)
    counter("rare", "200", 0.05, recent, 30)
    return lines


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """Address of a Prometheus with the data of every system above."""
    for name in ("prometheus", "promtool", "curl"):
        if shutil.which(name) is None:
            reason = f"{name} is not installed"
            pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    home = tmp_path_factory.mktemp("prometheus")
    now = int(time.time())
    text = "\n".join(line for name in BUDGETS for line in samples(name, now))
    (home / "data.txt").write_text(f"{text}\n# EOF\n")
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", "data.txt", "data"],
        cwd=home, check=True, capture_output=True,
    )  # fmt: skip
    (home / "prometheus.yml").write_text("scrape_configs: []\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
         "--storage.tsdb.retention.time=60d", f"--web.listen-address=127.0.0.1:{port}"],
        cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/-/ready", timeout=2):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def with_curl(home):
    """Fakes whose curl is the real one."""
    place = fakes(home, without=("curl",))
    (place.home / "bin" / "curl").symlink_to(str(shutil.which("curl")))
    return place


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("plenty", 0, " left: error ratio"),
        ("flawless", 0, "100.0 % left"),
        ("spent", 1, "spent: production is frozen"),
        ("silent", 2, "not known: no requests of silent-api"),
    ],
)
def test_the_gate_of_a_real_budget(prometheus, tmp_path, name, status, says) -> None:
    place = with_curl(tmp_path / "fakes")
    folder = project(tmp_path / "p", subject(words(name)))
    done = place.run(folder / "budget_gate.sh", PROMETHEUS_URL=f"{prometheus}/")
    assert done.returncode == status, done.stderr
    assert says in done.stderr


def test_what_the_real_budget_has_left(prometheus, tmp_path) -> None:
    place = with_curl(tmp_path / "fakes")
    folder = project(tmp_path / "p", subject(words("plenty")))
    said = place.run(folder / "budget_gate.sh", PROMETHEUS_URL=prometheus).stderr
    left = float(said.split("budget: ")[1].split(" %")[0])
    # two days at 0.04 %, then half an hour of new versions, one of which fails in every tenth
    failed = 2 * DAY * BUSY * 0.0004 + 1800 * 2
    asked = 2 * DAY * BUSY + 1800 * (BUSY + 20)
    assert left == pytest.approx(100 * (1 - failed / asked / 0.001), rel=0.02)


def test_nobody_answers(tmp_path) -> None:
    place = with_curl(tmp_path / "fakes")
    folder = project(tmp_path / "p", subject(words("plenty")))
    done = place.run(folder / "budget_gate.sh", PROMETHEUS_URL="http://127.0.0.1:1")
    assert done.returncode == 2
    assert "no answer" in done.stderr


@pytest.mark.parametrize(
    ("version", "status", "says"),
    [
        ("good", 0, "healthy"),
        ("bad", 1, "too many failures"),
        ("rare", 2, "not enough requests"),
        ("unseen", 2, "no requests in 300 s"),
    ],
)
def test_a_version_is_judged_by_its_own_series(prometheus, tmp_path, version, status, says) -> None:
    place = with_curl(tmp_path / "fakes")
    folder = project(tmp_path / "p", subject(words("plenty")))
    place.rules = [
        {"when": ["get deployment/plenty-api"], "out": "2"},
        *replica_sets((1, "old", OLD), (2, version, NEW)),
    ]
    done = place.run(folder / "verify.sh", "production", PROMETHEUS_URL=prometheus)
    assert done.returncode == status, done.stderr
    assert says in done.stderr
