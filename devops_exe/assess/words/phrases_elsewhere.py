"""Readers of what belongs elsewhere: other products' ports, limits, users, former figures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import month_of, pick, positive
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_names import say_product
from devops_exe.assess.words.quantities import DAY

if TYPE_CHECKING:
    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Found, Reader

_FACTORS = (("doubl", 2.0), ("tripl", 3.0), ("quadrupl", 4.0))


def _other_port(found: Found) -> bool:
    """``port 9200 is Elasticsearch``: a datastore's port is none of the system's."""
    return say_product(found)


def _requested(found: Found) -> bool:
    """``requests 200m/256Mi``: what a replica asks for."""
    cpu = found.quantities[0]
    if cpu.kind == "dur" and cpu.unit != "m":
        return False
    millicores = cpu.value / 60 if cpu.kind == "dur" else cpu.value
    found.say("cpu_millicores", tidy(positive(millicores, found.text, "state such as '500m'")))
    return found.put("memory_mib", "mib")


def _limited(found: Found) -> bool:
    """``limits 1/1Gi``: a plan is sized by the requests; limits alone stand for them."""
    cpu = found.quantities[0]
    if cpu.kind == "dur" and cpu.unit != "m":
        return False
    if found.line.has("cpu_millicores") or found.line.has("memory_mib"):
        return found.unused()
    scale = {"number": 1000.0, "dur": 1 / 60}.get(cpu.kind, 1.0)
    found.say("cpu_millicores", tidy(positive(cpu.value * scale, found.text, "state cores")))
    return found.put("memory_mib", "mib")


_EACH = frozenset(("each", "every", "per", "one", "a", "single", "any", "jeder", "chaque", "cada"))


def _and_does(found: Found) -> bool:
    """``each pod has 2 cores and does 120 rps``: the rate is the one pod's."""
    rate = pick(found.quantities, ("rate",))
    if rate is None or rate.low is not None or rate.period >= DAY:
        return False
    i = next(k for k, item in enumerate(found.line.items) if item is found.items[0])
    clause: list[Item] = []
    for item in reversed(found.line.items[max(0, i - 30) : i]):
        if item.key in (".", ";", "newline") or item.kind == "rate":
            break
        clause.append(item)
    clause.reverse()
    for one, two in pairwise(clause):
        if two.has("replica") and (one.key in _EACH or (one.kind == "number" and one.value == 1)):
            return found.put("rps_per_replica", "rps")
    return False


def _tolerated(found: Found) -> bool:
    """``tolerate up to 4 hours of outage`` is a recovery time; downtime a release is none."""
    after = found.after
    planned = after is not None and after.has("per", "single", "deploy", "period", "on")
    if planned or "down" in found.text.casefold():
        return False
    return found.put("rto_minutes", "minutes")


def _each_user(found: Found) -> bool:
    """``10k users, each making 30 calls a day``: a user's rate is not the system's."""
    found.line.note(f"'{found.text}' is the rate of one user; say the system's")
    return found.unused()


def _grows_from(found: Found) -> bool:
    """``traffic doubles from 400 rps``: the rate is the usual one, its multiple the peak."""
    rate = pick(found.quantities, ("rate",))
    word = next((item.key for item in found.items if item.key.startswith(_WORDS)), "")
    factor = next((factor for stem, factor in _FACTORS if word.startswith(stem)), 0.0)
    if rate is None or rate.low is not None or rate.period >= DAY or not factor:
        return False
    value = positive(rate.value, found.text, "state a rate above zero, such as '1200 rps'")
    found.say("average_rps", tidy(value))
    return found.say("peak_rps", tidy(factor * value))


_WORDS = tuple(stem for stem, _ in _FACTORS)


def _bad_number(found: Found) -> bool:
    """``3.4 broke the checkout``: a number with a point is a release."""
    written = found.line.text[found.items[0].start : found.items[0].end]
    if "." not in written or found.items[0].unit or found.line.has("bad_version"):
        return False
    return found.say("bad_version", written)


_NEAR = 4


def _each_bytes(found: Found) -> bool:
    """``3 pods 4 GB each`` is a replica's memory; ``40 uploads of 25 MB each`` is not."""
    i = next(k for k, item in enumerate(found.line.items) if item is found.items[0])
    near = found.line.items[max(0, i - _NEAR) : i]
    sized = any(item.kind == "cpu" for item in near[-2:])
    if sized or any(item.has("replica", "machine") for item in found.before):
        return found.put("memory_mib", "mib")
    return found.unused()


def _to_target(found: Found) -> bool:
    """``p99 from 900 ms to 300 ms``: the second is what is wanted."""
    first, second = found.quantities[0], found.quantities[-1]
    return second.value < first.value and found.put(
        "p99_ms" if found.items[0].has("p99") else "p95_ms", "ms", 2
    )


def _spent(found: Found) -> bool:
    """``budget $1k, currently spending $2.1k``: beside a budget, what is spent is none."""
    return found.line.has("budget_usd_month") and found.unused()


def _build(found: Found) -> bool:
    """``deploy build 1234 of web``: a build's number is a version."""
    number, after = found.quantities[0], found.after
    if number.worded or number.low is not None or number.value != int(number.value) or (
        after is not None and not (after.has("sep", "on", "goto") or after.key in ("of", "for"))
    ):  # fmt: skip
        return False
    return found.say("version", found.line.text[number.start : number.end])


