"""Join numbers with their units: rates, durations, bytes, money, percentages, ranges.

A quantity keeps the unit it was written with (``unit``) beside its value in the base unit of
its kind: requests per second (or, where a day or more was said, requests a month), seconds,
bytes, millicores, the currency, percent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devops_exe.assess.words.items import Item
from devops_exe.assess.words.measures import BYTES, PERIODS, RATE_UNITS, SECONDS
from devops_exe.assess.words.money import read_money, read_money_behind
from devops_exe.assess.words.numbers import (
    at,
    european_thousands,
    negative,
    new,
    number_scale,
    number_words,
    tidy,
)
from devops_exe.assess.words.ranges import read_range

DAY = 86400.0
DAYS_A_MONTH = 30.4
"""A month's days where a day's requests become a month's (the published conversion)."""
MONTH = 2628000.0

_Reader = Callable[[Sequence[Item], int], tuple[Item, int] | None]


def read_quantities(items: Sequence[Item]) -> list[Item]:
    """The items with numbers and units joined, then ranges joined."""
    items = [item for k, item in enumerate(items) if not _hyphen(items, k)]
    joined = _once(_once(items, (negative, number_words, number_scale)), (_period,))
    joined = _once(joined, (read_money, _number, _rate_phrase, _time_of_one))
    return _once(_once(joined, (_compound_duration,)), (read_range,))


def _hyphen(items: Sequence[Item], i: int) -> bool:
    """A hyphen inside a compound (``3-AZ``, ``zero-downtime``) that parts nothing."""
    if items[i].key == "+" and items[i].glued and i and items[i - 1].kind == "number":
        return True
    if items[i].key != "-" or not items[i].glued or not 0 < i < len(items) - 1:
        return False
    return items[i + 1].glued and items[i + 1].kind == "word"


def _once(items: Sequence[Item], readers: Sequence[_Reader]) -> list[Item]:
    found: list[Item] = []
    i = 0
    while i < len(items):
        for reader in readers:
            read = reader(items, i)
            if read is not None:
                item, i = read
                found.append(item)
                break
        else:
            found.append(items[i])
            i += 1
    return found


# -- time ---------------------------------------------------------------------------------


