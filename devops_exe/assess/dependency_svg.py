"""A dependency map as SVG: layers from left to right, the same bytes for the same map."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from devops_exe.assess.dependencies import DependencyMap, Edge, Node

_CELL = 7.5
_BOX = 34
_ROW = 54
_GAP = 90
_MARGIN = 16
_SWEEPS = 4

_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
    'width="{width:g}" height="{height:g}" role="img" '
    'font-family="ui-monospace, monospace" font-size="12">'
)
_ARROW = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#4b5563"/></marker></defs>'
)
_FILL = {
    "service": "#dbeafe",
    "worker": "#e0e7ff",
    "datastore": "#dcfce7",
    "queue": "#fef9c3",
    "infrastructure": "#f3f4f6",
    "outside": "#ffffff",
}


def as_svg(found: DependencyMap) -> str:
    """The map as a self-contained SVG; no script, no font, no reference to elsewhere.

    Layout: a node stands one layer right of the farthest node that calls it, calls that
    close a circle left out; within a layer nodes are ordered by the mean place of their
    callers, in a fixed number of sweeps.
    """
    layers = _ordered(found, _layers(found))
    places, width, height = _places(found, layers)
    parts = [
        _OPENING.format(width=width, height=height),
        "<title>Dependency map</title>",
        f"<desc>{escape(_told(found))}</desc>",
        _ARROW,
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
    ]
    parts += [_line(edge, places) for edge in found.edges]
    parts += [_box(node, places[node.name]) for node in found.nodes]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _told(found: DependencyMap) -> str:
    return "; ".join(f"{edge.source} calls {edge.target}" for edge in found.edges) or "no calls"


def _layers(found: DependencyMap) -> dict[str, int]:
    """Each node's layer: the longest way to it, along calls that close no circle."""
    order: list[str] = []
    forward: list[Edge] = []
    done: set[str] = set()
    active: set[str] = set()
    for start in (*found.entries(), *(node.name for node in found.nodes)):
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                active.discard(name)
                done.add(name)
                order.append(name)
            elif name not in done and name not in active:
                active.add(name)
                stack.append((name, True))
                kept = [e for e in found.of_caller(name) if e.target not in active]
                forward += kept
                stack += [(edge.target, False) for edge in reversed(kept)]
    rank = {name: place for place, name in enumerate(reversed(order))}
    layer = dict.fromkeys(rank, 0)
    for edge in sorted(forward, key=lambda e: rank[e.source]):
        if rank[edge.source] < rank[edge.target]:
            layer[edge.target] = max(layer[edge.target], layer[edge.source] + 1)
    return layer


def _ordered(found: DependencyMap, layer: dict[str, int]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for node in found.nodes:
        rows[layer[node.name]].append(node.name)
    callers: dict[str, list[str]] = {}
    for edge in found.edges:
        callers.setdefault(edge.target, []).append(edge.source)
    for _ in range(_SWEEPS):
        place = {name: index for row in rows for index, name in enumerate(row)}
        rows = [sorted(row, key=lambda name: (_mean(name, callers, place), name)) for row in rows]
    return rows


def _mean(name: str, callers: dict[str, list[str]], place: dict[str, int]) -> float:
    found = [place[caller] for caller in callers.get(name, [])]
    return sum(found) / len(found) if found else float(place[name])


def _places(
    found: DependencyMap, layers: list[list[str]]
) -> tuple[dict[str, tuple[float, float, float]], float, float]:
    """(x, y, width) of each box, and the size of the whole."""
    lines = {node.name: max(cells(node.name), cells(_second(node))) for node in found.nodes}
    places: dict[str, tuple[float, float, float]] = {}
    x, tallest = float(_MARGIN), max((len(row) for row in layers), default=1)
    for row in layers:
        wide = max(lines[name] for name in row) * _CELL + 20
        top = _MARGIN + (tallest - len(row)) * _ROW / 2
        for index, name in enumerate(row):
            places[name] = (x, top + index * _ROW, wide)
        x += wide + _GAP
    width = max(x - _GAP + _MARGIN, 2.0 * _MARGIN)
    return places, width, tallest * _ROW + _MARGIN


def _second(node: Node) -> str:
    told = [node.product or node.kind]
    return ", ".join([*told, "once"] if node.once else told)


def _line(edge: Edge, places: dict[str, tuple[float, float, float]]) -> str:
    x1, y1, wide = places[edge.source]
    x2, y2, _ = places[edge.target]
    start, end = x1 + wide, x2
    bend = max(40.0, (end - start) / 2)
    dashes = "" if edge.waits else ' stroke-dasharray="5 4"'
    y1, y2 = y1 + _BOX / 2, y2 + _BOX / 2
    return (
        f'<path d="M{start:g} {y1:g}C{start + bend:g} {y1:g} {end - bend:g} {y2:g} {end:g} {y2:g}" '
        f'fill="none" stroke="#4b5563"{dashes} marker-end="url(#a)">'
        f"<title>{escape(f'{edge.by}: {edge.where}')}</title></path>"
    )


def _box(node: Node, place: tuple[float, float, float]) -> str:
    x, y, wide = place
    heavy = "3" if node.once else "1"
    round_ = "17" if node.kind in ("datastore", "outside") else "4"
    return (
        f"<g><title>{escape(f'{node.kind} ({node.where})')}</title>"
        f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{_BOX}" rx="{round_}" '
        f'fill="{_FILL[node.kind]}" stroke="#111827" stroke-width="{heavy}"/>'
        f'<text x="{x + wide / 2:g}" y="{y + 14:g}" text-anchor="middle" fill="#111827">'
        f"{escape(node.name)}</text>"
        f'<text x="{x + wide / 2:g}" y="{y + 28:g}" text-anchor="middle" fill="#4b5563" '
        f'font-size="10">{escape(_second(node))}</text></g>'
    )
