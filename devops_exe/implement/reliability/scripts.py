"""Scripts that a pipeline and a person run alike: deploy, roll back, verify, budget, version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.generated import Generated
from devops_exe.implement.reliability.scripts_chart import chart_note
from devops_exe.implement.reliability.scripts_deploy import deploy_script
from devops_exe.implement.reliability.scripts_figures import script_figures
from devops_exe.implement.reliability.scripts_rollback import rollback_script
from devops_exe.implement.reliability.scripts_verify import gate_script, verify_script
from devops_exe.implement.reliability.scripts_version import version_script
from devops_exe.implement.reliability.scripts_workload import workload_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

VERSION_SCRIPT = f"{layout.SCRIPTS}/version.sh"
"""``version.sh next|notes [COMMIT]``: from conventional commits and tags."""


def generate(subject: Subject) -> Generated:
    """The scripts; one that the repository has under the same path is left as it is."""
    figures = script_figures(subject)
    texts = {
        layout.DEPLOY_SCRIPT: (
            deploy_script(subject, figures),
            "deploys one image by digest, rolls back when a step fails",
        ),
        layout.ROLLBACK_SCRIPT: (
            rollback_script(subject, figures),
            "returns to a version that is proved to be there",
        ),
        layout.VERIFY_SCRIPT: (
            verify_script(subject, figures),
            "asks Prometheus whether the running version keeps to the objective",
        ),
        layout.GATE_SCRIPT: (
            gate_script(subject, figures),
            "refuses a change of production while the error budget is spent or unknown",
        ),
        VERSION_SCRIPT: (
            version_script(),
            "the next version and its notes, from conventional commits",
        ),
    }
    artefacts, kept = [], []
    for path, (text, why) in texts.items():
        if subject.theirs(path):
            kept.append((path, "a script of this name is there; the pipeline runs it"))
        else:
            artefacts.append(Artefact(path, text, "shell", executable=True, why=why))
    return Generated(tuple(artefacts), tuple(kept), _notes(subject))


def _notes(subject: Subject) -> tuple[str, ...]:
    window = subject.figure("budget", "window_seconds")
    budget = (
        f"{layout.GATE_SCRIPT} measures the error budget over {window.value} s "
        f"({window.reference}): Prometheus has to keep its samples for that long."
    )
    found = [budget, chart_note(subject)]
    if not workload_of(subject).serves:
        found[0] = (
            f"{subject.name} answers no requests: {layout.VERIFY_SCRIPT} and {layout.GATE_SCRIPT} "
            "would find none, and the pipeline does not call them; judge it by its own metrics."
        )
    return tuple(note for note in found if note)
