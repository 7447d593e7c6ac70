"""Drills with real HAProxy and Prometheus, four times as quick as usual (1:240).

Only what must hold on any machine is asserted: the fault is found, the way back is taken and
proved, the rollback itself loses nothing, and nothing is left running.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from drill_dossiers import dossier

from devops_exe.ground.errors import EngineError, Interrupted, UserError
from devops_exe.operate.drill import journal as journals
from devops_exe.operate.drill import predict as prediction
from devops_exe.operate.drill import stage
from devops_exe.operate.drill.parts import Parts
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.report import DrillReport, report_text
from devops_exe.operate.drill.run import one_rollout, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(shutil.which(n, path=f"{os.environ['PATH']}:/usr/sbin") for n in stage.TOOLS),
        reason="no haproxy or prometheus",
    ),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]

QUICK = {"factor": 240, "rps": 120, "seconds": 6}

APP = """
import http.server, os
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), H).serve_forever()
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """A state folder of this test's own; afterwards nothing may be left."""
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(prediction, "SIMULATED", 20)
    monkeypatch.setattr(prediction, "PARTS_SIMULATED", 5)
    tokens = []
    fresh = journals.new_token
    monkeypatch.setattr(journals, "new_token", lambda: tokens.append(fresh()) or tokens[-1])
    yield
    assert not [pid for token in tokens for pid in journals.bearers(token)]
    folder = tmp_path / "state" / "drill"
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(
    ("strategy", "fault", "values"),
    [
        ("canary", "errors", {"errors": 0.5}),
        ("blue-green", "crash", {}),
        ("rolling", "hang", {}),
        ("recreate", "latency", {"latency_ms": 600}),
        ("A/B testing", "errors", {"errors": 1.0}),
    ],
)
def test_a_fault_is_found_and_rolled_back(strategy, fault, values):
    plan = drill_plan(dossier(strategy), fault=fault, **values, **QUICK)
    found = one_rollout(plan, faulty=True, repeat=0)
    assert found.ending == "rolled back", found
    assert found.alert == plan.rules[0].name or found.alert in {r.name for r in plan.rules}
    assert found.verified
    assert found.losses.fault > 0
    assert found.losses.other == 0, "the rollback itself lost requests"
    assert (found.losses.planned > 0) == (strategy == "recreate")
    assert found.detect is not None
    assert found.detect > 0
    report = DrillReport(plan, prediction.predict(plan), (found,), "2026-01-01T00:00:00+00:00")
    read = json.loads(json.dumps(report.as_json()))
    assert read["plan"]["id"] == plan.id
    assert {f["name"] for f in read["runs"][0]["figures"]} >= {"detect", "act", "verify"}
    assert "1:240" in report.drilled().sentence()
    assert all(len(line) <= 60 for line in report_text(report, 60).splitlines())


def test_a_healthy_rollout_completes_and_loses_nothing():
    plan = drill_plan(dossier("rolling"), fault="none", **QUICK)
    report = run(plan)
    assert [one.ending for one in report.runs] == ["completed"]
    assert report.false_alarms == 0
    assert report.runs[0].losses.other == 0
    assert report.held
    assert "healthy rollouts 1, false alarms 0" in report_text(report)


def test_ports_that_are_taken_are_passed_over(monkeypatch):
    """The first port of the router and of Prometheus has a listener already, a foreign one."""
    with socket.socket() as first, socket.socket() as second:
        taken = []
        for foreign in (first, second):
            foreign.bind(("127.0.0.1", 0))
            foreign.listen()
            taken.append(foreign.getsockname()[1])
        free = stage.free_port
        monkeypatch.setattr(stage, "free_port", lambda: taken.pop() if taken else free())
        plan = drill_plan(dossier("blue-green"), fault="errors", errors=1.0, **QUICK)
        found = one_rollout(plan, faulty=True, repeat=0)
        assert not taken
    assert found.ending == "rolled back"


def test_a_part_that_ends_by_itself_is_said():
    plan = drill_plan(dossier("canary"), fault="none", **QUICK)
    killed = []

    def kill(event) -> None:
        if event.kind == "move" and not killed:
            folder = Path(os.environ["DEVOPS_EXE_STATE_DIR"]) / "drill"
            journal = journals.load(next(iter(folder.glob("*.json"))))
            killed.append(next(p.pid for p in journal.parts if p.name == "prometheus"))
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(EngineError, match="prometheus ended by itself") as failed:
        run(plan, on_event=kill)
    assert failed.value.code == "part_failed"


def test_history_and_scrapes_are_one_series():
    """The long window of a page on the service is full of the drilled rate from the start."""
    plan = drill_plan(dossier("rolling"), **QUICK)
    with Parts.open() as parts:
        scene = stage.Stage(plan, parts, stage.find_tools(), lambda: None, False, 1)
        scene.set_up()
        rate = scene.prometheus.number(
            f'sum(rate({plan.names.requests}{{version="v1"}}[{plan.rules[0].floor_window:g}s]))'
        )
        scene.leave()
    assert rate == pytest.approx(plan.rps, rel=0.15)


def test_a_slow_start_is_found_at_its_deadline():
    plan = drill_plan(dossier("blue-green"), fault="slow-start", **QUICK)
    found = one_rollout(plan, faulty=True, repeat=0)
    assert (found.ending, found.alert) == ("rolled back", "readiness")
    assert found.losses.fault == found.losses.other == 0
    assert found.detect >= plan.clock.deadline


