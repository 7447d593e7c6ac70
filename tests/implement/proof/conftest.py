"""Proof tests stand on the tools of this machine: its cache folder, not a test's empty one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from devops_exe.ground.locations import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CACHE = cache_dir()  # before any test has a home of its own
CI = "CI" in os.environ


@pytest.fixture
def real_tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's own cache folder, where ``scripts/install_tools.sh`` builds."""
    monkeypatch.setenv("DEVOPS_EXE_CACHE_DIR", str(_CACHE))
    return _CACHE


@pytest.fixture
def missing() -> Callable[[str], None]:
    """A tool is not there: a skip on a user's machine, a failure in CI, which installs it."""

    def say(reason: str) -> None:
        if CI:
            pytest.fail(f"CI installs the tools first: {reason}")
        pytest.skip(reason)

    return say
