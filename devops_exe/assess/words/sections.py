"""``orders: 6 pods; payments: 2 pods``: parts of a line that speak of one system each.

A plan is of one system. The first part's holds; what a later part says of itself is listed,
and the answer asks which one is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.labels import HEADINGS, LABELS, SUFFIXES
from devops_exe.assess.words.no_names import PROSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.effects import Said
    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Reading

_PER_SYSTEM = frozenset(
    ("replicas", "min_replicas", "max_replicas", "peak_rps", "average_rps", "monthly_requests",
     "rps_per_replica", "cpu_millicores", "memory_mib", "workers", "port", "p99_ms", "p95_ms",
     "service_ms", "slo_percent", "startup_seconds", "data_gib")
)  # fmt: skip
_PLACES = frozenset(("platform", "provider", "orchestrator"))
_QUANTITIES = frozenset(("number", "rate", "pct", "dur", "bytes", "cpu", "freq"))
_PARTS = frozenset(("frontend", "backend", "api", "web", "worker", "gateway", "db", "database",
                    "cache", "proxy", "scheduler", "admin", "bff", "consumer"))  # fmt: skip
_MOST = 200


def keep_first_section(line: Reading, free: Sequence[bool]) -> None:
    """Leaves the first of several labelled systems, lists what the others have, and asks."""
    items = line.items
    if len(items) > _MOST:
        return
    heads = [i for i in range(len(items) - 1) if _heads(items, free, i)]
    names = list(dict.fromkeys(line.text[items[i].start : items[i].end] for i in heads))
    if len(names) < 2:
        return
    second = items[heads[1]].start
    first = [one for one in line.said if one.start < second]
    before = {one.field for one in first}
    gone = [one for one in line.said if one.start >= second and _is_theirs(one, before)]
    if not gone:
        return
    line.said = [one for one in line.said if one not in gone]
    line.listed += [(one.start, one.end) for one in gone if one.field not in _PLACES]
    line.used += [(items[i].start, items[i].end) for i in heads[1:]]
    line.note(
        f"The words name several systems ({', '.join(names[:6])}); this is the plan of {names[0]}:"
        " which one is meant?"
    )


def _is_theirs(one: Said, before: set[str]) -> bool:
    return one.field in _PER_SYSTEM or (one.field in _PLACES and one.field in before)


def _heads(items: Sequence[Item], free: Sequence[bool], i: int) -> bool:
    """Whether item ``i`` is a name at the head of a part: ``orders:``, ``search (GKE)``."""
    item, after = items[i], items[i + 1]
    opens = i == 0 or items[i - 1].has("sep", "and")
    store = item.has("datastores") and after.key == ":"
    if not opens or not (free[i] or store or item.has("worker")) or item.key in PROSE:
        return False
    if item.kind not in ("word", "name") or item.key in HEADINGS | LABELS:
        return False
    plain = item.classes <= {
        "word",
        "name",
        "noun",
        "adj",
        "req",
        "worker",
        "product",
        "datastores",
    }
    if not plain or item.has("env"):
        return False
    behind = items[i + 2] if i + 2 < len(items) else None
    if after.key in (":", "("):
        says = behind is not None and (behind.kind in _QUANTITIES or behind.has("product"))
        return says and not (item.has("product") and not store)
    service = item.key in _PARTS or item.key.rpartition("-")[2] in SUFFIXES
    return service and after.kind in _QUANTITIES and not item.has("product")
