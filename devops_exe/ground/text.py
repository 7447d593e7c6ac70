"""Text in terminal cells: measuring, cutting and cleaning.

Width is measured with wcwidth (Unicode East Asian Width and zero-width classes). The
library costs 20 ms to import, so text made only of characters that are one cell by
definition (ASCII, Latin-1 letters, the box-drawing and block set of the template) never
loads it.
"""

from __future__ import annotations

import re

_ONE_CELL = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2027\u2190-\u21ff\u2200-\u22ff"
    r"\u2500-\u25fb\u2713\u2717\u2718\u203a\u2039]*\Z"
)

# C0 and C1 controls but tab and newline, bidi controls and isolates, zero-width and
# invisible format characters, tag characters, surrogates, line/paragraph separators.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_ESCAPE = re.compile(
    # CSI; OSC, DCS, SOS, PM and APC up to their terminator (or, unterminated, to the end
    # of the line); two-character escapes.
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)


def sanitise(text: str) -> str:
    """Text that cannot steer a terminal.

    Escape sequences (CSI, OSC, DCS and kin) are removed whole; carriage returns become
    newlines; every other C0/C1 control but tab and newline, bidi control, zero-width and
    surrogate character is removed. The zero-width joiner is removed too: an emoji family
    falls into its members, which is a fair price for names that cannot hide.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    text = _ESCAPE.sub("", text).replace("\r", "\n")
    return _UNSAFE.sub("", text)


def cells(text: str) -> int:
    """Width of ``text`` in terminal cells; controls count as nothing."""
    if _ONE_CELL.match(text):
        return len(text)
    from wcwidth import wcswidth, wcwidth

    width: int = wcswidth(text)
    if width >= 0:
        return width
    return sum(max(0, wcwidth(character)) for character in text)


def clusters(text: str) -> list[str]:
    """``text`` in pieces that must not be parted: a base character with what combines."""
    if _ONE_CELL.match(text):
        return list(text)
    from wcwidth import iter_graphemes

    return list(iter_graphemes(text))


def cut(text: str, width: int, mark: str = "…") -> str:
    """``text`` in at most ``width`` cells, ``mark`` standing for what was left out."""
    if cells(text) <= width:
        return text
    room = width - cells(mark)
    if room < 0:
        return ""
    kept: list[str] = []
    used = 0
    for cluster in clusters(text):
        used += cells(cluster)
        if used > room:
            break
        kept.append(cluster)
    return "".join(kept) + mark


def pad(text: str, width: int) -> str:
    """``text`` filled with blanks to ``width`` cells; longer text is returned as it is."""
    return text + " " * max(0, width - cells(text))
