"""Kubernetes objects: what the API server would refuse and schemas let pass."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, at, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

KINDS = ("kubernetes", "argo-rollouts")
WORKLOADS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Job", "CronJob", "Pod"}
)
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_SERVICE = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?\Z")
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")
_LABEL_KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z"
)
_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<number>\d+\.?\d*|\.\d+)(?P<suffix>[eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?\Z"
)
_SUFFIX: dict[str, Decimal] = {
    **{name: Decimal(10) ** power for name, power in zip("num", (-9, -6, -3), strict=True)},
    **{name: Decimal(10) ** (3 * n) for n, name in enumerate("kMGTPE", 1)},
    **{f"{name}i": Decimal(1024) ** n for n, name in enumerate("KMGTPE", 1)},
}

REMOVED: dict[str, dict[str, str]] = {
    "extensions/v1beta1": {
        "Deployment": "apps/v1",
        "DaemonSet": "apps/v1",
        "ReplicaSet": "apps/v1",
        "Ingress": "networking.k8s.io/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
        "PodSecurityPolicy": "",
    },
    "apps/v1beta1": {"*": "apps/v1"},
    "apps/v1beta2": {"*": "apps/v1"},
    "networking.k8s.io/v1beta1": {"*": "networking.k8s.io/v1"},
    "batch/v1beta1": {"CronJob": "batch/v1"},
    "batch/v2alpha1": {"*": "batch/v1"},
    "policy/v1beta1": {"PodDisruptionBudget": "policy/v1", "PodSecurityPolicy": ""},
    "autoscaling/v2beta1": {"*": "autoscaling/v2"},
    "autoscaling/v2beta2": {"*": "autoscaling/v2"},
    "rbac.authorization.k8s.io/v1beta1": {"*": "rbac.authorization.k8s.io/v1"},
    "scheduling.k8s.io/v1beta1": {"*": "scheduling.k8s.io/v1"},
    "storage.k8s.io/v1beta1": {"*": "storage.k8s.io/v1"},
    "apiextensions.k8s.io/v1beta1": {"*": "apiextensions.k8s.io/v1"},
    "admissionregistration.k8s.io/v1beta1": {
        "MutatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
    },
    "coordination.k8s.io/v1beta1": {"*": "coordination.k8s.io/v1"},
    "discovery.k8s.io/v1beta1": {"*": "discovery.k8s.io/v1"},
    "flowcontrol.apiserver.k8s.io/v1beta2": {"*": "flowcontrol.apiserver.k8s.io/v1"},
}
"""API versions that no supported release serves, and what took their place (Kubernetes'
deprecated API migration guide)."""


def api_versions(document: Document, tree: Tree) -> Iterator[Fault]:
    """An apiVersion that is served, and a kind."""
    for node in document.maps:
        version, kind = str(node.get("apiVersion", "")), str(node.get("kind", ""))
        if not version or not kind:
            yield Fault("no object: it has no apiVersion or no kind", node.line)
        removed = REMOVED.get(version, {})
        if kind in removed or "*" in removed:
            instead = removed.get(kind, removed.get("*", ""))
            text = f"{version} {kind} is no longer served"
            yield Fault(f"{text}; {instead} is" if instead else text, node.at("apiVersion"))


def names(document: Document, tree: Tree) -> Iterator[Fault]:
    """Names, labels and keys in the form that the API takes."""
    for node in objects(document):
        metadata = entries(node, "metadata")
        name = metadata.get("name")
        kind = str(node.get("kind"))
        if kind == "List" or (name is None and metadata.get("generateName")):
            continue
        if not isinstance(name, str) or not _good_name(kind, name):
            yield Fault(f"{name!r} is no name of a {kind}", metadata.at("name") or node.line)
        for where in (metadata, entries(node, "spec", "template", "metadata")):
            for key, value in entries(where, "labels").items():
                yield from _label(key, value, entries(where, "labels").at(key))
            for key, value in entries(where, "annotations").items():
                if not isinstance(value, str):
                    line = entries(where, "annotations").at(key)
                    yield Fault(f"the annotation {key} is no text", line)
        for key, value in entries(node, "spec", "selector", "matchLabels").items():
            yield from _label(key, value, node.line)


def quantities(document: Document, tree: Tree) -> Iterator[Fault]:
    """CPU and memory that can be read, no request above its limit."""
    for _, container, line in containers(document):
        resources = entries(container, "resources")
        read: dict[tuple[str, str], Decimal] = {}
        for side in ("requests", "limits"):
            for key, value in entries(resources, side).items():
                amount = quantity(value)
                at_line = entries(resources, side).at(key)
                if amount is None or amount < 0:
                    yield Fault(f"{value!r} is no quantity of {key}", at_line)
                elif key == "memory" and 0 < amount < 1024**2:
                    yield Fault(f"memory {value} is less than a mebibyte", at_line)
                elif key == "cpu" and amount > 512:
                    yield Fault(f"cpu {value} is more than 512 cores", at_line)
                else:
                    read[side, key] = amount
        for (side, key), amount in read.items():
            limit = read.get(("limits", key))
            if side == "requests" and limit is not None and amount > limit:
                yield Fault(f"{container.get('name')} requests more {key} than its limit", line)


def selectors(document: Document, tree: Tree) -> Iterator[Fault]:
    """A workload selects its own pods; a Service finds those of the file."""
    found = list(objects(document))
    pods = [entries(n, "spec", "template", "metadata", "labels") for n in found if _is_workload(n)]
    for node in found:
        kind, line = node.get("kind"), node.line
        wanted = entries(node, "spec", "selector", "matchLabels")
        labels = entries(node, "spec", "template", "metadata", "labels")
        if kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"}:
            if not wanted and not at(node, "spec", "selector", "matchExpressions"):
                if not at(node, "spec", "workloadRef"):
                    yield Fault(f"the {kind} selects no pods", line)
            elif not _covers(labels, wanted):
                yield Fault(f"the {kind}'s selector is not among its pods' labels", line)
        service = entries(node, "spec", "selector") if kind == "Service" else Map()
        if service and pods and not any(_covers(pod, service) for pod in pods):
            yield Fault(f"the Service {at(node, 'metadata', 'name')} finds no pod", line)
        wanted_pods = kind in {"PodDisruptionBudget", "NetworkPolicy"} and pods
        select = entries(node, "spec", "podSelector", "matchLabels") or wanted
        if wanted_pods and select and not any(_covers(pod, select) for pod in pods):
            yield Fault(f"the {kind} {at(node, 'metadata', 'name')} finds no pod", line)


def scaling(document: Document, tree: Tree) -> Iterator[Fault]:
    """Autoscalers with a target and room between their bounds; budgets that let a pod go."""
    here = list(objects(document))
    everything = here if len(tree.documents) < 2 else [node for _, node in tree.objects]
    for node in here:
        spec = entries(node, "spec")
        if node.get("kind") == "HorizontalPodAutoscaler":
            yield from _autoscaler(spec, everything)
        elif node.get("kind") == "PodDisruptionBudget":
            yield from _budget(spec, everything)
        elif node.get("kind") == "ScaledObject":
            low, high = spec.get("minReplicaCount", 0), spec.get("maxReplicaCount", 100)
            if isinstance(low, int) and isinstance(high, int) and low > high:
                yield Fault(f"at least {low} and at most {high} replicas", spec.line)
        replicas = spec.get("replicas")
        if _is_workload(node) and isinstance(replicas, int) and replicas < 0:
            yield Fault(f"{replicas} replicas", spec.at("replicas"))


def quantity(value: Any) -> Decimal | None:
    """A quantity of Kubernetes as a number; None where it is none.

    >>> quantity("250m"), quantity("128Mi"), quantity("128Mib"), quantity(2)
    (Decimal('0.250'), Decimal('134217728'), None, Decimal('2'))
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _QUANTITY.match(str(value))
    if match is None:
        return None
    suffix = match["suffix"] or ""
    try:
        number = Decimal(match["sign"] + match["number"])
        if suffix[:1] in {"e", "E"} and len(suffix) > 1 and suffix != "Ei":
            return number * Decimal(10) ** int(suffix[1:])
        return number * _SUFFIX.get(suffix, Decimal(1))
    except (InvalidOperation, OverflowError):
        return None


