"""kill -9 at any moment, and two processes at once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from devops_exe.agent.store import Store

WRITER = """
import sys
from pathlib import Path
from devops_exe.agent.store import Store
path, turns, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with Store.open(path) as store:
    key = sys.argv[4] if len(sys.argv) > 4 else store.new_session(name)
    for number in range(turns):
        store.add_turn(key, f"{name} {number}", "x" * 20_000, {"text": name, "ledger": [number]},
                       {"messages": [], "references": {"n": str(number)}}, "offline")
        # Shown only once it is stored: what was shown must be there.
        sys.stdout.write(f"{key} {number}\\n")
        sys.stdout.flush()
"""


def writer(path, turns: int, name: str, *more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(turns), name, *more],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_kill_9_loses_no_turn_that_was_shown(tmp_path):
    path = tmp_path / "data" / "sessions.db"
    dice = random.Random(7)
    shown: dict[str, int] = {}
    for round_ in range(8):
        process = writer(path, 10_000, f"run{round_}")
        first = process.stdout.readline()
        time.sleep(dice.uniform(0, 0.12))
        os.kill(process.pid, signal.SIGKILL)
        lines = [first, *process.stdout.readlines()]
        process.stdout.close()
        process.wait()
        for line in lines:
            if line.endswith("\n"):
                key, number = line.split()
                shown[key] = int(number) + 1
    assert len(shown) == 8
    assert sum(shown.values()) > 16
    with Store.open(path) as store:
        for key, turns in shown.items():
            whole = store.session(key)
            # At most the one that was stored and not yet shown is more.
            assert len(whole["turns"]) in (turns, turns + 1)
            assert len(whole["documents"]) == len(whole["turns"])
            assert store.conversation(key)["references"]["n"] == str(len(whole["turns"]) - 1)
        assert store.skipped == []
        assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_processes_that_make_the_file_at_the_same_moment_lose_nothing(tmp_path):
    path = tmp_path / "data" / "sessions.db"
    processes = [writer(path, 15, f"p{n}") for n in range(4)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    with Store.open(path) as store:
        assert [line["turns"] for line in store.sessions()] == [15] * 4


def test_two_processes_in_one_session_keep_both_their_turns(tmp_path):
    path = tmp_path / "data" / "sessions.db"
    with Store.open(path) as store:
        key = store.new_session("shared")
    processes = [writer(path, 20, name, key) for name in ("a", "b")]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    with Store.open(path) as store:
        lines = [turn["line"] for turn in store.session(key)["turns"]]
        assert sorted(lines) == sorted(f"{name} {n}" for name in "ab" for n in range(20))
        assert [line for line in lines if line[0] == "a"] == [f"a {n}" for n in range(20)]


def test_a_reader_is_not_kept_waiting_by_a_writer(tmp_path):
    path = tmp_path / "sessions.db"
    with Store.open(path) as store:
        key = store.new_session("x")
        store.add_turn(key, "a", "b")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert len(store.session(key)["turns"]) == 1
        assert time.monotonic() - begun < 1
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path):
    from devops_exe.ground.errors import DevopsExeError

    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)
    with pytest.raises(DevopsExeError):
        Store.open(folder / "sessions.db")
