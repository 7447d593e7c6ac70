"""YAML and JSON with types and lines, for own rules; a key given twice is an error here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.result import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from devops_exe.implement.artefact import Artefact

MANY_NODES = 200_000
"""Nodes of one file; more is no configuration."""


class Map(dict[str, Any]):
    """A mapping that knows the line of each of its keys, and its own."""

    __slots__ = ("line", "lines")
    # a list where a name is meant must be told apart in a set, not end the rule that meets it
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def at(self, key: object) -> int:
        """The line of a key, else of the mapping."""
        return self.lines.get(str(key), self.line)


class Seq(list[Any]):
    """A list that knows the line of each of its items."""

    __slots__ = ("line", "lines")
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@dataclass(frozen=True)
class Document:
    """One file as own rules see it.

    Attributes:
        artefact: the file.
    """

    artefact: Artefact
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str:
        """Its content."""
        return self.artefact.text

    @cached_property
    def parsed(self) -> tuple[tuple[Any, ...], tuple[Fault, ...]]:
        """Its YAML or JSON documents, and what was wrong with them."""
        return parse_json(self.text) if self.artefact.path.endswith(".json") else parse(self.text)

    @property
    def all(self) -> tuple[Any, ...]:
        """Its documents that could be read, empty ones left out."""
        return tuple(node for node in self.parsed[0] if node is not None)

    @property
    def maps(self) -> tuple[Map, ...]:
        """Its documents that are mappings."""
        return tuple(node for node in self.all if isinstance(node, Map))

    @property
    def first(self) -> Map:
        """Its first mapping; an empty one where it has none."""
        return self.maps[0] if self.maps else Map()


@dataclass(frozen=True)
class Tree:
    """All files together, by path."""

    documents: Mapping[str, Document]
    context: Mapping[str, str] = field(default_factory=dict)

    def has(self, path: str) -> bool:
        """Whether a file is there, ours or the repository's."""
        return path in self.documents or path in self.context

    def of(self, *kinds: str) -> Iterator[Document]:
        """Files of these kinds, by path."""
        return (d for d in self.documents.values() if d.artefact.kind in kinds)

    @cached_property
    def objects(self) -> tuple[tuple[Document, Map], ...]:
        """Every Kubernetes object of the tree with the file it stands in."""
        kinds = ("kubernetes", "argo-rollouts", "gateway-api", "istio")
        return tuple((d, node) for d in self.of(*kinds) for node in objects(d))


def objects(document: Document) -> Iterator[Map]:
    """The Kubernetes objects of a file; a ``List`` gives its items."""
    for node in document.maps:
        if str(node.get("kind", "")).endswith("List") and isinstance(node.get("items"), Seq):
            yield from (item for item in node["items"] if isinstance(item, Map))
        elif "kind" in node:
            yield node


def parse(text: str) -> tuple[tuple[Any, ...], tuple[Fault, ...]]:
    r"""Documents of a YAML stream with types and lines, and its faults.

    >>> documents, faults = parse("a: 1\nb: [x]\na: 2\n")
    >>> documents[0]["b"], faults[0].text
    (['x'], "line 3: the key 'a' is given twice")
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(yaml)
    try:
        found = tuple(builder.value(node, 0) for node in yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or "cannot be read")
        return (), (Fault(f"no valid YAML: {problem}", mark.line + 1 if mark else 0),)
    except (RecursionError, ValueError) as error:
        return (), (Fault(f"no valid YAML: {type(error).__name__}"),)
    return found, tuple(builder.faults)


def parse_json(text: str) -> tuple[tuple[Any, ...], tuple[Fault, ...]]:
    """The document of a JSON text (mappings know no lines) and its faults.

    >>> parse_json("{")[1][0].line
    1
    """
    twice: list[Fault] = []

    def pairs(found: list[tuple[str, Any]]) -> Map:
        made = Map()
        for key, value in found:
            if key in made:
                twice.append(Fault(f"the key {key!r} is given twice"))
            made[key] = value
        return made

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return (), (
            Fault(f"no valid JSON: {getattr(error, 'msg', error)}", getattr(error, "lineno", 0)),
        )
    return (_sequences(value),), tuple(twice)


def _refuse(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _sequences(value: Any) -> Any:
    if isinstance(value, Map):
        for key, item in value.items():
            value[key] = _sequences(item)
        return value
    if isinstance(value, list):
        made = Seq()
        made.extend(_sequences(item) for item in value)
        return made
    return value


class _Builder:
    """Nodes of PyYAML to plain values that know their lines."""

    def __init__(self, yaml: Any) -> None:
        self.yaml = yaml
        self.constructor = yaml.constructor.SafeConstructor()
        self.faults: list[Fault] = []
        self.count = 0

    def value(self, node: Any, depth: int) -> Any:
        self.count += 1
        if self.count > MANY_NODES or depth > 100:
            message = "too much"
            raise ValueError(message)
        line = node.start_mark.line + 1
        if isinstance(node, self.yaml.MappingNode):
            return self._mapping(node, line, depth)
        if isinstance(node, self.yaml.SequenceNode):
            made = Seq(line)
            for item in node.value:
                made.append(self.value(item, depth + 1))
                made.lines.append(item.start_mark.line + 1)
            return made
        return self._scalar(node)

    def _mapping(self, node: Any, line: int, depth: int) -> Map:
        made = Map(line)
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, self.yaml.ScalarNode) else "?"
            at = key_node.start_mark.line + 1
            value = self.value(value_node, depth + 1)
            if key == "<<":
                for source in value if isinstance(value, Seq) else [value]:
                    for name, item in source.items() if isinstance(source, Map) else ():
                        made.setdefault(name, item)
                        made.lines.setdefault(name, at)
                continue
            if key in made.lines and key in made:
                self.faults.append(Fault(f"the key {key!r} is given twice", at))
            made[key] = value
            made.lines[key] = at
        return made

    def _scalar(self, node: Any) -> Any:
        try:
            return self.constructor.construct_object(node)
        except (self.yaml.YAMLError, ValueError):
            # a tag of another program (GitLab's !reference): the text is enough
            return node.value


def at(value: Any, *path: str | int) -> Any:
    """The value at a path, None where there is none.

    >>> at({"a": [{"b": 1}]}, "a", 0, "b"), at({}, "a", 0)
    (1, None)
    """
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def entries(value: Any, *path: str | int) -> Map:
    """The mapping at a path; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, Map) else Map()


def elements(value: Any, *path: str | int) -> Seq:
    """The list at a path; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, Seq) else Seq()


def maps_in(value: Any, *path: str | int) -> list[Map]:
    """The mappings of the list at a path."""
    return [item for item in elements(value, *path) if isinstance(item, Map)]


def reaches(graph: Mapping[str, Sequence[str]], start: str, end: str) -> bool:
    """Whether following what each name waits for leads from one to another.

    >>> reaches({"a": ["b"], "b": ["a"]}, "a", "a"), reaches({"a": ["b"]}, "a", "a")
    (True, False)
    """
    waiting = list(graph.get(start, ()))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting += graph.get(name, ())
    return False
