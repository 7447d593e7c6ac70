"""What reading a text gives: the values recovered, and what was wrong with the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding

if TYPE_CHECKING:
    from devops_exe.blueprint.finding import Severity
    from devops_exe.blueprint.model import Blueprint

MOST_FINDINGS = 500
"""A text with more faults than this is no document; the rest is one finding."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read.

    Attributes:
        blueprint: the values, "" and 0 standing for what was missing; None where the text
            holds nothing of a blueprint.
        findings: what was wrong, in the order of the text; none means that the text is a
            document letter for letter.
    """

    blueprint: Blueprint | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of the text and its number, from 1."""

    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it is, as a finding says it."""
        return f"line {self.number}"


@dataclass(slots=True)
class Faults:
    """Findings as they are met."""

    found: list[Finding] = field(default_factory=list)
    dropped: int = 0

    def add(
        self, code: str, path: str, message: str, fix: str, severity: Severity = "error"
    ) -> None:
        """Note one, unless there are too many already."""
        if len(self.found) >= MOST_FINDINGS:
            self.dropped += 1
            return
        finding = Finding(code, severity, path, message, fix)
        if not self.found or self.found[-1] != finding:
            self.found.append(finding)

    def __len__(self) -> int:
        return len(self.found)

    def all(self) -> tuple[Finding, ...]:
        """All of them, with a last one for those that were too many."""
        if not self.dropped:
            return tuple(self.found)
        return (
            *self.found,
            Finding(
                "too_many_findings",
                "error",
                "document",
                f"{self.dropped} more findings are not listed",
                "mend the first ones; most of the others follow from them",
            ),
        )


def quoted(text: str, most: int = 40) -> str:
    """A piece of the text for a message: short, in quotation marks."""
    text = text.strip()
    return f'"{text if len(text) <= most else text[: most - 1] + "…"}"'
