"""The workload: a Deployment, or a Rollout where the release goes in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.kubernetes.pods import NAME, template
from devops_exe.implement.kubernetes.release import (
    ROLLOUTS,
    is_progressive,
    strategy,
    timing,
    workload_kind,
)
from devops_exe.implement.kubernetes.routing import experiment_name

if TYPE_CHECKING:
    from devops_exe.implement.emit import Figured, Node
    from devops_exe.implement.subject import Subject

VARIANT = "EXPERIMENT_VARIANT"
"""Variable by which the process knows that it serves the cohort; an assumption that is noted."""


def workload_api(subject: Subject) -> str:
    """``apiVersion`` of the workload."""
    return ROLLOUTS if is_progressive(subject) else "apps/v1"


def workload(subject: Subject) -> dict[str, Node]:
    """The service's workload; its replicas are the overlays'."""
    return {
        "apiVersion": workload_api(subject),
        "kind": workload_kind(subject),
        "metadata": {"name": subject.name, "labels": {NAME: subject.name}},
        "spec": {
            **timing(subject),
            "selector": {"matchLabels": dict(subject.selector)},
            "strategy": strategy(subject),
            "template": template(subject, subject.name),
        },
    }


def experiment(subject: Subject) -> dict[str, Node]:
    """The variant of an A/B test: the same digest with the flag on, the cohort's traffic alone."""
    name = experiment_name(subject)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {NAME: name}},
        "spec": {
            "replicas": cohort_replicas(subject),
            **timing(subject),
            "selector": {"matchLabels": {NAME: name}},
            "strategy": strategy(subject),
            "template": template(subject, name, variant=(VARIANT, "on")),
        },
    }


def cohort_replicas(subject: Subject) -> Figured:
    """Replicas that carry the cohort."""
    return subject.figure("first_step", "canary_replicas")
