"""Rules that hold the document against its facts and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.finding import Finding, Severity
from devops_exe.blueprint.quote import duration, number, percent, ratio
from devops_exe.blueprint.rules_facts import Facts, entries, warning
from devops_exe.blueprint.rules_release import (
    canary_alert,
    gray_failure,
    schema,
    strategy_constraints,
)
from devops_exe.design import tables
from devops_exe.design.feasibility import shortfall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def recovery_targets(f: Facts) -> Iterator[Finding]:
    """RTO and RPO asked for, against a release's recovery and the data's."""
    target = f.profile.number("rto_minutes")
    if target is not None and f.has("rollback", "infrastructure"):
        names = ("a release at total outage", "a gray fault", "a canary at its first weight")
        for name, entry in zip(names, entries(f.ledger, "rto", "recovery"), strict=False):
            severity: Severity = "error" if name == names[0] else "warning"
            yield from _above(f, name, entry.number("rto_minutes"), target, "rto", severity)
        for entry in entries(f.ledger, "rto", "data"):
            yield from _above(
                f, "restoring the data", entry.number("restore_seconds") / 60, target, "rto"
            )
    wanted = f.profile.number("rpo_minutes")
    if wanted is not None and f.has("rollback", "infrastructure"):
        yield from _above(f, "the data", _recovery_point(f), wanted, "rpo")


def _recovery_point(f: Facts) -> float:
    for entry in entries(f.ledger, "rto", "data"):
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
        yield warning(
            "replicas_below_need",
            path,
            f"{number(stated)} replicas are fewer than the {number(needed)} that the peak, the "
            "utilisation and the loss of a zone ask for",
            f"use {number(needed)}, or accept less headroom",
        )
    if high is not None and high < needed and f.has("scaling"):
        yield warning(
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


def platform_known(f: Facts) -> Iterator[Finding]:
    """A platform without a row of its own gets neutral words."""
    orchestrator = f.profile.text("orchestrator") or "kubernetes"
    if not tables.has_row(orchestrator):
        yield warning(
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
    # while a release runs, both colours hold their connections
    colours = 2 if f.ledger.find("rollout", "blue_green") is not None else 1
    both = " × 2 colours" if colours == 2 else ""
    most *= colours
    for name in f.profile.items("datastores"):
        limit = tables.store(name).get("max_connections")
        if limit is not None and most * pool > limit:
            engine = tables.store(name)["engine"]
            yield warning(
                "connections_exceeded",
                "infrastructure" if f.has("infrastructure") else "scaling",
                f"{number(most / colours)} replicas{both} × a pool of {number(pool)} = "
                f"{number(most * pool)} "
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
        yield warning(
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
        yield warning(
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
        yield warning(
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
            yield warning(
                "low_traffic_alert",
                f"monitoring.alerts[{index}]",
                f"{number(rate)} rps × {duration(row['short_window_seconds'])} × "
                f"{ratio(row['error_ratio_threshold'])} is {number(round(expected, 3))} bad "
                "requests: a single one fires it",
                "ask for a floor of requests in the rule, or lengthen the short window",
            )


DESIGN_RULES = (
    recovery_targets,
    strategy_constraints,
    bounds,
    objective,
    agreement,
    cost,
    gray_failure,
    canary_alert,
    platform_known,
    connections,
    draining,
    starting,
    scaling_out,
    alert_noise,
    schema,
)
"""Rules of the document against its facts and figures, in the order they report."""
