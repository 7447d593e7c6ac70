"""Takes secrets out of a text that comes in pieces: one may lie across several of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The end of a text that may yet become a secret: a word with more than letters in it, or one
# after the name of a setting.
_OPEN = re.compile(r"(?:[=:]\s*\S*|\S*[\d_@/+\-.]\S*|\S{16,})\Z")

# Plain words need no second look: no figure, no mark, no name of a secret, nothing long.
_CALM = re.compile(r"[A-Za-z' ,.;()!?\n-]*\Z")
_SUSPECT = re.compile(
    r"(?i:pass|pwd|secret|token|key|auth|cred|bearer|basic|login|curl|wget|http)|[A-Za-z-]{16}"
)
_REACH = 24

_LONGEST = 4096
"""Characters of a line that are looked at again with each piece."""


class Veil:
    """Feeds pieces in, gives text out with placeholders; holds back what may be a secret.

    Args:
        outgoing: replaces the secrets of a text.
    """

    def __init__(self, outgoing: Callable[[str], str]) -> None:
        self._outgoing = outgoing
        self._line = ""
        self._given = ""
        self._done = 0
        self._calm = True

    def feed(self, piece: str) -> str:
        """The text that ``piece`` completes."""
        if self._calm and _CALM.match(piece):
            before = self._line[-_REACH:]
            if not _SUSPECT.search(before + piece):
                self._line = self._given = (self._line + piece)[-_LONGEST:].rpartition("\n")[2]
                self._done = len(self._line)
                return piece
        self._calm = False
        self._line += piece
        open_ = _OPEN.search(self._line, max(0, len(self._line) - 400))
        until = open_.start() if open_ else len(self._line)
        # A word of which a part was given is given on.
        return self._give(until) if until > self._done else ""

    def flush(self) -> str:
        """What was held back, at the end of the text."""
        rest = self._give(len(self._line))
        self._line, self._given, self._done, self._calm = "", "", 0, True
        return rest

    def _give(self, until: int) -> str:
        text = self._line[:until]
        clean = self._outgoing(text)
        same = len(self._given)
        if not clean.startswith(self._given):
            # What came shows that something given was the beginning of a secret.
            same = next(
                (n for n, (a, b) in enumerate(zip(clean, self._given, strict=False)) if a != b),
                min(len(clean), len(self._given)),
            )
        self._given, self._done = clean, until
        newline = text.rfind("\n") + 1
        if newline or len(text) > _LONGEST:
            # A new line begins anew.
            keep = text[newline:] if newline else ""
            self._line = self._line[len(text) - len(keep) :]
            self._given, self._done = self._outgoing(keep), len(keep)
            self._calm = not self._line
        return clean[same:]
