"""The supervisor: nothing it started outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devops_exe.ground.errors import DevopsExeError, UserError
from devops_exe.operate.drill import journal as journals
from devops_exe.operate.drill.parts import Parts

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

FOREVER = [sys.executable, "-c", "import time; time.sleep(300)"]
STUBBORN = """
import signal, time
for number in (1, 2, 15):
    signal.signal(number, signal.SIG_IGN)
print(1, flush=True)
time.sleep(300)
"""
STRAY = """
import subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
subprocess.Popen(sleep, start_new_session=True)
print(1, flush=True)
time.sleep(300)
"""

PARENT = """
import sys, time
from devops_exe.operate.drill.parts import Parts
with Parts.open() as parts:
    for name, code in (("one", {one!r}), ("two", {two!r})):
        parts.start(name, [sys.executable, "-c", code])
    while not all((parts.folder / f"{{n}}.log").read_text() for n in ("one", "two")):
        time.sleep(0.02)
    print(parts.token, parts.folder, flush=True)
    time.sleep(300)
"""


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", str(tmp_path / "state"))


def journals_left(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "state" / "drill").iterdir())


def gone(token: str, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not journals.bearers(token):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def parent():
    """A drill's process with two parts: one that ignores signals, one with a stray child."""
    script = PARENT.format(one=STUBBORN, two=STRAY)
    root = str(Path(__file__).parents[3])
    path = f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    token, folder = process.stdout.readline().split()
    until = time.monotonic() + 10
    while len(journals.bearers(token)) < 4 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(journals.bearers(token)) == 4, "supervisor, two parts, a stray"
    yield process, token, Path(folder)
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_parent_that_is_killed(parent, tmp_path, number):
    process, token, folder = parent
    process.send_signal(number)
    process.wait(20)
    assert gone(token)
    until = time.monotonic() + 5
    while (folder.exists() or journals_left(tmp_path)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not folder.exists()
    assert not journals_left(tmp_path)


def test_what_a_killed_supervisor_leaves_the_next_start_cleans_up(parent, tmp_path):
    process, token, folder = parent
    journal = journals.load(next(iter((tmp_path / "state" / "drill").glob("*.json"))))
    process.kill()
    os.kill(journal.supervisor.pid, signal.SIGKILL)
    process.wait(20)
    until = time.monotonic() + 5
    while len(journals.bearers(token)) > 1 and time.monotonic() < until:
        time.sleep(0.02)
    # the parts died with their supervisor; the stray, no child of it, has not
    assert len(journals.bearers(token)) == 1
    journals.clean_up()
    assert gone(token)
    assert not folder.exists()
    assert not journals_left(tmp_path)


def test_parts_are_told_apart_started_and_stopped(tmp_path):
    with Parts.open() as parts:
        parts.start("one", FOREVER)
        parts.start("two", [sys.executable, "-c", "print('hello'); print('world')"])
        until = time.monotonic() + 10
        while parts.running("two") and time.monotonic() < until:
            time.sleep(0.02)
        assert parts.running("one")
        assert not parts.running("two")
        assert parts.last_lines("two") == "hello | world"
        parts.stop("one")
        assert not parts.running("one")
        token, folder = parts.token, parts.folder
    assert gone(token, 1.0)
    assert not folder.exists()
    assert not journals_left(tmp_path)


def test_a_command_that_is_none_is_bad_input():
    with Parts.open() as parts, pytest.raises(UserError, match="does not start"):
        parts.start("one", ["/no/such/command"])


def test_a_supervisor_that_is_gone_is_said(tmp_path):
    with Parts.open() as parts:
        journal = journals.load(next(iter((tmp_path / "state" / "drill").glob("*.json"))))
        os.kill(journal.supervisor.pid, signal.SIGKILL)
        time.sleep(0.2)
        with pytest.raises(DevopsExeError, match="supervisor of the drill is gone"):
            parts.running("one")
    journals.clean_up()
    assert not journals_left(tmp_path)


HIDDEN = """
import pathlib, subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
child = subprocess.Popen(sleep, start_new_session=True, env={})
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
"""


def test_a_child_without_token_and_group_ends_as_well(tmp_path):
    place = tmp_path / "pid"
    with Parts.open() as parts:
        parts.start("hides", [sys.executable, "-c", HIDDEN, str(place)])
        until = time.monotonic() + 10
        while not (place.exists() and place.read_text()) and time.monotonic() < until:
            time.sleep(0.02)
        pid = int(place.read_text())
        assert Path(f"/proc/{pid}").exists()
    until = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()
