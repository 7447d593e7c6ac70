"""The risks of a release that follow from the facts and the figures, with the plan's answer.

The scale is that of the repository's register (:data:`devops_exe.assess.risk.SCALE`). What a
finding of the document already says is not said again here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from devops_exe.assess.risk import Risk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from devops_exe.design.plan import Plan

_MOST_NAMED = 20


def register(planned: Plan) -> tuple[Risk, ...]:
    """The risks of a plan, in a fixed order; each place is the fact's own."""
    return (
        *_one_writer(planned),
        *_schema(planned),
        *_thin_traffic(planned),
        *_no_health(planned),
        *_one_replica(planned),
        *_unmeasured(planned),
    )


def joined(found: tuple[Risk, ...], more: tuple[Risk, ...]) -> tuple[Risk, ...]:
    """Both registers; of two of one kind about one place the repository's is kept."""
    known = {(risk.id, risk.where) for risk in found}
    return found + tuple(risk for risk in more if (risk.id, risk.where) not in known)


def _one_writer(planned: Plan) -> Iterator[Risk]:
    fact = planned.profile.get("exclusive_volume")
    if fact is None or fact.value is not True:
        return
    yield Risk(
        "single-writer",
        "Storage allows one writer only: two versions cannot run side by side",
        fact.where,
        "high",
        "high",
        f"The plan releases by {planned.choice.strategy}: no second writer, so no canary; move "
        "the data to a server that takes several writers before asking for one",
    )


def _schema(planned: Plan) -> Iterator[Risk]:
    fact = planned.profile.get("schema_change")
    if fact is None or fact.value not in ("backward_compatible", "incompatible"):
        return
    if fact.value == "incompatible":
        yield Risk(
            "destructive-migration",
            "The schema change drops or renames: the release before it cannot run on it",
            fact.where,
            "medium",
            "high",
            "Split it: expand, move, contract in a later release; no plain rollback until then",
        )
        return
    yield Risk(
        "schema-change",
        "The release changes the schema: both versions run on it while it rolls out",
        fact.where,
        "low",
        "medium",
        "Expand first, contract in a later release; the plan returns the release and leaves the "
        "expanded schema",
    )


def _thin_traffic(planned: Plan) -> Iterator[Risk]:
    rows = cast("Mapping[str, Mapping[str, object]]", planned.entry("risk").outputs["strategies"])
    if "traffic_too_small" not in cast("list[str]", rows["Canary"]["excluded_because"]):
        return
    rate = planned.profile.facts["average_rps"]
    yield Risk(
        "thin-traffic",
        "Traffic is too small for a canary: its first step cannot tell a bad release in time",
        rate.where,
        "high",
        "medium",
        f"The plan releases by {planned.choice.strategy}; add synthetic requests, or judge the "
        "release before it takes traffic",
    )


def _no_health(planned: Plan) -> Iterator[Risk]:
    if planned.profile.get("health_path") is not None:
        return
    yield Risk(
        "no-health-check",
        "No health check to roll on was named: a rollout cannot see that a replica fails",
        "words and repository",
        "medium",
        "high",
        "The plan's readiness probe needs a path that checks what a request needs; state it",
    )


def _one_replica(planned: Plan) -> Iterator[Risk]:
    fact = planned.profile.get("replicas")
    if fact is None or fact.origin == "assumption" or fact.value != 1:
        return
    yield Risk(
        "single-replica",
        "One replica: a node's end or a release is an outage",
        fact.where,
        "high",
        "medium",
        "Run two or more replicas over zones, with a disruption budget",
    )


def _unmeasured(planned: Plan) -> Iterator[Risk]:
    """Services that a request waits for and that are in no availability figure."""
    fact = planned.profile.get("dependencies")
    slo = planned.profile.number("slo_percent")
    if fact is None or slo is None:
        return
    needed = f"{100 - (100 - slo) / 10:.6f}".rstrip("0").rstrip(".")
    for name in planned.profile.items("dependencies")[:_MOST_NAMED]:
        yield Risk(
            "unmeasured-dependency",
            f"{name} is on the request path and in no availability figure: nobody stated one",
            fact.where,
            "medium",
            "high",
            f"Time out, break the circuit and fall back; ask for {needed} % (an extra nine)",
        )
