"""The grammar's readers of their own: phrases whose meaning depends on what stands around."""

from __future__ import annotations

from collections.abc import Sequence

from devops_exe.assess.words.effects import (
    MIB,
    UNITS,
    binary_bytes,
    month_of,
    pick,
    positive,
    refuse,
    slo,
    week_of,
)
from devops_exe.assess.words.items import Item
from devops_exe.assess.words.quantities import DAY, MONTH, tidy
from devops_exe.assess.words.reading import Found, Reader

_LEAST_DATA = 64 * 2.0**30
"""Bytes from which an amount without a noun is data rather than memory (a judgement)."""
_LEAST_STORED = 10 * 2.0**30
"""The same right behind the name of a datastore."""


# -- load ---------------------------------------------------------------------------------


def _load(found: Found, field: str) -> bool:
    rate = pick(found.quantities, ("rate", "freq", "number"))
    if rate is None:
        return False
    value = positive(rate.value, found.text, "state a rate above zero, such as '1200 rps'")
    if rate.kind == "rate" and rate.period >= DAY:
        return found.say("monthly_requests", value)
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
    return _load(found, "peak_rps")


def _peak(found: Found) -> bool:
    if any(item.has("max", "min") for item in found.items) and not any(
        item.kind == "rate" or item.has("peak", "traffic") for item in found.items
    ):
        return False
    return _load(found, "peak_rps")


def _average(found: Found) -> bool:
    return _load(found, "average_rps")


def _multiple(found: Found) -> bool:
    """``peak 5x average``: a multiple of the average that was said."""
    number = pick(found.quantities, ("number",))
    average = next((said.value for said in found.line.said if said.field == "average_rps"), None)
    month = next((said.value for said in found.line.said if said.field == "monthly_requests"), None)
    if average is None and isinstance(month, int | float):
        average = month / MONTH
    if number is None or not isinstance(average, int | float):
        return _unused(found)
    factor = positive(number.value, found.text, "state a multiple above zero")
    return found.say("peak_rps", tidy(factor * average))


def _freq(found: Found) -> bool:
    """A bare ``1200/s`` is a rate; ``3 per day`` of nothing is not understood."""
    item = found.quantities[0]
    if item.period > 60 or not item.period:
        return False
    value = positive(item.value, found.text, "state a rate above zero, such as '1200 rps'")
    return found.say("peak_rps", tidy(value / item.period))


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


# -- latency ------------------------------------------------------------------------------


def _mean_latency(found: Found) -> bool:
    found.line.note(f"'{found.text}' is read as the mean service time, waiting included")
    return found.put("service_ms", "ms")


def _latency(found: Found) -> bool:
    found.line.note(f"'{found.text}' names no percentile; it is read as the 99th")
    return found.put("p99_ms", "ms")


def _share_latency(found: Found) -> bool:
    share = pick(found.quantities, ("pct",))
    field = {99: "p99_ms", 95: "p95_ms"}.get(share.value if share else 0)
    return found.put(field, "ms") if field else _unused(found)


def _unused(found: Found) -> bool:
    if not found.quantities:
        return False
    found.line.listed.append((found.start, found.end))
    return True


# -- objectives ---------------------------------------------------------------------------


def _bare_percent(found: Found) -> bool:
    """A percentage without a noun: an objective where nothing around it says otherwise."""
    line, after = found.line, found.after
    before = found.before[-1] if found.before else None
    value = found.quantities[0].value
    if before is not None and (before.has("strategy", "split", "pct") or before.key == "+"):
        return False
    if _in_steps(found):
        return False
    if after is not None and (after.kind in ("word", "name") and len(after.classes) == 1):
        return False
    if after is not None and not after.has("rolling") and after.has("split", "strategy", "memory", "cpu", "traffic", "deploy"):
        return False
    if 90 <= value < 100:
        return found.say("slo_percent", tidy(value))
    alone = (before is None or before.has("sep", "and") or len(before.classes) > 1) and (
        after is None or after.has("sep", "and", "over")
    )
    if value >= 100 and alone and not line.has("strategy"):
        return found.say("slo_percent", slo(value, found.text))
    return False


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
    if number is None or number.worded and number.value:
        return False
    value = number.value * 100 if 0.5 <= number.value < 1 else number.value
    if not (50 <= value or value <= 0):
        return False
    return found.say("slo_percent", slo(value, found.text))


