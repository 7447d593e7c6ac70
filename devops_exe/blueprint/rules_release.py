"""Rules on the release: strategy, what sees a bad one, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.quote import duration, ratio, risk
from devops_exe.blueprint.rules_facts import Facts, entries, warning
from devops_exe.design import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
    yield warning(
        "gray_failure_unseen",
        "rollback.rto",
        f"a release that fails {ratio(bad)} of the requests fires no burn-rate alert: the lowest "
        f"threshold is {ratio(least)}",
        f"add an alert per version on an error ratio > {ratio(bad / 2)} over "
        f"{duration(cast('float', rows[0]['short_window_seconds']))}",
    )


def canary_alert(f: Facts) -> Iterator[Finding]:
    """A canary that has moved on before its alert can fire."""
    bake = f.ledger.find("canary", "bake_time")
    section = f.blueprint.strategy
    recoveries = entries(f.ledger, "rto", "recovery")
    if section is None or section.type != "Canary" or bake is None or len(recoveries) < 3:
        return
    seen = recoveries[2].number("detect_seconds")
    total = bake.number("total_seconds")
    if seen > total:
        yield warning(
            "canary_outruns_alert",
            "strategy.rollout",
            f"the steps take {duration(total)} in all, the alert on the canary's own errors "
            f"{duration(seen)}: a gray fault is at all traffic before it is seen",
            f"bake at least {duration(seen)} a step, or judge each step by an automated analysis",
        )


def schema(f: Facts) -> Iterator[Finding]:
    """A plain rollback across a destructive migration."""
    if f.has("rollback") and f.profile.value("schema_change") == "incompatible":
        yield warning(
            "schema_incompatible",
            "rollback.steps",
            "the schema change is not compatible with the version to return to",
            "expand and contract: add first, migrate, remove in a later release",
        )
