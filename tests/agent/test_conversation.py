from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.agent.conversation import (
    NO_ANSWER,
    Conversation,
    mend,
    result_block,
    text_block,
)
from devops_exe.ground.errors import UserError


def faults(messages: list[dict]) -> list[str]:
    """What the API would refuse, written from its rules and not from the code."""
    wrong, ids = [], set()
    for number, message in enumerate(messages):
        content = message["content"]
        if message["role"] != ("user", "assistant")[number % 2]:
            wrong.append(f"{number}: {message['role']}")
        if not content:
            wrong.append(f"{number}: empty")
        kinds = [block["type"] for block in content]
        if any(b["type"] == "text" and not b["text"].strip() for b in content):
            wrong.append(f"{number}: empty text")
        if number % 2 and "tool_result" in kinds:
            wrong.append(f"{number}: result of the model's")
        if not number % 2 and "tool_use" in kinds:
            wrong.append(f"{number}: call of the user's")
        asked = [b["id"] for b in messages[number - 1]["content"] if b["type"] == "tool_use"]
        answered = [b["tool_use_id"] for b in content if b["type"] == "tool_result"]
        if answered != (asked if number else []):
            wrong.append(f"{number}: {asked} answered by {answered}")
        if kinds[: len(answered)] != ["tool_result"] * len(answered):
            wrong.append(f"{number}: results late")
        for block in content:
            if block["type"] == "tool_use":
                if block["id"] in ids:
                    wrong.append(f"{number}: {block['id']} twice")
                ids.add(block["id"])
    if messages and any(b["type"] == "tool_use" for b in messages[-1]["content"]):
        wrong.append("calls without an answer")
    return wrong


def use(key: str, name: str = "slo") -> dict:
    return {"type": "tool_use", "id": key, "name": name, "input": {}}


def test_the_judge_of_these_tests_can_fail():
    assert faults([{"role": "assistant", "content": []}])
    assert faults([{"role": "user", "content": [use("a")]}])


def test_a_turn_with_tools():
    talk = Conversation()
    talk.add_user([text_block("hello")])
    talk.add_reply([text_block("let me see"), use("a"), use("b")], [result_block("a", "1")])
    talk.add_reply([text_block("done")])
    assert not faults(talk.messages)
    assert talk.messages[2]["content"][1] == result_block("b", NO_ANSWER, is_error=True)


def test_two_user_messages_become_one():
    talk = Conversation()
    talk.add_user([text_block("one")])
    talk.add_user([text_block("two"), text_block("  ")])
    assert talk.messages == [{"role": "user", "content": [text_block("one"), text_block("two")]}]


@pytest.mark.parametrize(
    "blocks", [[], [text_block("")], [text_block(" \n")], [{"type": "thinking", "thinking": "x"}]]
)
def test_a_reply_that_says_nothing_leaves_no_trace(blocks):
    talk = Conversation()
    talk.add_user([text_block("one")])
    talk.add_reply(blocks)
    assert len(talk) == 1


def test_an_empty_line_of_the_users_leaves_no_trace():
    talk = Conversation()
    talk.add_user([text_block("  ")])
    assert len(talk) == 0


def test_it_survives_json():
    talk = Conversation()
    talk.add_user([text_block("─ ‹secret:jwt:1›")])
    talk.add_reply([use("a")], [result_block("a", "x")])
    talk.remember("a", "ledger L1")
    again = Conversation.from_json(json.loads(json.dumps(talk.to_json())))
    assert (again.messages, again.references) == (talk.messages, talk.references)


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"messages": "x"}, 3])
def test_what_is_no_conversation(raw):
    with pytest.raises(UserError):
        Conversation.from_json(raw)


def test_ids_are_made_unique():
    talk = Conversation()
    talk.add_user([text_block("x")])
    assert talk.fresh_id("a") == "a"
    talk.add_reply([use("a")])
    assert talk.fresh_id("a") != "a"
    assert talk.fresh_id("") != talk.fresh_id("b")
    assert talk.fresh_id(None)


def test_old_results_are_left_out_for_their_references():
    talk = Conversation()
    talk.add_user([text_block("x")])
    for key in "abc":
        talk.add_reply([use(key)], [result_block(key, "long " * 100)])
    talk.remember("a", "ledger L1")
    assert talk.shorten() == 2
    contents = [m["content"][0]["content"] for m in talk.messages[2::2]]
    assert "ledger L1" in contents[0]
    assert contents[1] == "[left out]"
    assert contents[2].startswith("long")
    assert talk.shorten() == 0
    assert not faults(talk.messages)


def test_strings_as_content_are_read():
    assert mend([{"role": "user", "content": "hi"}]) == [
        {"role": "user", "content": [text_block("hi")]}
    ]


KEYS = st.sampled_from(["a", "b", "c", ""])
BLOCKS = st.one_of(
    st.builds(text_block, st.sampled_from(["hi", "", "  ", "there"])),
    st.builds(use, KEYS),
    st.builds(lambda k: result_block(k, "r"), KEYS),
    st.just({"type": "thinking", "thinking": "t", "signature": "s"}),
    st.sampled_from([{}, {"type": None}, {"type": "text"}, {"type": "tool_use", "id": "z"}]),
)
MESSAGES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "role": st.sampled_from(["user", "assistant", "system"]),
                "content": st.one_of(st.lists(BLOCKS, max_size=4), st.sampled_from(["", "s"])),
            }
        ),
        st.sampled_from([None, 3, {}, {"role": "user"}]),
    ),
    max_size=8,
)


@settings(max_examples=150)
@given(MESSAGES)
def test_whatever_is_read_back_is_mended(messages):
    mended = mend(messages)
    assert not faults(mended)
    assert mend(mended) == mended


@settings(max_examples=100)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("user"), st.lists(st.builds(text_block, st.sampled_from(["", "a"])))),
            st.tuples(
                st.just("reply"),
                st.lists(st.one_of(st.builds(text_block, st.text(max_size=2)), st.just("use"))),
            ),
        ),
        max_size=8,
    )
)
def test_any_order_of_steps_is_a_valid_conversation(steps):
    talk = Conversation()
    for kind, blocks in steps:
        if kind == "user":
            talk.add_user(blocks)
        else:
            made = []
            for block in blocks:
                key = talk.fresh_id(f"k{len(made)}-{len(talk)}")
                made.append(use(key) if block == "use" else block)
            talk.add_reply(made)
        assert not faults(talk.messages)
