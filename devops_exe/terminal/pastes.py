"""Long pastes folded to one mark; the full text is what counts when the line is sent."""

from __future__ import annotations

import re

from devops_exe.ground.text import sanitise

MOST_LINES, MOST_CHARACTERS = 10, 1000
"""A paste with more of either is folded."""

MARK = re.compile(r"\[Pasted text #(\d+) \+(\d+) (?:lines|characters)\]")


class Pastes:
    """The folded pastes of one chat, by their number."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def fold(self, text: str, line: str = "") -> str:
        """What is to stand in the line: short text as it is, long text as a mark.

        Args:
            text: as pasted; line ends of any kind.
            line: what the line holds already. The same long text a second time answers the
                text itself, and its mark is to be replaced by it: see ``unfolds``.
        """
        text = normal(text)
        lines = text.count("\n") + 1
        if lines <= MOST_LINES and len(text) <= MOST_CHARACTERS:
            return text
        if self.unfolds(text, line) is not None:
            return text
        self._texts.append(text)
        many = f"{lines} lines" if lines > MOST_LINES else f"{len(text)} characters"
        return f"[Pasted text #{len(self._texts)} +{many}]"

    def unfolds(self, text: str, line: str) -> str | None:
        """The mark in ``line`` that stands for this very text; None where none does."""
        text = normal(text)
        for mark in MARK.finditer(line):
            if self._of(mark) == text:
                return mark[0]
        return None

    def whole(self, line: str) -> str:
        """The line with every mark of this chat replaced by its text."""
        return MARK.sub(lambda mark: self._of(mark) or mark[0], line)

    def _of(self, mark: re.Match[str]) -> str | None:
        number = int(mark[1])
        return self._texts[number - 1] if 0 < number <= len(self._texts) else None


def normal(text: str) -> str:
    """Text with newlines alone as line ends, and nothing in it that could steer a terminal."""
    return sanitise(text)
