"""Who speaks to whom: Services, NetworkPolicies, the account, the namespace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Noted
from devops_exe.implement.kubernetes.pods import NAME
from devops_exe.implement.kubernetes.routing import experiment_name, router_of
from devops_exe.implement.kubernetes.settings import serves
from devops_exe.implement.layout import COMPONENT
from devops_exe.implement.stores import is_server, port_of, stores_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Environment, Subject

_CREDENTIALS = {
    "aws": (("169.254.170.23/32",), (80,)),
    "gcp": (("169.254.169.254/32", "169.254.169.252/32"), (80, 988)),
}
"""Where pods get a cloud's credentials: EKS Pod Identity's agent, GKE's metadata server (the
documentation of both on network policies)."""
_ON_REDIS = frozenset({"sidekiq", "resque", "bullmq", "rq", "arq"})
"""Queues that keep their jobs in Redis and nowhere else."""
_REDIS = re.compile(r"(?:[A-Z0-9_]+_)?REDIS_(?:HOST|URL|URI|ADDR|ADDRESS)")
MONITORING = "monitoring"
"""Namespace of Prometheus."""


def setup_labels(subject: Subject) -> dict[str, Node]:
    """Labels of what a migration needs before the workload is applied."""
    return {NAME: subject.name, COMPONENT: "setup"}


def service(subject: Subject, name: str, selector: dict[str, str]) -> dict[str, Node]:
    """A Service of cluster-internal address on port 80; without one where nothing listens."""
    ports: list[Node] = [{"name": "http", "port": 80, "targetPort": "http"}]
    if not serves(subject):
        # Argo Rollouts tells versions apart by Services, of a worker too
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "labels": {NAME: subject.name}},
            "spec": {"clusterIP": "None", "selector": dict(selector)},
        }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": {NAME: subject.name}},
        "spec": {"selector": dict(selector), "ports": ports},
    }


def account(subject: Subject) -> dict[str, Node]:
    """The process's own account, which holds no token of the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": subject.name, "labels": setup_labels(subject)},
        "automountServiceAccountToken": False,
    }


def identity_note(subject: Subject) -> str | None:
    """How the account becomes an identity of the provider."""
    return {
        "aws": "rights at AWS: an EKS Pod Identity association of this account, or the annotation "
        "eks.amazonaws.com/role-arn",
        "gcp": "rights at Google Cloud: the annotation iam.gke.io/gcp-service-account, or the "
        "account as a principal of Workload Identity Federation",
        "azure": "rights at Azure: the annotation azure.workload.identity/client-id, and the label "
        "azure.workload.identity/use on the pods",
    }.get(subject.provider or "")


def namespace(
    subject: Subject, environment: Environment, *, enforce: bool = True
) -> dict[str, Node]:
    """The namespace of an environment, with the strictest Pod Security Standard.

    Args:
        subject: whose.
        environment: which.
        enforce: whether pods that do not meet it are refused; else they are warned of.
    """
    standard: dict[str, Node] = {"pod-security.kubernetes.io/warn": "restricted"}
    if enforce:
        standard = {"pod-security.kubernetes.io/enforce": "restricted", **standard}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": environment.namespace,
            "labels": {
                **setup_labels(subject),
                **standard,
            },
        },
    }


def policies(subject: Subject, names: tuple[str, ...]) -> list[Node]:
    """Deny everything, then allow what is known to be needed.

    Args:
        subject: whose.
        names: values of the label by which the pods are found, the service's own first.
    """
    serving = any_of(names[:1])
    if subject.strategy == "A/B Testing":
        serving = any_of((names[0], experiment_name(subject)))
    made: list[Node] = [
        _policy(subject, "default-deny", {}, {"policyTypes": ["Ingress", "Egress"]})
    ]
    if serves(subject):
        made += ingress(subject, serving, "http", subject.series.port_name)
    made.append(egress(subject, any_of(names)))
    return made


def _policy(
    subject: Subject, name: str, selector: dict[str, Node], spec: dict[str, Node]
) -> dict[str, Node]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "labels": setup_labels(subject)},
        "spec": {"podSelector": selector, **spec},
    }


def ingress(
    subject: Subject, pods: dict[str, Node], port: str | int, metrics: str | int
) -> list[Node]:
    """Who may open connections to the pods: clients to their port, Prometheus to its own.

    Args:
        subject: whose.
        pods: selector of the pods.
        port: name or number of the port that is served.
        metrics: name or number of the port that is scraped.
    """
    clients = Noted(
        {"ports": [{"port": port}]},
        "from anywhere: load balancers come with addresses of their own",
    )
    monitoring = {
        "from": [
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": MONITORING}}}
        ],
        "ports": [{"port": metrics}],
    }
    return [
        _policy(
            subject,
            f"{subject.name}-from-{whom}",
            pods,
            {"policyTypes": ["Ingress"], "ingress": [rule]},
        )
        for whom, rule in (("clients", clients), ("monitoring", monitoring))
    ]


