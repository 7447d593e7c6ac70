"""One pass over a tree, bounded, that never leaves its root and opens nothing unasked.

The walk lists names with ``os.scandir``; nothing is opened but ``.gitignore`` files.
:meth:`Tree.text` then reads what a rule wants: regular files only, never through a link,
never more than the first 256 KiB, never a file that is secret by its name.
"""

from __future__ import annotations

import os
import stat
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from devops_exe.assess.ignore import IgnoreFile, parse_ignore
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VENDORED = frozenset(
    {
        ".git", ".hg", ".svn", "node_modules", "vendor", "bower_components", ".venv", "venv",
        "__pycache__", ".tox", ".nox", ".terraform", ".gradle", ".next", ".nuxt", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", "site-packages", "jspm_packages", "Pods", ".yarn",
        "third_party", "thirdparty", ".cache", ".idea", ".vs", ".angular", ".svelte-kit",
    }
)  # fmt: skip
"""Folders that hold other people's work, or made things: never entered."""

_BY_NAME = attrgetter("name")
_KEPT_TEXTS = 64
_MAX_NOTES = 50
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an assessment; reaching one is noted, never an error.

    Attributes:
        files: entries of the walk.
        read_bytes: bytes read in all.
        file_bytes: bytes read of one file.
        seconds: seconds for walk and reading together.
    """

    files: int = 200_000
    read_bytes: int = 512 * 1024 * 1024
    file_bytes: int = 256 * 1024
    seconds: float = 60.0


@dataclass(slots=True)
class Tree:
    """What the walk found; paths are relative, with ``/``, in sorted order.

    Attributes:
        root: the resolved folder.
        files: every regular file that git would keep and that no skipped folder holds.
        secrets: files that are secret by name; never opened.
        notes: what was passed over, and bounds that were reached.
        unusual: those of ``files`` whose name says more than folder and extension; None
            where the walk was not told to look.
        others: ``files`` without the sources that differ from their neighbours by name alone,
            the first of each kind in a folder apart; None before the survey.
    """

    root: Path
    limits: Limits
    deadline: float
    clock: Callable[[], float] = time.monotonic
    files: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bytes_read: int = 0
    _texts: OrderedDict[str, str] = field(default_factory=OrderedDict)
    unusual: set[str] | None = None
    others: list[str] | None = None
    _known: frozenset[str] | None = None

    @property
    def telling(self) -> list[str]:
        """The files whose path may tell something that a neighbour's does not."""
        return self.files if self.others is None else self.others

    def note(self, text: str) -> None:
        """Adds a sentence once; more than fifty are cut with one that says so."""
        if text in self.notes or len(self.notes) > _MAX_NOTES:
            return
        self.notes.append(
            text if len(self.notes) < _MAX_NOTES else "further notes of this kind are left out"
        )

    def has(self, path: str) -> bool:
        """Whether the walk listed ``path`` as a file that may be read."""
        if self._known is None:
            self._known = frozenset(self.files)
        return path in self._known

    def leave_out(self, paths: frozenset[str]) -> None:
        """Take files off the list: they are not looked at any more."""
        self.files = [path for path in self.files if path not in paths]
        self._known = None

    def out_of_time(self) -> bool:
        """Whether the time bound is reached (noted once)."""
        if self.clock() < self.deadline:
            return False
        self.note(f"stopped after {self.limits.seconds:g} s; the rest was not read")
        return True

    def text(self, path: str) -> str | None:
        """The first ``file_bytes`` of a listed file, lines ended by a newline; None if unreadable.

        Bytes that are not UTF-8 become replacement characters.
        """
        if path in self._texts:
            self._texts.move_to_end(path)
            return self._texts[path]
        if not self.has(path) or self.out_of_time():
            return None
        if self.bytes_read >= self.limits.read_bytes:
            self.note(f"stopped after {self.limits.read_bytes} bytes read; the rest was not read")
            return None
        data = self._bytes(path)
        if data is None:
            return None
        self.bytes_read += len(data)
        if len(data) > self.limits.file_bytes:
            data = data[: self.limits.file_bytes]
            self.note(f"{shown(path)}: only the first {self.limits.file_bytes} bytes were read")
        text = _decoded(data)
        self._texts[path] = text
        if len(self._texts) > _KEPT_TEXTS:
            self._texts.popitem(last=False)
        return text

    def _bytes(self, path: str) -> bytes | None:
        # O_NONBLOCK: a FIFO put in place of the file since the walk must not hang the reader.
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK
        try:
            handle = os.open(f"{self.root}/{path}", flags)
        except (OSError, ValueError):
            self.note(f"{shown(path)}: could not be opened")
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                self.note(f"{shown(path)}: is no regular file any more")
                return None
            return _read(handle, self.limits.file_bytes + 1)
        except OSError:
            self.note(f"{shown(path)}: could not be read")
            return None
        finally:
            os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """Up to ``size`` bytes; a regular file answers whole requests but for its end."""
    parts: list[bytes] = []
    while size > 0 and (part := os.read(handle, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def shown(path: str) -> str:
    """A path as it may be printed: one line, no escapes, no undecodable bytes."""
    if path.isascii() and path.isprintable():
        return path
    text = path.encode("utf-8", "replace").decode("utf-8", "replace")
    return " ".join(sanitise(text).split())


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def walk(
    root: Path,
    limits: Limits,
    *,
    is_secret: Callable[[str, str], bool],
    clock: Callable[[], float] = time.monotonic,
    unusual: Callable[[str], bool] | None = None,
) -> Tree:
    """Lists the tree under ``root``.

    Args:
        root: an existing folder; a link to one is resolved first.
        limits: the bounds.
        is_secret: told a name and a path, whether the file is secret by its name.
        clock: seconds that only grow; the time bound is measured with it.
        unusual: told a name, whether anything may want more of it than its extension; the
            others are asked nothing more. None asks of all.

    Raises:
        UserError: ``root`` does not exist, is no folder or cannot be listed.
    """
    tree = Tree(_folder(root), limits, clock() + limits.seconds, clock)
    tree.unusual = set() if unusual is not None else None
    pending: list[tuple[str, tuple[IgnoreFile, ...]]] = [("", ())]
    seen = 0
    while pending:
        folder, ignores = pending.pop()
        if tree.out_of_time():
            break
        entries = _entries(tree, folder)
        if any(entry.name == ".gitignore" and _is_file(entry) for entry in entries):
            ignores = (*ignores, _ignore_file(tree, folder))
        over = seen + len(entries) > limits.files
        if over:
            entries = sorted(entries, key=_BY_NAME)[: limits.files - seen]
        seen += len(entries)
        folders = _take_all(tree, entries, folder, ignores, is_secret, unusual)
        if over:
            tree.note(f"stopped after {limits.files} files; the rest was not seen")
            break
        pending += [(path, ignores) for path in reversed(folders)]
    tree.files.sort()
    tree.secrets.sort()
    return tree


def _take_all(
    tree: Tree,
    entries: list[os.DirEntry[str]],
    folder: str,
    ignores: tuple[IgnoreFile, ...],
    is_secret: Callable[[str, str], bool],
    unusual: Callable[[str], bool] | None,
) -> list[str]:
    """Notes the files of a folder; answers the folders in it."""
    prefix = f"{folder}/" if folder else ""
    hidden = "/." in f"/{folder}"
    files, known = tree.files, tree.unusual
    folders: list[str] = []
    rest: list[os.DirEntry[str]] = []
    for entry in entries:
        name = entry.name
        try:
            plain = entry.is_file(follow_symlinks=False)
        except OSError:
            plain = False
        if not plain or unusual is None or known is None or hidden:
            rest.append(entry)
            continue
        path = prefix + name
        if ignores and _ignored(path, name, ignores, folder=False):
            continue
        if not unusual(name):
            files.append(path)
        elif is_secret(name, path):
            tree.secrets.append(path)
        else:
            files.append(path)
            known.add(path)
    # Files are sorted at the end; what may be noted or entered is taken in order of name.
    for entry in sorted(rest, key=_BY_NAME):
        _take(tree, entry, folder, ignores, is_secret, folders)
    return folders


def _folder(root: Path) -> Path:
    where = shown(str(root))
    try:
        resolved = root.resolve()
        mode = resolved.stat().st_mode
    except (OSError, ValueError, RuntimeError):
        raise UserError(
            "there is no such folder", where=where, fix="name a folder that exists"
        ) from None
    if not stat.S_ISDIR(mode):
        raise UserError("is no folder", where=where, fix="name the folder of the repository")
    if not os.access(resolved, os.R_OK | os.X_OK):
        raise UserError(
            "the folder may not be read", where=where, fix="give yourself the right to list it"
        )
    return resolved


def _entries(tree: Tree, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(tree.root / folder) as listing:
            return list(listing)
    except OSError:
        tree.note(f"{shown(folder) or '.'}: the folder could not be listed")
        return []


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _ignore_file(tree: Tree, folder: str) -> IgnoreFile:
    path = f"{folder}/.gitignore" if folder else ".gitignore"
    data = tree._bytes(path)
    return parse_ignore(_decoded(data or b""), folder)


def _take(
    tree: Tree,
    entry: os.DirEntry[str],
    folder: str,
    ignores: tuple[IgnoreFile, ...],
    is_secret: Callable[[str, str], bool],
    folders: list[str],
) -> None:
    name = entry.name
    path = f"{folder}/{name}" if folder else name
    try:
        is_folder = entry.is_dir(follow_symlinks=False)
        regular = is_folder or entry.is_file(follow_symlinks=False)
        if not regular and entry.is_symlink():
            _link(tree, path)
            return
    except OSError:
        tree.note(f"{shown(path)}: could not be examined")
        return
    if not regular:
        tree.note(f"{shown(path)}: neither file nor folder, passed over")
        return
    if is_folder and (name in VENDORED or path.endswith("wwwroot/lib")):
        return
    if _ignored(path, name, ignores, folder=is_folder):
        return
    if not is_folder:
        secret = is_secret(name, path)
        (tree.secrets if secret else tree.files).append(path)
        if tree.unusual is not None and not secret:
            tree.unusual.add(path)
    elif path.count("/") >= _MAX_DEPTH:
        tree.note(f"{shown(path)[:80]}: deeper than {_MAX_DEPTH} folders, not entered")
    else:
        folders.append(path)


def _ignored(path: str, name: str, ignores: tuple[IgnoreFile, ...], *, folder: bool) -> bool:
    for patterns in reversed(ignores):
        verdict = patterns.verdict(path, name, folder=folder)
        if verdict is not None:
            return verdict
    return False


def _link(tree: Tree, path: str) -> None:
    """A link is never followed: what it names inside the root is met there by the walk."""
    try:
        target = (tree.root / path).resolve()
    except (OSError, RuntimeError):
        tree.note(f"{shown(path)}: a link that leads nowhere, not followed")
        return
    if target != tree.root and tree.root not in target.parents:
        tree.note(f"{shown(path)}: a link out of the folder, not followed")
