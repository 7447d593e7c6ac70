"""Moments in what people paste: found, read, and put into UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

_ZONES: dict[str, float] = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "BST": 1,
    "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "JST": 9, "SGT": 8, "AEST": 10, "AEDT": 11,
}  # fmt: skip
_TWO_MEANINGS = frozenset({"CST", "BST", "MST"})
"""Letters that several zones use; the one of the table is taken, and that is said."""

_LETTERS = "|".join(sorted(_ZONES, key=len, reverse=True))
_ZONE = rf"(?P<zone>[+-]\d\d:?\d\d|(?:UTC|GMT)[+-]\d{{1,2}}|{_LETTERS})?"
_DATED = re.compile(
    r"(?<![\d-])(?P<date>\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d)[T ,]{1,3}"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s?"
    + _ZONE
    + r"(?![\w])"
)
_CLOCK = re.compile(
    r"(?<![\d:.-])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap]\.?m\b\.?))?\s?" + _ZONE + r"(?!\w)(?!:\d)",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(?<![\w.-])(?P<epoch>1[5-9]\d{8}|[2-3]\d{9})(?P<milli>\d{3})?(?![\w.])")
_LOOKS_LIKE = re.compile(r"(?<![\d.])\d{1,4}[-/:]\d{2}[-/:T ]\d{2}[\d:]*")

FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True)
class Found:
    """A moment in a text.

    Attributes:
        at: in UTC; None where it is none that exists (25:71).
        begin, end: where it stands.
        zoned: whether the text said its zone.
        two: a zone whose letters have another meaning too.
    """

    at: datetime | None
    begin: int
    end: int
    zoned: bool
    two: str = ""


def instant(text: object) -> datetime | None:
    """An ISO 8601 moment of an alert in UTC; None for none, and for Go's zero time.

    >>> instant("2026-11-24T10:00:00.123456789+01:00")
    datetime.datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    >>> instant("0001-01-01T00:00:00Z") is instant("soon") is None
    True
    """
    if not isinstance(text, str) or len(text) > 64:
        return None
    shortened = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    try:
        read = datetime.fromisoformat(shortened)
        if read.tzinfo is None:
            read = read.replace(tzinfo=UTC)
        read = read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if FIRST_YEAR <= read.year <= LAST_YEAR else None


def find(line: str, day: date, zone: timezone) -> Found | None:
    """The first moment of a line; ``day`` and ``zone`` are taken where it says none."""
    if found := _DATED.search(line):
        return _of(found, _date(found["date"]), zone)
    if found := _EPOCH.search(line):
        at = datetime.fromtimestamp(int(found["epoch"]), UTC)
        return Found(at, found.start(), found.end(), zoned=True)
    if found := _CLOCK.search(line):
        return _of(found, day, zone)
    if found := _LOOKS_LIKE.search(line):
        return Found(None, found.start(), found.end(), zoned=False)
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _of(found: re.Match[str], day: date | None, zone: timezone) -> Found:
    groups = found.groupdict()
    said = (groups.get("zone") or "").upper()
    offset = _offset(said)
    hour = int(groups["hour"])
    half = (groups.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    at: datetime | None = None
    if day is not None and (not said or offset is not None):
        try:
            clock = time(hour, int(groups["minute"]), int(groups.get("second") or 0))
            local = datetime.combine(day, clock, offset or zone)
            at = local.astimezone(UTC) if FIRST_YEAR <= day.year <= LAST_YEAR else None
        except (ValueError, OverflowError):
            at = None
    return Found(at, found.start(), found.end(), bool(said), said if said in _TWO_MEANINGS else "")


def hours_of(letters: str) -> float:
    """Hours that a zone's letters are ahead of UTC."""
    return _ZONES[letters]


def _offset(said: str) -> timezone | None:
    if said in _ZONES:
        return timezone(timedelta(hours=_ZONES[said]))
    digits = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", said)
    if digits is None:
        return None
    minutes = int(digits[2]) * 60 + int(digits[3] or 0)
    if minutes > 15 * 60:
        return None
    return timezone(timedelta(minutes=minutes if digits[1] == "+" else -minutes))


def zone_of(text: str) -> timezone | None:
    """The zone of the first moment that says one: those without are read in it."""
    for pattern in (_DATED, _CLOCK):
        for found in pattern.finditer(text[:100_000]):
            offset = _offset((found.groupdict().get("zone") or "").upper())
            if offset is not None:
                return offset
    return None
