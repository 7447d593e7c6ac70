"""Reliability: scripts that deploy and return, runbooks, security controls."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from devops_exe.implement.generated import Generated
from devops_exe.implement.reliability import scripts

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """Scripts, runbooks and security controls."""
    parts = [scripts.generate(subject)]
    for name in ("runbooks", "security"):
        if find_spec(f"{__name__}.{name}") is not None:
            parts.append(import_module(f"{__name__}.{name}").generate(subject))
    return Generated(
        tuple(artefact for part in parts for artefact in part.artefacts),
        tuple(kept for part in parts for kept in part.kept),
        tuple(note for part in parts for note in part.notes),
    )
