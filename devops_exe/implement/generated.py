"""What a generator answers, and the table of generators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.artefact import Artefact
    from devops_exe.implement.subject import Subject


@dataclass(frozen=True, slots=True)
class Generated:
    """Files of one generator.

    Attributes:
        artefacts: files to write.
        kept: (path, reason): files of the repository that do the job already; they are left
            alone, and what is generated refers to them.
        notes: what a person must know or still do, a sentence each.
    """

    artefacts: tuple[Artefact, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


Generator = Callable[["Subject"], Generated]
"""Pure: the same subject gives the same bytes."""

GENERATORS: tuple[str, ...] = (
    "pipeline",
    "container",
    "kubernetes",
    "observability",
    "reliability",
)
"""Modules (or packages) of this room that offer ``generate(subject) -> Generated``."""


def generators() -> tuple[Generator, ...]:
    """Every generator, imported when it is asked for."""
    found: list[Generator] = []
    for name in GENERATORS:
        module = import_module(f"devops_exe.implement.{name}")
        found.append(module.generate)
    return tuple(found)
