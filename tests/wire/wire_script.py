"""Builders of a service's answers, a box of tools, and the driver of a turn."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import httpx

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.claude.settings import ClaudeSettings
from devops_exe.agent.conversation import Conversation, text_block
from devops_exe.agent.engine import ToolResult
from devops_exe.agent.events import CutOff, Done, ErrorRaised, Notice, Retry, TextDelta, Usage

URL = "https://api.anthropic.com/v1/messages"


# ── answers ──────────────────────────────────────────────────────────────────────────────────
def start(**usage: int) -> dict:
    counts = {"input_tokens": 10, "output_tokens": 1} | usage
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
        "content": [], "stop_reason": None, "stop_sequence": None, "usage": counts,
    }  # fmt: skip
    return {"type": "message_start", "message": message}


def text(index: int, *pieces: str) -> list[dict]:
    return [
        {
            "type": "content_block_start",
            "index": index,
            "content_block": {"type": "text", "text": ""},
        },
        *(
            {
                "type": "content_block_delta",
                "index": index,
                "delta": {"type": "text_delta", "text": piece},
            }
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": index},
    ]


def tool(index: int, name: str, *pieces: str, key: str | None = None) -> list[dict]:
    block = {"type": "tool_use", "id": key or f"toolu_{name}_{index}", "name": name, "input": {}}
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        *(
            {
                "type": "content_block_delta",
                "index": index,
                "delta": {"type": "input_json_delta", "partial_json": piece},
            }
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": index},
    ]


def stop(reason: str | None = "end_turn", **usage: int) -> list[dict]:
    return [
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 7} | usage,
        },
        {"type": "message_stop"},
    ]


def says(*pieces: str, reason: str | None = "end_turn", **usage: int) -> list[dict]:
    """A reply of words."""
    return [start(**usage), *text(0, *pieces), *stop(reason)]


def asks(*calls: tuple[str, str], words: str = "", reason: str = "tool_use") -> list[dict]:
    """A reply that asks for tools; each call is its name and its input as JSON."""
    events = [start()]
    events += text(0, words) if words else []
    first = 1 if words else 0
    for index, (name, arguments) in enumerate(calls, first):
        events += tool(index, name, arguments[:7], arguments[7:])
    return [*events, *stop(reason)]


def sse(events: list[dict]) -> bytes:
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )


def stream(events: list[dict] | bytes, status: int = 200, **headers: str) -> httpx.Response:
    body = events if isinstance(events, bytes) else sse(events)
    return httpx.Response(
        status, content=body, headers={"content-type": "text/event-stream", **headers}
    )


def refusal(status: int, kind: str, message: str = "no", **headers: str) -> httpx.Response:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return httpx.Response(status, json=body, headers=headers)


# ── tools ────────────────────────────────────────────────────────────────────────────────────
class Box:
    """Tools by name; what was called is recorded."""

    def __init__(self, **tools) -> None:
        self.tools = tools
        self.called: list[tuple[str, dict]] = []

    def definitions(self) -> list[dict]:
        return [
            {"name": name, "description": f"does {name}", "input_schema": {"type": "object"}}
            for name in self.tools
        ]

    async def call(self, name: str, arguments: dict) -> ToolResult:
        self.called.append((name, arguments))
        if name not in self.tools:
            return ToolResult(f"there is no tool named {name}", is_error=True)
        found = self.tools[name]
        result = found(arguments) if callable(found) else found
        if asyncio.iscoroutine(result):
            result = await result
        return result if isinstance(result, ToolResult) else ToolResult(str(result))


# ── the driver ───────────────────────────────────────────────────────────────────────────────
class Run:
    """What one or more turns brought."""

    def __init__(self, events: list, conversation: Conversation, requests: list[dict]) -> None:
        self.events = events
        self.conversation = conversation
        self.requests = requests

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.of(TextDelta))

    @property
    def done(self) -> str:
        (done,) = self.of(Done)
        assert self.events[-1] is done
        return done.stop

    @property
    def error(self):
        (raised,) = self.of(ErrorRaised)
        return raised.error

    @property
    def usage(self) -> Usage:
        return self.of(Usage)[-1]

    @property
    def retries(self) -> list[Retry]:
        return self.of(Retry)

    @property
    def cuts(self) -> list[CutOff]:
        return self.of(CutOff)

    @property
    def notices(self) -> str:
        return "\n".join(notice.text for notice in self.of(Notice))

    @property
    def results(self) -> list[dict]:
        return [
            block
            for message in self.conversation.messages
            for block in message["content"]
            if block["type"] == "tool_result"
        ]


def settings(**changes) -> ClaudeSettings:
    return ClaudeSettings(**({"api_key": "sk-test"} | changes))


async def turn(engine: ClaudeEngine, conversation: Conversation, words: str) -> list:
    events = []
    async with aclosing(engine.turn(conversation, [text_block(words)])) as stream_:
        async for event in stream_:
            events.append(event)
    return events


def converse(router, replies: list, *words: str, box: Box | None = None, **changes) -> Run:
    """Turns against mocked answers, one after another."""
    route = router.post(URL).mock(side_effect=replies)
    conversation, events = Conversation(), []

    async def main() -> None:
        system = changes.pop("system", "You are an architect.")
        async with ClaudeEngine(settings(**changes), system, box or Box()) as engine:
            for line in words or ("hello",):
                events.extend(await turn(engine, conversation, line))

    asyncio.run(main())
    return Run(events, conversation, [json.loads(call.request.content) for call in route.calls])


def faults(messages: list[dict]) -> list[str]:
    """What the API would refuse; written from its rules, apart from the code under test."""
    wrong: list[str] = []
    ids: set[str] = set()
    for number, message in enumerate(messages):
        role, content = message["role"], message["content"]
        if role != ("user" if number % 2 == 0 else "assistant"):
            wrong.append(f"{number}: role {role}")
        if not content:
            wrong.append(f"{number}: empty")
        for block in content:
            if block["type"] == "text" and not block["text"].strip():
                wrong.append(f"{number}: empty text")
            if block["type"] == "tool_use":
                if block["id"] in ids:
                    wrong.append(f"{number}: id twice")
                ids.add(block["id"])
        answered = [b["tool_use_id"] for b in content if b["type"] == "tool_result"]
        before = messages[number - 1]["content"] if number else []
        asked = [b["id"] for b in before if b["type"] == "tool_use"]
        if answered != asked:
            wrong.append(f"{number}: asked {asked}, answered {answered}")
        if any(b["type"] != "tool_result" for b in content[: len(answered)]):
            wrong.append(f"{number}: results do not come first")
    if messages and any(b["type"] == "tool_use" for b in messages[-1]["content"]):
        wrong.append("last: tools without an answer")
    return wrong
