"""The plan: from a profile to the ordered calculator calls of a blueprint.

Every input is passed explicitly, with where it came from; entries are numbered in the order
of the calls, so the same request has the same ids. Pure: no engine, no clock, no files but
the tables of this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.assess.profile import PRECEDENCE, SystemProfile
from devops_exe.design import decide
from devops_exe.design.assume import (
    WEEKS_A_MONTH,
    Assumption,
    busy_time,
    complete,
    given,
    list_assumptions,
)
from devops_exe.design.ledger import Entry, Input, Ledger, Source
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_REPLICAS = 1_000_000
"""Above this the design is not one service: the profile is refused with the arithmetic."""

_GROUP_ABOVE = 600
"""Replicas a zone above which availability is computed over groups of replicas."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a profile leads to.

    Attributes:
        profile: completed with assumptions.
        ledger: every calculator call.
        ids: what an entry is for (``budget``, ``peak``, ``recovery`` …) to its id.
        choice: the strategy.
        topology: zones and replicas.
        shared: parts that every request passes.
        outage_alert, gray_alert: which burn-rate alert sees a total outage and a gray fault
            first, as an index into the alerts; None where none does.
    """

    profile: SystemProfile
    ledger: Ledger
    ids: Mapping[str, str]
    choice: decide.Choice
    topology: decide.Topology
    shared: tuple[decide.Shared, ...]
    outage_alert: int | None
    gray_alert: int | None

    def entry(self, role: str) -> Entry:
        """The entry of a role."""
        return self.ledger.entry(self.ids[role])

    def has(self, role: str) -> bool:
        """Whether the plan has an entry for this role."""
        return role in self.ids

    def assumptions(self, quoted: Iterable[str] = ()) -> tuple[Assumption, ...]:
        """Every assumption that a figure rests on, and those that ``quoted`` names."""
        used: dict[str, tuple[object, str]] = {}
        for name in sorted(quoted):
            value = given(self.profile, name)
            if value.origin == "assumption":
                used[name] = (value.value, value.where)
        for entry in self.ledger:
            for name, whence in entry.provenance.items():
                if whence.origin == "assumption" and name in _LISTED:
                    used.setdefault(name, (entry.inputs[name], whence.where))
        return list_assumptions(self.profile, used)


class _Calls:
    """The ledger under construction."""

    def __init__(self, profile: SystemProfile) -> None:
        self.profile = profile
        self.ledger = Ledger()
        self.ids: dict[str, str] = {}

    def add(self, role: str, tool: str, op: str, inputs: Mapping[str, Input]) -> Entry:
        self.ledger, entry = self.ledger.call(tool, op, inputs)
        self.ids[role] = entry.id
        return entry

    def link(self, role: str, path: str) -> Input:
        """Another entry's output as an input."""
        return self.ledger.linked(f"{self.ids[role]}.{path}")

    def given(self, *names: str, **renamed: str) -> dict[str, Input]:
        """Inputs by their own name, and ``input=field`` for those named otherwise."""
        inputs = {name: given(self.profile, name) for name in names}
        inputs |= {name: given(self.profile, field) for name, field in renamed.items()}
        return inputs


def plan(profile: SystemProfile) -> Plan:
    """The ordered calculator calls of a blueprint, and the decisions that follow.

    Raises:
        UserError: the load needs more replicas than one service can have.
        CalculatorError: a value of the profile is out of a calculator's range.
    """
    profile = complete(profile)
    calls = _Calls(profile)
    outage, gray = _objective(calls)
    topology, replicas = _capacity(calls)
    shared = _availability(calls, topology)
    _rollouts(calls, replicas)
    risk = _risk(calls, replicas)
    choice = decide.choose(profile, risk)
    _recovery(calls, choice.strategy, replicas, outage, gray)
    _after_choice(calls, choice.strategy, replicas)
    return Plan(profile, calls.ledger, calls.ids, choice, topology, shared, outage, gray)


def _objective(calls: _Calls) -> tuple[int | None, int | None]:
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
            calls.add(role, "slo", "detection", {**slo, **ratio, **_windows(calls, entry, index)})
    if "sla_percent" in calls.profile:
        promised = calls.given(slo_percent="sla_percent", window_days="slo_window_days")
        calls.add("budget_sla", "slo", "budget", promised)
    return outage_alert, gray_alert


