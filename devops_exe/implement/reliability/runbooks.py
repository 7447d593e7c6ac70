"""Runbooks in Markdown: what somebody who is woken up at night needs, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.generated import Generated
from devops_exe.implement.reliability.runbooks_disaster import disaster_recovery
from devops_exe.implement.reliability.runbooks_incident import incident
from devops_exe.implement.reliability.runbooks_rollback import rollback

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_BOOKS = {
    "incident": (incident, "from the alert to the decision"),
    "rollback": (rollback, "back to the version before"),
    "disaster-recovery": (disaster_recovery, "a zone, the data or everything is lost"),
}


def generate(subject: Subject) -> Generated:
    """The runbooks; one that the repository has under the same path is left as it is."""
    artefacts, kept = [], []
    for name, (write, why) in _BOOKS.items():
        path = layout.runbook(name)
        if subject.theirs(path):
            kept.append((path, "a runbook of this name is there"))
        else:
            artefacts.append(Artefact(path, write(subject), "markdown", why=why))
    return Generated(tuple(artefacts), tuple(kept))
