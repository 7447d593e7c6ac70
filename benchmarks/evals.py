"""Throughput of an eval run beside the engine's own time in the same run.

    python benchmarks/evals.py [CASES] [ENGINE]

CASES trials (200) of the project's own cases on an engine (scripted) run as ``devops-exe
eval`` runs them: a worker process, each outcome kept on disk. ``share`` is the engine's own
time of all turns ÷ the wall-clock of the run: what the runner leaves to the engine (goal 0.9).
The worker's start is told apart, for it is paid once. Memory is this process's peak before
and after: outcomes stay, answers do not.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path

from devops_exe.evals.loading import cases_of, evals_folder
from devops_exe.evals.playing import Play
from devops_exe.evals.pool import Worker
from devops_exe.evals.runner import Job, Run, run
from devops_exe.evals.state import State

GOAL = 0.9


def jobs(count: int, engine: str) -> list[Job]:
    """``count`` trials: the cases of the engine, again and again."""
    folder = evals_folder()
    how = Play(engine, folder / "recordings" if folder else None)
    chosen = [case for case in cases_of([]) if engine in case.engines() and case.file.lines]
    pairs = zip(itertools.count(), itertools.cycle(chosen), strict=False)
    return [Job(case, how, number) for number, case in itertools.islice(pairs, count)]


async def measured(wanted: list[Job], folder: Path) -> tuple[Run, Run, float, float]:
    """The first trial (it starts the worker), the rest, its wall-clock, and the peak after it."""
    worker = Kept()
    first = await run(wanted[:1], [worker])
    began = time.perf_counter()
    state = State(folder / "run.jsonl")
    rest = await run(wanted[1:], [worker], state)
    state.close(finished=True)
    wall = time.perf_counter() - began
    peak = peak_mib()
    await Worker.close(worker)
    return first, rest, wall, peak


class Kept(Worker):
    """A worker that a run does not close."""

    async def close(self) -> None:
        """Stay for the next run."""


def peak_mib() -> float:
    """Peak resident memory of this process, in MiB (Linux counts in KiB, macOS in bytes)."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1024 if sys.platform != "darwin" else size / 1024 / 1024


def main(words: list[str]) -> None:
    """Print one table."""
    count = int(words[0]) if words else 200
    engine = words[1] if len(words) > 1 else "scripted"
    wanted = jobs(count + 1, engine)
    before = peak_mib()
    with tempfile.TemporaryDirectory() as folder:
        first, rest, wall, peak = asyncio.run(measured(wanted, Path(folder)))
    own = sum(one.engine_seconds for one in rest.outcomes)
    failed = sum(1 for one in rest.outcomes if not one.passed)
    print(f"engine            {engine}")
    print(f"trials            {len(rest.outcomes)}, {failed} failed")
    print(f"first trial       {first.seconds:8.2f} s  (starts the worker, imports the engine)")
    print(f"run               {wall:8.2f} s  {len(rest.outcomes) / wall:.1f} trials a second")
    print(f"engine's own time {own:8.2f} s")
    print(f"share             {own / wall:8.3f}    (goal {GOAL})")
    print(f"peak memory       {before:8.1f} MiB before, {peak:.1f} MiB after")


if __name__ == "__main__":
    main(sys.argv[1:])
