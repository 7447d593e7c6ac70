from __future__ import annotations

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.locations import log_file
from devops_exe.terminal.log import LARGEST, OLDER, Log


def test_debug_writes_lines_events_and_errors_without_secrets() -> None:
    stage = Stage("--debug")
    stage.say(CHECKOUT)
    stage.say("token=abcdefgh12345678 and more")
    stage.say("/nothing")
    text = log_file().read_text()
    assert "line: /devops checkout-api" in text
    assert 'event: {"event": "phase_finished"' in text
    assert "error: unknown_command" in text
    assert "abcdefgh1234" not in text
    assert log_file().stat().st_mode & 0o777 == 0o600
    assert all(line.startswith("2023-") for line in text.splitlines())


def test_without_debug_there_is_no_log() -> None:
    Stage().say(CHECKOUT)
    assert not log_file().exists()


def test_it_rotates_and_keeps_a_few() -> None:
    log = Log()
    log.write("first", "x")
    for number in range(OLDER + 2):
        log.path.write_text(f"{number}".ljust(LARGEST, "."))
        log.write("next", "y")
    names = sorted(one.name for one in log.path.parent.iterdir())
    assert names == ["debug.log", *(f"debug.log.{number}" for number in range(1, OLDER + 1))]
    assert log.path.stat().st_size < 200
    assert log.path.with_name("debug.log.1").read_text()[0] == str(OLDER + 1)


def test_a_place_that_cannot_be_written_loses_the_line_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", "/proc/nothing")
    assert Stage("--debug").say("/cost") == ExitStatus.OK


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_of_ours_is_one_line_and_the_chat_goes_on(
    debug: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from devops_exe.terminal.replies import system

    def broken(app: object, arguments: str) -> None:
        raise ZeroDivisionError("token=abcdefgh12345678")

    monkeypatch.setattr(system, "cost", broken)
    stage = Stage(*(["--debug"] if debug else []))
    assert stage.say("/cost") == ExitStatus.ENGINE
    assert ("Traceback" in stage.err) == debug
    assert "the conversation stands" in stage.err
    assert stage.say("/config") == ExitStatus.OK
    if debug:
        kept = log_file().read_text()
        assert "fault: Traceback" in kept
        assert "abcdefgh1234" not in kept
