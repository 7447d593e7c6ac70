"""Readers of capacity, money and pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import (
    MIB,
    UNITS,
    binary_bytes,
    month_of,
    pick,
    positive,
    week_of,
)
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_goals import ASKING
from devops_exe.assess.words.phrases_names import say_product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Found, Reader

_LEAST_DATA = 64 * 2.0**30
"""Bytes from which an amount without a noun is data rather than memory (a judgement)."""
_LEAST_STORED = 10 * 2.0**30
"""The same right behind the name of a datastore."""


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
        say_product(found)
        return found.unused()
    return say_product(found) and _replicas(found)


def _product_places(found: Found) -> bool:
    field = "zones" if found.items[-1].has("zone") else "regions"
    return say_product(found) and found.put(field, "count")


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
    item = next(iter(found.quantities), None)
    if item is None:
        return False
    value = positive(item.value, found.text, "state processors above zero, such as '500m CPU'")
    if item.kind == "dur":
        if item.unit != "m":
            return False
        return found.say("cpu_millicores", tidy(value / 60))
    if item.kind == "cpu":
        return found.say("cpu_millicores", tidy(value))
    if found.line.scaled and 20 <= item.value <= 95:
        found.line.note(f"'{found.text}' has no unit; it is read as per cent of use")
        return found.say("target_utilization", tidy(item.value / 100))
    if value > 512:
        return False
    return found.say("cpu_millicores", tidy(value * 1000))


def _millicores_bytes(found: Found) -> bool:
    """``250m 512Mi``: millicores and memory, as manifests write them."""
    millis, amount = found.quantities[0], found.quantities[1]
    written = found.line.text[millis.start : millis.end]
    if millis.unit != "m" or " " in written or not 10 <= millis.value / 60 <= 64_000:
        return False
    if not amount.unit.endswith("i") and amount.unit not in ("mib", "gib", "mb", "gb"):
        return False
    found.say("cpu_millicores", tidy(millis.value / 60))
    return found.put("memory_mib", "mib")


def _per_replica(found: Found) -> bool:
    """``4k rps total, 500 per pod``: the number leans on the line's rate."""
    if not found.line.rates or found.quantities[0].worded:
        return False
    return found.put("rps_per_replica", "rps")


def _does(found: Found) -> bool:
    """``each pod does 250``, ``one pod did 80``: requests per second."""
    number = found.quantities[-1]
    if number.worded or number.value < _LEAST_RATE:
        return False
    value = positive(number.value, found.text, "state a rate above zero, such as '60 rps'")
    found.line.note(f"'{found.text}' has no unit; it is read as requests per second")
    return found.say("rps_per_replica", tidy(value))


_LEAST_RATE = 10


def _utilization(found: Found) -> bool:
    number = found.quantities[0]
    if not 1 < number.value < 100:
        return False
    return found.say("target_utilization", tidy(number.value / 100))


def _bound_pair(found: Found) -> bool:
    """``HPA 4/64``: the bounds of an autoscaler."""
    low, high = found.quantities
    if not 0 <= low.value < high.value or low.worded:
        return False
    found.say("min_replicas", UNITS["count0"].convert(low, found.text))
    return found.say("max_replicas", UNITS["count"].convert(high, found.text))


def _scale_to(found: Found) -> bool:
    """``scale down to 4`` counts replicas, where no rate is spoken of."""
    number = found.quantities[0]
    if number.value == 0:
        return found.say("min_replicas", 0)
    if number.low is not None or found.line.rates or number.value > _MOST_SCALED:
        return False
    found.line.note(f"'{found.text}' names no noun; it is read as replicas")
    return found.put("replicas", "count")


_MOST_SCALED = 500
"""Replicas up to which a bare number behind ``scale to`` counts them (a judgement)."""


def _min_bare(found: Found) -> bool:
    number = found.quantities[0]
    if 99 <= number.value < 100:
        return found.say("slo_percent", tidy(number.value))
    return found.put("min_replicas", "count0")


def _max_bare(found: Found) -> bool:
    """``350 rps, up to 2,000`` is the peak; ``min 3, max 30`` is of replicas."""
    number, said = found.quantities[0], found.line.said
    last = said[-1] if said else None
    if last is not None and last.field in ("average_rps", "peak_rps") and (
        number.value > float(str(last.value)) and found.start - last.end <= 12
        and (last.field == "average_rps" or found.items[0].key == "up to")
    ):  # fmt: skip
        found.line.note(f"'{found.text}' has no unit; it is read as requests per second")
        if last.field == "peak_rps":
            found.line.said[-1] = last._replace(field="average_rps")
        return found.put("peak_rps", "rps")
    if number.value > _MOST_REPLICAS or _of_another(found):
        return False
    return found.put("max_replicas", "count")


