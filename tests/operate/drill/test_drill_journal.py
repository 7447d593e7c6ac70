"""The journal: what is cleaned up, and that a stranger never is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from devops_exe.operate.drill import journal as journals
from devops_exe.operate.drill.journal import TOKEN, Journal, Part

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper():
    """Starts processes with a token in their environment; ends what is left."""
    started = []

    def start(token: str | None) -> subprocess.Popen:
        environment = {k: v for k, v in os.environ.items() if k != TOKEN}
        if token is not None:
            environment[TOKEN] = token
        process = subprocess.Popen(SLEEP, env=environment, start_new_session=True)
        started.append(process)
        until = time.monotonic() + 10
        while token and process.pid not in journals.bearers(token):  # until it is exec'd
            assert time.monotonic() < until
            time.sleep(0.005)
        return process

    yield start
    for process in started:
        with suppress(OSError):
            process.kill()
        process.wait()


def part_of(process: subprocess.Popen, **changes) -> Part:
    found = Part("v2-1", process.pid, journals.start_time(process.pid), " ".join(SLEEP))
    return replace(found, **changes)


def left(folder, token: str, *parts: Part, keeper: Part | None = None) -> None:
    dead = keeper or Part("supervisor", 4_000_000, "12345", "")
    journals.save(
        Journal(token, str(folder / f"dvx-x-{token[:8]}"), dead, dead, parts),
        folder / f"{token}.json",
    )


def ended(process: subprocess.Popen) -> bool:
    try:
        return process.wait(5) == -signal.SIGKILL
    except subprocess.TimeoutExpired:
        return False


def test_what_a_crashed_drill_left_is_ended_and_forgotten(tmp_path, sleeper):
    token = journals.new_token()
    process = sleeper(token)
    left(tmp_path, token, part_of(process))
    (tmp_path / f"dvx-x-{token[:8]}").mkdir()
    said = journals.clean_up(tmp_path)
    assert ended(process)
    assert said == (f"v2-1 ({process.pid})",)
    assert not list(tmp_path.iterdir()), "journal and folder are gone"


def test_a_process_without_the_token_is_a_stranger(tmp_path, sleeper):
    process = sleeper(None)
    left(tmp_path, journals.new_token(), part_of(process))
    assert journals.clean_up(tmp_path) == ()
    assert process.poll() is None


def test_another_drills_process_is_a_stranger(tmp_path, sleeper):
    process = sleeper(journals.new_token())
    left(tmp_path, journals.new_token(), part_of(process))
    assert journals.clean_up(tmp_path) == ()
    assert process.poll() is None


def test_an_id_that_was_given_to_another_process_is_left_alone(tmp_path, sleeper):
    process = sleeper(None)
    left(tmp_path, journals.new_token(), part_of(process, start="1"))
    assert journals.clean_up(tmp_path) == ()
    assert process.poll() is None


def test_a_drill_that_runs_is_left_alone(tmp_path, sleeper):
    token = journals.new_token()
    keeper, process = sleeper(token), sleeper(token)
    left(tmp_path, token, part_of(process), keeper=part_of(keeper))
    assert journals.clean_up(tmp_path) == ()
    assert process.poll() is None
    assert (tmp_path / f"{token}.json").exists()


def test_a_stray_child_of_a_part_is_found_by_the_token(tmp_path, sleeper):
    token = journals.new_token()
    process = sleeper(token)
    left(tmp_path, token)
    assert journals.clean_up(tmp_path) == (f"process ({process.pid})",)
    assert ended(process)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"token": 1}', "null", '{"parts": [{}]}'])
def test_a_damaged_journal_is_removed(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert journals.clean_up(tmp_path) == ()
    assert not list(tmp_path.iterdir())


def test_only_a_folder_that_bears_the_token_is_removed(tmp_path):
    other = tmp_path / "home"
    other.mkdir()
    journals.remove_folder(str(other), "abcdef0123456789")
    assert other.exists()


def test_a_zombie_has_no_start_time():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    until = time.monotonic() + 10
    while journals.start_time(process.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert journals.start_time(process.pid) == ""
    process.wait()
    assert journals.start_time(os.getpid())
