"""Numbers in prose: where they stand, what they measure, and which are only names.

A name that holds a number (a version, a port, an HTTP code, ``p99``) is no figure; the
patterns of such names are data (``data/number_names.toml``). What remains, in
digits or in words, is a figure that somebody must have computed or stated.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from devops_exe.blueprint import number_words as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Dimension = Literal[
    "time", "percent", "rate", "memory", "cpu", "money", "count", "share", "bandwidth"
]
Noun = Literal["", "replicas", "zones", "requests", "other"]

_NAMES = Path(__file__).parent / "data" / "number_names.toml"

_TIME: tuple[tuple[str, float], ...] = (
    ("ns nanosecond nanoseconds", 1e-9),
    ("us µs μs microsecond microseconds", 1e-6),
    ("ms msec msecs millisecond milliseconds", 1e-3),
    ("s sec secs second seconds", 1.0),
    ("min mins minute minutes", 60.0),
    ("h hr hrs hour hours", 3600.0),
    ("d day days", 86400.0),
    ("week weeks", 604800.0),
    ("month months", 2628000.0),
    ("year years yr yrs", 31536000.0),
)
_OTHER: tuple[tuple[str, Dimension, float], ...] = (
    ("% percent pct", "percent", 1.0),
    ("‰ permille", "percent", 0.1),
    ("bp bps", "percent", 0.01),
    ("rps qps tps req/s reqs/s requests/s r/s /s", "rate", 1.0),
    ("rpm req/min requests/min /min", "rate", 1 / 60),
    ("b byte bytes", "memory", 1 / 1048576),
    ("kib kb ki kilobyte kilobytes", "memory", 1 / 1024),
    ("mib mb mi megabyte megabytes mebibyte mebibytes", "memory", 1.0),
    ("gib gb gi gigabyte gigabytes gibibyte gibibytes", "memory", 1024.0),
    ("tib tb ti terabyte terabytes tebibyte tebibytes", "memory", 1048576.0),
    ("mib/s mb/s", "bandwidth", 1.0),
    ("gib/s gb/s", "bandwidth", 1024.0),
    ("kbps kbit/s", "bandwidth", 1 / 8192),
    ("mbps mbit/s", "bandwidth", 1 / 8),
    ("gbps gbit/s", "bandwidth", 128.0),
    ("m millicore millicores millicpu", "cpu", 1.0),
    ("vcpu vcpus cpu cpus core cores", "cpu", 1000.0),
    ("dollar dollars usd eur euro euros gbp $ € £", "money", 1.0),
    ("cent cents", "money", 0.01),
)
UNITS: Mapping[str, tuple[Dimension, float]] = {
    **{unit: ("time", factor) for names, factor in _TIME for unit in names.split()},
    **{unit: (kind, factor) for names, kind, factor in _OTHER for unit in names.split()},
}
"""Unit words to dimension and factor (seconds, percent, requests a second, MiB, millicores)."""

_NO_ADJECTIVES = frozenset(
    {"a", "an", "and", "at", "each", "every", "for", "in", "is", "of", "on", "or", "over", "per",
     "the", "to", "where", "with"}
)  # fmt: skip
_COUNTED_WORDS: Mapping[Noun, tuple[str, ...]] = {
    "replicas": ("pod", "replica", "instance", "task", "node", "container", "allocation"),
    "zones": ("zone", "az"),
    "requests": ("request", "sample"),
}
NOUNS: Mapping[str, Noun] = {
    f"{word}{end}": noun for noun, of in _COUNTED_WORDS.items() for word in of for end in ("", "s")
}
"""What is counted, where the word after a number says so."""

_DIGITS = (
    r"\d{1,3}(?:[,'’_]\d{3})+(?:\.\d+)?|\d{1,3}(?:\ \d{3})+(?=\s?[A-Za-z%])|\d+(?:\.\d+)?|\.\d+"
)
_WORD_UNIT = (
    r"per\s+cent\b|percentage\s+points?\b|basis\s+points?\b"
    r"|(?:[a-z]+\s+)?(?:requests?|queries|calls|transactions|messages)\s*"
    r"(?:per|an?|each|every|/)\s*(?P<per>second|sec|s|minute|min|hour|h|day|week|month)\b"
    r"|(?:per|a)\s+second\b"
)
_UNIT = rf"(?P<unit>{_WORD_UNIT}|%|‰|[$€£]|[A-Za-zµμ]*/(?:sec|s|min)\b|[A-Za-zµμ]+)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<money>[$€£]\s?)?(?P<number>{_DIGITS})"
    r"(?P<power>[eE][+-]?\d{1,2}(?!\w))?(?P<suffix>(?-i:[kKM])(?![A-Za-z])|\s?(?:hundred|thousand|million|billion)\b)?"
    rf"(?:\s?{_UNIT})?",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"(?<![\w.])(?:\d+(?:\.\d+)?(?:ms|[dhms]|min)\s?){2,}(?!\w)")
_JOINED = re.compile(r"\s*(?:-|–|—|−|,?\s*(?:to|and|or)\b|/|\.\.+|…|→)\s*[$€£]?", re.IGNORECASE)
_OF = re.compile(
    r"(?<![\w.])(?P<part>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s?"
    r"(?:/|\s(?:in(?:\s+every)?|out\s+of(?:\s+every)?)\s+(?:a\s+)?)\s?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred"
    r"|thousand|million)(?P<of>\s+of\b)?",
    re.IGNORECASE,
)
_SCALES = {
    "k": 1e3, "m": 1e6, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip
_SHARED = re.compile(
    r"\s*(?:(?:of|the|all|its|our|every|live|new|failed|bad)\s+)*"
    r"(?:traffic|requests?|users?|load|sessions?|weight|error budget|budget|answers|responses)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s+(?:\w+\s+)?(?:pods?|replicas?|instances?|tasks?|nodes?|containers?|connections?|requests?"
    r"|users?|errors?|failures?|retries|sessions?|queries|messages?)\b",
    re.IGNORECASE,
)
_LEAST_COUNTED = 11
"""From this on a number word before a counted noun is a figure; below, it is prose."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        text: as it stands.
        value: in the base unit of its dimension (seconds, percent, requests a second, MiB,
            MiB a second, millicores; money, shares and counts as they are).
        half: half a unit of its last printed digit, in the same base.
        dimension: what it measures; ``count`` where no unit says, ``share`` for a part of
            something that is neither traffic nor requests.
        noun: what is counted, where the next word says so.
    """

    text: str
    value: float
    half: float
    dimension: Dimension
    noun: Noun = ""


@cache
def _names() -> re.Pattern[str]:
    """Every name that holds a number, as one pattern."""
    import tomllib

    data = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    stands = {
        f"«{name}»": value if isinstance(value, str) else "|".join(value)
        for name, value in data["words"].items()
    }
    return re.compile(
        "|".join(
            f"(?:{re.sub('«[a-z]+»', lambda match: stands[match[0]], pattern)})"
            for pattern in data["names"].values()
        )
    )


def quantities(text: str) -> Iterator[Quantity]:
    """The figures of a text, names left out, in their order.

    >>> [(q.text, q.value, q.dimension) for q in quantities("p99 of 250 ms at 1,200 rps, v1.2")]
    [('250 ms', 0.25, 'time'), ('1,200 rps', 1200.0, 'rate')]
    >>> [(q.text, q.value, q.dimension) for q in quantities("one pod sheds ninety percent")]
    [('ninety percent', 90.0, 'percent')]
    """
    if not any(c.isdigit() or c.isnumeric() for c in text) and not words.hint().search(text):
        return
    text = unicodedata.normalize("NFKC", _apart(text)).replace("⁄", "/")
    bare = _names().sub(_blank, text)
    found: list[tuple[int, Quantity]] = []
    for read in (_compounds, _ratios, _in_digits, _folds, _shares, _in_words):
        for start, end, quantity in read(bare):
            found.append((start, quantity))
            bare = bare[:start] + " " * (end - start) + bare[end:]
    yield from (quantity for _, quantity in sorted(found, key=lambda pair: pair[0]))


Found = tuple[int, int, Quantity]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _apart(text: str) -> str:
    """Written fractions kept apart from the number before them: ½ reads as 1/2 of."""
    return re.sub(r"([¼-¾⅐-⅞])(?=\s+(?:the|of|a))", r" \1 of ", text)


def _compounds(text: str) -> Iterator[Found]:
    """``1h30m``: one time."""
    for match in _COMPOUND.finditer(text):
        total, least = 0.0, 86400.0
        for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|min|[dhms])", match[0]):
            factor = 60.0 if unit == "m" else UNITS[unit][1]
            total += float(number) * factor
            least = min(least, factor)
        yield match.start(), match.end(), Quantity(match[0].strip(), total, least / 2, "time")


def _ratios(text: str) -> Iterator[Found]:
    """``one in ten requests``, ``1/2 of the pods``, ``nine out of ten``."""
    for match in _OF.finditer(text):
        if "/" in match[0] and not match["of"]:
            continue
        part, whole = _plain(match["part"]), _plain(match["whole"])
        if not whole or part > whole:
            continue
        yield match.start(), match.end(), _part(match[0], part / whole, text[match.end() :])


def _plain(text: str) -> float:
    bare = text.replace(",", "")
    return float(bare) if bare[0].isdigit() else words.value_of(bare)[0]


def _part(text: str, ratio: float, after: str) -> Quantity:
    if time := re.match(r"\s*(?:an?\s+)?(hour|day|minute|second|week)\b", after):
        return Quantity(text.strip(), ratio * UNITS[time[1]][1], 1e-9, "time")
    if _SHARED.match(after):
        return Quantity(text.strip(), 100 * ratio, 0.05, "percent")
    return Quantity(text.strip(), ratio, 1e-9, "share")


def _in_digits(text: str) -> Iterator[Found]:
    """Figures in digits; in ``10 to 20 %`` and ``10, 20 and 50 %`` all have the last's unit."""
    matches = list(_NUMBER.finditer(text))
    found: list[Found] = []
    after: re.Match[str] | None = None
    unit: Quantity | None = None
    listed = False  # whether the number after this one took its unit from the next
    for match in reversed(matches):
        quantity = _quantity(match, text)
        joint = text[match.end("number") : after.start("number")] if after else ""
        joined = _JOINED.fullmatch(joint) is not None or (listed and joint.strip() == ",")
        listed = quantity.dimension == "count" and joined and unit is not None
        if listed and after is not None and unit is not None:
            factor = unit.value / (_value(after) or 1.0)
            quantity = replace(
                quantity,
                value=quantity.value * (factor or 1.0),
                half=quantity.half * (factor or 1.0),
                dimension=unit.dimension,
                noun=unit.noun,
            )
        after, unit = match, quantity
        found.append((match.start(), match.end(), quantity))
    yield from reversed(found)


