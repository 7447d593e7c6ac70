"""The newest schema change of a repository, and whether it can be taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.assess.readers.migrations import destructive_line, order
from devops_exe.assess.survey import folder_of
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.service import Sources
    from devops_exe.assess.walk import Tree

_MAX_ALEMBIC = 500
_DOWN = re.compile(r"^down_revision\b[^=]{0,40}=\s*(.{0,120})", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([\w-]{1,64})[\"']")
_REVISION = re.compile(r"^revision\b[^=]{0,40}=\s*[\"']([\w-]{1,64})[\"']", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """The newest change.

    Attributes:
        where: ``path:1`` of its file.
        folder: the folder of the changes.
        destructive: ``path:line`` of what drops or renames, or None.
        count: how many changes there are.
    """

    where: str
    folder: str
    destructive: str | None
    count: int


def schema_change(tree: Tree, sources: Sources) -> SchemaChange | None:
    """The newest numbered change of the repository, or None where there is none.

    Of several folders (one an application, one a service) the newest of each is looked at;
    a destructive one decides.
    """
    folders: dict[str, list[str]] = {}
    for path in sources.seen.migrations:
        folders.setdefault(_set(path), []).append(path)
    found: SchemaChange | None = None
    for folder, paths in sorted(folders.items()):
        newest = _newest(tree, paths)
        line = destructive_line(tree.text(newest) or "")
        destructive = f"{shown(newest)}:{line}" if line else None
        if found is None or (destructive and not found.destructive):
            where = f"{shown(newest)}:1"
            found = SchemaChange(where, shown(folder) or ".", destructive, len(paths))
    return found


def _set(path: str) -> str:
    """The folder that holds the whole series, above a folder for one change."""
    folder = folder_of(path)
    name = folder.rpartition("/")[2]
    return folder_of(folder) if name[:1].isdigit() else folder


def _newest(tree: Tree, paths: list[str]) -> str:
    if all(path.endswith(".py") and "/versions/" in f"/{path}" for path in paths):
        head = _alembic_head(tree, paths[:_MAX_ALEMBIC])
        if head:
            return head
    return max(paths, key=lambda path: (order(path), path))


def _alembic_head(tree: Tree, paths: list[str]) -> str | None:
    """The revision that no other names as the one before it."""
    own: dict[str, str] = {}
    before: set[str] = set()
    for path in paths:
        text = tree.text(path) or ""
        revision = _REVISION.search(text)
        if revision:
            own[revision[1]] = path
        down = _DOWN.search(text)
        before |= set(_QUOTED.findall(down[1])) if down else set()
    heads = sorted(set(own) - before)
    return own[heads[-1]] if heads else None
