"""``FIELD=VALUE``: one fact of a profile, its unit tolerated and its range checked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn, cast

from devops_exe.assess.profile import FIELDS, Fact, Value
from devops_exe.design import tables
from devops_exe.design.fields import Kind, kind_of
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIASES: Mapping[str, str] = {
    "slo": "slo_percent",
    "objective": "slo_percent",
    "availability": "slo_percent",
    "sla": "sla_percent",
    "window": "slo_window_days",
    "rto": "rto_minutes",
    "rpo": "rpo_minutes",
    "peak": "peak_rps",
    "load": "peak_rps",
    "rps": "peak_rps",
    "average": "average_rps",
    "service_time": "service_ms",
    "startup": "startup_seconds",
    "start_up": "startup_seconds",
    "scrape": "scrape_interval_seconds",
    "scrape_interval": "scrape_interval_seconds",
    "evaluation": "evaluation_interval_seconds",
    "evaluation_interval": "evaluation_interval_seconds",
    "group_wait": "group_wait_seconds",
    "verify": "verify_seconds",
    "decide": "decide_seconds",
    "switch": "switch_seconds",
    "p99": "p99_ms",
    "p95": "p95_ms",
    "cpu": "cpu_millicores",
    "memory": "memory_mib",
    "min": "min_replicas",
    "max": "max_replicas",
    "pods": "replicas",
    "weights": "canary_weights_percent",
    "canary_weights": "canary_weights_percent",
    "cohort": "cohort_percent",
    "budget": "budget_usd_month",
    "deploys": "deploys_per_week",
    "data": "data_gib",
    "restore_rate": "restore_mib_per_second",
    "utilization": "target_utilization",
    "utilisation": "target_utilization",
    "target_utilisation": "target_utilization",
    "change_failure_rate": "failure_probability",
    "datastore": "datastores",
    "cloud": "provider",
}
"""Shorter names of fields."""

_NOT_IN_A_LINE = frozenset({"services", "possible_datastores"})
_FREE = frozenset({"system", "version", "bad_version", "health_path"})
_SCHEMA = ("none", "backward_compatible", "incompatible")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "schema_change": _SCHEMA,
    "kind": ("http", "queue-worker", "batch", "ml-serving"),
    "audience": ("internal", "external"),
}
_TOGETHER = ("platform", "provider", "orchestrator")
_YES = {"yes": True, "true": True, "on": True, "1": True}
_NO = {"no": False, "false": False, "off": False, "0": False}
_NUMBER = re.compile(r"\$?\s*([+-−]?\d[\d,_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-−]?\.\d+)\s*(\D.*)?")

_TIME = {
    "ms": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "m": 60.0, "min": 60.0,
    "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0, "days": 86400.0,
}  # fmt: skip
_BYTES = {
    "mib": 1.0, "mi": 1.0, "mb": 1.0, "gib": 1024.0, "gi": 1024.0, "gb": 1024.0, "g": 1024.0,
    "tib": 1048576.0, "ti": 1048576.0, "tb": 1048576.0,
}  # fmt: skip
_MANY = {"k": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "g": 1e9, "thousand": 1e3}


def _times(units: Mapping[str, float], size: float) -> dict[str, float]:
    return {name: value / size for name, value in units.items()}


_RATE = {"rps": 1.0, "req/s": 1.0, "/s": 1.0, "qps": 1.0, "rpm": 1 / 60, "req/min": 1 / 60}
_UNITS: Mapping[str, Mapping[str, float]] = {
    "s": _times(_TIME, 1.0),
    "ms": _times(_TIME, 0.001),
    "min": _times(_TIME, 60.0),
    "h": _times(_TIME, 3600.0),
    "d": _times(_TIME, 86400.0),
    "%": {"%": 1.0, "percent": 1.0},
    "rps": {**_RATE, **{f"{many}{unit}": size * rate for many, size in (("k", 1e3), ("m", 1e6))
                        for unit, rate in _RATE.items()}},
    "MiB": _BYTES,
    "GiB": _times(_BYTES, 1024.0),
    "MiB/s": {f"{unit}{per}": size for unit, size in _BYTES.items() for per in ("", "/s", "ps")},
    "m": {"m": 1.0, "mcpu": 1.0, "millicores": 1.0, "cpu": 1000.0, "vcpu": 1000.0,
          "core": 1000.0, "cores": 1000.0},
    "$ a month": {"$": 1.0, "usd": 1.0, "/month": 1.0, "usd/month": 1.0, "$/month": 1.0,
                  "k/month": 1e3},
    "$ an hour": {"$": 1.0, "usd": 1.0, "/hour": 1.0, "usd/hour": 1.0},
    "a week": {"a week": 1.0, "/week": 1.0, "per week": 1.0},
    "a month": {"a month": 1.0, "/month": 1.0, "per month": 1.0},
    "requests": {"requests": 1.0, "req": 1.0},
}  # fmt: skip
"""Spelled units by the unit of a field, as factors to it."""


def known_fields() -> tuple[str, ...]:
    """Every field that can be assigned, in the published order."""
    names = dict.fromkeys((*FIELDS, *tables.table("assumptions")))
    return tuple(name for name in names if name not in _NOT_IN_A_LINE)


def field_of(name: str) -> str:
    """The field that a name means.

    Raises:
        UserError: there is none (``unknown_field``); the nearest and all of them are named.
    """
    plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
    known = known_fields()
    if plain in known:
        return plain
    if plain in ALIASES:
        return ALIASES[plain]
    from devops_exe.ground.near import nearest

    near = nearest(plain, [*known, *ALIASES])
    hint = f"did you mean {ALIASES.get(near, near)}? " if near else ""
    raise UserError(
        f"no field is called {name[:60]!r}",
        where="/what-if",
        fix=f"{hint}the fields are {', '.join(known)}",
        code="unknown_field",
    )


def facts_of(name: str, text: str) -> dict[str, Fact | None]:
    """The facts that ``FIELD=VALUE`` states; None where ``none`` takes one away.

    A platform brings its provider and orchestrator with it.

    Raises:
        UserError: the field is unknown, or the value does not fit it.

    >>> facts_of("peak_rps", "5k")["peak_rps"].value, facts_of("slo", "99.99%")["slo_percent"].value
    (5000, 99.99)
    """
    field, text = field_of(name), " ".join(sanitise(text).split())
    where = f"what-if {field}={text}"
    kind = kind_of(field)
    if not text:
        _refuse(field, text, kind)
    if text.casefold() in {"none", "unset", "-"} and field not in {"schema_change", "strategy"}:
        return {field: Fact((), "user", where) if kind.form == "list" else None}
    if kind.form == "text" or kind.form == "list":
        return _words(field, text, where)
    value = _value(field, text, kind)
    return {field: Fact(value, "user", where)}


def _value(field: str, text: str, kind: Kind) -> Value:
    if kind.form == "flag":
        answer = {**_YES, **_NO}.get(text.casefold())
        if answer is None:
            _refuse(field, text, kind)
        return answer
    if kind.form == "weights":
        return cast("Value", _weights(field, text, kind))
    if kind.form == "either":
        match = re.fullmatch(r"(\d{1,6})\s*(%?)", text)
        if match is None:
            _refuse(field, text, kind)
        return f"{int(match[1])}%" if match[2] else int(match[1])
    return _number(field, text, kind)


def _number(field: str, text: str, kind: Kind) -> int | float:
    match = _NUMBER.fullmatch(text)
    if match is None:
        _refuse(field, text, kind)
    digits = match[1].replace("−", "-").replace(",", "").replace("_", "")
    factor = _factor((match[2] or "").strip().casefold(), kind)
    if factor is None:
        _refuse(field, text, kind)
    value = float(f"{float(digits) * factor:.15g}")
    if not kind.holds(value) or (kind.form == "count" and value != int(value)):
        _refuse(field, text, kind)
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _factor(unit: str, kind: Kind) -> float | None:
    if not unit:
        return 1.0
    if kind.form == "share":
        return 0.01 if unit in {"%", "percent"} else None
    units = _UNITS.get(kind.unit, {})
    for spelled in (unit, unit.replace(" ", "")):
        if spelled in units:
            return units[spelled]
    return _MANY.get(unit) if kind.form in {"number", "count"} else None


def _weights(field: str, text: str, kind: Kind) -> tuple[float, ...]:
    pieces = [piece for piece in re.split(r"[\s,/;%→]+", text.strip("[]()")) if piece]
    try:
        weights = tuple(float(piece) for piece in pieces)
    except ValueError:
        _refuse(field, text, kind)
    rising = all(a < b for a, b in pairwise(weights))
    if not weights or not rising or not all(kind.holds(weight) for weight in weights):
        _refuse(field, text, kind)
    # all traffic is where a rollout ends, not a step of it
    return weights[:-1] if weights[-1] == 100 and len(weights) > 1 else weights


def _words(field: str, text: str, where: str) -> dict[str, Fact | None]:
    if field == "strategy":
        return {field: Fact(_strategy(text), "user", where)}
    if field in _CHOICES:
        joint = "_" if field == "schema_change" else "-"
        plain = re.sub(r"[\s_-]+", joint, text.casefold())
        if plain not in _CHOICES[field]:
            _refuse_choice(field, text, _CHOICES[field])
        return {field: Fact(plain, "user", where)}
    if field in _FREE:
        return {field: Fact(text[:200], "user", where)}
    return dict(_read(field, text, where))


def _strategy(text: str) -> str:
    from devops_exe.assess.words.strategies import FIVE, check_strategy_word

    def bare(name: str) -> str:
        return re.sub(r"[^a-z]", "", name.casefold()).removesuffix("testing")

    for name in FIVE:
        if bare(name) == bare(text):
            return name
    check_strategy_word(f"strategy {text}" if " " not in text else text)
    return _refuse_choice("strategy", text, FIVE)


def _read(field: str, text: str, where: str) -> dict[str, Fact]:
    """A product by any of its names, as the grammar of requirements reads it."""
    from devops_exe.assess.requirements import read_words

    said = read_words(f"on {text}")
    wanted = _TOGETHER if field in _TOGETHER else (field,)
    found = {
        name: Fact(fact.value, "user", where)
        for name in wanted
        if (fact := said.get(name)) is not None
    }
    if field not in found:
        raise UserError(
            f"{text[:60]!r} is known as no {field}",
            where=f"{field}={text[:60]}",
            fix=f"name a product that sets {field}, as you would in a sentence",
        )
    return found


def _refuse(field: str, text: str, kind: Kind) -> NoReturn:
    wanted = {
        "flag": "yes or no",
        "weights": "rising percentages up to 100, such as 5/20/50",
        "either": 'a whole number of replicas, or a percentage such as "25%"',
    }.get(kind.form, kind.range_in_words())
    raise UserError(
        f"{text[:60]!r} is no value for {field}",
        where=f"{field}={text[:60]}",
        fix=f"give {wanted}",
        code="bad_value",
    )


def _refuse_choice(field: str, text: str, choices: tuple[str, ...]) -> NoReturn:
    raise UserError(
        f"{text[:60]!r} is no {field}",
        where=f"{field}={text[:60]}",
        fix=f"give one of {', '.join(choices)}",
        code="bad_value",
    )
