"""Readers of load and latency: what a rate or a time means where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import (
    pick,
    positive,
)
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.measures import SECONDS
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_change import Later
from devops_exe.assess.words.phrases_names import say_named
from devops_exe.assess.words.quantities import DAY, MONTH

if TYPE_CHECKING:
    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Found, Reader


_USERS = frozenset(("users", "devices", "clients", "customers", "tenants", "sensors", "user"))
_MOST_LOOKED = 100
_MOST_SAID = 40
"""Statements up to which a line is looked through for the rate beside its peak."""
_LONGEST_LATENCY = 60.0
"""Seconds from which a time behind a percentage is no latency."""


def _one_handles(found: Found) -> bool:
    """``1 VM does 20 rps``: one of them; what several do together is the load."""
    return found.quantities[0].value == 1 and found.put("rps_per_replica", "rps")


def _share_of_rate(found: Found) -> bool:
    found.line.note(f"'{found.text}' is a share of a rate; say the figure itself")
    return found.unused()


_MESSAGES = ("messag", "msg", "event", "record")


def _messages(found: Found) -> bool:
    """``20,000 Kafka messages/s``: what a broker carries is no request of a user."""
    broker = next((item for item in found.items if item.has("datastores")), None)
    if broker is None or not any(word in found.text.casefold() for word in _MESSAGES):
        return False
    say_named(found, broker)
    return _no_requests(found)


def _no_requests(found: Found) -> bool:
    found.line.note(f"'{found.text}': messages are not requests; it is not used as the load")
    return found.unused()


def _beside_requests(found: Found) -> bool:
    """``1200 rps, 20k messages/s``: a rate of messages where one of requests is named."""
    if not _of_messages(found.text):
        return False
    own, text = found.quantities[0], found.line.text
    return any(
        item is not own and not _of_messages(text[item.start : item.end])
        for item in found.line.rates
    )


def _of_messages(text: str) -> bool:
    return any(word in text.casefold() for word in ("messag", "msg"))


def _load(found: Found, field: str) -> bool:
    rate = pick(found.quantities, ("rate", "freq", "number"))
    if rate is None:
        return False
    value = positive(rate.value, found.text, "state a rate above zero, such as '1200 rps'")
    if rate.kind == "rate" and rate.period >= DAY:
        return found.say("monthly_requests", value)
    if rate.kind == "number" and not _says_rate(found) and found.line.has("replicas"):
        return False
    if rate.kind == "number" and not _says_rate(found):
        found.line.note(f"'{found.text}' has no unit; it is read as requests per second")
    if rate.low is not None:
        found.say("average_rps", rate.low)
        return found.say("peak_rps", value)
    return found.say(field, tidy(value * _pending_unit(found, rate)))


def _says_rate(found: Found) -> bool:
    return bool(found.line.kinds & {"rate", "ratephrase"})


def _pending_unit(found: Found, rate: Item) -> float:
    """Seconds-per-period of the line's rate, for a number that leans on it (``2k average``)."""
    if rate.kind != "number":
        return 1.0
    for item in found.line.rates:
        if item.kind == "rate" and 1 < item.period < DAY:
            return 1 / item.period
        if item.kind == "rate":
            return 1.0
    return 1.0


def _rate(found: Found) -> bool:
    rate = found.quantities[0]
    users = any(item.key in _USERS for item in found.line.items[:_MOST_LOOKED])
    if users and " every " in f" {found.text} " and rate.value < 1:
        return found.unused()  # ``10,000 users, 1 request every 10 s``: of one of them
    if _beside_requests(found):
        return _no_requests(found)
    if rate.period < DAY and rate.low is None and 0 < rate.value < found.line.peak:
        found.line.note(f"'{found.text}' is below the peak that was named; it is not used")
        return found.unused()
    return _load(found, "peak_rps")


def _plain_is_usual(found: Found, peak: float) -> None:
    """``200 rps, peak 900``: of two rates the one without a name is the usual one."""
    said = found.line.said
    if found.line.has("average_rps") or len(said) > _MOST_SAID:
        return
    plain = [
        i
        for i, one in enumerate(said[:-1])
        if one.field == "peak_rps" and isinstance(one.value, int | float) and one.value < peak
        and not _named_peak(found, one.start, one.end)
    ]  # fmt: skip
    if len(plain) != 1:
        return
    usual = said.pop(plain[0])
    found.line.say("average_rps", usual.value, usual.start, usual.end)
    words = found.line.words(usual.start, usual.end)
    found.line.note(f"'{words}' stands beside a peak; it is read as the average")


def _named_peak(found: Found, start: int, end: int) -> bool:
    return any(
        item.has("peak", "max", "min") for item in found.line.items if start <= item.start < end
    )