def pod_spec(node: Map) -> Map:
    """The pod's specification of a workload; an empty mapping elsewhere."""
    kind = node.get("kind")
    if kind == "Pod":
        return entries(node, "spec")
    if kind == "CronJob":
        return entries(node, "spec", "jobTemplate", "spec", "template", "spec")
    return entries(node, "spec", "template", "spec") if kind in WORKLOADS else Map()


def containers(document: Document) -> Iterator[tuple[Map, Map, int]]:
    """(object, container, line) of every container of a file."""
    for node in objects(document):
        spec = pod_spec(node)
        for key in ("initContainers", "containers"):
            for container in maps_in(spec, key):
                yield node, container, container.line


def _autoscaler(spec: Map, everything: list[Map]) -> Iterator[Fault]:
    low, high = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Fault(f"at least {low} and at most {high} replicas", spec.at("minReplicas"))
    if isinstance(high, int) and high < 1:
        yield Fault(f"at most {high} replicas", spec.at("maxReplicas"))
    target = entries(spec, "scaleTargetRef")
    wanted = (target.get("kind"), target.get("name"))
    there = {(n.get("kind"), at(n, "metadata", "name")) for n in everything}
    if any(_is_workload(node) for node in everything) and wanted not in there:
        yield Fault(f"it scales the {wanted[0]} {wanted[1]}, which is not there", target.line)
    if not maps_in(spec, "metrics"):
        yield Fault("it scales by no metric", spec.line)
    for metric in maps_in(spec, "metrics"):
        share = at(metric, "resource", "target", "averageUtilization")
        if share is not None and not (isinstance(share, int) and 0 < share <= 1000):
            yield Fault(f"a utilisation of {share} %", metric.line)


