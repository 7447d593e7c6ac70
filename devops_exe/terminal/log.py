"""What ``--debug`` writes: lines, events and faults, in a log that rotates and holds no secret.

The file is ``debug.log`` in the state folder, 0600, at most a megabyte, with two older ones.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from devops_exe.ground.clock import now, timestamp
from devops_exe.ground.errors import DevopsExeError
from devops_exe.ground.locations import log_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devops_exe.ground.settings import Settings

LARGEST = 1_000_000
"""Bytes of a log before it rotates."""

OLDER = 2
"""Logs that are kept behind the present one."""

_LONGEST = 4000


class Log:
    """A log of one process; several processes may append. A failure loses the line."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or log_file()
        self._clean: Callable[[str], str] | None = None

    def write(self, kind: str, text: str) -> None:
        """Append an entry; line ends are escaped, secrets replaced."""
        if self._clean is None:
            from devops_exe.ground.redaction import Redactor

            self._clean = Redactor().redact
        told = self._clean(text[:_LONGEST]).replace("\\", "\\\\").replace("\n", "\\n")
        with suppress(OSError, DevopsExeError):
            private_folder(self.path.parent)
            self._rotate()
            handle = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(f"{timestamp(now())} {os.getpid()} {kind}: {told}\n")

    def _rotate(self) -> None:
        try:
            if self.path.stat().st_size < LARGEST:
                return
        except FileNotFoundError:
            return
        for number in range(OLDER, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(
                f"{self.path.name}.{number - 1}"
            )  # fmt: skip
            with suppress(FileNotFoundError):
                newer.replace(older)


def log_of(settings: Settings) -> Log | None:
    """The log of ``--debug``; None without it."""
    return Log() if settings.flag("debug") else None
