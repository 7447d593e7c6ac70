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
from devops_exe.agent.claude.failures import WebPage
from devops_exe.agent.claude.reply import BrokenStream, stream_error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anthropic import AsyncAnthropic

    from devops_exe.agent.claude.settings import ClaudeSettings

# Seconds: to connect, between two pieces of an answer, to send. The SDK's ten minutes would
# leave a person in front of a dead line.
CONNECT, READ, WRITE, POOL = 5.0, 90.0, 30.0, 5.0


class Wire:
    """Sends requests; one client an event loop, closed with ``aclose``."""

    def __init__(self, settings: ClaudeSettings) -> None:
        self._settings = settings
        self._client: AsyncAnthropic | None = None
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
        with warnings.catch_warnings():
            # The SDK warns of old models on standard error; we say it ourselves, once.
            warnings.simplefilter("ignore", DeprecationWarning)
            stream = await client.messages.create(**request, stream=True)
        response = stream.response
        try:
            kind = response.headers.get("content-type", "").lower()
            if "json" in kind and "event-stream" not in kind:
                yield _whole(await response.aread())
                return
            if kind.startswith(("text/html", "application/xhtml", "text/plain")):
                raise WebPage(kind)
            async for event in type(stream).raw_events(response):
                if event.data and event.event != "ping":
                    yield _parsed(event.data)
        except UnicodeDecodeError as error:
            raise BrokenStream("it is not UTF-8") from error
        finally:
            await stream.close()

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.close()

    async def _ready(self) -> AsyncAnthropic:
        loop = asyncio.get_running_loop()
        if self._client is not None and self._loop is loop:
            return self._client
        await loader.loaded()
        import httpx2
        from anthropic import AsyncAnthropic

        key, token = self._settings.credentials()
        self._client = AsyncAnthropic(
            api_key=key,
            auth_token=token,
            base_url=self._settings.endpoint(),
            max_retries=0,
            timeout=httpx2.Timeout(
                connect=CONNECT,
                read=min(READ, self._settings.timeout_seconds),
                write=WRITE,
                pool=POOL,
            ),
        )
        self._loop = loop
        return self._client


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
