from __future__ import annotations

import time
from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe.terminal.commands import COMMANDS
from devops_exe.terminal.completion import matching, suggestions


def texts(stage: Stage, line: str) -> list[str]:
    return [one.text for one in suggestions(stage.app, line)]


def test_a_slash_offers_every_built_command_with_its_summary() -> None:
    offered = suggestions(Stage().app, "/")
    assert {"/devops ", "/why ", "/quit"} <= {one.text for one in offered}
    unbuilt = {f"/{one.name}" for one in COMMANDS if not one.built}
    assert not unbuilt & {one.text.strip() for one in offered}
    assert all(one.meta for one in offered)


@pytest.mark.parametrize("line", ["", "hello", "why not /rolling", "/a\n/b", "/quit now", "/no x"])
def test_words_and_ends_are_left_alone(line: str) -> None:
    assert texts(Stage(), line) == []


def test_beginnings_come_before_letters_in_order() -> None:
    assert next(one.name for one in matching("le")) == "ledger"
    assert "sessions" in [one.name for one in matching("ssn")]
    assert matching("zzz") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/devops ", "pipeline "),
        ("/devops ro", "rollback "),
        ("/engine o", "offline"),
        ("/calc rt", "rto"),
        ("/calc rto ", "op=recovery "),
        ("/what-if pea", "peak_rps="),
        ("/what-if zones=2 slo_p", "slo_percent="),
        ("/export j", "json"),
        ("/help exit", "exit-codes"),
        ("/deploy can", "canary"),
        ("/why er", "error budget"),
        ("/why L1", "L10"),
    ],
)
def test_arguments_are_completed(line: str, expected: str) -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert expected in texts(stage, line)


def test_a_system_after_devops_is_not_completed() -> None:
    assert texts(Stage(), "/devops checkout pipe") == []


def test_sessions_and_folders_are_completed() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert texts(stage, "/resume ") == [stage.app.session.id]
    Path("shop/api").mkdir(parents=True)
    assert texts(stage, "/assess sh") == ["shop/"]
    assert texts(stage, "/assess shop/") == ["shop/api/"]
    assert texts(stage, "/assess nowhere/") == []


def test_the_replaced_part_is_what_was_typed() -> None:
    stage = Stage()
    for line in ("/wh", "/engine of", "/devops ro"):
        for one in suggestions(stage.app, line):
            assert one.text.startswith(line[-one.replaces :])


def test_a_menu_is_quick() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    suggestions(stage.app, "/why ")
    began = time.process_time()
    for line in ("/", "/wh", "/why ", "/what-if s", "/calc s", "/help ") * 5:
        suggestions(stage.app, line)
    assert time.process_time() - began < 30 * 0.02
