from __future__ import annotations

import pytest
from chat_stage import Stage

from devops_exe.terminal.view import attention
from devops_exe.terminal.view.attention import Attention

PUSH, POP, BELL = "\x1b[22;0t", "\x1b[23;0t", "\x07"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(attention.time, "monotonic", lambda: now[0])
    return now


def test_what_is_short_calls_nobody(clock: list[float]) -> None:
    stage = Stage(terminal=True)
    calls = Attention(stage.app.screen, "bell")
    calls.begin()
    clock[0] = 30.0
    calls.ended()
    calls.back()
    assert stage.err == ""


def test_what_was_long_rings_once_and_the_title_comes_back(clock: list[float]) -> None:
    stage = Stage(terminal=True)
    calls = Attention(stage.app.screen, "bell")
    calls.begin()
    clock[0] = 30.1
    calls.ended()
    assert stage.err == f"{PUSH}\x1b]0;devops-exe: done{BELL}{BELL}"
    calls.back()
    calls.back()
    assert stage.err.endswith(POP)
    assert stage.err.count(POP) == 1


@pytest.mark.parametrize(
    ("how", "flags", "terminal", "heard"),
    [
        ("title", (), True, f"{PUSH}\x1b]0;devops-exe: a question waits{BELL}"),
        ("off", (), True, ""),
        ("bell", ("--plain",), True, BELL),
        ("bell", (), False, ""),
    ],
)
def test_a_question_calls_as_it_was_set(
    how: str, flags: tuple[str, ...], terminal: bool, heard: str
) -> None:
    stage = Stage(*flags, terminal=terminal)
    Attention(stage.app.screen, how).asks()
    assert stage.err == heard
