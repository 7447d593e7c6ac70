"""Figures of another environment: ``staging: 2 replicas, production: 6 replicas``.

A plan is for production. What is said of staging is left out, and listed, where the words
speak of production too or state the same figure a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.products import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.effects import Said
    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Reading

_FIGURES = frozenset(
    ("replicas", "min_replicas", "max_replicas", "zones", "regions", "slo_percent", "peak_rps",
     "average_rps", "monthly_requests", "cpu_millicores", "memory_mib", "budget_usd_month",
     "p99_ms", "p95_ms", "rto_minutes", "rpo_minutes", "data_gib", "deploys_per_week")
)  # fmt: skip
_ENDS = frozenset((";", ".", "newline", "|", "•"))
_MOST = 200
"""Items beyond which a line is no sentence about environments."""


def leave_other_environments(line: Reading, free: Sequence[bool]) -> None:
    """Takes what was said of an environment that is not production out of ``line.said``."""
    items = line.items
    if len(items) > _MOST:
        return
    named = [i for i, item in enumerate(items) if item.has("env") and free[i]]
    others = [i for i in named if ENVIRONMENTS.get(items[i].key) != "production"]
    if not others:
        return
    spans = [_span(items, i) for i in others]
    theirs = [
        one
        for one in line.said
        if one.field in _FIGURES
        and (
            any(start <= one.start < end for start, end in spans)
            or any(_just_before(items, one, i) for i in others)
        )
    ]
    kept = {one.field for one in line.said if one not in theirs}
    production = len(named) > len(others)
    gone = [one for one in theirs if production or one.field in kept]
    for one in gone:
        words = line.words(one.start, one.end)
        line.note(f"'{words}' is of another environment; the plan is for production")
        line.listed.append((one.start, one.end))
    line.said = [one for one in line.said if one not in gone]


def _span(items: Sequence[Item], i: int) -> tuple[int, int]:
    """From where to where the words behind environment ``i`` speak of it."""
    after = items[i + 1] if i + 1 < len(items) else None
    wide = after is not None and after.key in (":", "(", "=", "-")
    before = items[i - 1] if i else None
    opens = before is None or before.has("sep", "on", "and") or before.key in ("the", "our", "-")
    if after is None or not opens or (before is not None and before.key == "for"):
        return items[i].end, items[i].end
    end = items[i].end
    for item in items[i + 1 :]:
        stop = item.key in _ENDS or item.has("env") or (item.key == "," and not wide)
        if stop or (item.has("and", "or") and not wide):
            break
        end = item.end
        if item.key == ")" and after.key == "(":
            break
    return items[i].end, end


def _just_before(items: Sequence[Item], one: Said, i: int) -> bool:
    """``2 replicas in staging``: only small words between the figure and environment ``i``."""
    k, steps = i - 1, 0
    while k >= 0 and items[k].start >= one.end and steps < 4:
        if not (
            items[k].has("on", "fill", "notneeded") or items[k].key in ("for", "in", "the", "our")
        ):
            return False
        k, steps = k - 1, steps + 1
    return steps > 0 and k >= 0 and items[k].end <= one.end and one.start <= items[k].start
