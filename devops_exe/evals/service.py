"""A service on the loopback: the engine speaks to it as to any server of the Messages API.

What the engine sends is seen as the bytes it put on the wire, and nothing of the engine is
replaced for the evals. One server a trial, on a port that the system picks.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from devops_exe.evals.scripts import Block, Reply

LARGEST_REQUEST = 32 * 1024 * 1024
"""Bytes of a request that are read."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent back: status, content type and bytes; ``cut`` closes before the end."""

    status: int
    kind: str
    body: bytes
    cut: bool = False


class Service:
    """Answers each request with what ``answer`` makes of its bytes.

    Attributes:
        seen: bodies of the requests, in order.
    """

    def __init__(self, answer: Callable[[bytes], Response]) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.seen: list[bytes] = []

    @property
    def url(self) -> str:
        """Its base URL."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self._open[task]
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = 0
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length":
                length = min(int(value), LARGEST_REQUEST)
        body = await reader.readexactly(length)
        self.seen.append(body)
        response = self._answered(body)
        size = len(response.body) + (1000 if response.cut else 0)
        writer.write(
            f"HTTP/1.1 {response.status} X\r\ncontent-type: {response.kind}\r\n"
            f"content-length: {size}\r\nrequest-id: req_{len(self.seen)}\r\n\r\n".encode()
        )
        writer.write(response.body)
        await writer.drain()
        return not response.cut

    def _answered(self, body: bytes) -> Response:
        """The answer; a crash of who makes it is one too, and is read in the turn's error."""
        try:
            return self._answer(body)
        except Exception as crash:
            return refusal(f"the evals' own service crashed: {type(crash).__name__}: {crash}")


def refusal(message: str) -> Response:
    """An answer that is not asked for again."""
    error = {"type": "invalid_request_error", "message": message}
    body = json.dumps({"type": "error", "error": error}).encode()
    return Response(400, "application/json", body)


def response_of(reply: Reply) -> Response:
    """The bytes of a scripted reply, as a service streams them."""
    if reply.status != 200:
        error = {"type": "overloaded_error", "message": "Overloaded"}
        body = json.dumps({"type": "error", "error": error}).encode()
        return Response(reply.status, "application/json", body)
    events = list(_events(reply))
    if reply.cut:
        events = events[:-2]
    body = b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )
    return Response(200, "text/event-stream", body, reply.cut)


def _events(reply: Reply) -> Iterable[dict[str, Any]]:
    message: Block = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "scripted",
        "content": [], "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }  # fmt: skip
    yield {"type": "message_start", "message": message}
    for index, block in enumerate(reply.blocks):
        yield from _block(index, block)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": reply.stop, "stop_sequence": None},
        "usage": {"output_tokens": 20},
    }
    yield {"type": "message_stop"}


def _block(index: int, block: Block) -> Iterable[dict[str, Any]]:
    if block["type"] == "text":
        start: Block = {"type": "text", "text": ""}
        delta: Block = {"type": "text_delta", "text": block["text"]}
    else:
        start = {"type": "tool_use", "id": block["id"], "name": block["name"], "input": {}}
        delta = {"type": "input_json_delta", "partial_json": block["json"]}
    yield {"type": "content_block_start", "index": index, "content_block": start}
    yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
