"""The chat at a terminal: a banner, a prompt, answers, and a way back to the session."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from devops_exe import __version__
from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.text import cells, sanitise
from devops_exe.terminal.question import Person
from devops_exe.terminal.view.ascii import to_ascii
from devops_exe.terminal.view.attention import HOW, Attention
from devops_exe.terminal.view.banner import banner
from devops_exe.terminal.writers import waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from devops_exe.terminal.app import App

AGAIN_SECONDS = 2.0
"""Within this a second Ctrl-C on an empty line leaves."""

_LEAVING = frozenset({"exit", "quit", "bye", ":q"})


class Reader(Protocol):
    """Where lines come from."""

    def line(self) -> str:
        """The next line.

        Raises:
            EOFError: there is none.
            KeyboardInterrupt: Ctrl-C on an empty line.
        """
        ...

    def ask(self, prompt: str) -> str:
        """An answer to a question."""
        ...


class Terminated(BaseException):
    """The process was asked to end (SIGTERM, SIGHUP); nothing below may swallow it."""


def chat(app: App) -> ExitStatus:
    """Talk until the user leaves.

    Returns:
        0 after Ctrl-D or /quit, 130 after Ctrl-C twice, 143 after SIGTERM or SIGHUP.
    """
    app.chatting = app.record.chat = True
    reader = _reader(app)
    attention = Attention(app.screen, app.settings.choice("notify", HOW))

    def ask(prompt: str) -> str:
        attention.asks()
        _forget_keys()
        try:
            return reader.ask(prompt)
        finally:
            attention.back()

    app.question = Person(ask, app.told, lambda: app.screen.terminal.columns)
    if waits(app.session.writer):
        from devops_exe.agent.claude import loader

        loader.start(politely=True)
    if not app.settings.flag("quiet"):
        for line in banner(app, __version__):
            app.screen.err(line)
    with _terminable():
        try:
            status = _loop(app, reader, attention)
        except Terminated:
            status = ExitStatus.TERMINATED
        finally:
            attention.back()
    _farewell(app)
    return status


def _forget_keys() -> None:
    """What was typed before a question was seen is no answer to it."""
    with suppress(ImportError, OSError, ValueError):
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _loop(app: App, reader: Reader, attention: Attention) -> ExitStatus:
    pressed = -AGAIN_SECONDS
    while not app.leaving:
        try:
            line = reader.line()
        except EOFError:
            break
        except KeyboardInterrupt:
            if time.monotonic() - pressed < AGAIN_SECONDS:
                return ExitStatus.INTERRUPTED
            pressed = time.monotonic()
            app.screen.err("Press Ctrl-C again or Ctrl-D to leave", "dim")
            continue
        attention.back()
        if not line.strip():
            continue
        if line.strip().lower() in _LEAVING:
            break
        attention.begin()
        app.measure()
        app.answer(line)
        attention.ended()
        app.screen.err("")
    return ExitStatus.OK


def _farewell(app: App) -> None:
    key = app.session.id
    if key:
        app.screen.err(f"Session {key} saved. Resume: devops-exe --resume {key}", "dim")


def _reader(app: App) -> Reader:
    terminal = app.screen.terminal
    if not terminal.interactive or terminal.dumb or terminal.plain:
        return SimpleReader(app)
    from devops_exe.terminal.prompt import prompt_reader

    if os.name == "posix":
        from devops_exe.terminal.keyboard import Keyboard

        app.keys = Keyboard(sys.stdin.fileno(), app.screen.raw_err, _echo(app))
    return prompt_reader(app)


def _echo(app: App) -> Callable[[str], None]:
    """Shows what is typed ahead below the answer: its end, where it is long."""

    def show(typed: str) -> None:
        columns = _columns_now(app)
        room, end = max(4, columns - 4), ""
        for letter in reversed(typed):
            if cells(letter + end) > room:
                break
            end = letter + end
        app.screen.below(f"› {end}" if end else "")

    return show


def _columns_now(app: App) -> int:
    """Of the window as it is now."""
    try:
        return os.get_terminal_size(app.screen.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return app.screen.terminal.columns


class SimpleReader:
    """Plain ``input()``: dumb terminals, screen readers, redirected streams."""

    def __init__(self, app: App) -> None:
        self._app = app
        if app.screen.terminal.interactive and not app.screen.terminal.dumb:
            with suppress(ImportError):
                import readline  # noqa: F401  # gives input() its editing

    def line(self) -> str:
        """The next line; a backslash at its end asks for more."""
        line = self.ask("> " if self._app.screen.terminal.ascii else "› ")
        while line.endswith("\\"):
            line = f"{line[:-1]}\n{self.ask('. ')}"
        return line

    def ask(self, prompt: str) -> str:
        """An answer to a question; the prompt goes to standard error."""
        text = sanitise(prompt)
        text = to_ascii(text) if self._app.screen.terminal.ascii else text
        if self._app.screen.terminal.output and self._app.screen.terminal.interactive:
            return input(text)
        self._app.screen.err(text, end="")
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM and SIGHUP become :class:`Terminated`, by way of the prompt where one is open."""

    def ended(number: int, frame: FrameType | None) -> None:
        del number, frame
        if "prompt_toolkit" in sys.modules:
            from prompt_toolkit.application.current import get_app_or_none

            prompt = get_app_or_none()
            if prompt is not None and prompt.is_running and prompt.loop is not None:
                leave = prompt.exit
                prompt.loop.call_soon_threadsafe(lambda: leave(exception=Terminated()))
                return
        raise Terminated

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, ended)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
