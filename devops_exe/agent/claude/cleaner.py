"""Cleans a text that comes in pieces: an escape sequence may lie across two of them."""

from __future__ import annotations

import re

from devops_exe.ground.text import sanitise

_OPENERS = re.compile("[\x1b\x90\x98\x9b\x9d\x9e\x9f\r]")

# A sequence whose end is decided: ``ground.text.sanitise`` would remove the same of it
# whatever came next.
_WHOLE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[^0-? -/]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:[\x07\x9c\n]|\x1b\\\\|(?=\x1b[^\\\\]))"
    "|\x1b(?:[0-OQ-WYZ\\\\`-~]|[ -/]+[0-~]|[ -/]*[^ -~])"
    "|\r.",
    re.DOTALL,
)

# No honest sequence is longer; what is held back beyond it is given up as text.
_LONGEST = 4096


class Cleaner:
    """Feeds pieces in, gives clean text out; holds back the beginning of a sequence."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """The clean text that ``piece`` completes."""
        text = self._held + piece
        self._held = ""
        if text.isascii() and text.isprintable():
            return text
        start = _open_tail(text)
        if start is not None and len(text) - start <= _LONGEST:
            self._held = text[start:]
            text = text[:start]
        return sanitise(text)

    def flush(self) -> str:
        """What was held back, at the end of the text."""
        text, self._held = self._held, ""
        return sanitise(text)


def _open_tail(text: str) -> int | None:
    """Where a sequence begins that the text does not end; None where there is none."""
    position = 0
    while found := _OPENERS.search(text, position):
        whole = _WHOLE.match(text, found.start())
        if whole is None:
            return found.start()
        position = max(found.start() + 1, whole.end() - 1)
    return None
