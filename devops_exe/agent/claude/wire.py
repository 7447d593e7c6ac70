"""The wire: one client, one request at a time, its answer as plain events.

The events are decoded by the SDK's own reader of server-sent events and parsed here: no model
object is built for each of a thousand deltas, and a server that leaves out the ``event:``
lines is understood all the same (the SDK skips such events without a word).
"""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import TYPE_CHECKING, Any

from devops_exe.agent.claude import loader
from devops_exe.agent.claude.clients import client_of
from devops_exe.agent.claude.failures import WebPage
from devops_exe.agent.claude.reply import BrokenStream, stream_error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx2

    from devops_exe.agent.claude.clients import Client
    from devops_exe.agent.claude.settings import ClaudeSettings

LARGEST_REPLY = 32 * 1024 * 1024
"""Bytes of one answer, unpacked; the longest reply of any model is a hundredth of it."""


class Wire:
    """Sends requests; one client an event loop, closed with ``aclose``."""

    def __init__(self, settings: ClaudeSettings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def events(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The events of the answer to ``request``; a whole message comes as ``whole``.

        Raises:
            WebPage: the server is no Messages API.
            BrokenStream: the answer cannot be read.
            StreamError: the service reports an error inside the answer.
            anthropic.APIError, httpx2.TransportError: as the SDK has it.
        """
        client = await self._ready()
        import httpx2

        with warnings.catch_warnings():
            # The SDK warns of old models on standard error; we say it ourselves, once.
            warnings.simplefilter("ignore", DeprecationWarning)
            stream = await client.messages.create(**request, stream=True)
        response = stream.response
        try:
            kind = response.headers.get("content-type", "").lower()
            if "json" in kind and "event-stream" not in kind:
                yield _whole(b"".join([piece async for piece in _bounded(response)]))
                return
            if kind.startswith(("text/html", "application/xhtml", "text/plain")):
                raise WebPage(kind)
            # The client's own decoder: a platform may have another framing.
            async for event in stream._decoder.aiter_bytes(_bounded(response)):
                if event.data and event.event != "ping":
                    yield _parsed(event.data)
        except UnicodeDecodeError as error:
            raise BrokenStream("it is not UTF-8") from error
        except httpx2.DecodingError as error:
            raise BrokenStream("it is not packed as it says") from error
        finally:
            await stream.close()

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.close()

    async def _ready(self) -> Client:
        loop = asyncio.get_running_loop()
        if self._client is not None and self._loop is loop:
            return self._client
        await loader.loaded()
        self._client = client_of(self._settings)
        self._loop = loop
        return self._client


async def _bounded(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The answer's bytes, unpacked, up to a bound: a server may send without an end."""
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > LARGEST_REPLY:
            raise BrokenStream(f"it is longer than {LARGEST_REPLY // 1024 // 1024} MiB")
        yield piece


def _parsed(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenStream("an event is not JSON") from error
    if not isinstance(event, dict):
        raise BrokenStream("an event is no object")
    return event


def _whole(body: bytes) -> dict[str, Any]:
    """A reply sent in one piece, by a server that does not stream."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BrokenStream("it is not JSON") from error
    if isinstance(message, dict) and message.get("type") == "error":
        raise stream_error(message)
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        raise WebPage("application/json")
    return {"type": "whole", "message": message}
