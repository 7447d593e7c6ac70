"""What every generator of a page does with its text: write it, or say that the page drifted."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_check(page: Path, text: str, script: str, arguments: list[str]) -> int:
    """Write ``page``; with ``--check`` compare it, and name the script to run where it drifted.

    Args:
        page: the generated file.
        text: what it should hold.
        script: the generator's own path, its ``__file__``.
        arguments: of the command line.

    Returns:
        The exit status: 1 where a checked page drifted.
    """
    if "--check" in arguments:
        same = page.is_file() and page.read_text(encoding="utf-8") == text
        if not same:
            name = page.relative_to(ROOT) if page.is_relative_to(ROOT) else page
            sys.stderr.write(f"{name} has drifted: run scripts/{Path(script).name}\n")
        return 0 if same else 1
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    return 0
