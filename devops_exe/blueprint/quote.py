"""Quoting: how a figure of the ledger stands in a text, and how it is printed.

A draft never holds a number: it holds marks, each a reference (``L3.rto_minutes``) and a
style. :func:`resolve` puts the printed figure in the mark's place and says which reference
it came from, so that every figure of a document can be traced.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPEN, _BAR, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([^{_BAR}]*){_BAR}([a-z]*){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text with its figures printed, and the references they came from, in order."""

    text: str
    references: tuple[str, ...]


def mark(reference: str, style: str) -> str:
    """A mark to stand in a draft.

    Args:
        reference: a ledger reference, or ``profile:FIELD``.
        style: a key of :data:`STYLES`.
    """
    return f"{_OPEN}{reference}{_BAR}{style}{_CLOSE}"


def parts_of(text: str) -> list[object]:
    """A text with marks as an engine reads and writes it: texts and ``{"figure": …}``.

    >>> parts_of("RTO " + mark("L3.rto_minutes", "minutes") + " minutes")
    ['RTO ', {'figure': 'L3.rto_minutes', 'style': 'minutes'}, ' minutes']
    """
    parts: list[object] = []
    end = 0
    for match in _MARK.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append({"figure": match[1], "style": match[2]})
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return parts


def marks(text: str) -> tuple[str, ...]:
    """The references of the marks in a text, in order."""
    return tuple(match[1] for match in _MARK.finditer(text))


def plain(text: str) -> str:
    """Text of somebody else, which may hold no mark."""
    return re.sub(f"[{_OPEN}{_BAR}{_CLOSE}]", "", text)


def resolve(text: str, look_up: Callable[[str], object]) -> Quoted:
    """Put printed figures in the place of marks.

    Raises:
        UserError: a reference names nothing, or its value does not fit the style.
    """
    references: list[str] = []

    def printed(match: re.Match[str]) -> str:
        reference, style = match[1], match[2]
        references.append(reference)
        return show(look_up(reference), style, reference)

    return Quoted(_MARK.sub(printed, text), tuple(references))


def show(value: object, style: str, reference: str = "figure") -> str:
    """A value as printed in a style.

    Raises:
        UserError: the value is no number, or the style is unknown.
    """
    if style == "text" and isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or style not in STYLES:
        raise UserError(
            f"{reference} is no number that can be printed as {style or 'a figure'}",
            where="figure",
            fix="refer to an output that is a number",
            code="unknown_reference",
        )
    return STYLES[style](float(value))


def number(value: float) -> str:
    """Up to four significant digits, thousands parted.

    >>> number(1200), number(41.999999), number(0.0144), number(69.0)
    ('1,200', '42', '0.0144', '69')
    """
    if value == round(value) and abs(value) < 1e15:
        return f"{round(value):,}"
    digits = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(digits, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: float) -> str:
    """A whole number, thousands parted.

    >>> count(1234567.0)
    '1,234,567'
    """
    return f"{round(value):,}"


def percent(value: float) -> str:
    """A percentage with its sign; near 100 with as many digits as the rest to 100 needs.

    >>> percent(99.95), percent(0.17234), percent(2.0)
    ('99.95 %', '0.1723 %', '2 %')
    >>> percent(99.999), percent(99.99512), percent(99.9872)
    ('99.999 %', '99.9951 %', '99.987 %')
    """
    if not 99 < value < 100:
        return f"{number(value)} %"
    decimals = min(12, 1 - math.floor(math.log10(100 - value) + 1e-9))
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return f"{text} %"


def exact(value: float) -> str:
    """A percentage in a field of its own: up to three decimals, never rounded up to 100.

    >>> exact(99.9512), exact(100.0), exact(99.9999)
    ('99.951', '100', '99.999')
    """
    text = f"{math.floor(value * 1000 + 1e-6) / 1000:.3f}"
    return text.rstrip("0").rstrip(".")


def tenth(value: float) -> str:
    """One decimal, none where it is nought.

    >>> tenth(51.111), tenth(10.0)
    ('51.1', '10')
    """
    return f"{value:.1f}".removesuffix(".0")


def ratio(value: float) -> str:
    """A ratio as a percentage.

    >>> ratio(0.0144)
    '1.44 %'
    """
    # a ratio of doubles times 100 carries noise in its last bits: 14 digits are kept
    return percent(float(f"{value * 100:.14g}"))


def minutes(value: float) -> str:
    """Minutes with one decimal under ten, none above.

    >>> minutes(4.5166), minutes(12.4), minutes(4.0), minutes(9.96)
    ('4.5', '12', '4.0', '10')
    """
    text = f"{value:.1f}"
    return text if float(text) < 10 else f"{value:,.0f}"


def span(value: float) -> str:
    """Minutes in the largest unit that keeps the figure readable.

    >>> span(5.0), span(1440), span(0.5)
    ('5 min', '1 d', '30 s')
    """
    return duration(value * 60)


def duration(seconds: float) -> str:
    """Seconds in the largest unit that keeps the figure readable.

    >>> [duration(s) for s in (0.2, 25.92, 271.0, 3600, 21600, 259200, 2592000)]
    ['0.2 s', '25.9 s', '4.5 min', '1 h', '6 h', '3 d', '30 d']
    """
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= size and (unit != "min" or seconds >= 120 or seconds % 60 == 0):
            value = seconds / size
            return f"{_one_decimal(value)} {unit}"
    return f"{_one_decimal(seconds)} s"


def _one_decimal(value: float) -> str:
    text = f"{value:.1f}" if value < 100 else f"{value:,.0f}"
    return text.removesuffix(".0")


def risk(value: float) -> str:
    """A share of the error budget in percent, two significant digits or two decimals.

    >>> risk(0.11604), risk(3.2177), risk(0.0101), risk(0.0), risk(12345.6)
    ('0.12 %', '3.2 %', '0.01 %', '0 %', '12,346 %')
    """
    if value >= 10:
        return f"{value:,.0f} %"
    text = f"{value:.2f}" if value < 1 else f"{value:.1f}"
    return f"{text.rstrip('0').rstrip('.') or '0'} %" if "." in text else f"{text} %"


def money(value: float) -> str:
    """Dollars, whole from ten on.

    >>> money(2345.6), money(0.5)
    ('$2,346', '$0.50')
    """
    return f"${value:,.0f}" if value >= 10 else f"${value:,.2f}"


STYLES: Mapping[str, Callable[[float], str]] = {
    "number": number,
    "count": count,
    "percent": percent,
    "exact": exact,
    "tenth": tenth,
    "ratio": ratio,
    "risk": risk,
    "minutes": minutes,
    "duration": duration,
    "span": span,
    "money": money,
}
"""How a figure is printed, by name; ``duration`` takes seconds, ``span`` minutes, ``ratio`` a
share of one."""
