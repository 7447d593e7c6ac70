"""GitHub Actions: one workflow from a push to production and its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.generated import Generated
from devops_exe.implement.heading import heading
from devops_exe.implement.pins import unpinned
from devops_exe.implement.pipeline.existing_ci import github_workflows, main_branch
from devops_exe.implement.pipeline.github_build import build_job, trial_job
from devops_exe.implement.pipeline.github_environment import environment_jobs
from devops_exe.implement.pipeline.github_notes import notes
from devops_exe.implement.pipeline.github_release import release_job
from devops_exe.implement.pipeline.github_tests import review_jobs, test_job, tested_by, wait_job
from devops_exe.implement.pipeline.names import LET_IT_CALL

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.pipeline.existing_ci import Workflow
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """The workflows; nothing where the repository has one that deploys."""
    theirs = github_workflows(subject)
    kept: list[tuple[str, str]] = []
    for workflow in theirs:
        if workflow.deploys:
            kept.append((workflow.path, f"it deploys already ({workflow.deploys})"))
        elif workflow.path == layout.GITHUB_WORKFLOW:
            kept.append((workflow.path, "a workflow of this name is there"))
    if kept:
        return Generated(
            kept=tuple(kept),
            notes=(LET_IT_CALL.format(kind="workflow", path=kept[0][0]),),
        )
    branch = main_branch(theirs)
    tester = tested_by(theirs, branch)
    if tester is not None:
        kept.append((tester.path, "it tests already; the deployment waits for its verdict"))
    text = _text(_deploy(subject, branch, tester), *_HEADING)
    artefact = Artefact(
        layout.GITHUB_WORKFLOW,
        text,
        "github-actions",
        why="tests, builds, signs and deploys one digest through the environments, releases it",
        unproven=unpinned(text),
    )
    return Generated((artefact,), tuple(kept), notes(subject, tester))


_HEADING = (
    "Every push is tested and built once; the same digest goes through development, staging and",
    "production. `gh workflow run deploy.yml --ref BRANCH` runs a branch in development.",
)


def _deploy(subject: Subject, branch: str, tester: Workflow | None) -> dict[str, Node]:
    jobs: dict[str, Node] = dict(review_jobs())
    jobs["test"] = test_job(subject) if tester is None else wait_job(tester)
    if tester is None:
        jobs["image"] = trial_job(subject)
    jobs["build"] = build_job(subject)
    jobs |= environment_jobs(subject, branch)
    jobs["release"] = release_job(subject, subject.environments[-1].name)
    return {
        "name": "deploy",
        "on": {
            "push": {"branches": [branch]},
            "pull_request": {"branches": [branch]},
            "workflow_dispatch": {
                "inputs": {
                    "freeze_override": {
                        "description": "Why this goes out although the error budget is spent or "
                        "unknown: the repair itself, a security fix, the first deployment",
                        "type": "string",
                    }
                }
            },
        },
        "permissions": {},
        "concurrency": {
            # a newer push to a pull request ends the run before; a deployment is never ended
            "group": "deploy-${{ github.event.pull_request.number || github.run_id }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "jobs": jobs,
    }


def _text(document: dict[str, Node], *why: str) -> str:
    text = emit(document, header=heading(*why))
    # YAML 1.1 reads a bare "on" as true, GitHub and every linter of workflows as a word
    return text.replace("\n'on':\n", "\non:\n", 1)
