"""What a field of the profile or an input of a calculator measures, and how it is shown.

The unit stands in the name (``startup_seconds``); this module reads it back: a label and a
value as a person writes them, the range a value must lie in, and which facts stand behind an
input of a calculator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Form = Literal["number", "count", "share", "percent", "weights", "flag", "text", "list", "either"]
"""How a value is written: ``either`` is a count or ``N%``, ``weights`` a list of percentages."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds.

    Attributes:
        form: how it is written.
        unit: printed behind the value.
        low, high: the range of a number; None where there is no bound.
        open_low, open_high: whether the bound itself is outside.
        complement: a share of success: changes are counted on what is missing to the whole.
    """

    form: Form
    unit: str = ""
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    complement: bool = False

    @property
    def whole(self) -> float:
        """What a share or percentage is a part of."""
        return 1.0 if self.form == "share" else 100.0

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range."""
        if not math.isfinite(value):
            return False
        if self.low is not None and (value < self.low or (self.open_low and value == self.low)):
            return False
        return not (
            self.high is not None and (value > self.high or (self.open_high and value == self.high))
        )

    def range_in_words(self) -> str:
        """The range as a person would say it."""
        if self.form == "share":
            return "a share from 0 to 1, or a percentage such as 99.95%"
        low = "" if self.low is None else f"{'above' if self.open_low else 'from'} {self.low:g}"
        high = (
            "" if self.high is None else f"{'below' if self.open_high else 'up to'} {self.high:g}"
        )
        noun = "a whole number" if self.form == "count" else "a number"
        return " ".join(part for part in (noun, low, high, self.unit) if part)


def _above_zero(unit: str) -> Kind:
    return Kind("number", unit, low=0.0, open_low=True)


_SECONDS = Kind("number", "s", low=0.0)
_SHARE = Kind("share", "", 0.0, 1.0)

KINDS: Mapping[str, Kind] = {
    "slo_percent": Kind("percent", "%", 0.0, 100.0, open_low=True, open_high=True, complement=True),
    "sla_percent": Kind("percent", "%", 0.0, 100.0, open_low=True, open_high=True, complement=True),
    "zone_availability": Kind("share", "", 0.0, 1.0, open_low=True, complement=True),
    "replica_availability": Kind("share", "", 0.0, 1.0, open_low=True, complement=True),
    "shared_availability": Kind("share", "", 0.0, 1.0, open_low=True, complement=True),
    "availability_percent": Kind("percent", "%", 0.0, 100.0, open_low=True, complement=True),
    "target_utilization": Kind("share", "", 0.0, 1.0, open_low=True),
    "bad_error_ratio": Kind("share", "", 0.0, 1.0, open_low=True),
    "error_ratio": _SHARE,
    "baseline_rate": _SHARE,
    "degraded_rate": _SHARE,
    "failure_probability": _SHARE,
    "preview_detection": _SHARE,
    "alpha": Kind("share", "", 0.0, 1.0, open_low=True, open_high=True),
    "power": Kind("share", "", 0.0, 1.0, open_low=True, open_high=True),
    "workers": Kind("count", "", low=1),
    "workers_per_replica": Kind("count", "", low=1),
    "zones": Kind("count", "", low=1),
    "zone_failures_tolerated": Kind("count", "", low=0),
    "regions": Kind("count", "", low=1),
    "replicas": Kind("count", "", low=1),
    "min_replicas": Kind("count", "", low=0),
    "max_replicas": Kind("count", "", low=1),
    "probe_failure_threshold": Kind("count", "", low=1),
    "pool_size": Kind("count", "", low=1),
    "port": Kind("count", "", low=1, high=65535),
    "peak_rps": _above_zero("rps"),
    "average_rps": _above_zero("rps"),
    "arrival_rps": _above_zero("rps"),
    "total_rps": _above_zero("rps"),
    "rps": _above_zero("rps"),
    "rps_per_replica": _above_zero("rps"),
    "monthly_requests": _above_zero("requests"),
    "samples_per_step": Kind("count", "requests", low=1),
    "evaluation_interval_seconds": _above_zero("s"),
    "slo_window_days": _above_zero("d"),
    "window_days": _above_zero("d"),
    "spare_capacity_percent": Kind("percent", "%", low=0.0),
    "cohort_percent": Kind("percent", "%", 0.0, 100.0, open_low=True),
    "canary_weight_percent": Kind("percent", "%", 0.0, 100.0),
    "set_weight": Kind("percent", "%", 0.0, 100.0),
    "canary_weights_percent": Kind("weights", "%", 0.0, 100.0, open_low=True),
    "weights_percent": Kind("weights", "%", 0.0, 100.0, open_low=True),
    "max_surge": Kind("either", "", low=0.0),
    "max_unavailable": Kind("either", "", low=0.0),
    "price_per_vcpu_hour": Kind("number", "$ an hour", low=0.0),
    "price_per_gib_hour": Kind("number", "$ an hour", low=0.0),
    "budget_usd_month": _above_zero("$ a month"),
    "deploys_per_week": Kind("number", "a week", low=0.0),
    "deploys_per_month": Kind("number", "a month", low=0.0),
    "max_step_hours": _above_zero("h"),
    "restore_mib_per_second": _above_zero("MiB/s"),
    "data_gib": Kind("number", "GiB", low=0.0),
    "rto_minutes": _above_zero("min"),
    "rto_target_minutes": _above_zero("min"),
    "vcpu_per_replica": _above_zero("vCPU"),
    "zero_downtime": Kind("flag"),
    "stateful": Kind("flag"),
    "session_affinity": Kind("flag"),
    "feature_validation": Kind("flag"),
    "exclusive_volume": Kind("flag"),
    "traffic_routing": Kind("flag"),
    "canary_analysis": Kind("flag"),
    "automated_rollback": Kind("flag"),
    "feature_flags": Kind("flag"),
    "sticky_routing_available": Kind("flag"),
    "datastores": Kind("list"),
    "compliance": Kind("list"),
    "environments": Kind("list"),
    "dependencies": Kind("list"),
}
"""Fields whose kind the end of their name does not tell, or whose range is narrower."""

