"""The scaling policy and the monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from devops_exe.design import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.blueprint.draft.context import Context


def scaling(c: Context) -> list[dict[str, str]]:
    """The three rows of the template."""
    return [
        {"dimension": "Horizontal", "trigger": _metric(c), "target": _target(c)},
        {
            "dimension": "Vertical",
            "trigger": "usage samples against the requests in force",
            "target": _vertical(c),
        },
        {
            "dimension": "Auto-scale",
            "trigger": f"{c.words['autoscaler']}: {_policy(c)}",
            "target": _limits(c),
        },
    ]


def _metric(c: Context) -> str:
    if c.orchestrator == "lambda":
        return "concurrent executions"
    if c.orchestrator == "cloud-run":
        return "requests at once per instance"
    return f"requests per second per {c.unit()}"


def _target(c: Context) -> str:
    rate = f"{c.q('peak', 'target_rps_per_replica')} rps per {c.unit()}"
    return f"{rate}, {c.p('target_utilization', 'ratio')} of what one {c.unit()} can do"


def _vertical(c: Context) -> str:
    marked = "" if c.says("memory_mib") and c.says("cpu_millicores") else " (assumed)"
    if c.orchestrator == "lambda":
        size = f"{c.p('memory_mib', 'count')} MiB"
    else:
        size = f"{c.p('cpu_millicores', 'count')}m CPU and {c.p('memory_mib', 'count')} MiB"
    how = (
        "run the VerticalPodAutoscaler with updateMode Off to collect samples"
        if c.orchestrator == "kubernetes"
        else "record usage samples for a week before changing it"
    )
    return f"{size} in force{marked}, set by {c.words['vertical']}; {how}"


def _policy(c: Context) -> str:
    text = str(c.words["stabilisation"])
    if c.orchestrator == "kubernetes":
        return f"{text} of {c.p('downscale_stabilization_seconds', 'duration')}"
    return text


def minimum(c: Context) -> str:
    """Mark of the fewest replicas: the user's, else capacity at the average load."""
    if c.says("min_replicas"):
        return c.p("min_replicas", "count")
    return c.q("average", "total_replicas", "count")


def maximum(c: Context) -> str:
    """Mark of the most replicas: the user's, else capacity at twice the peak."""
    if c.says("max_replicas"):
        return c.p("max_replicas", "count")
    return c.q("twice", "total_replicas", "count")


def _limits(c: Context) -> str:
    limits = f"min {minimum(c)}, max {maximum(c)} {c.units()}"
    if c.kind != "scale":
        return limits
    now = c.p("replicas", "count") if c.plan.topology.stated else "unknown (not stated)"
    lost = (
        f", {c.q('peak', 'replicas_after_zone_loss', 'count')} with one zone lost"
        if c.plan.topology.failures
        else ", none with the zone lost"
    )
    return f"{limits}; now {now}, {c.q('peak', 'total_replicas', 'count')} at peak{lost}"


def monitoring(c: Context) -> dict[str, list[str]]:
    """Health metrics, performance metrics and alerts; every alert has threshold and window."""
    return {
        "health_metrics": [
            _indicator(c),
            (
                f"error budget: what is left of {c.q('budget', 'downtime_minutes', 'span')}, and "
                "the burn rate per version"
            ),
            (
                "concurrent executions and throttles per version"
                if c.orchestrator == "lambda"
                else f"healthy {c.units()} per zone and per version"
            ),
            *_agreement(c),
        ],
        "performance_metrics": [
            _latency(c),
            (
                f"requests per second per {c.unit()} against "
                f"{c.q('peak', 'target_rps_per_replica')} rps"
            ),
            *(text.replace("{units}", c.units()) for text in _kind(c)["more"]),
            *_store_metrics(c),
        ],
        "alerts": [*_burn_alerts(c), *_latency_alert(c)],
    }


def _kind(c: Context) -> Mapping[str, Any]:
    """The row of the system's kind; one that answers requests where nobody said."""
    rows = tables.table("kinds")
    row: Mapping[str, Any] = rows.get(c.profile.text("kind") or "http", rows["http"])
    return row


def _indicator(c: Context) -> str:
    """What a good event is for this kind of system, with its objective."""
    return (
        str(_kind(c)["indicator"])
        .replace("{slo}", c.p("slo_percent", "percent"))
        .replace("{window}", c.q("budget", "window_seconds", "duration"))
    )


def _agreement(c: Context) -> list[str]:
    """What the agreement with customers allows beside the objective that warns before it."""
    if not c.plan.has("budget_sla"):
        return []
    return [
        (
            f"agreement: {c.p('sla_percent', 'percent')} allows "
            f"{c.q('budget_sla', 'downtime_minutes', 'span')}, the objective "
            f"{c.q('budget', 'downtime_minutes', 'span')}: alerts follow the objective"
        )
    ]


def _latency(c: Context) -> str:
    for field, name in (("p99_ms", "p99"), ("p95_ms", "p95")):
        if c.says(field):
            return f"latency {name} against {c.p(field)} ms, per version"
    return "latency p50 and p99 per version; no objective was stated"


def _store_metrics(c: Context) -> list[str]:
    if not c.profile.items("datastores"):
        return []
    return ["connections in use, replication lag and slow queries of the data stores"]


def _burn_alerts(c: Context) -> list[str]:
    rows = cast("list[dict[str, object]]", c.plan.entry("alerts").outputs["alerts"])
    return [
        f"{row['severity']}: error ratio > "
        f"{c.q('alerts', f'alerts[{i}].error_ratio_threshold', 'ratio')} over "
        f"{c.q('alerts', f'alerts[{i}].long_window_seconds', 'duration')} and over "
        f"{c.q('alerts', f'alerts[{i}].short_window_seconds', 'duration')} (burn rate "
        f"{c.q('alerts', f'alerts[{i}].burn_rate')}, "
        f"{c.q('alerts', f'alerts[{i}].budget_consumed_percent', 'percent')} of the budget)"
        for i, row in enumerate(rows)
        if cast("float", row["error_ratio_threshold"]) < 1
    ]


def _latency_alert(c: Context) -> list[str]:
    for field, name in (("p99_ms", "p99"), ("p95_ms", "p95")):
        if c.says(field):
            window = c.q("alerts", "alerts[1].short_window_seconds", "duration")
            return [f"ticket: {name} > {c.p(field)} ms over {window}"]
    return []
