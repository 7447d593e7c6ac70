"""The spinner: nothing for 0.4 s, then one line on standard error, gone when done."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, cut
from devops_exe.terminal.view.quantity import short_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.terminal.view.screen import Screen

PATIENCE_SECONDS = 0.4
FRAME_SECONDS = 0.12
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_ASCII_FRAMES = "|/-\\"


class Spinner:
    """One running line; ``start`` names what runs, ``stop`` wipes it.

    Attributes:
        tokens: used so far; not shown while none is known.
        stops: how to stop it: ``Esc to interrupt``.
    """

    def __init__(self, screen: Screen, stops: str = "Ctrl-C to stop") -> None:
        self._screen = screen
        self._end: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._label = ""
        self._began = 0.0
        self.tokens = 0
        self.stops = stops

    def start(self, label: str) -> None:
        """Show ``label`` once it has run for 0.4 s; the same label goes on counting."""
        self.stop()
        if not self._screen.terminal.live:
            return
        self._label, self._began = label, time.monotonic()
        self._run_on()

    def pause(self) -> None:
        """Wipe the line for a moment; ``resume`` goes on."""
        self._halt()

    def resume(self) -> None:
        """Go on after a pause, counting from when it began."""
        if self._label and self._thread is None:
            self._run_on()

    def stop(self) -> None:
        """Wipe the line; a second time does nothing."""
        self._label = ""
        self._halt()

    def _run_on(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._end,), name="spinner", daemon=True
        )
        self._thread.start()

    def _halt(self) -> None:
        if self._end is None or self._thread is None:
            return
        self._end.set()
        self._thread.join()
        self._end = self._thread = None

    def _run(self, end: threading.Event) -> None:
        if end.wait(max(0.0, PATIENCE_SECONDS - (time.monotonic() - self._began))):
            return
        terminal = self._screen.terminal
        frames = _ASCII_FRAMES if terminal.ascii else _FRAMES
        number = 0
        while True:
            frame = frames[number % len(frames)]
            parts = self._parts()
            text = f"{frame} {fitted(parts, terminal.columns - 3, ascii_=terminal.ascii)}"
            self._screen.raw_err(f"\r{text}\x1b[K")
            number += 1
            if end.wait(FRAME_SECONDS):
                self._screen.raw_err("\r\x1b[K")
                return

    def _parts(self) -> list[str]:
        dots = "..." if self._screen.terminal.ascii else "…"
        used = [f"{short_count(self.tokens)} tok"] if self.tokens else []
        seconds = time.monotonic() - self._began
        return [f"{self._label}{dots} {seconds:.0f}s", *used, self.stops]


def fitted(parts: Sequence[str], columns: int, *, ascii_: bool = False) -> str:
    """The parts in a line; where it is too long, those in the middle go first, then the last.

    >>> fitted(["Designing… 12s", "3.1k tok", "Esc to interrupt"], 60)
    'Designing… 12s · 3.1k tok · Esc to interrupt'
    >>> fitted(["Designing… 12s", "3.1k tok", "Esc to interrupt"], 36)
    'Designing… 12s · Esc to interrupt'
    >>> fitted(["Designing… 12s", "3.1k tok", "Esc to interrupt"], 20)
    'Designing… 12s'
    """
    between = " - " if ascii_ else " · "
    for chosen in (list(parts), [parts[0], parts[-1]], [parts[0]]):
        text = between.join(chosen)
        if cells(text) <= columns:
            return text
    return cut(parts[0], max(8, columns), "")
