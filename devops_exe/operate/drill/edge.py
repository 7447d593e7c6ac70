"""The router's own view of the traffic: HAProxy's log lines as counters for Prometheus.

Run as ``python -m devops_exe.operate.drill.edge``. A line is ``SERVER STATUS MILLISECONDS``;
the version is the server's name up to its hyphen. Failures are counted here, and not in the
replicas, because a crashed or hanging replica counts nothing: this is what the user sees.
Every counter is born at zero; otherwise ``rate()`` would miss the first error.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys

from devops_exe.operate.drill.history import bounds
from devops_exe.operate.drill.model import Names
from devops_exe.operate.drill.server import announce

CODES = ("200", "500", "502", "503", "504")
VERSIONS = ("v1", "v2")


class Counters:
    """Requests by version and code, and by how long they took.

    What the router itself refuses, because nothing serves, is nobody's: no replica would have
    counted it either.
    """

    def __init__(self, names: Names, slow_seconds: float) -> None:
        self.names = names
        self.bounds = bounds(slow_seconds)
        self.codes = {(version, code): 0 for version in VERSIONS for code in CODES}
        self.within = {(version, bound): 0 for version in VERSIONS for bound in self.bounds}
        self._limits = [(bound, float(bound)) for bound in self.bounds]

    def line(self, text: str) -> None:
        """Count one log line; what is none is left out."""
        words = text.rpartition("]: ")[2].split()
        if len(words) != 3 or not all(word.lstrip("-").isdigit() for word in words[1:]):
            return
        version = words[0].partition("-")[0]
        if version not in VERSIONS:
            return
        # a replica that breaks off: HAProxy may write no status (-1)
        key = (version, "502" if int(words[1]) <= 0 else words[1])
        self.codes[key] = self.codes.get(key, 0) + 1
        seconds = max(0, int(words[2])) / 1000
        for bound, limit in self._limits:
            if seconds <= limit:
                self.within[version, bound] += 1

    def text(self) -> bytes:
        """The exposition in the text format of Prometheus."""
        names = self.names
        lines = [
            f'{names.requests}{{{names.labels(version)},{names.code_label}="{code}"}} {count}'
            for (version, code), count in self.codes.items()
        ]
        lines += [
            f'{names.bucket}{{{names.labels(version)},le="{bound}"}} {count}'
            for (version, bound), count in self.within.items()
        ]
        return ("\n".join(lines) + "\n").encode()


class _Log(asyncio.DatagramProtocol):
    def __init__(self, counters: Counters) -> None:
        self.counters = counters

    def datagram_received(self, data: bytes, _addr: object) -> None:
        for line in data.decode("utf-8", "replace").splitlines():
            self.counters.line(line)


async def _answer(
    counters: Counters, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        while await reader.readuntil(b"\r\n\r\n"):
            body = counters.text()
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
    writer.close()


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    counters = Counters(Names(**json.loads(options.names)), options.slow_seconds)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    log.bind(options.log)
    log.setblocking(False)  # noqa: FBT003 the socket module's own signature
    await loop.create_datagram_endpoint(lambda: _Log(counters), sock=log)

    def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        return _answer(counters, reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)  # type: ignore[arg-type]
    announce(options.announce, server.sockets[0].getsockname()[1])
    await ended.wait()


def main(arguments: list[str] | None = None) -> int:
    """Count until SIGTERM."""
    parser = argparse.ArgumentParser(prog="drill-edge")
    parser.add_argument("--announce", required=True, help="file for the port of /metrics")
    parser.add_argument("--log", required=True, help="socket of the log")
    parser.add_argument("--slow-seconds", type=float, default=0.25)
    parser.add_argument("--names", default="{}", help="names of the series, JSON")
    asyncio.run(_serve(parser.parse_args(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
