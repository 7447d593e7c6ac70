"""The job of GitHub Actions that gives a released digest its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.pipeline.github_environment import IMAGE
from devops_exe.implement.pipeline.github_steps import (
    RUNNER,
    checkout,
    cloud_login,
    registry_login,
    run,
)
from devops_exe.implement.pipeline.names import MINUTES, cloud
from devops_exe.implement.reliability.scripts import VERSION_SCRIPT

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

_VERSION = f"""
version="$({VERSION_SCRIPT} next "${{GITHUB_SHA}}")"
known=false
if git rev-parse --verify --quiet "refs/tags/${{version}}" >/dev/null; then
  known=true
fi
printf 'version=%s\\nknown=%s\\n' "${{version}}" "${{known}}" >>"${{GITHUB_OUTPUT}}"
"""

_TAG = """
tagged="${IMAGE%@*}"
docker buildx imagetools create --prefer-index=false \\
  --tag "${tagged%:*}:${VERSION}" "${IMAGE}"
"""

_RELEASE = f"""
{VERSION_SCRIPT} notes "${{GITHUB_SHA}}" >"${{RUNNER_TEMP}}/notes.md"
printf '\\nImage: %s\\n' "${{IMAGE}}" >>"${{RUNNER_TEMP}}/notes.md"
gh release create "${{VERSION}}" --target "${{GITHUB_SHA}}" --title "${{VERSION}}" \\
  --notes-file "${{RUNNER_TEMP}}/notes.md"
"""


def release_job(subject: Subject, production: str) -> dict[str, Node]:
    """Version, changelog and tag of what production runs now.

    Args:
        subject: whose.
        production: the job that this one follows.
    """
    permissions: dict[str, Node] = {"contents": "write"}
    permissions |= {"packages": "write"} if cloud(subject) == "other" else {"id-token": "write"}
    new = "steps.version.outputs.known == 'false'"
    named: dict[str, Node] = {"IMAGE": IMAGE, "VERSION": "${{ steps.version.outputs.version }}"}
    return {
        "name": "Release",
        "needs": ["build", production],
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["release"],
        "permissions": permissions,
        "concurrency": {"group": "release", "cancel-in-progress": False},
        "steps": [
            checkout(history=True),
            run("Find the version", _VERSION, identifier="version"),
            *cloud_login(subject, when=new),
            *registry_login(subject, when=new),
            run("Give the digest its version as a tag", _TAG, env=named, when=new),
            run(
                "Publish the release with its changelog",
                _RELEASE,
                env={**named, "GH_TOKEN": "${{ github.token }}"},
                when=new,
            ),
        ],
    }