def _peak(found: Found) -> bool:
    after = found.after
    if found.items[-1].kind == "number" and after is not None and after.has("req"):
        return False
    if any(item.has("max", "min") for item in found.items) and not any(
        item.kind == "rate" or item.has("peak", "traffic") for item in found.items
    ):
        return False
    if found.items[-1].has("peak", "traffic") and _own_figure(found):
        return False  # ``350 rps with peaks to 1.1k``: the peak has a figure of its own
    if not _load(found, "peak_rps"):
        return False
    last = found.line.said[-1]
    if last.field == "peak_rps" and any(item.has("peak") for item in found.items):
        found.line.peak = max(found.line.peak, float(str(last.value)))
    if last.field == "peak_rps":
        _plain_is_usual(found, float(str(last.value)))
    return True


def _own_figure(found: Found) -> bool:
    """Whether the word that ends the match leads to a figure behind it."""
    first = next((item for item in found.ahead if not item.has("fill", "to", "max", "min")), None)
    led = bool(found.ahead) and found.ahead[0].has("fill", "to", "max", "min", "number", "rate")
    if not led or first is None or found.ahead[0].key == "(":
        return False
    return first.kind in ("number", "rate")


def _average(found: Found) -> bool:
    return _load(found, "average_rps")


def _multiple(found: Found) -> bool:
    """``peak 5x average``: a multiple of the average that was said."""
    number = pick(found.quantities, ("number",))
    average = next((said.value for said in found.line.said if said.field == "average_rps"), None)
    month = next((said.value for said in found.line.said if said.field == "monthly_requests"), None)
    if average is None and isinstance(month, int | float):
        average = month / MONTH
    if any(item.key in ("the", "our", "current", "today's") for item in found.items) and not any(
        item.has("avg") for item in found.items
    ):
        return False
    if number is not None and average is None:
        found.line.later.append(Later("multiple", found, number.value))
        return True
    if number is None or not isinstance(average, int | float):
        return found.unused()
    factor = positive(number.value, found.text, "state a multiple above zero")
    return found.say("peak_rps", tidy(factor * average))


def _rate_pair(found: Found) -> bool:
    """``150 rps/600 rps peak``: average and peak."""
    low, high = found.quantities[0], found.quantities[-1]
    if not 0 < low.value < high.value or high.period >= DAY:
        return False
    found.say("average_rps", low.value)
    return found.say("peak_rps", high.value)


def _workers(found: Found) -> bool:
    """``4 workers x 2 threads``: their product serves at once."""
    joined = any(item.key in ("x", "×", "times") for item in found.items)
    threads = [item.key.endswith(("thread", "threads")) for item in found.items
               if item.has("worker")]  # fmt: skip
    if not joined and len(set(threads)) < 2:
        return False
    count = 1.0
    for item in found.quantities:
        count *= positive(item.value, found.text, "state workers above zero")
    return found.say("workers", tidy(count))


def _freq(found: Found) -> bool:
    """A bare ``1200/s`` is a rate; ``3 per day`` of nothing is not understood."""
    item = found.quantities[0]
    if item.period > 60 or not item.period:
        return _many_a_day(found, item)
    value = positive(item.value, found.text, "state a rate above zero, such as '1200 rps'")
    return found.say("peak_rps", tidy(value / item.period))


_MANY = 10_000
"""A day's number from which it can only count requests, where nothing else is named."""


def _many_a_day(found: Found, item: Item) -> bool:
    """``2.5M/day``: so many of nothing else are requests; money and rarer things are not."""
    least = _MANY if item.period in (3600, DAY) else 100 * _MANY
    after = found.after
    if not item.period or item.value < least or (
        after is not None and not after.has("sep", "and", "on", "peak", "avg", "p99", "pct")
    ):  # fmt: skip
        return False
    found.line.note(f"'{found.text}' names no noun; it is read as requests")
    if item.period < DAY:
        return found.say("peak_rps", tidy(item.value / item.period))
    days = 30.4 * DAY if item.period == DAY else MONTH
    return found.say("monthly_requests", tidy(item.value * days / item.period))


def _phrase(found: Found, field: str) -> bool:
    unit = pick(found.quantities, ("ratephrase",))
    number = pick(found.quantities, ("number",))
    if unit is None or number is None:
        return False
    value = positive(number.value, found.text, "state a rate above zero, such as '1200 rps'")
    if any(item.has("peak") for item in found.items):
        field = "peak_rps"
    if unit.period >= DAY:
        days = 30.4 * DAY if unit.period == DAY else MONTH
        return found.say("monthly_requests", tidy(value * days / unit.period))
    return found.say(field, tidy(value * unit.value))


def _phrase_number(found: Found) -> bool:
    return _phrase(found, "peak_rps")


def _phrase_average(found: Found) -> bool:
    return _phrase(found, "average_rps")


