"""A run: every trial played once, each outcome kept as it comes.

Memory holds outcomes (a few hundred bytes each), never answers.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.evals.trial import Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from devops_exe.evals.case import Case
    from devops_exe.evals.playing import Play
    from devops_exe.evals.pool import Player
    from devops_exe.evals.state import State


@dataclass(frozen=True, slots=True)
class Job:
    """A trial to play."""

    case: Case
    how: Play
    repeat: int

    @property
    def trial(self) -> Trial:
        """Its name."""
        return Trial(self.case.id, self.how.engine, self.repeat)


@dataclass(slots=True)
class Run:
    """A run and what it has so far.

    Attributes:
        jobs: every trial of the run.
        outcomes: those that are over, in the order of the jobs when the run is.
        seconds: wall-clock of this part of the run.
    """

    jobs: Sequence[Job]
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        """Trials in which everything held."""
        return sum(1 for one in self.outcomes if one.passed)


def jobs_of(
    cases: Iterable[Case], plays: Mapping[str, Play], repeat: int, *, every: bool = False
) -> list[Job]:
    """The trials of cases: each on the engines it has, or on all of ``plays`` for ``every``."""
    return [
        Job(case, how, number)
        for engine, how in plays.items()
        for case in cases
        if every or engine in case.engines()
        for number in range(repeat)
    ]


async def run(
    jobs: Sequence[Job],
    players: Sequence[Player],
    state: State | None = None,
    tell: Callable[[Run, Outcome | None], None] | None = None,
    seconds: float | None = None,
) -> Run:
    """Play every job that ``state`` does not hold already.

    Args:
        jobs: what to play.
        players: who plays; each takes the next job when it is free.
        state: where outcomes are kept, and what stands from before.
        tell: called once before the first job, and after each.
        seconds: for a trial; the case's own limit for None.
    """
    began = time.monotonic()
    result = Run(jobs)
    known = state.done if state else {}
    result.outcomes = [known[job.trial] for job in jobs if job.trial in known]
    waiting = iter([job for job in jobs if job.trial not in known])
    if tell is not None:
        tell(result, None)

    async def work(player: Player) -> None:
        for job in waiting:
            limit = seconds or job.case.file.timeout_seconds
            outcome = await player.play(job.case, job.how, job.repeat, limit)
            result.outcomes.append(outcome)
            if state is not None:
                state.keep(outcome)
            result.seconds = time.monotonic() - began
            if tell is not None:
                tell(result, outcome)

    try:
        async with asyncio.TaskGroup() as group:
            for player in players:
                group.create_task(work(player))
    finally:
        for player in players:
            await player.close()
    order = {job.trial: number for number, job in enumerate(jobs)}
    result.outcomes.sort(key=lambda one: order[one.trial])
    result.seconds = time.monotonic() - began
    return result
