"""Keys pressed while a turn runs: Esc stops it, Ctrl-O shows its tools, the rest waits.

Only at a terminal, and only while a turn runs, the terminal hands over each key as it comes and
echoes none (signals stay the terminal's: Ctrl-C and Ctrl-Z work as ever), and one thread reads
them. What was typed ahead is kept, byte for byte, for the next prompt. An escape that no other
byte follows within 50 ms is the key; sequences of arrows and pastes are not.
"""

from __future__ import annotations

import os
import re
import select
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ESCAPE, DETAILS = b"\x1b", b"\x0f"
ALONE_SECONDS = 0.05
"""An escape that nothing follows for so long was the key."""

MOST_KEPT = 64 * 1024
"""Bytes typed ahead that are kept; more is a cat on the keyboard."""

_PASTE_BEGINS, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"


class Keyboard:
    """The keys of one chat.

    Args:
        number: file descriptor of the terminal's input.
        tell: sends control sequences to the screen (bracketed paste on and off).
        echo: shows what was typed so far; empty text when the turn is over.
    """

    def __init__(
        self,
        number: int,
        tell: Callable[[str], None],
        echo: Callable[[str], None] | None = None,
    ) -> None:
        self._number = number
        self._tell = tell
        self._echo = echo or (lambda _: None)
        self._typed = b""
        self._usual: list[Any] | None = None
        self._stop: Callable[[], None] = interrupt_main
        self._details: Callable[[], None] = _nothing
        self._thread: threading.Thread | None = None
        self._ends: tuple[int, int] = (-1, -1)

    @property
    def waiting(self) -> bool:
        """Whether something was typed ahead."""
        return bool(self._typed)

    def take(self) -> bytes:
        """What was typed ahead; it is handed out once."""
        typed, self._typed = self._typed, b""
        return typed

    @contextmanager
    def listening(
        self, *, stop: Callable[[], None] | None = None, details: Callable[[], None] | None = None
    ) -> Iterator[None]:
        """Listen while a turn runs; the terminal is as it was afterwards, whatever happens.

        Args:
            stop: called for Esc, in the reading thread; the default interrupts the main thread
                as Ctrl-C does.
            details: called for Ctrl-O, in the reading thread.
        """
        self._stop, self._details = stop or interrupt_main, details or _nothing
        if not self._begin():
            yield
            return
        with _suspendable(self._restore, self._apply):
            try:
                yield
            finally:
                try:
                    self._end()
                except KeyboardInterrupt:
                    self._end()
                    raise

    # ── the terminal ─────────────────────────────────────────────────────────────────────

    def _begin(self) -> bool:
        import termios

        try:
            self._usual = termios.tcgetattr(self._number)
        except (termios.error, OSError, ValueError):
            return False
        self._ends = os.pipe()
        self._apply()
        self._thread = threading.Thread(target=self._read, name="keys", daemon=True)
        self._thread.start()
        return True

    def _end(self) -> None:
        """Idempotent: an interrupt may come in the middle of it."""
        self._restore()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        os.write(self._ends[1], b".")
        thread.join()
        self._echo("")
        for one in self._ends:
            os.close(one)

    def _apply(self) -> None:
        import termios

        if self._usual is None or not _in_front(self._number):
            return
        mode = [*self._usual[:6], list(self._usual[6])]
        mode[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        mode[0] &= ~termios.ICRNL  # Enter as the prompt knows it
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        with suppress(termios.error, OSError):
            termios.tcsetattr(self._number, termios.TCSANOW, mode)
        self._tell("\x1b[?2004h")
        if self._typed:
            self._echo(shown(self._typed))

    def _restore(self) -> None:
        import termios

        if self._usual is None:
            return
        self._echo("")
        with suppress(termios.error, OSError):
            termios.tcsetattr(self._number, termios.TCSANOW, self._usual)
        self._tell("\x1b[?2004l")

    # ── the thread ───────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        pending = b""
        while True:
            waits = ALONE_SECONDS if pending else None
            try:
                ready, _, _ = select.select([self._number, self._ends[0]], [], [], waits)
            except (OSError, ValueError):
                break
            if self._ends[0] in ready:
                break
            if not ready:
                pending = b""
                self._stop()
                continue
            try:
                data = os.read(self._number, 4096)
            except OSError:
                break
            if not data:
                break
            pending = self._take_in(pending + data)
        self._keep(pending)

    def _take_in(self, data: bytes) -> bytes:
        """Keep what was typed; an escape at the very end waits for what follows it."""
        data = self._without_details(data)
        if data.endswith(ESCAPE) and not self._in_paste(data):
            self._keep(data[:-1])
            return ESCAPE
        self._keep(data)
        return b""

    def _without_details(self, data: bytes) -> bytes:
        """Ctrl-O is a key, but not within a paste."""
        pieces = re.split(b"(\x1b\\[20[01]~)", data)
        inside = self._in_paste(b"")
        for number, piece in enumerate(pieces):
            if piece in {_PASTE_BEGINS, _PASTE_ENDS}:
                inside = piece == _PASTE_BEGINS
            elif not inside and DETAILS in piece:
                pieces[number] = piece.replace(DETAILS, b"")
                self._details()
        return b"".join(pieces)

    def _in_paste(self, data: bytes) -> bool:
        """Whether what comes is within a paste, where every byte is text."""
        seen = self._typed + data
        return seen.rfind(_PASTE_BEGINS) > seen.rfind(_PASTE_ENDS)

    def _keep(self, data: bytes) -> None:
        if data:
            self._typed = (self._typed + data)[:MOST_KEPT]
            self._echo(shown(self._typed))


_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?")
_ERASES = frozenset("\x7f\x08")


def shown(typed: bytes) -> str:
    r"""What was typed, as the prompt would show it, near enough; Enter is a mark.

    >>> shown(b"/cots\x7f\x7fst\r"), shown(b"\x1b[200~a\rb\x1b[201~")
    ('/cost ⏎ ', 'a ⏎ b')
    """
    letters: list[str] = []
    for letter in _SEQUENCE.sub("", typed.decode("utf-8", "ignore")):
        if letter in _ERASES:
            del letters[-1:]
        elif letter in "\r\n":
            letters.append(" ⏎ ")
        elif letter == "\x15":
            letters.clear()
        else:
            letters.append(letter)
    return "".join(letters)


def interrupt_main() -> None:
    """Interrupt the main thread as Ctrl-C does."""
    main = threading.main_thread().ident
    if main is not None:
        with suppress(OSError):
            signal.pthread_kill(main, signal.SIGINT)


def _nothing() -> None:
    pass


def _in_front(number: int) -> bool:
    """Whether this process may set the terminal: one in the background would be stopped."""
    try:
        return os.tcgetpgrp(number) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def _suspendable(before: Callable[[], None], after: Callable[[], None]) -> Iterator[None]:
    """Ctrl-Z gives the shell a terminal as it left it; ``fg`` takes it again."""

    def suspended(number: int, frame: FrameType | None) -> None:
        del frame
        before()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # stops here, until fg
        signal.signal(number, suspended)
        after()

    try:
        was = signal.signal(signal.SIGTSTP, suspended)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, was)
