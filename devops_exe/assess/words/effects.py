"""From a match to facts: the units of the effects, and what makes no sense as one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from devops_exe.assess.words.measures import BYTES
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.quantities import DAY, MONTH
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from devops_exe.assess.profile import Value
    from devops_exe.assess.words.items import Item

GIB = 2.0**30
MIB = 2.0**20
WEEKS_A_MONTH = 4.345
"""Weeks in a month, as the published conversion has it."""

_MOST_NINES = 9


class Said(NamedTuple):
    """One thing the words said: field, value, and the words (offsets in the line)."""

    field: str
    value: Value
    start: int
    end: int
    weak: bool = False


class Unit(NamedTuple):
    """A unit of an effect: kinds of quantity it takes, best first, and how it converts."""

    kinds: tuple[str, ...]
    convert: Callable[[Item, str], Value]


def refuse(words: str, why: str, fix: str) -> NoReturn:
    """Refuse what makes no sense.

    Raises:
        UserError: always; ``where`` is the user's own words.
    """
    raise UserError(f"'{words}': {why}", where=words, fix=fix)


MOST_RPS = 1e12
"""Requests a second above which a figure is a slip and no load (a judgement)."""

_RATES = frozenset(("peak_rps", "average_rps", "rps_per_replica"))


def check_rate(field: str, value: Value, words: str) -> None:
    """Refuse a rate that no system has.

    Raises:
        UserError: ``value`` of a rate's ``field`` is above :data:`MOST_RPS`.
    """
    if field in _RATES and isinstance(value, int | float) and value > MOST_RPS:
        refuse(words, "no system serves so many requests a second", "state a rate below 1e12 rps")


def positive(value: float, words: str, fix: str, *, zero: bool = False) -> float:
    """``value`` where it is above zero (or zero where ``zero`` allows it).

    Raises:
        UserError: it is not.
    """
    if value < 0:
        refuse(words, "a quantity below zero makes no sense", fix)
    if value == 0 and not zero:
        refuse(words, "zero makes no sense here", fix)
    return value


def _rps(item: Item, words: str) -> Value:
    return tidy(positive(item.value, words, "state a rate above zero, such as '1200 rps'"))


def _duration(per: float, fix: str, *, zero: bool = False, bare: float = 1.0) -> Callable[
    [Item, str], Value
]:  # fmt: skip
    """A converter of durations into units of ``per`` seconds; bare numbers are ``bare`` each."""

    def convert(item: Item, words: str) -> Value:
        positive(item.value, words, fix, zero=zero)
        return tidy(item.value * bare if item.kind == "number" else item.value / per)

    return convert


def _count(least: int) -> Callable[[Item, str], Value]:
    def convert(item: Item, words: str) -> Value:
        fix = f"state a whole number of at least {least}"
        positive(item.value, words, fix, zero=least == 0)
        if item.value != int(item.value):
            refuse(words, "a part of one makes no sense", fix)
        return int(item.value)

    return convert


def slo(value: float, words: str) -> float:
    """An objective in percent, strictly between 0 and 100.

    Raises:
        UserError: 100 % or more leaves no error budget; 0 % or less promises nothing.
    """
    fix = "state an objective below 100 %, such as 99.9 %"
    if value == 100:
        refuse(words, "100 % leaves no error budget", fix)
    if value > 100:
        refuse(words, "an objective above 100 % makes no sense", fix)
    return tidy(positive(value, words, fix))


def _slo(item: Item, words: str) -> Value:
    return slo(item.value, words)


def _slo_left(item: Item, words: str) -> Value:
    return slo(100 - item.value, words)


def _nines(item: Item, words: str) -> Value:
    """N nines: 100 - 10^(2-N) percent; a half nine is a five (three and a half: 99.95)."""
    count = positive(item.value, words, "state a number of nines, such as 'three nines'")
    if count > _MOST_NINES:
        refuse(words, f"more than {_MOST_NINES} nines cannot be measured", "state fewer nines")
    whole = int(count)
    value = 100 - 10.0 ** (2 - whole)
    if count - whole == 0.5:
        value += 5 * 10.0 ** (1 - whole)
    return tidy(value)


def _ratio(item: Item, words: str) -> Value:
    fix = "state a percentage between 0 and 100"
    positive(item.value, words, fix)
    if item.value >= 100:
        refuse(words, "a share of 100 % or more makes no sense here", fix)
    return tidy(item.value / 100)


def _percent(item: Item, words: str) -> Value:
    """A percentage as it is, above 0 and up to 100."""
    fix = "state a percentage up to 100"
    if positive(item.value, words, fix) > 100:
        refuse(words, "more than all of it makes no sense", fix)
    return tidy(item.value)


def _plain(item: Item, words: str) -> Value:
    return tidy(positive(item.value, words, "state a value above zero"))


def _gib(item: Item, words: str) -> Value:
    return tidy(positive(item.value, words, "state an amount of data above zero") / GIB)


def _mib(item: Item, words: str) -> Value:
    """Memory in MiB; ``GB`` and ``MB`` of memory are read as binary, as memory is sold."""
    positive(item.value, words, "state an amount of memory above zero")
    return tidy(binary_bytes(item) / MIB)


def binary_bytes(item: Item) -> float:
    """Bytes of memory: decimal prefixes of byte units are taken as binary ones."""
    size = BYTES.get(item.unit, 1)
    power = round(math.log(size, 1000)) if size >= 1000 and size % 1000 == 0 else 0
    return float(item.value) * 1.024**power


def _port(item: Item, words: str) -> Value:
    port = int(item.value)
    if not 1 <= port <= 65535 or port != item.value:
        refuse(words, "a port is a whole number from 1 to 65535", "state such a port")
    return port


_TIME = ("dur", "period", "number")

UNITS: dict[str, Unit] = {
    "rps": Unit(("rate", "freq", "number"), _rps),
    "ms": Unit(_TIME, _duration(1e-3, "state a time above zero, such as '250 ms'")),
    "seconds": Unit(_TIME, _duration(1, "state a time above zero, such as '45 s'")),
    "seconds0": Unit(_TIME, _duration(1, "state a time, such as '10 s'", zero=True)),
    "hours": Unit(_TIME, _duration(3600, "state a time above zero, such as '24 h'")),
    "percent": Unit(("pct",), _percent),
    "minutes": Unit(_TIME, _duration(60, "state a time above zero, such as '15 min'")),
    "minutes0": Unit(_TIME, _duration(60, "state a time, such as '5 min'", zero=True)),
    "count": Unit(("number",), _count(1)),
    "count0": Unit(("number",), _count(0)),
    "slo": Unit(("pct",), _slo),
    "slo_left": Unit(("pct",), _slo_left),
    "nines": Unit(("number",), _nines),
    "ratio": Unit(("pct",), _ratio),
    "plain": Unit(("pct", "number"), _plain),
    "gib": Unit(("bytes",), _gib),
    "mib": Unit(("bytes",), _mib),
    "port": Unit(("number",), _port),
}  # fmt: skip
"""The units of the effects of ``grammar``."""


def pick(quantities: Sequence[Item], kinds: Sequence[str], nth: int = 1) -> Item | None:
    """The ``nth`` quantity of the best of ``kinds`` that occurs at all."""
    for kind in kinds:
        fitting = [item for item in quantities if item.kind == kind]
        if len(fitting) >= nth:
            return fitting[nth - 1]
    return None


def month_of(value: float, period: float) -> float:
    """A sum a period as a sum a month (a day counts 30.4 times, a week 4.345 times)."""
    if period == 0 or period == MONTH:
        return tidy(value)
    if period == DAY:
        return tidy(value * 30.4)
    return tidy(value * MONTH / period)


def week_of(count: float, period: float) -> float:
    """Events a period as events a week; a month is 4.345 weeks."""
    if period == MONTH:
        return tidy(count / WEEKS_A_MONTH)
    return tidy(count * 7 * DAY / period)
