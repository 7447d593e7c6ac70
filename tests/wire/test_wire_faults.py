"""One test a fault of HTTP and of the stream's grammar; sockets are in test_wire_sockets."""

from __future__ import annotations

import random
from email.utils import format_datetime

import httpx
import pytest
from wire_script import (
    Box,
    asks,
    converse,
    faults,
    refusal,
    says,
    settings,
    start,
    stop,
    stream,
    text,
    tool,
)

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.claude.settings import PLACEHOLDER_KEY, ClaudeSettings
from devops_exe.ground.clock import now
from devops_exe.ground.errors import EngineError, ExitStatus, UserError

GOOD = says("good")


# ── errors that pass by themselves ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (408, "timeout_error", "timeout"),
        (409, "conflict_error", "conflict"),
        (429, "rate_limit_error", "rate limit"),
        (500, "api_error", "error of the service"),
        (502, "x", "bad gateway"),
        (503, "x", "unavailable"),
        (504, "timeout_error", "timeout"),
        (529, "overloaded_error", "overloaded"),
        (599, "x", "refused"),
    ],
)
def test_passing_errors_are_tried_again_and_shown(router, no_waiting, status, kind, word):
    run = converse(router, [refusal(status, kind), stream(GOOD)])
    assert (run.done, run.text) == ("end_turn", "good")
    (retry,) = run.retries
    assert (retry.attempt, retry.of) == (2, 5)
    assert word in retry.reason
    assert str(status) in retry.reason


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "invalid_request_error", "bad_request"),
        (401, "authentication_error", "wrong_key"),
        (402, "billing_error", "payment_required"),
        (403, "permission_error", "not_allowed"),
        (404, "not_found_error", "unknown_model"),
        (413, "request_too_large", "context_full"),
        (422, "invalid_request_error", "bad_request"),
        (418, "teapot", "bad_request"),
    ],
)
def test_lasting_errors_are_not_tried_again(router, status, kind, code):
    run = converse(router, [refusal(status, kind), stream(GOOD)])
    assert run.error.code == code
    assert run.error.status == ExitStatus.ENGINE
    assert len(run.requests) == 1
    assert not run.retries
    assert "\n" not in run.error.line()


def test_attempts_end(router, no_waiting):
    run = converse(router, [refusal(529, "overloaded_error", "busy")] * 9)
    assert len(run.requests) == 5
    assert [r.attempt for r in run.retries] == [2, 3, 4, 5]
    assert run.error.code == "overloaded"
    assert "busy" in run.error.message


def test_the_wait_has_full_jitter(router, monkeypatch):
    monkeypatch.setattr("devops_exe.agent.claude.turn.asyncio.sleep", _no_sleep)
    random.seed(1)
    waits = [
        retry.seconds
        for _ in range(20)
        for retry in converse(router, [refusal(500, "api_error")] * 5).retries
    ]
    assert max(waits) <= 8
    assert min(waits) < 0.3
    assert len(set(waits)) == len(waits)


async def _no_sleep(seconds):
    return None


def test_retry_after_is_obeyed(router, no_waiting):
    run = converse(router, [refusal(429, "rate_limit_error", **{"retry-after": "7"}), stream(GOOD)])
    assert 7 <= run.retries[0].seconds < 7.2
    assert 7 <= no_waiting[0] < 7.2


def test_retry_after_in_milliseconds_wins(router, no_waiting):
    headers = {"retry-after": "50", "retry-after-ms": "1500"}
    run = converse(router, [refusal(429, "rate_limit_error", **headers), stream(GOOD)])
    assert 1.5 <= run.retries[0].seconds < 1.7


def test_retry_after_may_be_a_date(router, no_waiting):
    from datetime import timedelta

    headers = {"retry-after": format_datetime(now() + timedelta(seconds=20))}
    run = converse(router, [refusal(503, "x", **headers), stream(GOOD)])
    assert 15 < run.retries[0].seconds <= 20.2


