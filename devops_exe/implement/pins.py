"""What actions and images of generated files are pinned to, and how it is known.

A commit stands in ``data/pins.toml`` only if it was read in the action's own history; everything
else is written with its tag and reported ``NOT PROVEN: unpinned``, until it is resolved where
there is a network (:mod:`devops_exe.implement.pin_resolution`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = Path(__file__).parent / "data" / "pins.toml"

_USES = re.compile(
    r"^\s*(?:-\s+)?(?:\"?uses\"?):\s*[\"']?(?P<name>[\w.-]+/[\w./-]+)@(?P<ref>[\w./-]+)[\"']?", re.M
)
_IMAGE = re.compile(
    r"^\s*(?:-\s+)?(?:(?:image|name):\s*|FROM\s+(?:--platform=\S+\s+)?)"
    r"[\"']?(?P<name>[a-z0-9][\w.-]*(?::\d+)?(?:/[\w.-]+)*):(?P<tag>[\w][\w.-]{0,127})"
    r"(?P<digest>@sha256:[0-9a-f]{64})?[\"']?\s*(?:\s(?:AS|as)\s+\S+)?\s*(?:#.*)?$",
    re.M,
)
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")


@dataclass(frozen=True, slots=True)
class Pin:
    """A thing that is fetched when a generated file runs, and what it is fixed to.

    Attributes:
        kind: ``action`` or ``image``.
        name: ``actions/checkout``, ``python``.
        tag: the release it was taken at.
        fixed: commit (40 hexadecimal digits) or digest (``sha256:…``); empty where nobody read it.
        seen: where it was read.
        date: when, as YYYY-MM-DD.
        inputs: what an action takes at that commit, by its own metadata.
        required: those of them that have no default.
        outputs: what it gives back.
    """

    kind: str
    name: str
    tag: str
    fixed: str = ""
    seen: str = ""
    date: str = ""
    inputs: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """As a file refers to it.

        >>> Pin("action", "a/b", "v1").text, Pin("image", "python", "3.12").text
        ('a/b@v1', 'python:3.12')
        >>> Pin("action", "a/b", "v1.2.0", "0" * 40).text[-10:]
        '0 # v1.2.0'
        """
        if self.kind == "action":
            return (
                f"{self.name}@{self.fixed} # {self.tag}"
                if self.fixed
                else f"{self.name}@{self.tag}"
            )
        return f"{self.name}:{self.tag}" + (f"@{self.fixed}" if self.fixed else "")

    @property
    def unproven(self) -> tuple[str, ...]:
        """Why it is not proven; nothing where it is fixed.

        >>> Pin("image", "python", "3.12-slim").unproven
        ('unpinned: python:3.12-slim',)
        """
        if self.fixed:
            return ()
        sign = "@" if self.kind == "action" else ":"
        return (f"unpinned: {self.name}{sign}{self.tag}",)


def action(name: str) -> str:
    """What stands behind ``uses:``: the commit, and the release as a comment.

    >>> action("actions/checkout")
    'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1'

    Raises:
        UserError: the table has no row for it.
    """
    return action_pin(name).text


def action_pin(name: str) -> Pin:
    """The row of an action; one in a folder of a repository has a row of its own.

    Raises:
        UserError: the table has no row for it.
    """
    try:
        return actions()[name.lower()]
    except KeyError:
        raise UserError(
            f"no pin is known for the action {name[:80]!r}",
            where="pins",
            fix="add a row to implement/data/pins.toml",
            code="no_pin",
        ) from None


def image(name: str, tag: str) -> str:
    """An image as a file refers to it: by tag, with its digest where somebody read one.

    >>> image("python", "3.12-slim")
    'python:3.12-slim'
    """
    return image_pin(name, tag).text


def image_pin(name: str, tag: str) -> Pin:
    """The row of an image; one without a digest where the table has none."""
    return _images().get((name, tag)) or Pin("image", name, tag)


@cache
def actions() -> dict[str, Pin]:
    """Every action of the table, by its name in lower case."""
    return {row["name"].lower(): _pin("action", row) for row in _rows().get("action", [])}


def unpinned(text: str) -> tuple[str, ...]:
    r"""What a file refers to by a name that can move, each with its reason, in order.

    >>> unpinned("steps:\n  - uses: actions/checkout@v4\n")
    ('unpinned: actions/checkout@v4',)
    >>> unpinned("FROM python:3.12-slim AS build\nFROM build\n")
    ('unpinned: python:3.12-slim',)
    """
    reasons: dict[str, None] = {}
    for pin in references(text):
        for reason in pin.unproven:
            reasons[reason] = None
    return tuple(reasons)


def references(text: str) -> Iterator[Pin]:
    """Actions and images that a workflow, a Dockerfile or a manifest refers to."""
    for found in _USES.finditer(text):
        ref = found["ref"]
        yield Pin("action", found["name"], ref, ref if _COMMIT.match(ref) else "")
    for found in _IMAGE.finditer(text):
        yield Pin("image", found["name"], found["tag"], (found["digest"] or "").lstrip("@"))


@cache
def _images() -> dict[tuple[str, str], Pin]:
    rows = _rows().get("image", [])
    return {(row["name"], row["tag"]): _pin("image", row) for row in rows}


@cache
def _rows() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def _pin(kind: str, row: dict[str, Any]) -> Pin:
    return Pin(
        kind=kind,
        name=row["name"],
        tag=row["tag"],
        fixed=row.get("sha", row.get("digest", "")),
        seen=row.get("seen", ""),
        date=str(row.get("date", "")),
        inputs=frozenset(row.get("inputs", ())),
        required=frozenset(row.get("required", ())),
        outputs=frozenset(row.get("outputs", ())),
    )
