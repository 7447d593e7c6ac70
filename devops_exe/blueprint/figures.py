"""The figures a person asks for by name: where each stands in the plan and how it is printed.

All data. In a path ``{S}`` is the printed name of the strategy, ``{A}`` the alert that sees a
total outage first and ``{G}`` the one that sees a gray fault first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["minutes", "duration", "count", "percent", "exact", "risk", "ratio", "money",
                "number", "tenth", "text"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands: role of an entry and output, with its printed style.

    Attributes:
        role: what the entry is for in the plan.
        path: the output.
        style: a style of ``quote``.
        unit: printed behind it where the style prints none.
    """

    role: str
    path: str
    style: Style
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is held against.

    Attributes:
        field: of the profile.
        most: whether the figure may be at most the target (else at least).
        factor: what the target's unit is in the figure's.
    """

    field: str
    most: bool = True
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Named:
    """A figure with a name.

    Attributes:
        name: as printed.
        aliases: other words for it, in lower case.
        places: where it stands; the first that the plan has.
        better: -1 where less is better, 1 where more is, 0 where neither.
        parts: the decomposition, ``{output:style}``, ``{in.input}`` or ``{role/output:style}``.
        target: what it is held against.
        whole: 100 where the figure is a share of success in percent.
        stated: fact that the document prints in its place where somebody stated it.
        without: facts that the plan needs for it; the last explains it where it has no entry.
    """

    name: str
    aliases: tuple[str, ...]
    places: tuple[Place, ...]
    better: int = -1
    parts: str = ""
    target: Target | None = None
    whole: float | None = None
    stated: str = ""
    without: tuple[str, ...] = ()


_RTO = Target("rto_minutes")
_PARTS = (
    "detect {detect_seconds:part} + decide {decide_seconds:part} + act {act_seconds:part} + "
    "data {data_restore_seconds:part} + verify {verify_seconds:part}"
)
_SPREAD = (
    "{replicas_per_zone:count} a zone × {in.zones} zones; {replicas_needed:count} needed: "
    "{offered_load_erlangs:number} busy at once ÷ ({in.workers_per_replica} × "
    "{in.target_utilization}), at least {replicas_for_stability:count} to keep up"
)

NAMED: tuple[Named, ...] = (
    Named(
        "RTO", ("rto", "rollback", "recovery time", "recovery time objective", "time to recover",
                "mttr", "recovery", "rollback time", "rollback rto"),
        (Place("recovery", "rto_minutes", "minutes", "min"),), parts=_PARTS, target=_RTO,
    ),
    Named(
        "RTO of a gray fault", ("gray", "grey", "gray fault", "grey fault", "gray rto",
                                "partial fault", "partial failure", "rto of a gray fault"),
        (Place("recovery_gray", "rto_minutes", "minutes", "min"),), parts=_PARTS, target=_RTO,
    ),
    Named(
        "RTO at the canary's first weight", ("first weight", "first step", "canary rto",
                                             "rto of the canary", "rto at the first weight"),
        (Place("recovery_first", "rto_minutes", "minutes", "min"),), parts=_PARTS, target=_RTO,
    ),
    Named(
        "time to detect", ("detect", "detection", "detection time", "mttd", "time to detection"),
        (Place("recovery", "detect_seconds", "duration"),),
        parts="{detection/detection_seconds:duration} until the alert fires + scrape "
        "{in.scrape_interval_seconds} + evaluation {in.evaluation_interval_seconds} + group wait "
        "{in.group_wait_seconds}",
    ),
    Named(
        "time to decide", ("decide", "decision", "decision time"),
        (Place("recovery", "decide_seconds", "duration"),),
        parts="nought with automated rollback, else {in.decide_seconds}; automated rollback: "
        "{in.automated_rollback}",
    ),
    Named(
        "time to act", ("act", "act time", "action", "rollback steps", "switch back"),
        (Place("recovery", "act_seconds", "duration"),),
    ),
    Named(
        "time to verify", ("verify", "verification", "verification time"),
        (Place("recovery", "verify_seconds", "duration"),), parts="as given",
    ),
    Named(
        "replicas at peak", ("replicas", "replica", "pods", "instances", "tasks", "capacity",
                             "size", "scale", "number of replicas", "desired replicas",
                             "replicas computed", "peak replicas", "compute", "scaling",
                             "infrastructure"),
        (Place("peak", "total_replicas", "count", "replicas"),), parts=_SPREAD,
        target=Target("max_replicas"), stated="replicas",
    ),
    Named(
        "fewest replicas", ("min", "minimum", "min replicas", "minimum replicas", "lower limit"),
        (Place("average", "total_replicas", "count", "replicas"),), parts=_SPREAD,
        stated="min_replicas",
    ),
    Named(
        "most replicas", ("max", "maximum", "max replicas", "maximum replicas", "upper limit",
                          "limit", "limits"),
        (Place("twice", "total_replicas", "count", "replicas"),),
        parts=f"capacity for twice the peak: {_SPREAD}", stated="max_replicas",
    ),
    Named(
        "replicas a zone", ("replicas per zone", "per zone", "a zone", "zone replicas"),
        (Place("peak", "replicas_per_zone", "count", "replicas"),),
        parts="{replicas_needed:count} needed ÷ ({in.zones} zones − {in.zone_failures_tolerated} "
        "that may fail), rounded up",
    ),
    Named(
        "replicas with one zone lost", ("zone loss", "zone lost", "one zone lost",
                                        "after zone loss",
                                        "zone failure", "replicas after zone loss"),
        (Place("peak", "replicas_after_zone_loss", "count", "replicas"),), better=1,
        parts="{replicas_per_zone:count} a zone × ({in.zones} − {in.zone_failures_tolerated}); "
        "{replicas_needed:count} needed",
    ),
    Named(
        "load a replica is scaled at", ("rps per replica", "target rps", "scaling target",
                                        "autoscaling target", "hpa target", "scaling trigger",
                                        "horizontal", "target rps per replica"),
        (Place("peak", "target_rps_per_replica", "number", "rps"),), better=0,
        parts="{in.workers_per_replica} workers ÷ {in.mean_service_ms} a request × "
        "{in.target_utilization}",
    ),
    Named(
        "utilisation", ("utilization", "utilisation at peak", "load factor"),
        (Place("peak", "utilization_at_needed", "ratio"),), better=0,
        parts="{offered_load_erlangs:number} busy at once ÷ ({replicas_needed:count} replicas × "
        "{in.workers_per_replica})",
    ),
    Named(
        "concurrency", ("concurrent requests", "in flight", "requests in flight"),
        (Place("peak", "mean_in_system", "number", "requests at once"),), better=0,
        parts="{in.arrival_rps} × {mean_response_ms:number} ms (Little's law)",
    ),
    Named(
        "reliability", ("availability", "uptime", "nines", "reliability bar", "overview"),
        (Place("availability", "bar_percent", "exact", "%"),), better=1, whole=100.0,
        parts="P(at least {in.required_replicas} of {in.replicas_per_zone} replicas live) × "
        "shared parts {shared/availability_percent:percent}; "
        "{downtime_minutes_per_30_days:minutes} min down in 30 days",
        target=Target("slo_percent", most=False),
    ),
    Named(
        "availability of shared parts", ("shared", "shared parts", "load balancer",
                                         "shared availability", "serial parts", "dependencies"),
        (Place("shared", "availability_percent", "percent"),), better=1, whole=100.0,
        parts="product over the parts that every request passes",
    ),
    Named(
        "error budget", ("budget", "downtime", "allowed downtime", "slo budget", "downtime budget",
                         "error-budget"),
        (Place("budget", "downtime_minutes", "number", "min"),), better=0,
        parts="{error_budget_fraction:ratio} of {window_seconds:duration}",
    ),
    Named(
        "alert threshold", ("alerts", "alert", "threshold", "trigger", "rollback trigger",
                            "error ratio", "burn alerts", "burn rate alerts", "alerting",
                            "monitoring"),
        (Place("alerts", "alerts[{A}].error_ratio_threshold", "ratio"),), better=0,
        parts="burn rate {alerts[{A}].burn_rate:number} × budget {error_budget_fraction:ratio}, "
        "over {alerts[{A}].long_window_seconds:duration} and over "
        "{alerts[{A}].short_window_seconds:duration}",
    ),
    Named(
        "burn rate", ("burn", "burnrate", "burn-rate"),
        (Place("alerts", "alerts[{A}].burn_rate", "number"),), better=0,
        parts="{alerts[{A}].budget_consumed_percent:percent} of the budget × window "
        "{in.window_days} ÷ {alerts[{A}].long_window_seconds:duration}",
    ),
    Named(
        "alert window", ("window", "windows", "long window", "alert windows"),
        (Place("alerts", "alerts[{A}].long_window_seconds", "duration"),), better=0,
        parts="with a short window of {alerts[{A}].short_window_seconds:duration}, so that it "
        "resets soon",
    ),
    Named(
        "strategy", ("deployment strategy", "why blue-green", "recommendation", "type",
                     "recommended", "ranking", "strategies"),
        (Place("risk", "recommended", "text"),),
    ),
    Named(
        "risk", ("risk level", "risk of the strategy", "deployment risk"),
        (Place("risk", "strategies.{S}.risk_percent_of_budget", "risk"),),
        parts="of the error budget a deployment: planned downtime and {in.failure_probability} × "
        "what a bad release spends until it is undone, of the budget of {in.slo_percent} over "
        "{in.window_days}",
    ),
    Named(
        "traffic split", ("split", "traffic", "weight", "weights", "first split", "old and new",
                          "traffic new"),
        (Place("risk", "strategies.{S}.first_new_percent", "tenth", "% to the new version"),),
        better=0, parts="the first step of {S}",
    ),
    Named(
        "planned downtime", ("outage", "planned outage", "zero downtime"),
        (Place("risk", "strategies.{S}.planned_downtime_seconds", "duration"),),
        parts="what {S} takes down for certain",
    ),
    Named(
        "rollout", ("rollout time", "rollout duration", "deployment time", "duration",
                    "deploy time", "how long"),
        (), parts="",
    ),
    Named(
        "rolling update", ("rolling", "rolling duration", "rolling time"),
        (Place("rolling", "duration_seconds", "duration"),),
        parts="{waves:count} waves × ({in.pod_startup_seconds} + {in.min_ready_seconds})",
    ),
    Named(
        "waves", ("wave", "number of waves"),
        (Place("rolling", "waves", "count", "waves"),),
        parts="{in.replicas} replicas ÷ ({surge:count} more + {max_unavailable_effective:count} "
        "fewer), rounded up",
    ),
    Named(
        "surge", ("max surge", "maxsurge", "extra pods of a rolling update"),
        (Place("fenceposts", "surge", "count", "replicas"),), better=0,
        parts="{in.max_surge} of {in.replicas}, rounded up",
    ),
    Named(
        "unavailable", ("max unavailable", "maxunavailable"),
        (Place("fenceposts", "unavailable", "count", "replicas"),), better=0,
        parts="{in.max_unavailable} of {in.replicas}, rounded down",
    ),
    Named(
        "bake time", ("bake", "canary time", "canary duration", "baking"),
        (Place("bake", "total_seconds", "duration"),),
        parts="steps of {step_seconds:durations}: each the longer of {in.min_step_seconds} and "
        "{in.samples_per_step} ÷ ({in.total_rps} × weight)",
    ),
    Named(
        "step", ("step time", "canary step", "steps", "step seconds"),
        (Place("bake", "step_seconds[0]", "duration"),),
        parts="the longer of {in.min_step_seconds} and {in.samples_per_step} ÷ ({in.total_rps} × "
        "the first weight)",
        target=Target("max_step_hours", factor=3600.0),
    ),
    Named(
        "sample size", ("sample", "samples", "requests a step", "requests per step",
                        "canary requests", "canary sample", "canary samples"),
        (Place("sample", "canary_samples", "count", "requests"),),
        parts="to tell {in.degraded_rate} from {in.baseline_rate} errors at alpha "
        "{in.alpha}, power {in.power}",
    ),
    Named(
        "cutover", ("switch", "preview", "cutover time", "blue-green", "blue green"),
        (Place("blue_green", "cutover_seconds", "duration"),),
        parts="start-up {in.pod_startup_seconds} + ready {in.min_ready_seconds} + analysis "
        "{in.analysis_seconds} + switch {in.switch_seconds}",
    ),
    Named(
        "scale-down delay", ("scale down delay", "old colour", "standby", "keep old"),
        (Place("blue_green", "scale_down_delay_seconds", "duration"),), better=0,
        parts="the old colour stays until a gray fault would have been recovered",
    ),
    Named(
        "canary pods", ("canary replicas", "first step replicas"),
        (Place("first_step", "canary_replicas", "count", "replicas"),), better=0,
        parts="{in.set_weight} of {in.replicas}, rounded up",
    ),
    Named(
        "extra pods", ("surge pods", "peak pods", "extra capacity"),
        (Place("cost", "surge_pods", "count", "replicas"),),
        parts="beside the {in.replicas} while a release goes out",
    ),
    Named(
        "cost", ("price", "bill", "money", "monthly cost", "costs", "cost a month", "dollars",
                 "total cost"),
        (Place("cost", "total_monthly_cost", "money", "a month"),),
        parts="{in.replicas} replicas {monthly_cost:money} + deployments "
        "{surge_cost_per_month:money}",
        target=Target("budget_usd_month"),
    ),
    Named(
        "cost of a deployment", ("cost per deploy", "deployment cost", "surge cost",
                                 "cost of deployments"),
        (Place("cost", "surge_cost_per_deploy", "money"),),
        parts="{surge_pods:count} pods × {surge_seconds:duration} × "
        "{price_per_replica_hour:number} $ an hour",
    ),
    Named(
        "restore time", ("restore", "data restore", "restore rto", "data", "data recovery"),
        (Place("data", "restore_seconds", "duration"),),
        parts="{in.data_gib} ÷ {in.restore_mib_per_second}",
        target=Target("rto_minutes", factor=60.0), without=("data_gib", "restore_mib_per_second"),
    ),
    Named(
        "RPO", ("rpo", "recovery point", "data loss", "recovery point objective"),
        (Place("data", "rpo_minutes", "minutes", "min"),),
        target=Target("rpo_minutes"), parts="what the last backup or the replica lacks",
        without=("backup_interval_minutes", "recovery_point_minutes"),
    ),
)  # fmt: skip
"""Every named figure."""

ROLLOUT: dict[str, str] = {
    "Blue-Green": "cutover",
    "Canary": "bake time",
    "Rolling": "rolling update",
    "Recreate": "planned downtime",
    "A/B Testing": "experiment_seconds",
}
"""Which figure the rollout of a strategy is: a name, or a fact."""

ROLES: dict[str, str] = {
    "budget": "error budget",
    "alerts": "alerts",
    "alerts_gray": "alerts at a gray fault",
    "detection": "detection",
    "detection_gray": "detection of a gray fault",
    "peak": "replicas at peak",
    "average": "fewest replicas",
    "twice": "most replicas",
    "shared": "shared parts",
    "availability": "reliability",
    "fenceposts": "surge and unavailable",
    "rolling": "rolling update",
    "sample": "sample size",
    "bake": "bake time",
    "risk": "strategy and risk",
    "recovery": "RTO",
    "recovery_gray": "RTO of a gray fault",
    "recovery_first": "RTO at the first weight",
    "data": "restore time",
    "blue_green": "cutover",
    "first_step": "canary pods",
    "cost": "cost",
}
"""What an entry of a plan is for, in words."""
