"""Who splits the traffic: the router that the repository has, else the Gateway API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from devops_exe.implement import layout
from devops_exe.implement.emit import Noted
from devops_exe.implement.kubernetes.pods import NAME
from devops_exe.implement.kubernetes.settings import serves

if TYPE_CHECKING:
    from devops_exe.implement.artefact import Kind
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

Router = Literal["istio", "nginx", "gateway-api", "none"]
PLUGIN = "argoproj-labs/gatewayAPI"
"""Name under which Argo Rollouts' plugin for the Gateway API is registered."""
ROUTE = "primary"
"""Name of the route in a VirtualService."""
GATEWAY = ("gateway", "gateway")
"""(namespace, name) of the cluster's Gateway; an assumption that is noted."""
COHORT = "x-cohort"
"""Header by which a request of the experiment's cohort is told."""
_INGRESS = re.compile(r"(?m)^kind:\s*Ingress\s*$")
_NGINX = re.compile(r"ingressClassName:\s*[\"']?nginx|kubernetes\.io/ingress\.class:\s*[\"']?nginx")
_NAMED = re.compile(r"(?ms)^metadata:\s*$.*?^  name:\s*[\"']?([a-z0-9][a-z0-9.-]{0,62})")


def router_of(subject: Subject) -> Router:
    """The router that a weight is written for."""
    if subject.profile.value("traffic_routing") is False or not serves(subject):
        return "none"
    if any(value == "istio" for value, _ in subject.facts("mesh")):
        return "istio"
    kinds = {value for value, _ in subject.facts("kubernetes_kind")}
    if "VirtualService" in kinds:
        return "istio"
    if "HTTPRoute" not in kinds and their_ingress(subject) is not None:
        return "nginx"
    return "gateway-api"


def their_ingress(subject: Subject) -> tuple[str, str] | None:
    """(name, path) of the repository's own Ingress of ingress-nginx."""
    for path in subject.matching(r".+\.ya?ml"):
        text = subject.files[path]
        if "Ingress" not in text or "{{" in text:
            continue
        for document in re.split(r"(?m)^---\s*$", text):
            name = _NAMED.search(document)
            if _INGRESS.search(document) and _NGINX.search(document) and name:
                return name[1], path
    return None


def traffic_routing(subject: Subject) -> dict[str, Node] | None:
    """``trafficRouting`` of a canary; None where weights are kept by replicas alone."""
    router = router_of(subject)
    if router == "istio":
        return {"istio": {"virtualService": {"name": subject.name, "routes": [ROUTE]}}}
    if router == "nginx":
        found = their_ingress(subject)
        return {"nginx": {"stableIngress": Noted(*found)}} if found else None
    if router == "none":
        return None
    return {
        "plugins": {
            PLUGIN: {
                "httpRoute": subject.name,
                "namespace": Noted(f"{subject.name}-production", "each overlay sets its own"),
            }
        }
    }


def route(subject: Subject) -> tuple[Kind, dict[str, Node]] | None:
    """The object that routes the traffic of a canary or an experiment, and its kind."""
    router = router_of(subject)
    experiment = subject.strategy == "A/B Testing"
    if subject.strategy not in {"Canary", "A/B Testing"} or router == "none":
        return None
    other = experiment_name(subject) if experiment else layout.canary_service(subject)
    if router == "istio":
        return "istio", _virtual_service(subject, other, experiment=experiment)
    if router == "nginx" and not experiment:
        # Argo Rollouts makes the canary's Ingress from the stable one
        return None
    return "gateway-api", _http_route(subject, other, experiment=experiment)


def experiment_name(subject: Subject) -> str:
    """Workload, Service and route of the experiment's variant."""
    return f"{subject.name}-experiment"


def _http_route(subject: Subject, other: str, *, experiment: bool) -> dict[str, Node]:
    stable: Node = {"name": subject.name, "port": 80}
    if experiment:
        rules: list[Node] = [
            {
                "matches": [{"headers": [{"name": COHORT, "value": other}]}],
                "backendRefs": [{"name": other, "port": 80}],
            },
            {"backendRefs": [stable]},
        ]
    else:
        # Argo Rollouts changes these weights while a release runs
        rules = [
            {
                "backendRefs": [
                    {"name": subject.name, "port": 80, "weight": 100},
                    {"name": other, "port": 80, "weight": 0},
                ]
            }
        ]
    namespace, gateway = GATEWAY
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": other if experiment else subject.name,
            "labels": {NAME: subject.name},
        },
        "spec": {
            "parentRefs": [
                Noted(
                    {"name": gateway, "namespace": namespace},
                    "assumed: the cluster's Gateway; it must admit routes of this namespace",
                )
            ],
            "rules": rules,
        },
    }


def _virtual_service(subject: Subject, other: str, *, experiment: bool) -> dict[str, Node]:
    def to(host: str, weight: int | None = None) -> dict[str, Node]:
        found: dict[str, Node] = {"destination": {"host": host}}
        return found if weight is None else {**found, "weight": weight}

    if experiment:
        http: list[Node] = [
            {
                "name": "cohort",
                "match": [{"headers": {COHORT: {"exact": other}}}],
                "route": [to(other)],
            },
            {"name": ROUTE, "route": [to(subject.name)]},
        ]
    else:
        http = [{"name": ROUTE, "route": [to(subject.name, 100), to(other, 0)]}]
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {
            "name": other if experiment else subject.name,
            "labels": {NAME: subject.name},
        },
        "spec": {"hosts": [subject.name], "http": http},
    }