_BY_SUFFIX: tuple[tuple[str, Kind], ...] = (
    ("_seconds", _SECONDS),
    ("_minutes", Kind("number", "min", low=0.0)),
    ("_hours", Kind("number", "h", low=0.0)),
    ("_days", Kind("number", "d", low=0.0)),
    ("_ms", _above_zero("ms")),
    ("_percent", Kind("percent", "%", 0.0, 100.0)),
    ("_mib", _above_zero("MiB")),
    ("_gib", _above_zero("GiB")),
    ("_gib_per_replica", _above_zero("GiB")),
    ("_millicores", _above_zero("m")),
    ("_ratio", _SHARE),
    ("_ratio_threshold", _SHARE),
    ("_fraction", _SHARE),
    ("_probability", _SHARE),
    ("_rate", Kind("number", "")),
    ("availability", _SHARE),
    ("utilization_at_needed", _SHARE),
    ("utilization_normal", _SHARE),
    ("_percent_of_budget", Kind("percent", "%", low=0.0)),
    ("_at_detection_percent", Kind("percent", "%", low=0.0)),
    ("_cost", Kind("number", "$", low=0.0)),
    ("_per_deploy", Kind("number", "$", low=0.0)),
    ("_per_month", Kind("number", "$", low=0.0)),
    ("_hour", Kind("number", "$", low=0.0)),
    ("_rps_per_replica", Kind("number", "rps", low=0.0)),
    ("_per_year", Kind("number", "min", low=0.0)),
    ("_30_days", Kind("number", "min", low=0.0)),
)

LABELS: Mapping[str, str] = {
    "slo_percent": "objective",
    "sla_percent": "agreement with customers",
    "slo_window_days": "SLO window",
    "window_days": "SLO window",
    "peak_rps": "peak",
    "average_rps": "average load",
    "rps": "average load",
    "total_rps": "average load",
    "arrival_rps": "load",
    "rps_per_replica": "load a replica carries",
    "service_ms": "service time",
    "mean_service_ms": "busy time a request",
    "workers": "workers a replica",
    "workers_per_replica": "workers a replica",
    "target_utilization": "target utilisation",
    "startup_seconds": "start-up",
    "pod_startup_seconds": "start-up",
    "rto_minutes": "RTO target",
    "rto_target_minutes": "RTO target",
    "rpo_minutes": "RPO target",
    "p99_ms": "p99",
    "p95_ms": "p95",
    "data_gib": "data",
    "cpu_millicores": "CPU",
    "memory_mib": "memory",
    "vcpu_per_replica": "CPU a replica",
    "memory_gib_per_replica": "memory a replica",
    "budget_usd_month": "budget",
    "ci": "CI",
    "iac": "infrastructure as code",
    "lb_propagation_seconds": "load balancer propagation",
    "bad_error_ratio": "errors of a bad release",
    "failure_probability": "change failure rate",
    "restore_mib_per_second": "restore rate",
    "price_per_vcpu_hour": "price of a vCPU",
    "price_per_gib_hour": "price of a GiB",
    "max_step_hours": "longest step",
    "min_step_seconds": "shortest step",
    "decide_seconds": "decision",
    "verify_seconds": "verification",
    "switch_seconds": "switch",
    "canary_weights_percent": "canary weights",
    "weights_percent": "canary weights",
    "zone_failures_tolerated": "zones that may fail",
    "samples_per_step": "requests a step",
    "replication_lag_seconds": "recovery point",
}
"""Names that are not the field's own words without its unit."""

