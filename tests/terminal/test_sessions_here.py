"""Which sessions a list shows: this folder's chats, until all is said."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from chat_stage import Stage

from devops_exe.agent.store import Store
from devops_exe.agent.store_schema import APPLICATION_ID, MIGRATIONS
from devops_exe.ground.locations import sessions_file
from devops_exe.terminal.question import Person


def talk(folder: str, line: str, *, chat: bool = True) -> str:
    """A conversation of one line in a folder; its id."""
    Path(folder).mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(folder)
    stage = Stage()
    stage.app.chatting = stage.app.record.chat = chat
    stage.say(line)
    os.chdir(before)
    return stage.app.session.id


def in_chat(*said: str) -> Stage:
    stage = Stage()
    stage.app.chatting = stage.app.record.chat = True
    lines = iter(said)
    stage.app.question = Person(lambda _: next(lines))
    return stage


def test_a_chat_lists_this_folder_without_single_calls_until_all_is_said() -> None:
    here = talk(".", "/devops checkout-api on EKS")
    there = talk("elsewhere", "/devops orders on EKS")
    single = talk(".", "/devops carts on EKS", chat=False)
    stage = in_chat()
    stage.say("/sessions")
    assert here in stage.out
    assert there not in stage.out
    assert single not in stage.out
    assert "2 more of other folders and single calls: /sessions all" in stage.err
    stage.say("/sessions all")
    assert all(one in stage.out for one in (here, there, single))
    assert "more of" not in stage.err
    whole = Stage()  # a script sees all of them
    whole.say("/sessions")
    assert all(one in whole.out for one in (here, there, single))


def test_a_single_call_that_goes_on_in_a_chat_is_a_chat() -> None:
    single = talk(".", "/devops carts on EKS", chat=False)
    stage = in_chat()
    stage.say(f"/resume {single}")
    stage.say("/sessions")
    assert single not in stage.out.split()  # only looked at so far
    stage.say("use canary")
    stage.say("/sessions")
    assert single in stage.out.split()


def test_the_picker_offers_this_folder_and_all_when_asked() -> None:
    one, two = (talk(".", f"/devops shop-{name} on EKS") for name in ("a", "b"))
    other = talk("elsewhere", "/devops orders on EKS")
    stage = in_chat("2")
    stage.say("/resume")
    assert other not in stage.err
    assert "1 more: /resume all" in stage.err
    assert stage.app.session.id == one
    stage = in_chat("1")
    stage.say("/resume all")
    assert stage.app.session.id == other
    stage = in_chat("")
    stage.say("/resume")
    assert "nothing changed" in stage.out
    assert two in stage.err


def test_nothing_here_is_said_with_the_way_to_the_rest() -> None:
    stage = in_chat()
    stage.say("/sessions")
    assert stage.out == "no session is stored yet\n"
    talk("elsewhere", "/devops orders on EKS")
    stage = in_chat()
    stage.say("/sessions")
    assert stage.out == "no session of this folder is stored yet\n"
    stage.say("/resume")
    assert "/resume all lists the others" in stage.out


def test_one_alone_is_taken_up_without_a_question() -> None:
    one = talk(".", "/devops checkout-api on EKS")
    stage = in_chat()
    stage.say("/resume")
    assert stage.app.session.id == one


def test_a_store_of_the_first_version_is_brought_up_and_its_sessions_are_in_all() -> None:
    path = sessions_file()
    path.parent.mkdir(parents=True)
    old = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        old.execute(statement)
    old.execute("INSERT INTO sessions (id, title, created, updated) VALUES ('3f2a', 'old', '', '')")
    old.execute("INSERT INTO turns VALUES ('3f2a', 1, '', '/devops old', 'text', 'offline')")
    old.execute("PRAGMA user_version = 1")
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.commit()
    old.close()
    with Store.open(path) as store:
        assert [one["id"] for one in store.sessions()] == ["3f2a"]
        assert store.sessions("/somewhere", chats=True) == []
    stage = in_chat()
    stage.say("/sessions all")
    assert "3f2a" in stage.out
