"""What is written beside the files: who proved them, and what they were when they were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devops_exe.assess.generated import MARK, PAGE, RECORD, digest
from devops_exe.implement.artefact import Artefact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.implement.proof.result import Proof

RECORDS = frozenset({PAGE, RECORD})
"""Paths of both records."""


def with_records(artefacts: Sequence[Artefact], proof: Proof) -> tuple[Artefact, ...]:
    """The files, and ``proof.json`` and ``PROOF.md`` at the root of the folder.

    ``proof.json`` holds the SHA-256 of each file as generated, by which a later run sees what
    was edited since.
    """
    raw = json.loads(proof.as_json())
    digests = {artefact.path: digest(artefact.text) for artefact in artefacts}
    for row in raw["files"]:
        row["sha256"] = digests.get(row["path"], "")
    text = json.dumps({"about": MARK, **raw}, indent=2, ensure_ascii=False) + "\n"
    page = f"<!-- {MARK}: who proved which file -->\n{proof.markdown()}"
    return (
        *artefacts,
        Artefact(PAGE, page, "markdown", why="who proved which file, and what nobody did"),
        Artefact(RECORD, text, "json", why="the same for programs"),
    )
