from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import date, datetime
from itertools import pairwise

import httpx
import pytest
import respx
from wire_script import (
    Box,
    asks,
    converse,
    faults,
    says,
    settings,
    sse,
    start,
    stop,
    stream,
    text,
    tool,
)

from devops_exe.agent.engine import ToolResult
from devops_exe.agent.events import Notice, ToolFinished, ToolStarted
from devops_exe.ground.errors import BudgetExhausted, UserError


def test_an_unmocked_call_fails(unmocked, no_waiting):
    with pytest.raises(AssertionError, match="not mocked"):
        asyncio.run(_fetch("https://example.com/"))
    unmocked.clear()
    with respx.mock(using="httpcore2", assert_all_called=False) as empty:
        assert converse(empty, [], base_url="https://elsewhere.example").done == "error"
    assert unmocked
    unmocked.clear()


async def _fetch(url):
    import httpx2

    async with httpx2.AsyncClient() as client:
        await client.get(url)


def test_words_arrive_in_pieces_and_enter_the_conversation(router):
    run = converse(router, [stream(says("Checking ", "pods"))])
    assert [e.text for e in run.events[:2]] == ["Checking ", "pods"]
    assert run.done == "end_turn"
    assert run.conversation.messages == [
        {"role": "user", "content": [{"type": "text", "text": "hello"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Checking pods"}]},
    ]


def test_a_tool_is_run_and_its_answer_sent(router):
    box = Box(scaling=lambda a: f"{a['rps'] // 60 + 1} replicas")
    replies = [stream(asks(("scaling", '{"rps": 1200}'), words="Let me see.")), stream(says("21."))]
    run = converse(router, replies, box=box)
    assert box.called == [("scaling", {"rps": 1200})]
    started, finished = run.of(ToolStarted)[0], run.of(ToolFinished)[0]
    assert (started.name, started.arguments) == ("scaling", "rps=1200")
    assert (finished.ok, finished.summary, finished.id) == (True, "21 replicas", started.id)
    sent = run.requests[1]["messages"]
    assert sent[1]["content"][1]["input"] == {"rps": 1200}
    assert sent[2]["content"][0]["tool_use_id"] == sent[1]["content"][1]["id"]
    assert sent[2]["content"][0]["content"] == "21 replicas"
    assert not faults(run.conversation.messages)
    assert run.usage.round_trips == 2


def test_tools_of_one_round_run_together_and_answer_in_order(router):
    async def slow(arguments):
        await asyncio.sleep(arguments["s"])
        return f"slept {arguments['s']}"

    calls = [("slow", json.dumps({"s": s})) for s in (0.2, 0.05, 0.1)]
    begun = time.perf_counter()
    run = converse(router, [stream(asks(*calls)), stream(says("ok"))], box=Box(slow=slow))
    assert time.perf_counter() - begun < 5
    assert [e.summary for e in run.of(ToolFinished)] == ["slept 0.05", "slept 0.1", "slept 0.2"]
    assert [r["content"] for r in run.results] == ["slept 0.2", "slept 0.05", "slept 0.1"]
    assert sum(e.milliseconds for e in run.of(ToolFinished)) > 340


def test_identical_calls_of_a_round_run_once_and_each_is_answered(router):
    box = Box(slo="21.6 min")
    calls = [("slo", '{"days": 30, "percent": 99.95}'), ("slo", '{"percent":99.95,"days":30}')]
    run = converse(router, [stream(asks(*calls)), stream(says("ok"))], box=box)
    assert len(box.called) == 1
    assert [r["content"] for r in run.results] == ["21.6 min", "21.6 min"]
    assert not faults(run.conversation.messages)


def test_a_tool_may_end_the_turn(router):
    box = Box(submit=ToolResult("accepted", ends_turn=True, events=(Notice("here it is"),)))
    run = converse(router, [stream(asks(("submit", "{}")))], box=box)
    assert run.done == "tool"
    assert "here it is" in run.notices
    assert not faults(run.conversation.messages)


def test_the_next_turn_follows_a_turn_that_a_tool_ended(router):
    box = Box(submit=ToolResult("accepted", ends_turn=True))
    replies = [stream(asks(("submit", "{}"))), stream(says("Because."))]
    route_run = converse_two(router, replies, box)
    assert not faults(route_run.conversation.messages)
    assert [b["type"] for b in route_run.requests[1]["messages"][2]["content"]] == [
        "tool_result",
        "text",
    ]


def converse_two(router, replies, box):
    return converse(router, replies, "a document", "why?", box=box)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('{"ns": "prod', "not whole JSON"),
        ('{"ns": "prod"} and more', "not whole JSON"),
        ("{ns: prod}", "not whole JSON"),
        ("[1, 2]", "must be a JSON object, not a list"),
        ('"prod"', "must be a JSON object, not a text"),
        ("12", "must be a JSON object, not a number"),
        ("null", "must be a JSON object, not nothing"),
        ('{"n": NaN}', "NaN is no JSON"),
        ('{"n": 1e999}', "out of range"),
        ("[" * 100_000, "not whole JSON"),
    ],
)
def test_broken_arguments_run_nothing_and_are_told(router, raw, words):
    box = Box(pods="3 pods")
    run = converse(router, [stream(asks(("pods", raw))), stream(says("I see"))], box=box)
    assert box.called == []
    assert run.results[0]["is_error"] is True
    assert words in run.results[0]["content"]
    assert run.done == "end_turn"
    assert not faults(run.conversation.messages)


def test_an_unknown_tool_is_told_to_the_model(router):
    run = converse(router, [stream(asks(("rm_rf", "{}"))), stream(says("sorry"))], box=Box(a="b"))
    assert run.results[0]["is_error"] is True
    assert "no tool named rm_rf" in run.results[0]["content"]


def test_an_error_of_ours_answers_in_a_users_words(router):
    def fails(arguments):
        raise UserError("must be under 100", where="slo.percent", fix="write 99.95")

    run = converse(router, [stream(asks(("slo", "{}"))), stream(says("ok"))], box=Box(slo=fails))
    assert run.results[0] == {
        "type": "tool_result",
        "tool_use_id": run.results[0]["tool_use_id"],
        "content": "slo.percent: must be under 100; write 99.95",
        "is_error": True,
    }


def test_a_bug_in_a_tool_does_not_end_the_turn(router):
    run = converse(
        router, [stream(asks(("a", "{}"))), stream(says("ok"))], box=Box(a=lambda _: 1 / 0)
    )
    assert run.done == "end_turn"
    assert run.results[0]["is_error"] is True


def test_an_empty_answer_of_a_tool_is_said_to_be_one(router):
    run = converse(router, [stream(asks(("a", "{}"))), stream(says("ok"))], box=Box(a="  "))
    assert run.results[0]["content"] == "(no output)"


def test_input_given_whole_at_the_start_counts(router):
    block = {"type": "tool_use", "id": "t1", "name": "a", "input": {"x": 1}}
    events = [
        start(),
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_stop", "index": 0},
        *stop("tool_use"),
    ]
    box = Box(a="ok")
    converse(router, [stream(events), stream(says("ok"))], box=box)
    assert box.called == [("a", {"x": 1})]


def test_lone_surrogates_never_reach_the_wire(router):
    box = Box(a="bad \ud800 text")
    replies = [stream(asks(("a", '{"x": "\\ud83d"}'))), stream(says("ok"))]
    run = converse(router, replies, "line \udcff", box=box)
    assert run.done == "end_turn"
    assert len(run.requests) == 2


def test_ids_used_twice_are_made_unique(router):
    twice = [
        start(),
        *tool(0, "a", "{}", key="x"),
        *tool(1, "a", '{"n":1}', key="x"),
        *stop("tool_use"),
    ]
    replies = [stream(twice), stream(twice), stream(says("ok"))]
    run = converse(router, replies, box=Box(a="ok"))
    assert run.done == "end_turn"
    assert not faults(run.conversation.messages)


def test_a_missing_id_is_made_up(router):
    events = [start(), *tool(0, "a", "{}"), *stop("tool_use")]
    del events[1]["content_block"]["id"]
    run = converse(router, [stream(events), stream(says("ok"))], box=Box(a="ok"))
    assert run.done == "end_turn"
    assert not faults(run.conversation.messages)


# ── stop reasons ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence", "tool_use", None])
def test_plain_ends(router, reason):
    run = converse(router, [stream(says("done", reason=reason))])
    assert (run.done, run.notices) == ("end_turn", "")


def test_a_stop_reason_not_known_yet_is_said(router):
    run = converse(router, [stream(says("done", reason="moonrise"))])
    assert run.done == "end_turn"
    assert "moonrise" in run.notices


def test_max_tokens_is_said(router):
    run = converse(router, [stream(says("and so", reason="max_tokens"))], reply_tokens=300)
    assert run.done == "max_tokens"
    assert "300 tokens" in run.notices
    assert run.requests[0]["max_tokens"] == 300


def test_max_tokens_inside_a_tool_call_is_told_to_the_model(router):
    box = Box(a="ok")
    cut = stream(asks(("a", '{"x": "very lo'), reason="max_tokens"))
    run = converse(router, [cut, stream(says("shorter"))], box=box)
    assert box.called == []
    assert "limit of length" in run.results[0]["content"]


def test_refusal(router):
    run = converse(router, [stream(says("I", reason="refusal"))])
    assert run.done == "refusal"
    assert "declined" in run.notices


def test_pause_turn_goes_on(router):
    run = converse(router, [stream(says("One. ", reason="pause_turn")), stream(says("Two."))])
    assert run.text == "One. Two."
    assert run.requests[1]["messages"][-1]["role"] == "assistant"
    assert not faults(run.conversation.messages)


def test_a_full_context_leaves_out_old_results_first(router):
    box = Box(a=ToolResult("x" * 500, reference="ledger L1"))
    replies = [
        stream(asks(("a", "{}"))),
        stream(says("seen")),
        stream(says("par", reason="model_context_window_exceeded")),
    ]
    run = converse(router, replies, "one", "two", box=box)
    assert "ledger L1" in run.results[0]["content"]
    assert run.events[-1].stop == "context"


def test_a_full_context_with_nothing_to_leave_out_is_an_error(router):
    run = converse(router, [stream(says("par", reason="model_context_window_exceeded"))])
    assert (run.done, run.error.code) == ("context", "context_full")


def test_an_empty_reply_is_said(router):
    run = converse(router, [stream([start(), *stop()])])
    assert "answered with nothing" in run.notices
    assert len(run.conversation) == 1


def test_unknown_blocks_deltas_and_events_are_skipped(router):
    events = [
        start(),
        {"type": "moon_phase", "x": 1},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "hologram", "x": 1}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "hologram_delta", "y": 2}},
        {"type": "content_block_stop", "index": 0},
        *text(1, "words"),
        *stop(),
    ]
    run = converse(router, [stream(events)])
    assert (run.text, run.done) == ("words", "end_turn")
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "words"}]


