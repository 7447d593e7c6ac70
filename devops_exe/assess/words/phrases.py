"""The readers of phrases whose meaning depends on what stands around, by name."""

from __future__ import annotations

from devops_exe.assess.words import (
    phrases_capacity,
    phrases_change,
    phrases_elsewhere,
    phrases_goals,
    phrases_load,
    phrases_names,
    phrases_platform,
)
from devops_exe.assess.words.reading import Found, Reader


def readers() -> dict[str, Reader]:
    """The readers by the names that the grammar's effects use."""
    return {
        "unused": Found.unused,
        **phrases_load.READERS,
        **phrases_goals.READERS,
        **phrases_capacity.READERS,
        **phrases_names.READERS,
        **phrases_platform.READERS,
        **phrases_change.READERS,
        **phrases_elsewhere.READERS,
    }
