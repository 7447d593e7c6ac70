"""The limits that always end a turn: replies, tokens, seconds, the same calls again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.agent.events import Notice, Usage
from devops_exe.ground.errors import BudgetExhausted

if TYPE_CHECKING:
    from devops_exe.agent.claude.reply import Call
    from devops_exe.agent.claude.settings import ClaudeSettings

SAME_ROUNDS = 3
WARN_AT = 0.8

_FIELDS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}


@dataclass(slots=True)
class Budget:
    """What a turn has used, and what is left of it."""

    settings: ClaudeSettings
    started: float = field(default_factory=time.monotonic)
    rounds: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FIELDS.values(), 0))
    _asked: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    _warned: set[str] = field(default_factory=set)

    def count(self, usage: dict[str, int]) -> None:
        """Add what one answer of the service used, a broken one included."""
        for theirs, ours in _FIELDS.items():
            self.counts[ours] += usage.get(theirs, 0)

    def usage(self) -> Usage:
        """What the turn has used so far."""
        return Usage(round_trips=self.rounds, seconds=self.seconds, **self.counts)

    @property
    def seconds(self) -> float:
        """Seconds since the turn began."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Seconds left of the turn."""
        return self.settings.timeout_seconds - self.seconds

    @property
    def tokens(self) -> int:
        """Tokens used, read and written, cached or not."""
        return sum(self.counts.values())

    @property
    def reply_tokens(self) -> int:
        """How long the next reply may be."""
        return min(self.settings.reply_tokens, self.settings.max_tokens - self.tokens)

    def check(self) -> None:
        """Raise where nothing is left for another reply.

        Raises:
            BudgetExhausted: names the limit.
        """
        limits = self.settings
        if self.rounds >= limits.max_rounds:
            raise _ended(f"the limit of {_many(limits.max_rounds, 'reply')}", "--max-rounds")
        if self.tokens >= limits.max_tokens:
            raise self.tokens_ended()
        if self.seconds_left <= 0:
            raise self.seconds_ended()

    def tokens_ended(self) -> BudgetExhausted:
        """The error that says that the tokens are used up."""
        return _ended(f"the limit of {self.settings.max_tokens} tokens", "--max-tokens")

    def seconds_ended(self, why: str = "") -> BudgetExhausted:
        """The error that says that the time is over."""
        because = f" ({why})" if why else ""
        return _ended(f"the limit of {self.settings.timeout_seconds:g} s{because}", "--timeout")

    def note_calls(self, calls: list[Call]) -> None:
        """Remember the calls of a round.

        Raises:
            BudgetExhausted: the same were asked in three rounds running.
        """
        self._asked.append(tuple(sorted((call.name, call.raw) for call in calls)))
        last = self._asked[-SAME_ROUNDS:]
        if len(last) == SAME_ROUNDS and len(set(last)) == 1:
            names = ", ".join(sorted({call.name for call in calls}))
            raise BudgetExhausted(
                f"the model asked for the same calls of {names} in"
                f" {SAME_ROUNDS} rounds running, which ended the turn",
                where="tools",
                fix="say it in other words",
                code="same_calls",
            )

    def warnings(self) -> list[Notice]:
        """Limits of which four fifths are used, each said once a turn."""
        limits = self.settings
        notices: list[Notice] = []
        for name, used, limit in (
            ("replies", float(self.rounds), float(limits.max_rounds)),
            ("tokens", float(self.tokens), float(limits.max_tokens)),
            ("seconds", self.seconds, limits.timeout_seconds),
        ):
            # A limit of a handful is over before a warning helps.
            if limit >= 5 and name not in self._warned and used >= WARN_AT * limit:
                self._warned.add(name)
                notices.append(Notice(f"{used:.0f} of the turn's {limit:.0f} {name} are used"))
        return notices


def _ended(limit: str, option: str) -> BudgetExhausted:
    return BudgetExhausted(f"{limit} ended the turn", where=option, fix="raise it, or say: go on")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun[:-1]}ies"
