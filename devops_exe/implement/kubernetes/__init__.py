"""Generator: see :func:`generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.generated import Generated
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """The manifests: one base, an overlay for every environment.

    A repository with manifests or a chart of its own keeps them; only what is missing beside
    them is generated, and names their objects.
    """
    from devops_exe.implement.kubernetes.assembly import assemble

    return assemble(subject)
