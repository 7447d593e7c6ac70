"""CPU of one turn of the Claude engine, beside bare loops over the SDK, in the same run.

    python benchmarks/agent.py

Three loops speak to one server on this machine that answers without delay: the SDK's own
streaming helper, the SDK's raw events, and our engine. A turn is two round trips: a reply that
asks for 1 or 10 tools, then a reply of words. Process CPU per turn, the median of the rounds;
the goal is at most 1.2 times the bare loop (the helper). It only prints: a number is worth
what the machine beneath it is worth.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.claude.settings import ClaudeSettings
from devops_exe.agent.conversation import Conversation, text_block
from devops_exe.agent.engine import ToolResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROUNDS, TURNS, WARM_UP = 7, 20, 5
MODEL, SYSTEM, LINE, ANSWER = "claude-sonnet-5-5", "You are an architect.", "hello", "3 pods"
TOOLS: list[dict[str, Any]] = [
    {"name": "pods", "description": "counts pods", "input_schema": {"type": "object"}}
]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


# ── the server ───────────────────────────────────────────────────────────────────────────────
def _body(blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]], reason: str) -> bytes:
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": [],
        "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }  # fmt: skip
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for index, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        ]
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": reason, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 20}})
    events.append({"type": "message_stop"})
    data = b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )
    return HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


def _bodies(tools: int) -> tuple[bytes, bytes]:
    asked = []
    for number in range(tools):
        raw = json.dumps({"namespace": f"shop-{number}", "label": "app=checkout"})
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": "pods", "input": {}}
        pieces = [raw[:9], raw[9:20], raw[20:]]
        asked.append(
            (block, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces])
        )
    words = [{"type": "text_delta", "text": "word "} for _ in range(20)]
    text = ({"type": "text", "text": ""}, words)
    return _body(asked, "tool_use"), _body([text], "end_turn")


async def _serve(tools: int, port: Any) -> None:
    first, second = _bodies(tools)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            lines = head.lower().split(b"\r\n")
            length = next(line for line in lines if line.startswith(b"content-length"))
            body = await reader.readexactly(int(length.split(b":")[1]))
            writer.write(second if b"tool_result" in body else first)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _server(tools: int, port: Any) -> None:
    asyncio.run(_serve(tools, port))


# ── the loops ────────────────────────────────────────────────────────────────────────────────
async def _until_done(
    ask: Callable[[list[Any]], Awaitable[tuple[list[dict[str, Any]], str]]],
) -> None:
    messages: list[Any] = [{"role": "user", "content": LINE}]
    while True:
        blocks, reason = await ask(messages)
        messages.append({"role": "assistant", "content": blocks})
        if reason != "tool_use":
            return
        results = [
            {"type": "tool_result", "tool_use_id": block["id"], "content": ANSWER}
            for block in blocks
            if block["type"] == "tool_use"
        ]
        messages.append({"role": "user", "content": results})


def _request(messages: list[Any]) -> dict[str, Any]:
    return {
        "model": MODEL, "max_tokens": 16_000, "messages": messages, "tools": TOOLS,
        "system": SYSTEM,
    }  # fmt: skip


async def _helper(url: str) -> float:
    from anthropic import AsyncAnthropic

    async with AsyncAnthropic(api_key="x", base_url=url, max_retries=0) as client:

        async def ask(messages: list[Any]) -> tuple[list[dict[str, Any]], str]:
            async with client.messages.stream(**_request(messages)) as stream:
                async for _ in stream:
                    pass
                final = await stream.get_final_message()
            blocks = [block.model_dump(exclude_none=True) for block in final.content]
            return blocks, str(final.stop_reason)

        return await _timed(lambda: _until_done(ask))


async def _raw(url: str) -> float:
    from anthropic import AsyncAnthropic

    async with AsyncAnthropic(api_key="x", base_url=url, max_retries=0) as client:

        async def ask(messages: list[Any]) -> tuple[list[dict[str, Any]], str]:
            starts: list[Any] = []
            pieces: list[list[str]] = []
            reason = ""
            async for event in await client.messages.create(**_request(messages), stream=True):
                if event.type == "content_block_start":
                    starts.append(event.content_block)
                    pieces.append([])
                elif event.type == "content_block_delta":
                    delta = event.delta
                    is_text = delta.type == "text_delta"
                    pieces[-1].append(delta.text if is_text else delta.partial_json)
                elif event.type == "message_delta":
                    reason = str(event.delta.stop_reason)
            blocks: list[dict[str, Any]] = []
            for start, grown in zip(starts, map("".join, pieces), strict=True):
                if start.type == "text":
                    blocks.append({"type": "text", "text": grown})
                else:
                    call = {"id": start.id, "name": start.name, "input": json.loads(grown)}
                    blocks.append({"type": "tool_use", **call})
            return blocks, reason

        return await _timed(lambda: _until_done(ask))


class _Box:
    def definitions(self) -> list[dict[str, Any]]:
        return TOOLS

    async def call(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        return ToolResult(ANSWER)


async def _ours(url: str) -> float:
    settings = ClaudeSettings(api_key="x", base_url=url, model=MODEL)
    async with ClaudeEngine(settings, SYSTEM, _Box()) as engine:

        async def turn() -> None:
            async with aclosing(engine.turn(Conversation(), [text_block(LINE)])) as events:
                async for _ in events:
                    pass

        return await _timed(turn)


async def _timed(turn: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds of CPU a turn."""
    for _ in range(WARM_UP):
        await turn()
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(TURNS):
            await turn()
        rounds.append((time.process_time() - begun) * 1000.0 / TURNS)
    return statistics.median(rounds)


def main() -> None:
    """Print the table."""
    print(f"{'tools':>5}  {'SDK helper':>10}  {'SDK raw':>8}  {'ours':>8}  ours/helper  ours/raw")
    for tools in (1, 10):
        port: Any = multiprocessing.Queue()
        server = multiprocessing.Process(target=_server, args=(tools, port), daemon=True)
        server.start()
        url = f"http://127.0.0.1:{port.get()}"
        helper, raw, ours = (asyncio.run(loop(url)) for loop in (_helper, _raw, _ours))
        server.terminate()
        server.join()
        print(
            f"{tools:>5}  {helper:>7.2f} ms  {raw:>5.2f} ms  {ours:>5.2f} ms"
            f"  {ours / helper:>11.2f}  {ours / raw:>8.2f}"
        )


if __name__ == "__main__":
    main()
