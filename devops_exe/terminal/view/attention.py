"""The bell and the title: only when a question waits, or something long has ended.

The title that the terminal had is pushed on its stack before ours is set, and popped when the
person is back or the program ends (xterm's window operations 22 and 23; terminals without
them keep ours until the shell sets its own).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.terminal.view.screen import Screen

LONG_SECONDS = 30.0
"""A turn or phase that took longer is worth a bell."""

HOW: tuple[str, ...] = ("bell", "title", "off")


class Attention:
    """Calls a person back.

    Args:
        screen: whose terminal.
        how: ``bell`` (with the title), ``title`` alone, or ``off``.
    """

    def __init__(self, screen: Screen, how: str) -> None:
        self._screen = screen
        self._how = how
        self._titled = False
        self._began = time.monotonic()

    def begin(self) -> None:
        """Something begins that may take long."""
        self._began = time.monotonic()

    def ended(self) -> None:
        """It has ended; called for only where it took long."""
        if time.monotonic() - self._began > LONG_SECONDS:
            self._call("done")

    def asks(self) -> None:
        """A question waits."""
        self._call("a question waits")

    def back(self) -> None:
        """The person is back, or the program ends: the title is as it was."""
        if self._titled:
            self._titled = False
            self._screen.raw_err("\x1b[23;0t")

    def _call(self, why: str) -> None:
        if self._how == "off" or not self._screen.terminal.interactive:
            return
        if self._screen.terminal.plain and self._how == "bell":
            self._screen.bell()  # for screen readers: no title, it would be read out
            return
        if not self._titled:
            self._titled = True
            self._screen.raw_err("\x1b[22;0t")
        self._screen.raw_err(f"\x1b]0;devops-exe: {why}\x07")
        if self._how == "bell":
            self._screen.bell()
