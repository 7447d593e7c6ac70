"""The process that plays trials: a job a line in, an outcome a line out.

A trial that hangs or takes its process down ends here, and not the run. Standard output
belongs to the protocol; whatever else is printed goes to standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from devops_exe.evals.case import parse_case
from devops_exe.evals.judging import outcome_of
from devops_exe.evals.playing import Play
from devops_exe.evals.trial import Outcome, Trial
from devops_exe.ground.errors import DevopsExeError


def main(jobs: IO[str], answers: IO[str]) -> None:
    """Play jobs until there are no more."""
    with asyncio.Runner() as runner:
        for line in jobs:
            job: dict[str, Any] = json.loads(line)
            answers.write(json.dumps(_outcome(job, runner).as_json(), ensure_ascii=True) + "\n")
            answers.flush()


def _outcome(job: dict[str, Any], runner: asyncio.Runner) -> Outcome:
    path = Path(job["path"])
    how = Play(
        job["engine"],
        Path(job["recordings"]) if job["recordings"] else None,
        job["record"],
        job["claude"],
    )
    try:
        case = parse_case(path.read_text(encoding="utf-8"), path)
    except (OSError, DevopsExeError) as error:
        return Outcome(Trial(job["case"], how.engine, job["repeat"]), "error", (str(error),))
    return outcome_of(case, how, job["repeat"], runner)


def serve() -> None:
    """Play what comes on standard input, answer on what was standard output."""
    # the protocol gets the real standard output, everybody else standard error
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    main(sys.stdin, protocol)


if __name__ == "__main__":
    serve()
