"""Who plays a trial: a worker process that may be killed, or this process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from devops_exe.evals.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.evals.case import Case
    from devops_exe.evals.playing import Play

LARGEST_OUTCOME = 16 * 1024 * 1024
"""Bytes of an outcome's line."""

START_SECONDS = 30.0
"""What a fresh worker may take besides its trial: imports on a loaded machine."""


class Player(Protocol):
    """Plays trials one after another."""

    async def play(self, case: Case, how: Play, repeat: int, seconds: float) -> Outcome:
        """The outcome; also of a trial that hangs for longer than ``seconds``, or dies."""
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...


class Worker:
    """A process of its own, started when needed and again when it was lost.

    Args:
        command: what to start; the project's own worker for None.
        start_seconds: what a fresh process may take besides its trial.
    """

    def __init__(
        self, command: Sequence[str] | None = None, start_seconds: float = START_SECONDS
    ) -> None:
        self._command = command or [sys.executable, "-m", "devops_exe.evals.worker"]
        self._start_seconds = start_seconds
        self._process: asyncio.subprocess.Process | None = None

    async def play(self, case: Case, how: Play, repeat: int, seconds: float) -> Outcome:
        """Play in the worker; it is killed where it takes too long."""
        trial = Trial(case.id, how.engine, repeat)
        clock = asyncio.get_running_loop().time
        fresh = self._process is None
        began = clock()
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(seconds + (self._start_seconds if fresh else 0)):
                process.stdin.write(_job(case, how, repeat))
                await process.stdin.drain()
                line = await process.stdout.readline()
        except TimeoutError:
            await self._lost(patience=0)
            reason = f"no answer within {seconds:g} s"
            return Outcome(trial, "timeout", (reason,), seconds=clock() - began)
        except (ConnectionError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            code = await self._lost(patience=2)
            reason = f"its process ended with {code}"
            return Outcome(trial, "died", (reason,), seconds=clock() - began)
        return Outcome.from_json(json.loads(line))

    async def close(self) -> None:
        """End the process: it leaves when it has nothing more to read."""
        await self._lost(patience=2)

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LARGEST_OUTCOME,
            env=environment(),
            start_new_session=True,
        )  # fmt: skip
        return self._process

    async def _lost(self, patience: float) -> int | None:
        """The exit status of the process, killed with its children after ``patience`` seconds."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(patience):
                return await process.wait()
        except TimeoutError:
            # not Process.kill: it polls, and takes the exit status from the event loop
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        return await process.wait()


def environment() -> dict[str, str]:
    """The worker's environment: the loopback is never asked for through a proxy."""
    names = dict(os.environ)
    for name in ("NO_PROXY", "no_proxy"):
        names[name] = ",".join(part for part in (names.get(name, ""), "127.0.0.1") if part)
    return names


def _job(case: Case, how: Play, repeat: int) -> bytes:
    job = {
        "case": case.id,
        "path": str(case.path.resolve()),
        "engine": how.engine,
        "repeat": repeat,
        "recordings": str(how.recordings) if how.recordings else None,
        "record": how.record,
        "claude": dict(how.claude) if how.claude else None,
    }
    return json.dumps(job).encode() + b"\n"


class Here:
    """This process: quick, and at the mercy of every trial."""

    async def play(self, case: Case, how: Play, repeat: int, seconds: float) -> Outcome:
        """Play in a thread's own event loop; a trial that waits too long is left."""
        from devops_exe.evals.judging import outcome_of

        trial = Trial(case.id, how.engine, repeat)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.to_thread(outcome_of, case, how, repeat)
        except TimeoutError:
            return Outcome(trial, "timeout", (f"no answer within {seconds:g} s",), seconds=seconds)

    async def close(self) -> None:
        """Nothing is held."""