def _period(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``per second``, ``/s``, ``a week``, ``every 15 minutes``, ``hourly``."""
    item = items[i]
    if item.has("periodword"):
        return new("period", items, i, i, PERIODS[item.key], item.key), i + 1
    if not item.has("per"):
        return None
    j, count = i + 1, 1.0
    number = at(items, j)
    if item.has("every") and number is not None and number.key == "other":
        j, count = j + 1, 2.0
    elif number is not None and number.kind == "number" and number.value > 0:
        if item.key in ("/", "a", "an"):
            return None
        j, count = j + 1, number.value
    elif number is not None and number.has("per") and item.key != "a" and not (
        item.key == "par" and number.key == "an"
    ):  # fmt: skip
        j += 1
    unit = at(items, j)
    if unit is None or not unit.has("time") or unit.key not in SECONDS:
        return None
    after = at(items, j + 1)
    if unit.key == "quarter" and after is not None and after.key == "of":
        return None
    if item.key in ("a", "im", "in the") and len(unit.key) == 1:
        return None
    made = new("period", items, i, j, count * SECONDS[unit.key], unit.key)
    if item.has("det") and count == 1:
        made.classes |= {"dur"}
    return made, j + 1


def _time_of_one(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``half an hour`` and ``quarter of an hour``, whose head is no plain number."""
    if items[i].key not in ("quarter", "half") or items[i].kind not in ("word", "number"):
        return None
    j = i + 2 if (after := at(items, i + 1)) is not None and after.key == "of" else i + 1
    period = at(items, j)
    if period is not None and period.key in ("second", "minute", "hour", "day") and j == i + 1:
        period = new("period", items, j, j, SECONDS[period.key], period.key)
    if period is None or period.kind != "period" or period.value < 1:
        return None
    part = 0.25 if items[i].key == "quarter" else 0.5
    return new("dur", items, i, j, part * period.value, period.unit), j + 1


def _compound_duration(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``1 h 30 min``, ``1h30``: a smaller unit behind a larger."""
    first, second = items[i], at(items, i + 1)
    if not first.has("dur") or second is None or first.unit in ("ms", "s"):
        return None
    if (halved := _and_a_half(items, i)) is not None:
        return halved
    j = i + 1
    if second.key == "and" and (third := at(items, i + 2)) is not None and third.kind == "dur":
        second, j = third, i + 2
    if second.kind == "dur" and second.unit in _SMALLER.get(_family(first), ()):
        return new("dur", items, i, j, first.value + second.value, first.unit), j + 1
    if (
        second.kind == "number" and second.glued and _family(first) == 3600
        and len(second.key) == 2
    ):  # fmt: skip
        return new("dur", items, i, i + 1, first.value + 60 * second.value, "h"), i + 2
    return None


def _and_a_half(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``a minute and a half``: half a unit more."""
    keys = [item.key for item in items[i + 1 : i + 4]]
    if keys[:1] != ["and"] or "half" not in keys:
        return None
    j = i + 1 + keys.index("half")
    value = items[i].value + 0.5 * SECONDS.get(items[i].unit, 0)
    return new("dur", items, i, j, value, items[i].unit), j + 1


_SMALLER: dict[int, tuple[str, ...]] = {
    86400: ("h", "hr", "hrs", "hour", "hours"),
    3600: ("m", "min", "mins", "minute", "minutes", "minuten"),
    60: ("s", "sec", "secs", "second", "seconds"),
}


def _family(item: Item) -> int:
    return int(SECONDS.get(item.unit, 0))


# -- numbers with units -------------------------------------------------------------------


def _number(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    if items[i].kind != "number":
        return None
    unit, joint = at(items, i + 1), at(items, i + 2)
    if unit is not None and joint is not None and not unit.glued and (
        joint.key == "=" or _labels_number(items, i)
    ):  # fmt: skip
        return None  # ``p99=250 rps=1200``: the word is the label of the next number
    for reader in (_percent, _cpu, _rate, read_money_behind, _bytes, _duration, _frequency):
        read = reader(items, i)
        if read is not None:
            return read
    return None


_LABELS = ("replica", "zone", "region", "p99", "p95", "objective", "rateunit", "worker", "port")


def _labels_number(items: Sequence[Item], i: int) -> bool:
    """``zones 2 rps 300`` and ``zones:2 rps:300``: each noun stands before its number."""
    label = at(items, i - 1)
    if label is not None and label.key == ":":
        label = at(items, i - 2)
    if label is None or not label.has(*_LABELS):
        return False
    j = i + 3 if (colon := at(items, i + 2)) is not None and colon.key == ":" else i + 2
    number, k = at(items, j), i - 2
    if number is None or number.kind != "number":
        return False
    for _ in range(6):
        before, label = at(items, k), at(items, k - 1)
        if before is None or before.kind != "number":
            return True
        if label is None or not label.has(*_LABELS):
            return False
        k -= 2
    return True


def _unit_at(items: Sequence[Item], i: int) -> int:
    """Where the unit stands: behind the number, or behind a hyphen (``30-day``)."""
    after = at(items, i + 1)
    if after is not None and after.key in ("-", "+", "x") and after.glued:
        return i + 2
    return i + 1


def _percent(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    j = _unit_at(items, i)
    unit = at(items, j)
    if unit is None or not unit.has("percent"):
        return None
    value = items[i].value
    written = items[i].key
    if value > 100 and written.count(",") == 1 and "." not in written:
        value = float(written.replace(",", "."))
    return new("pct", items, i, j, value, "%"), j + 1


def _cpu(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    j = _unit_at(items, i)
    unit, after = at(items, j), at(items, j + 1)
    if unit is None:
        return None
    if unit.key == "m" and unit.glued and after is not None and after.has("cpu"):
        return new("cpu", items, i, j + 1, items[i].value, "m"), j + 2
    if unit.has("millicpu"):
        return new("cpu", items, i, j, items[i].value, "m"), j + 1
    if unit.key in ("a", "of") and after is not None and after.has("cpu"):
        return new("cpu", items, i, j + 1, items[i].value * 1000, "cpu"), j + 2
    if unit.key == "m" and unit.glued and after is not None and after.key == "of":
        noun = at(items, j + 2)
        if noun is not None and noun.has("cpu"):
            return new("cpu", items, i, j + 2, items[i].value, "m"), j + 3
    if unit.has("cpu") and not _numbered(items, j):
        return new("cpu", items, i, j, items[i].value * 1000, "cpu"), j + 1
    return None


def _numbered(items: Sequence[Item], j: int) -> bool:
    """``3..12 cpu 70``: the noun's own number stands behind it and closes the phrase."""
    after, behind = at(items, j + 1), at(items, j + 2)
    if after is None or after.kind != "number":
        return False
    return behind is None or behind.has("sep")


def _rate(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    j = _unit_at(items, i)
    if items[i].unit and (of := at(items, j)) is not None and of.key in ("of", "de", "d'"):
        j += 1
    for _ in range(2):
        word = at(items, j)
        if word is None or not word.has("adj", "avg", "peak") or word.has("req", "rateunit"):
            break
        if not _leads_to_rate(items, j + 1):
            break
        j += 1
    unit = at(items, j)
    if unit is None:
        return None
    if unit.has("rateunit") and RATE_UNITS.get(unit.key):
        return _scaled(items, i, j, RATE_UNITS[unit.key], unit.key), j + 1
    if not unit.has("req", "shortreq"):
        return None
    k = j + 1
    while (filler := at(items, k)) is not None and k - j <= 2 and (
        (filler.has("avg", "peak", "traffic", "fill", "req") or filler.key in ("(", ")"))
        and not filler.has("period") and filler.kind != "sep"
        and (period := at(items, k + 1)) is not None and period.kind == "period"
    ):  # fmt: skip
        k += 1
    period = at(items, k)
    if period is None or period.kind != "period":
        return None
    made = new("rate", items, i, k, items[i].value, period.unit)
    made.period = period.value
    made.value = _per_period(items[i], period.value)
    return made, k + 1


def _leads_to_rate(items: Sequence[Item], i: int) -> bool:
    return any(
        (item := at(items, k)) is not None and item.has("req", "rateunit", "shortreq")
        for k in (i, i + 1)
    )


def _scaled(items: Sequence[Item], i: int, j: int, factor: float, unit: str) -> Item:
    value = european_thousands(items[i]) if factor >= 1 else items[i].value
    made = new("rate", items, i, j, value * factor, unit)
    made.period = 3600.0 if unit.endswith("ph") else 60.0 if unit.endswith("pm") else 1.0
    return made


def _per_period(number: Item, period: float) -> float:
    """Requests a second; from a day on requests a month (a day counts 30.4 times)."""
    value = european_thousands(number)
    if period < DAY:
        return tidy(value / period)
    if period == DAY:
        return tidy(value * DAYS_A_MONTH)
    return tidy(value * MONTH / period)


def _rate_phrase(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``requests per second`` and ``rps``, whose number stands elsewhere."""
    item = items[i]
    after = at(items, i + 1)
    if item.has("rateunit") and RATE_UNITS.get(item.key, 0) > 0:
        made = new("ratephrase", items, i, i, RATE_UNITS[item.key], item.key)
        made.period = 1.0
        made.classes |= item.classes
        return made, i + 1
    if item.has("req") and after is not None and after.kind == "period":
        made = new("ratephrase", items, i, i + 1, 1 / after.value, after.unit)
        made.period = after.value
        return made, i + 2
    return None


def _bytes(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    j = _unit_at(items, i)
    unit = at(items, j)
    if unit is None or unit.key not in BYTES:
        return None
    if len(unit.key) == 1 or unit.key in ("go", "mo"):
        near = (at(items, j + 1), at(items, i - 1), at(items, i - 2), at(items, j + 2))
        if not any(item is not None and item.has("memory", "data", "cpu") for item in near):
            return None
        if unit.key == "mo" and (before := at(items, j - 1)) is not None and before.has("per"):
            return None
    made = new("bytes", items, i, j, items[i].value * BYTES[unit.key], unit.key)
    after = at(items, j + 1)
    if after is not None and after.kind == "period" and after.unit in ("s", "sec", "second"):
        made.period = after.value
        made.end = after.end
        j += 1
    return made, j + 1


def _duration(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    j = _unit_at(items, i)
    unit = at(items, j)
    before = at(items, i - 1)
    if unit is None or unit.key not in SECONDS or not unit.has("time"):
        return None
    if unit.key == "s" and unit.glued and items[i].value == 9 and before is not None and (
        before.kind == "number"
    ):  # fmt: skip
        return Item("word", "9s", items[i].start, unit.end, frozenset(("nines",))), j + 1
    if unit.key == "m" and not unit.glued and j == i + 1 and items[i].worded:
        return None
    if unit.key == "min" and _is_bound(items, i, j):
        return None
    if unit.has("det", "year") and not unit.glued and unit.key == "an":
        return None
    return new("dur", items, i, j, items[i].value * SECONDS[unit.key], unit.key), j + 1


def _is_bound(items: Sequence[Item], i: int, j: int) -> bool:
    """``3 min 30 max`` and ``6 replicas min 3``: ``min`` bounds, it is no unit."""
    after = [item for k in range(j + 1, j + 5) if (item := at(items, k)) is not None]
    words = [item for item in after if item.key not in (",", "/", "and", "-", "to", "replicas")]
    if len(words) >= 2 and words[0].kind == "number" and words[1].has("max"):
        return not items[j].glued
    return False


def _frequency(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``3 per day``, ``twice a week``, ``1200/s``: a number and a period without a noun."""
    j = i + 1
    word = at(items, j)
    if word is not None and word.has("times") and not word.has("time"):
        j += 1
    period = at(items, j)
    if period is None or period.kind != "period":
        return None
    if items[i].worded and items[i].value < 1 and period.has("dur"):
        return new("dur", items, i, j, items[i].value * period.value, period.unit), j + 1
    made = new("freq", items, i, j, items[i].value, period.unit)
    made.period = period.value
    return made, j + 1
