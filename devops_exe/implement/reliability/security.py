"""Security controls: policies for the manifests, secret scanning, updates, and what holds where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.existing import MARK
from devops_exe.implement.generated import Generated
from devops_exe.implement.reliability.security_page import controls
from devops_exe.implement.reliability.security_policy import POLICY, POLICY_TEST
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

CHANGE = f"{MARK}. Change the requirement and generate again."
DEPENDABOT = ".github/dependabot.yml"
GITLEAKS = ".gitleaks.toml"

_UPDATES = {
    "pip": "pip",
    "uv": "uv",
    "poetry": "pip",
    "pipenv": "pip",
    "npm": "npm",
    "pnpm": "npm",
    "yarn": "npm",
    "go": "gomod",
    "maven": "maven",
    "gradle": "gradle",
    "bundler": "bundler",
    "composer": "composer",
    "cargo": "cargo",
    "dotnet": "nuget",
    "mix": "mix",
}
"""Dependabot's name of a package manager (its configuration reference, package-ecosystem)."""


def generate(subject: Subject) -> Generated:
    """The controls; what the repository has for the same purpose is kept."""
    artefacts = [
        Artefact(
            f"{layout.POLICY}/kubernetes.rego",
            POLICY.replace("@MARK@", CHANGE),
            "rego",
            why="what a manifest must hold to, for conftest",
        ),
        Artefact(
            f"{layout.POLICY}/kubernetes_test.rego",
            POLICY_TEST.replace("@MARK@", CHANGE),
            "rego",
            why="that the policy refuses what it should and nothing else",
        ),
        Artefact(
            f"{layout.POLICY}/README.md",
            controls(subject),
            "markdown",
            why="which control holds where, and how to try it",
        ),
    ]
    kept = []
    own = subject.theirs(GITLEAKS, "gitleaks.toml")
    if own:
        kept.append((own, "configures gitleaks already"))
    else:
        artefacts.append(
            Artefact(GITLEAKS, _GITLEAKS.replace("@MARK@", CHANGE), "text", why="secret scanning")
        )
    own = subject.theirs(
        DEPENDABOT, ".github/dependabot.yaml", "renovate.json", ".github/renovate.json",
        ".renovaterc", ".renovaterc.json", "renovate.json5",
    )  # fmt: skip
    if own:
        kept.append((own, "updates dependencies already"))
    elif subject.ci == "github-actions":
        artefacts.append(_dependabot(subject))
    return Generated(tuple(artefacts), tuple(kept))


_GITLEAKS = """# @MARK@
# gitleaks dir . (the tree) and gitleaks git . (its history). An exception needs a reason.
title = "secrets that must not be committed"

[extend]
useDefault = true
"""


def _dependabot(subject: Subject) -> Artefact:
    """Pins grow old: actions by SHA, images by digest, packages by lock file."""
    stack = stack_of(subject)
    folder = "/" if stack.folder == "." else f"/{stack.folder}"
    wanted = [("github-actions", "/"), ("docker", folder)]
    if stack.manager in _UPDATES:
        wanted.append((_UPDATES[stack.manager], folder))
    document = {
        "version": 2,
        "updates": [
            {
                "package-ecosystem": ecosystem,
                "directory": directory,
                "schedule": {"interval": "weekly"},
                "groups": {ecosystem: {"patterns": ["*"]}},
            }
            for ecosystem, directory in wanted
        ],
    }
    return Artefact(
        DEPENDABOT, emit(document, header=(CHANGE,)), "yaml", why="keeps the pins from growing old"
    )