def _nines_five(found: Found) -> bool:
    """``three nines five`` is 99.95 %."""
    if found.quantities[-1].value != 5:
        return False
    nines = found.quantities[0].value
    return found.say("slo_percent", tidy(100 - 10 ** (2 - nines) + 5 * 10 ** (1 - nines)))


def _understood(found: Found) -> bool:
    """Understood, and no field of the profile: nothing is set, nothing is listed."""
    return bool(found.items)


def _window(found: Found) -> bool:
    """A period of days behind an objective is its window."""
    item = pick(found.quantities, ("dur", "period"))
    if item is None or not found.line.has("slo_percent"):
        return False
    if item.value < DAY:
        return False
    if not any(word.has("window", "rolling") for word in found.items) and not _near_slo(found):
        return False
    return found.say("slo_window_days", _days(item))


def _days(item: Item) -> float:
    """Days of a window; a month is 30, a quarter 90, as objectives are counted."""
    if item.unit and item.value % MONTH == 0:
        return tidy(30 * item.value / MONTH)
    return tidy(item.value / DAY)


def _near_slo(found: Found) -> bool:
    last = next(said for said in reversed(found.line.said) if said.field == "slo_percent")
    return found.start - last.end <= 24


def _objective_period(found: Found) -> bool:
    period = pick(found.quantities, ("period",))
    if period is None or period.value < DAY or not found.put("slo_percent", "slo"):
        return False
    return found.say("slo_window_days", _days(period))


# -- recovery -----------------------------------------------------------------------------


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
    return found.put("data_gib", "gib") and _product(found)


def _bytes_store(found: Found) -> bool:
    return found.put("data_gib", "gib") and _product(found)


def _backup_frequency(found: Found) -> bool:
    freq = pick(found.quantities, ("freq",))
    if freq is None:
        return False
    count = positive(freq.value, found.text, "state backups a day above zero")
    return found.say("backup_interval_minutes", tidy(freq.period / count / 60))


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


# -- capacity -----------------------------------------------------------------------------


def _replicas(found: Found) -> bool:
    item = pick(found.quantities, ("number",))
    if item is None:
        return False
    if item.low is not None:
        high = UNITS["count"].convert(item, found.text)
        found.say("min_replicas", int(item.low))
        return found.say("max_replicas", high)
    return found.put("replicas", "count")


def _replica_range(found: Found) -> bool:
    item = pick(found.quantities, ("number",))
    return item is not None and item.low is not None and _replicas(found)


def _product_replicas(found: Found) -> bool:
    product = next((item for item in found.items if item.has("product")), None)
    if product is None or product.has("datastores"):
        _product(found)
        return _unused(found)
    return _product(found) and _replicas(found)


def _product_places(found: Found) -> bool:
    field = "zones" if found.items[-1].has("zone") else "regions"
    return _product(found) and found.put(field, "count")


def _multi(found: Found) -> bool:
    noun = "zones" if found.items[-1].has("zone") else "regions"
    found.line.note(f"'{found.text}' names no number; say, for example, '3 {noun}'")
    return True


def _cpu(found: Found) -> bool:
    item = pick(found.quantities, ("cpu",))
    if item is None:
        return False
    value = positive(item.value, found.text, "state processors above zero, such as '500m CPU'")
    return found.say("cpu_millicores", tidy(value))


def _cpu_behind(found: Found) -> bool:
    item = found.quantities[0]
    value = positive(item.value, found.text, "state processors above zero, such as '500m CPU'")
    if item.kind == "dur":
        if item.unit != "m":
            return False
        return found.say("cpu_millicores", tidy(value / 60))
    if item.kind == "cpu":
        return found.say("cpu_millicores", tidy(value))
    if value > 512:
        return False
    return found.say("cpu_millicores", tidy(value * 1000))