def any_of(names: tuple[str, ...]) -> dict[str, Node]:
    """The selector of pods with one of these names."""
    if len(names) == 1:
        return {"matchLabels": {NAME: names[0]}}
    return {"matchExpressions": [{"key": NAME, "operator": "In", "values": list(names)}]}


def egress(subject: Subject, pods: dict[str, Node]) -> dict[str, Node]:
    """What the pods may call: names, and the ports of what is known to be called.

    Args:
        subject: whose.
        pods: selector of the pods.
    """
    names = {
        "to": [
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
            Noted({"ipBlock": {"cidr": "169.254.20.10/32"}}, "NodeLocal DNSCache"),
        ],
        "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
    }
    rules: list[Node] = [Noted(names, "DNS")]
    rules += [Noted({"ports": [{"port": port}]}, why) for port, why in egress_ports(subject)]
    rules += _platform(subject)
    return _policy(
        subject, f"{subject.name}-egress", pods, {"policyTypes": ["Egress"], "egress": rules}
    )


def _platform(subject: Subject) -> list[Node]:
    """What the platform itself is called for: credentials of a cloud, a mesh's control plane."""
    rules: list[Node] = []
    address = _CREDENTIALS.get(subject.provider or "")
    if address and any(store.https for store in stores_of(subject)):
        rules.append(
            Noted(
                {
                    "to": [{"ipBlock": {"cidr": cidr}} for cidr in address[0]],
                    "ports": [{"port": port} for port in address[1]],
                },
                "credentials of the account",
            )
        )
    if router_of(subject) == "istio":
        space = {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}}
        rules.append(
            Noted(
                {"to": [{"namespaceSelector": space}], "ports": [{"port": 15012}]},
                "the sidecar asks istiod",
            )
        )
    return rules


def egress_ports(subject: Subject) -> list[tuple[int, str]]:
    """(port, reason) of what the process calls, by port."""
    found: dict[int, list[str]] = {}
    for store in stores_of(subject):
        found.setdefault(store.port, []).append(store.name)
    for port, why in _queues(subject):
        if port not in found:
            found[port] = [why]
    for product, _ in subject.facts("outside"):
        if product.isprintable():
            found.setdefault(443, []).append(product)
    return [
        (port, f"{', '.join(dict.fromkeys(found[port]))[:100]}; narrow it to their addresses")
        for port in sorted(found)
    ]


def _queues(subject: Subject) -> list[tuple[int, str]]:
    """(port, reason) of brokers that no list of stores has: by the queue, by a variable."""
    if {"redis", "valkey"} & set(subject.datastores):
        return []
    port = port_of("redis")
    queues = [(port, f"redis ({v})") for v, _ in subject.facts("task_queue") if v in _ON_REDIS]
    named = [v.name for v in subject.variables if _REDIS.fullmatch(v.name)]
    return queues or [(port, f"redis ({name})") for name in named[:1]]


def egress_note(subject: Subject) -> str:
    """That all else is cut off, and which stores a library hints at without anybody calling them.

    A database that no file names is found on the day of the first deployment otherwise.
    """
    called = {
        name.partition(" (")[0]
        for _, why in egress_ports(subject)
        for name in why.split(";")[0].split(", ")
    }
    hinted = sorted(
        {
            product
            for product, _ in subject.facts("datastores")
            if product not in called and is_server(product)
        }
    )
    said = f"{', '.join(sorted(called))[:100]} and DNS" if called else "DNS alone"
    more = f" ({', '.join(hinted)[:100]}: a library of it is there)" if hinted else ""
    return (
        f"{layout.BASE}/networkpolicy.yaml lets {subject.name} call {said}: add what else it "
        f"calls{more} before it is applied"
    )


def secret_note(subject: Subject, keys: tuple[str, ...]) -> str:
    """What the operator must create before the first deployment."""
    spaces = ", ".join(environment.namespace for environment in subject.environments)
    return (
        f"create the Secret {layout.secret(subject)} with the keys {', '.join(keys)} in each of "
        f"{spaces}, from your secret store (External Secrets, Secrets Store CSI or Sealed "
        "Secrets); no value of it is generated"
    )
