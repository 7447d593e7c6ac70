"""A person at a real terminal: the names typed, the chat, a stored session."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from rollback_stage import Fakes, rules_of, say

pexpect = pytest.importorskip("pexpect")

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]


def spawned(tmp_path: Path, *words: str):
    return pexpect.spawn(
        sys.executable, ["-m", "devops_exe", *words],
        cwd=str(tmp_path), timeout=60, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}, dimensions=(50, 100),
    )  # fmt: skip


@pytest.fixture
def fakes(tmp_path, monkeypatch) -> Fakes:
    found = Fakes(tmp_path / "fakes", rules_of("kubernetes rolling"))
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return found


def stored(tmp_path: Path) -> None:
    chat = spawned(tmp_path, "--quiet", f"/rollback {say('EKS', 'rolling')}")
    chat.expect("DevOps Status")
    chat.expect(pexpect.EOF)
    chat.close()


@pytest.mark.parametrize(
    ("typed", "status", "ran"),
    [
        ("checkout-api production", 0, True), ("yes", 0, False), ("checkout-api", 0, False),
        ("", 0, False),
    ],
)  # fmt: skip
def test_the_names_of_system_and_environment_are_typed(typed, status, ran, fakes, tmp_path) -> None:
    stored(tmp_path)
    call = spawned(tmp_path, "execute", "rollback", "checkout-api")
    call.expect("Type checkout-api production")
    assert fakes.asked == []
    call.sendline(typed)
    call.expect("is back on v1.4.2" if ran else "Nothing was run")
    call.expect(pexpect.EOF)
    call.close()
    assert call.exitstatus == status
    assert bool(fakes.asked) == ran


def test_ctrl_c_at_the_question_runs_nothing(fakes, tmp_path) -> None:
    stored(tmp_path)
    call = spawned(tmp_path, "execute", "rollback", "checkout-api")
    call.expect("Type checkout-api production")
    call.sendintr()
    call.expect(pexpect.EOF)
    call.close()
    assert call.exitstatus == 130
    assert fakes.asked == []


def test_end_of_input_at_the_question_runs_nothing(fakes, tmp_path) -> None:
    stored(tmp_path)
    call = spawned(tmp_path, "execute", "rollback", "checkout-api")
    call.expect("Type checkout-api production")
    call.sendeof()
    call.expect("Nothing was run")
    call.expect(pexpect.EOF)
    call.close()
    assert fakes.asked == []


def test_the_chat_carries_out_what_it_showed(fakes, tmp_path) -> None:
    chat = spawned(tmp_path)
    chat.expect("›")
    chat.send(f"/rollback {say('EKS', 'rolling')}\r")
    chat.expect("DevOps Status")
    chat.send("/execute rollback\r")
    chat.expect("Type checkout-api production")
    chat.send("checkout-api production\r")
    chat.expect("is back on v1.4.2")
    chat.send("/quit\r")
    chat.expect(pexpect.EOF)
    chat.close()
    assert any("rollout undo" in line for line in fakes.lines)