def _value(match: re.Match[str]) -> float:
    digits = re.sub(r"[,'’_ ]", "", match["number"])
    scale = _SCALES.get((match["suffix"] or "").strip().lower(), 1.0)
    return float(digits + (match["power"] or "")) * scale


def _quantity(match: re.Match[str], text: str) -> Quantity:
    value = _value(match)
    dimension, factor = _measure(match)
    noun: Noun = ""
    shown = match[0].strip()
    if dimension == "count":
        noun = _noun(text[match.end("number") :])
        shown = f"{match['money'] or ''}{match['number']}{match['suffix'] or ''}".strip()
        dimension = "money" if match["money"] else "count"
    decimals = len(match["number"].partition(".")[2])
    step = 10.0**-decimals
    if match["power"] or match["suffix"]:
        step *= value / (float(re.sub(r"[,'’_ ]", "", match["number"])) or 1.0)
    return Quantity(shown, value * factor, 0.5 * step * factor, dimension, noun)


def _measure(match: re.Match[str]) -> tuple[Dimension, float]:
    unit = re.sub(r"\s+", " ", (match["unit"] or "").lower())
    if match["per"]:
        return "rate", 1 / UNITS[match["per"].lower()][1]
    if unit in {"per cent", "percentage point", "percentage points"}:
        return "percent", 1.0
    if unit.startswith("basis point"):
        return "percent", 0.01
    if unit in {"per second", "a second"}:
        return "rate", 1.0
    return UNITS.get(unit, ("count", 1.0))


