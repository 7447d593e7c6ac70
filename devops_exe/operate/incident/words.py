"""Pasted text: a line an event, its time and its kind; failing shares where one is said."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from devops_exe.operate.incident.model import Event, Facts, Share
from devops_exe.operate.incident.moments import find, hours_of, zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from devops_exe.operate.incident.model import EventKind

MOST_LINES = 5_000
"""Lines of a text that are read; a log of more is cut, and that is said."""

LONGEST_LINE = 1_000
LONGEST_TEXT = 200

_ERRORS = r"(?:errors?|error rate|error ratio|5xx|50[0-9]s?|fail\w*|bad requests|unsuccessful)"
_SHARE = re.compile(
    rf"{_ERRORS}[^%\d\n]{{0,40}}(?P<a>\d{{1,3}}(?:[.,]\d{{1,4}})?)\s?%"
    rf"|(?P<b>\d{{1,3}}(?:[.,]\d{{1,4}})?)\s?%[^%\d\n]{{0,40}}{_ERRORS}"
    r"|(?P<part>\d{1,6}) (?:in|of|out of) (?:every )?(?P<whole>\d{1,7}) (?:requests|calls)"
    rf"[^\n]{{0,20}}{_ERRORS}",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|every) (?:requests?|calls?) (?:fail|are failing|failed|return)", re.IGNORECASE
)
_NEXT = re.compile(
    r"(?<=\S)[,;.]\s+(?=(?:at )?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d\b(?!\s*(?:,|and|to|-)))"
)
_LEAD = re.compile(r"^(?:[\s\-*•>|\](),:;·–—]|\[(?![^\[\]]*\]))+|[\s\[(,:;\-–—]+$")
_HOLLOW = re.compile(r"\[\s*\]|\(\s*\)|(?<!\S):[a-z0-9_+-]{2,30}:(?!\S)")
"""Brackets whose time was taken out, and a chat's names of pictures (``:rocket:``)."""

_SPEAKER = re.compile(r"[^\W\d_][\w.'@-]*(?: [\w.'@-]+){0,3}")
"""What stands before the time of a message copied out of a chat: a person, or a program."""

_NOT_NEW = re.compile(
    r"(?:\b(?:threshold|above|over|exceeds?|target|slo|budget|objective)|>)\s*(?:of\s*)?$",
    re.IGNORECASE,
)


@cache
def table() -> dict[str, Any]:
    """The rows of ``data/incident.toml``."""
    import tomllib

    path = Path(__file__).parent / "data" / "incident.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], re.compile(row["words"], re.IGNORECASE)) for row in table()["kind"])


def kind_of(text: str) -> EventKind:
    """What a line tells of, by its words.

    >>> [kind_of(line) for line in ("deployed v1.5.0", "rolled back to v1.4.2", "5xx at 12 %",
    ...                             "error rate back to normal", "coffee")]
    ['change', 'action', 'symptom', 'recovery', 'note']
    """
    for name, pattern in _patterns():
        if pattern.search(text):
            return cast("EventKind", name)
    return "note"


def share_of(text: str) -> float | None:
    """The share of failing requests that a line states, 0 to 1; None where it states none.

    >>> share_of("error rate 12.5 %"), share_of("3 of 10 requests fail"), share_of("CPU 90 %")
    (0.125, 0.3, None)
    """
    if _ALL.search(text):
        return 1.0
    for found in _SHARE.finditer(text):
        if found["whole"]:
            part, whole = int(found["part"]), int(found["whole"])
            if 0 < part <= whole:
                return part / whole
            continue
        group = "a" if found["a"] else "b"
        if _NOT_NEW.search(text[: found.start(group)]):
            continue  # a threshold is no measurement
        value = float(found[group].replace(",", "."))
        if value <= 100:
            return value / 100
    return None


