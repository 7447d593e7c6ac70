"""Feature flags: OpenFeature with flagd, where an experiment or flags are wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devops_exe.implement.emit import Noted
from devops_exe.implement.existing import MARK
from devops_exe.implement.kubernetes.network import COMPONENT, FLAGS_PORT, flags_service
from devops_exe.implement.kubernetes.pods import NAME, container_security

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

IMAGE = "ghcr.io/open-feature/flagd:v0.12.9"
HEALTH_PORT = 8014
"""flagd's management port, with /healthz and /readyz (flagd's documentation)."""
FLAGS_FILE = "flags.flagd.json"
_NONROOT = 65532


def wants_flags(subject: Subject) -> bool:
    """Whether flagd is part of the design: an experiment, or OpenFeature in the repository.

    A repository with another flag service keeps that one.
    """
    return flag_product(subject) in {None, "openfeature"} and (
        subject.strategy == "A/B Testing" or flag_product(subject) == "openfeature"
    )


def flag_product(subject: Subject) -> str | None:
    """The flag library that the repository has; another than OpenFeature wins."""
    found = [value for value, _ in subject.facts("feature_flags")]
    return next((value for value in found if value != "openfeature"), found[0] if found else None)


def flag_name(subject: Subject) -> str:
    """The flag of the release or experiment."""
    return f"{subject.name}-experiment" if subject.strategy == "A/B Testing" else subject.name


def flags_json(subject: Subject) -> str:
    """The flags as flagd reads them: who is in the cohort, by a hash of the targeting key."""
    share = subject.given("cohort_percent")
    cohort = round(float(share.value))
    flag = {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
        "targeting": {"fractional": [["on", cohort], ["off", 100 - cohort]]},
    }
    raw = {
        "$schema": "https://flagd.dev/schema/v0/flags.json",
        "metadata": {
            "description": f"{MARK}: change the requirement and generate again",
            "cohort": f"{cohort} % ({share.reference})",
        },
        "flags": {flag_name(subject): flag},
    }
    return json.dumps(raw, indent=2, ensure_ascii=False) + "\n"


def flagd(subject: Subject) -> list[Node]:
    """The Deployment of flagd and its Service."""
    name = flags_service(subject)
    labels: Node = {NAME: name}
    container = {
        "name": "flagd",
        "image": IMAGE,
        "args": ["start", "--uri", f"file:/etc/flagd/{FLAGS_FILE}"],
        "ports": [
            {"name": "evaluation", "containerPort": FLAGS_PORT},
            {"name": "management", "containerPort": HEALTH_PORT},
        ],
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "management"}},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "management"}},
        "resources": Noted(
            {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
            "assumed: flags are evaluated in memory",
        ),
        "securityContext": container_security(),
        "volumeMounts": [{"name": "flags", "mountPath": "/etc/flagd", "readOnly": True}],
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {NAME: name, COMPONENT: "flags"}},
        "spec": {
            "replicas": Noted(2, "one may be away; the application falls back to its defaults"),
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": subject.name,
                    "automountServiceAccountToken": False,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": _NONROOT,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [container],
                    "volumes": [{"name": "flags", "configMap": {"name": f"{subject.name}-flags"}}],
                },
            },
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": {NAME: name}},
        "spec": {
            "selector": labels,
            "ports": [{"name": "evaluation", "port": FLAGS_PORT, "targetPort": "evaluation"}],
        },
    }
    return [deployment, service]


def flag_policies(subject: Subject) -> list[Node]:
    """The process asks flagd, and nobody else does."""
    name = flags_service(subject)

    def policy(kind: str, pods: str, peer: str) -> dict[str, Node]:
        way = "from" if kind == "Ingress" else "to"
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {
                "name": f"{name}-{way}-{'clients' if way == 'from' else 'flags'}",
                "labels": {NAME: subject.name, COMPONENT: "setup"},
            },
            "spec": {
                "podSelector": {"matchLabels": {NAME: pods}},
                "policyTypes": [kind],
                kind.lower(): [
                    {
                        way: [{"podSelector": {"matchLabels": {NAME: peer}}}],
                        "ports": [{"port": FLAGS_PORT}],
                    }
                ],
            },
        }

    return [policy("Ingress", name, subject.name), policy("Egress", subject.name, name)]
