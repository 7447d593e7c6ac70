"""Readers of objectives and recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import (
    MIB,
    pick,
    positive,
    slo,
)
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_names import say_product
from devops_exe.assess.words.quantities import DAY, MONTH
from devops_exe.assess.words.ranges import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Found, Reader


def _bare_percent(found: Found) -> bool:
    """A percentage without a noun: an objective where nothing around it says otherwise."""
    line, after = found.line, found.after
    before = found.before[-1] if found.before else None
    value = found.quantities[0].value
    if before is not None and (before.has("strategy", "split", "pct") or before.key == "+"):
        return False
    if _in_steps(found) or (value >= 100 and before is not None and before.has("max", "min")):
        return False
    if after is not None and (after.kind in ("word", "name") and len(after.classes) == 1):
        return False
    if after is not None and after.has("env", "req") and not after.has("over"):
        return False
    if (
        after is not None
        and not after.has("rolling")
        and after.has("split", "strategy", "memory", "cpu", "traffic", "deploy")
    ):
        return False
    if 90 <= value < 100:
        return found.say("slo_percent", tidy(value))
    alone = (before is None or before.has("sep", "and") or len(before.classes) > 1) and (
        after is None or after.has("sep", "and", "over")
    )
    if value >= 100 and alone and not line.has("strategy"):
        return found.say("slo_percent", slo(value, found.text))
    return False


ASKING = words(
    "why make bump raise set change lower increase try go push take what how about if use say let's"
    " scale autoscale cap limit allow permit"
    " keep give me want need reduce drop get plan for is be and or then"
)


def _bare_objective(found: Found) -> bool:
    """A bare ``99.95`` is an objective; a bare ``99`` is one only between separators."""
    number = found.quantities[0]
    if number.worded or number.low is not None or not 99 <= number.value < 100:
        return False
    near = list(found.before[-3:])
    if _labelled(near):
        return False
    last = near[-1] if near else None
    if "." not in number.key:
        if not (_parted(last) and _parted(found.after)):
            return last is not None and last.key == "it" and _say_objective(found, number)
        return _say_objective(found, number)
    after = found.after
    if after is not None and not after.has(*_AROUND):
        return False
    while near and near[-1].has("fill"):
        if near.pop().key in ("with", "to", "for"):
            return _say_objective(found, number)
    plain = near and near[-1].kind == "word" and len(near[-1].classes) == 1
    if plain and near[-1].key not in ASKING:
        return False
    return _say_objective(found, number)


def _labelled(near: Sequence[Item]) -> bool:
    """Whether the number belongs to a percentile, a version or a sum named right before it."""
    for item in reversed(near):
        if item.has("p99", "p95", "pother", "percentile", "tag", "port", "budget"):
            return True
        if item.kind in KINDS or item.has("sep"):
            return False
    return False


_AROUND = ("sep", "and", "over", "on", "no", "max", "min", "formerly", "product", "rto", "rpo",
           "p99", "p95", "latency", "peak", "avg", "number", "rate", "dur", "pct", "bytes", "cpu",
           "money", "period", "fill", "strategy", "traffic", "startup", "backup", "env",
           "stateful", "stateless", "zero", "sticky", "schema", "aside", "budget")  # fmt: skip


def _parted(item: Item | None) -> bool:
    return item is None or item.has("sep", "and", "dash") or item.key in ("(", ")", "[", "]")


def _say_objective(found: Found, number: Item) -> bool:
    found.line.note(f"'{number.key}' is read as an objective of {number.key} %")
    found.line.say("slo_percent", tidy(number.value), number.start, number.end)
    return True


def _in_steps(found: Found) -> bool:
    """Whether a percentage is one of several in a row: steps of a rollout."""
    for near in (found.before[::-1], found.ahead):
        if near and near[0].kind == "pct":
            return True
        if len(near) > 1 and near[1].kind == "pct" and near[0].has("sep", "dash", "and", "to"):
            return True
    return False


def _objective_number(found: Found) -> bool:
    number = pick(found.quantities, ("number",))
    if number is None or (number.worded and number.value):
        return False
    if number is found.items[0] and (number.value > 100 or _numbered(found.after)):
        return False
    value = number.value * 100 if 0.5 <= number.value < 1 else number.value
    if not (value >= 50 or value <= 0):
        return False
    return found.say("slo_percent", slo(value, found.text))


def _numbered(after: Item | None) -> bool:
    """Whether the objective's own number follows (``1200 rps, 4 SLO 99.9``)."""
    return after is not None and after.kind in ("pct", "number")


def _nines_five(found: Found) -> bool:
    """``three nines five`` is 99.95 %."""
    if found.quantities[-1].value != 5:
        return False
    nines = found.quantities[0].value
    return found.say("slo_percent", tidy(100 - 10 ** (2 - nines) + 5 * 10 ** (1 - nines)))


