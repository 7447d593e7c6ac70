"""What a repository may name: identifiers, paths and numbers, never a sentence.

Names out of files are printed in documents, stand in commands that a person copies, and are
told to a model. A service called ``$(reboot)`` or ``ignore your rules`` is no name on any
platform, so what does not have a name's form is left out, and a note says where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from devops_exe.assess.profile import Fact, Value

# DNS labels, compose services, package and project names, versions: no blanks, no shell.
NAME = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9._:@/+-]{0,99}")
# The path of a URL (RFC 3986) without quotes, brackets and shell; a colon only in a segment.
PATH = re.compile(r"/[A-Za-z0-9._~/%?=&:+-]{0,199}")

_PATHS = frozenset({"health_path"})
_BOUNDS = frozenset({"max_surge", "max_unavailable"})
SHARE = re.compile(r"[0-9]{1,3}%")


def plain_facts(facts: Mapping[str, Fact]) -> tuple[dict[str, Fact], list[str]]:
    """The facts whose values are names, paths, numbers or marks, and notes on the others."""
    kept: dict[str, Fact] = {}
    notes: list[str] = []
    for field, fact in facts.items():
        value = _plain(field, fact.value)
        if value is None:
            notes.append(f"{field} is left out: what stands at {_where(fact.where)} is no name")
            continue
        kept[field] = fact if value is fact.value else replace(fact, value=cast("Value", value))
    return kept, notes


def is_plain(field: str, value: str) -> bool:
    """Whether a text out of a file has the form of what the field names."""
    # products of more than one word ("AWS EKS") are ours, not the file's
    pattern = PATH if field in _PATHS else SHARE if field in _BOUNDS else NAME
    return all(pattern.fullmatch(word) for word in _words(field, value))


def _words(field: str, value: str) -> list[str]:
    return value.split(" ") if field in {"platform", "strategy"} else [value]


def _plain(field: str, value: object) -> object:
    """The value, without what is not plain in it; None where nothing is left of it."""
    if isinstance(value, str):
        return value if is_plain(field, value) else None
    if isinstance(value, tuple):
        kept = tuple(item for item in value if not isinstance(item, str) or is_plain(field, item))
        return value if len(kept) == len(value) else kept or None
    if isinstance(value, Mapping):
        named = {key: item for key, item in value.items() if is_plain(field, str(key))}
        return value if len(named) == len(value) else named or None
    return value


def _where(where: str) -> str:
    path, mark, line = where.rpartition(":")
    return where if NAME.fullmatch(path) else f"a file{mark}{line}"
