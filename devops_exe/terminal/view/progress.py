"""Events of a turn as lines on standard error: phases, tools, retries, notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.agent.events import (
    CutOff,
    Event,
    Notice,
    PhaseFinished,
    PhaseStarted,
    Retry,
    ToolFinished,
    ToolStarted,
    Usage,
)
from devops_exe.ground.prices import money
from devops_exe.ground.text import cells, pad
from devops_exe.terminal.view.quantity import short_count, short_time
from devops_exe.terminal.view.spinner import Spinner
from devops_exe.terminal.view.wrap import STACKED, call_line, two_columns, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devops_exe.ground.prices import Price
    from devops_exe.terminal.view.screen import Screen

_PLANNED = re.compile(r"L[1-9]\d*")
_TELLING = ("slo budget(", "scaling capacity(", "availability zones(", "rto recovery(", "strategy(")
"""Calls of a plan that get a line of their own; the ledger lists them all."""

_LIMIT = re.compile(r"of the turn's [\d,.]+ \w+ are used")
_DOING: Mapping[str, str] = {
    "Assess": "Assessing",
    "Design": "Designing",
    "Write": "Writing",
    "Validate": "Validating",
}
"""What runs is told in the present, what is done by its name."""


class Progress:
    """Shows the events of one turn; silent where ``quiet``.

    Reading a line of chat is no phase worth a line: there ``Assess`` is left out. ``awaited``
    names the service that is waited for between phases and tools.
    """

    def __init__(
        self,
        screen: Screen,
        *,
        quiet: bool = False,
        chat: bool = False,
        awaited: str = "",
        stops: str = "Ctrl-C to stop",
    ) -> None:
        self._screen = screen
        self._quiet = quiet
        self._chat = chat
        self._awaited = awaited
        self._spinner = Spinner(screen, stops)
        self._calls: dict[str, str] = {}
        self._told: set[str] = set()
        self._folded = 0

    def show(self, event: Event) -> None:
        """Show one event, if it is one of progress."""
        if self._quiet:
            return
        match event:
            case PhaseStarted(name):
                self._spinner.start(_DOING.get(name, name))
            case PhaseFinished():
                self._spinner.stop()
                self._fold()
                if not (self._chat and event.name == "Assess"):
                    self._phase(event)
                self._wait()
            case ToolStarted():
                self._calls[event.id] = event.arguments
                if not _PLANNED.fullmatch(event.id):
                    self._spinner.start(f"Calling {event.name}")
            case ToolFinished():
                self._tool(event)
                self._wait()
            case Retry():
                wait = f"{event.seconds:.1f}" if event.seconds < 1 else f"{event.seconds:.0f}"
                self._line(f"! retry {event.attempt}/{event.of} in {wait} s · {event.reason}")
            case CutOff():
                self._line(f"⎿ cut off, asked again ({event.attempt}/{event.of})")
            case Notice(text):
                self._notice(text)
            case Usage():
                self._spinner.tokens = event.tokens
            case _:
                pass

    def stop(self) -> None:
        """Wipe what still runs."""
        self._spinner.stop()

    def _wait(self) -> None:
        if self._awaited:
            self._spinner.start(f"Waiting for {self._awaited}")

    def beside(self, lines: Sequence[str]) -> None:
        """Lines of something else, between those of the turn; what runs goes on below them."""
        self._spinner.pause()
        for line in lines:
            self._screen.err(line, "dim")
        self._spinner.resume()

    def _notice(self, text: str) -> None:
        """A limit that is near is told of once, whoever saw it first."""
        limit = _LIMIT.search(text)
        if limit is not None and limit[0] in self._told:
            return
        if limit is not None:
            self._told.add(limit[0])
        self._line(f"! {text}")
        self._wait()

    def _line(self, text: str) -> None:
        self._spinner.stop()
        self._screen.err(text, "dim")

    def _phase(self, event: PhaseFinished) -> None:
        took = short_time(event.seconds) if event.seconds >= 0.001 else ""
        if self._screen.terminal.plain:
            beside = f" ({took})" if took else ""
            told = f"{pad(event.name, 10)} {event.summary}{beside}"
            width = self._columns() if self._screen.terminal.interactive else cells(told) + 6
            self._screen.err("\n".join(wrap(told, width, "ok    ")))
            return
        columns = self._columns()
        if columns < STACKED:
            self._screen.err("\n".join(wrap(event.summary, columns, f"✓ {event.name}: ", "    ")))
            return
        self._screen.err(two_columns(f"✓ {pad(event.name, 9)} {event.summary}", took, columns))

    def _tool(self, event: ToolFinished) -> None:
        call = self._calls.pop(event.id, "") or event.name
        if _PLANNED.fullmatch(event.id) and event.ok:
            kind = next((one for one in _TELLING if call.startswith(one)), "")
            if not kind or kind in self._told or not self._screen.terminal.live:
                self._folded += 1
                return
            self._told.add(kind)
        self._spinner.stop()
        mark = "●" if event.ok else "✗"
        if not call.startswith(event.name):
            call = f"{event.name}({call})"
        took = short_time(event.milliseconds / 1000) if event.milliseconds >= 1 else ""
        room = self._columns() - (cells(took) + 2 if took and self._columns() >= STACKED else 0)
        line = call_line(f"  {mark} {call}", event.summary, room)
        self._screen.err(two_columns(line, took, self._columns()), "dim" if event.ok else "bad")

    def _fold(self) -> None:
        if self._folded and self._screen.terminal.live:
            told = f"{self._folded} more calculator calls: /ledger"
            self._screen.err("\n".join(wrap(told, self._columns(), "  · ")), "dim")
        self._folded = 0

    def _columns(self) -> int:
        return self._screen.terminal.line


def usage_line(usage: Usage, price: Price | None = None) -> str:
    """Tokens, seconds and round trips of a turn; empty where no service was asked.

    Money is named where the user's own configuration has the model's price.
    """
    if not usage.round_trips:
        return ""
    sent = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    cached = f" (cached {short_count(usage.cache_read_tokens)})" if usage.cache_read_tokens else ""
    trips = f"{usage.round_trips} round trip{'' if usage.round_trips == 1 else 's'}"
    cost = money(cost_of(usage, price)) if price is not None else ""
    return (
        f"  in {short_count(sent)}{cached} · out {short_count(usage.output_tokens)} · "
        f"{usage.seconds:.1f} s · {trips}{f' · {cost}' if cost else ''}"
    )


def cost_of(usage: Usage, price: Price) -> float:
    """US dollars."""
    return price.of(
        usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens
    )
