"""GitLab CI: one pipeline from a push to production and its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.generated import Generated
from devops_exe.implement.heading import heading
from devops_exe.implement.pins import unpinned
from devops_exe.implement.pipeline import gitlab_jobs as jobs
from devops_exe.implement.pipeline.existing_ci import gitlab_pipeline
from devops_exe.implement.pipeline.gitlab_registry import VARIABLES, image_variable, registry_job
from devops_exe.implement.pipeline.names import FIRST, LET_IT_CALL, cloud
from devops_exe.implement.pipeline.service_stores import variables
from devops_exe.implement.reliability.scripts_workload import workload_of
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.pipeline.existing_ci import Workflow
    from devops_exe.implement.subject import Subject

INCLUDED = "deploy/gitlab-ci.yml"
"""The pipeline's second half, where the repository has a first one of its own."""

_HEADING = (
    "Every push is tested and built once; the same digest goes through development, staging and",
    "production.",
)


def generate(subject: Subject) -> Generated:
    """The pipeline; nothing where the repository has one that deploys."""
    theirs = gitlab_pipeline(subject)
    if theirs is not None and theirs.deploys:
        return Generated(
            kept=((theirs.path, f"it deploys already ({theirs.deploys})"),),
            notes=(LET_IT_CALL.format(kind="pipeline", path=theirs.path),),
        )
    path = layout.GITLAB_PIPELINE if theirs is None else INCLUDED
    text = emit(_pipeline(subject, theirs), header=heading(*_HEADING))
    artefact = Artefact(
        path,
        text,
        "gitlab-ci",
        why="tests, builds, signs and deploys one digest through the environments, releases it",
        unproven=unpinned(text),
    )
    kept = () if theirs is None else ((theirs.path, "it tests already; the deployment follows it"),)
    return Generated((artefact,), kept, _notes(subject, theirs))


def _pipeline(subject: Subject, theirs: Workflow | None) -> dict[str, Node]:
    # beside a pipeline of the repository's own there is one stage that follows all of its stages
    whole = theirs is None

    def stage(name: str) -> str:
        return name if whole else ".post"

    first, *_, last = subject.environments
    document: dict[str, Node] = {}
    if whole:
        document["workflow"] = {
            # one pipeline a push: the merge request's, where there is one
            "rules": [
                {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
                {"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"},
                {"if": "$CI_COMMIT_BRANCH"},
            ]
        }
        names = [environment.name for environment in subject.environments]
        document["stages"] = ["test", "build", *names, "release"]
        document["default"] = {"interruptible": True}
    document["variables"] = {"NAME": image_variable(subject)}
    document[".registry"] = registry_job(subject)
    document[".deploy"] = jobs.deploy_base(subject)
    if whole:
        document["test"] = jobs.test_job(subject, "test")
    artefact = {
        "scan": jobs.scan_job("test" if whole else ".pre"),
        "build": jobs.build_job(subject, stage("build")),
        "sign": jobs.sign_job(stage("build")),
    }
    for name, job in artefact.items():
        # beside other jobs: whatever the deployments need is there whenever they are
        document[name] = job if whole else {**job, "rules": [jobs.ON_BRANCH]}
    before = ""
    for environment in subject.environments:
        name = environment.name
        document[name] = jobs.deploy_job(subject, environment, stage(name), before)
        before = name
    document["stop-development"] = jobs.stop_job(subject, first, stage(first.name))
    document["rollback"] = jobs.rollback_job(subject, last, stage(last.name))
    document["release"] = jobs.release_job(last.name, stage("release"))
    return document


def _notes(subject: Subject, theirs: Workflow | None) -> tuple[str, ...]:
    found = [
        (
            "GitLab: protect the environment production (approvals, the default branch alone); "
            "KUBE_CONTEXT of each environment names the agent that reaches its cluster "
            "(path/to/project:agent), so no kubeconfig is stored."
        ),
        (
            "Set PROMETHEUS_URL for staging and production, and SMOKE_URL for staging, a page that "
            "counts as a request: without traffic nothing can be verified."
        ),
        (
            "cosign signs without a key for projects on gitlab.com; a GitLab of your own needs its "
            "own Fulcio, or the two lines of cosign removed."
        ),
    ]
    if workload_of(subject).serves:
        found.append(FIRST.format(how="run the pipeline with the variable FREEZE_OVERRIDE set to"))
    where = cloud(subject)
    if where in VARIABLES:
        found.append(
            f"Set the variables {VARIABLES[where]}; the cloud trusts GitLab's OIDC tokens of this "
            "project, no key is stored."
        )
    if theirs is not None:
        found.append(
            f"{theirs.path} stays as it is; add to it: include: [{{local: {INCLUDED}}}]. The "
            "deployment's jobs run in .post, after every stage of its own."
        )
    elif not stack_of(subject).test:
        found.append("No tests were found: the pipeline builds and deploys what nobody tested.")
    else:
        _, unknown = variables(subject, None, {})
        if unknown:
            found.append(
                f"The tests may need values for {', '.join(unknown)}: the pipeline gives none, "
                "since nothing says what a test should use."
            )
    return tuple(found)
