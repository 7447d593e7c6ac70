"""The dossier: a blueprint with the facts, the figures and the findings behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.finding import Finding, errors

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.assess.risk import Risk
    from devops_exe.blueprint.draft import Command
    from devops_exe.blueprint.model import Blueprint, Kind
    from devops_exe.design.assume import Assumption
    from devops_exe.design.ledger import Ledger
    from devops_exe.design.plan import Plan

Figures = Mapping[str, tuple[str, ...]]
"""Path of a field (``strategy.rollout``) to the ledger references printed in it."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that stands behind a printed document.

    Attributes:
        kind: which command it answers.
        blueprint: what is printed.
        profile: the facts.
        ledger: every calculator call.
        figures: where each printed figure came from.
        findings: what the rules found.
        plan: roles of the ledger's entries; None for a dossier read from a file.
        assumptions, questions, commands: what follows the document on the screen.
        risks: the register; of the repository as well where one was read.
    """

    kind: Kind
    blueprint: Blueprint
    profile: SystemProfile
    ledger: Ledger
    figures: Figures
    findings: tuple[Finding, ...] = ()
    plan: Plan | None = None
    assumptions: tuple[Assumption, ...] = ()
    questions: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    risks: tuple[Risk, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def healthy(self) -> bool:
        """Whether no finding is an error."""
        return not errors(self.findings)

    def with_findings(self, findings: tuple[Finding, ...]) -> Dossier:
        """The same dossier with these findings."""
        return replace(self, findings=findings)

    def document(self) -> dict[str, object]:
        """The blueprint's fields; a figure carries the reference of its ledger entry."""
        raw = self.blueprint.model_dump(exclude_none=True)
        return cast("dict[str, object]", _with_references(raw, "", self.figures))


def _with_references(value: object, path: str, figures: Figures) -> object:
    if isinstance(value, dict):
        inner = {
            key: _with_references(item, f"{path}.{key}" if path else key, figures)
            for key, item in value.items()
        }
        if set(value) == {"value", "text", "unit"}:
            references = figures.get(path, ())
            inner["ledger"] = references[0] if references else None
        return inner
    if isinstance(value, list | tuple):
        return [_with_references(item, f"{path}[{i}]", figures) for i, item in enumerate(value)]
    return value