_MOST_REPLICAS = 5000
"""Replicas above which a bare ``max`` counts something else (a judgement)."""


def _of_another(found: Found) -> bool:
    """``queue depth up to 10k``: the bound belongs to the unknown noun right before it."""
    before = found.before[-1] if found.before else None
    if before is None or any(word in found.items[0].key for word in ("replica", "size", "inst")):
        return False
    unknown = before.kind == "word" and before.classes <= {"word", "noun"}
    return unknown and before.key not in ASKING


def _bare_bytes(found: Found) -> bool:
    """Bytes without a noun: memory, or data from 256 GiB on."""
    item = found.quantities[0]
    after = found.after
    if (
        item.period
        or (after is not None and after.kind == "period")
        or (after is not None and after.kind in ("word", "name") and len(after.classes) == 1)
    ):
        return False
    positive(item.value, found.text, "state an amount above zero")
    if _beside_cpu(found.before):
        return found.put("memory_mib", "mib")
    least = _LEAST_STORED if _behind_store(found.before) else _LEAST_DATA
    if binary_bytes(item) >= least or item.unit.startswith(("t", "p")):
        found.line.note(f"'{found.text}' is read as the amount of data")
        return found.put("data_gib", "gib")
    if binary_bytes(item) < MIB:
        return False
    return found.put("memory_mib", "mib")


def _beside_cpu(items: Sequence[Item]) -> bool:
    """``16 vCPU, 64 GiB``: bytes right behind processors are a replica's memory."""
    before = [item for item in items if not item.has("sep", "and", "fill") and item.key != "/"]
    return bool(before) and before[-1].kind == "cpu"


def _behind_store(items: Sequence[Item]) -> bool:
    """Whether a datastore was named right before, a comma or bracket in between or none."""
    before = [item for item in items if not item.has("sep", "fill")]
    return bool(before) and (
        before[-1].has("datastores")
        or (len(before) > 1 and before[-1].kind == "number" and before[-2].has("datastores"))
    )


def _money(found: Found) -> bool:
    money = found.quantities[0]
    after = found.after
    if after is not None and after.has("per", "single", "req", "bytes"):
        return False
    if 0 < money.period < 86400:
        return False  # a price of an hour of something is no budget
    return _sum(found, money, money.period)


def _sum(found: Found, money: Item, period: float) -> bool:
    if money.kind == "money" and money.unit != "usd":
        found.line.note(f"'{found.text}' is not in US dollars; the budget is counted in those")
        return found.unused()
    value = positive(money.value, found.text, "state a budget above zero, such as '$4k/month'")
    if money.low is not None:
        found.line.note(f"'{found.text}' is a range; its upper end is used")
    if money.kind == "money" and not period:
        found.line.note(f"'{found.text}' names no period; it is read as a month's")
    if money.kind != "money":
        found.line.note(f"'{found.text}' names no currency; it is read as US dollars")
    return found.say("budget_usd_month", month_of(value, period))


def _budget(found: Found) -> bool:
    money = pick(found.quantities, ("money", "freq", "number"))
    after = found.after
    if after is not None and after.has("ignore"):
        return False  # ``the on-call budget is 2 people``
    if money is not None and money.kind == "number" and after is not None and after.has(
        "replica", "zone", "region", "machine", "worker", "deploy", "max", "min", "dash"
    ):  # fmt: skip
        return False
    if money is None or (money.worded and money.value < 1) or (
        after is not None and after.has("per") and after.kind != "period"
    ):  # fmt: skip
        return False
    if money is found.items[0] and money.kind == "number" and "budget" not in found.items[-1].key:
        return False
    return money is not None and _sum(found, money, money.period)


def _budget_period(found: Found) -> bool:
    money, period = pick(found.quantities, ("money", "number")), pick(found.quantities, ("period",))
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


READERS: dict[str, Reader] = {
    "replicas": _replicas,
    "product_replicas": _product_replicas,
    "product_places": _product_places,
    "multi": _multi,
    "cpu": _cpu,
    "cpu_behind": _cpu_behind,
    "bare_bytes": _bare_bytes,
    "millicores_bytes": _millicores_bytes,
    "per_replica": _per_replica,
    "utilization": _utilization,
    "bound_pair": _bound_pair,
    "max_bare": _max_bare,
    "min_bare": _min_bare,
    "scale_to": _scale_to,
    "does": _does,
    "money": _money,
    "budget": _budget,
    "budget_period": _budget_period,
    "deploy_count": _deploy_count,
    "deploy_frequency": _deploy_frequency,
    "deploy_period": _deploy_period,
    "deploy_period_count": _deploy_count,
    "replica_range": _replica_range,
}
"""The readers by the names that the effects of the rules use."""
