"""What the target folder has already: names at once, texts when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from devops_exe.assess.generated import HEAD, MARK, is_generated

__all__ = ["HEAD", "MARK", "ExistingFiles", "existing_files", "is_generated"]

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.assess.walk import Tree


class ExistingFiles(Mapping[str, str]):
    """Texts of a tree by path; what cannot be read as text is there with an empty text."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._paths = frozenset(tree.files) | frozenset(tree.secrets)

    def __getitem__(self, path: str) -> str:
        if path not in self._paths:
            raise KeyError(path)
        return self._tree.text(path) or ""

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._paths))

    def __len__(self) -> int:
        return len(self._paths)


def existing_files(folder: Path) -> ExistingFiles:
    """The files of ``folder`` within the assessment's bounds; links are not followed.

    Raises:
        UserError: it is no folder.
    """
    from devops_exe.assess.rules import rules
    from devops_exe.assess.walk import Limits, walk

    return ExistingFiles(walk(folder, Limits(), is_secret=rules().is_secret))
