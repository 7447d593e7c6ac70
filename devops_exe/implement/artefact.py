"""An artefact: one generated file, what kind of file it is, and which road it came by."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Literal

from devops_exe.ground.errors import UserError

Kind = Literal[
    "github-actions",
    "gitlab-ci",
    "dockerfile",
    "dockerignore",
    "compose",
    "kubernetes",
    "kustomization",
    "argo-rollouts",
    "gateway-api",
    "istio",
    "flagd",
    "prometheus-rules",
    "prometheus-rule-tests",
    "prometheus-config",
    "alertmanager",
    "grafana",
    "openslo",
    "otel-collector",
    "shell",
    "markdown",
    "json",
    "yaml",
    "text",
    "python",
    "rego",
]
"""What a file is; it decides who can prove it."""

KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]
"""Every kind."""

LONGEST_NAME = 255
"""Bytes of a path's part that common file systems take."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file to be written.

    Attributes:
        path: relative to the named folder, with ``/`` between its parts.
        text: the whole content; ends in a newline.
        kind: what it is.
        executable: whether it is run as a program (mode 0755, else 0644).
        why: one line for a person: what it is for.
        unproven: reasons by which no tool can prove it here (an image pinned by tag only);
            each is reported as ``NOT PROVEN: …`` whatever the validators say.
    """

    path: str
    text: str
    kind: Kind
    executable: bool = False
    why: str = ""
    unproven: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checked_path(self.path)

    @property
    def mode(self) -> int:
        """Permission bits."""
        return 0o755 if self.executable else 0o644

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n")


def checked_path(path: str) -> str:
    """``path``, if it stays inside the folder it is relative to.

    Raises:
        UserError: it is absolute, leaves the folder, or holds what no path should.
    """
    parts = path.split("/")
    inside = (
        path
        and not path.startswith("/")
        and posixpath.normpath(path) == path
        and ".." not in parts
        and "\\" not in path
        and all(part.isprintable() and len(part.encode()) <= LONGEST_NAME for part in parts)
    )
    if not inside:
        raise UserError(
            f"{path[:80]!r} is no path inside the folder",
            where="implement",
            fix="give a relative path without '..'",
            code="path_outside",
        )
    return path
