"""What pipelines of both products share: clouds, variables, tools and time limits."""

from __future__ import annotations

import math
import posixpath
from typing import TYPE_CHECKING, Literal

from devops_exe.implement import layout
from devops_exe.implement.emit import Figured
from devops_exe.implement.reliability.scripts_figures import script_figures
from devops_exe.implement.reliability.scripts_workload import workload_of
from devops_exe.implement.stack import service_folder
from devops_exe.implement.stack_workspace import workspace_of

if TYPE_CHECKING:
    from devops_exe.implement.stack import Stack
    from devops_exe.implement.subject import Subject

Cloud = Literal["aws", "gcp", "azure", "other"]

ROLLOUTS_PLUGIN = "v1.9.3"
"""Release of kubectl-argo-rollouts that deploys use; it speaks to controllers of other 1.x."""

LET_IT_CALL = (
    "No {kind} was written: {path} is the repository's own. Let it call "
    f"{layout.GATE_SCRIPT} before production and {layout.DEPLOY_SCRIPT} to deploy."
)
"""What is said of a pipeline that deploys already."""

_BUILD_FIRST = frozenset({"javascript", "typescript", "node"})

FIRST = (
    "The first deployment to production finds no requests to measure a budget by, and is refused "
    "like a spent one: {how} 'first deployment'."
)
"""What is said of the gate before there is anything to measure."""

SEVERITIES = "HIGH,CRITICAL"
"""Findings of a scan that stop a release: those that the CVSS calls high or critical."""

MINUTES = {"review": 10, "scan": 15, "test": 30, "build": 45, "release": 10}
"""Bounds against jobs that hang; no estimates of how long they take."""

SESSION_SECONDS = 3600
"""How long a role's session lasts by default (AWS STS, AssumeRoleWithWebIdentity)."""

HOSTED_MINUTES = 360
"""How long a job on a hosted runner may run (GitHub Actions, usage limits)."""


def cloud(subject: Subject) -> Cloud:
    """Whose registry and clusters the pipeline speaks to."""
    provider = subject.provider
    return provider if provider in {"aws", "gcp", "azure"} else "other"  # type: ignore[return-value]


def dockerfile(subject: Subject) -> str:
    """The Dockerfile that is built: the repository's own, else the generated one."""
    folder = service_folder(subject)
    inside = layout.DOCKERFILE if folder == "." else posixpath.join(folder, layout.DOCKERFILE)
    if inside in subject.files:
        return inside
    found = subject.theirs(layout.DOCKERFILE, *subject.matching(r"(?:[\w.-]+/){0,3}Dockerfile"))
    return found or inside


def context(subject: Subject) -> str:
    """The folder that is sent to the builder."""
    folder = service_folder(subject)
    path = dockerfile(subject)
    if subject.theirs(path) is None and workspace_of(subject) is not None:
        # the lock file and the libraries stand above the service's folder
        return "."
    return folder if folder != "." and path.startswith(f"{folder}/") else "."


def needs_plugin(subject: Subject) -> bool:
    """Whether releases are carried out by Argo Rollouts."""
    return workload_of(subject).rollout


def deploy_minutes(subject: Subject) -> Figured:
    """Bound of a deployment: rollout and verification, and the way back in full."""
    figures = script_figures(subject)
    watch = int(figures.verify.value) + int(figures.window.value) + int(figures.poll.value)
    back = int(figures.deadline.value)
    migration = back if workload_of(subject).migrates else 0
    seconds = migration + int(figures.wait.value) + back + 2 * watch
    return Figured(
        math.ceil(seconds / 60) + MINUTES["release"],
        "rollout, verification and the way back, at their limits in deploy.sh and rollback.sh",
    )


def session_seconds(subject: Subject) -> int:
    """How long the cloud's session must last; 0: its default is enough for a rollout."""
    usual = int(script_figures(subject).wait.value) + MINUTES["release"] * 60
    return int(deploy_minutes(subject).value) * 60 if usual > SESSION_SECONDS else 0


def rolls_back(subject: Subject) -> bool:
    """Whether a bad release is rolled back without asking anybody."""
    return subject.profile.value("automated_rollback") is not False


def tested_build(stack: Stack) -> tuple[str, ...]:
    """Commands of the build that the tests need; the image's own build is another job's.

    Some stacks test what they have built: what a bundler or compiler made of the sources.
    """
    if not stack.test:
        return ()
    wants = any("--no-build" in line for line in stack.test)
    return stack.build if wants or stack.language in _BUILD_FIRST else ()