def _requests_in(found: Found) -> bool:
    """``5000 requests within 10 seconds`` are 500 a second."""
    number, time = pick(found.quantities, ("number",)), pick(found.quantities, ("dur",))
    if number is None or time is None or number.value < 2 or not 1 <= time.value < DAY:
        return False
    found.line.note(f"'{found.text}' is read as a rate: {tidy(number.value / time.value):g} rps")
    return found.say("peak_rps", tidy(number.value / time.value))


def _mean_latency(found: Found) -> bool:
    found.line.note(f"'{found.text}' is read as the mean service time, waiting included")
    return found.put("service_ms", "ms")


def _latency(found: Found) -> bool:
    time = pick(found.quantities, ("dur", "period"))
    if time is None or time.value >= _LONGEST_LATENCY:
        return False
    found.line.note(f"'{found.text}' names no percentile; it is read as the 99th")
    return found.put("p99_ms", "ms")


def _parallel(found: Found) -> bool:
    """``p95/p99 80/200ms``: percentiles and their times, in one order and one unit."""
    labels = [item for item in found.items if item.has("p99", "p95", "pother")]
    times = found.quantities
    last = times[-1]
    unit = SECONDS.get(last.unit, 0.0)
    if len(labels) != len(times) or not unit:
        return False
    for label, time in zip(labels, times, strict=True):
        seconds = time.value if time.kind == "dur" else time.value * unit
        value = positive(seconds * 1000, found.text, "state a time above zero, such as '250 ms'")
        field = "p99_ms" if label.has("p99") else "p95_ms" if label.has("p95") else ""
        if field:
            found.say(field, tidy(value))
        else:
            found.line.listed.append((time.start, time.end))
    return True


def _share_latency(found: Found) -> bool:
    share = pick(found.quantities, ("pct",))
    field = {99: "p99_ms", 95: "p95_ms"}.get(
        int(share.value) if share and share.value % 1 == 0 else 0
    )
    time = pick(found.quantities, ("dur",))
    if time is None or time.value >= _LONGEST_LATENCY:
        return False
    return found.put(field, "ms") if field else found.unused()


_COUNTED = words(
    "searches uploads downloads binds logins signups bookings sales clicks views swaps scans trades"
    " quotes bids auctions documents notifications emails mails sms swipes likes posts comments"
    " tweets checkins transfers renders scores classifications recommendations impressions pings"
    " polls submissions translations redirects fetches gets puts authentications registrations"
    " reservations purchases deliveries invoices visits sign-ins log-ins detections votes"
    " suchanfragen buchungen bestellungen recherches commandes búsquedas pedidos reservas"
)
"""Nouns of what users ask for: so many a second are so many requests."""


def _counted(found: Found) -> bool:
    """``120 searches/s``: a noun of its own that comes so often a second counts as requests."""
    noun, period = found.items[1], found.quantities[-1]
    if found.line.rates or noun.key not in _COUNTED:
        return False
    number = found.quantities[0]
    if period.value not in (1, 60, 3600) or number.kind != "number" or number.low is not None:
        return False
    value = positive(number.value, found.text, "state a rate above zero, such as '1200 rps'")
    found.line.note(f"'{found.text}': {noun.key} are counted as requests")
    return found.say("peak_rps", tidy(value / period.value))


def _period_rate(found: Found) -> bool:
    """``daily 3M requests``: so many a day."""
    period, number = found.quantities[0], found.quantities[1]
    if number.kind != "number" or period.value < DAY:
        return False
    value = positive(number.value, found.text, "state requests above zero")
    days = 30.4 * DAY if period.value == DAY else MONTH
    return found.say("monthly_requests", tidy(value * days / period.value))


def _sum_of_rates(found: Found) -> bool:
    """``200 rps reads and 50 rps writes`` are 250 together."""
    rates = [item for item in found.quantities if item.kind == "rate" and item.period < DAY]
    if len(rates) != len(found.quantities) or any(item.low is not None for item in rates):
        return False
    total = tidy(sum(item.value for item in rates))
    found.line.note(f"'{found.text}' are {total:g} rps together")
    return found.say("peak_rps", total)


READERS: dict[str, Reader] = {
    "counted": _counted,
    "period_rate": _period_rate,
    "sum_of_rates": _sum_of_rates,
    "one_handles": _one_handles,
    "share_of_rate": _share_of_rate,
    "messages": _messages,
    "rate_pair": _rate_pair,
    "workers": _workers,
    "rate": _rate,
    "peak": _peak,
    "average": _average,
    "freq": _freq,
    "phrase_number": _phrase_number,
    "phrase_peak": _phrase_number,
    "phrase_average": _phrase_average,
    "mean_latency": _mean_latency,
    "requests_in": _requests_in,
    "latency": _latency,
    "share_latency": _share_latency,
    "parallel": _parallel,
    "multiple": _multiple,
}
"""The readers by the names that the effects of the rules use."""
