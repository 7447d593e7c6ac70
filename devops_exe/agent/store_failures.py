"""What can go wrong with the file of sessions, each as one line."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from devops_exe.ground.errors import EngineError, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 10.0
"""How long a writer waits for another process."""


def no_session(name: str) -> UserError:
    """No session has this id or name."""
    return UserError(
        "there is no such session",
        where=f"session {name}",
        fix="list them with devops-exe sessions",
        code="unknown_session",
    )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Failures of disk and database as one line."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        what, fix, code = _explained(error)
        raise EngineError(what, where=str(path), fix=fix, code=code) from error


def _explained(error: Exception) -> tuple[str, str, str]:
    text = str(error).lower()
    if "full" in text or "no space" in text:
        return "the disk is full: this is not stored", "free some space", "disk_full"
    if "locked" in text or "busy" in text:
        return (
            f"another process has held the sessions for {BUSY_SECONDS:.0f} s",
            "end it, then try again",
            "store_busy",
        )
    if "not a database" in text or "malformed" in text or "no such" in text:
        return (
            "the file of sessions is damaged",
            "move it away; a new one is made at the next start",
            "store_damaged",
        )
    if "readonly" in text or "unable to open" in text or isinstance(error, OSError):
        return (
            "the file of sessions cannot be written",
            "make file and folder writable, or set DEVOPS_EXE_DATA_DIR",
            "store_not_writable",
        )
    return f"the sessions cannot be stored ({error})", "check the disk it is on", "store_failed"
