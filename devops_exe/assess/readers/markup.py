"""Just enough XML for project files: elements with text, attributes and lines.

No entities, no DTD, no namespaces, no recursion: a tag scanner over bounded text, so that
there is nothing to expand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]{0,80})((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)(/?)>")
_ATTRIBUTE = re.compile(r"([\w.:-]{1,80})\s?=\s?[\"']([^\"']{0,400})[\"']")
_COMMENT = re.compile(r"<!--(?:(?!-->).)*+(?:-->)?", re.DOTALL)
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Element:
    """An element when it opens or, for ``text``, when it closes.

    Attributes:
        path: names from the outermost element to this one.
        attributes: lower-case names to values.
        text: what stood between its tags when it held text only.
        line: line of its opening tag.
        closes: whether this is the closing event.
    """

    path: tuple[str, ...]
    attributes: dict[str, str]
    text: str
    line: int
    closes: bool


def elements(text: str) -> Iterator[Element]:
    """The elements of ``text`` in order, an event when one opens and one when it closes."""
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    stack: list[tuple[str, int, int]] = []
    line, counted = 1, 0
    for tag in _TAG.finditer(text):
        line += text.count("\n", counted, tag.start())
        counted = tag.start()
        closing, name, attributes, empty = tag.groups()
        empty = empty or ("/" if attributes.endswith("/") else "")
        if closing:
            if not stack or stack[-1][0] != name:
                continue
            path = tuple(item[0] for item in stack)
            _, opened, start = stack.pop()
            inner = text[start : tag.start()] if tag.start() - start < 2000 else ""
            yield Element(path, {}, "" if "<" in inner else inner.strip(), opened, closes=True)
            continue
        if len(stack) >= _MAX_DEPTH:
            return
        path = (*(item[0] for item in stack), name)
        found = {key.lower(): value for key, value in _ATTRIBUTE.findall(attributes)}
        yield Element(path, found, "", line, closes=False)
        if empty:
            yield Element(path, found, "", line, closes=True)
        else:
            stack.append((name, line, tag.end()))
