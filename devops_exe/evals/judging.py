"""From a case to an outcome, in this process: played, then judged; a crash is an outcome."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from devops_exe.evals.playing import Play, play
from devops_exe.evals.scorers import judge
from devops_exe.evals.trial import Outcome, Trial
from devops_exe.ground.errors import DevopsExeError

if TYPE_CHECKING:
    from devops_exe.evals.answer import Answer
    from devops_exe.evals.case import Case


def outcome_of(
    case: Case, how: Play, repeat: int = 0, runner: asyncio.Runner | None = None
) -> Outcome:
    """Play a case and judge its answer.

    Args:
        case: what to play.
        how: on which engine.
        repeat: which repeat this is.
        runner: an event loop to use again; one of its own for None.
    """
    trial = Trial(case.id, how.engine, repeat)
    began = time.perf_counter()
    try:
        played = play(case, how)
        answer = asyncio.run(played) if runner is None else runner.run(played)
    except DevopsExeError as error:
        return Outcome(trial, "error", (error.line(),), seconds=time.perf_counter() - began)
    except Exception as crash:
        reason = " ".join(f"{type(crash).__name__}: {crash}".split())[:500]
        return Outcome(trial, "error", (reason,), seconds=time.perf_counter() - began)
    return judged(case, answer, trial, time.perf_counter() - began)


def judged(case: Case, answer: Answer, trial: Trial, seconds: float) -> Outcome:
    """The outcome of an answer: every expectation that holds for the engine, judged."""
    checks = judge(case.expect, answer, trial.engine)
    reasons = [f"{one.scorer}[{one.index}]: {one.reason}" for one in checks if not one.passed]
    if answer.problem:
        reasons.insert(0, f"recording: {answer.problem}")
    usages = [turn.result.get("usage", {}) for turn in answer.turns]
    return Outcome(
        trial,
        "failed" if reasons else "passed",
        tuple(reasons),
        len(checks),
        seconds,
        sum(turn.seconds for turn in answer.turns),
        sum(int(usage.get("round_trips", 0)) for usage in usages),
        sum(int(n) for usage in usages for name, n in usage.items() if name.endswith("_tokens")),
    )