@pytest.mark.parametrize("value", ["soon", "nan", "-5", ""])
def test_retry_after_that_says_nothing_is_ignored(router, no_waiting, value):
    run = converse(
        router, [refusal(429, "rate_limit_error", **{"retry-after": value}), stream(GOOD)]
    )
    assert run.done == "end_turn"
    assert 0 <= run.retries[0].seconds < 1


def test_a_retry_after_above_the_cap_ends_the_turn_and_is_said(router):
    run = converse(router, [refusal(429, "rate_limit_error", **{"retry-after": "3600"})])
    assert len(run.requests) == 1
    assert "3600 s" in run.error.message


def test_a_wait_longer_than_the_turn_ends_it(router):
    run = converse(
        router, [refusal(429, "rate_limit_error", **{"retry-after": "30"})], timeout_seconds=10
    )
    assert (run.done, run.error.where) == ("budget", "--timeout")
    assert "rate limit" in run.error.message


def test_x_should_retry_has_the_last_word(router, no_waiting):
    no = converse(router, [refusal(500, "api_error", **{"x-should-retry": "false"})])
    assert len(no.requests) == 1
    router.routes.clear()
    yes = converse(router, [refusal(400, "x", **{"x-should-retry": "true"}), stream(GOOD)])
    assert yes.done == "end_turn"


@pytest.mark.parametrize("error", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ConnectError])
def test_connections_that_fail_are_tried_again(router, no_waiting, error):
    import httpx2

    ours = getattr(httpx2, error.__name__)
    run = converse(router, [ours("x"), stream(GOOD)])
    assert run.done == "end_turn"
    assert len(run.retries) == 1


# ── errors inside a stream ───────────────────────────────────────────────────────────────────
def _error(kind: str) -> list[dict]:
    return [
        start(),
        *text(0, "half a "),
        {"type": "error", "error": {"type": kind, "message": "m"}},
    ]


@pytest.mark.parametrize(
    "kind", ["overloaded_error", "rate_limit_error", "api_error", "timeout_error"]
)
def test_a_passing_error_in_mid_stream_is_asked_again(router, no_waiting, kind):
    run = converse(router, [stream(_error(kind)), stream(GOOD)])
    assert run.text == "half a good"
    assert [(cut.attempt, cut.of) for cut in run.cuts] == [(2, 5)]
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "good"}]


@pytest.mark.parametrize(
    "kind", ["invalid_request_error", "authentication_error", "brand_new_error"]
)
def test_a_lasting_error_in_mid_stream_ends_the_turn_and_keeps_the_text(router, kind):
    run = converse(router, [stream(_error(kind))])
    assert (run.done, run.error.code) == ("error", "service_failed")
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "half a"}]


def test_an_error_as_json_with_status_200(router, no_waiting):
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    run = converse(router, [httpx.Response(200, json=body), stream(GOOD)])
    assert run.done == "end_turn"


# ── broken streams ───────────────────────────────────────────────────────────────────────────
BROKEN = {
    "no events": b"",
    "no message_stop": [start(), *text(0, "half")],
    "only a start": [start()],
    "not JSON": b"event: message_start\ndata: {nope\n\n",
    "JSON but no object": b"event: message_start\ndata: [1]\n\n",
    "not UTF-8": b"event: message_start\ndata: \xff\xfe\n\n",
    "delta without a block": [
        start(),
        {"type": "content_block_delta", "index": 4, "delta": {"type": "text_delta", "text": "x"}},
    ],
    "stop without a block": [start(), {"type": "content_block_stop", "index": 0}],
    "block begun twice": [start(), *text(0, "a"), *text(0, "b")],
    "index is a text": [
        start(),
        {"type": "content_block_start", "index": "0", "content_block": {}},
    ],
    "index is a list": [start(), {"type": "content_block_stop", "index": []}],
    "block is a text": [start(), {"type": "content_block_start", "index": 0, "content_block": "x"}],
    "deep JSON": b"data: " + b"[" * 200_000 + b"\n\n",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_stream_is_asked_again(router, no_waiting, body):
    run = converse(router, [stream(body), stream(GOOD)])
    assert (run.done, len(run.retries)) == ("end_turn", 1)
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "good"}]


