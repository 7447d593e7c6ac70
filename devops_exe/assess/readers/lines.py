"""Text with line numbers: bounded lines, the line of a key, TOML and JSON that may be broken."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 2000
"""Characters of a line that a pattern sees: a longer line is data, not configuration."""

_ENDLESS_KEY = re.compile(r"^[\[{\s,]{0,20}(?:[\w\"'-]{1,40}\s{0,4}\.\s{0,4}){64}", re.MULTILINE)


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The lines from 1, each cut to :data:`MAX_LINE` characters."""
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line[:MAX_LINE]


def line_of(text: str, needle: str, after: int = 0) -> int:
    """The line (from 1) on which ``needle`` first stands at or after a position, else 1."""
    at = text.find(needle, after)
    return 1 if at < 0 else text.count("\n", 0, at) + 1


def json_object(text: str) -> dict[str, Any] | None:
    """A JSON object, or None where the text is not one (deeper than Python reads, cut, broken)."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def toml_table(text: str) -> dict[str, Any] | None:
    """A TOML document, or None where the text is not one, or a key has parts without end.

    The library takes the square of a dotted key's parts.
    """
    if _ENDLESS_KEY.search(text) is not None:
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def table(value: Any, *keys: str) -> dict[str, Any]:
    """The table at ``keys`` below ``value``; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
