"""One file of a repository as text, within the bounds of the walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.rules import rules
from devops_exe.assess.walk import Limits, walk
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def read_text_file(root: Path, path: str, largest: int) -> str:
    """The text of a file that the walk lists; at most ``largest`` bytes of it.

    Raises:
        UserError: the path leads out, names no listed file, or a file that is secret by name.
    """
    wanted = path.strip().removeprefix("./")
    tree = walk(root, Limits(file_bytes=largest), is_secret=rules().is_secret)
    if wanted in tree.secrets:
        raise UserError(
            "the file is secret by its name and is never opened",
            where=path,
            fix="work without it",
        )
    if not tree.has(wanted):
        raise UserError(
            "the repository has no such file, or it is left out (ignored, binary, a link)",
            where=path,
            fix="name a file by its path from the repository's root",
        )
    text = tree.text(wanted)
    if text is None:
        raise UserError("the file cannot be read", where=path, fix="name another")
    return text
