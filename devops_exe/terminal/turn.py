"""One turn on the screen: events in, progress and text out, the result stored and shown."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, cast

from devops_exe.agent.events import (
    CutOff,
    Document,
    ErrorRaised,
    Event,
    Notice,
    Proposed,
    Retry,
    TextDelta,
    ToolStarted,
    Usage,
)
from devops_exe.terminal.view.flow import Flow
from devops_exe.terminal.view.progress import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from devops_exe.ground.errors import DevopsExeError
    from devops_exe.terminal.view.screen import Screen

_LAST_WORD = re.compile(r"\S*\s*\Z")


def drive(events: AsyncIterator[Event]) -> Iterator[Event]:
    """The events of an engine that never waits, without an event loop.

    Raises:
        RuntimeError: it did wait.
    """
    iterator = aiter(events)
    while True:
        step = iterator.__anext__()
        try:
            step.__await__().send(None)
        except StopIteration as answered:
            yield cast("Event", answered.value)
        except StopAsyncIteration:
            return
        else:
            message = "an engine that should not wait did"
            raise RuntimeError(message)


class Stream:
    """Text that appears as it comes, but for its last word.

    The last word stays back until the turn is stored, so that no answer that was shown whole
    can be lost. At a terminal, words are set by :class:`Flow` (a width of 0 sets nothing). An
    answer that goes to a file or a pipe is held whole until it is done: what a broken
    connection left of it goes to standard error, and standard output has only what counts.

    Attributes:
        text: what counts so far.
    """

    def __init__(self, screen: Screen, *, answer: bool, width: int) -> None:
        self._screen = screen
        self._answer = answer
        self._print = screen.out if answer else screen.err
        self._held = answer and not screen.terminal.output
        styled = answer and screen.terminal.output and screen.terminal.colour_out
        styled = styled and not screen.terminal.plain
        self._flow = Flow(width, styled=styled) if width else None
        self._back = ""
        self._open = False
        self._settled = 0
        self.text = ""

    @property
    def waiting(self) -> bool:
        """Whether a line is open, or a word is kept back."""
        return self._open or bool(self._back)

    def write(self, piece: str) -> None:
        """Show a piece, its last word kept back."""
        self.text += piece
        self._back += piece
        if self._held:
            return
        last = _LAST_WORD.search(self._back)
        until = last.start() if last is not None else 0
        if until:
            self._show(self._back[:until])
            self._back = self._back[until:]

    def settle(self) -> None:
        """What was said so far is whole: nothing cuts it off any more."""
        self._settled = len(self.text)

    def cut_off(self, mark: str) -> None:
        """What was said since the last ``settle`` is void: it stays, marked."""
        void = self.text[self._settled :]
        self.text = self.text[: self._settled]
        if self._held:
            self._back = self.text
            self._screen.err(f"{void.strip()}\n{mark}", "dim")
            return
        self.end_line()
        self._print(mark, "dim")

    def end_line(self) -> None:
        """End an open line, so that another may be told of something else."""
        if self._held:
            return
        if self._back.strip():
            self._show(self._back.rstrip())
        self._back = ""
        if self._open:
            rest = self._flow.finish() if self._flow else ""
            self._screen.flow(f"{rest}\n", answer=self._answer)
            if self._flow:
                self._flow.break_line()
        self._open = False

    def finish(self) -> None:
        """Show what was kept back and end the line."""
        if self._held:
            self._held = False
            self._back = self._back.strip("\n")
        self.end_line()

    def _show(self, text: str) -> None:
        if not self._open:
            text = text.lstrip("\n")
        if not text:
            return
        self._open = True
        if self._flow:
            self._screen.flow(self._flow.feed(text), answer=self._answer)
        else:
            self._print(text, end="")


class Turn:
    """Shows the events of one turn and gathers what it leaves."""

    def __init__(
        self,
        screen: Screen,
        *,
        chat: bool,
        quiet: bool,
        silent: bool,
        events: bool,
        awaited: str = "",
        stops: str = "Ctrl-C to stop",
    ) -> None:
        """Begin.

        Args:
            screen: where to show.
            chat: whether the text is the answer (else it is a word beside a document).
            quiet: no progress.
            silent: no text: the result comes as one object.
            events: each event as a JSON line instead.
            awaited: name of the service that answers; empty where none is asked.
            stops: how the turn is stopped, in words.
        """
        self._screen = screen
        self._silent = silent or events
        self._told_as_json = events
        self.events: list[Event] = []
        self.progress = Progress(screen, quiet=quiet, chat=chat, awaited=awaited, stops=stops)
        terminal = screen.terminal
        wraps = terminal.output if chat else terminal.live
        # the last column stays free: a cursor that is about to wrap cannot be moved and put back
        width = min(terminal.line, max(20, terminal.columns - 1))
        self.stream = Stream(screen, answer=chat, width=width if wraps else 0)
        self.error: DevopsExeError | None = None
        self.document = False
        self.proposed: list[Proposed] = []
        self._later: list[Event] = []

    def show(self, event: Event) -> None:
        """Show one event."""
        self.events.append(event)
        if self._told_as_json:
            self._screen.raw_out(json.dumps(event_object(event), ensure_ascii=False))
        match event:
            case TextDelta(text) if self._silent:
                self.stream.text += text
            case TextDelta(text):
                self.progress.stop()
                self.stream.write(text)
            case CutOff() if not self._silent:
                self.progress.stop()
                self.stream.cut_off(f"⎿ cut off, asked again ({event.attempt}/{event.of})")
            case ErrorRaised(error):
                self.error = error
            case Document():
                self.document = True
            case Proposed():
                self.proposed.append(event)
            case Notice() if self.stream.waiting:
                # It would break a line whose last word is still kept back.
                self._later.append(event)
            case _:
                self._beside(event)

    def details(self) -> None:
        """The last group of tools, whole, while the turn goes on."""
        from devops_exe.terminal.view.tools import group_lines

        if not self._silent:
            self.stream.end_line()
            self.progress.beside(group_lines(self.events, self._screen.terminal.line))

    def finish(self) -> None:
        """Show what was kept back, the turn being stored."""
        self.progress.stop()
        self.stream.finish()
        self._tell_later()

    def _beside(self, event: Event) -> None:
        if isinstance(event, Usage):
            self.stream.settle()
        elif isinstance(event, ToolStarted | Retry | CutOff) and self.stream.waiting:
            # The turn goes on: the words before it are no whole answer.
            self.stream.end_line()
            self._tell_later()
        self.progress.show(event)

    def _tell_later(self) -> None:
        later, self._later = self._later, []
        for event in later:
            self.progress.show(event)


def event_object(event: Event) -> dict[str, object]:
    """An event as one object of ``--json-lines``; a document comes whole with the result."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    if isinstance(event, Document):
        return {"event": name}
    if isinstance(event, ErrorRaised):
        return {"event": name, "error": event.error.as_object()}
    return {"event": name, **{one.name: _plain(getattr(event, one.name)) for one in fields(event)}}


def _plain(value: object) -> object:
    as_json = getattr(value, "as_json", None)
    if callable(as_json):
        return cast("Mapping[str, object]", as_json())
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value