def test_a_stream_that_stays_broken_is_an_error(router, no_waiting):
    run = converse(router, [stream([start(), *text(0, "half")])] * 5)
    assert run.error.code == "broken_stream"
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "half"}]


def test_a_cut_tool_call_runs_nothing(router, no_waiting):
    box = Box(a="b")
    cut = [start(), *tool(0, "a", '{"x": ')[:2]]
    run = converse(router, [stream(cut), stream(asks(("a", '{"x": 1}'))), stream(GOOD)], box=box)
    assert box.called == [("a", {"x": 1})]
    assert not faults(run.conversation.messages)


def test_a_cut_in_the_second_round_keeps_the_first(router, no_waiting):
    box = Box(a="b")
    replies = [stream(asks(("a", "{}"))), stream([start(), *text(0, "ha")]), stream(GOOD)]
    run = converse(router, replies, box=box)
    assert len(box.called) == 1
    assert run.requests[1]["messages"] == run.requests[2]["messages"]
    assert run.conversation.messages[-1]["content"] == [{"type": "text", "text": "good"}]


def test_tokens_of_a_broken_reply_count(router, no_waiting):
    run = converse(router, [stream([start(), *text(0, "ha")]), stream(GOOD)])
    assert (run.usage.input_tokens, run.usage.output_tokens, run.usage.round_trips) == (20, 8, 1)


@pytest.mark.parametrize("usage", [None, "many", {"output_tokens": "9"}, {"output_tokens": -3}])
def test_strange_usage_counts_as_none(router, usage):
    events = [start(), *text(0, "x"), *stop()]
    events[-2]["usage"] = usage
    assert converse(router, [stream(events)]).usage.output_tokens == 1


def test_crlf_lines_and_comments_are_the_same_stream(router):
    from wire_script import sse

    body = b": hello\r\n\r\nevent: ping\r\ndata: {}\r\n\r\n" + sse(GOOD).replace(b"\n", b"\r\n")
    assert converse(router, [stream(body)]).text == "good"


# ── addresses and keys ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "url", ["no url", "ftp://x", "localhost:4010", "http://", "http://[::1", "http://h:port", "//x"]
)
def test_a_base_url_that_is_no_url(url):
    with pytest.raises(UserError) as caught:
        ClaudeEngine(settings(base_url=url), "", Box())
    assert (caught.value.code, caught.value.status) == ("bad_base_url", ExitStatus.USAGE)


@pytest.mark.parametrize("tail", ["", "/", "/v1", "/v1/", "/v1/messages"])
def test_a_base_url_may_end_as_people_write_it(router, tail):
    router.post("http://models.example/v1/messages").mock(side_effect=[stream(GOOD)])
    run = converse(router, [], base_url=f"http://models.example{tail}")
    assert run.text == "good"


def test_a_web_page_with_status_200(router):
    page = httpx.Response(200, html="<!doctype html><h1>Hi</h1>")
    run = converse(router, [page], base_url=None)
    assert run.error.code == "not_an_api"
    assert "a web page" in run.error.message


def test_a_web_page_with_status_404(router):
    router.post("http://site.example/v1/messages").mock(
        return_value=httpx.Response(404, html="<html>not found</html>")
    )
    run = converse(router, [], base_url="http://site.example")
    assert run.error.code == "not_an_api"
    assert "a web page" in run.error.message
    assert "<" not in run.error.line()


def test_json_that_is_no_message(router):
    assert converse(router, [httpx.Response(200, json={"hello": 1})]).error.code == "not_an_api"


