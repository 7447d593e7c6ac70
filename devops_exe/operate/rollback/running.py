"""Starting a program of a plan: no shell, its own process group, a time limit, bounded output."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.operate.rollback.model import Invocation

LARGEST_OUTPUT = 16 * 1024 * 1024
"""Bytes of an output that are kept; the rest is read and dropped."""

_GRACE_SECONDS = 5.0
_OURS = ("ANTHROPIC_", "DEVOPS_EXE_")
"""Variables that are this program's own: no started program needs them."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended.

    Attributes:
        status: exit status; negative for a signal, 127 where it could not be started.
        output, errors: what it wrote.
        late: whether it was ended because its time was over.
    """

    status: int
    output: str = ""
    errors: str = ""
    late: bool = False


def run(invocation: Invocation, environment: Mapping[str, str] | None = None) -> Ran:
    """Start a program and wait for its end.

    It runs in a process group of its own: Ctrl-C reaches this program alone, which then ends
    the group. Nothing is typed into it but what the plan gives it.
    """
    around = os.environ if environment is None else environment
    variables = {name: value for name, value in around.items() if not name.startswith(_OURS)}
    variables |= dict(invocation.environment)
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument vector, shown and agreed to
            list(invocation.argv),
            stdin=subprocess.PIPE if invocation.given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            start_new_session=True,
        )
    except (OSError, ValueError) as problem:
        return Ran(127, errors=f"it cannot be started: {getattr(problem, 'strerror', problem)}")
    try:
        return _watched(process, invocation)
    except BaseException:
        _end(process)
        raise


def _watched(process: subprocess.Popen[bytes], invocation: Invocation) -> Ran:
    kept: dict[str, bytearray] = {"output": bytearray(), "errors": bytearray()}
    readers = [
        threading.Thread(target=_drain, args=(stream, kept[name]), daemon=True)
        for name, stream in (("output", process.stdout), ("errors", process.stderr))
    ]
    for reader in readers:
        reader.start()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.write(invocation.given.encode())
        with suppress(OSError):
            process.stdin.close()
    late = False
    try:
        process.wait(invocation.seconds)
    except subprocess.TimeoutExpired:
        late = True
        _end(process)
    for reader in readers:
        # a program may leave one behind that holds its output open: that is not waited for
        reader.join(_GRACE_SECONDS)
    return Ran(
        process.returncode,
        bytes(kept["output"]).decode("utf-8", errors="replace"),
        bytes(kept["errors"]).decode("utf-8", errors="replace"),
        late,
    )


def _drain(stream: IO[bytes] | None, into: bytearray) -> None:
    if stream is None:
        return
    with suppress(OSError, ValueError), stream:
        while piece := stream.read1(65536):  # type: ignore[attr-defined]
            into += piece[: max(0, LARGEST_OUTPUT - len(into))]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: asked first, then made to."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
