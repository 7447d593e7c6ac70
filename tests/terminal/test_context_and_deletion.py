from __future__ import annotations

import json

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe.agent import prompts
from devops_exe.agent.conversation import Conversation, text_block
from devops_exe.agent.store import Store
from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.locations import sessions_file
from devops_exe.terminal.question import Answer


class Says:
    def __init__(self, yes: bool) -> None:
        self.yes = yes
        self.asked: list[str] = []

    def confirm(self, text: str, *, default: bool = False) -> Answer:
        self.asked.append(text)
        return Answer(self.yes)

    def words(self, text: str) -> str:
        raise AssertionError(text)


def listed() -> list[str]:
    with Store.open(sessions_file()) as store:
        return [one["id"] for one in store.sessions()]


def test_a_session_is_deleted_with_all_it_holds() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    first = stage.app.session.id
    stage.say("/new")
    stage.say("/devops crm on ECS, 100 rps")
    assert stage.say(f"/sessions delete {first}") == ExitStatus.OK
    assert stage.out == f"session {first} “checkout-api” is deleted\n"
    assert listed() == [stage.app.session.id]
    assert stage.say(f"/resume {first}") == ExitStatus.USAGE


def test_the_chat_asks_before_it_deletes() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    key = stage.app.session.id
    stage.app.chatting = True
    question = stage.app.question = Says(False)
    stage.say(f"/sessions delete {key}")
    assert listed() == [key]
    assert question.asked == [f"Delete session {key} “checkout-api” for good?"]
    stage.app.question = Says(True)
    stage.say("/sessions delete checkout")
    assert listed() == []


def test_the_present_session_goes_on_after_its_deletion() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    key = stage.app.session.id
    stage.say(f"/sessions delete {key}")
    assert stage.say("use canary") == ExitStatus.OK
    assert "this turn is not stored" not in stage.err
    (new,) = listed()
    assert new != key


@pytest.mark.parametrize("words", ["delete", "delete nothing-like-it", "destroy 3f2a"])
def test_what_cannot_be_deleted_is_refused(words: str) -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert stage.say(f"/sessions {words}") == ExitStatus.USAGE
    assert len(listed()) == 1


def test_context_shows_what_was_sent_and_the_prompts_version() -> None:
    stage = Stage()
    assert stage.say("/context") == ExitStatus.OK
    assert "nothing was sent" in stage.out
    talk = Conversation()
    talk.add_user([text_block("How many ‹secret:github-token:1› pods?"), text_block("<facts>")])
    talk.add_reply(
        [{"type": "tool_use", "id": "t1", "name": "slo", "input": {"slo_percent": 99.9}}],
        [{"type": "tool_result", "tool_use_id": "t1", "content": "43.2 min"}],
    )
    stage.app.session.memory = talk
    stage.say("/context")
    lines = stage.out.splitlines()
    assert lines[0].startswith(f"0  system     persona and rules, prompts {prompts.version()}, ")
    assert lines[1].startswith("1  user       2 text, 0.1 KiB: How many ‹secret:github-token")
    assert lines[2].startswith("2  assistant  1 tool_use")
    assert "3 messages, " in lines[4]
    stage.say("/context 3")
    assert "43.2 min" in stage.out
    stage.say("/context 0")
    assert "DEVOPS.EXE" in stage.out
    stage.say("/context all")
    assert stage.out.count("── user") == 2
    assert stage.say("/context 9") == ExitStatus.USAGE
    assert stage.say("/context please") == ExitStatus.USAGE


def test_context_as_an_object() -> None:
    stage = Stage("--json")
    talk = Conversation()
    talk.add_user([text_block("hello")])
    stage.app.session.memory = talk
    stage.say("/context")
    assert json.loads(stage.out)["data"]["prompts"] == prompts.version()
    stage.say("/context 1")
    assert json.loads(stage.out)["data"]["content"] == [{"type": "text", "text": "hello"}]
