"""Proving everything, beside the slowest validator alone.

    python benchmarks/proof.py [ROUNDS]

The files are those that `implement` makes of the example. Each validator proves all of its files
alone, one process at a time; then everything is proved at once, as wide as there are cores. Each
figure is the median of its rounds; the ratio may be 1.2 at most on a machine that is free. Versions
are asked before the clock runs: they are remembered. It only prints: a number is worth what the
machine beneath it is worth.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.implement.implementation import implement
from devops_exe.implement.proof import proving
from devops_exe.implement.proof.validator import validators

if TYPE_CHECKING:
    from devops_exe.implement.artefact import Artefact
    from devops_exe.implement.proof.result import Proof

MOST = 1.2
EXAMPLE = Path(__file__).parents[1] / "examples" / "checkout-api"
LINE = (
    "checkout-api on EKS, canary, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, "
    "RTO 15 min, GitHub Actions"
)
TIME = "2026-11-24T10:00:00+00:00"


def timed(
    artefacts: list[Artefact], only: str = "", workers: int | None = None
) -> tuple[float, Proof]:
    """Seconds of proving, by one row of the table where it is named."""
    rows = tuple(row for row in validators() if not only or row.name == only)
    whole = proving.validators
    proving.validators = lambda: rows  # type: ignore[assignment]
    try:
        began = time.perf_counter()
        proof = proving.prove(artefacts, workers=workers)
        return time.perf_counter() - began, proof
    finally:
        proving.validators = whole


def cpu() -> float:
    """Seconds of processor that this process and its children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    made = implement(compose("devops", read_words(LINE), TIME), EXAMPLE)
    artefacts = list(made.artefacts)
    _, first = timed(artefacts)
    table = {row.name for row in validators()}
    ran = sorted({r.validator for r in first.rows if r.state != "skipped" and r.validator in table})
    print(f"{len(artefacts)} files, {len(ran)} validators, {first.workers} cores, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    alone: dict[str, float] = {}
    for name in ran:
        alone[name] = statistics.median(timed(artefacts, name, 1)[0] for _ in range(rounds))
    for name, seconds in sorted(alone.items(), key=lambda pair: -pair[1]):
        print(f"{name:24} {seconds:7.3f} s alone")
    used = cpu()
    together = statistics.median(timed(artefacts)[0] for _ in range(rounds))
    used = (cpu() - used) / rounds
    slowest = max(alone, key=lambda name: alone[name])
    ratio = together / alone[slowest]
    print(f"{'slowest: ' + slowest:24} {alone[slowest]:7.3f} s")
    print(f"{'everything':24} {together:7.3f} s, {used:.2f} s of processor")
    print(f"{'ratio':24} {ratio:7.2f} (at most {MOST})")
    for why in first.skipped:
        print(f"skipped: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
