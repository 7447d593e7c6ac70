"""A finding: what is wrong with a document, where, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a rule.

    Attributes:
        code: stable identifier, snake case, documented in docs/findings.md.
        severity: an ``error`` blocks the pipeline and makes the exit status 1; a ``warning``
            leaves the document healthy; a ``note`` says what was not checked.
        path: the field it is about (``rollback.rto``, ``monitoring.alerts[0]``), or ``line N``
            of a text that could not be read there.
        message: what is wrong, with the figures.
        fix: what to change.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str

    def as_json(self) -> dict[str, str]:
        """The finding as the published interface has it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        }


def errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those of error level."""
    return tuple(finding for finding in findings if finding.severity == "error")
