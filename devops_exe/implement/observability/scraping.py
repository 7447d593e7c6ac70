"""How Prometheus finds the pods: a scrape configuration, or objects of the Prometheus Operator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Figured, Noted
from devops_exe.implement.kubernetes.network import any_of
from devops_exe.implement.kubernetes.routing import experiment_name
from devops_exe.implement.observability.durations import duration
from devops_exe.implement.observability.rules import rule_groups

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

CONFIG = f"{layout.PROMETHEUS}/prometheus.yml"
OPERATOR = f"{layout.PROMETHEUS}/operator.yaml"

_OPERATOR = re.compile(r"monitoring\.coreos\.com/v1|kube-prometheus-stack|prometheus-operator")
_IMAGE = r".+@sha256:([0-9a-f]{12}).*|.+:([^:/@]+)"
_META = "__meta_kubernetes_pod_"


def uses_operator(subject: Subject) -> str | None:
    """The file that says that the Prometheus Operator is there; None where none does."""
    for path in subject.matching(r".*\.(?:ya?ml|tf|json)"):
        if _OPERATOR.search(subject.files[path]):
            return path
    return None


def _seconds(figure: Figured) -> Noted:
    return Noted(duration(float(figure.value)), figure.reference)


def _relabelings(subject: Subject) -> list[object]:
    """Labels that the rules ask for: job, version and the hash of the pod's template."""
    series = subject.series
    space = "__meta_kubernetes_namespace"
    others = f"({subject.name}-(?:staging|development))"
    hashes = [f"{_META}label_pod_template_hash", f"{_META}label_rollouts_pod_template_hash"]
    return [
        _label([space], "job", f"{subject.name}-production", series.job),
        Noted(
            _label([space], "job", others, "$1"),
            "other environments have jobs of their own: nobody is paged for staging",
        ),
        Noted(
            _label([f"{_META}container_image"], series.version_label, _IMAGE, "$1$2"),
            "the image's tag, or the first twelve digits of its digest",
        ),
        Noted(
            _label([f"{_META}label_app_kubernetes_io_version"], series.version_label, "(.+)"),
            "the pod's own label, where it has one",
        ),
        Noted(
            {"source_labels": hashes, "separator": "", "target_label": series.hash_label},
            "a Deployment labels its pods with the one, an Argo Rollout with the other",
        ),
        _label([space], "namespace"),
        _label([f"{_META}name"], "pod"),
    ]


def _label(sources: list[str], label: str, regex: str = "", text: str = "") -> dict[str, object]:
    """A relabelling rule; what is Prometheus' default is left out."""
    rule: dict[str, object] = {"source_labels": sources}
    if regex:
        rule["regex"] = regex
    rule["target_label"] = label
    if text:
        rule["replacement"] = text
    return rule


def _names(subject: Subject) -> tuple[str, ...]:
    """Names by which the pods are labelled; those of an experiment's cohort are others."""
    if subject.strategy == "A/B Testing":
        return (subject.name, experiment_name(subject))
    return (subject.name,)


def prometheus_config(subject: Subject) -> dict[str, object]:
    """A whole configuration: intervals, rules, Alertmanager, and the pods of every environment."""
    series = subject.series
    keep: list[dict[str, object]] = [
        {
            "source_labels": [f"{_META}label_app_kubernetes_io_name"],
            "regex": "|".join(_names(subject)),
            "action": "keep",
        },
        {
            "source_labels": [f"{_META}container_port_name"],
            "regex": series.port_name,
            "action": "keep",
        },
        {"source_labels": [f"{_META}phase"], "regex": "Pending|Succeeded|Failed", "action": "drop"},
    ]
    return {
        "global": {
            "scrape_interval": _seconds(subject.given("scrape_interval_seconds")),
            "evaluation_interval": _seconds(subject.given("evaluation_interval_seconds")),
        },
        "rule_files": [f"{subject.name}.rules.yml"],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": ["alertmanager.monitoring.svc:9093"]}]}
            ]
        },
        "scrape_configs": [
            {
                "job_name": subject.name,
                "metrics_path": series.metrics_path,
                "kubernetes_sd_configs": [
                    {
                        "role": "pod",
                        "namespaces": {"names": [e.namespace for e in subject.environments]},
                    }
                ],
                "relabel_configs": [*keep, *_relabelings(subject)],
            }
        ],
    }


def operator_objects(subject: Subject) -> list[dict[str, object]]:
    """A PodMonitor and the rules as a PrometheusRule, where the operator is in use."""
    series = subject.series
    production = next(e for e in subject.environments if e.production)
    metadata = {"name": subject.name, "namespace": production.namespace, "labels": subject.labels}
    relabelings = [
        Noted(_camels(rule.value), rule.note) if isinstance(rule, Noted) else _camels(rule)
        for rule in _relabelings(subject)
    ]
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": metadata,
            "spec": {
                "namespaceSelector": {"matchNames": [e.namespace for e in subject.environments]},
                "selector": any_of(_names(subject)),
                "podMetricsEndpoints": [
                    {
                        "port": series.port_name,
                        "path": series.metrics_path,
                        "interval": _seconds(subject.given("scrape_interval_seconds")),
                        "relabelings": relabelings,
                    }
                ],
            },
        },
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": rule_groups(subject)},
        },
    ]


def _camels(rule: object) -> dict[str, object]:
    """The operator writes ``sourceLabels`` where Prometheus writes ``source_labels``."""
    return {_camel(key): value for key, value in rule.items()} if isinstance(rule, dict) else {}


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)
