"""Pipelines: GitHub Actions and GitLab CI, from a push to production and its version."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from devops_exe.implement.generated import Generated

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_PRODUCTS = {"github-actions": "github", "gitlab-ci": "gitlab"}


def generate(subject: Subject) -> Generated:
    """The files of the CI product that is in use or asked for; none for another product."""
    name = _PRODUCTS.get(subject.ci)
    if name is None:
        return Generated()
    made: Generated = import_module(f"{__name__}.{name}").generate(subject)
    return made
