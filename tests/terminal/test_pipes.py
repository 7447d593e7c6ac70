"""The executable in pipes: streams, status, colours, widths; a real process each."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from chat_stage import CHECKOUT

PROGRAM = [sys.executable, "-m", "devops_exe.cli"]


def run(
    *arguments: str, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def test_one_shot() -> None:
    done = run(*CHECKOUT.split())
    assert done.returncode == 0
    assert done.stdout.startswith("DEVOPS BLUEPRINT\n")
    assert "\x1b" not in done.stdout + done.stderr
    assert "✓ Assess" in done.stderr


def test_json_parses_with_progress_elsewhere() -> None:
    done = run("--json", CHECKOUT)
    assert json.loads(done.stdout)["schema"] == "devops-exe/1"
    assert "✓ Design" in done.stderr


def test_a_pipe_of_json_is_json_lines() -> None:
    done = run("--json", given=f"{CHECKOUT}\n/nothing\nuse canary\n")
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [("error" in one, one.get("command", {}).get("kind")) for one in objects] == [
        (False, "devops"),
        (True, None),
        (False, "chat"),
    ]
    assert done.returncode == 2


def test_head_ends_silently() -> None:
    command = " ".join([*PROGRAM, f"'{CHECKOUT}'", "|", "head", "-1;", "echo ${PIPESTATUS[0]}"])
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["DEVOPS BLUEPRINT", "0"]
    assert "Broken" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pipe_that_never_closes_hangs_nothing_beside_a_line() -> None:
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            [*PROGRAM, "/cost"], stdin=reading, capture_output=True, timeout=30, check=False
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "given", "status"),
    [
        ((CHECKOUT,), None, 0),
        ((f"{CHECKOUT}, RTO 1 min",), None, 1),
        (("/nothing",), None, 2),
        (("--width=10", CHECKOUT), None, 2),
        (("--width=wide", CHECKOUT), None, 2),
        (("--engine=claude", "hello"), None, 3),
        (("--continue", "/why", "RTO"), None, 2),
        ((), "", 2),
        ((), f"{CHECKOUT}\n/export text f\n/export text f\n", 4),
    ],
    ids=range(9),
)
def test_exit_status(arguments: tuple[str, ...], given: str | None, status: int) -> None:
    done = run(*arguments, given=given)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    if status > 1:
        assert re.search(r"^devops-exe: .+: .+; .+$", done.stderr, re.MULTILINE)


def test_colours_are_the_users_choice() -> None:
    assert "\x1b[1m" in run(CHECKOUT, FORCE_COLOR="1").stdout
    assert "\x1b" not in run(CHECKOUT, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[1m" in run("--color=always", CHECKOUT, NO_COLOR="1").stdout


def test_twenty_columns_get_the_document_at_thirty_nine() -> None:
    done = run(CHECKOUT, COLUMNS="20")
    assert done.returncode == 0
    boxes = [line for line in done.stdout.splitlines() if line.startswith("│")]
    assert {len(line) for line in boxes} == {39}


def test_ascii_by_flag_and_by_locale() -> None:
    assert run("--ascii", CHECKOUT).stdout.isascii()
    done = run(CHECKOUT, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "+--" in done.stdout


def test_a_conversation_over_processes() -> None:
    assert run(CHECKOUT).returncode == 0
    done = run("--continue", "/ledger")
    assert done.returncode == 0
    assert "L1   slo budget" in done.stdout
    done = run("--continue", "use canary")
    assert "Blue-Green → Canary" in done.stdout


def test_closed_input_is_one_line() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{' '.join(PROGRAM)} <&-"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_killed_process_keeps_what_it_showed() -> None:
    process = subprocess.Popen(
        [*PROGRAM, CHECKOUT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("DevOps Status"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    done = run("--continue", "/why RTO")
    assert done.returncode == 0


def test_interrupt_ends_with_its_status() -> None:
    process = subprocess.Popen([*PROGRAM, "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in told
