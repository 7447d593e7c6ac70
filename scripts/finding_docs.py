"""Write docs/findings.md from the table of the findings.

python scripts/finding_docs.py            # writes the page
python scripts/finding_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "findings.md"
TABLE = ROOT / "devops_exe" / "blueprint" / "data" / "findings.toml"

INTRO = """# Findings

Written by `scripts/finding_docs.py` from `devops_exe/blueprint/data/findings.toml`; change the
table, then run the script again.

A finding says what is wrong with a document, where, and what would be right. Codes are stable.
An **error** blocks the pipeline: the footer reads `● Pipeline Blocked: N findings` and the exit
status is 1. A **warning** leaves the document healthy. A **note** says what was not checked.
`devops-exe validate FILE` lists the findings of a document in its text or its JSON face.
"""


def table() -> dict[str, dict[str, Any]]:
    """Groups of findings: title, about, and a row for each code."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def rows(group: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Code to severity, meaning and mending."""
    return {code: tuple(row) for code, row in group.items() if isinstance(row, list)}


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for group in table().values():
        parts += [f"## {group['title']}\n", f"{group['about']}\n"]
        lines = ["| code | severity | meaning | mending |", "|---|---|---|---|"]
        lines += [
            f"| `{code}` | {severity} | {_cell(meaning)} | {_cell(mending)} |"
            for code, (severity, meaning, mending) in rows(group).items()
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts).rstrip() + "\n"


def _cell(text: str) -> str:
    return text if "\\|" in text else text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    text = page()
    if "--check" in arguments:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        if not same:
            sys.stderr.write("docs/findings.md has drifted: run scripts/finding_docs.py\n")
        return 0 if same else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