def _noun(after: str) -> Noun:
    """What is counted: the next word, or the one after an adjective."""
    words_after = re.findall(r"[A-Za-z]+", re.split(r"[^A-Za-z ]", after[:60])[0])
    first, second = (*words_after, "", "")[:2]
    if first.lower() in _NO_ADJECTIVES:
        return ""
    return NOUNS.get(first.lower()) or NOUNS.get(second.lower(), "")


def _folds(text: str) -> Iterator[Found]:
    for match in words.multiplied_by_fold(text):
        yield match.start(), match.end(), Quantity(match[0], 1.0, 0.0, "share")


def _shares(text: str) -> Iterator[Found]:
    for match in words.share_pattern().finditer(text):
        ratio = words.share_of(match[0])
        quantity = _part(match[0], ratio, text[match.end() :])
        if quantity.dimension == "time" and "of" not in match[0] and "half" not in match[0].lower():
            continue
        yield match.start(), match.end(), quantity


def _in_words(text: str) -> Iterator[Found]:
    if not words.hint().search(text):
        return
    for match in words.number_pattern().finditer(text):
        quantity = _worded(match, text)
        if quantity is not None:
            yield match.start(), match.end(), quantity


def _worded(match: re.Match[str], text: str) -> Quantity | None:
    value, decimals = words.value_of(match[0])
    half = 0.5 * 10.0**-decimals
    after = text[match.end() :]
    if nines := re.match(r"[\s-]+nines\b", after):
        return Quantity(match[0] + nines[0], 100 - 10.0 ** (2 - value), 1e-9, "percent")
    unit = re.match(rf"\s{_UNIT}", after, re.IGNORECASE)
    if unit is not None:
        dimension, factor = _measure(unit)
        if dimension != "count":
            return Quantity(match[0] + unit[0], value * factor, half * factor, dimension)
    if words.has_multiplier(match[0]):
        return Quantity(match[0], value, half, "count", _noun(after))
    if re.match(r"\s+times\s+(?:the|as|more|less|fewer|faster|slower|larger)\b", after):
        return Quantity(match[0], value, half, "count")
    if value >= _LEAST_COUNTED and (noun := _COUNTED.match(after)):
        return Quantity(match[0] + noun[0], value, half, "count", _noun(after))
    return None