def _builds(found: Found) -> bool:
    """``build 4711 to build 4708``: from the bad one back to the good one."""
    first, last = found.quantities[0], found.quantities[-1]
    if any(item.worded or item.low is not None for item in (first, last)) or first is last:
        return False
    found.say("bad_version", found.line.text[first.start : first.end])
    return found.say("version", found.line.text[last.start : last.end])


def _of_product(found: Found) -> bool:
    """``stateful mongodb``: of the store, not of the system."""
    return found.items[-1].has("datastores") and say_product(found)


def _store_copies(found: Found) -> bool:
    """``MySQL primary with one replica``: copies of the store, not of the system."""
    if not any(item.key in ("primary", "main", "leader") for item in found.items):
        return False
    return say_product(found)


def _average_peak(found: Found) -> bool:
    """``avg/peak 250/900 rps``: two rates in one unit, the larger the peak."""
    low, high = sorted(found.quantities[:2], key=lambda item: item.value)
    unit = next((item for item in found.quantities if item.kind == "rate"), None)
    first, second = found.quantities[0], found.quantities[1]
    if unit is None or unit.period >= DAY or any(item.low is not None for item in (low, high)):
        return False
    average, peak = (first, second) if found.items[0].has("avg") else (second, first)
    scale = 1 / unit.period if unit.period > 1 else 1.0
    values = [one.value * (1.0 if one.kind == "rate" else scale) for one in (average, peak)]
    if not 0 < values[0] <= values[1]:
        return False
    found.say("average_rps", tidy(values[0]))
    return found.say("peak_rps", tidy(values[1]))


def _no_data_loss(found: Found) -> bool:
    """``RPO: none``: nothing may be lost."""
    return found.say("rpo_minutes", 0)


def _share_of_money(found: Found) -> bool:
    """``30% less than $4k a month`` is $2,800."""
    share, money = pick(found.quantities, ("pct",)), pick(found.quantities, ("money",))
    if share is None or money is None or money.unit != "usd" or not 0 < share.value < _WHOLE:
        return False
    more = any(item.key in ("more", "more than", "above") for item in found.items)
    factor = 1 + share.value / _WHOLE if more else 1 - share.value / _WHOLE
    found.line.note(f"'{found.text}' is read as ${tidy(factor * money.value):,g}")
    return found.say("budget_usd_month", month_of(tidy(factor * money.value), money.period))


_WHOLE = 100


def _no_router(found: Found) -> bool:
    """``linkerd, no istio``: one that is there is not denied by another's absence."""
    product = any(item.key in _ROUTERS for item in found.items)
    if product and any(one.field == "traffic_routing" and one.value for one in found.line.said):
        return True
    return found.say("traffic_routing", value=False)


_ROUTERS = ("istio", "linkerd", "consul connect", "app mesh", "kuma", "flagger", "argo rollouts")


def _nines_and_half(found: Found) -> bool:
    """``two nines and a half`` are 99.5 %."""
    nines = found.quantities[0].value
    if not 1 <= nines <= _MOST_NINES:
        return False
    return found.say("slo_percent", tidy(100 - 0.5 * 10 ** (2 - nines)))


_MOST_NINES = 6


def _growth(found: Found) -> bool:
    """``10x growth from 150 rps``: the usual rate, and what it grows to."""
    number, rate = pick(found.quantities, ("number",)), pick(found.quantities, ("rate",))
    if number is None or rate is None or rate.low is not None or rate.period >= DAY:
        return False
    value = positive(rate.value, found.text, "state a rate above zero, such as '1200 rps'")
    found.say("average_rps", tidy(value))
    return found.say("peak_rps", tidy(positive(number.value, found.text, "state it") * value))


def _startup_of(found: Found) -> bool:
    """``cold start of our lambda is 1.8 s``: the time, and the product it is of."""
    say_product(found)
    return found.put("startup_seconds", "seconds")


def _limits_named(found: Found) -> bool:
    """``limits: cpu 1 mem 512Mi`` behind the requests: a plan is sized by those."""
    return found.line.has("cpu_millicores") and found.unused()


def _rollback_in(found: Found) -> bool:
    """``rollback must take less than 3 minutes``; ``one rollback a month`` is a frequency."""
    time = pick(found.quantities, ("dur",))
    if time is None or time.value >= DAY:
        return False
    return found.put("rto_minutes", "minutes")


READERS: dict[str, Reader] = {
    "other_port": _other_port,
    "requested": _requested,
    "limited": _limited,
    "and_does": _and_does,
    "tolerated": _tolerated,
    "each_user": _each_user,
    "grows_from": _grows_from,
    "each_bytes": _each_bytes,
    "to_target": _to_target,
    "of_product": _of_product,
    "store_copies": _store_copies,
    "average_peak": _average_peak,
    "no_data_loss": _no_data_loss,
    "share_of_money": _share_of_money,
    "no_router": _no_router,
    "nines_and_half": _nines_and_half,
    "growth": _growth,
    "startup_of": _startup_of,
    "limits_named": _limits_named,
    "rollback_in": _rollback_in,
    "spent": _spent,
    "builds": _builds,
    "build": _build,
    "bad_number": _bad_number,
}
"""The readers by the names that the effects of the rules use."""
