"""Files onto the disk: all of them or none, inside the named folder only, and back again.

Every file is first written whole beside its place, then all are renamed into it. Before the
first rename a journal says what was there, so that even a killed process can be undone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.assess.generated import digest
from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import private_folder, state_dir
from devops_exe.implement.changes import refuse_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.implement.changes import Change

JOURNAL = 1
"""Version of the journal's form."""

_SUFFIX = ".devops-exe-new"


@dataclass(frozen=True, slots=True)
class Written:
    """What one writing did.

    Attributes:
        id: by which it is undone.
        folder: where.
        paths: files that were written, in order.
    """

    id: str
    folder: Path
    paths: tuple[str, ...]


def journal_folder() -> Path:
    """Where writings are remembered, one file each, readable by their owner alone."""
    return state_dir() / "writings"


def write(changes: Sequence[Change], folder: Path) -> Written:
    """Write the files that are new or changed; all of them, or none.

    Raises:
        UserError: the folder cannot be written, the disk is full, or a link stands in the way;
            nothing has changed then.
    """
    wanted = [change for change in changes if change.writes]
    name = secrets.token_hex(4)
    if not wanted:
        return Written(name, folder, ())
    for change in wanted:
        refuse_links(folder, change.path)
    made = _missing_folders(folder, [change.path for change in wanted])
    staged: list[tuple[Change, str]] = []
    done: list[Change] = []
    try:
        _remember(name, folder, wanted, made)
        for path in made:
            os.mkdir(path)  # noqa: PTH102
        staged = [(change, _beside(folder, change.path, name)) for change in wanted]
        for change, beside in staged:
            _stage(change, beside)
        for change, beside in staged:
            refuse_links(folder, change.path)
            os.replace(beside, folder / change.path)  # noqa: PTH105
            done.append(change)
    except (OSError, UserError, KeyboardInterrupt) as problem:
        for change in done:
            _put_back(folder, change)
        for _, beside in staged:
            with contextlib.suppress(OSError):
                os.unlink(beside)  # noqa: PTH108
        _remove_folders(made)
        _forget(name)
        if isinstance(problem, OSError):
            raise _unwritable(folder, problem) from None
        raise
    return Written(name, folder, tuple(change.path for change in wanted))


def _beside(folder: Path, path: str, name: str) -> str:
    """Where a file stands until it is whole."""
    place = folder / path
    return str(place.with_name(f".{place.name[:200]}.{name}{_SUFFIX}"))


