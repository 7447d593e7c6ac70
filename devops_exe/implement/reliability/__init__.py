"""Generator: see :func:`generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.generated import Generated

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


def generate(subject: Subject) -> Generated:
    """The files of this part."""
    return Generated()
