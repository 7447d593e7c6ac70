"""The jobs of GitHub Actions that deploy: one an environment, each with its own approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Noted
from devops_exe.implement.pipeline.github_steps import (
    RUNNER,
    checkout,
    cloud_login,
    cluster,
    registry_login,
    run,
    uses,
)
from devops_exe.implement.pipeline.names import (
    cloud,
    deploy_minutes,
    rolls_back,
    session_seconds,
)
from devops_exe.implement.reliability.scripts_workload import workload_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Environment, Subject

IMAGE = "${{ needs.build.outputs.image }}"
"""The reference that the job ``build`` hands on: name, tag and digest."""

_PROMETHEUS: dict[str, str] = {
    "PROMETHEUS_URL": "${{ vars.PROMETHEUS_URL }}",
    "PROMETHEUS_TOKEN": "${{ secrets.PROMETHEUS_TOKEN }}",
}

_VERIFY_SIGNATURE = """
cosign verify "${IMAGE}" --output text \\
  --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
  --certificate-identity "https://github.com/${WORKFLOW}" >/dev/null
"""


def environment_jobs(subject: Subject, branch: str) -> dict[str, Node]:
    """Development, staging, production: the same digest, one after the other."""
    jobs: dict[str, Node] = {}
    before = ""
    for environment in subject.environments:
        jobs[environment.name] = _job(subject, environment, branch, before)
        before = environment.name
    return jobs


def _job(subject: Subject, environment: Environment, branch: str, before: str) -> dict[str, Node]:
    minutes = deploy_minutes(subject)
    other = cloud(subject) == "other"
    permissions: dict[str, Node] = {"contents": "read"}
    permissions |= {"packages": "read"} if other else {"id-token": "write"}
    runner = Noted(f"${{{{ vars.DEPLOY_RUNNER || '{RUNNER}' }}}}", "one that reaches the cluster")
    return {
        "name": f"Deploy to {environment.name}",
        "needs": ["build", before] if before else "build",
        # any branch may run in development; what goes further comes from the branch of releases
        "if": f"github.ref == 'refs/heads/{branch}'"
        if before
        else "github.event_name != 'pull_request'",
        "runs-on": runner if other else RUNNER,
        "timeout-minutes": minutes,
        "permissions": permissions,
        "environment": environment.name,
        "concurrency": Noted(
            {"group": f"deploy-{environment.name}", "cancel-in-progress": False},
            "a deployment that runs is never cut off",
        ),
        "steps": _steps(subject, environment),
    }


def _steps(subject: Subject, environment: Environment) -> list[Node]:
    steps: list[Node] = [
        checkout(),
        *cloud_login(subject, session_seconds(subject)),
        *registry_login(subject),
    ]
    if environment.production:
        steps += [
            uses("Install cosign", "sigstore/cosign-installer"),
            run(
                "Refuse an image that this workflow did not sign",
                _VERIFY_SIGNATURE,
                env={"IMAGE": IMAGE, "WORKFLOW": "${{ github.workflow_ref }}"},
            ),
        ]
    if environment.production and workload_of(subject).serves:
        steps.append(
            run(
                "Stop while the error budget is spent",
                layout.GATE_SCRIPT,
                env={**_PROMETHEUS, "FREEZE_OVERRIDE": "${{ inputs.freeze_override }}"},
            )
        )
    steps += cluster(subject)
    image: dict[str, Node] = {"IMAGE": IMAGE}
    if environment.name != "development" and workload_of(subject).serves:
        # development has no users: deploy.sh asks nothing of Prometheus there
        image |= {**_PROMETHEUS, "SMOKE_URL": "${{ vars.SMOKE_URL }}"}
    steps.append(
        run(
            "Deploy, verify, roll back if it fails",
            f'{layout.DEPLOY_SCRIPT} {environment.name} "${{IMAGE}}"',
            env=image,
        )
    )
    if environment.name != "development" and rolls_back(subject):
        # a time-out or a cancelled run kills deploy.sh before it is done with that
        bad = {"BAD_IMAGE" if name == "IMAGE" else name: value for name, value in image.items()}
        steps.append(
            run(
                "Roll back what was cut off",
                f"{layout.ROLLBACK_SCRIPT} {environment.name}",
                env=bad,
                when="cancelled()",
            )
        )
    return steps
