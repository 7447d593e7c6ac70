"""YAML as plain mappings and lists that know their lines, built from events.

The parser's events are folded without recursion. An alias is the same object again, never
a copy, so a bomb stays as small as its text; events, aliases and depth are bounded. Every
scalar stays the text it was written as, but for the empty one and ``null``: readers convert
what they need, so ``no`` and ``1_000`` cannot surprise them.
"""

from __future__ import annotations

from typing import Any

MAX_EVENTS = 60_000
MAX_ALIASES = 500
MAX_MERGED = 10_000
MAX_DOCUMENTS = 500


class YamlMap(dict[str, Any]):
    """A mapping; ``lines`` gives the line of each key, ``line`` its own."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def at(self, key: str) -> int:
        """The line of ``key``, else of the mapping."""
        return self.lines.get(key, self.line)


class YamlList(list[Any]):
    """A list; ``lines`` gives the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class _Builder:
    """Folds parser events into documents."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.stack: list[YamlMap | YamlList] = []
        self.keys: list[str | None] = []
        self.aliases = 0
        self.merged = 0

    def value(self, value: Any, line: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = value
        if not self.stack:
            self.documents.append(value)
            return
        parent = self.stack[-1]
        if isinstance(parent, YamlList):
            parent.append(value)
            parent.lines.append(line)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = value if isinstance(value, str) else "" if value is None else "?"
            parent.lines[self.keys[-1] or ""] = line
            return
        self.keys[-1] = None
        if key == "<<":
            self._merge(parent, value)
        else:
            parent[key] = value

    def _merge(self, into: YamlMap, value: Any) -> None:
        for source in value if isinstance(value, YamlList) else [value]:
            if not isinstance(source, YamlMap):
                continue
            self.merged += len(source)
            if self.merged > MAX_MERGED:
                raise _TooMuch("merges more keys than a configuration does")
            for key, item in source.items():
                if key not in into:
                    into[key] = item
                    into.lines.setdefault(key, source.at(key))

    def open(self, node: YamlMap | YamlList, line: int, anchor: str | None) -> None:
        self.value(node, line, anchor)
        self.stack.append(node)
        self.keys.append(None)

    def close(self) -> None:
        self.stack.pop()
        self.keys.pop()

    def alias(self, name: str, line: int) -> None:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise _TooMuch("holds more aliases than a configuration does")
        self.value(self.anchors.get(name), line, None)


class _TooMuch(Exception):
    """A bound of this reader was reached."""


def documents(text: str) -> tuple[list[Any], str | None]:
    """The documents of a stream, and what was wrong with the rest (None if nothing was)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    problem: str | None = None
    try:
        for count, event in enumerate(yaml.parse(text, Loader=loader)):
            if count > MAX_EVENTS or len(builder.documents) > MAX_DOCUMENTS:
                problem = f"only the first {MAX_EVENTS} parts of the YAML were read"
                break
            _fold(builder, event, yaml)
    except _TooMuch as stop:
        return [], f"{stop}: not read"
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        problem = f"is no valid YAML{place}"
    return builder.documents, problem


def _fold(builder: _Builder, event: Any, yaml: Any) -> None:
    kind = type(event)
    line = event.start_mark.line + 1
    if kind is yaml.ScalarEvent:
        plain = event.style in (None, "")
        empty = plain and event.value in ("", "~", "null", "Null", "NULL")
        builder.value(None if empty else event.value, line, event.anchor)
    elif kind is yaml.MappingStartEvent:
        builder.open(YamlMap(line), line, event.anchor)
    elif kind is yaml.SequenceStartEvent:
        builder.open(YamlList(line), line, event.anchor)
    elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
        builder.close()
    elif kind is yaml.AliasEvent:
        builder.alias(event.anchor, line)
    elif kind is yaml.DocumentStartEvent:
        builder.anchors = {}


def child(value: Any, *path: str | int) -> Any:
    """What stands at ``path`` below ``value``; None where something on the way is missing."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def mapping(value: Any, *path: str | int) -> YamlMap:
    """The mapping at ``path``; an empty one where there is none."""
    found = child(value, *path)
    return found if isinstance(found, YamlMap) else YamlMap(getattr(value, "line", 1))


def items(value: Any, *path: str | int) -> YamlList:
    """The list at ``path``; an empty one where there is none."""
    found = child(value, *path)
    return found if isinstance(found, YamlList) else YamlList(getattr(value, "line", 1))


def text_at(value: Any, *path: str | int) -> str | None:
    """The scalar at ``path`` as text."""
    found = child(value, *path)
    return found if isinstance(found, str) else None


def whole(value: Any, *path: str | int) -> int | None:
    """The scalar at ``path`` as a whole number of at most nine digits."""
    found = text_at(value, *path)
    if found is None or not found.isascii() or not found.isdigit() or len(found) > 9:
        return None
    return int(found)
