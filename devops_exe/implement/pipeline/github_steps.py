"""Steps of GitHub Actions: how a job gets its tools, its credentials and its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import Block, Noted
from devops_exe.implement.pins import action_pin
from devops_exe.implement.pipeline.names import ROLLOUTS_PLUGIN, cloud, needs_plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

Step = dict[str, "Node"]

RUNNER = "ubuntu-24.04"


def uses(
    name: str,
    action: str,
    inputs: Mapping[str, Node] | None = None,
    *,
    when: str = "",
    identifier: str = "",
    env: Mapping[str, Node] | None = None,
) -> Step:
    """A step that is an action, at its pinned commit with the release as a comment."""
    pin = action_pin(action)
    reference: Node = f"{pin.name}@{pin.fixed or pin.tag}"
    step: Step = {"name": name}
    if identifier:
        step["id"] = identifier
    if when:
        step["if"] = when
    step["uses"] = Noted(reference, pin.tag) if pin.fixed else reference
    if env:
        step["env"] = dict(env)
    if inputs:
        step["with"] = dict(inputs)
    return step


def run(
    name: str,
    script: str,
    *,
    env: Mapping[str, Node] | None = None,
    when: str = "",
    identifier: str = "",
) -> Step:
    """A step that is a script; values reach it by the environment, never by expansion."""
    step: Step = {"name": name}
    if identifier:
        step["id"] = identifier
    if when:
        step["if"] = when
    if env:
        step["env"] = dict(env)
    text = script.strip("\n")
    step["run"] = Block(f"{text}\n") if "\n" in text else text
    return step


def checkout(*, history: bool = False) -> Step:
    """The sources; no credential stays in the checkout."""
    inputs: dict[str, Node] = {"persist-credentials": False}
    if history:
        inputs["fetch-depth"] = Noted(0, "tags and every commit since the last one")
    return uses("Check out", "actions/checkout", inputs)


def cloud_login(subject: Subject, seconds: int = 0, when: str = "") -> list[Step]:
    """Credentials of the cloud for this run, by OIDC: no key is stored anywhere."""
    where = cloud(subject)
    if where == "aws":
        inputs: dict[str, Node] = {
            "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
            "aws-region": "${{ vars.AWS_REGION }}",
        }
        if seconds:
            inputs["role-duration-seconds"] = Noted(
                seconds, "as long as the job; the role's maximum session must allow it"
            )
        return [uses("Assume the role", "aws-actions/configure-aws-credentials", inputs, when=when)]
    if where == "gcp":
        return [
            uses(
                "Authenticate to Google Cloud",
                "google-github-actions/auth",
                {
                    "workload_identity_provider": "${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}",
                    "service_account": "${{ vars.GCP_SERVICE_ACCOUNT }}",
                    "token_format": "access_token",
                },
                when=when,
                identifier="google",
            )
        ]
    if where == "azure":
        return [
            uses(
                "Log in to Azure",
                "azure/login",
                {
                    "client-id": "${{ vars.AZURE_CLIENT_ID }}",
                    "tenant-id": "${{ vars.AZURE_TENANT_ID }}",
                    "subscription-id": "${{ vars.AZURE_SUBSCRIPTION_ID }}",
                },
                when=when,
            )
        ]
    return []


def registry_login(subject: Subject, when: str = "") -> list[Step]:
    """The registry, with the cloud's credentials or the run's own token."""
    where = cloud(subject)
    if where == "aws":
        return [uses("Log in to Amazon ECR", "aws-actions/amazon-ecr-login", when=when)]
    if where == "gcp":
        return [
            uses(
                "Log in to Artifact Registry",
                "docker/login-action",
                {
                    "registry": "${{ vars.REGISTRY }}",
                    "username": "oauth2accesstoken",
                    "password": "${{ steps.google.outputs.access_token }}",
                },
                when=when,
            )
        ]
    if where == "azure":
        return [
            run(
                "Log in to Azure Container Registry",
                'az acr login --name "${REGISTRY%%.*}"',
                env={"REGISTRY": "${{ vars.REGISTRY }}"},
                when=when,
            )
        ]
    return [
        uses(
            "Log in to the registry",
            "docker/login-action",
            {
                "registry": "ghcr.io",
                "username": "${{ github.actor }}",
                "password": "${{ github.token }}",
            },
            when=when,
        )
    ]


_EXAMPLES = {
    "aws": "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    "gcp": "europe-west1-docker.pkg.dev/PROJECT/REPOSITORY",
    "azure": "example.azurecr.io",
}


def image_name(subject: Subject) -> Step:
    """The image's name, without tag and digest, as the output ``name`` of the step ``image``."""
    where = cloud(subject)
    if where == "other":
        return run(
            "Name the image",
            # names of images are lower case, names of owners need not be
            f'echo "name=ghcr.io/${{GITHUB_REPOSITORY_OWNER,,}}/{subject.name}" '
            '>>"${GITHUB_OUTPUT}"',
            identifier="image",
        )
    return run(
        "Name the image",
        f': "${{REGISTRY:?set the variable REGISTRY, such as {_EXAMPLES[where]}}}"\n'
        f'echo "name=${{REGISTRY}}/{subject.name}" >>"${{GITHUB_OUTPUT}}"',
        env={"REGISTRY": "${{ vars.REGISTRY }}"},
        identifier="image",
    )


