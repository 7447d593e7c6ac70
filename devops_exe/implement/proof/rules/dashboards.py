"""Grafana: what a dashboard needs so that it shows something (the dashboard model of Grafana)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, elements, entries, maps_in
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}\Z")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+)|\[\[(\w+)\]\])")
_BUILT_IN = frozenset({"org", "user", "dashboard", "timeFilter"})
PANELS = frozenset(
    {
        "alertlist", "annolist", "barchart", "bargauge", "candlestick", "canvas", "dashlist",
        "datagrid", "flamegraph", "gauge", "geomap", "graph", "heatmap", "histogram", "logs",
        "news", "nodeGraph", "piechart", "row", "stat", "state-timeline", "status-history",
        "table", "text", "timeseries", "traces", "trend", "xychart",
    }
)  # fmt: skip
TOP = frozenset(
    {
        "__inputs", "__requires", "annotations", "description", "editable",
        "fiscalYearStartMonth", "gnetId", "graphTooltip", "id", "links", "liveNow", "panels",
        "preload", "refresh", "revision", "schemaVersion", "snapshot", "style", "tags",
        "templating", "time", "timepicker", "timezone", "title", "uid", "version",
        "weekStart",
    }
)  # fmt: skip
"""Keys of a dashboard, by Grafana's dashboard schema."""

_WIDTH = 24


def dashboard(document: Document, tree: Tree) -> Iterator[Fault]:
    """Title, version of the schema, a uid, no unknown key, a time that can be read."""
    top = document.first
    for key in sorted(top.keys() - TOP):
        yield Fault(f"a dashboard has no key {key!r}")
    if not isinstance(top.get("title"), str) or not top["title"].strip():
        yield Fault("no title")
    version = top.get("schemaVersion")
    if isinstance(version, bool) or not isinstance(version, int) or not 16 <= version <= 100:
        yield Fault(f"schemaVersion is {version!r}")
    if "uid" in top and not _UID.match(str(top["uid"])):
        yield Fault(f"{top['uid']!r} is no uid")
    if top.get("id") is not None:
        yield Fault("a dashboard that is brought in has no id")
    if not maps_in(top, "panels"):
        yield Fault("no panel")
    time = entries(top, "time")
    if time and not (str(time.get("from", "")).startswith("now") or "-" in str(time.get("from"))):
        yield Fault(f"it begins at {time.get('from')!r}")


def panels(document: Document, tree: Tree) -> Iterator[Fault]:
    """Panels of known types, with ids of their own, on the grid, none over another."""
    taken: dict[tuple[int, int], Any] = {}
    ids: set[Any] = set()
    for panel in _panels(document):
        name, ident = panel.get("title") or panel.get("id"), panel.get("id")
        if ident in ids or isinstance(ident, bool) or not isinstance(ident, int):
            yield Fault(f"the panel {name} has no id of its own: {ident!r}")
        ids.add(ident)
        if panel.get("type") not in PANELS:
            yield Fault(f"the panel {name} is of the unknown type {panel.get('type')!r}")
        grid = entries(panel, "gridPos")
        sides = [grid.get(key) for key in ("x", "y", "w", "h")]
        if any(isinstance(s, bool) or not isinstance(s, int) or s < 0 for s in sides):
            yield Fault(f"the panel {name} is at {dict(grid)}")
            continue
        x, y, w, h = (int(side) for side in sides if side is not None)
        if w < 1 or x + w > _WIDTH or not 1 <= h <= 200:
            yield Fault(f"the panel {name} is {w} wide at {x}: the grid has {_WIDTH}")
            continue
        over = {taken[i, j] for i in range(x, x + w) for j in range(y, y + h) if (i, j) in taken}
        if over:
            yield Fault(f"the panel {name} lies over {sorted(map(str, over))[0]}")
        taken.update({(i, j): name for i in range(x, x + w) for j in range(y, y + h)})


def targets(document: Document, tree: Tree) -> Iterator[Fault]:
    """Panels that ask something, each query under a letter of its own, with known variables."""
    declared = {str(v.get("name")) for v in maps_in(document.first, "templating", "list")}
    for panel in _panels(document):
        name = panel.get("title") or panel.get("id")
        if panel.get("type") in {"row", "text", "news", "dashlist", "alertlist", "annolist"}:
            continue
        asked = maps_in(panel, "targets")
        if not asked:
            yield Fault(f"the panel {name} asks nothing")
        letters: set[Any] = set()
        for target in asked:
            letter = target.get("refId")
            if not letter or letter in letters:
                yield Fault(f"a query of {name} has no refId of its own: {letter!r}")
            letters.add(letter)
            expression = target.get("expr")
            if not isinstance(expression, str) or not expression.strip():
                yield Fault(f"the query {letter} of {name} is empty")
                continue
            if not target.get("datasource") and not panel.get("datasource"):
                yield Fault(f"the query {letter} of {name} has no datasource")
            for found in _VARIABLE.findall(expression):
                variable = next(part for part in found if part)
                if not variable.startswith("__") and variable not in declared | _BUILT_IN:
                    yield Fault(f"the query {letter} of {name} uses ${variable}, not declared")


def _panels(document: Document) -> Iterator[Map]:
    for panel in maps_in(document.first, "panels"):
        yield panel
        yield from maps_in(panel, "panels")


def expressions(document: Document) -> Iterator[tuple[str, str]]:
    """(where, PromQL) of every query of a dashboard."""
    for panel in _panels(document):
        for target in maps_in(panel, "targets"):
            if isinstance(target.get("expr"), str):
                yield f"panel {panel.get('title') or panel.get('id')}", target["expr"]
    for item in elements(document.first, "annotations", "list"):
        if isinstance(item, Map) and isinstance(item.get("expr"), str):
            yield f"annotation {item.get('name')}", item["expr"]


_KIND = ("grafana",)
RULES = (
    Rule("grafana-dashboard", _KIND, dashboard, "title, schema version, uid, known keys"),
    Rule("grafana-panels", _KIND, panels, "ids of their own, on the grid, none over another"),
    Rule("grafana-targets", _KIND, targets, "queries with letters, sources, known variables"),
)
