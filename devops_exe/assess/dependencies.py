"""Who calls whom: services, datastores and outside services as a graph, a pure value.

An edge says that one node uses another, with the place that shows it. What each single
point of failure costs is not computed here (:mod:`devops_exe.design.feasibility`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NodeKind = Literal["service", "worker", "datastore", "queue", "infrastructure", "outside"]
By = Literal["environment", "start-order", "driver", "package", "rpc", "app-host"]

STRENGTH: tuple[By, ...] = ("environment", "app-host", "rpc", "driver", "start-order", "package")
"""What shows an edge, the surest first: of two for one pair the surer is kept."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that runs or is reached.

    Attributes:
        name: as the files spell it.
        kind: what it is; of one ``outside`` no file here runs it.
        where: ``path:line`` of its strongest declaration.
        product: identifier of a store's product, "" for code.
        once: ``path:line`` that shows it runs once, "" where it does not or nothing tells.
        why_once: in words, why it runs once.
    """

    name: str
    kind: NodeKind
    where: str
    product: str = ""
    once: str = ""
    why_once: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` uses ``target``.

    Attributes:
        source: name of the node that calls.
        target: name of the node that is called.
        by: what shows it.
        where: ``path:line`` of that.
        waits: whether a request of the source waits for the target; a queue's writer and
            a sender of telemetry do not.
    """

    source: str
    target: str
    by: By
    where: str
    waits: bool = True


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A node that runs once and that requests wait for.

    Attributes:
        node: the node.
        breaks: entry services whose requests end with it, in order of name.
    """

    node: Node
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DependencyMap:
    """Nodes in order of kind and name, edges in order of their ends."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    _callees: Mapping[str, tuple[Edge, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, nodes: Iterable[Node], edges: Iterable[Edge]) -> DependencyMap:
        """The map of these: one edge a pair, ends that are no node and loops left out."""
        known = {node.name: node for node in sorted(nodes, key=_rank)}
        kept: dict[tuple[str, str], Edge] = {}
        for edge in sorted(edges, key=lambda e: (STRENGTH.index(e.by), e.where)):
            if edge.source != edge.target and {edge.source, edge.target} <= set(known):
                kept.setdefault((edge.source, edge.target), edge)
        ordered = tuple(kept[pair] for pair in sorted(kept))
        callees: dict[str, list[Edge]] = {}
        for edge in ordered:
            callees.setdefault(edge.source, []).append(edge)
        return cls(
            tuple(known.values()), ordered, {name: tuple(found) for name, found in callees.items()}
        )

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def node(self, name: str) -> Node:
        """The node of a name; KeyError where there is none."""
        return next(node for node in self.nodes if node.name == name)

    def of_caller(self, name: str) -> tuple[Edge, ...]:
        """The edges that leave a node."""
        return self._callees.get(name, ())

    def entries(self) -> tuple[str, ...]:
        """Services that requests enter by: no other service waits for them.

        Of services that all call each other the first by name is one.
        """
        called = {edge.target for edge in self.edges if edge.waits}
        services = [node.name for node in self.nodes if node.kind == "service"]
        found = [name for name in services if name not in called]
        reached = {name for entry in found for name in self.hard(entry)}
        for name in services:
            if name not in found and name not in reached:
                found.append(name)
                reached |= set(self.hard(name))
        return tuple(found)

    def hard(self, name: str) -> tuple[str, ...]:
        """Everything that a request to ``name`` waits for, itself left out, nearest first."""
        seen: dict[str, None] = {name: None}
        pending = [name]
        while pending:
            for edge in self.of_caller(pending.pop(0)):
                if edge.waits and edge.target not in seen:
                    seen[edge.target] = None
                    pending.append(edge.target)
        return tuple(seen)[1:]

    def critical_path(self) -> tuple[str, ...]:
        """The longest chain of calls that a request waits for, from where it enters.

        Calls that close a circle are left out; of equally long chains the first by name.
        """
        best: dict[str, tuple[str, ...]] = {}
        for entry in self.entries():
            self._longest(entry, best)
        chains = [best[entry] for entry in self.entries()]
        longest = max(chains, key=len, default=())
        return longest if len(longest) > 1 else ()

    def _longest(self, start: str, best: dict[str, tuple[str, ...]]) -> None:
        stack = [(start, False)]
        active: set[str] = set()
        while stack:
            name, leaving = stack.pop()
            waited = [e.target for e in self.of_caller(name) if e.waits]
            if leaving:
                active.discard(name)
                below = [best[t] for t in waited if t in best and t not in active]
                best[name] = (name, *max(below, key=len, default=()))
            elif name not in best and name not in active:
                active.add(name)
                stack.append((name, True))
                stack += [(t, False) for t in reversed(waited) if t not in active]

    def single_points(self) -> tuple[SinglePoint, ...]:
        """Nodes that run once and that some request waits for, those that break most first."""
        breaks: dict[str, list[str]] = {}
        for entry in self.entries():
            for name in (entry, *self.hard(entry)):
                breaks.setdefault(name, []).append(entry)
        found = [
            SinglePoint(node, tuple(sorted(breaks[node.name])))
            for node in self.nodes
            if node.once and node.name in breaks
        ]
        return tuple(sorted(found, key=lambda p: (-len(p.breaks), p.node.name)))

    def around(self, name: str) -> DependencyMap:
        """The part of the map that a request to ``name`` can reach, queues included."""
        seen: dict[str, None] = {name: None}
        pending = [name]
        while pending:
            for edge in self.of_caller(pending.pop(0)):
                if edge.target not in seen:
                    seen[edge.target] = None
                    pending.append(edge.target)
        return DependencyMap.of(
            [node for node in self.nodes if node.name in seen],
            [edge for edge in self.edges if edge.source in seen],
        )

    def as_json(self) -> dict[str, object]:
        """``{nodes, edges, critical_path, single_points}`` of ``assess --json``."""
        return {
            "nodes": [
                {key: value for key, value in asdict(node).items() if value} for node in self.nodes
            ],
            "edges": [asdict(edge) for edge in self.edges],
            "critical_path": list(self.critical_path()),
            "single_points": [
                {"name": point.node.name, "where": point.node.once, "breaks": list(point.breaks)}
                for point in self.single_points()
            ],
        }


_KINDS: tuple[NodeKind, ...] = (
    "service",
    "worker",
    "datastore",
    "queue",
    "infrastructure",
    "outside",
)


def _rank(node: Node) -> tuple[int, str]:
    return _KINDS.index(node.kind), node.name
