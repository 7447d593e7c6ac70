"""A server of our own on this machine, for the faults that no honest server shows."""

from __future__ import annotations

import asyncio
import json
import socket
import struct

from wire_script import sse

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class Loopback:
    """Plays one script a request: bytes to send, seconds to wait, a function, or a word.

    Words: ``fin`` closes, ``rst`` breaks the connection, ``hang`` waits for the client to go.
    """

    def __init__(self, *scripts: list) -> None:
        self._scripts = list(scripts)
        self.requests: list[dict] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Loopback:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.sleep(0.01)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        self.bodies.append(await reader.readexactly(length))
        self.requests.append(json.loads(self.bodies[-1]))
        for step in self._scripts.pop(0) if self._scripts else ["fin"]:
            if step == "fin":
                return False
            if step == "rst":
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return False
            if step == "hang":
                await reader.read()
                return False
            if callable(step):
                step()
                continue
            if isinstance(step, int | float):
                await asyncio.sleep(step)
                continue
            writer.write(step)
            await writer.drain()
        return True


def whole(events: list[dict]) -> list:
    """A script that answers as a server should."""
    return [HEAD, chunk(sse(events)), b"0\r\n\r\n"]


def begun(events: list[dict], *then: object) -> list:
    """A script that sends these events and then does something else."""
    # An empty chunk would be the end of the body.
    return [HEAD, *([chunk(sse(events))] if events else []), 0.02, *then]