def cluster(subject: Subject) -> list[Step]:
    """kubectl, its plugin where releases need it, and the cluster as its context."""
    steps = [uses("Install kubectl", "azure/setup-kubectl")]
    if needs_plugin(subject):
        steps.append(run("Install the plugin of Argo Rollouts", PLUGIN_SCRIPT.strip()))
    where = cloud(subject)
    if where == "aws":
        steps.append(
            run(
                "Choose the cluster",
                'aws eks update-kubeconfig --name "${CLUSTER}"',
                env={"CLUSTER": "${{ vars.CLUSTER }}"},
            )
        )
    elif where == "gcp":
        steps.append(
            uses(
                "Choose the cluster",
                "google-github-actions/get-gke-credentials",
                {"cluster_name": "${{ vars.CLUSTER }}", "location": "${{ vars.GKE_LOCATION }}"},
            )
        )
    elif where == "azure":
        steps.append(
            run(
                "Choose the cluster",
                "sudo az aks install-cli --only-show-errors\n"
                'az aks get-credentials --resource-group "${RESOURCE_GROUP}" --name "${CLUSTER}"\n'
                "kubelogin convert-kubeconfig --login azurecli",
                env={
                    "RESOURCE_GROUP": "${{ vars.RESOURCE_GROUP }}",
                    "CLUSTER": "${{ vars.CLUSTER }}",
                },
            )
        )
    else:
        steps.append(
            run(
                "Choose the cluster",
                'mkdir -p "${HOME}/.kube"\n'
                '(umask 077 && printf \'%s\\n\' "${KUBE_CONFIG}" >"${HOME}/.kube/config")',
                env={"KUBE_CONFIG": "${{ secrets.KUBE_CONFIG }}"},
            )
        )
    return steps


ROLLOUTS_RELEASE = f"https://github.com/argoproj/argo-rollouts/releases/download/{ROLLOUTS_PLUGIN}"

PLUGIN_SCRIPT = f"""
release={ROLLOUTS_RELEASE}
plugin=kubectl-argo-rollouts-linux-amd64
cd "$(mktemp -d)"
curl --fail --silent --show-error --location --remote-name-all \\
  "${{release}}/${{plugin}}" "${{release}}/argo-rollouts-checksums.txt"
grep " ${{plugin}}\\$" argo-rollouts-checksums.txt | sha256sum --check -
sudo install -m 0755 "${{plugin}}" /usr/local/bin/kubectl-argo-rollouts
"""
"""Fetches the plugin of one release, and holds it against the release's checksums."""
