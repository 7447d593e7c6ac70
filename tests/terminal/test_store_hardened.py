"""The executable killed, crowded, out of disk and with a damaged file: what was shown is kept."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from chat_stage import CHECKOUT

from devops_exe.agent.store import Store
from devops_exe.ground.locations import sessions_file

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = [sys.executable, "-m", "devops_exe.cli"]


def run(
    *arguments: str, lines: str = "", before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        preexec_fn=before,
        check=False,
    )


def warned(done: subprocess.CompletedProcess[str]) -> str:
    """The one warning; the answer is shown all the same."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("DEVOPS BLUEPRINT")
    assert "DevOps Status: " in done.stdout
    assert "Traceback" not in done.stderr
    assert "sqlite" not in done.stderr.lower()
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("! ")]
    assert "this turn is not stored" in line
    assert " → " in line
    return line


def test_kill_9_in_series_loses_no_answer_that_was_shown_whole() -> None:
    dice = random.Random(11)
    lines = "\n".join([CHECKOUT, *(f"and with {n},000 rps?" for n in range(2, 60))])
    shown: dict[str, int] = {}
    for _ in range(5):
        process = subprocess.Popen(
            [*PROGRAM, "--json", "--quiet"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines)
        process.stdin.close()
        whole = [process.stdout.readline()]
        time.sleep(dice.uniform(0, 0.3))
        os.kill(process.pid, signal.SIGKILL)
        whole += process.stdout.readlines()
        process.stdout.close()
        process.wait()
        answers = [json.loads(line) for line in whole if line.endswith("\n")]
        assert all("error" not in answer for answer in answers)
        with Store.open(sessions_file()) as store:
            shown[str(store.latest())] = len(answers)
    assert len(shown) == 5
    assert sum(shown.values()) > 5
    with Store.open(sessions_file()) as store:
        for key, count in shown.items():
            assert len(store.session(key)["turns"]) >= count
            assert len(store.results(key)) >= count
        assert store.skipped == []
    # … and the last goes on where it was left.
    assert "DEVOPS BLUEPRINT" in run("--continue", "/devops").stdout


def test_two_processes_in_one_session_keep_all_their_turns() -> None:
    assert run(CHECKOUT).returncode == 0
    with Store.open(sessions_file()) as store:
        key = str(store.latest())
    lines = "\n".join(f"and with {n},000 rps?" for n in range(2, 10))
    both = [
        subprocess.Popen(
            [*PROGRAM, "--resume", key, "--quiet"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write(lines)
        process.stdin.close()
        process.stdin = None
    for process in both:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "not stored" not in told
    with Store.open(sessions_file()) as store:
        assert len(store.session(key)["turns"]) == 1 + 16


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (24_576, 24_576))


def test_a_full_disk_is_one_line_and_the_answer_is_shown() -> None:
    warned(run(CHECKOUT, before=small_files))
    # Once there is room again, the file is sound.
    assert "not stored" not in run(CHECKOUT).stderr
    assert run("sessions").returncode == 0


def test_a_disk_that_fills_up_keeps_what_was_there() -> None:
    assert run(CHECKOUT).returncode == 0

    def no_more() -> None:
        size = sessions_file().stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = run("--continue", "/devops", before=no_more)
    assert done.stdout.startswith("DEVOPS BLUEPRINT")
    assert done.stderr.count("this turn is not stored") == 1
    with Store.open(sessions_file()) as store:
        assert len(store.session(str(store.latest()))["turns"]) == 1


def test_a_folder_that_cannot_be_made() -> None:
    assert "folder" in warned(run(CHECKOUT, DEVOPS_EXE_DATA_DIR="/proc/devops-exe"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written() -> None:
    sessions_file().parent.mkdir(parents=True, mode=0o500)
    warned(run(CHECKOUT))


@pytest.mark.parametrize("at", [0, 20, 4096, 9000])
def test_a_damaged_file_is_told_in_a_line(at: int) -> None:
    for line in (CHECKOUT, "/devops crm on ECS, 100 rps"):
        assert run(line).returncode == 0
    for log in sessions_file().parent.glob("*-wal"):
        log.unlink()
    with sessions_file().open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * 6000)
    done = run(CHECKOUT)
    assert done.stdout.startswith("DEVOPS BLUEPRINT")
    assert "Traceback" not in done.stderr
    assert "sqlite" not in done.stderr.lower()
    assert done.returncode == 0
    for arguments in (["sessions"], ["--continue", "/why RTO"]):
        told = run(*arguments)
        assert "Traceback" not in told.stderr
        assert "sqlite" not in told.stderr.lower()
        assert told.returncode in {0, 2, 3}
        assert len([one for one in told.stderr.splitlines() if one.startswith("devops-exe")]) <= 1
