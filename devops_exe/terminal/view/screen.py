"""The two streams: what is printed is cleaned, mapped and, where allowed, coloured."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO

from devops_exe.ground.errors import EngineError
from devops_exe.ground.text import sanitise
from devops_exe.terminal.view.ascii import to_ascii

if TYPE_CHECKING:
    from devops_exe.terminal.capability import Terminal

Style = Literal["", "bold", "dim", "good", "bad", "warn"]

_CODES: dict[str, str] = {"bold": "1", "dim": "2", "good": "32", "bad": "31", "warn": "33"}

_WIPE_BELOW = "\x1b7\x1b[B\r\x1b[K\x1b8"
"""Erases the line below the cursor's."""


class Screen:
    """Standard output and standard error of one process.

    A reader that went away (``| head -1``) is no failure: what is left is dropped and the
    exit status stays that of the answer.
    """

    def __init__(self, terminal: Terminal, stdout: TextIO, stderr: TextIO) -> None:
        self.terminal = terminal
        self._out = stdout
        self._err = stderr
        self._gone: set[int] = set()
        self._turn = threading.RLock()
        self._below = ""

    @property
    def stderr(self) -> TextIO:
        """The stream of questions and progress, for the prompt."""
        return self._err

    def out(self, text: str, style: Style = "", *, end: str = "\n") -> None:
        """Print to standard output: the answer, nothing else."""
        self._write(self._out, self._shown(text, style, self.terminal.colour_out), end)

    def err(self, text: str, style: Style = "", *, end: str = "\n") -> None:
        """Print to standard error: progress, warnings, usage, questions."""
        self._write(self._err, self._shown(text, style, self.terminal.colour_err), end)

    def flow(self, text: str, *, answer: bool) -> None:
        """Print what ``view.flow`` has set: clean already, with styles of our own."""
        text = to_ascii(text) if self.terminal.ascii else text
        self._write(self._out if answer else self._err, text, "")

    def raw_out(self, text: str) -> None:
        """Print text that is data (JSON) to standard output as it is."""
        self._write(self._out, text, "\n")

    def raw_err(self, text: str) -> None:
        """Send control sequences of our own (spinner, bell) to a live terminal."""
        if self.terminal.live:
            self._write(self._err, text, "")

    def bell(self) -> None:
        """Ring, where a person sits at a terminal that is not dumb."""
        if self.terminal.interactive and not self.terminal.dumb:
            self._write(self._err, "\a", "")

    def below(self, text: str) -> None:
        """Keep a line below whatever is printed: what is typed while a turn runs.

        It is drawn again after each write and never enters the scrollback. Safe to call from
        the thread that reads the keys.
        """
        if not self.terminal.live:
            return
        with self._turn:
            wiped = _WIPE_BELOW if self._below else ""
            self._below = to_ascii(sanitise(text)) if self.terminal.ascii else sanitise(text)
            self._send(self._err, wiped + self._drawn(), "")

    def _drawn(self) -> str:
        """The line below, the cursor back where it was; room is made by scrolling if need be."""
        return f"\x1bD\x1b[A\x1b7\x1b[B\r{self._below}\x1b[K\x1b8" if self._below else ""

    def _shown(self, text: str, style: Style, colour: bool) -> str:
        text = sanitise(text)
        if self.terminal.ascii:
            text = to_ascii(text)
        if not style or not colour or not text:
            return text
        code = _CODES[style]
        return "\n".join(f"\x1b[{code}m{line}\x1b[0m" if line else "" for line in text.split("\n"))

    def _write(self, stream: TextIO, text: str, end: str) -> None:
        with self._turn:
            if self._below and (stream is self._err or self.terminal.output):
                self._send(stream, f"{_WIPE_BELOW}{text}{end}{self._drawn()}", "")
            else:
                self._send(stream, text, end)

    def _send(self, stream: TextIO, text: str, end: str) -> None:
        if id(stream) in self._gone:
            return
        try:
            stream.write(text + end)
            stream.flush()
        except UnicodeEncodeError:
            with suppress(OSError, ValueError):
                stream.write(text.encode("ascii", "replace").decode("ascii") + end)
                stream.flush()
        except BrokenPipeError:
            self._gone.add(id(stream))
            _silence(stream)
        except ValueError:  # closed by somebody else
            self._gone.add(id(stream))
        except OSError as problem:
            self._gone.add(id(stream))
            _silence(stream)
            raise EngineError(
                f"the answer cannot be written ({problem.strerror or problem})",
                where="standard output",
                fix="free some space, or send it elsewhere",
                code="output_failed",
            ) from None


def _silence(stream: TextIO) -> None:
    """Point the stream at nothing, so that the interpreter's last flush says nothing."""
    if stream not in (sys.stdout, sys.stderr):
        return
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
