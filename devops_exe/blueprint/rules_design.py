"""Rules that hold the document against its facts and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.finding import Finding, Severity
from devops_exe.blueprint.quote import duration, number, percent, ratio, risk
from devops_exe.design import tables
from devops_exe.design.assume import given
from devops_exe.design.feasibility import shortfall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.model import Blueprint
    from devops_exe.design.ledger import Entry, Ledger


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules of this module look at."""

    blueprint: Blueprint
    profile: SystemProfile
    ledger: Ledger

    def has(self, *sections: str) -> bool:
        """Whether the document has one of these sections."""
        return any(getattr(self.blueprint, name) is not None for name in sections)

    def value(self, name: str) -> float:
        """A number of the profile, or its assumption."""
        return float(str(given(self.profile, name).value))

    def stated(self, name: str) -> bool:
        """Whether somebody stated the field."""
        fact = self.profile.get(name)
        return fact is not None and fact.origin != "assumption"


def recovery_targets(f: Facts) -> Iterator[Finding]:
    """RTO and RPO asked for, against a release's recovery and the data's."""
    target = f.profile.number("rto_minutes")
    if target is not None and f.has("rollback", "infrastructure"):
        names = ("a release at total outage", "a gray fault", "a canary at its first weight")
        for name, entry in zip(names, _all(f.ledger, "rto", "recovery"), strict=False):
            severity: Severity = "error" if name == names[0] else "warning"
            yield from _above(f, name, entry.number("rto_minutes"), target, "rto", severity)
        for entry in _all(f.ledger, "rto", "data"):
            yield from _above(
                f, "restoring the data", entry.number("restore_seconds") / 60, target, "rto"
            )
    wanted = f.profile.number("rpo_minutes")
    if wanted is not None and f.has("rollback", "infrastructure"):
        yield from _above(f, "the data", _recovery_point(f), wanted, "rpo")


def _recovery_point(f: Facts) -> float:
    for entry in _all(f.ledger, "rto", "data"):
        return entry.number("rpo_minutes")
    if "backup_interval_minutes" in f.profile:
        return f.value("backup_interval_minutes")
    return f.value("recovery_point_minutes")


def _above(
    f: Facts,
    what: str,
    minutes: float,
    target: float,
    kind: str,
    severity: Severity = "error",
) -> Iterator[Finding]:
    if minutes <= target:
        return
    path = "rollback.rto" if f.has("rollback") else "infrastructure"
    levers = {
        "rto": "shorten scrape and evaluation, or choose a strategy with a shorter act",
        "rpo": "back up more often, or replicate",
    }
    yield Finding(
        f"{kind}_above_target",
        severity,
        path,
        f"{kind.upper()} of {what} is {number(round(minutes, 1))} min, the target is "
        f"{number(target)} min",
        levers[kind],
    )


def strategy_constraints(f: Facts) -> Iterator[Finding]:
    """The chosen strategy against the calculator's exclusions and the platform."""
    section = f.blueprint.strategy
    entry = f.ledger.find("strategy")
    if section is None or entry is None:
        return
    rows = cast("Mapping[str, Mapping[str, object]]", entry.outputs["strategies"])
    if section.type not in rows:
        return
    row = rows[section.type]
    excluded = cast("list[str]", row["excluded_because"])
    if excluded:
        best = entry.outputs.get("recommended")
        share = risk(cast("float", row["risk_percent_of_budget"]))
        yield Finding(
            "strategy_excluded",
            "error",
            "strategy.type",
            f"{section.type} is excluded: {', '.join(excluded)} (risk {share} of the error budget)",
            f"use {best}" if best else f"none of the five is eligible: {_advice(excluded)}",
        )
    orchestrator = f.profile.text("orchestrator") or "kubernetes"
    possible = cast("Mapping[str, str]", tables.platform(orchestrator)["rollout"])
    if section.type not in possible:
        yield Finding(
            "strategy_not_on_platform",
            "error",
            "strategy.type",
            f"{tables.platform(orchestrator)['title']} has no {section.type}",
            f"use one of {', '.join(possible)}",
        )


def _advice(codes: list[str]) -> str:
    advice = {
        "schema_incompatible": "expand and contract the schema first",
        "exclusive_volume": "move the state off the exclusive volume",
        "capacity": "add spare capacity",
        "downtime": "drop zero downtime, or remove what excludes the others",
    }
    return "; ".join(advice[code] for code in codes if code in advice) or "relax a constraint"


