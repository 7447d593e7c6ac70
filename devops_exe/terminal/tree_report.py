"""``validate --artifacts DIR``: all files of a tree held against one another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.ground.settings import Settings


def tree_report(folder: str, files: Sequence[str], settings: Settings, out: TextIO) -> int:
    """Findings of the tree; 1 when one is an error.

    Args:
        folder: the tree.
        files: words beside it: none belongs here.
        settings: for ``--json``.
        out: standard output.

    Raises:
        UserError: it is no folder, or a file is named as well.
    """
    from devops_exe.implement.consistency.check import check_files
    from devops_exe.implement.existing import existing_files
    from devops_exe.terminal.reports import finding_line

    if files:
        raise UserError(
            f"{files[0]!r} is too much",
            where="validate --artifacts",
            fix="validate a document and a tree in two calls",
        )
    root = Path(folder)
    present = existing_files(root)
    found = check_files({path: present[path] for path in present}, root=root)
    bad = [finding for finding in found if finding.severity == "error"]
    if settings.flag("json"):
        raw = {"folder": folder, "findings": [finding.as_json() for finding in found]}
        print(json.dumps(raw, ensure_ascii=False), file=out)
    else:
        for finding in found:
            print(sanitise(finding_line(finding)), file=out)
        if not bad:
            print(sanitise(f"{folder}: consistent"), file=out)
    return int(ExitStatus.FINDINGS if bad else ExitStatus.OK)