def _budget(spec: Map, everything: list[Map]) -> Iterator[Fault]:
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        yield Fault("minAvailable and maxUnavailable exclude one another", spec.line)
    if least is None and most is None:
        yield Fault("it says neither minAvailable nor maxUnavailable", spec.line)
    if least == "100%" or most in (0, "0%", "0"):
        yield Fault("it lets no pod go: nodes cannot be drained", spec.line)
    select = entries(spec, "selector", "matchLabels")
    for node in everything:
        labels = entries(node, "spec", "template", "metadata", "labels")
        replicas = at(node, "spec", "replicas")
        if not _is_workload(node) or not select or not _covers(labels, select):
            continue
        if isinstance(least, int) and isinstance(replicas, int) and least >= replicas > 0:
            yield Fault(f"{least} of {replicas} pods must stay: nodes cannot be drained", spec.line)


def _is_workload(node: Map) -> bool:
    return node.get("kind") in WORKLOADS


def _covers(labels: Map, wanted: Map) -> bool:
    return all(labels.get(key) == value for key, value in wanted.items())


def _good_name(kind: str, name: str) -> bool:
    if kind == "Service":
        return len(name) <= 63 and _SERVICE.match(name) is not None
    if kind == "Namespace":
        return len(name) <= 63 and _LABEL.match(name) is not None
    if "Role" in kind or kind in {"Canary"}:
        return 0 < len(name) <= 253 and "/" not in name
    return len(name) <= 253 and _SUBDOMAIN.match(name) is not None


def _label(key: str, value: Any, line: int) -> Iterator[Fault]:
    name = key.rpartition("/")[2]
    if not _LABEL_KEY.match(key) or len(name) > 63 or len(key) - len(name) > 254:
        yield Fault(f"{key!r} is no key of a label", line)
    if not isinstance(value, str) or len(value) > 63 or not _LABEL_VALUE.match(value):
        yield Fault(f"{str(value)[:70]!r} is no value of the label {key}", line)


RULES = (
    Rule(
        "kubernetes-api-versions", KINDS, api_versions, "an apiVersion that is served", objects=True
    ),
    Rule("kubernetes-names", KINDS, names, "names and labels as the API takes them", objects=True),
    Rule("kubernetes-quantities", KINDS, quantities, "requests below limits", objects=True),
    Rule("kubernetes-selectors", KINDS, selectors, "selectors find pods", objects=True),
    Rule("kubernetes-scaling", KINDS, scaling, "bounds with room, targets there", objects=True),
)