def _windows(calls: _Calls, alerts: Entry, index: int, *, short: bool = True) -> dict[str, Input]:
    names = ("burn_rate", "long_window_seconds", *(("short_window_seconds",) if short else ()))
    return {name: calls.ledger.linked(f"{alerts.id}.alerts[{index}].{name}") for name in names}


def _capacity(calls: _Calls) -> tuple[decide.Topology, Input]:
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


def _availability(calls: _Calls, topology: decide.Topology) -> tuple[decide.Shared, ...]:
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


def _zone_counts(calls: _Calls, topology: decide.Topology, needed: int) -> dict[str, Input]:
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


def _rollouts(calls: _Calls, replicas: Input) -> None:
    """How a rolling update runs, how many requests a canary needs, and its bake times."""
    bounds = {"replicas": replicas, **calls.given("max_surge", "max_unavailable")}
    calls.add("fenceposts", "rollout", "fenceposts", bounds)
    calls.add(
        "rolling",
        "rollout",
        "rolling",
        {
            **bounds,
            **calls.given(
                "min_ready_seconds",
                "termination_grace_seconds",
                "progress_deadline_seconds",
                pod_startup_seconds="startup_seconds",
            ),
        },
    )
    calls.add(
        "sample",
        "canary",
        "sample_size",
        {
            "baseline_rate": calls.link("budget", "error_budget_fraction"),
            "degraded_rate": _degraded(calls),
            **calls.given("alpha", "power"),
            "method": Input("normal", "assumption", "Fleiss, Levin & Paik 2003, 4.14"),
        },
    )
    calls.add(
        "bake",
        "canary",
        "bake_time",
        {
            "samples_per_step": calls.link("sample", "canary_samples"),
            "total_rps": given(calls.profile, "average_rps"),
            "weights_percent": given(calls.profile, "canary_weights_percent"),
            "min_step_seconds": given(calls.profile, "min_step_seconds"),
        },
    )


def _degraded(calls: _Calls) -> Input:
    """The error ratio that a canary must see: a bad release's, or twice the budget above it."""
    budget = calls.ledger.entry(calls.ids["budget"]).number("error_budget_fraction")
    bad = given(calls.profile, "bad_error_ratio")
    if float(str(bad.value)) > budget:
        return bad
    return Input(
        min(1.0, 2 * budget), "assumption", "twice the error budget: a bad release hides within it"
    )


def _risk(calls: _Calls, replicas: Input) -> Entry:
    """The five strategies: risk, exclusions, ranking."""
    profile = calls.profile
    delays = [
        given(profile, name)
        for name in ("scrape_interval_seconds", "evaluation_interval_seconds", "group_wait_seconds")
    ]
    inputs = {
        "replicas": replicas,
        "rps": given(profile, "average_rps"),
        **calls.given(
            "slo_percent",
            "max_surge",
            "max_unavailable",
            "min_ready_seconds",
            "termination_grace_seconds",
            "decide_seconds",
            "preview_detection",
            "canary_weights_percent",
            "cohort_percent",
            "alpha",
            "power",
            "traffic_routing",
            "canary_analysis",
            "feature_flags",
            "switch_seconds",
            "lb_propagation_seconds",
            "weight_reset_seconds",
            "flag_propagation_seconds",
            "analysis_seconds",
            "scale_down_delay_seconds",
            "experiment_seconds",
            "failure_probability",
            "bad_error_ratio",
            "spare_capacity_percent",
            "max_step_hours",
            window_days="slo_window_days",
            pod_startup_seconds="startup_seconds",
        ),
        "alert_delay_seconds": Input(
            sum(float(str(item.value)) for item in delays),
            _weakest(delays),
            "scrape + evaluation + group wait",
        ),
        "step_seconds": calls.link("bake", "step_seconds[0]"),
        **_constraints(profile),
    }
    return calls.add("risk", "strategy", "", inputs)


def _constraints(profile: SystemProfile) -> dict[str, Input]:
    """What the user or the repository demands of a strategy; absent demands are not passed."""
    inputs: dict[str, Input] = {}
    for field, name in (
        ("zero_downtime", "zero_downtime_required"),
        ("session_affinity", "session_affinity_required"),
        ("feature_validation", "feature_validation"),
        ("exclusive_volume", "exclusive_volume"),
        ("sticky_routing_available", "sticky_routing_available"),
    ):
        fact = profile.get(field)
        if fact is not None and isinstance(fact.value, bool):
            inputs[name] = Input.of(fact)
    change = profile.get("schema_change")
    if change is not None and change.value in {"none", "backward_compatible", "incompatible"}:
        inputs["schema_migration"] = Input.of(change)
    return inputs