def _bare_bytes(found: Found) -> bool:
    """Bytes without a noun: memory, or data from 256 GiB on."""
    item = found.quantities[0]
    after = found.after
    if item.period or (
        after is not None and after.kind in ("word", "name") and len(after.classes) == 1
    ):
        return False
    positive(item.value, found.text, "state an amount above zero")
    least = _LEAST_STORED if _behind_store(found.before) else _LEAST_DATA
    if binary_bytes(item) >= least or item.unit.startswith(("t", "p")):
        found.line.note(f"'{found.text}' is read as the amount of data")
        return found.put("data_gib", "gib")
    if binary_bytes(item) < MIB:
        return False
    return found.put("memory_mib", "mib")


def _behind_store(items: Sequence[Item]) -> bool:
    """Whether a datastore was named right before, a comma or bracket in between or none."""
    before = [item for item in items if not item.has("sep", "fill")]
    return bool(before) and (
        before[-1].has("datastores")
        or (len(before) > 1 and before[-1].kind == "number" and before[-2].has("datastores"))
    )


# -- money and pace -----------------------------------------------------------------------


def _money(found: Found) -> bool:
    money = found.quantities[0]
    after = found.after
    if after is not None and after.has("per", "single", "req", "bytes"):
        return False
    return _sum(found, money, money.period)


def _sum(found: Found, money: Item, period: float) -> bool:
    if money.kind == "money" and money.unit != "usd":
        found.line.note(f"'{found.text}' is not in US dollars; the budget is counted in those")
        return _unused(found)
    value = positive(money.value, found.text, "state a budget above zero, such as '$4k/month'")
    if money.kind == "money" and not period:
        found.line.note(f"'{found.text}' names no period; it is read as a month's")
    if money.kind != "money":
        found.line.note(f"'{found.text}' names no currency; it is read as US dollars")
    return found.say("budget_usd_month", month_of(value, period))


def _budget(found: Found) -> bool:
    money = pick(found.quantities, ("money", "freq", "number"))
    return money is not None and _sum(found, money, money.period)


def _budget_period(found: Found) -> bool:
    money, period = pick(found.quantities, ("money",)), pick(found.quantities, ("period",))
    return money is not None and period is not None and _sum(found, money, period.value)


def _deploys(found: Found, count: float, period: float) -> bool:
    fix = "state deployments above zero, such as '25 deploys a week'"
    return found.say("deploys_per_week", week_of(positive(count, found.text, fix), period))


def _deploy_count(found: Found) -> bool:
    number, period = pick(found.quantities, ("number",)), pick(found.quantities, ("period",))
    if number is None or period is None:
        return False
    return _deploys(found, number.value, period.value)


def _deploy_frequency(found: Found) -> bool:
    freq = pick(found.quantities, ("freq",))
    return freq is not None and _deploys(found, freq.value, freq.period)


def _deploy_period(found: Found) -> bool:
    period = pick(found.quantities, ("period",))
    if period is None or period.value < 3600:
        return False
    return _deploys(found, 1, period.value)


# -- constraints --------------------------------------------------------------------------


def _schema(found: Found) -> bool:
    return found.say("schema_change", "backward_compatible")


def _no_schema(found: Found) -> bool:
    breaking = any(item.has("breaking") for item in found.items)
    return found.say("schema_change", "backward_compatible" if breaking else "none")


# -- products and versions ----------------------------------------------------------------


def _product(found: Found) -> bool:
    item = next((item for item in found.items if item.has("product")), None)
    if item is None or item.product is None:
        return False
    for effect in item.product.effects.split(";"):
        if not effect:
            continue
        field, _, value = effect.lstrip("?+").partition(":")
        spoken: object = value == "true" if value in ("true", "false") else value
        assert isinstance(spoken, str | bool)
        found.line.say(field, (value,) if effect[0] == "+" else spoken, item.start, item.end,
                       weak=effect[0] == "?")  # fmt: skip
    return True


def _product_version(found: Found) -> bool:
    """A number right behind a product is its version and no requirement."""
    last = found.items[-1]
    if any(item.has("fill") and item.key not in ("=", ":", "v") for item in found.items[1:-1]):
        return False
    product = found.items[0]
    if product.has("strategy") or (last.kind == "number" and last.value > 1000
                                   and product.has("datastores")):  # fmt: skip
        return False
    if last.kind == "number" and (last.value < 0 or last.low is not None):
        return False
    return _product(found)


