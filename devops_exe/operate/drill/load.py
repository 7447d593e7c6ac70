"""An open-loop load: requests leave at their own times, whatever the answers do.

Run as ``python -m devops_exe.operate.drill.load``. Latency counts from the intended moment of
sending, so that a stalled server cannot hide its stall (coordinated omission; Tene, How NOT to
Measure Latency, 2015). A line of the record is::

    INTENDED LATENCY STATUS SERVED_BY FAULT

with seconds of the monotonic clock, which all processes of a machine share; status 0 is a
broken connection or no answer in time; FAULT is 1 where the replica failed it on purpose.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

from devops_exe.operate.drill.server import announce


class Client(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.intended: float | None = None
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport  # type: ignore[assignment]

    def ask(self, intended: float, request: bytes) -> None:
        """Send a request that was due at ``intended``."""
        assert self.transport is not None
        self.intended = intended
        self.timer = asyncio.get_running_loop().call_later(self.load.timeout, self._late)
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect an answer: a head and as many bytes as it announces."""
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.lower().split(b"\r\n")
        length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
        if len(body) < length:
            return
        served = next(
            (x[13:].strip().decode() for x in lines if x.startswith(b"x-served-by: ")), "-"
        )
        self.buffer = b""
        self._done(int(lines[0].split(b" ")[1]), served or "-", b"x-fault: injected" in lines)
        if b"connection: close" in lines and self.transport is not None:
            self.transport.close()
        elif self.transport is not None and not self.transport.is_closing():
            self.load.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that breaks while a request is out has lost it."""
        if self in self.load.idle:
            self.load.idle.remove(self)
        self._done(0, "-", fault=False)

    def _late(self) -> None:
        self._done(0, "-", fault=False)
        if self.transport is not None:
            self.transport.abort()

    def _done(self, status: int, served: str, fault: bool) -> None:
        if self.intended is None:
            return
        if self.timer is not None:
            self.timer.cancel()
        self.load.note(self.intended, status, served, fault=fault)
        self.intended = None


class Load:
    """The generator: draws the moments, keeps the idle connections, writes the record."""

    def __init__(self, options: argparse.Namespace, record: TextIO) -> None:
        self.options = options
        self.timeout: float = options.timeout
        self.record = record
        self.idle: list[Client] = []
        self.out = 0
        self.ended = asyncio.Event()
        self._dice = random.Random(options.seed)  # noqa: S311 a load, no secret

    def note(self, intended: float, status: int, served: str, *, fault: bool) -> None:
        """One line of the record."""
        took = time.monotonic() - intended
        self.out -= 1
        self.record.write(f"{intended:.6f} {took:.6f} {status} {served} {int(fault)}\n")

    async def run(self) -> None:
        """Send until told to end, then wait for what is out."""
        loop = asyncio.get_running_loop()
        due = time.monotonic()
        tasks: set[asyncio.Task[None]] = set()
        while not self.ended.is_set():
            rate = self.options.rps
            due += 1 / rate if self.options.constant else self._dice.expovariate(rate)
            while (wait := due - time.monotonic()) > 0.0005 and not self.ended.is_set():
                await asyncio.sleep(min(wait, 0.1))
            if self.ended.is_set():
                break
            self.out += 1
            request = self._request()
            if self.idle:
                self.idle.pop().ask(due, request)
            else:
                task = loop.create_task(self._connect(due, request))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        until = time.monotonic() + self.timeout
        while self.out > 0 and time.monotonic() < until:
            await asyncio.sleep(0.01)

    def _request(self) -> bytes:
        user = self._dice.randrange(self.options.users)
        return (
            f"GET {self.options.path} HTTP/1.1\r\nHost: drill\r\nX-User: u{user}\r\n\r\n"
        ).encode()

    async def _connect(self, due: float, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, client = await loop.create_connection(
                lambda: Client(self), "127.0.0.1", self.options.port
            )
        except OSError:
            self.note(due, 0, "-", fault=False)
            return
        client.ask(due, request)


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    with Path(options.record).open("w", buffering=1 << 16) as record:
        load = Load(options, record)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, load.ended.set)
        announce(options.announce, options.port)
        await load.run()


def main(arguments: list[str] | None = None) -> int:
    """Send until SIGTERM."""
    parser = argparse.ArgumentParser(prog="drill-load")
    parser.add_argument("--announce", required=True, help="file written when the load begins")
    parser.add_argument("--record", required=True, help="file of the record")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rps", type=float, required=True)
    parser.add_argument("--path", default="/")
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--timeout", type=float, default=3.0)
    parser.add_argument("--constant", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asyncio.run(_serve(parser.parse_args(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
