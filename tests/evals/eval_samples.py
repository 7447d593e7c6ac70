"""Cases, answers and players that the tests of the evals share."""

from __future__ import annotations

import asyncio
from pathlib import Path

from devops_exe.evals.case import parse_case
from devops_exe.evals.judging import judged, outcome_of
from devops_exe.evals.loading import read_cases
from devops_exe.evals.playing import Play, play
from devops_exe.evals.trial import Trial

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "evals" / "cases"
RECORDINGS = ROOT / "evals" / "recordings"

SMALL = """\
id: small
about: a small case
lines: ["/scale api on EKS, 100 rps"]
source: by hand
expect:
  - {scorer: sections, of: scale}
"""


def case(text=SMALL, path=Path("small.yaml"), **changes):
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_case(text, path)


def own(*names):
    """Cases of the project by id; every one without names."""
    every = {one.id: one for one in read_cases(CASES)}
    return [every[name] for name in names] if names else list(every.values())


def answered(one, engine="offline", recordings=RECORDINGS, **more):
    return asyncio.run(play(one, Play(engine, recordings, **more)))


def judged_as(one, answer, engine="offline"):
    return judged(one, answer, Trial(one.id, engine), 0.0)


def lost(cases, engine="offline", recordings=RECORDINGS):
    """Ids of the cases that do not pass on an engine, with the reasons."""
    with asyncio.Runner() as runner:
        outcomes = [outcome_of(one, Play(engine, recordings), runner=runner) for one in cases]
    return {one.trial.case: one.reasons for one in outcomes if not one.passed}