def bounds(f: Facts) -> Iterator[Finding]:
    """Minimum, maximum and the stated number of replicas against each other and the load."""
    low, high = f.profile.number("min_replicas"), f.profile.number("max_replicas")
    if low is not None and high is not None and low > high:
        yield Finding(
            "min_above_max",
            "error",
            "scaling" if f.has("scaling") else "header.system",
            f"min {number(low)} is above max {number(high)}",
            f"state min {number(high)} max {number(low)}, if they were swapped",
        )
    peak = f.ledger.find("scaling", "capacity")
    if peak is None or not f.has("infrastructure", "scaling", "environments"):
        return
    stated = f.profile.number("replicas")
    stable, needed = peak.number("replicas_for_stability"), peak.number("total_replicas")
    path = "infrastructure" if f.has("infrastructure") else "environments"
    if stated is not None and stated < stable:
        yield Finding(
            "replicas_below_load",
            "error",
            path,
            f"{number(stated)} replicas cannot hold the peak: {number(stable)} are the least",
            f"use {number(needed)}",
        )
    elif stated is not None and stated < needed:
        yield _warning(
            "replicas_below_need",
            path,
            f"{number(stated)} replicas are fewer than the {number(needed)} that the peak, the "
            "utilisation and the loss of a zone ask for",
            f"use {number(needed)}, or accept less headroom",
        )
    if high is not None and high < needed and f.has("scaling"):
        yield _warning(
            "max_below_peak",
            "scaling",
            f"max {number(high)} is below the {number(needed)} replicas of the peak",
            f"raise it to {number(needed)} at least",
        )


def objective(f: Facts) -> Iterator[Finding]:
    """The designed topology, and what it shares, against the objective."""
    found = shortfall(f.profile, f.ledger)
    if found is None or not f.has("overview"):
        return
    message = (
        f"{found.limit}; {percent(round(found.reached_percent, 4))} is expected, "
        f"{percent(found.slo_percent)} is asked: outages of the parts alone spend "
        f"{number(round(found.spent, 2))} times the error budget"
    )
    if found.hard_percent is not None:
        shared = percent(round(found.hard_percent, 4))
        message += f"; shared parts give {shared} ({found.hard_where})"
    fix = {
        "structure": "use more zones and replicas, or lower the objective",
        "stated": "improve what was stated, or lower the objective",
        "published": (
            "lower the objective, or take the limiting part off the request path; each part "
            f"that a request waits for should reach {percent(round(found.extra_nine_percent, 6))}"
        ),
    }[found.basis]
    yield Finding(
        "slo_below_dependencies",
        "warning" if found.basis == "published" else "error",
        "overview.reliability",
        message,
        fix,
    )


def agreement(f: Facts) -> Iterator[Finding]:
    """The agreement with customers against the objective that is to warn before it breaks."""
    promised, slo = f.profile.number("sla_percent"), f.profile.number("slo_percent")
    if promised is None or slo is None or not f.stated("slo_percent") or promised < slo:
        return
    if f.profile.facts["slo_percent"].where == f.profile.facts["sla_percent"].where:
        return
    above = promised > slo
    yield Finding(
        "sla_not_below_slo",
        "error" if above else "warning",
        "monitoring" if f.has("monitoring") else "header.system",
        f"the agreement of {percent(promised)} is {'above' if above else 'the same as'} the "
        f"objective of {percent(slo)}: it breaks before any alert on the objective",
        "state an objective above the agreement",
    )


def cost(f: Facts) -> Iterator[Finding]:
    """The monthly cost against the user's budget."""
    budget = f.profile.number("budget_usd_month")
    entry = f.ledger.find("cost")
    if budget is None or entry is None or not f.has("infrastructure"):
        return
    total = entry.number("total_monthly_cost")
    if total > budget:
        assumed = any(
            whence.origin == "assumption"
            for name, whence in entry.provenance.items()
            if name.startswith("price_per_")
        )
        priced = " priced as AWS Fargate" if assumed else ""
        yield Finding(
            "over_budget",
            "warning" if assumed else "error",
            "infrastructure",
            f"compute costs ${total:,.0f} a month{priced}, the budget is ${budget:,.0f}",
            "fewer or smaller replicas, or state your own prices",
        )


def gray_failure(f: Facts) -> Iterator[Finding]:
    """A bad release that no burn-rate alert sees."""
    if not f.has("rollback") or f.ledger.find("slo", "budget") is None:
        return
    gray = f.ledger.find("slo", "burn_alerts", nth=1)
    if gray is None:
        return
    rows = cast("list[Mapping[str, object]]", gray.outputs["alerts"])
    if any(row.get("fires") for row in rows):
        return
    least = min(cast("float", row["error_ratio_threshold"]) for row in rows)
    bad = cast("float", gray.inputs["error_ratio"])
    yield _warning(
        "gray_failure_unseen",
        "rollback.rto",
        f"a release that fails {ratio(bad)} of the requests fires no burn-rate alert: the lowest "
        f"threshold is {ratio(least)}",
        f"add an alert per version on an error ratio > {ratio(bad / 2)} over "
        f"{duration(cast('float', rows[0]['short_window_seconds']))}",
    )


