"""One process of somebody else's, held to limits: time, output, memory, no secrets, no network.

Linux has ``prlimit`` and ``unshare`` (util-linux) for memory and network; where they are missing
(macOS) time, output and environment still hold.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess  # nosec: running validators is what this is for
import time
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OUTPUT = 1_000_000
"""Bytes of output that are read; a process that writes more is ended."""

LARGEST_FILE = 64 * 1024**2
"""Bytes of a file that a validator may write."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a process.

    Attributes:
        status: its exit status; None where it was ended or did not start.
        out, err: what it wrote, cut at the limit.
        seconds: of wall clock.
        ended: why it was ended from outside; empty where it was not.
    """

    status: int | None
    out: str
    err: str
    seconds: float
    ended: str = ""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    home: Path,
    seconds: float,
    memory: int = 0,
    stdin: bytes = b"",
    path: str | None = None,
) -> Ran:
    """Runs a command and waits for its end, or ends it with all that it started.

    Args:
        command: argument vector, its first word an executable.
        folder: working folder.
        home: an empty folder that stands for the home and temporary folder.
        seconds: after which it is ended.
        memory: bytes of address space, 0 for no limit.
        stdin: what it reads.
        path: of the executables that it may start itself.
    """
    began = time.monotonic()
    given: IO[bytes] | int = subprocess.DEVNULL
    with contextlib.ExitStack() as opened:
        if stdin:
            source = home / f"stdin-{os.urandom(6).hex()}"
            source.write_bytes(stdin)
            given = opened.enter_context(source.open("rb"))
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is a row of our own table
                [*_fences(memory, seconds), *command],
                cwd=folder,
                env=environment(home, path),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            return Ran(None, "", "", time.monotonic() - began, f"does not start: {error.strerror}")
    out, err, ended = _read(process, began + seconds)
    if ended:
        _end(process)
    status = process.wait()
    return Ran(
        None if ended else status,
        out.decode("utf-8", "replace"),
        err.decode("utf-8", "replace"),
        time.monotonic() - began,
        ended,
    )


def environment(home: Path, path: str | None = None) -> dict[str, str]:
    """The variables that a validator gets: names we choose, none of the user's values but PATH."""
    return {
        "PATH": path or os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CHECKPOINT_DISABLE": "1",
    }


@cache
def _fences(memory: int, seconds: float) -> tuple[str, ...]:
    """Programs in front of the command that hold it to its limits."""
    words: list[str] = []
    prlimit = shutil.which("prlimit")
    if prlimit:
        words += [prlimit, "--core=0", f"--fsize={LARGEST_FILE}", f"--cpu={int(seconds) + 1}"]
        if memory:
            words.append(f"--as={memory}")
        words.append("--")
    return (*words, *_without_network())


@cache
def _without_network() -> tuple[str, ...]:
    """``unshare``, where the kernel lets this user have a network of his own (an empty one)."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    for options in (("-n",), ("-r", "-n")):
        tried = subprocess.run(  # noqa: S603
            [program, *options, "--", "true"], capture_output=True, check=False, timeout=5
        )
        if tried.returncode == 0:
            return (program, *options, "--")
    return ()


def has_no_network() -> bool:
    """Whether validators are cut off from the network on this machine."""
    return bool(_without_network())


def _read(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, bytes, str]:
    """Both streams until they close, the time is up, or too much was written."""
    parts: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
    with selectors.DefaultSelector() as waiting, contextlib.ExitStack() as closing:
        for name, stream in (("out", process.stdout), ("err", process.stderr)):
            if stream is not None:
                closing.enter_context(stream)
                waiting.register(stream, selectors.EVENT_READ, name)
        while waiting.get_map():
            left = until - time.monotonic()
            if left <= 0:
                return bytes(parts["out"]), bytes(parts["err"]), "took too long"
            for key, _ in waiting.select(left):
                block = os.read(key.fd, 65536)
                if not block:
                    waiting.unregister(key.fileobj)
                    continue
                parts[key.data] += block
                if len(parts[key.data]) > OUTPUT:
                    return bytes(parts["out"]), bytes(parts["err"]), "wrote too much"
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return bytes(parts["out"]), bytes(parts["err"]), "took too long"
    return bytes(parts["out"]), bytes(parts["err"]), ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started: they share its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
