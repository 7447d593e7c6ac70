"""The second half of a plan: rollouts, risk, recovery, cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.design.assume import WEEKS_A_MONTH, given
from devops_exe.design.ledger import Entry, Input
from devops_exe.design.plan_calls import (
    Calls,
    alert_windows,
    chosen,
    first_weight,
    last_weight,
    weakest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import SystemProfile


def rollouts(calls: Calls, replicas: Input) -> None:
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


def _degraded(calls: Calls) -> Input:
    """The error ratio that a canary must see: a bad release's, or twice the budget above it."""
    budget = calls.ledger.entry(calls.ids["budget"]).number("error_budget_fraction")
    bad = given(calls.profile, "bad_error_ratio")
    if float(str(bad.value)) > budget:
        return bad
    return Input(
        min(1.0, 2 * budget), "assumption", "twice the error budget: a bad release hides within it"
    )


def risk(calls: Calls, replicas: Input) -> Entry:
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
            weakest(delays),
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


def recovery(
    calls: Calls, strategy: str, replicas: Input, outage: int | None, gray: int | None
) -> None:
    """Recovery of a release: total outage, a gray fault, and a canary at its first weight."""
    alerts = {"recovery": ("alerts", outage), "recovery_gray": ("alerts_gray", gray)}
    for role, (source, index) in alerts.items():
        if index is not None:
            windows = alert_windows(
                calls, calls.ledger.entry(calls.ids[source]), index, short=False
            )
            ratio = calls.ledger.entry(calls.ids[source]).inputs["error_ratio"]
            whence = calls.ledger.entry(calls.ids[source]).provenance["error_ratio"]
            inputs = _recovery_inputs(calls, strategy, replicas) | windows
            inputs["error_ratio"] = Input(ratio, whence.origin, whence.where)
            calls.add(role, "rto", "recovery", inputs)
    if strategy == "Canary" and gray is not None:
        windows = alert_windows(
            calls, calls.ledger.entry(calls.ids["alerts_gray"]), gray, short=False
        )
        inputs = _recovery_inputs(calls, strategy, replicas) | windows
        bad = given(calls.profile, "bad_error_ratio")
        inputs["error_ratio"] = Input(
            bad.value, bad.origin, f"the canary's own series: {bad.where}"
        )
        inputs["canary_weight_percent"] = first_weight(calls)
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


def _recovery_inputs(calls: Calls, strategy: str, replicas: Input) -> dict[str, Input]:
    """What every recovery of a release takes; act times of the strategy alone are passed."""
    names = {
        "Blue-Green": ("switch_seconds", "lb_propagation_seconds"),
        "Canary": ("weight_reset_seconds", "traffic_routing", "max_surge", "max_unavailable"),
        "Rolling": ("max_surge", "max_unavailable"),
        "Recreate": ("termination_grace_seconds",),
        "A/B Testing": ("flag_propagation_seconds",),
    }[strategy]
    inputs = {
        "strategy": chosen(calls, strategy),
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
        inputs["canary_weight_percent"] = last_weight(calls)
    target = calls.profile.get("rto_minutes")
    if target is not None:
        inputs["rto_target_minutes"] = Input.of(target)
    return inputs


def after_choice(calls: Calls, strategy: str, replicas: Input) -> None:
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
        weight = first_weight(calls) if strategy == "Canary" else given(profile, "cohort_percent")
        whole = Input(round(float(str(weight.value))), weight.origin, weight.where)
        calls.add(
            "first_step", "rollout", "argo_traffic", {"replicas": replicas, "set_weight": whole}
        )
    calls.add("cost", "cost", "", _cost_inputs(calls, strategy, replicas, delay, startup))


def _cost_inputs(
    calls: Calls, strategy: str, replicas: Input, delay: Input, startup: Mapping[str, Input]
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
        "strategy": chosen(calls, strategy),
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
