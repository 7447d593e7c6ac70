"""Lines typed before: a private file, without secrets."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from devops_exe.ground.errors import DevopsExeError
from devops_exe.ground.locations import history_file, private_folder
from devops_exe.terminal.pastes import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from prompt_toolkit.history import History

MOST = 10_000
"""Lines that are kept."""


def may_be_kept(line: str) -> bool:
    """Whether a line may go to the file: no leading blank, nothing shaped like a key.

    >>> may_be_kept("/why RTO"), may_be_kept(" hidden"), may_be_kept("token=abcdefgh1234")
    (True, False, False)
    """
    from devops_exe.ground.redaction import Redactor

    if not line.strip() or line[0].isspace() or MARK.search(line):
        return False  # the text behind a paste's mark is gone with its chat
    return Redactor().redact(line) == line


class Lines:
    """The file of lines: one a record, newest last; several processes may write."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or history_file()

    def read(self) -> list[str]:
        """The lines, oldest first; none where the file cannot be read."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return [_unescaped(line) for line in text.splitlines() if line][-MOST:]

    def add(self, line: str) -> None:
        """Append a line, if it may be kept; a failure loses the line and nothing else."""
        if not may_be_kept(line):
            return
        with suppress(OSError, DevopsExeError):
            private_folder(self.path.parent)
            handle = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                _lock(file.fileno())
                file.write(f"{_escaped(line)}\n")

    def trim(self) -> None:
        """Keep the newest lines only, once there are a tenth more than that."""
        with suppress(OSError):
            text = self.path.read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()
            if len(lines) <= MOST * 1.1:
                return
            handle = os.open(self.path, os.O_RDWR)
            with os.fdopen(handle, "r+", encoding="utf-8", errors="replace") as file:
                _lock(file.fileno())
                kept = file.read().splitlines()[-MOST:]
                file.seek(0)
                file.truncate()
                file.write("\n".join(kept) + "\n")


def prompt_history(lines: Lines) -> History:
    """The lines as the prompt takes them."""
    from prompt_toolkit.history import History

    class Kept(History):
        """Newest first; what may not be kept is not stored."""

        def load_history_strings(self) -> Iterable[str]:
            return reversed(lines.read())

        def store_string(self, string: str) -> None:
            lines.add(string)

    return Kept()


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "")


def _unescaped(line: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], line)


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # no such lock on this platform
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
