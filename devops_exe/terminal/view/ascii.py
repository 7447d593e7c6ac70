"""The screen in ASCII: the template's characters by their nearest, geometry kept.

Only the screen changes; documents that are stored or printed as JSON keep their characters.
"""

from __future__ import annotations

import re
import unicodedata

_ONE = str.maketrans(
    {
        "═": "=", "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+",
        "█": "#", "░": ".", "●": "*", "•": "*", "◐": "o", "○": "o", "·": ",", "›": ">",
        "×": "x", "÷": "/", "−": "-", "–": "-", "—": "-", "“": '"', "”": '"', "„": '"',
        "‘": "'", "’": "'", "µ": "u", "\u00a0": " ", "→": ">", "←": "<", "…": ".",
        "≥": ">", "≤": "<", "≈": "~", "✓": "+", "✗": "x", "⎿": "`", "°": " ",
        "↑": "^", "↓": "v", "┄": ".",
    }
)  # fmt: skip
"""One character for one: where a column must not move."""

_LONG: tuple[tuple[str, str], ...] = (
    ("└─→", "+->"),
    (" · ", ", "),
    ("→", "->"),
    ("←", "<-"),
    ("…", "..."),
    ("≥", ">="),
    ("≤", "<="),
    ("✓", "ok"),
    ("✗", "FAIL"),
    ("⎿", "`-"),
    ("⏎", "/"),
    ("⠋", "*"),
)
"""More than one character for one: where the line may grow."""

_LEADING_DOT = re.compile(r"^( *)·(?= )")
_BOXED = re.compile(r"│(.*?)( *)│\Z")


def to_ascii(text: str) -> str:
    """``text`` with ASCII characters only; box lines keep their width.

    >>> to_ascii("│  └─→ 99.95 % → 3   │")
    '|  +-> 99.95 % -> 3  |'
    >>> to_ascii("● Pipeline Active … ✓")
    '* Pipeline Active ... ok'
    """
    if text.isascii():
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if line.isascii():
        return line
    boxed = _BOXED.fullmatch(line)
    if boxed is None:
        return _rest(_grown(line))
    before, blanks = boxed[1], boxed[2]
    grown = _grown(before)
    more = len(grown) - len(before)
    if more <= len(blanks):
        return _rest(f"|{grown}{blanks[more:]}|")
    return _rest(line.translate(_ONE))


def _grown(text: str) -> str:
    text = _LEADING_DOT.sub(r"\1-", text)
    for character, ascii_ in _LONG:
        text = text.replace(character, ascii_)
    return text.translate(_ONE)


def _rest(text: str) -> str:
    """What no table knows: letters without their marks, else a question mark a cell."""
    if text.isascii():
        return text
    from devops_exe.ground.text import cells

    shown: list[str] = []
    for character in text:
        if character.isascii():
            shown.append(character)
            continue
        parts = unicodedata.normalize("NFKD", character)
        letters = "".join(part for part in parts if part.isascii())
        shown.append(letters if len(letters) == cells(character) else "?" * cells(character))
    return "".join(shown)