def test_thoughts_go_back_with_their_signature(router):
    thought = {"type": "thinking", "thinking": "", "signature": ""}
    events = [
        start(),
        {"type": "content_block_start", "index": 0, "content_block": thought},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "hm"},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "signature_delta", "signature": "S1"},
        },
        {"type": "content_block_stop", "index": 0},
        *tool(1, "a", "{}"),
        *stop("tool_use"),
    ]
    run = converse(router, [stream(events), stream(says("ok"))], box=Box(a="b"), thinking=True)
    assert run.requests[0]["thinking"] == {"type": "adaptive"}
    assert run.requests[1]["messages"][1]["content"][0] == {
        "type": "thinking",
        "thinking": "hm",
        "signature": "S1",
    }


def test_a_server_that_does_not_stream_is_understood(router):
    message = start()["message"] | {
        "content": [{"type": "text", "text": "whole"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 4},
    }
    run = converse(router, [httpx.Response(200, json=message)])
    assert (run.text, run.done, run.usage.output_tokens) == ("whole", "end_turn", 4)


def test_a_server_without_event_lines_is_understood(router):
    body = b"".join(
        line + b"\n\n" for line in sse(says("bare")).split(b"\n") if line[:5] == b"data:"
    )
    run = converse(router, [stream(body)])
    assert (run.text, run.done) == ("bare", "end_turn")


def test_the_models_control_sequences_are_stripped_across_pieces(router):
    run = converse(router, [stream(says("red \x1b[3", "1mnow\x1b]0;ti", "tle\x07 done\u202e"))])
    assert run.text == "red now done"
    assert run.conversation.messages[1]["content"][0]["text"] == "red now done"


# ── usage, prefix, budgets ───────────────────────────────────────────────────────────────────
def test_usage_of_the_last_event_overwrites_and_rounds_add_up(router):
    one = [
        start(cache_creation_input_tokens=100),
        *tool(0, "a", "{}"),
        *stop("tool_use", input_tokens=12),
    ]
    two = [start(cache_read_input_tokens=100), *text(0, "x"), *stop()]
    run = converse(router, [stream(one), stream(two)], box=Box(a="b"))
    usage = run.usage
    assert (usage.input_tokens, usage.output_tokens) == (22, 14)
    assert (usage.cache_write_tokens, usage.cache_read_tokens) == (100, 100)


def test_the_prefix_is_marked_and_its_bytes_do_not_change(router):
    replies = [stream(asks(("a", "{}"))), stream(says("x")), stream(says("y"))]
    run = converse(router, replies, "one $ARGUMENTS {}", "two", box=Box(a="b", c="d"))
    prefixes = {json.dumps([r["system"], r["tools"], r["model"]]) for r in run.requests}
    assert len(prefixes) == 1
    request = run.requests[-1]
    assert request["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert request["tools"][-1]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in request["tools"][0]
    assert json.dumps(request["messages"]).count("cache_control") == 1
    assert request["messages"][-1]["content"][-1]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in json.dumps(run.conversation.messages)
    # What was sent before is sent again unchanged, byte for byte, but for the moving mark.
    mark = ', "cache_control": {"type": "ephemeral"}'
    bodies = [json.dumps(each["messages"]).replace(mark, "")[:-1] for each in run.requests]
    assert all(after.startswith(before) for before, after in pairwise(bodies))


def test_rounds_end_a_turn(router):
    replies = [stream(asks(("a", f'{{"n": {n}}}'))) for n in range(3)]
    run = converse(router, replies, box=Box(a="b"), max_rounds=3)
    assert run.done == "budget"
    assert isinstance(run.error, BudgetExhausted)
    assert "3 replies" in run.error.message
    assert run.error.where == "--max-rounds"
    assert not faults(run.conversation.messages)


def test_the_last_round_may_still_be_ended_by_a_tool(router):
    box = Box(a=ToolResult("accepted", ends_turn=True))
    assert converse(router, [stream(asks(("a", "{}")))], box=box, max_rounds=1).done == "tool"


def test_tokens_end_a_turn(router):
    replies = [stream(asks(("a", "{}")))]
    run = converse(router, replies, box=Box(a="b"), max_tokens=17)
    assert (run.done, run.error.where) == ("budget", "--max-tokens")
    assert run.requests[0]["max_tokens"] == 17
    assert not faults(run.conversation.messages)


def test_a_reply_cut_short_by_the_turns_tokens_names_that_limit(router):
    run = converse(router, [stream(says("so", reason="max_tokens"))], max_tokens=50)
    assert (run.done, run.error.where, run.text) == ("budget", "--max-tokens", "so")


def test_seconds_end_a_turn_while_tools_run(router):
    async def slow(_):
        await asyncio.sleep(30)

    run = converse(
        router, [stream(asks(("slow", "{}"), ("a", "{}")))], box=Box(slow=slow, a="b"),
        timeout_seconds=0.5,
    )  # fmt: skip
    assert (run.done, run.error.where) == ("budget", "--timeout")
    assert [r.get("is_error", False) for r in run.results] == [True, False]
    assert not faults(run.conversation.messages)


def test_the_same_calls_in_three_rounds_end_a_turn(router):
    replies = [stream(asks(("a", '{"n": 1}'))) for _ in range(9)]
    box = Box(a="b")
    run = converse(router, replies, box=box)
    assert (run.done, run.error.code) == ("budget", "same_calls")
    assert len(run.requests) == 3
    assert len(box.called) == 2
    assert not faults(run.conversation.messages)


def test_the_same_calls_with_a_pause_between_do_not(router):
    calls = [("a", '{"n": 1}'), ("a", '{"n": 1}'), ("a", '{"n": 2}'), ("a", '{"n": 1}')]
    replies = [*(stream(asks(call)) for call in calls), stream(says("ok"))]
    assert converse(router, replies, box=Box(a="b")).done == "end_turn"


def test_four_fifths_of_a_limit_are_said(router):
    replies = [*(stream(asks(("a", f'{{"n": {n}}}'))) for n in range(4)), stream(says("ok"))]
    run = converse(router, replies, box=Box(a="b"), max_rounds=5)
    assert "4 of the turn's 5 replies are used" in run.notices


# ── privacy and models ───────────────────────────────────────────────────────────────────────
def test_secrets_do_not_leave(router):
    token = "ghp_" + "a1B2" * 9
    box = Box(a=f"found {token} in .env")
    run = converse(
        router, [stream(asks(("a", "{}"))), stream(says("ok"))], f"my key is {token}", box=box
    )
    assert token not in json.dumps(run.requests)
    assert token not in json.dumps(run.conversation.to_json())
    assert token not in repr(run.events)
    assert json.dumps(run.requests[1], ensure_ascii=False).count("‹secret:github-token:1›") == 2


def test_a_secret_in_arguments_is_not_cut_into_view(router):
    token = "ghp_" + "a1B2" * 9
    call = ("a", json.dumps({"path": token}))
    run = converse(router, [stream(asks(call)), stream(says("ok"))], box=Box(a="b"))
    assert token[:12] not in run.of(ToolStarted)[0].arguments


def test_an_old_model_is_a_warning_once(router, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")  # 18 November 2026
    replies = [stream(says("a")), stream(says("b"))]
    run = converse(router, replies, "1", "2", model="claude-sonnet-4-5-20250929")
    assert run.notices.count("ends on 2026-11-30") == 1


@pytest.mark.parametrize("model", ["claude-3-5-sonnet-20241022", "claude-opus-4-20250514"])
def test_a_model_that_is_gone(model):
    assert "no longer served" in settings(model=model).model_warning(date(2026, 11, 24))


@pytest.mark.parametrize(
    "model", ["claude-sonnet-5-5", "claude-opus-5", "claude-opus-4-6", "claude-sonnet-5", "mine"]
)
def test_a_current_model_is_no_warning(model):
    assert settings(model=model).model_warning(date(2026, 11, 24)) is None


def test_every_model_the_sdk_calls_deprecated_is_known():
    from anthropic._data import DEPRECATED_MODELS

    for model, end in DEPRECATED_MODELS.items():
        words = settings(model=model).model_warning(date(2026, 1, 1))
        assert words, model
        day = datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", end), "%B %d, %Y")  # noqa: DTZ007
        assert day.date().isoformat() in words


def test_the_default_model_is_no_warning(router):
    run = converse(router, [stream(says("a"))])
    assert (run.notices, run.requests[0]["model"]) == ("", "claude-sonnet-5-5")
