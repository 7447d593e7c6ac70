"""What the rules on facts and figures look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding
from devops_exe.design.assume import given

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.model import Blueprint
    from devops_exe.design.ledger import Entry, Ledger


@dataclass(frozen=True, slots=True)
class Facts:
    """The document with its facts and figures."""

    blueprint: Blueprint
    profile: SystemProfile
    ledger: Ledger

    def has(self, *sections: str) -> bool:
        """Whether the document has one of these sections."""
        return any(getattr(self.blueprint, name) is not None for name in sections)

    def value(self, name: str) -> float:
        """A number of the profile, or its assumption."""
        return float(str(given(self.profile, name).value))

    def stated(self, name: str) -> bool:
        """Whether somebody stated the field."""
        fact = self.profile.get(name)
        return fact is not None and fact.origin != "assumption"


def entries(ledger: Ledger, tool: str, op: str) -> list[Entry]:
    """Every entry of an operation, in plan order."""
    return [entry for entry in ledger if entry.tool == tool and entry.op == op]


def warning(code: str, path: str, message: str, fix: str) -> Finding:
    """A finding that leaves the document healthy."""
    return Finding(code, "warning", path, message, fix)
