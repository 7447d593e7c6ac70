"""Feature flags: OpenFeature with flagd, where an experiment or flags are wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devops_exe.implement.emit import Noted
from devops_exe.implement.existing import MARK
from devops_exe.implement.kubernetes.flag_choice import FLAGS_PORT, flag_name, flags_service
from devops_exe.implement.kubernetes.network import any_of
from devops_exe.implement.kubernetes.pods import NAME, container_security
from devops_exe.implement.kubernetes.routing import experiment_name
from devops_exe.implement.layout import COMPONENT
from devops_exe.implement.pins import image

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

IMAGE = ("ghcr.io/open-feature/flagd", "v0.12.9")
HEALTH_PORT = 8014
"""flagd's management port, with /healthz and /readyz (flagd's documentation)."""
FLAGS_FILE = "flags.flagd.json"
_NONROOT = 65532


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
        "image": image(*IMAGE),
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
    clients: tuple[str, ...] = (subject.name,)
    if subject.strategy == "A/B Testing":
        clients = (subject.name, experiment_name(subject))

    def policy(kind: str, pods: tuple[str, ...], peer: tuple[str, ...]) -> dict[str, Node]:
        way = "from" if kind == "Ingress" else "to"
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {
                "name": f"{name}-{way}-{'clients' if way == 'from' else 'flags'}",
                "labels": {NAME: subject.name, COMPONENT: "setup"},
            },
            "spec": {
                "podSelector": any_of(pods),
                "policyTypes": [kind],
                kind.lower(): [
                    {
                        way: [{"podSelector": any_of(peer)}],
                        "ports": [{"port": FLAGS_PORT}],
                    }
                ],
            },
        }

    return [policy("Ingress", (name,), clients), policy("Egress", clients, (name,))]
