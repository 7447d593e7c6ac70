"""A dependency map as plain text for a terminal, and as Mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, clusters

if TYPE_CHECKING:
    from devops_exe.assess.dependencies import DependencyMap, Edge, Node

_LEAST = 20
_MOST_LINES = 400


def as_tree(found: DependencyMap, width: int) -> list[str]:
    """The map as an indented tree: who calls whom, from where requests enter.

    A node that stands above with all its calls is not drawn twice: ``↑`` says so. A dashed
    branch is a call that no request waits for.

    Args:
        found: the map.
        width: cells a line may have; at least 20 are used.
    """
    width = max(_LEAST, width)
    lines: list[str] = []
    drawn: set[str] = set()
    roots = list(found.entries())
    roots += [n.name for n in found.nodes if n.kind == "worker"]
    for root in roots:
        if root not in drawn:
            _branch(found, root, width, lines, drawn)
    for node in found.nodes:
        if node.name not in drawn:
            lines += _folded(_label(node), width, "", "")
    return lines[:_MOST_LINES]


def _branch(found: DependencyMap, root: str, width: int, lines: list[str], drawn: set[str]) -> None:
    pending: list[tuple[str, str, str, bool]] = [(root, "", "", True)]
    while pending and len(lines) < _MOST_LINES:
        name, first, rest, _ = pending.pop()
        again = name in drawn and bool(found.of_caller(name))
        lines += _folded(_label(found.node(name)) + (" ↑" if again else ""), width, first, rest)
        if again:
            continue
        drawn.add(name)
        edges = found.of_caller(name)
        rows = [
            (edge.target, *_stems(rest, edge, last=edge is edges[-1], width=width), edge.waits)
            for edge in edges
        ]
        pending += reversed(rows)


def _stems(rest: str, edge: Edge, *, last: bool, width: int) -> tuple[str, str]:
    # Past half of the width the tree grows down and no longer to the right.
    if cells(rest) + 3 > width // 2:
        return rest[:-2] + ("> " if rest else "  "), rest
    arm = "─ " if edge.waits else "┄ "
    return rest + ("└" if last else "├") + arm, rest + ("   " if last else "│  ")


def _label(node: Node) -> str:
    told = [node.product] if node.product and node.product != node.name else []
    if node.kind in ("outside", "worker", "queue"):
        told.append(node.kind)
    if node.once:
        told.append("once")
    return f"{node.name} ({', '.join(told)})" if told else node.name


def _folded(text: str, width: int, first: str, rest: str) -> list[str]:
    """``text`` within ``width`` cells, broken inside a word where it must be."""
    lines: list[str] = []
    line, room = "", width - cells(first)
    for piece in clusters(text):
        if cells(line) + cells(piece) > room:
            lines.append((first if not lines else rest) + line.rstrip())
            line, room = "", width - cells(rest)
        line += piece if line or piece != " " else ""
    return [*lines, (first if not lines else rest) + line]


_SHAPES = {
    "service": ('["', '"]'),
    "worker": ('[["', '"]]'),
    "datastore": ('[("', '")]'),
    "queue": ('{{"', '"}}'),
    "infrastructure": ('["', '"]'),
    "outside": ('(["', '"])'),
}


def as_mermaid(found: DependencyMap) -> str:
    """The map as a Mermaid flowchart; a thick border marks what runs once."""
    ids = {node.name: f"n{number}" for number, node in enumerate(found.nodes)}
    lines = ["flowchart LR"]
    for node in found.nodes:
        before, behind = _SHAPES[node.kind]
        lines.append(f"  {ids[node.name]}{before}{_quoted(_label(node))}{behind}")
    for edge in found.edges:
        arrow = "-->" if edge.waits else "-.->"
        lines.append(f"  {ids[edge.source]} {arrow} {ids[edge.target]}")
    once = [ids[point.node.name] for point in found.single_points()]
    if once:
        lines += ["  classDef once stroke-width:3px", f"  class {','.join(once)} once"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Text inside a quoted Mermaid label: entities for what ends or marks it."""
    return "".join(
        piece if piece.isalnum() or piece in " ._-(),:/" else f"#{ord(piece)};" for piece in text
    )