def platform_known(f: Facts) -> Iterator[Finding]:
    """A platform without a row of its own gets neutral words."""
    orchestrator = f.profile.text("orchestrator") or "kubernetes"
    if not tables.has_row(orchestrator):
        yield _warning(
            "platform_generic",
            "header.platform",
            f"{orchestrator} has no row of its own: commands and words are neutral",
            "fill in the platform's own commands",
        )


def connections(f: Facts) -> Iterator[Finding]:
    """Most replicas × pool size against what the database takes."""
    twice = f.ledger.find("scaling", "capacity", nth=2)
    if twice is None or not f.has("infrastructure", "scaling"):
        return
    most = f.profile.number("max_replicas") or twice.number("total_replicas")
    pool = f.value("pool_size")
    for name in f.profile.items("datastores"):
        limit = tables.store(name).get("max_connections")
        if limit is not None and most * pool > limit:
            engine = tables.store(name)["engine"]
            yield _warning(
                "connections_exceeded",
                "infrastructure" if f.has("infrastructure") else "scaling",
                f"{number(most)} replicas × a pool of {number(pool)} = {number(most * pool)} "
                f"connections, {engine} takes {number(limit)} "
                f"({tables.store(name)['connections_authority']})",
                "put a connection pooler in front, raise the database's limit, or shrink the pool",
            )


def draining(f: Facts) -> Iterator[Finding]:
    """Deregistration has to end within the termination grace."""
    if not f.has("infrastructure"):
        return
    propagation, grace = f.value("lb_propagation_seconds"), f.value("termination_grace_seconds")
    if propagation > grace:
        yield _warning(
            "grace_below_deregistration",
            "infrastructure",
            f"deregistration takes {duration(propagation)}, the termination grace is "
            f"{duration(grace)}: requests are cut",
            f"raise the grace above {duration(propagation)}",
        )


def starting(f: Facts) -> Iterator[Finding]:
    """Probes that would kill a replica while it starts."""
    section = f.blueprint.strategy
    if section is None:
        return
    patience = f.value("probe_period_seconds") * f.value("probe_failure_threshold")
    startup = f.value("startup_seconds")
    if startup > patience and "start" not in section.health_checks.lower():
        yield _warning(
            "startup_unprotected",
            "strategy.health_checks",
            f"start-up takes {duration(startup)}, the probe gives up after {duration(patience)}",
            "add a start-up probe that covers the start",
        )


def scaling_out(f: Facts) -> Iterator[Finding]:
    """Whether the headroom lasts until a doubling of the load is absorbed."""
    peak = f.ledger.find("scaling", "capacity")
    if peak is None or not f.has("scaling"):
        return
    normal = peak.outputs.get("utilization_normal")
    if not isinstance(normal, int | float) or normal <= 0:
        return
    absorb = f.value("startup_seconds") + f.value("scrape_interval_seconds")
    if absorb > 120 and 1 / normal < 2:
        yield _warning(
            "scale_out_slow",
            "scaling",
            f"a doubling is absorbed after {duration(absorb)} (metric and start-up), the headroom "
            f"holds {number(round(1 / normal, 2))} times the peak until then",
            "lower the target utilisation, keep more replicas, or start faster",
        )


def alert_noise(f: Facts) -> Iterator[Finding]:
    """Less than one bad request a short window is noise."""
    alerts = f.ledger.find("slo", "burn_alerts")
    if alerts is None or not f.has("monitoring"):
        return
    rate = f.value("average_rps")
    for index, row in enumerate(cast("list[Mapping[str, float]]", alerts.outputs["alerts"])):
        expected = rate * row["short_window_seconds"] * row["error_ratio_threshold"]
        if expected < 1 and row["error_ratio_threshold"] < 1:
            yield _warning(
                "low_traffic_alert",
                f"monitoring.alerts[{index}]",
                f"{number(rate)} rps × {duration(row['short_window_seconds'])} × "
                f"{ratio(row['error_ratio_threshold'])} is {number(round(expected, 3))} bad "
                "requests: a single one fires it",
                "ask for a floor of requests in the rule, or lengthen the short window",
            )


def schema(f: Facts) -> Iterator[Finding]:
    """A plain rollback across a destructive migration."""
    if f.has("rollback") and f.profile.value("schema_change") == "incompatible":
        yield _warning(
            "schema_incompatible",
            "rollback.steps",
            "the schema change is not compatible with the version to return to",
            "expand and contract: add first, migrate, remove in a later release",
        )


def _all(ledger: Ledger, tool: str, op: str) -> list[Entry]:
    return [entry for entry in ledger if entry.tool == tool and entry.op == op]


def _warning(code: str, path: str, message: str, fix: str) -> Finding:
    return Finding(code, "warning", path, message, fix)


DESIGN_RULES = (
    recovery_targets,
    strategy_constraints,
    bounds,
    objective,
    agreement,
    cost,
    gray_failure,
    platform_known,
    connections,
    draining,
    starting,
    scaling_out,
    alert_noise,
    schema,
)
"""Rules of the document against its facts and figures, in the order they report."""
