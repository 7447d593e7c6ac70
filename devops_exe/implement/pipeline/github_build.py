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


def build_job(subject: Subject, *, on_pull_request: bool) -> dict[str, Node]:
    """The image of a commit.

    Args:
        subject: whose.
        on_pull_request: whether a pull request is built too (and thrown away); not where the
            repository's own workflow does.
    """
    permissions: dict[str, Node] = {"contents": "read", "id-token": "write"}
    if cloud(subject) == "other":
        permissions["packages"] = "write"
    permissions["attestations"] = "write"
    job: dict[str, Node] = {"name": "Build", "needs": ["scan", "test"]}
    if not on_pull_request:
        job["if"] = PUSHED
    job |= {
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["build"],
        "permissions": permissions,
        "outputs": {"image": "${{ steps.reference.outputs.image }}"},
        "steps": _steps(subject, PUSHED if on_pull_request else ""),
    }
    return job


def _steps(subject: Subject, when: str) -> list[Node]:
    digest = "${{ steps.build.outputs.digest }}"
    name = "${{ steps.image.outputs.name }}"
    tag = f"{name}:${{{{ github.sha }}}}"
    build: dict[str, Node] = {
        "context": inert(context(subject), "folder"),
        "file": inert(dockerfile(subject), "path"),
        "push": f"${{{{ {when} }}}}" if when else True,
    }
    if when:
        build["load"] = "${{ github.event_name == 'pull_request' }}"
    build |= {
        "tags": tag,
        # one manifest, whose digest is the image's; provenance is attested below
        "provenance": False,
        "cache-from": "type=gha",
        "cache-to": "type=gha,mode=max",
    }
    return [
        checkout(),
        uses("Set up Buildx", "docker/setup-buildx-action"),
        image_name(subject),
        *cloud_login(subject, when=when),
        *registry_login(subject, when=when),
        uses("Build", "docker/build-push-action", build, identifier="build"),
        uses(
            "Scan the image",
            "aquasecurity/trivy-action",
            {
                "image-ref": tag,
                "severity": SEVERITIES,
                "ignore-unfixed": True,
                "exit-code": "1",
            },
        ),
        uses(
            "List what is in it (SBOM)",
            "anchore/sbom-action",
            {
                "image": f"{name}@{digest}",
                "format": "spdx-json",
                "output-file": "sbom.spdx.json",
                "upload-artifact": False,
            },
            when=when,
        ),
        uses("Install cosign", "sigstore/cosign-installer", when=when),
        run(
            "Sign the digest and its SBOM, without a key",
            'cosign sign --yes "${IMAGE}"\n'
            'cosign attest --yes --type spdxjson --predicate sbom.spdx.json "${IMAGE}"',
            env={"IMAGE": f"{name}@{digest}"},
            when=when,
        ),
        uses(
            "Attest where it was built",
            "actions/attest-build-provenance",
            {"subject-name": name, "subject-digest": digest, "push-to-registry": True},
            # GitHub keeps attestations of private repositories for Enterprise alone
            when=" && ".join(part for part in (when, "!github.event.repository.private") if part),
        ),
        run(
            "Hand on one reference: the tag for people, the digest for machines",
            'echo "image=${NAME}:${GITHUB_SHA}@${DIGEST}" >>"${GITHUB_OUTPUT}"',
            env={"NAME": name, "DIGEST": digest},
            when=when,
            identifier="reference",
        ),
    ]
