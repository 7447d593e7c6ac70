"""What a person has to set up before the workflows of GitHub Actions run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.pipeline.names import (
    FIRST,
    HOSTED_MINUTES,
    cloud,
    deploy_minutes,
    session_seconds,
)
from devops_exe.implement.pipeline.service_stores import variables
from devops_exe.implement.reliability.scripts_workload import workload_of
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.pipeline.existing_ci import Workflow
    from devops_exe.implement.subject import Subject

_VARIABLES = {
    "aws": "REGISTRY, AWS_REGION, AWS_ROLE_ARN and CLUSTER",
    "gcp": "REGISTRY, GCP_WORKLOAD_IDENTITY_PROVIDER, GCP_SERVICE_ACCOUNT, CLUSTER and "
    "GKE_LOCATION",
    "azure": "REGISTRY, AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID, RESOURCE_GROUP "
    "and CLUSTER",
}


def notes(subject: Subject, tester: Workflow | None) -> tuple[str, ...]:
    """One sentence each."""
    found = [
        (
            "GitHub environments development, staging and production: give production required "
            "reviewers and allow it the released branch alone (Settings, Environments)."
        ),
        (
            "Set PROMETHEUS_URL for staging and production, an address that the runner reaches, "
            "and SMOKE_URL for staging, a page that counts as a request: without traffic nothing "
            "can be verified."
        ),
    ]
    if workload_of(subject).serves:
        found.append(FIRST.format(how="run gh workflow run deploy.yml -f freeze_override="))
    where = cloud(subject)
    if where == "other":
        found.append(
            "KUBE_CONFIG is the one stored credential: the kubeconfig of a service account of the "
            "environment's namespace, as a secret of each environment. DEPLOY_RUNNER names a "
            "runner that reaches the cluster."
        )
    else:
        found.append(
            f"Set the variables {_VARIABLES[where]}, for the repository or by environment; the "
            "cloud trusts GitHub's OIDC tokens of this repository and environment, no key is "
            "stored."
        )
    if where == "aws" and session_seconds(subject):
        found.append(
            f"A rollout lasts longer than a role's default session: raise the maximum session of "
            f"AWS_ROLE_ARN to {session_seconds(subject)} s."
        )
    minutes = deploy_minutes(subject)
    if int(minutes.value) > HOSTED_MINUTES:
        found.append(
            f"A deployment may take {minutes.value} minutes; a hosted runner ends a job after "
            f"{HOSTED_MINUTES}: let it run on one of your own."
        )
    if tester is not None:
        found.append(
            f"{tester.path} stays as it is: deploy.yml waits for its verdict on the same commit "
            "instead of testing twice (no workflow_run: it would run with this branch's rights "
            "on anybody's pull request)."
        )
    else:
        found += _missing(subject)
    return tuple(found)


def _missing(subject: Subject) -> list[str]:
    stack = stack_of(subject)
    if not stack.test:
        return ["No tests were found: the pipeline builds and deploys what nobody tested."]
    _, unknown = variables(subject, "localhost", {})
    if not unknown:
        return []
    note = (
        f"The tests may need values for {', '.join(unknown)}: the pipeline gives none, since "
        "nothing says what a test should use."
    )
    return [note]