def read_text(text: str, now: datetime) -> Facts:
    """What a pasted text says. It has been cleaned and holds no secret.

    Args:
        text: lines, each with a time or without.
        now: gives the day where no line does.
    """
    lines = [part[:LONGEST_LINE] for line in text.splitlines() for part in _parts(line)]
    notes: list[str] = []
    if len(lines) > MOST_LINES:
        notes.append(f"{len(lines) - MOST_LINES} lines more were not read")
        lines = lines[:MOST_LINES]
    lines = _spoken(lines)
    zone = zone_of(text)
    day = now.astimezone(zone or UTC).date()
    events: list[Event] = []
    shares: list[Share] = []
    bare = False
    two: set[str] = set()
    previous: datetime | None = None
    for line in lines:
        found = find(line, day, zone or UTC)
        at = found.at if found else None
        if found and at:
            at, day = _in_order(at, previous, now, line, day)
            previous = at
            bare = bare or not found.zoned
            two |= {found.two} - {""}
        said = f"{line[: found.begin]} {line[found.end :]}" if found and found.at else line
        said = _tidy(said)[:LONGEST_TEXT] or line.strip()[:LONGEST_TEXT]
        kind = kind_of(said)
        events.append(Event(at, kind, said))
        ratio = share_of(said)
        if ratio is not None and at is not None and kind in {"symptom", "note"}:
            shares.append(Share(at, ratio))
    if bare:
        notes.append(f"times without a zone are read as {_zone_name(zone)}")
    notes += [f"{one} has two meanings; it is read as UTC{_hours(one)}" for one in sorted(two)]
    return Facts(tuple(events), tuple(shares), tuple(notes))


def _parts(line: str) -> list[str]:
    """A line, parted where a comma or semicolon ends one event and a time begins the next.

    >>> _parts("14:02 deployed v1.5.0, 14:05 errors between 14:05, and now")
    ['14:02 deployed v1.5.0', '14:05 errors between 14:05, and now']
    """
    return [part for part in _NEXT.split(line[: 10 * LONGEST_LINE]) if part.strip()]


def _spoken(lines: list[str]) -> list[str]:
    """Messages as chats copy them: the name and the time are a line, the words the next ones.

    >>> _spoken(["Anna K  4:02 PM", "shipping v2.3.1", "done", "14:09 rolled back"])
    ['4:02 PM Anna K: shipping v2.3.1', '4:02 PM Anna K: done', '14:09 rolled back']
    """
    found: list[str] = []
    lead = ""
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        own = find(line, date.min, UTC)
        if own is None:
            found.append(f"{lead}{line.strip()}")
            continue
        name = line[: own.begin].strip(" \t[(")
        alone = not line[own.end :].strip(" \t)]:") and _SPEAKER.fullmatch(name)
        heads = alone and kind_of(name) == "note" and following
        lead = f"{line[own.begin : own.end].strip()} {name}: " if heads else ""
        if not heads or find(following, date.min, UTC) is not None:
            found.append(line)
            lead = ""
    return found


def _tidy(said: str) -> str:
    """What is left of a line when its time is out of it.

    >>> _tidy("bob [ ] : 5xx :fire:"), _tidy("[FIRING:1] HighErrorRate (critical)")
    ('bob: 5xx', '[FIRING:1] HighErrorRate (critical)')
    """
    whole = " ".join(_HOLLOW.sub(" ", said).split())
    return _LEAD.sub("", re.sub(r"(?<=\w) :(?=\s)", ":", whole))


def _in_order(
    at: datetime, previous: datetime | None, now: datetime, line: str, day: date
) -> tuple[datetime, date]:
    """A bare time of the clock: yesterday where it would lie ahead, or the next day."""
    dated = bool(re.search(r"\d{4}[-/]\d\d[-/]\d\d|(?<!\d)\d{10,13}(?!\d)", line))
    if dated:
        return at, at.date()
    if previous is None and at > now + timedelta(minutes=5):
        return at - timedelta(days=1), day - timedelta(days=1)
    if previous is not None and at < previous - timedelta(hours=12):
        return at + timedelta(days=1), day + timedelta(days=1)
    return at, day


def _zone_name(zone: object) -> str:
    return str(zone) if zone is not None else "UTC"


def _hours(letters: str) -> str:
    return f"{hours_of(letters):+.0f}"
