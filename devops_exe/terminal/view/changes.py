"""A difference, or a list of commands, on the screen before a question."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, cut, sanitise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from devops_exe.terminal.view.screen import Screen, Style

MOST_LINES = 40
"""Lines that are shown before a question; the rest for ``v``."""

LONGEST_LINE = 200
"""Cells of such a line; what is longer is shown whole for ``v``."""

_WIDEST = 4000
"""Cells of a line that anybody can be said to have seen."""

_GAP = re.compile(r"\S\s{100,}\S")
"""Blanks that push what follows them out of sight."""

_STYLES: Mapping[str, Style] = {"+": "good", "-": "bad"}


def show_text(screen: Screen, text: str, *, whole: bool = False) -> tuple[bool, bool]:
    """Show up to 40 lines of 200 cells, or all of it.

    Returns:
        Whether all of it was shown; and whether what was shown is what it is: no character
        had to be taken out, and nothing stands where nobody looks.
    """
    lines = text.splitlines()
    shown = lines if whole else lines[:MOST_LINES]
    for line in shown:
        clean = sanitise(line)
        told = clean if whole else cut(clean, LONGEST_LINE)
        screen.err(f"  {told}", _STYLES.get(line[:1], "dim"))
    rest = len(lines) - len(shown)
    if rest:
        more = f"{rest} more line{'' if rest == 1 else 's'}"
        room = screen.terminal.line >= len(more) + len("  …  (v shows all)")
        screen.err(f"  … {more}{' (v shows all)' if room else ''}", "dim")
    cut_off = not whole and any(cells(sanitise(line)) > LONGEST_LINE for line in shown)
    as_it_is = all(
        sanitise(line) == line and cells(line) <= _WIDEST and not _GAP.search(line)
        for line in lines
    )
    return not rest and not cut_off, as_it_is


def difference(before: Mapping[Path, str | None], after: Mapping[Path, str]) -> str:
    """The unified difference of files, one after another; a new file is all pluses.

    Args:
        before: what each file holds now; None (or no entry) where it is not there.
        after: what it is to hold.
    """
    parts: list[str] = []
    for path, text in after.items():
        old = before.get(path)
        lines = list(
            difflib.unified_diff(
                (old or "").splitlines(), text.splitlines(), lineterm="", n=1 if old else 0
            )
        )[2:]
        if len(after) > 1 and lines:
            parts.append(f"{path}{'' if old is not None else ' (new)'}")
        parts += lines if old is not None else [one for one in lines if one[:2] != "@@"]
    return "\n".join(parts)


def text_of(path: Path) -> str | None:
    """What a file holds; None where it is not there, or is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
