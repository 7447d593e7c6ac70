"""One replica of a drilled service: a small HTTP server with a set latency and error share.

Run as ``python -m devops_exe.operate.drill.server``. It listens on loopback alone, writes its
port to the file named by ``--announce`` and answers

- ``/healthz``: 200 from ``--ready-at`` (monotonic clock) on, 503 before;
- ``/metrics``: ``http_requests_total`` by version and code, born at zero;
- ``/-/set?errors=0.1&latency_ms=50``: changes the fault while it runs;
- anything else: 200, or 500 with the header ``x-fault`` for the share that is to fail.

With ``--upstream PORT`` it stands before another process of the same machine and passes on what
it does not fail itself: so a fault is injected into a command that is not ours.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CODES = ("200", "500")
_LONGEST_HEAD = 65536


class Replica:
    """What a replica does with a request.

    Attributes:
        errors: share of requests that fail, 0 to 1.
        latency: seconds before an answer.
        counts: answers by code.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.version: str = options.version
        self.errors: float = options.errors
        self.latency: float = options.latency_ms / 1000
        self.upstream: int = options.upstream
        self.ready_at: float = options.ready_at
        self.counts = dict.fromkeys(CODES, 0)
        self.open = 0
        self._dice = random.Random(options.seed)  # noqa: S311 no secret

    def answer(self, target: str) -> tuple[int, bytes, bool]:
        """Status, body, and whether the answer waits for the set latency."""
        path = urlsplit(target).path
        if path == "/healthz":
            ready = time.monotonic() >= self.ready_at
            return (200, b"ok\n", False) if ready else (503, b"starting\n", False)
        if path == "/metrics":
            return 200, self.metrics(), False
        if path == "/-/set":
            self._set(urlsplit(target).query)
            return 200, b"set\n", False
        failed = self.errors > 0 and self._dice.random() < self.errors
        return (500, b"failed\n", True) if failed else (200, b"hello\n", True)

    def _set(self, query: str) -> None:
        values = parse_qs(query)
        if "errors" in values:
            self.errors = float(values["errors"][0])
        if "latency_ms" in values:
            self.latency = float(values["latency_ms"][0]) / 1000

    def metrics(self) -> bytes:
        """Counters in the text format of Prometheus."""
        lines = ["# TYPE http_requests_total counter"]
        lines += [
            f'http_requests_total{{version="{self.version}",code="{code}"}} {count}'
            for code, count in self.counts.items()
        ]
        return ("\n".join(lines) + "\n").encode()


class Connection(asyncio.Protocol):
    """One client connection: requests are answered in their order, one at a time."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.buffer = b""
        self.busy = False
        self.transport: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Collect a head; a body is not read, no drill sends one."""
        self.buffer += data
        if len(self.buffer) > _LONGEST_HEAD and self.transport is not None:
            self.transport.close()
        self._next()

    def _next(self) -> None:
        if self.busy or b"\r\n\r\n" not in self.buffer:
            return
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        words = head.split(b"\r\n", 1)[0].split(b" ")
        target = words[1].decode("latin-1") if len(words) > 1 else "/"
        status, body, counted = self.replica.answer(target)
        if not counted:
            self._send(status, body)
            return
        self.busy = True
        self.replica.open += 1
        loop = asyncio.get_running_loop()
        if self.replica.upstream and status == 200:
            self.task = loop.create_task(self._forward(head))
        elif self.replica.latency > 0:
            loop.call_later(self.replica.latency, self._finish, status, body)
        else:
            self._finish(status, body)

    async def _forward(self, head: bytes) -> None:
        """Pass a request on, with the latency first; what the upstream does not answer is 502."""
        status, body = 502, b""
        try:
            await asyncio.sleep(self.replica.latency)
            reader, writer = await asyncio.open_connection("127.0.0.1", self.replica.upstream)
            lines = [
                line
                for line in head.split(b"\r\n")
                if not line.lower().startswith((b"connection:", b"keep-alive:"))
            ]
            writer.write(b"\r\n".join([*lines, b"Connection: close", b"", b""]))
            answer = await reader.read(-1)
            writer.close()
            first, _, rest = answer.partition(b"\r\n")
            status = int(first.split(b" ")[1])
            body = rest.partition(b"\r\n\r\n")[2]
        except (OSError, IndexError, ValueError):
            status = 502
        self._finish(status, body)

    def _finish(self, status: int, body: bytes) -> None:
        code = str(status)
        self.replica.counts[code] = self.replica.counts.get(code, 0) + 1
        self.replica.open -= 1
        self._send(status, body)
        self.busy = False
        self._next()

    def _send(self, status: int, body: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        head = f"HTTP/1.1 {status} drill\r\nContent-Length: {len(body)}\r\n"
        if status == 500:
            head += "x-fault: injected\r\n"
        self.transport.write(head.encode() + b"\r\n" + body)


def announce(path: str, port: int) -> None:
    """Write a port where the drill waits for it, whole or not at all."""
    target = Path(path)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    part.write_text(f"{port}\n")
    part.replace(target)


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    replica = Replica(options)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(
        lambda: Connection(replica), "127.0.0.1", options.port, backlog=512
    )
    announce(options.announce, server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()
    until = time.monotonic() + options.linger
    while time.monotonic() < until:
        await asyncio.sleep(0.01)
    patience = time.monotonic() + options.drain
    while replica.open and time.monotonic() < patience:
        await asyncio.sleep(0.01)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; what is open then is answered, for ``--drain`` seconds at most."""
    parser = argparse.ArgumentParser(prog="drill-server")
    parser.add_argument("--announce", required=True, help="file for the port")
    parser.add_argument("--version", default="v1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--ready-at", type=float, default=0.0)
    parser.add_argument("--linger", type=float, default=0.0)
    parser.add_argument("--drain", type=float, default=1.0)
    parser.add_argument("--upstream", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    asyncio.run(_serve(parser.parse_args(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
