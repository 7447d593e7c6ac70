"""Find the table's patterns in a line of items: longest match, left to right.

A pattern is elements separated by blanks. An element names a class (alternatives with
``|``); ``?`` behind it makes it optional, ``*`` allows up to six of it, ``$`` alone demands
that no unknown word follows, ``~`` stands for ``fill|max|min*``, ``"word`` for that very word.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from devops_exe.assess.words.ranges import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from devops_exe.assess.words.items import Item


_TOWARDS = frozenset(("à", "auf", "al"))
"""``pic à 600``: small words that lead to a value in other languages."""


class Element(NamedTuple):
    """One element of a pattern: its classes, or its words, and how often."""

    classes: frozenset[str]
    words: frozenset[str]
    least: int = 1
    most: int = 1
    boundary: bool = False


class Match(NamedTuple):
    """A pattern found: which rule, where it ends, and the quantities it took."""

    rule: int
    end: int
    quantities: tuple[Item, ...]


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> tuple[Element, ...]:
    """The elements of a pattern."""
    return tuple(_element(text) for text in pattern.split())


@lru_cache(maxsize=1024)  # the table writes the same few elements over and over
def _element(text: str) -> Element:
    none: frozenset[str] = frozenset()
    if text == "$":
        return Element(none, none, 0, 0, boundary=True)
    if text == "~":
        return Element(frozenset(("fill", "max", "min")), _TOWARDS, 0, 6)
    least, most = 1, 1
    if text.endswith("?"):
        text, least = text[:-1], 0
    elif text.endswith("*"):
        text, least, most = text[:-1], 0, 6
    names = text.split("|")
    words = frozenset(name[1:].replace("_", " ") for name in names if name.startswith('"'))
    return Element(frozenset(n for n in names if not n.startswith('"')), words, least, most)


def _fits(element: Element, item: Item) -> bool:
    return not element.classes.isdisjoint(item.classes) or item.key in element.words


def match_at(pattern: tuple[Element, ...], items: Sequence[Item], i: int) -> int | None:
    """Where the longest match of ``pattern`` that begins at item ``i`` ends, or None."""
    return _match(pattern, 0, items, i)


def _match(pattern: tuple[Element, ...], p: int, items: Sequence[Item], i: int) -> int | None:
    if p == len(pattern):
        return i
    element = pattern[p]
    if element.boundary:
        return _match(pattern, p + 1, items, i) if _closed(items, i) else None
    fitting = 0
    while (
        fitting < element.most and i + fitting < len(items) and _fits(element, items[i + fitting])
    ):
        fitting += 1
    for taken in range(fitting, element.least - 1, -1):
        end = _match(pattern, p + 1, items, i + taken)
        if end is not None:
            return end
    return None


def _closed(items: Sequence[Item], i: int) -> bool:
    """No unknown word follows: what stands here closes a phrase or opens another."""
    if i >= len(items):
        return True
    item = items[i]
    if item.key == "x":
        return False
    return len(item.classes) > 1 or item.kind not in ("word", "name", "opaque", "sign")


class Index:
    """The table's patterns by the classes and words that can begin them."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [compile_pattern(pattern) for pattern in patterns]
        self._first: dict[str, list[int]] = {}
        for number, pattern in enumerate(self._patterns):
            for name in _openers(pattern):
                self._first.setdefault(name, []).append(number)

    def candidates(self, items: Sequence[Item], i: int) -> Iterator[Match]:
        """Every match that begins at item ``i``, longest first, then in the table's order."""
        item = items[i]
        numbers: set[int] = set()
        for name in item.classes:
            numbers.update(self._first.get(name, ()))
        numbers.update(self._first.get('"' + item.key, ()))
        found: list[tuple[int, int]] = []
        for number in numbers:
            end = match_at(self._patterns[number], items, i)
            if end is not None and end > i:
                found.append((-end, number))
        for negative_end, number in sorted(found):
            end = -negative_end
            taken = tuple(item for item in items[i:end] if item.kind in KINDS)
            yield Match(number, end, taken)


def _openers(pattern: tuple[Element, ...]) -> Iterator[str]:
    for element in pattern:
        yield from element.classes
        yield from ('"' + word for word in element.words)
        if element.least:
            return
