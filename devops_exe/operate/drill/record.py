"""What the load has seen: which request was lost, and to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from devops_exe.operate.drill.model import DrillPlan


@dataclass(frozen=True, slots=True)
class Row:
    """One request.

    Attributes:
        due: when it was to leave, seconds of the monotonic clock.
        took: seconds from then to the end of its answer.
        status: 0 where there was none.
        served: the replica; ``-`` where nobody served it.
        marked: a replica failed it on purpose.
    """

    due: float
    took: float
    status: int
    served: str
    marked: bool

    @property
    def failed(self) -> bool:
        """No answer, or one of 500 and above."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True, slots=True)
class Losses:
    """Requests of one rollout.

    Attributes:
        requests: all.
        fault: lost to the injected fault (under ``latency``: late).
        planned: refused while a strategy that stops before it starts had nothing running.
        baseline: failed at the rate that a healthy version may.
        other: everything else, which is what the drill itself or the rollback has lost.
        p50_ms, p99_ms: of the answers of the old version.
    """

    requests: int
    fault: int
    planned: int
    baseline: int
    other: int
    p50_ms: float
    p99_ms: float


def read(lines: Iterable[str]) -> list[Row]:
    """Rows of a record; a last line that was cut off is left out."""
    rows = []
    for line in lines:
        words = line.split()
        if len(words) == 5:
            rows.append(
                Row(float(words[0]), float(words[1]), int(words[2]), words[3], words[4] == "1")
            )
    return rows


def losses(
    plan: DrillPlan,
    rows: Sequence[Row],
    *,
    faulty: bool,
    origin: float | None,
    until: float,
) -> Losses:
    """Sort the requests by what became of them.

    Args:
        plan: what ran.
        rows: of the load.
        faulty: whether the new version had the plan's fault.
        origin: when the fault began to matter; None where it did not.
        until: when the rollback was done: the latest moment of a request lost to the fault.
    """
    kind = plan.fault.kind if faulty else "none"
    counts = {"fault": 0, "planned": 0, "baseline": 0, "other": 0}
    for row in rows:
        within = origin is not None and origin - plan.timeout_seconds <= row.due <= until
        new = row.served.startswith("v2")
        if kind == "latency" and new and within and row.took > plan.slow_seconds:
            counts["fault"] += 1
        elif row.failed:
            counts[_cause(plan, row, kind, within=within)] += 1
    took = sorted(row.took for row in rows if row.served.startswith("v1") and not row.failed)
    return Losses(len(rows), **counts, p50_ms=_rank(took, 0.5), p99_ms=_rank(took, 0.99))


def _cause(plan: DrillPlan, row: Row, kind: str, *, within: bool) -> str:
    new = row.served.startswith("v2")
    if new and kind == "errors" and (row.marked or row.status == 500):
        return "fault"
    if new and kind in {"crash", "hang"} and not row.marked and within:
        return "fault"
    if kind in {"crash", "hang"} and within and row.status == 0 and row.served == "-":
        # in the hands of a replica that was killed: of a kept connection HAProxy closes the
        # client's too, without an answer and without a line in its log
        return "fault"
    if row.marked:
        return "baseline"
    if plan.strategy == "Recreate" and row.status == 503 and row.served == "-":
        return "planned"
    return "other"


def _rank(values: Sequence[float], share: float) -> float:
    """The value of this rank in milliseconds; 0 of none."""
    return 1000 * values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
