"""Generator: see :func:`generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.generated import Generated
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """The Dockerfile, what is not sent to the builder, and a compose file for development.

    Each that the repository has already is kept; a Dockerfile's defects are notes.
    """
    from devops_exe.implement.container.assembly import assemble

    return assemble(subject)