BEHIND: Mapping[str, tuple[str, ...]] = {
    "window_days": ("slo_window_days",),
    "pod_startup_seconds": ("startup_seconds",),
    "arrival_rps": ("peak_rps", "average_rps", "monthly_requests"),
    "rps": ("average_rps", "peak_rps", "monthly_requests"),
    "total_rps": ("average_rps", "peak_rps", "monthly_requests"),
    "mean_service_ms": ("service_ms", "rps_per_replica", "p99_ms", "p95_ms"),
    "workers_per_replica": ("workers", "rps_per_replica", "cpu_millicores"),
    "zone_failures_tolerated": ("zones",),
    "replicas_per_zone": ("replicas", "zones"),
    "required_replicas": ("replicas",),
    "error_ratio": ("bad_error_ratio",),
    "degraded_rate": ("bad_error_ratio", "slo_percent"),
    "alert_delay_seconds": (
        "scrape_interval_seconds",
        "evaluation_interval_seconds",
        "group_wait_seconds",
    ),
    "weights_percent": ("canary_weights_percent",),
    "canary_weight_percent": ("canary_weights_percent",),
    "set_weight": ("canary_weights_percent", "cohort_percent"),
    "vcpu_per_replica": ("cpu_millicores",),
    "memory_gib_per_replica": ("memory_mib",),
    "deploys_per_month": ("deploys_per_month", "deploys_per_week"),
    "rto_target_minutes": ("rto_minutes",),
    "replication_lag_seconds": ("recovery_point_minutes",),
    "zero_downtime_required": ("zero_downtime",),
    "session_affinity_required": ("session_affinity",),
    "schema_migration": ("schema_change",),
}
"""Facts that may stand behind an input of a calculator that is named otherwise."""


def behind(name: str) -> tuple[str, ...]:
    """The facts that may stand behind an input, its own name where no row says otherwise."""
    return BEHIND.get(name, (name,))


def kind_of(name: str) -> Kind:
    """What a field or input holds; text where its name does not tell."""
    if name in KINDS:
        return KINDS[name]
    for suffix, kind in _BY_SUFFIX:
        if name.endswith(suffix):
            return kind
    return Kind("text")


_UNITS = (
    "_seconds",
    "_minutes",
    "_hours",
    "_days",
    "_percent",
    "_mib",
    "_gib",
    "_ms",
    "_rps",
    "_millicores",
)


def label(name: str) -> str:
    """A field's name in words, without its unit.

    >>> label("scrape_interval_seconds"), label("slo_percent")
    ('scrape interval', 'objective')
    """
    return LABELS.get(name) or stem(name)


def stem(name: str) -> str:
    """A field's own words without its unit: ``startup`` for ``startup_seconds``."""
    for suffix in _UNITS:
        name = name.removesuffix(suffix)
    return name.replace("_", " ")


def shown(name: str, value: object) -> str:
    """A value with its unit, as a person reads it.

    >>> shown("scrape_interval_seconds", 60), shown("decide_seconds", 300)
    ('60 s', '5 min')
    >>> shown("target_utilization", 0.7), shown("canary_weights_percent", [10.0, 25.0])
    ('70 %', '10, 25 %')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    kind = kind_of(name)
    if isinstance(value, int | float):
        return _shown_number(kind, float(value))
    if isinstance(value, list | tuple):
        return f"{', '.join(shown('', item) for item in value)} {kind.unit}".strip() or "none"
    if isinstance(value, dict):
        return "as listed"
    return "none" if value is None else str(value)


def _shown_number(kind: Kind, value: float) -> str:
    if kind.form == "share":
        return f"{exact(float(f'{value * 100:.12g}'))} %"
    if kind.unit == "s":
        return seconds(value)
    if kind.unit.startswith("$"):
        return f"${exact(value)}{kind.unit[1:]}"
    return f"{exact(value)} {kind.unit}".rstrip()


def seconds(value: float) -> str:
    """Seconds under two minutes, else minutes or hours where those are short."""
    for unit, size, least in (("d", 86400.0, 172800.0), ("h", 3600.0, 7200.0), ("min", 60.0, 120)):
        if value >= least or (value >= size > 60 and value % size == 0):
            return f"{exact(value / size, 4)} {unit}"
    return f"{exact(value, 4)} s"


def exact(value: float, digits: int = 7) -> str:
    """A number as it was stated where that is short, else to four significant digits.

    >>> exact(99.95), exact(16.666666666666668), exact(1200.0), exact(0.04048)
    ('99.95', '16.67', '1,200', '0.04048')
    """
    short = float(f"{value:.{digits}g}")
    if not math.isclose(short, value, rel_tol=1e-12, abs_tol=1e-300):
        short = float(f"{value:.4g}")
    if short == round(short) and abs(short) < 1e15:
        return f"{round(short):,}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(short)))) if short else 0
    return f"{short:,.{min(places, 15)}f}".rstrip("0").rstrip(".")
