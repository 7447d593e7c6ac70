"""Write docs/capabilities.md from devops_exe/terminal/data/capabilities.toml.

python scripts/capability_docs.py            # writes the page
python scripts/capability_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import sys

from pages import ROOT, write_or_check

from devops_exe.terminal.capabilities import Capability, capabilities, count

PAGE = ROOT / "docs" / "capabilities.md"

INTRO = """# Capabilities

Written by `scripts/capability_docs.py` from `devops_exe/terminal/data/capabilities.toml`; change
that file, then run the script again. `/help capabilities` prints the same table in the chat.

Each row is a promise of `prompts/persona.md`: how to get it, the module that makes it, the tests
that prove it. `tests/test_capabilities.py` runs them, and fails for a row whose test does not
exist or does not pass. What is not built says so, and answers `not built yet` with exit status 2.
"""


def page() -> str:
    """The whole page."""
    lines = [INTRO, f"{count()}."]
    group = ""
    for row in capabilities():
        if row.group != group:
            group = row.group
            lines += [
                f"\n## {group}\n",
                "| promise | command | state | made in | proved by |",
                "|---|---|---|---|---|",
            ]
        lines.append(_line(row))
    return "\n".join(lines) + "\n"


def _line(row: Capability) -> str:
    state = f"{row.state}: without {row.missing}" if row.state == "partly" else row.state
    if row.state == "not built yet":
        state = f"{row.state}: {row.missing}"
    command = f"`{row.command}`" if _typed(row.command) else row.command
    module = f"`{row.module}`" if row.module else ""
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
    cells = (row.title.replace("|", "\\|"), command, state, module, tests)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _typed(command: str) -> bool:
    return command != "every command"


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
