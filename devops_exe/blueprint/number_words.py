"""Numbers in words: ``two thousand requests``, ``ninety-nine percent``, ``half the pods``.

A number word is a figure only where a unit, a percentage or a multiplier goes with it:
``one pod at a time`` and ``two versions`` are words of good prose.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SMALL: Mapping[str, int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Mapping[str, int] = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_MULTIPLIERS: Mapping[str, float] = {
    "dozen": 12.0,
    "hundred": 100.0,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}
_PARTS: Mapping[str, int] = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4,
    "fifth": 5, "fifths": 5, "tenth": 10, "tenths": 10,
}  # fmt: skip

MULTIPLIER = rf"(?:{'|'.join(_MULTIPLIERS)})"
_ONE = "|".join([*_SMALL, *_TENS])
_ANY = f"(?:{_ONE}|{'|'.join(_MULTIPLIERS)})"
_NUMBER = (
    rf"\b(?:(?:a|an|per)\s+(?={MULTIPLIER}\b))?{_ANY}\b"
    rf"(?:(?:[\s-]+|(?:(?<=hundred)|(?<=thousand)|(?<=million))\s+and\s+)(?:{_ANY}|point)\b)*"
)
_SHARE = (
    r"(?<!first )(?<!second )(?<!latter )(?<!other )(?<!last )(?<!top )(?<!bottom )"
    r"\b(?:(?:(?:a|one|two|three|four|nine)[\s-]+)?(?P<part>third|thirds|quarter|quarters|fifth|fifths"
    r"|tenth|tenths|half)\s+of\b|half\s+(?=(?:the|all|its|our|their|your|a|an|every)\b))"
    r"(?:\s*(?:the|all|its|our|their|your|a|an|every)\b)?"
)


@cache
def number_pattern() -> re.Pattern[str]:
    """A number in words, compiled on first use."""
    return re.compile(_NUMBER, re.IGNORECASE)


@cache
def share_pattern() -> re.Pattern[str]:
    """A share in words (``half of``, ``two thirds of the``), compiled on first use."""
    return re.compile(_SHARE, re.IGNORECASE)


@cache
def hint() -> re.Pattern[str]:
    """Whether a text may hold a number in words at all."""
    words = "|".join([*_SMALL, *_TENS, *_MULTIPLIERS, *_PARTS, "nines", r"\w+fold"])
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def has_multiplier(text: str) -> bool:
    """Whether hundred, thousand, dozen or the like is among the words."""
    return re.search(rf"\b{MULTIPLIER}\b", text, re.IGNORECASE) is not None


def value_of(text: str) -> tuple[float, int]:
    """A number in words as a number, and how many decimals were spoken.

    >>> value_of("two thousand five hundred"), value_of("ninety-nine point nine")
    ((2500.0, 0), (99.9, 1))
    >>> value_of("a dozen")
    (12.0, 0)
    """
    whole, _, tail = text.lower().partition("point")
    digits = "".join(str(_SMALL[word]) for word in _words(tail) if word in _SMALL)
    total = group = 0.0
    for word in _words(whole):
        if word in _SMALL:
            group += _SMALL[word]
        elif word in _TENS:
            group += _TENS[word]
        elif word in {"hundred", "dozen"}:
            group = (group or 1.0) * _MULTIPLIERS[word]
        elif word in _MULTIPLIERS:
            total += (group or 1.0) * _MULTIPLIERS[word]
            group = 0.0
    number = total + group
    return (float(f"{number:.0f}.{digits}"), len(digits)) if digits else (number, 0)


def share_of(text: str) -> float:
    """A share in words as a ratio.

    >>> share_of("half the"), share_of("two thirds of"), share_of("a quarter of")
    (0.5, 0.6666666666666666, 0.25)
    """
    words = _words(text.lower())
    part = next(_PARTS[word] for word in words if word in _PARTS)
    return next((_SMALL[word] for word in words if word in _SMALL), 1) / part


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s-]+", text) if word]


def multiplied_by_fold(text: str) -> Iterator[re.Match[str]]:
    """``tenfold``, ``5-fold``: a multiplier in one word."""
    yield from re.finditer(
        rf"\b(?:{_ONE}|hundred|thousand|\d+(?:\.\d+)?)-?fold\b", text, re.IGNORECASE
    )
