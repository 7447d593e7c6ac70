"""The first lines of a generated file."""

from __future__ import annotations

from devops_exe.implement.existing import MARK


def heading(*why: str) -> tuple[str, ...]:
    """Comment lines: whose file it is, how it is changed, and what it is for.

    Args:
        why: sentences on what a reader cannot see in the file itself.
    """
    return (f"{MARK}: change the requirement and generate again, or take the file over", *why)
