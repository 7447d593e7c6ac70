"""The objective as OpenSLO v1: Service, DataSource, SLO, and its burn-rate alert policies.

Source: OpenSLO specification v1 (openslo/v1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import Figured, Noted
from devops_exe.implement.observability.durations import duration
from devops_exe.implement.observability.rules import active_alerts

if TYPE_CHECKING:
    from devops_exe.implement.subject import Alert, Subject

VERSION = "openslo/v1"


def openslo_documents(subject: Subject) -> list[dict[str, object]]:
    """The documents, in the order that they refer to one another."""
    alerts = active_alerts(subject)
    return [
        _document("Service", subject.name, {"description": f"HTTP service {subject.name}"}),
        _document(
            "DataSource",
            "prometheus",
            {
                "type": "Prometheus",
                "connectionDetails": {"url": "http://prometheus.monitoring.svc:9090"},
            },
        ),
        _objective(subject, alerts),
        *(_policy(subject, alert) for alert in alerts),
        *(
            _document(
                "AlertNotificationTarget",
                severity,
                {"target": target, "description": f"receiver {severity} of Alertmanager"},
            )
            for severity, target in (("page", "pagerduty"), ("ticket", "slack"))
            if any(alert.severity == severity for alert in alerts)
        ),
    ]


def _document(kind: str, name: str, spec: dict[str, object]) -> dict[str, object]:
    return {"apiVersion": VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _objective(subject: Subject, alerts: tuple[Alert, ...]) -> dict[str, object]:
    series = subject.series
    percent = subject.given("slo_percent")
    days = subject.given("slo_window_days")
    target = Figured(
        float(f"{float(percent.value) / 100:.12g}"), f"{percent.reference}, in percent"
    )
    return _document(
        "SLO",
        f"{subject.name}-availability",
        {
            "description": f"Requests of {subject.name} that are answered without a server error",
            "service": subject.name,
            "indicator": {
                "metadata": {"name": f"{subject.name}-bad-requests"},
                "spec": {
                    "ratioMetric": {
                        "counter": True,
                        "bad": _metric(series.failed()),
                        "total": _metric(series.every()),
                    }
                },
            },
            "timeWindow": [
                {"duration": Noted(_days(days), days.reference), "isRolling": True},
            ],
            "budgetingMethod": "Occurrences",
            "objectives": [{"displayName": "availability", "target": target}],
            "alertPolicies": [_policy_name(subject, alert) for alert in alerts],
        },
    )


def _days(days: Figured) -> str:
    """OpenSLO counts in whole minutes, hours, days and longer."""
    return duration(float(days.value) * 86_400)


def _metric(query: str) -> dict[str, object]:
    return {
        "metricSource": {
            "metricSourceRef": "prometheus",
            "type": "Prometheus",
            "spec": {"query": query},
        }
    }


def _policy_name(subject: Subject, alert: Alert) -> str:
    return f"{subject.name}-burn-{duration(float(alert.long_seconds.value))}"


def _policy(subject: Subject, alert: Alert) -> dict[str, object]:
    name = _policy_name(subject, alert)
    long, window = alert.long_seconds, duration(float(alert.short_seconds.value))
    condition = {
        "kind": "AlertCondition",
        "metadata": {"name": name},
        "spec": {
            "severity": alert.severity,
            "condition": {
                "kind": "burnrate",
                "op": "gt",
                "threshold": alert.burn_rate,
                "lookbackWindow": Noted(duration(float(long.value)), long.reference),
                "alertAfter": Noted(
                    "0m", f"one window only here; the short one ({window}) is in the rules"
                ),
            },
        },
    }
    return _document(
        "AlertPolicy",
        name,
        {
            "alertWhenBreaching": True,
            "alertWhenResolved": True,
            "alertWhenNoData": False,
            "conditions": [condition],
            "notificationTargets": [{"targetRef": alert.severity}],
        },
    )