def test_a_model_that_does_not_exist(router):
    run = converse(router, [refusal(404, "not_found_error", "model: claude-9")], model="claude-9")
    assert (run.error.code, run.error.where) == ("unknown_model", "--model")
    assert "claude-9" in run.error.message


def test_no_key_is_said_before_anything_is_sent():
    with pytest.raises(EngineError) as caught:
        ClaudeEngine(ClaudeSettings(), "", Box())
    assert (caught.value.code, caught.value.status) == ("no_key", ExitStatus.ENGINE)
    assert "ANTHROPIC_API_KEY" in caught.value.line()


def test_a_base_url_without_a_key_sends_a_placeholder(router):
    route = router.post("http://mine.example/v1/messages").mock(side_effect=[stream(GOOD)])
    run = converse(router, [], base_url="http://mine.example", api_key=None)
    assert run.done == "end_turn"
    assert route.calls[0].request.headers["authorization"] == f"Bearer {PLACEHOLDER_KEY}"


def test_a_token_is_sent_where_there_is_no_key(router):
    converse(router, [stream(GOOD)], api_key=None, auth_token="tok")
    assert router.calls[0].request.headers["authorization"] == "Bearer tok"


def test_blanks_around_a_key_are_cut(router):
    converse(router, [stream(GOOD)], api_key=" sk-a \n")
    assert router.calls[0].request.headers["authorization"] == "Bearer sk-a"


@pytest.mark.parametrize("key", ["sk-ä", "two words", "a\nb", "a\x00"])
def test_a_key_that_cannot_be_one(key):
    with pytest.raises(UserError, match="the key holds"):
        ClaudeEngine(settings(api_key=key), "", Box())


# ── capabilities, length ─────────────────────────────────────────────────────────────────────
def test_a_server_without_caching_is_asked_without(router):
    no = refusal(
        400, "invalid_request_error", "system.0.cache_control: Extra inputs are not permitted"
    )
    run = converse(router, [no, stream(GOOD), stream(GOOD)], "one", "two")
    assert "cache_control" in run.notices
    assert run.notices.count("left off") == 1
    assert '"cache_control"' not in str(run.requests[1:])
    assert not run.retries


def test_engines_of_one_server_share_what_they_found_out(router):
    import asyncio

    from wire_script import URL, turn

    from devops_exe.agent.conversation import Conversation

    no = refusal(400, "invalid_request_error", "cache_control: not permitted")
    route = router.post(URL).mock(side_effect=[no, stream(GOOD), stream(GOOD)])
    known: set[str] = set()

    async def main() -> list:
        events = []
        for _ in range(2):
            where = settings(model="claude-3-haiku")
            async with ClaudeEngine(where, "Persona.", Box(), known=known) as engine:
                events += await turn(engine, Conversation(), "hello")
        return events

    events = asyncio.run(main())
    assert route.call_count == 3
    assert sum("no longer served" in str(event) for event in events) == 1


def test_a_server_without_thinking_is_asked_without(router):
    no = refusal(400, "invalid_request_error", "thinking is not supported by this model")
    run = converse(router, [no, stream(GOOD)], thinking=True)
    assert run.done == "end_turn"
    assert "thinking" not in run.requests[1]


def test_a_prompt_too_long_is_shortened_and_asked_again(router):
    from devops_exe.agent.engine import ToolResult

    box = Box(a=ToolResult("x" * 900, reference="ledger L2"))
    long = refusal(400, "invalid_request_error", "prompt is too long: 213000 tokens > 200000")
    replies = [stream(asks(("a", "{}"))), stream(GOOD), long, stream(GOOD)]
    run = converse(router, replies, "one", "two", box=box)
    assert run.events[-1].stop == "end_turn"
    assert "ledger L2" in run.results[0]["content"]
    assert "1 old tool results" in run.notices


def test_a_prompt_too_long_with_nothing_to_leave_out(router):
    run = converse(router, [refusal(413, "request_too_large")])
    assert (run.done, run.error.code) == ("context", "context_full")
