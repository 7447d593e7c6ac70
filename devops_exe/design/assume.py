"""What nobody said: the profile with its assumptions, each shown as one.

The order of sources is user, measured, repository, assumption. A value that follows from
what was said by arithmetic (a day's requests as an average rate, a mean service time from
what one replica handles) keeps the origin of what it follows from, and says how.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.assess.profile import Fact, SystemProfile, Value
from devops_exe.design import tables
from devops_exe.design.ledger import Input

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS_A_MONTH = 2_628_000
"""A twelfth of 365 days, in seconds: what monthly requests are divided by."""

WEEKS_A_MONTH = 4.345
"""Weeks in a month, as deploys a week are counted."""

_JVM = frozenset({"java", "kotlin", "scala", "clojure", "groovy"})
_ZONELESS_PROVIDERS = frozenset({"on-prem", "hetzner", "digitalocean", "linode", "vultr", "fly"})


@dataclass(frozen=True, slots=True)
class Assumption:
    """An assumption as listed under the document.

    Attributes:
        field: the input.
        value: in the unit that the field's name carries.
        why: whose number it is.
        figures: what rests on it.
        say: the words that state it.
        kind: ``default`` (documented by a named product) or ``assumption`` (ours).
    """

    field: str
    value: object
    why: str
    figures: str
    say: str
    kind: str

    def as_json(self) -> dict[str, object]:
        """The assumption as the published interface has it."""
        return {
            "field": self.field,
            "value": self.value,
            "why": self.why,
            "figures": self.figures,
            "how to state it": self.say,
        }


def assumed(name: str) -> Fact:
    """The assumption of an input as a fact."""
    row = tables.table("assumptions")[name]
    value = row["value"]
    return Fact(tuple(value) if isinstance(value, list) else value, "assumption", row["authority"])


def given(profile: SystemProfile, name: str) -> Input:
    """An input from the profile, or its assumption when nobody said."""
    return Input.of(profile.get(name) or assumed(name))


def complete(profile: SystemProfile) -> SystemProfile:
    """The profile with everything that a plan needs, assumptions included.

    Sources of the rules: `docs/defaults.md`, one row an input, with its authority.
    """
    facts: dict[str, Fact] = {}
    _platform(profile, facts)
    _load(profile, facts)
    _objective(profile, facts)
    for name in ("slo_window_days", "cpu_millicores", "memory_mib"):
        _default(profile, facts, name)
    _zones(profile, facts)
    _default(profile, facts, "zone_availability")
    _startup(profile, facts)
    _service(profile, facts)
    _single_writer(profile, facts)
    return profile.with_facts(facts)


def _default(profile: SystemProfile, facts: dict[str, Fact], name: str) -> None:
    if name not in profile:
        facts[name] = assumed(name)


def _platform(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    orchestrator = profile.text("orchestrator")
    if orchestrator is None and "platform" not in profile and "provider" not in profile:
        facts["platform"] = assumed("platform")
        facts["orchestrator"] = Fact("kubernetes", "assumption", facts["platform"].where)
    elif orchestrator is None and "platform" not in profile:
        provider = profile.facts["provider"]
        title = tables.provider(str(provider.value))["title"]
        name = title if title != "not chosen" else str(provider.value)
        facts["orchestrator"] = Fact(
            "kubernetes", "assumption", "ours: nobody named an orchestrator"
        )
        facts["platform"] = Fact(f"Kubernetes on {name}", "assumption", provider.where)
    elif "platform" not in profile and orchestrator is not None:
        known = profile.facts["orchestrator"]
        title = (
            tables.platform(orchestrator)["title"] if tables.has_row(orchestrator) else orchestrator
        )
        facts["platform"] = Fact(title, known.origin, known.where)


def _load(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    monthly, average, peak = (
        profile.get(name) for name in ("monthly_requests", "average_rps", "peak_rps")
    )
    if average is None and monthly is not None:
        rate = float(profile.number("monthly_requests") or 0) / SECONDS_A_MONTH
        average = Fact(rate, monthly.origin, f"{monthly.where} ÷ {SECONDS_A_MONTH} s a month")
        facts["average_rps"] = average
    if peak is None and average is not None and isinstance(average.value, int | float):
        peak = Fact(3.0 * average.value, "assumption", f"ours: 3 × the average ({average.where})")
        facts["peak_rps"] = peak
    if peak is None:
        peak = assumed("peak_rps")
        facts["peak_rps"] = peak
    if average is None and isinstance(peak.value, int | float):
        facts["average_rps"] = Fact(
            peak.value / 3.0, "assumption", tables.table("assumptions")["average_rps"]["authority"]
        )


def _zones(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    if "zones" in profile:
        return
    slo = profile.number("slo_percent") or float(
        tables.table("assumptions")["slo_percent"]["value"]
    )
    orchestrator = profile.text("orchestrator") or "kubernetes"
    zoned = tables.platform(orchestrator)["zoned"] and (
        profile.text("provider") not in _ZONELESS_PROVIDERS
    )
    if slo >= 99.9 and zoned:
        facts["zones"] = assumed("zones")
    else:
        why = "an objective below 99.9 %" if zoned else "no zones there"
        facts["zones"] = Fact(1, "assumption", f"ours: {why}")


def _objective(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    """The objective that is proposed where nobody named one, with the reason of its kind."""
    if "slo_percent" in profile:
        return
    rows = tables.table("kinds")
    reasons = [rows[name]["proposal"] for name in (profile.text("kind") or "http",) if name in rows]
    audience = rows["audience"].get(profile.text("audience") or "")
    reasons += [audience["proposal"]] if audience else []
    proposed = assumed("slo_percent")
    facts["slo_percent"] = Fact(
        proposed.value, proposed.origin, f"{proposed.where}; {'; '.join(reasons)}"
    )


def _single_writer(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    """SQLite as the only store, or a volume of one node: one writer, so one replica in one zone."""
    stores = profile.get("datastores")
    if "exclusive_volume" not in profile and stores is not None and stores.value == ("sqlite",):
        facts["exclusive_volume"] = Fact(value=True, origin=stores.origin, where=stores.where)
    exclusive = facts.get("exclusive_volume") or profile.get("exclusive_volume")
    if exclusive is None or exclusive.value is not True:
        return
    one = Fact(1, exclusive.origin, f"one writer only: {exclusive.where}")
    stated = "replicas" in profile
    for name in ("zones",) if stated else ("zones", "replicas", "min_replicas", "max_replicas"):
        if name not in profile:
            facts[name] = one


def _startup(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    if "startup_seconds" in profile:
        return
    if profile.text("language") in _JVM:
        facts["startup_seconds"] = Fact(60, "assumption", "ours: a JVM starts in a minute")
    else:
        facts["startup_seconds"] = assumed("startup_seconds")


def _service(profile: SystemProfile, facts: dict[str, Fact]) -> None:
    """Service time and workers: a load test beats any model, a latency bounds from above."""
    if (rate := profile.get("rps_per_replica")) is not None and isinstance(rate.value, int | float):
        facts["service_ms"] = Fact(1000.0 / rate.value, rate.origin, f"1000 ms ÷ ({rate.where})")
        facts["workers"] = Fact(1, rate.origin, rate.where)
        return
    if "service_ms" not in profile:
        facts["service_ms"] = _from_latency(profile) or assumed("service_ms")
    if "workers" not in profile:
        row = tables.concurrency(profile.text("framework"), profile.text("language"))
        if row is None:
            facts["workers"] = assumed("workers")
        elif row.get("event_loop"):
            cores = (profile.number("cpu_millicores") or 500) / 1000
            facts["workers"] = Fact(
                max(1, round(cores)), "assumption", f"{row['authority']}: one worker a vCPU"
            )
        else:
            facts["workers"] = Fact(int(row["workers"]), "assumption", row["authority"])


def _from_latency(profile: SystemProfile) -> Fact | None:
    for name, label, divisor in (
        ("p99_ms", "ln 100", math.log(100)),
        ("p95_ms", "ln 20", math.log(20)),
    ):
        fact = profile.get(name)
        if fact is not None and isinstance(fact.value, int | float):
            return Fact(
                fact.value / divisor,
                "assumption",
                f"{fact.where} ÷ {label}: an exponential response's mean, waiting included",
            )
    return None


def busy_time(profile: SystemProfile) -> Input:
    """Milliseconds that one request keeps one worker busy.

    A measured rate a replica is taken as it is; on an event loop or goroutines a quarter of
    the service time is CPU (ours), the rest waits without holding a worker.
    """
    fact = profile.facts["service_ms"]
    if "rps_per_replica" in profile or "workers" not in profile:
        return Input.of(fact)
    row = tables.concurrency(profile.text("framework"), profile.text("language"))
    if row is None or not row.get("event_loop") or not isinstance(fact.value, int | float):
        return Input.of(fact)
    return Input(
        fact.value / 4.0, "assumption", f"a quarter of the service time is CPU ({row['authority']})"
    )


def list_assumptions(
    profile: SystemProfile, used: Mapping[str, tuple[Value | object, str]]
) -> tuple[Assumption, ...]:
    """Assumptions on which the plan rests.

    Args:
        profile: the completed profile.
        used: calculator inputs with origin assumption: name to value and authority.
    """
    rows = tables.table("assumptions")
    listed: dict[str, Assumption] = {}
    for name, fact in profile:
        if fact.origin == "assumption" and name != "orchestrator":
            listed[name] = _listed(name, fact.value, fact.where, rows)
    for name, (value, where) in used.items():
        if name not in listed:
            listed[name] = _listed(name, value, where, rows)
    order = list(rows)
    return tuple(
        sorted(listed.values(), key=lambda one: (one.kind != "assumption", _at(order, one.field)))
    )


def _at(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _listed(name: str, value: object, where: str, rows: Mapping[str, dict[str, str]]) -> Assumption:
    row = rows.get(name, {})
    return Assumption(
        field=name,
        value=list(value) if isinstance(value, tuple) else value,
        why=where,
        figures=row.get("figures", ""),
        say=row.get("say", ""),
        kind=row.get("kind", "assumption"),
    )