def _survives(found: Found) -> bool:
    """``survive one zone``; what follows ``with`` is what there is: ``survive with 2 replicas``."""
    return not any(item.key in ("with", "on", "mit", "avec", "con") for item in found.items)


def _understood(found: Found) -> bool:
    """Understood, and no field of the profile: nothing is set, nothing is listed."""
    return bool(found.items)


def _window(found: Found) -> bool:
    """A period of days behind an objective is its window."""
    item = pick(found.quantities, ("dur", "period"))
    if item is None:
        return False
    if not found.line.has("slo_percent"):
        before = found.before[-1].key if found.before else ""
        named = found.items[0].has("window") and before not in _OTHER_WINDOWS
        if not named or not 7 * DAY <= item.value <= 366 * DAY:
            return False
    if item.value < DAY:
        return False
    if not any(word.has("window", "rolling") for word in found.items) and not _near_slo(found):
        return False
    return found.say("slo_window_days", _days(item))


_OTHER_WINDOWS = words("maintenance retention backup change freeze release deploy")


def _days(item: Item) -> float:
    """Days of a window; a month is 30, a quarter 90, as objectives are counted."""
    if item.unit and item.value % MONTH == 0:
        return tidy(30 * item.value / MONTH)
    return tidy(item.value / DAY)


def _near_slo(found: Found) -> bool:
    last = next(said for said in reversed(found.line.said) if said.field == "slo_percent")
    return found.start - last.end <= 24


_LEAST_BARE = 90
"""Per cent from which a share without a noun can be an objective (a judgement)."""


def _objective_period(found: Found) -> bool:
    period = pick(found.quantities, ("period",))
    share = pick(found.quantities, ("pct",))
    named = any(item.has("objective") for item in found.items)
    if share is None or (share.value < _LEAST_BARE and not named):
        return False
    if period is None or period.value < DAY or not found.put("slo_percent", "slo"):
        return False
    return found.say("slo_window_days", _days(period))


def _objective_span(found: Found) -> bool:
    """``99.9% slo 30d``: days right behind an objective are its window."""
    time = pick(found.quantities, ("dur",))
    if time is None or time.value < 7 * DAY or time.value > 366 * DAY:
        return False
    share = pick(found.quantities, ("pct",))
    if share is None or not 90 <= share.value < 100 or not found.put("slo_percent", "slo"):
        return False
    return found.say("slo_window_days", _days(time))


def _no_loss(found: Found) -> bool:
    number = pick(found.quantities, ("number",))
    if number is not None and number.value != 0:
        return False
    return found.say("rpo_minutes", 0)


def _store_bytes(found: Found) -> bool:
    """``postgres with 500 GiB``; what belongs to memory behind it is left to memory."""
    after = found.after
    if after is not None and after.has("memory", "cpu"):
        return False
    return found.put("data_gib", "gib") and say_product(found)


def _bytes_store(found: Found) -> bool:
    return found.put("data_gib", "gib") and say_product(found)


def _backup_frequency(found: Found) -> bool:
    freq = pick(found.quantities, ("freq",))
    if freq is None:
        return False
    count = positive(freq.value, found.text, "state backups a day above zero")
    return found.say("backup_interval_minutes", tidy(freq.period / count / 60))


def _backup_every(found: Found) -> bool:
    """``backup interval 15 min``; ``backups for 10 years`` is how long they are kept."""
    kept = any(item.key in ("for", "für", "pour", "para") for item in found.items)
    time = pick(found.quantities, ("dur",))
    if kept or time is None or time.value > _LONGEST_INTERVAL:
        return found.unused()
    return found.put("backup_interval_minutes", "minutes")


_LONGEST_INTERVAL = 31 * DAY
"""Seconds between backups above which a time is how long they are kept (a judgement)."""


def _backup_count(found: Found) -> bool:
    number, period = pick(found.quantities, ("number",)), pick(found.quantities, ("period",))
    if number is None or period is None:
        return False
    count = positive(number.value, found.text, "state backups a day above zero")
    return found.say("backup_interval_minutes", tidy(period.value / count / 60))


def _restore_rate(found: Found) -> bool:
    item = pick(found.quantities, ("bytes",))
    if item is None or item.period != 1:
        return False
    value = positive(item.value, found.text, "state a rate above zero")
    return found.say("restore_mib_per_second", tidy(value / MIB))


READERS: dict[str, Reader] = {
    "bare_percent": _bare_percent,
    "bare_objective": _bare_objective,
    "objective_number": _objective_number,
    "nines_five": _nines_five,
    "understood": _understood,
    "survives": _survives,
    "window": _window,
    "objective_period": _objective_period,
    "objective_span": _objective_span,
    "no_loss": _no_loss,
    "store_bytes": _store_bytes,
    "bytes_store": _bytes_store,
    "backup_frequency": _backup_frequency,
    "backup_every": _backup_every,
    "backup_count": _backup_count,
    "restore_rate": _restore_rate,
}
"""The readers by the names that the effects of the rules use."""
