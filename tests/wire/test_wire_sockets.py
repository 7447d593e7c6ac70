"""Faults over a real socket: cuts, hangs, refusals, and the user's own interruptions."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import aclosing

import pytest
from loopback import HEAD, Loopback, begun, chunk, whole
from wire_script import Box, Run, asks, faults, says, settings, sse, start, stop, text, tool, turn

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.conversation import Conversation, text_block
from devops_exe.agent.events import Retry, TextDelta, ToolFinished, ToolStarted

HALF = [start(), *text(0, "half a ", "word")[:-1]]
GOOD = says("good")


def play(*scripts: list, words=("hello",), box=None, **changes) -> Run:
    conversation, events = Conversation(), []

    async def main() -> list[dict]:
        async with Loopback(*scripts) as server:
            where = settings(base_url=server.url, **changes)
            async with ClaudeEngine(where, "Persona.", box or Box()) as engine:
                for line in words:
                    events.extend(await turn(engine, conversation, line))
        return server.requests

    return Run(events, conversation, asyncio.run(main()))


def test_an_honest_server():
    run = play(whole(asks(("a", "{}"))), whole(GOOD), box=Box(a="b"))
    assert (run.done, run.text) == ("end_turn", "good")


def test_any_split_of_the_bytes_is_the_same_stream():
    body = sse(says("naïve – ", "ünïcode"))
    pieces = [HEAD, *(chunk(body[i : i + 1]) for i in range(len(body))), b"0\r\n\r\n"]
    assert play(pieces).text == "naïve – ünïcode"


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize(
    "events",
    [[], [start()], HALF, [start(), *tool(0, "a", '{"x"')[:2]], GOOD[:-1]],
    ids=["nothing", "start", "text", "tool", "before the end"],
)
def test_a_cut_stream_is_asked_again(no_waiting, how, events):
    box = Box(a="b")
    run = play(begun(events, how), whole(GOOD), box=box)
    assert run.done == "end_turn"
    assert len(run.retries) == 1
    assert bool(run.cuts) == any("text" in e.get("delta", {}) for e in events)
    assert box.called == []
    assert run.requests[0] == run.requests[1]
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "good"}]


def test_a_server_that_hangs_up_without_an_answer(no_waiting):
    assert play(["fin"], whole(GOOD)).done == "end_turn"


def test_a_server_that_keeps_hanging_up(no_waiting):
    run = play()
    assert run.error.code == "unreachable"
    assert len(run.retries) == 4


def test_a_server_that_speaks_no_http(no_waiting):
    run = play(*[[b"220 mail.example ESMTP\r\n", "fin"]] * 5)
    assert (run.done, run.error.code) == ("error", "unreachable")


def test_a_refused_connection(no_waiting):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def main() -> list:
            where = settings(base_url=f"http://127.0.0.1:{port}")
            async with ClaudeEngine(where, "", Box()) as engine:
                return await turn(engine, Conversation(), "hello")

        run = Run(asyncio.run(main()), Conversation(), [])
    assert "refused" in run.error.message
    assert f"127.0.0.1:{port}" in run.error.where


def test_a_hanging_server_is_left_when_the_time_is_over():
    begun_at = time.monotonic()
    run = play(["hang"], timeout_seconds=0.4)
    assert time.monotonic() - begun_at < 5
    assert (run.done, run.error.where) == ("budget", "--timeout")
    assert not faults(run.conversation.messages)


def test_a_stream_that_stalls_is_left_and_its_text_kept():
    run = play(begun(HALF, "hang"), timeout_seconds=0.4)
    assert (run.done, run.error.where) == ("budget", "--timeout")
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "half a word"}]


def test_a_stall_is_asked_again(no_waiting, monkeypatch):
    monkeypatch.setattr("devops_exe.agent.claude.clients.READ", 0.2)
    run = play(begun(HALF, "hang"), whole(GOOD))
    assert (run.done, run.retries[0].reason) == ("end_turn", "no answer in time")
    assert len(run.cuts) == 1


def test_no_headers_in_time(no_waiting, monkeypatch):
    monkeypatch.setattr("devops_exe.agent.claude.clients.READ", 0.2)
    run = play(["hang"], whole(GOOD))
    assert (run.done, run.retries[0].reason) == ("end_turn", "no answer in time")


def test_a_server_that_does_not_end_its_stream_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("devops_exe.agent.claude.turn.GRACE", 0.1)
    begun_at = time.monotonic()
    run = play(begun(GOOD, "hang"))
    assert (run.done, run.text) == ("end_turn", "good")
    assert time.monotonic() - begun_at < 5


def test_a_server_that_breaks_after_the_end_has_answered():
    run = play(begun(GOOD, "rst"))
    assert (run.done, run.retries) == ("end_turn", [])


def test_the_connection_is_kept_from_turn_to_turn():
    assert play(whole(GOOD), whole(GOOD), words=("one", "two")).events[-1].stop == "end_turn"


def test_a_megabyte_of_tool_input():
    box = Box(a=lambda arguments: len(arguments["x"]))
    big = json.dumps({"x": "y" * 1_000_000})
    pieces = [big[i : i + 5000] for i in range(0, len(big), 5000)]
    events = [start(), *tool(0, "a", *pieces), *stop("tool_use")]
    run = play(whole(events), whole(GOOD), box=box)
    assert run.results[0]["content"] == "1000000"


# ── the user's own interruptions ─────────────────────────────────────────────────────────────
def interrupted(at, *scripts: list, box=None, by="cancel") -> Conversation:
    """A turn stopped when ``at`` is true of an event; then another turn over it."""
    conversation = Conversation()

    async def first(engine: ClaudeEngine, hit: asyncio.Event) -> None:
        async with aclosing(engine.turn(conversation, [text_block("one")])) as events:
            async for event in events:
                if at(event):
                    hit.set()
                    if by == "close":
                        return

    async def main() -> None:
        async with Loopback(*scripts, whole(GOOD)) as server:
            where = settings(base_url=server.url)
            async with ClaudeEngine(where, "Persona.", box or Box()) as engine:
                hit = asyncio.Event()
                task = asyncio.create_task(first(engine, hit))
                await asyncio.wait_for(hit.wait(), 5)
                if by == "cancel":
                    await asyncio.sleep(0.03)
                    task.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await task
                else:
                    await task
                assert not faults(conversation.messages)
                after = await turn(engine, conversation, "two")
                assert after[-1].stop == "end_turn"
                assert not faults(server.requests[-1]["messages"])

    asyncio.run(main())
    assert not faults(conversation.messages)
    return conversation


@pytest.mark.parametrize("by", ["cancel", "close"])
def test_an_interrupt_in_mid_stream_keeps_what_was_said(by):
    talk = interrupted(lambda e: isinstance(e, TextDelta), begun(HALF, "hang"), by=by)
    assert talk.messages[1]["content"][0]["text"].startswith("half a")
    assert talk.messages[2]["content"] == [text_block("two")]


def test_an_interrupt_while_a_tool_call_arrives_drops_the_call():
    events = [start(), *text(0, "Let me see."), *tool(1, "a", '{"x"')[:2]]
    talk = interrupted(lambda e: isinstance(e, TextDelta), begun(events, "hang"), box=Box(a="b"))
    assert talk.messages[1]["content"] == [text_block("Let me see.")]


@pytest.mark.parametrize("by", ["cancel", "close"])
def test_an_interrupt_while_tools_run_answers_each(by):
    async def slow(_):
        await asyncio.sleep(30)

    box = Box(slow=slow, quick="done")
    script = whole(asks(("quick", "{}"), ("slow", "{}")))
    talk = interrupted(lambda e: isinstance(e, ToolFinished), script, box=box, by=by)
    first, second = talk.messages[2]["content"][:2]
    assert first["content"] == "done"
    assert second["is_error"] is True
    assert "interrupted" in second["content"]


def test_an_interrupt_as_a_tool_begins():
    script = whole(asks(("a", "{}")))
    talk = interrupted(lambda e: isinstance(e, ToolStarted), script, box=Box(a="b"), by="close")
    assert talk.messages[1]["content"][0]["type"] == "tool_use"


def test_an_interrupt_while_waiting_for_another_attempt():
    busy = b"HTTP/1.1 529 X\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n"
    begun_at = time.monotonic()
    talk = interrupted(lambda e: isinstance(e, Retry), [busy])
    assert time.monotonic() - begun_at < 5
    # The question is still there and goes out with the next.
    assert talk.messages[0]["content"] == [text_block("one"), text_block("two")]


def test_usage_is_known_after_an_interrupt():
    async def main() -> int:
        async with Loopback(whole(asks(("slow", "{}")))) as server:
            box = Box(slow=lambda _: asyncio.sleep(30))
            engine = ClaudeEngine(settings(base_url=server.url), "", box)
            async with engine:
                task = asyncio.create_task(turn(engine, Conversation(), "x"))
                await asyncio.sleep(0.3)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                return engine.usage.output_tokens

    assert asyncio.run(main()) == 7


def test_one_engine_outlives_its_event_loop():
    engine = ClaudeEngine(settings(base_url="http://127.0.0.1:9"), "", Box())

    async def main() -> list:
        async with Loopback(whole(GOOD)) as server:
            engine._wire._settings = settings(base_url=server.url)
            try:
                return await turn(engine, Conversation(), "x")
            finally:
                await engine.aclose()

    assert [asyncio.run(main())[-1].stop for _ in range(2)] == ["end_turn", "end_turn"]
