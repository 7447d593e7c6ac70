"""What writing would change: every generated file held against what the folder has."""

from __future__ import annotations

import difflib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devops_exe.assess.generated import RECORD, digest, is_generated, recorded
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from devops_exe.implement.artefact import Artefact

Status = Literal["new", "changed", "same", "kept"]
"""``changed``: an earlier run wrote it and nobody touched it since; ``kept``: it is somebody's
own (never ours, or edited since) and is left alone, the difference shown."""

LARGEST = 4 * 1024 * 1024
"""Bytes of an existing file that are compared; a larger one is somebody's own."""

MARKS: Mapping[Status, str] = {"new": "+", "changed": "~", "same": "=", "kept": "!"}


@dataclass(frozen=True, slots=True)
class Change:
    """A generated file and what becomes of it.

    Attributes:
        artefact: the file.
        status: what writing does.
        before: text of the file that is there; None where there is none.
        mode: permission bits of the file that is there.
        reason: why it is kept.
    """

    artefact: Artefact
    status: Status
    before: str | None = None
    mode: int | None = None
    reason: str = ""

    @property
    def path(self) -> str:
        """Relative to the folder."""
        return self.artefact.path

    @property
    def writes(self) -> bool:
        """Whether writing touches it."""
        return self.status in {"new", "changed"}

    def difference(self) -> str:
        """A unified difference from what is there to what was generated."""
        before = (self.before or "").splitlines()
        after = self.artefact.text.splitlines()
        lines = difflib.unified_diff(
            before,
            after,
            "/dev/null" if self.before is None else f"a/{self.path}",
            f"b/{self.path}",
            lineterm="",
        )
        return "\n".join(sanitise(line) for line in lines)


def plan_changes(artefacts: Sequence[Artefact], folder: Path) -> tuple[Change, ...]:
    """What writing these files into ``folder`` would change; nothing is written.

    Args:
        artefacts: what was generated.
        folder: where to; it need not be there yet.

    Raises:
        UserError: a link, or something that is no regular file, stands in the way
            (``link_in_target``, ``not_a_file``), or the folder cannot be read.
    """
    refuse_folder(folder)
    record = written_before(folder)
    return tuple(_change(artefact, folder, record) for artefact in artefacts)


def refuse_folder(folder: Path) -> None:
    """Refuse a target that is no folder.

    Raises:
        UserError: it is a file, or cannot be looked at.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise UserError(
                "it is no folder", where=str(folder), fix="name a folder", code="not_a_folder"
            )
        if not folder.exists() and folder.is_symlink():
            raise UserError(
                "it is a link that leads nowhere", where=str(folder), fix="name a folder"
            )
    except (OSError, ValueError) as problem:
        raise UserError(
            f"it cannot be looked at: {problem}", where=str(folder), fix="name another folder"
        ) from None


def written_before(folder: Path) -> dict[str, str]:
    """SHA-256 of what an earlier run wrote, by path; empty where nothing was recorded."""
    try:
        return recorded((folder / RECORD).read_text(encoding="utf-8")) or {}
    except (OSError, ValueError):
        return {}


EDITED = "edited since it was generated"
"""Why a file is kept that an earlier run wrote."""


def _change(artefact: Artefact, folder: Path, record: Mapping[str, str]) -> Change:
    refuse_links(folder, artefact.path)
    place = folder / artefact.path
    try:
        found = place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Change(artefact, "new")
    except OSError as problem:
        raise _unreadable(artefact.path, problem) from None
    if not stat.S_ISREG(found.st_mode):
        raise UserError(
            "something that is no file stands there",
            where=artefact.path,
            fix="move it away, or name another folder",
            code="not_a_file",
        )
    mode = stat.S_IMODE(found.st_mode)
    if found.st_size > LARGEST:
        return Change(artefact, "kept", "", mode, "yours, and too large to compare")
    try:
        before = place.read_bytes().decode("utf-8", errors="replace")
    except OSError as problem:
        raise _unreadable(artefact.path, problem) from None
    if before == artefact.text:
        return Change(artefact, "same", before, mode)
    known = record.get(artefact.path)
    marked = is_generated(before)
    untouched = known == digest(before) and (marked or artefact.path.endswith(".json"))
    if untouched or (marked and known is None):
        return Change(artefact, "changed", before, mode)
    if known is None:
        return Change(artefact, "kept", before, mode, "yours: it is not written over")
    return Change(artefact, "kept", before, mode, EDITED)


def refuse_links(folder: Path, path: str) -> None:
    """Refuse a path that leads through a link below the folder.

    Raises:
        UserError: a part of it is a link (``link_in_target``), or a file where a folder must be.
    """
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        part = os.path.join(folder, *parts[:count])  # noqa: PTH118
        try:
            mode = os.lstat(part).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as problem:
            raise _unreadable(path, problem) from None
        where = "/".join(parts[:count])
        if stat.S_ISLNK(mode):
            raise UserError(
                "it is a link; nothing is written through one",
                where=where,
                fix="replace the link, or name another folder",
                code="link_in_target",
            )
        if count < len(parts) and not stat.S_ISDIR(mode):
            raise UserError(
                "a file stands where a folder must be",
                where=where,
                fix="move it away, or name another folder",
                code="not_a_folder",
            )


def _unreadable(path: str, problem: OSError) -> UserError:
    return UserError(
        f"it cannot be read: {problem.strerror or problem}",
        where=path,
        fix="make it readable, or name another folder",
        code="unreadable",
    )
