"""Streams that are closed, settings that are no file, sessions that are not there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = f"{sys.executable} -m devops_exe --quiet '/devops shop on EKS, 100 rps'"


def shell(command, folder):
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_closed_output_is_told_in_a_line(tmp_path):
    ended = shell(f"{ASK} >&-", tmp_path)
    assert ended.returncode == 2
    assert ended.stderr == (
        "devops-exe: standard output: it is closed; open it, or send it to a file\n"
    )


def test_a_closed_error_stream_does_not_cost_the_answer(tmp_path):
    ended = shell(f"{ASK} 2>&-", tmp_path)
    assert ended.returncode == 0
    assert ended.stdout.startswith("DEVOPS BLUEPRINT")


@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
def test_settings_that_are_no_ordinary_file_hang_nothing(tmp_path, kind):
    path = tmp_path / ".devops-exe.toml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"#" * 300_000)
    ended = shell(f"{sys.executable} -m devops_exe /help", tmp_path)
    assert ended.returncode == 2
    assert "no regular file" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("line", ["/why RTO", "'use canary'"])
def test_a_session_that_is_not_there_is_refused_and_nothing_changes(tmp_path, line):
    assert shell(ASK, tmp_path).returncode == 0
    ended = shell(f"{sys.executable} -m devops_exe --resume zzzz {line}", tmp_path)
    assert ended.returncode == 2
    assert "no such session" in ended.stderr
    assert not ended.stdout
