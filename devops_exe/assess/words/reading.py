"""Apply the grammar to a line: what was said, what was understood, what was not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import UNITS, Said, check_rate, pick
from devops_exe.assess.words.grammar import GRAMMAR
from devops_exe.assess.words.matching import Index, Match
from devops_exe.assess.words.ranges import KINDS

if TYPE_CHECKING:
    from devops_exe.assess.profile import Value
    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.phrases_change import Later

MOST_NOTES = 20
"""Notes that are kept; a line that needs more is no request."""


class Reading:
    """A line being read.

    Attributes:
        text: the line.
        items: its items.
        kinds: the kinds of its items.
        peak: the highest rate that was called a peak, 0 where none was.
        scaled: it speaks of autoscaling.
        rates: its first rates, whose unit a bare number leans on.
        versions: the versions said so far.
        said: what was said, in order.
        used: offsets of the words that were understood.
        listed: offsets of the words that were understood as nothing a plan can use.
        notes: sentences about the reading.
        later: what only the whole line settles.
    """

    def __init__(self, text: str, items: Sequence[Item]) -> None:
        self.text = text
        self.items = items
        self.said: list[Said] = []
        self._fields: set[str] = set()
        self.kinds = frozenset(item.kind for item in items)
        self.peak = 0.0
        self.scaled = any(item.has("scaleword") for item in items)
        self.rates = [item for item in items if item.kind == "rate"][:8]
        self.versions: set[str] = set()
        self.used: list[tuple[int, int]] = []
        self.listed: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self.later: list[Later] = []

    def words(self, start: int, end: int) -> str:
        """The user's own words between two offsets, blanks folded, at most 120 characters."""
        words = " ".join(self.text[start:end].split()).strip("()[]\"'`,;")
        return words if len(words) <= 120 else words[:119] + "…"

    def say(self, field: str, value: Value, start: int, end: int, *, weak: bool = False) -> None:
        """Keep that the words said ``value`` for ``field``."""
        check_rate(field, value, self.words(start, end))
        self.said.append(Said(field, value, start, end, weak))
        self._fields.add(field)
        if field == "version":
            self.versions.add(str(value))

    def note(self, sentence: str) -> None:
        """Keep a sentence about the reading, once; at most :data:`MOST_NOTES`."""
        if len(self.notes) < MOST_NOTES and sentence not in self.notes:
            self.notes.append(sentence)

    def has(self, field: str) -> bool:
        """Whether something was said about ``field`` so far."""
        return field in self._fields


class Found:
    """A match at its place, as the readers of ``phrases`` see it.

    ``before``, ``after`` and ``ahead`` are the items around it.
    """

    __slots__ = ("after", "ahead", "before", "end", "items", "line", "quantities", "start", "text")

    def __init__(self, line: Reading, match: Match, i: int) -> None:
        self.line = line
        self.items = line.items[i : match.end]
        self.before = line.items[max(0, i - 4) : i]
        self.ahead = line.items[match.end : match.end + 4]
        self.after = self.ahead[0] if self.ahead else None
        self.quantities = match.quantities
        self.start = self.items[0].start
        self.end = self.items[-1].end
        self.text = line.words(self.start, self.end)

    def say(self, field: str, value: Value) -> bool:
        """Keep that these words said ``value`` for ``field``; True, for readers to return."""
        self.line.say(field, value, self.start, self.end)
        return True

    def unused(self) -> bool:
        """List these words as not used; False where they hold no quantity."""
        if not self.quantities:
            return False
        self.line.listed.append((self.start, self.end))
        return True

    def put(self, field: str, unit: str, nth: int = 1) -> bool:
        """Convert the ``nth`` fitting quantity to ``unit`` and keep it; False when none fits."""
        found = UNITS[unit]
        item = pick(self.quantities, found.kinds, nth)
        if item is None:
            return False
        if item.low is not None:
            self.line.note(f"'{self.text}' is a range; its upper end is used")
        elif item.kind == "number" and found.kinds[0] == "dur" and item.value:
            name = {"ms": "milliseconds", "seconds": "seconds"}.get(unit, "minutes")
            self.line.note(f"'{self.text}' has no unit; it is read as {name}")
        return self.say(field, found.convert(item, self.text))


Reader = Callable[[Found], bool]


def apply(line: Reading, readers: dict[str, Reader]) -> None:
    """Read the whole line: at each item the longest match whose effect accepts it."""
    index = _index()
    i = 0
    while i < len(line.items):
        for match in index.candidates(line.items, i):
            if _labels_lead(line.items, i, match.end) or _assigned(line.items, i, match.end):
                continue
            found = Found(line, match, i)
            if _effect(GRAMMAR[match.rule].effect, found, readers):
                line.used.append((found.start, found.end))
                i = match.end
                break
        else:
            i += 1


_LABELS = ("rto", "rpo", "p99", "p95", "latency", "startup", "service_time", "backup")


def _labels_lead(items: Sequence[Item], i: int, end: int) -> bool:
    """``30d rto 15m rpo 1h``: each label's time stands behind it, so ``30d`` is no RTO."""
    if items[i].kind != "dur" or end >= len(items) or items[end].kind != "dur":
        return False
    if not items[end - 1].has(*_LABELS):
        return False
    last = end
    for j in range(end, min(end + 12, len(items))):
        if items[j].kind != "dur" and not items[j].has(*_LABELS):
            break
        last = j
    return items[last].kind == "dur"


def _assigned(items: Sequence[Item], i: int, end: int) -> bool:
    """``rps=1200 slo=99.9``: the noun behind the number has a number of its own."""
    if items[i].kind not in KINDS or end + 1 >= len(items) or items[end - 1].kind in KINDS:
        return False
    joint = items[end].key
    if joint == "=":
        return items[end + 1].kind in KINDS
    return joint == ":" and i > 0 and items[i - 1].key == ":" and items[end + 1].kind in KINDS


@lru_cache(maxsize=1)
def _index() -> Index:
    return Index([rule.pattern for rule in GRAMMAR])


def _effect(effect: str, found: Found, readers: dict[str, Reader]) -> bool:
    if effect.startswith("@"):
        return readers[effect[1:]](found)
    for part in effect.split():
        field, equals, constant = part.partition("=")
        if equals:
            found.say(field, {"true": True, "false": False}.get(constant, constant))
            continue
        field, _, unit = part.partition(":")
        unit, _, nth = unit.partition("#")
        if not found.put(field, unit, int(nth or 1)):
            return False
    return True
