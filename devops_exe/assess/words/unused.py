"""What the words contain that no plan can use: listed, never dropped silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.no_names import PROSE
from devops_exe.assess.words.ranges import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Reading

MOST = 40
"""Phrases that are listed one by one; more are counted in a note."""

_COMPANY = 2
"""Unknown words behind a number that are listed with it."""


def not_used(line: Reading, *, chat: bool = False) -> tuple[str, ...]:
    """Numbers, and whole phrases of a list, that were understood in no way.

    In a chat only numbers are listed: its words are talk.
    """
    spans = sorted(line.used)
    found: list[tuple[int, int]] = list(line.listed)
    at = 0
    for i, item in enumerate(line.items):
        while at < len(spans) and spans[at][1] <= item.start:
            at += 1
        inside = at < len(spans) and spans[at][0] < item.end
        hexadecimal = item.kind == "opaque" and item.key.startswith("0x")
        if inside or (item.kind not in KINDS and not hexadecimal) or _numberless(line, item):
            continue
        if (item.worded and item.kind in ("number", "dur")) or _is_year(line.items, i):
            continue
        found.append((item.start, _end(line.items, i)))
    if not chat:
        found.extend(_unknown(line))
    found = found[: 20 * MOST]
    listed: dict[str, None] = {}
    reached = -1
    for start, end in sorted(set(found), key=lambda span: (span[0], -span[1])):
        if end > reached:
            listed[line.words(start, end)] = None
            reached = end
    texts = [text for text in listed if text]
    if len(texts) > MOST:
        line.note(f"{len(texts) - MOST} more numbers were not used")
    return tuple(texts[:MOST])


def _numberless(line: Reading, item: Item) -> bool:
    """``a week`` and ``requests per second`` hold no number of their own."""
    if item.kind not in ("period", "ratephrase"):
        return False
    return not any(character.isdigit() for character in line.text[item.start : item.end])


def _end(items: Sequence[Item], i: int) -> int:
    """Where the words end that are listed with the number at item ``i``."""
    end, company = items[i].end, 0
    for item in items[i + 1 : i + 6]:
        if item.kind not in ("word", "name") or item.has(*_ENDS) or not item.key[0].isalnum():
            break
        if item.has("per", "fill"):
            continue
        company += 1
        if company > _COMPANY:
            break
        end = item.end
    return end


_ENDS = ("sep", "and", "product", "on", "max", "min", "formerly")


def _is_year(items: Sequence[Item], i: int) -> bool:
    """``in 2027``, ``since March 2026``: a date, no requirement."""
    item = items[i]
    if item.kind != "number" or not item.key.isdigit() or len(item.key) > 4:
        return False
    before = items[i - 1] if i else None
    if len(item.key) == 4 and 1990 <= item.value <= 2100:
        return True
    if before is None or not before.has("year") or len(before.key) < 3:
        return False
    return before.key not in ("since", "until", "before", "after", "may")


def _unknown(line: Reading) -> list[tuple[int, int]]:
    """Parts of a comma list of which no word was understood, and unknown platforms."""
    items = line.items
    if not any(item.key in (",", ";") for item in items) or len(items) > 200:
        return _unknown_platform(line)
    found: list[tuple[int, int]] = []
    part: list[Item] = []
    for item in [*items, None]:
        if item is not None and not item.has("sep"):
            part.append(item)
            continue
        plain = [one for one in part if one.kind in ("word", "name")]
        short = 0 < len(plain) <= 4 and len(plain) == len(part)
        unknown = any(len(one.classes) == 1 and one.key not in PROSE for one in plain)
        if short and unknown and not _touched(line, part):
            found.append((part[0].start, part[-1].end))
        part = []
    return found + _unknown_platform(line)


def _touched(line: Reading, part: list[Item]) -> bool:
    return any(
        start < part[-1].end and part[0].start < end for start, end in line.used + line.listed
    )


_DAYS = words("monday tuesday wednesday thursday friday saturday sunday weekend christma")


def _unknown_platform(line: Reading) -> list[tuple[int, int]]:
    """``checkout-api on Zeebo``: a name behind ``on`` that nothing knows."""
    found: list[tuple[int, int]] = []
    items = line.items
    for i, item in enumerate(items[:-1]):
        after = items[i + 1]
        if item.key in ("on", "onto", "runs on", "running on", "hosted on", "deployed on") and (
            after.kind == "word" and len(after.classes) == 1
            and line.text[after.start].isupper() and after.key.rstrip("s") not in _DAYS
            and not _touched(line, [after])
        ):  # fmt: skip
            found.append((after.start, after.end))
    return found