def _not_product(found: Found) -> bool:
    product = next((item.product for item in found.items if item.product is not None), None)
    if product is None:
        return False
    if product.says("feature_validation"):
        return found.say("feature_validation", False)
    return True


def _left_product(found: Found) -> bool:
    """``from Jenkins to …``: what is left behind is not what is wanted."""
    ahead = found.ahead
    moving = found.items[0].key not in ("from", "von", "depuis", "desde", "off", "as")
    if not moving and not any(item.has("goto") or item.key in ("to", "→", "->") for item in ahead):
        return False
    if found.items[0].key in ("currently on", "as", "since"):
        return False
    return True


def _version(found: Found) -> bool:
    item = found.items[0]
    line = found.line
    written = line.text[item.start : item.end]
    if line.has("version"):
        if not line.has("bad_version") and written not in line.versions:
            return found.say("bad_version", written)
        return True
    line.say("version", written, item.start, item.end, weak=True)
    return True


def _version_text(found: Found) -> str:
    last = next(
        item for item in reversed(found.items) if item.kind in ("version", "number")
    )  # fmt: skip
    return found.line.text[last.start : last.end]


def _version_to(found: Found) -> bool:
    last = found.items[-1]
    if last.kind == "number":
        tagged = any(item.has("tag") for item in found.items)
        dotted = "." in found.line.text[last.start : last.end]
        if last.worded or last.low is not None or last.value < 0 or not (tagged or dotted):
            return False
        if found.items[0].key in ("a", "as", "to") and not tagged and last.value > 90:
            return False
    if any(item.has("fill") and item.key not in _SMALL for item in found.items[1:-1]):
        return False
    return found.say("version", _version_text(found))


_SMALL = frozenset(("the", "our", "of", ":", "=", "version", "is", "our", "a", "#", "la", "die"))


def _version_from(found: Found) -> bool:
    return found.say("bad_version", _version_text(found))


def _version_arrow(found: Found) -> bool:
    first, last = found.items[0], found.items[-1]
    found.say("bad_version", found.line.text[first.start : first.end])
    return found.say("version", found.line.text[last.start : last.end])


def _versions(found: Found) -> bool:
    numbers = [item for item in found.items if item.kind == "number"]
    texts = [found.line.text[item.start : item.end] for item in numbers]
    if len(texts) != 2 or not all("." in text for text in texts):
        return False
    found.say("bad_version", texts[0])
    return found.say("version", texts[1])


def readers() -> dict[str, Reader]:
    """The readers by the names that the grammar's effects use."""
    return {
        "rate": _rate, "peak": _peak, "average": _average, "freq": _freq,
        "phrase_number": _phrase_number, "phrase_peak": _phrase_number,
        "phrase_average": _phrase_average, "mean_latency": _mean_latency, "latency": _latency,
        "share_latency": _share_latency, "unused": _unused, "bare_percent": _bare_percent,
        "objective_number": _objective_number,
        "nines_five": _nines_five, "understood": _understood, "window": _window,
        "objective_period": _objective_period, "no_loss": _no_loss, "store_bytes": _store_bytes,
        "bytes_store": _bytes_store,
        "backup_frequency": _backup_frequency, "backup_count": _backup_count,
        "restore_rate": _restore_rate, "replicas": _replicas,
        "product_replicas": _product_replicas, "product_places": _product_places,
        "multi": _multi, "cpu": _cpu, "cpu_behind": _cpu_behind, "bare_bytes": _bare_bytes,
        "money": _money, "budget": _budget, "budget_period": _budget_period,
        "deploy_count": _deploy_count, "deploy_frequency": _deploy_frequency,
        "deploy_period": _deploy_period, "deploy_period_count": _deploy_count,
        "schema": _schema, "no_schema": _no_schema, "product": _product,
        "product_version": _product_version, "not_product": _not_product,
        "left_product": _left_product, "version": _version, "version_to": _version_to,
        "version_from": _version_from, "versions": _versions, "version_arrow": _version_arrow,
        "multiple": _multiple, "replica_range": _replica_range,
    }  # fmt: skip
