"""The job of GitHub Actions that builds the image: once, scanned, described, signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.pipeline.github_steps import (
    RUNNER,
    checkout,
    cloud_login,
    image_name,
    registry_login,
    run,
    uses,
)
from devops_exe.implement.pipeline.inert import inert
from devops_exe.implement.pipeline.names import MINUTES, SEVERITIES, cloud, context, dockerfile

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

PUSHED = "github.event_name != 'pull_request'"
"""A push or a call by hand: what may sign, push and deploy."""

_NAME = "${{ steps.image.outputs.name }}"
_DIGEST = "${{ steps.build.outputs.digest }}"


def trial_job(subject: Subject) -> dict[str, Node]:
    """A pull request's image: built and scanned, pushed nowhere, with no right to anything."""
    reference = f"{subject.name}:pull-request"
    return {
        "name": "Build without pushing",
        "if": "github.event_name == 'pull_request'",
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["build"],
        "permissions": {"contents": "read"},
        "steps": [
            checkout(),
            uses("Set up Buildx", "docker/setup-buildx-action"),
            uses(
                "Build",
                "docker/build-push-action",
                {**_sources(subject), "load": True, "tags": reference, "cache-from": "type=gha"},
            ),
            _scan(reference),
        ],
    }


def build_job(subject: Subject) -> dict[str, Node]:
    """The image of a commit: built once, scanned, described, signed, handed on by digest."""
    permissions: dict[str, Node] = {"contents": "read", "id-token": "write"}
    if cloud(subject) == "other":
        permissions["packages"] = "write"
    permissions["attestations"] = "write"
    return {
        "name": "Build",
        "needs": ["scan", "test"],
        "if": PUSHED,
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["build"],
        "permissions": permissions,
        "outputs": {"image": "${{ steps.reference.outputs.image }}"},
        "steps": _steps(subject),
    }


def _sources(subject: Subject) -> dict[str, Node]:
    return {
        "context": inert(context(subject), "folder"),
        "file": inert(dockerfile(subject), "path"),
        # one manifest, whose digest is the image's; provenance is attested apart
        "provenance": False,
    }


def _scan(reference: str) -> dict[str, Node]:
    inputs: dict[str, Node] = {
        "image-ref": reference,
        "severity": SEVERITIES,
        "ignore-unfixed": True,
        "exit-code": "1",
    }
    return uses("Scan the image", "aquasecurity/trivy-action", inputs)


def _steps(subject: Subject) -> list[Node]:
    build: dict[str, Node] = {
        **_sources(subject),
        "push": True,
        "tags": f"{_NAME}:${{{{ github.sha }}}}",
        "cache-from": "type=gha",
        "cache-to": "type=gha,mode=max",
    }
    image: dict[str, Node] = {"IMAGE": f"{_NAME}@{_DIGEST}"}
    return [
        checkout(),
        uses("Set up Buildx", "docker/setup-buildx-action"),
        image_name(subject),
        *cloud_login(subject),
        *registry_login(subject),
        uses("Build", "docker/build-push-action", build, identifier="build"),
        _scan(f"{_NAME}@{_DIGEST}"),
        uses(
            "List what is in it (SBOM)",
            "anchore/sbom-action",
            {
                "image": f"{_NAME}@{_DIGEST}",
                "format": "spdx-json",
                "output-file": "sbom.spdx.json",
                "upload-artifact": False,
            },
        ),
        uses("Install cosign", "sigstore/cosign-installer"),
        run(
            "Sign the digest and its SBOM, without a key",
            'cosign sign --yes "${IMAGE}"\n'
            'cosign attest --yes --type spdxjson --predicate sbom.spdx.json "${IMAGE}"',
            env=image,
        ),
        uses(
            "Attest where it was built",
            "actions/attest-build-provenance",
            {"subject-name": _NAME, "subject-digest": _DIGEST, "push-to-registry": True},
            # GitHub keeps attestations of private repositories for Enterprise alone
            when="${{ !github.event.repository.private }}",
        ),
        run(
            "Hand on one reference: the tag for people, the digest for machines",
            'echo "image=${NAME}:${GITHUB_SHA}@${DIGEST}" >>"${GITHUB_OUTPUT}"',
            env={"NAME": _NAME, "DIGEST": _DIGEST},
            identifier="reference",
        ),
    ]