def _recovery(
    calls: _Calls, strategy: str, replicas: Input, outage: int | None, gray: int | None
) -> None:
    """Recovery of a release: total outage, a gray fault, and a canary at its first weight."""
    alerts = {"recovery": ("alerts", outage), "recovery_gray": ("alerts_gray", gray)}
    for role, (source, index) in alerts.items():
        if index is not None:
            windows = _windows(calls, calls.ledger.entry(calls.ids[source]), index, short=False)
            ratio = calls.ledger.entry(calls.ids[source]).inputs["error_ratio"]
            whence = calls.ledger.entry(calls.ids[source]).provenance["error_ratio"]
            inputs = _recovery_inputs(calls, strategy, replicas) | windows
            inputs["error_ratio"] = Input(ratio, whence.origin, whence.where)
            calls.add(role, "rto", "recovery", inputs)
    if strategy == "Canary" and gray is not None:
        windows = _windows(calls, calls.ledger.entry(calls.ids["alerts_gray"]), gray, short=False)
        inputs = _recovery_inputs(calls, strategy, replicas) | windows
        bad = given(calls.profile, "bad_error_ratio")
        inputs["error_ratio"] = Input(
            bad.value, bad.origin, f"the canary's own series: {bad.where}"
        )
        inputs["canary_weight_percent"] = _first_weight(calls)
        calls.add("recovery_first", "rto", "recovery", inputs)
    if "data_gib" in calls.profile and "restore_mib_per_second" in calls.profile:
        inputs = calls.given("data_gib", "restore_mib_per_second")
        if "backup_interval_minutes" in calls.profile:
            inputs |= calls.given("backup_interval_minutes")
        else:
            point = given(calls.profile, "recovery_point_minutes")
            lag = Input(60.0 * float(str(point.value)), point.origin, point.where)
            inputs["replication_lag_seconds"] = lag
        calls.add("data", "rto", "data", inputs)


def _recovery_inputs(calls: _Calls, strategy: str, replicas: Input) -> dict[str, Input]:
    """What every recovery of a release takes; act times of the strategy alone are passed."""
    names = {
        "Blue-Green": ("switch_seconds", "lb_propagation_seconds"),
        "Canary": ("weight_reset_seconds", "traffic_routing", "max_surge", "max_unavailable"),
        "Rolling": ("max_surge", "max_unavailable"),
        "Recreate": ("termination_grace_seconds",),
        "A/B Testing": ("flag_propagation_seconds",),
    }[strategy]
    inputs = {
        "strategy": _chosen(calls, strategy),
        "detection": Input("burn_rate", "assumption", "the document's own alerts"),
        **calls.given(
            *names,
            "slo_percent",
            "scrape_interval_seconds",
            "evaluation_interval_seconds",
            "group_wait_seconds",
            "automated_rollback",
            "decide_seconds",
            "verify_seconds",
            window_days="slo_window_days",
        ),
    }
    if strategy in {"Canary", "Rolling", "Recreate"}:
        inputs |= calls.given("min_ready_seconds", pod_startup_seconds="startup_seconds")
    if strategy in {"Canary", "Rolling"}:
        inputs["replicas"] = replicas
    if strategy == "Canary":
        inputs["canary_weight_percent"] = _last_weight(calls)
    target = calls.profile.get("rto_minutes")
    if target is not None:
        inputs["rto_target_minutes"] = Input.of(target)
    return inputs


def _chosen(calls: _Calls, strategy: str) -> Input:
    """The strategy's key, from the user's words or from the decision."""
    key = decide.CALCULATOR_KEYS[strategy]
    asked = calls.profile.get("strategy")
    if asked is not None:
        return Input(key, asked.origin, asked.where)
    return Input(key, "assumption", f"decided on {calls.ids['risk']}.ranking")


def _weights(calls: _Calls) -> tuple[list[float], Input]:
    given_weights = given(calls.profile, "canary_weights_percent")
    value = given_weights.value
    return ([float(item) for item in value] if isinstance(value, list) else []), given_weights


def _first_weight(calls: _Calls) -> Input:
    weights, whence = _weights(calls)
    return Input(weights[0], whence.origin, f"first step: {whence.where}")


