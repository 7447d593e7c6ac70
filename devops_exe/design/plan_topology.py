"""The first half of a plan: objective and alerts, replicas, zones and availability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.design import decide
from devops_exe.design.assume import busy_time, given
from devops_exe.design.ledger import Input
from devops_exe.design.plan_calls import Calls, alert_windows
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import SystemProfile

MAX_REPLICAS = 1_000_000
"""Above this the design is not one service: the profile is refused with the arithmetic."""

_GROUP_ABOVE = 600
"""Replicas a zone above which availability is computed over groups of replicas."""


def objective(calls: Calls) -> tuple[int | None, int | None]:
    """Error budget, burn-rate alerts, and what sees a total outage and a gray fault first."""
    slo = calls.given("slo_percent", window_days="slo_window_days")
    calls.add("budget", "slo", "budget", slo)
    total = {"error_ratio": Input(1.0, "assumption", "total outage: every request fails")}
    gray = {"error_ratio": given(calls.profile, "bad_error_ratio")}
    scheme = {"scheme": Input("google", "assumption", "Google SRE Workbook ch. 5, Table 5-8")}
    alerts = calls.add("alerts", "slo", "burn_alerts", {**slo, **scheme, **total})
    outage_alert = decide.first_alert(alerts)
    gray_alerts = calls.add("alerts_gray", "slo", "burn_alerts", {**slo, **scheme, **gray})
    gray_alert = decide.first_alert(gray_alerts)
    for role, entry, index, ratio in (
        ("detection", alerts, outage_alert, total),
        ("detection_gray", gray_alerts, gray_alert, gray),
    ):
        if index is not None:
            calls.add(
                role, "slo", "detection", {**slo, **ratio, **alert_windows(calls, entry, index)}
            )
    if "sla_percent" in calls.profile:
        promised = calls.given(slo_percent="sla_percent", window_days="slo_window_days")
        calls.add("budget_sla", "slo", "budget", promised)
    return outage_alert, gray_alert


def capacity(calls: Calls) -> tuple[decide.Topology, Input]:
    """Replicas at peak, at average (the minimum) and at twice the peak (the maximum)."""
    profile = calls.profile
    zones, failures = decide.zones_of(profile)
    zone_input = given(profile, "zones")
    common = {
        "mean_service_ms": busy_time(profile),
        "workers_per_replica": given(profile, "workers"),
        "target_utilization": given(profile, "target_utilization"),
        "zones": Input(zones, zone_input.origin, zone_input.where),
        "zone_failures_tolerated": Input(
            failures, "assumption", "static stability: one of two or more zones may be lost"
        ),
    }
    peak = given(profile, "peak_rps")
    twice = Input(2.0 * float(str(peak.value)), peak.origin, f"2 × the peak ({peak.where})")
    _refuse_absurd(profile, common, float(str(twice.value)))
    calls.add("peak", "scaling", "capacity", {"arrival_rps": peak, **common})
    calls.add(
        "average", "scaling", "capacity", {"arrival_rps": given(profile, "average_rps"), **common}
    )
    calls.add("twice", "scaling", "capacity", {"arrival_rps": twice, **common})
    stated = profile.get("replicas")
    if stated is not None and isinstance(stated.value, int) and stated.value >= 1:
        topology = decide.Topology(zones, failures, decide.spread(stated.value, zones), stated=True)
        return topology, Input.of(stated)
    each = calls.ledger.entry(calls.ids["peak"]).count("replicas_per_zone")
    topology = decide.Topology(zones, failures, (each,) * zones, stated=False)
    return topology, calls.link("peak", "total_replicas")


def _refuse_absurd(profile: SystemProfile, common: Mapping[str, Input], arrival: float) -> None:
    busy = float(str(common["mean_service_ms"].value))
    capacity = float(str(common["workers_per_replica"].value)) * float(
        str(common["target_utilization"].value)
    )
    need = arrival * busy / 1000 / capacity if capacity > 0 else 0.0
    if not need < MAX_REPLICAS:
        raise UserError(
            f"twice the peak needs {need:.3g} replicas, more than {MAX_REPLICAS:,}",
            where=profile.facts["peak_rps"].where,
            fix="state a smaller load, a shorter service time or more requests a replica",
        )


def availability(calls: Calls, topology: decide.Topology) -> tuple[decide.Shared, ...]:
    """Shared parts in series, and the replicas over zones behind them."""
    shared = decide.shared_parts(calls.profile)
    inputs = {
        "zone_availability": given(calls.profile, "zone_availability"),
        "replica_availability": given(calls.profile, "replica_availability"),
    }
    if shared:
        blocks = [{"type": "component", "availability_percent": part.percent} for part in shared]
        where = "; ".join(f"{part.name}: {part.authority}" for part in shared)
        calls.add(
            "shared",
            "availability",
            "block",
            {"block": Input({"type": "series", "blocks": blocks}, "assumption", where)},
        )
        inputs["shared_availability"] = calls.link("shared", "availability")
    needed = calls.ledger.entry(calls.ids["peak"]).count("replicas_for_stability")
    inputs |= _zone_counts(calls, topology, needed)
    calls.add("availability", "availability", "zones", inputs)
    return shared


def _zone_counts(calls: Calls, topology: decide.Topology, needed: int) -> dict[str, Input]:
    largest = max(topology.per_zone)
    if largest > _GROUP_ABOVE:
        size = -(-largest // _GROUP_ABOVE)
        why = f"in groups of {size} replicas, each as available as one replica"
        groups = [count // size for count in topology.per_zone]
        groups_needed = min(sum(groups), max(1, -(-needed // size)))
        return {
            "replicas_per_zone": Input(groups, "assumption", why),
            "required_replicas": Input(groups_needed, "assumption", why),
        }
    if topology.stated:
        stated = given(calls.profile, "replicas")
        counts = Input(list(topology.per_zone), stated.origin, f"{stated.where}, over the zones")
    else:
        reference = f"{calls.ids['peak']}.replicas_per_zone × {topology.zones}"
        counts = calls.ledger.linked(reference)
    if 1 <= needed <= topology.replicas:
        required = calls.link("peak", "replicas_for_stability")
    else:
        required = Input(
            max(1, min(needed, topology.replicas)),
            "assumption",
            "all replicas: the stated number cannot hold the peak",
        )
    return {"replicas_per_zone": counts, "required_replicas": required}