def _stage(change: Change, beside: str) -> None:
    """The file, whole and flushed, beside its place."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
        file.write(change.artefact.text.encode())
        file.flush()
        os.fsync(file.fileno())
    mode = change.artefact.mode & ~_umask()
    if change.mode is not None:
        # what somebody allowed stays allowed; a program stays one
        mode = change.mode | (mode & 0o111)
    os.chmod(beside, mode)  # noqa: PTH101


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _missing_folders(folder: Path, paths: Sequence[str]) -> list[str]:
    """Folders that must be made, outer ones first."""
    root = folder.absolute()
    wanted = {root, *(parent for parent in root.parents)}
    for path in paths:
        wanted |= {root.joinpath(*path.split("/")[:n]) for n in range(1, path.count("/") + 1)}
    return [str(path) for path in sorted(wanted) if not path.is_dir()]


def _remove_folders(made: Sequence[str]) -> None:
    for path in reversed(made):
        with contextlib.suppress(OSError):
            os.rmdir(path)  # noqa: PTH106


def _put_back(folder: Path, change: Change) -> None:
    place = folder / change.path
    with contextlib.suppress(OSError):
        if change.before is None:
            place.unlink()
        else:
            place.write_text(change.before, encoding="utf-8")


def _remember(name: str, folder: Path, changes: Sequence[Change], made: Sequence[str]) -> None:
    """Say on disk what was there, before anything of it goes."""
    private_folder(state_dir())
    where = private_folder(journal_folder())
    raw = {
        "version": JOURNAL,
        "folder": str(folder.absolute()),
        "made": list(made),
        "files": [
            {
                "path": change.path,
                "before": change.before,
                "mode": change.mode,
                "sha256": digest(change.artefact.text),
            }
            for change in changes
        ],
    }
    handle = os.open(where / f"{name}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(raw, file)
        file.flush()
        os.fsync(file.fileno())


def _forget(name: str) -> None:
    with contextlib.suppress(OSError):
        (journal_folder() / f"{name}.json").unlink()


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing did.

    Attributes:
        folder: where.
        restored: files that have their old text again.
        removed: files that were not there before, and are gone.
        left: (path, reason): files that were left alone.
    """

    folder: Path
    restored: tuple[str, ...]
    removed: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def undo(name: str) -> Undone:
    """Take a writing back: old texts again, new files and empty folders gone.

    A file that was changed since it was written is left alone, and said.

    Raises:
        UserError: there is no such writing, or its journal is damaged.
    """
    raw = _journal(name)
    folder = Path(raw["folder"])
    restored, removed, left = [], [], []
    for row in raw["files"]:
        path = str(row["path"])
        with contextlib.suppress(OSError):
            # left over where the process was killed between two files
            os.unlink(_beside(folder, path, name))  # noqa: PTH108
        try:
            refuse_links(folder, path)
            text = (folder / path).read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            if row["before"] is not None:
                left.append((path, "it is gone"))
            continue
        except UserError as problem:
            left.append((path, problem.message))
            continue
        except OSError as problem:
            left.append((path, problem.strerror or str(problem)))
            continue
        if digest(text) != row["sha256"]:
            if text != row["before"]:
                left.append((path, "it was changed since"))
            continue
        try:
            if row["before"] is None:
                (folder / path).unlink()
                removed.append(path)
            else:
                _replace(folder / path, row["before"], row["mode"])
                restored.append(path)
        except OSError as problem:
            left.append((path, problem.strerror or str(problem)))
    _remove_folders(list(map(str, raw["made"])))
    if not left:
        _forget(name)
    return Undone(folder, tuple(restored), tuple(removed), tuple(left))


def _replace(place: Path, text: str, mode: int | None) -> None:
    beside = place.with_name(f".{place.name[:200]}.{secrets.token_hex(4)}{_SUFFIX}")
    beside.write_text(text, encoding="utf-8")
    if mode is not None:
        beside.chmod(mode)
    beside.replace(place)


def _journal(name: str) -> dict[str, Any]:
    try:
        if not name.isalnum():
            raise ValueError(name)
        raw = json.loads((journal_folder() / f"{name}.json").read_text(encoding="utf-8"))
        if raw["version"] != JOURNAL or not isinstance(raw["files"], list):
            raise ValueError(name)
    except FileNotFoundError:
        raise UserError(
            f"there is no writing {name[:40]!r} to take back",
            where="undo",
            fix="it may have been taken back already",
            code="nothing_to_undo",
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(
            "its journal is damaged",
            where=f"undo {name[:40]}",
            fix="use your version control",
            code="damaged_record",
        ) from None
    else:
        found: dict[str, Any] = raw
        return found


def written(name: str) -> Written:
    """A writing that can be taken back.

    Raises:
        UserError: there is no such writing, or its journal is damaged.
    """
    raw = _journal(name)
    return Written(name, Path(raw["folder"]), tuple(str(row["path"]) for row in raw["files"]))


def latest() -> str | None:
    """The id of the last writing that can be taken back, or None."""
    try:
        found = sorted(journal_folder().glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    except OSError:
        return None
    return found[-1].stem if found else None


def _unwritable(folder: Path, problem: OSError) -> UserError:
    fix = {
        errno.ENOSPC: "free some space",
        errno.EDQUOT: "free some space",
        errno.EACCES: "make it writable, or name another folder",
        errno.EPERM: "make it writable, or name another folder",
        errno.EROFS: "name another folder",
    }.get(problem.errno or 0, "name another folder")
    return UserError(
        f"nothing was written: {problem.strerror or problem}",
        where=str(folder),
        fix=fix,
        code="not_written",
    )
