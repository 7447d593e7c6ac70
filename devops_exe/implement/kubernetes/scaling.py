"""How many replicas, and how many may be away: HorizontalPodAutoscaler, PodDisruptionBudget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import Block, Figured, Noted, Quoted, emit
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes.pods import NAME, ceiling, is_exclusive
from devops_exe.implement.kubernetes.settings import serves

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

METRIC = "http_requests_per_second"
"""Name of the pods' metric that prometheus-adapter offers."""
WINDOWS = 4
"""Scrapes that a rate spans, so that one missed scrape leaves it standing (Prometheus: at least
two samples; four are the usual advice)."""


def is_scaled(subject: Subject) -> bool:
    """Whether production's replicas follow the load."""
    return not is_exclusive(subject) and float(subject.maximum.value) > float(subject.minimum.value)


def autoscaler(subject: Subject, api: str, kind: str, name: str) -> dict[str, Node]:
    """The autoscaler of production.

    Args:
        subject: whose.
        api: version of the workload that it scales.
        kind: of the workload.
        name: of the workload.
    """
    calm = ceiling(subject.given("downscale_stabilization_seconds"), 0)
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": subject.name, "labels": {NAME: subject.name}},
        "spec": {
            "scaleTargetRef": {"apiVersion": api, "kind": kind, "name": name},
            "minReplicas": ceiling(subject.minimum),
            "maxReplicas": ceiling(subject.maximum),
            "metrics": [_metric(subject)],
            "behavior": Noted(
                {"scaleDown": {"stabilizationWindowSeconds": calm}},
                "up at once, by Kubernetes' defaults",
            ),
        },
    }


def _metric(subject: Subject) -> dict[str, Node]:
    if serves(subject):
        rate = subject.figure("peak", "target_rps_per_replica")
        return {
            "type": "Pods",
            "pods": {
                "metric": {"name": METRIC},
                "target": {
                    "type": "AverageValue",
                    "averageValue": Figured(str(rate.value), rate.reference),
                },
            },
        }
    share = subject.given("target_utilization")
    return {
        "type": "Resource",
        "resource": {
            "name": "cpu",
            "target": {
                "type": "Utilization",
                "averageUtilization": Figured(
                    round(100 * float(share.value)),
                    f"100 × {share.reference}; assumed: no metric of requests drives a worker",
                ),
            },
        },
    }


def budget(name: str, selector: dict[str, str]) -> dict[str, Node]:
    """The disruption budget: one pod at a time, as designed, whatever their number.

    Args:
        name: of the budget.
        selector: labels of the pods.
    """
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "labels": {NAME: name}},
        "spec": {
            "maxUnavailable": Noted(1, "one pod at a time, as designed"),
            "selector": {"matchLabels": dict(selector)},
            # a pod that is broken anyway does not hold a node's drain up
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def adapter(subject: Subject) -> Artefact:
    """The rule of prometheus-adapter behind the autoscaler's metric, as values of its chart."""
    series = subject.series
    scrape = ceiling(subject.given("scrape_interval_seconds"))
    window = WINDOWS * int(scrape.value)
    selector = series.every().removeprefix(series.requests).strip("{}")
    inner = f"{selector},<<.LabelMatchers>>"
    query = (
        f"# window: {WINDOWS} × {scrape.reference}\n"
        f"sum by (<<.GroupBy>>) (rate(<<.Series>>{{{inner}}}[{window}s]))\n"
    )
    rule = {
        "seriesQuery": f'{series.requests}{{namespace!="",pod!=""}}',
        "resources": {
            "overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}
        },
        "name": {"as": METRIC},
        "metricsQuery": Block(query),
    }
    text = emit(
        {"rules": {"default": False, "custom": [rule]}},
        header=heading(
            "values of the chart prometheus-adapter: the metric that the autoscaler follows",
        ),
    )
    return Artefact(
        layout.ADAPTER, text, "yaml", why="requests per second of a pod, for the autoscaler"
    )


def claim(subject: Subject) -> dict[str, Node]:
    """The volume of a store that lives inside the process."""
    size: Node
    stated = subject.profile.number("data_gib")
    if stated is not None:
        given = subject.given("data_gib")
        size = Figured(f"{max(1, 2 * round(float(given.value)))}Gi", f"2 × {given.reference}")
    else:
        size = Noted(Quoted("1Gi"), "assumed: nobody said how much data (say 5 GiB of data)")
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": f"{subject.name}-data", "labels": {NAME: subject.name}},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
        },
    }
