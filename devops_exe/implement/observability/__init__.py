"""Observability: rules with their tests, alert routes, a dashboard, the objective, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.generated import Generated
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """Rules and their tests, how pods are found, alert routes, dashboard, OpenSLO, metrics.

    A repository with rules, routes or a dashboard of its own keeps them.
    """
    from devops_exe.implement.observability.files import assemble

    return assemble(subject)
