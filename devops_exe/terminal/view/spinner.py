"""The spinner: nothing for 0.4 s, then one line on standard error, gone when done."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from devops_exe.ground.text import cut

if TYPE_CHECKING:
    from devops_exe.terminal.view.screen import Screen

PATIENCE_SECONDS = 0.4
FRAME_SECONDS = 0.12
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_ASCII_FRAMES = "|/-\\"


class Spinner:
    """One running line; ``start`` names what runs, ``stop`` wipes it."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._end: threading.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self, label: str) -> None:
        """Show ``label`` once it has run for 0.4 s."""
        self.stop()
        if not self._screen.terminal.live:
            return
        self._end = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(label, self._end), name="spinner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Wipe the line; a second time does nothing."""
        if self._end is None or self._thread is None:
            return
        self._end.set()
        self._thread.join()
        self._end = self._thread = None

    def _run(self, label: str, end: threading.Event) -> None:
        began = time.monotonic()
        if end.wait(PATIENCE_SECONDS):
            return
        terminal = self._screen.terminal
        frames = _ASCII_FRAMES if terminal.ascii else _FRAMES
        number = 0
        while True:
            seconds = time.monotonic() - began
            dots = "..." if terminal.ascii else "…"
            text = f"{frames[number % len(frames)]} {label}{dots} {seconds:.0f}s - Ctrl-C to stop"
            self._screen.raw_err(f"\r{cut(text, max(10, terminal.columns - 1), '')}\x1b[K")
            number += 1
            if end.wait(FRAME_SECONDS):
                self._screen.raw_err("\r\x1b[K")
                return
