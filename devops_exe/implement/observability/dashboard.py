"""The Grafana dashboard: requests, errors and seconds of every version, budget, replicas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.implement.existing import MARK
from devops_exe.implement.observability import rules
from devops_exe.implement.observability.durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

SCHEMA_VERSION = 39
"""Of Grafana 11's dashboards (grafana-foundation-sdk, v11.x)."""

COLUMNS = 24
"""Width of Grafana's grid."""

HEIGHT = 8
"""Rows of the grid that a panel takes: Grafana's default for a new one."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Attributes:
        title, description: what it shows, and where its figures are from.
        queries: (PromQL, legend).
        unit: Grafana's identifier of the unit.
        limit: value of the threshold line; None where there is none.
        low: whether it is bad to be below the limit.
    """

    title: str
    description: str
    queries: tuple[tuple[str, str], ...]
    unit: str
    limit: float | None = None
    low: bool = False


def dashboard(subject: Subject) -> str:
    """The dashboard as Grafana imports it."""
    panels: list[dict[str, Any]] = []
    for number, row in enumerate(_rows(subject)):
        width = COLUMNS // len(row)
        for column, panel in enumerate(row):
            at = {"h": HEIGHT, "w": width, "x": column * width, "y": number * HEIGHT}
            panels.append(_panel(panel, len(panels) + 1, at))
    document = {
        "uid": subject.name,
        "title": subject.title,
        "description": f"{MARK}; change the requirement and generate again.",
        "tags": [MARK, subject.name],
        "schemaVersion": SCHEMA_VERSION,
        "timezone": "browser",
        "editable": True,
        "graphTooltip": 1,
        "refresh": duration(float(subject.given("scrape_interval_seconds").value)),
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "type": "datasource",
                    "query": "prometheus",
                    "label": "Prometheus",
                }
            ]
        },
        "annotations": {"list": []},
        "panels": panels,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rows(subject: Subject) -> Iterator[tuple[Panel, ...]]:
    yield (_requests(subject), _errors(subject), *_latency(subject))
    yield (_burn(subject), _budget(subject), _replicas(subject))


def _requests(subject: Subject) -> Panel:
    s = subject.series
    return Panel(
        "Requests per second, per version",
        f"Probes are left out. Series: {s.source}.",
        ((f"sum by ({s.version_label}) (rate({s.every()}[{_base(subject)}]))", _legend(subject)),),
        "reqps",
    )


def _errors(subject: Subject) -> Panel:
    s = subject.series
    by = f"sum by ({s.version_label})"
    every = f"{by} (rate({s.every()}[{_base(subject)}]))"
    first = next(iter(rules.active_alerts(subject)), None)
    figure = first.threshold if first else subject.figure("budget", "error_budget_fraction")
    return Panel(
        "Error ratio, per version",
        f"Line: {figure.value}, {figure.reference}.",
        (
            (
                f"({by} (rate({s.failed()}[{_base(subject)}])) or 0 * {every}) / {every}",
                _legend(subject),
            ),
        ),
        "percentunit",
        limit=float(figure.value),
    )


def _latency(subject: Subject) -> Iterator[Panel]:
    s = subject.series
    if not s.bucket:
        return
    target = rules.latency_target(subject)
    quantiles = [("p50", 0.5), (target[1], target[2]) if target else ("p99", 0.99)]
    buckets = f"sum by ({s.version_label}, le) (rate({s.buckets()}[{_base(subject)}]))"
    queries = tuple(
        (f"histogram_quantile({quantile}, {buckets})", f"{name} {_legend(subject)}")
        for name, quantile in quantiles
    )
    line = f"Line: {target[0].value} ms, {target[0].reference}." if target else "No target stated."
    limit = float(target[0].value) / 1000 if target else None
    yield Panel("Latency, per version", line, queries, "s", limit=limit)


def _burn(subject: Subject) -> Panel:
    """How many times faster than its pace the budget is spent, over each alert's long window."""
    service = rules.levels(subject)[0]
    own = rules.own_job(subject.series)
    allowed = subject.figure("budget", "error_budget_fraction")
    alerts = rules.active_alerts(subject)
    queries = tuple(
        (f"{service.ratio(w)}{own} / {allowed.value}", w)
        for w in (duration(float(alert.long_seconds.value)) for alert in alerts)
    )
    fires = "; ".join(
        f"{duration(float(a.long_seconds.value))}: {a.burn_rate.value} ({a.burn_rate.reference})"
        for a in alerts
    )
    base = _base(subject)
    return Panel(
        "Burn rate",
        f"1 spends exactly the budget ({allowed.value}, {allowed.reference}). Alerts at {fires}.",
        queries or ((f"{service.ratio(base)}{own} / {allowed.value}", base),),
        "none",
        limit=float(alerts[0].burn_rate.value) if alerts else None,
    )


def _budget(subject: Subject) -> Panel:
    window = subject.figure("budget", "window_seconds")
    return Panel(
        "Error budget left",
        f"Over {duration(float(window.value))} ({window.reference}); below 0 it is spent.",
        ((f"{rules.BUDGET_LEFT}{rules.own_job(subject.series)}", "left"),),
        "percentunit",
        limit=0.0,
        low=True,
    )


def _replicas(subject: Subject) -> Panel:
    own = rules.own_job(subject.series)
    base = _base(subject)
    rate = f"{rules.levels(subject)[0].requests(base)}{own}"
    target = subject.figure("peak", "target_rps_per_replica")
    return Panel(
        "Replicas against load",
        f"Needed: requests per second over {target.value} a replica, {target.reference}.",
        (
            (f"count(up{own} == 1)", "answering"),
            (f"ceil({rate} / {target.value})", "needed"),
        ),
        "short",
    )


def _base(subject: Subject) -> str:
    """The shortest window of the alerts: what moves first is what pages first."""
    return rules.windows(subject, rules.levels(subject)[0])[0].name


def _legend(subject: Subject) -> str:
    return f"{{{{{subject.series.version_label}}}}}"


def _panel(panel: Panel, number: int, at: dict[str, int]) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${datasource}"}
    good, bad = "green", "red"
    steps: list[dict[str, Any]] = [{"color": bad if panel.low else good, "value": None}]
    if panel.limit is not None:
        steps.append({"color": good if panel.low else bad, "value": panel.limit})
    custom: dict[str, Any] = {"fillOpacity": 0, "lineWidth": 1}
    if panel.limit is not None:
        custom["thresholdsStyle"] = {"mode": "line"}
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.description,
        "gridPos": at,
        "datasource": source,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "custom": custom,
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": source,
                "expr": expression,
                "legendFormat": legend,
            }
            for index, (expression, legend) in enumerate(panel.queries)
        ],
    }
