"""The result object: what ``--json`` prints, what the store keeps, what evals score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.agent.events import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.agent.request import Request
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.dossier import Dossier

SCHEMA = "devops-exe/1"


@dataclass(frozen=True, slots=True)
class Result:
    """One answer.

    Attributes:
        request: what was asked.
        engine: name and model of who answered.
        text: the document as printed, or the chat answer.
        dossier: what stands behind a document; None for a chat answer.
        profile: facts of a chat answer.
        usage: what it took.
        artifacts: (path, text) of generated files that go with the document.
        said: what else there is to say of them.
    """

    request: Request
    engine: Mapping[str, str | None]
    text: str
    dossier: Dossier | None = None
    profile: SystemProfile | None = None
    usage: Usage = field(default_factory=Usage)
    artifacts: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The object of ``--json``."""
        dossier = self.dossier
        profile = dossier.profile if dossier else self.profile
        result: dict[str, object] = {
            "schema": SCHEMA,
            "command": {"kind": self.request.kind, "arguments": self.request.arguments},
            "engine": dict(self.engine),
            "profile": profile.as_json() if profile else {},
        }
        if dossier is not None:
            result["document"] = dossier.document()
            result["figures"] = {path: list(refs) for path, refs in dossier.figures.items()}
        result["ledger"] = dossier.ledger.as_json() if dossier else []
        result["findings"] = [f.as_json() for f in dossier.findings] if dossier else []
        result["usage"] = self.usage.as_json()
        result["text"] = self.text
        result["assumptions"] = [a.as_json() for a in dossier.assumptions] if dossier else []
        result["questions"] = list(dossier.questions) if dossier else []
        result["commands"] = [c.as_json() for c in dossier.commands] if dossier else []
        result["risks"] = [r.as_json() for r in dossier.risks] if dossier else []
        result["artifacts"] = [{"path": path, "text": text} for path, text in self.artifacts]
        result["notes"] = [*(dossier.notes if dossier else ()), *self.said]
        return result