def test_a_rule_that_never_fires_ends_in_time_with_what_was_seen():
    plan = drill_plan(dossier("blue-green"), errors=0.002, **QUICK)
    found = one_rollout(plan, faulty=True, repeat=0)
    assert found.ending in {"never fired", "rolled back"}  # chance: a handful of errors at once
    if found.ending == "never fired":
        report = DrillReport(plan, prediction.predict(plan), (found,), "2026-01-01")
        assert not report.held
        assert "no alert fired" in report_text(report)
        assert "did not hold" in report_text(report)


def test_a_command_of_the_users_own_is_drilled(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    command = [sys.executable, str(app)]
    plan = drill_plan(dossier("blue-green"), errors=0.5, command=command, health_path="/", **QUICK)
    found = one_rollout(plan, faulty=True, repeat=0)
    assert found.ending == "rolled back", found
    assert found.losses.other == 0


def test_a_command_that_is_never_ready_ends_in_time():
    command = [sys.executable, "-c", "import time; print('warming up', flush=True); time.sleep(99)"]
    plan = drill_plan(dossier("canary"), command=command, ready_seconds=1.5, **QUICK)
    with pytest.raises(UserError, match=r"not ready after 1\.5 s; it said: warming up") as refused:
        run(plan)
    assert refused.value.code == "never_ready"


def test_a_command_that_ends_at_once_is_said_with_its_last_lines():
    command = [sys.executable, "-c", "raise SystemExit('no database')"]
    with pytest.raises(UserError, match="ended before it was ready; it said: no database"):
        run(drill_plan(dossier("canary"), command=command, **QUICK))


def test_a_command_whose_port_is_taken_gets_another(monkeypatch, tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    given = []

    def port() -> int:
        given.append(free())
        return given[-1] if len(given) > 1 else taken.getsockname()[1]

    free = stage.free_port
    with socket.socket() as taken, Parts.open() as parts:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(stage, "free_port", port)
        command = [sys.executable, str(app)]
        plan = drill_plan(dossier("canary"), command=command, health_path="/", **QUICK)
        scene = stage.Stage(plan, parts, {}, lambda: None, False, 1)
        scene.launch("v1-1")
        assert scene.await_ready("v1-1") == []
        assert scene.ports["v1-1"] == given[1]


def test_a_missing_tool_is_said_with_its_install_line(monkeypatch, tmp_path):
    (tmp_path / "haproxy").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(UserError, match="haproxy is not on this machine") as refused:
        run(drill_plan(dossier("canary"), **QUICK))
    assert refused.value.code == "tool_missing"
    assert "install" in refused.value.fix


def test_a_drill_that_is_stopped_leaves_nothing():
    until = []

    def stop() -> bool:
        return bool(until) and time.monotonic() > until[0]

    def seen(event) -> None:
        if event.kind == "move" and not until:
            until.append(time.monotonic() + 0.3)

    with pytest.raises(Interrupted):
        run(drill_plan(dossier("canary"), **QUICK), on_event=seen, stop=stop)


SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
from drill_dossiers import dossier
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.run import run
plan = drill_plan(dossier("canary"), errors=0.0001, factor=240, rps=120)
from devops_exe.operate.drill.predict import Interval, Prediction
none = Interval(0, 0, 0)
said = Prediction(*[none] * 9, 0.0, 0.0, "")
run(plan, prediction=said, on_event=lambda event: print(event.kind, flush=True))
"""


def test_killed_in_the_middle_nothing_is_left_running(tmp_path):
    """One drill for each way to be killed, side by side."""
    root = str(Path(__file__).parents[3])
    ways = {signal.SIGKILL: -9, signal.SIGTERM: -15, signal.SIGINT: None}
    drills = []
    for number in ways:
        state = tmp_path / f"state-{number}"
        environment = {
            **os.environ,
            "DEVOPS_EXE_STATE_DIR": str(state),
            "PYTHONPATH": f"{root}:{os.environ.get('PYTHONPATH', '')}",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(tests=str(Path(__file__).parent))],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        drills.append((number, process, state))
    for number, process, state in drills:
        with process.stdout:
            for line in process.stdout:
                if line.strip() == "move":
                    break
            journal = journals.load(next(iter((state / "drill").glob("*.json"))))
            mine = set(journals.bearers(journal.token))
            assert len(mine) >= 8, "supervisor, router, Prometheus, edge, load, replicas"
            assert listening(mine) == {"0100007F"}, "nothing listens but on 127.0.0.1"
            process.send_signal(number)
            status = process.wait(30)
        assert ways[number] in {status, None}
        until = time.monotonic() + 15
        while journals.bearers(journal.token) or Path(journal.folder).exists():
            assert time.monotonic() < until, "something is left"
            time.sleep(0.05)
        assert not list((state / "drill").iterdir())


def listening(pids: set[int]) -> set[str]:
    """Local addresses (hexadecimal) at which these processes listen for TCP or take UDP."""
    sockets = set()
    for pid in pids:
        for entry in (Path("/proc") / str(pid) / "fd").iterdir():
            try:
                target = str(entry.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
    found = set()
    for table, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            # HAProxy sends its log lines from an unconnected socket: it has no address to take
            if words[9] in sockets and words[3] == state:
                address, port = words[1].split(":")
                if table.startswith("tcp") or int(port, 16) in announced(pids):
                    found.add(address)
    return found


def announced(pids: set[int]) -> set[int]:
    """Ports that parts have announced: that of the log among them."""
    ports = set()
    for pid in pids:
        words = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
        for before, word in pairwise(words):
            if before.startswith(b"--announce") and Path(word.decode()).exists():
                ports.add(int(Path(word.decode()).read_text()))
    return ports
