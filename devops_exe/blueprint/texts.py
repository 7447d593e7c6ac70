"""The text fields of a document, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.blueprint.model import Blueprint


def texts(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """Every text field of a document with its path."""

    def walk(value: object, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            if set(value) == {"value", "text", "unit"}:
                return
            for key, item in value.items():
                yield from walk(item, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list | tuple):
            for number, item in enumerate(value):
                yield from walk(item, f"{path}[{number}]")

    yield from walk(blueprint.model_dump(exclude_none=True), "")
