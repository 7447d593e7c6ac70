"""Processes that the benchmarks start: their CPU and memory, and a prompt in a pseudo-terminal.

It prints nothing; ``startup.py`` and ``terminal.py`` use it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROMPT = "›".encode()
WHERE_IS_THE_CURSOR = b"\x1b[6n"
ROWS, COLUMNS = 30, 80
LONGEST_WAIT = 20.0

NOTHING = (sys.executable, "-c", "pass")
"""What every figure is a ratio to."""


def executable() -> tuple[str, ...]:
    """The console script beside this interpreter, or the package where there is none."""
    script = Path(sys.executable).with_name("devops-exe")
    return (str(script),) if script.exists() else (sys.executable, "-m", "devops_exe")


def environment() -> dict[str, str]:
    """The user's, with folders of its own, bytecode allowed and no key: nothing goes out."""
    folder = tempfile.mkdtemp(prefix="devops-exe-bench-")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE"
        and not name.startswith(("ANTHROPIC_", "DEVOPS_EXE_", "XDG_"))
    }
    kinds = ("CONFIG", "DATA", "STATE", "CACHE")
    return {**kept, "TERM": "xterm-256color", **{f"DEVOPS_EXE_{k}_DIR": folder for k in kinds}}


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds of CPU, seconds of wall clock, MiB at most."""

    cpu: float
    wall: float
    mib: float


def run(command: Sequence[str], given: bytes, env: dict[str, str]) -> Run:
    """A process from its start to its end."""
    reader, writer = os.pipe()
    if len(given) < 60_000:  # what a pipe holds: nobody has to feed it
        os.write(writer, given)
    else:
        raise ValueError("too much for a pipe")
    os.close(writer)
    null = os.open(os.devnull, os.O_RDWR)
    began = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        list(command),
        env,
        file_actions=[(os.POSIX_SPAWN_DUP2, a, b) for a, b in ((reader, 0), (null, 1), (null, 2))],
    )
    _, _, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    os.close(reader)
    os.close(null)
    return Run(used.ru_utime + used.ru_stime, wall, _mib(used.ru_maxrss))


def _mib(most: int) -> float:
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


class Chat:
    """The executable at its prompt, or another program, on a pseudo-terminal."""

    def __init__(self, env: dict[str, str], *arguments: str, program: Sequence[str] = ()) -> None:
        command = (*(program or executable()), *arguments)
        self._began = time.perf_counter()
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.execve(command[0], list(command), env)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def until(self, wanted: bytes) -> bytes:
        """What the screen was sent, up to ``wanted``.

        Raises:
            TimeoutError: it never came.
        """
        seen = b""
        deadline = time.monotonic() + LONGEST_WAIT
        while wanted not in seen:
            ready, _, _ = select.select([self._end], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{wanted!r} never came, but {seen[-200:]!r}")
            data = os.read(self._end, 65536)
            if WHERE_IS_THE_CURSOR in data:
                self.type(b"\x1b[1;1R")
            seen += data
        return seen

    def type(self, keys: bytes) -> None:
        """Keys, as a person presses them."""
        os.write(self._end, keys)

    def prompt(self, shown: bytes = PROMPT) -> Run:
        """What it took until the first prompt stood."""
        self.until(shown)
        wall = time.perf_counter() - self._began
        return Run(self._cpu(), wall, self.resident())

    def _cpu(self) -> float:
        """Of all its threads so far; not a number where the system does not tell."""
        tasks = Path(f"/proc/{self.pid}/task")
        with suppress(OSError):
            return sum(int(t.read_text().split()[0]) for t in tasks.glob("*/schedstat")) / 1e9
        return float("nan")

    def resident(self) -> float:
        """MiB in memory now; not a number where the system does not tell."""
        with suppress(OSError):
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
        return float("nan")

    def leave(self) -> None:
        """Ends the process."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self._end)


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows in columns: the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        figures = "  ".join(f"{text:>{w}}" for text, w in zip(rest, widths[1:], strict=True))
        yield f"{first:{widths[0]}}  {figures}"


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
