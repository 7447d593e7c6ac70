"""Proof: every generated file through the field's own tools, and what nobody could prove.

::

    proof = prove(artefacts)
    proof.failed                     # rows that found something
    proof.verdict("Dockerfile").text # "proved by hadolint 2.15.1"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devops_exe.implement.proof.proving import prove
    from devops_exe.implement.proof.result import Fault, Proof, Row, Verdict
    from devops_exe.implement.proof.tools import Available, available

__all__ = ["Available", "Fault", "Proof", "Row", "Verdict", "available", "prove"]

_HOMES = {
    "prove": "proving",
    "Fault": "result",
    "Proof": "result",
    "Row": "result",
    "Verdict": "result",
    "Available": "tools",
    "available": "tools",
}


def __getattr__(name: str) -> Any:
    """Names of the package, imported when they are asked for: start-up is measured."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
