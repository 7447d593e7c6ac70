"""Sums of money: ``$4k/month``, ``USD 4,000``, ``2.000 $ pro Monat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.measures import SECONDS, TIMES
from devops_exe.assess.words.numbers import SIGNS, at, european_thousands, new

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item

_DAY, _MONTH = SECONDS["day"], SECONDS["month"]


def read_money(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``$4k/month``, ``USD 4,000``, ``twice a week`` (as a frequency)."""
    item, number = items[i], at(items, i + 1)
    if item.has("timesword") and number is not None and number.kind == "period":
        made = new("freq", items, i, i + 1, TIMES[item.key], number.unit)
        made.period = number.value
        return made, i + 2
    sign = SIGNS.get(item.key) or (item.key if item.has("usd", "othermoney") else None)
    if sign is None or number is None or number.kind != "number":
        return None
    if item.key not in SIGNS and (before := at(items, i - 1)) and before.kind == "number":
        return None
    dash, high = at(items, i + 2), at(items, i + 3)
    if dash is not None and dash.key in ("-", "–") and high is not None and high.kind == "number":
        low = number.value * (1000 if high.unit == "k" and not number.unit else 1)
        if low < high.value:
            made, end = _priced(items, i, i + 3, high.value, sign)
            made.low = low
            return made, end
    return _priced(items, i, i + 1, number.value, sign)


def read_money_behind(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``4000 USD``, ``4k$ per month``."""
    unit = at(items, i + 1)
    if unit is None:
        return None
    sign = SIGNS.get(unit.key) or (unit.key if unit.has("usd", "othermoney") else None)
    if sign is None:
        return None
    after = at(items, i + 2)
    if unit.key in SIGNS and not unit.glued and after is not None and after.kind == "number":
        return None
    return _priced(items, i, i + 1, items[i].value, sign)


def _priced(items: Sequence[Item], i: int, j: int, value: float, sign: str) -> tuple[Item, int]:
    value = _thousands_of_money(items, i, j, value)
    usd = sign == "usd" or "dollar" in sign or sign in ("us$", "bucks", "dólares", "usd mo")
    tail = at(items, j + 1)
    if items[i].key in SIGNS and tail is not None and tail.has("usd"):
        j += 1
    made = new("money", items, i, j, value, "usd" if usd else sign)
    period = at(items, j + 1)
    if sign == "usd mo":
        made.period = _MONTH
    if period is not None and period.kind == "period":
        made.period = period.value
        made.end = period.end
        j += 1
    return made, j + 1


def _thousands_of_money(items: Sequence[Item], i: int, j: int, value: float) -> float:
    """``2.000 €`` is two thousand; a price a unit (``$1.125 per hour``) stays what it is."""
    after = at(items, j + 1)
    if after is not None and (after.has("per", "single") or (
        after.kind == "period" and after.value < _DAY
    )):  # fmt: skip
        return value
    number = next((item for item in items[i : j + 1] if item.kind == "number"), None)
    if number is None or number.value != value:
        return value
    return european_thousands(number)
