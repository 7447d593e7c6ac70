"""Write docs/findings.md from the table of the findings.

python scripts/finding_docs.py            # writes the page
python scripts/finding_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import sys
import tomllib
from typing import Any

from pages import ROOT, write_or_check

PAGE = ROOT / "docs" / "findings.md"
TABLE = ROOT / "devops_exe" / "blueprint" / "data" / "findings.toml"
TREE_TABLE = ROOT / "devops_exe" / "implement" / "data" / "findings.toml"

INTRO = """# Findings

Written by `scripts/finding_docs.py` from `devops_exe/blueprint/data/findings.toml` and
`devops_exe/implement/data/findings.toml`; change a table, then run the script again.

A finding says what is wrong with a document, where, and what would be right. Codes are stable.
An **error** blocks the pipeline: the footer reads `● Pipeline Blocked: N findings` and the exit
status is 1. A **warning** leaves the document healthy. A **note** says what was not checked.
`devops-exe validate FILE` lists the findings of a document in its text or its JSON face.
"""


TREE_INTRO = """## A tree of files

`devops-exe validate --artifacts DIR` holds the files of a tree against one another, and
`/implement` does the same with what it generates. Places are `file:line`; what stands in braces
is filled in.
"""


def table() -> dict[str, dict[str, Any]]:
    """Groups of a document's findings: title, about, and a row for each code."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def tree_table() -> dict[str, dict[str, Any]]:
    """Groups of a tree's findings."""
    return tomllib.loads(TREE_TABLE.read_text(encoding="utf-8"))


def rows(group: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Code to severity, meaning and mending."""
    return {code: tuple(row) for code, row in group.items() if isinstance(row, list)}


def page() -> str:
    """The whole page."""
    parts = [INTRO, *_groups(table(), "##"), TREE_INTRO, *_groups(tree_table(), "###")]
    return "\n".join(parts).rstrip() + "\n"


def _groups(groups: dict[str, dict[str, Any]], level: str) -> list[str]:
    parts: list[str] = []
    for group in groups.values():
        parts += [f"{level} {group['title']}\n", f"{group['about']}\n"]
        lines = ["| code | severity | meaning | mending |", "|---|---|---|---|"]
        lines += [
            f"| `{code}` | {severity} | {_cell(meaning)} | {_cell(mending)} |"
            for code, (severity, meaning, mending) in rows(group).items()
        ]
        parts.append("\n".join(lines) + "\n")
    return parts


def _cell(text: str) -> str:
    return text if "\\|" in text else text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
