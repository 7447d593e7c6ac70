"""Ranges of numbers and quantities: ``200-400 rps``, ``3 to 30 replicas``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.numbers import at, new, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item

KINDS = frozenset(
    ("number", "rate", "dur", "bytes", "cpu", "money", "pct", "period", "freq", "ratephrase")
)
"""The kinds of items that are quantities."""


def read_range(items: Sequence[Item], i: int) -> tuple[Item, int] | None:
    """``200-400 rps``, ``3 to 30 replicas``, ``between 200 and 400 rps``, ``3..30``."""
    low = items[i]
    joint, high = at(items, i + 1), at(items, i + 2)
    if low.kind not in KINDS or low.low is not None or joint is None or high is None:
        return None
    if high.kind not in KINDS or high.low is not None or not _joins(items, i, joint):
        return None
    bottom = low.value
    if low.kind != high.kind:
        if low.kind != "number":
            return None
        bottom = low.value * _factor(high, low)
    if not 0 <= bottom < high.value:
        return None
    if low.kind == high.kind and low.kind == "number" and low.worded != high.worded:
        return None
    made = new(high.kind, items, i, i + 2, high.value, high.unit)
    made.low = tidy(bottom)
    made.period = high.period
    return made, i + 3


def _joins(items: Sequence[Item], i: int, joint: Item) -> bool:
    if joint.has("dash") and joint.key != "~":
        return True
    before = at(items, i - 1)
    if joint.key in ("and", "und", "et", "y"):
        return before is not None and before.has("between")
    return joint.key in ("to", "bis", "à", "a", "up to", "hasta", "until")


def _factor(high: Item, low: Item) -> float:
    """What one unit of the upper end's number is worth, so that both ends are alike."""
    number = float_of(high.key)
    if number is None or number == 0:
        return 1.0
    scale = high.value / number
    return 1.0 if low.unit == "k" and scale == 1000 else scale / (1000 if low.unit == "k" else 1)


def float_of(written: str) -> float | None:
    """The number that a quantity's text begins with, or None."""
    try:
        return float(written.replace(",", ""))
    except ValueError:
        return None