def _last_weight(calls: _Calls) -> Input:
    weights, whence = _weights(calls)
    return Input(max(weights), whence.origin, f"largest step: {whence.where}")


def _after_choice(calls: _Calls, strategy: str, replicas: Input) -> None:
    """What only the chosen strategy needs, and what it costs."""
    profile = calls.profile
    startup = calls.given("min_ready_seconds", pod_startup_seconds="startup_seconds")
    delay = given(profile, "scale_down_delay_seconds")
    if strategy == "Blue-Green":
        if "recovery_gray" in calls.ids and "scale_down_delay_seconds" not in profile:
            delay = calls.link("recovery_gray", "rto_seconds")
        calls.add(
            "blue_green",
            "rollout",
            "blue_green",
            {
                "replicas": replicas,
                **startup,
                **calls.given("analysis_seconds", "switch_seconds"),
                "scale_down_delay_seconds": delay,
            },
        )
    if strategy in {"Canary", "A/B Testing"}:
        weight = _first_weight(calls) if strategy == "Canary" else given(profile, "cohort_percent")
        whole = Input(round(float(str(weight.value))), weight.origin, weight.where)
        calls.add(
            "first_step", "rollout", "argo_traffic", {"replicas": replicas, "set_weight": whole}
        )
    calls.add("cost", "cost", "", _cost_inputs(calls, strategy, replicas, delay, startup))


def _cost_inputs(
    calls: _Calls, strategy: str, replicas: Input, delay: Input, startup: Mapping[str, Input]
) -> dict[str, Input]:
    profile = calls.profile
    cpu, memory = given(profile, "cpu_millicores"), given(profile, "memory_mib")
    week = profile.get("deploys_per_week")
    deploys = (
        Input(
            float(str(week.value)) * WEEKS_A_MONTH, week.origin, f"{week.where} × {WEEKS_A_MONTH}"
        )
        if week is not None
        else given(profile, "deploys_per_month")
    )
    inputs = {
        "replicas": replicas,
        "vcpu_per_replica": Input(float(str(cpu.value)) / 1000, cpu.origin, cpu.where),
        "memory_gib_per_replica": Input(
            float(str(memory.value)) / 1024, memory.origin, memory.where
        ),
        **calls.given("price_per_vcpu_hour", "price_per_gib_hour"),
        "strategy": _chosen(calls, strategy),
        "deploys_per_month": deploys,
        **startup,
    }
    more = {
        "Blue-Green": ("analysis_seconds", "switch_seconds"),
        "Canary": ("canary_weights_percent",),
        "Rolling": ("max_surge", "max_unavailable"),
        "Recreate": (),
        "A/B Testing": ("cohort_percent", "experiment_seconds"),
    }[strategy]
    inputs |= calls.given(*more)
    if strategy == "Blue-Green":
        inputs["scale_down_delay_seconds"] = delay
    if strategy == "Canary":
        inputs["step_seconds"] = calls.link("bake", "step_seconds[0]")
    return inputs


_ORDER: tuple[Source, ...] = (*PRECEDENCE, "ledger")


def _weakest(items: list[Input]) -> Source:
    """The origin that counts least among these: a sum is as sure as its least sure part."""
    return max((item.origin for item in items), key=_ORDER.index)


_LISTED = frozenset(
    {
        "max_surge",
        "max_unavailable",
        "min_ready_seconds",
        "termination_grace_seconds",
        "progress_deadline_seconds",
        "switch_seconds",
        "lb_propagation_seconds",
        "weight_reset_seconds",
        "flag_propagation_seconds",
        "analysis_seconds",
        "min_step_seconds",
        "bad_error_ratio",
        "failure_probability",
        "preview_detection",
        "cohort_percent",
        "experiment_seconds",
        "canary_weights_percent",
        "alpha",
        "power",
        "spare_capacity_percent",
        "max_step_hours",
        "traffic_routing",
        "canary_analysis",
        "automated_rollback",
        "feature_flags",
        "scrape_interval_seconds",
        "evaluation_interval_seconds",
        "group_wait_seconds",
        "decide_seconds",
        "verify_seconds",
        "scale_down_delay_seconds",
        "deploys_per_month",
        "price_per_vcpu_hour",
        "price_per_gib_hour",
        "target_utilization",
        "replica_availability",
    }
)
"""Calculator inputs that have a row of their own in the table of assumptions."""
