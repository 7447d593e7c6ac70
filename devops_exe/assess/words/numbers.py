"""Numbers as they are written: signs, words, scales, thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.items import Item
from devops_exe.assess.words.measures import NUMBERS, SCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr"}
"""Signs of currencies."""


def at(items: Sequence[Item], i: int) -> Item | None:
    """The item at ``i``, or None beyond the ends."""
    return items[i] if 0 <= i < len(items) else None


def new(kind: str, items: Sequence[Item], i: int, j: int, value: float, unit: str = "") -> Item:
    """A quantity that stands for items ``i`` to ``j``, both included."""
    made = Item(kind, items[i].key, items[i].start, items[j].end, value=tidy(value),
                glued=items[i].glued)  # fmt: skip
    made.unit = unit
    made.worded = items[i].worded
    return made


def tidy(value: float) -> float:
    """A number without the last bits' noise; whole numbers as int.

    >>> tidy(1.1 * 1000), tidy(0.3)
    (1100, 0.3)
    """
    if abs(value) >= 1e300 or value != value:
        return value
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


def negative(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``-5``: a minus with a blank (or nothing) before it and none behind it."""
    after = at(items, i + 1)
    if items[i].key not in ("-", "−") or after is None or after.kind != "number":
        return None
    before = at(items, i - 1)
    stands_apart = before is None or not items[i].glued or before.key in ("(", "=", ":", "<")
    if not after.glued or not stands_apart:
        return None
    return new("number", items, i, i + 1, -after.value), i + 2


def number_words(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``twelve hundred``, ``twenty-five``, ``half a million``, ``two and a half``."""
    begun = _begun(items, i)
    if begun is None:
        return None
    total, (part, j) = 0.0, begun
    while (item := at(items, j)) is not None:
        value = _word_value(item.key)
        if value is not None and (part == 0 or (part % 100 >= 20 and value < 10) or part >= 100):
            if 0 < part < 100 and part % 10:
                break
            part += value
        elif item.key in SCALES and len(item.key) > 2:
            scale = SCALES[item.key]
            if scale == 100:
                part *= 100
            else:
                total += part * scale
                part = 0.0
        elif item.has("det") and part == 0.5 and _scale_at(items, j + 1):
            pass
        elif item.key == "and" and _tail_number(items, j):
            half = at(items, j + 2)
            if half is not None and half.key == "half":
                part += 0.5
                j += 3
                break
        elif item.key == "point" and (read := _decimals(items, j + 1)) is not None:
            total += read[0]
            j = read[1]
            break
        else:
            break
        j += 1
    made = new("number", items, i, j - 1, total + part)
    made.worded = True
    made.classes |= items[i].classes & {"single", "det", "zero", "timesword", "nines", "no"}
    made.key = items[i].key if j - 1 == i else ""
    return made, j


def _decimals(items: Sequence[Item], i: int) -> tuple[float, int] | None:
    """The digits behind ``point`` (``ninety-nine point nine five``), and where they end."""
    digits, j = "", i
    while (item := at(items, j)) is not None and 0 <= NUMBERS.get(item.key, 10) < 10:
        digits += f"{NUMBERS[item.key]:.0f}"
        j += 1
    return (float(f"0.{digits}"), j) if digits else None


def _word_value(key: str) -> float | None:
    if key in NUMBERS:
        return NUMBERS[key]
    head, _, tail = key.partition(" ")
    if head in NUMBERS and tail in NUMBERS:
        return NUMBERS[head] + NUMBERS[tail]
    return None


def _begun(items: Sequence[Item], i: int) -> tuple[float, int] | None:
    """What the number has before its first word is read, and where that stands."""
    if items[i].has("numword"):
        return 0.0, i
    if items[i].key in ("hundred", "thousand") and _begins(items, i):
        return 1.0, i
    return (1.0, i + 1) if _hundred_of_one(items, i) else None


def _begins(items: Sequence[Item], i: int) -> bool:
    """``hundred and twenty rps``: the scale begins the number."""
    before = at(items, i - 1)
    return before is None or not (before.kind == "number" or before.has("numword", "det"))


def _hundred_of_one(items: Sequence[Item], i: int) -> bool:
    return items[i].key in ("a", "couple") and _scale_at(items, i + 1)


def _scale_at(items: Sequence[Item], i: int) -> bool:
    item = at(items, i)
    return item is not None and item.key in SCALES and len(item.key) > 3


def _tail_number(items: Sequence[Item], i: int) -> bool:
    """``and a half`` or ``hundred and twenty``."""
    one, two = at(items, i + 1), at(items, i + 2)
    if one is not None and one.key == "a" and two is not None and two.key == "half":
        return True
    before = at(items, i - 1)
    return (
        before is not None and before.key in ("hundred", "thousand")
        and one is not None and one.key in NUMBERS
    )  # fmt: skip


def number_scale(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``1.2k``, ``3 million``, ``1 200`` before a noun of requests or a currency."""
    if items[i].kind != "number":
        return None
    j, value = i, items[i].value
    before = at(items, i - 1)
    bounded = before is not None and before.has("max", "min")
    while not bounded and _thousands_group(items, j, value, i):
        value = value * 1000 + items[j + 1].value
        j += 1
    if j > i and not _wants_thousands(items, j + 1):
        j, value = i, items[i].value
    scale = at(items, j + 1)
    if scale is not None and scale.key in SCALES and _scale_fits(items, j + 1):
        made = new("number", items, i, j + 1, value * SCALES[scale.key])
        made.unit = scale.key
        return made, j + 2
    if j == i:
        return None
    return new("number", items, i, j, value), j + 1


def _thousands_group(items: Sequence[Item], j: int, value: float, i: int) -> bool:
    after = at(items, j + 1)
    if after is None or after.kind != "number" or after.glued:
        return False
    return len(after.key) == 3 and after.key.isdigit() and (j > i or len(items[i].key) <= 3) and (
        value > 0 and value == int(value) and items[i].key.isdigit()
    )  # fmt: skip


def _wants_thousands(items: Sequence[Item], i: int) -> bool:
    after = at(items, i)
    return after is not None and (after.has("req", "rateunit", "usd", "othermoney", "peak", "avg")
                                  or after.key in SIGNS)  # fmt: skip


def _scale_fits(items: Sequence[Item], i: int) -> bool:
    """Whether ``k``, ``M``, ``b`` … multiply, rather than being minutes or bytes."""
    scale, after = items[i], at(items, i + 1)
    if scale.key in ("k", "thousand", "hundred") or len(scale.key) > 2:
        return True
    nouned = after is not None and (
        after.has("req", "rateunit", "shortreq", "adj", "usd") or after.key in ("$", "/", "€")
    )
    before = at(items, i - 2)
    money = before is not None and before.key in SIGNS
    if scale.key in ("mn", "mm"):
        return nouned or money
    if scale.key in ("m", "b") and after is not None and after.key in ("/", "per"):
        unit = at(items, i + 2)
        if unit is not None and unit.key in ("day", "d", "month", "mo", "hour", "week"):
            return True
    if scale.key == "m":
        return money or (nouned and after is not None and after.key != "/")
    return nouned or money or scale.key == "bn"


def european_thousands(number: Item) -> float:
    """``1.200`` of a rate is 1200: nobody states a thousandth of a request."""
    head, dot, tail = number.key.partition(".")
    if dot and len(tail) == 3 and tail.isdigit() and not number.unit and head not in ("", "0"):
        return number.value * 1000 if len(head) <= 3 else number.value
    return number.value
