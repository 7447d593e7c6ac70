"""Kubernetes objects as they are applied together: what one environment consists of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import YamlList, YamlMap, child, items, mapping, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKLOADS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Job", "CronJob", "Pod"}
)
"""Kinds that run pods; ``Rollout`` is Argo Rollouts'."""

SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "Rollout"})
"""Kinds whose number of replicas an autoscaler changes."""


_PODLESS = re.compile(
    r"(?:v1|apps/\w+|batch/\w+|autoscaling/\w+|policy/\w+|extensions/\w+|[\w.]*\.k8s\.io/\w+"
    r"|(?:kustomize|config)\.\S+|argoproj\.io/\w+|keda\.sh/\w+|[\w.]*istio\.io/\w+"
    r"|cert-manager\.io/\w+|external-secrets\.io/\w+|openslo\S*)\Z"
)
_MAKES_PODS = frozenset({"Experiment", "Application", "ApplicationSet", "Workflow"})
_MONITORS = frozenset({"ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe"})


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a manifest.

    Attributes:
        kind, name: as written.
        node: its fields, which know their lines.
        path: the file it stands in.
    """

    kind: str
    name: str
    node: YamlMap
    path: str

    @property
    def where(self) -> str:
        """``path:line``."""
        return f"{self.path}:{self.node.line}"

    def at(self, *steps: str | int) -> str:
        """``path:line`` of a field, or of the nearest that is there."""
        node: Any = self.node
        line = self.node.line
        for step in steps:
            if isinstance(node, YamlMap) and isinstance(step, str):
                line = node.at(step)
            elif isinstance(node, YamlList) and isinstance(step, int) and step < len(node.lines):
                line = node.lines[step]
            node = child(node, step)
        return f"{self.path}:{line}"

    @property
    def template(self) -> YamlMap:
        """The pod template of a workload; an empty mapping elsewhere."""
        if self.kind == "Pod":
            return self.node
        if self.kind == "CronJob":
            return mapping(self.node, "spec", "jobTemplate", "spec", "template")
        return mapping(self.node, "spec", "template")

    @property
    def labels(self) -> dict[str, str]:
        """Labels of a workload's pods, of the object itself elsewhere."""
        source = self.template if self.kind in WORKLOADS else self.node
        return strings(mapping(source, "metadata", "labels"))

    @property
    def containers(self) -> YamlList:
        """The containers of a workload."""
        return items(self.template, "spec", "containers")


@dataclass(frozen=True, slots=True)
class Unit:
    """Objects that are applied together.

    Attributes:
        name: the folder they are applied from (``deploy/kubernetes/overlays/production``), or
            the root of manifests that no kustomization names.
        objects: with patches applied.
        images: name of an image in the manifests to what a kustomization puts in its place.
        generated: (kind, name) of ConfigMaps and Secrets that a generator makes.
        keys: of a generated ConfigMap or Secret, by (kind, name).
        notes: what was not understood.
    """

    name: str
    objects: tuple[Object, ...]
    images: dict[str, str] = field(default_factory=dict)
    generated: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, *kinds: str) -> Iterator[Object]:
        """Objects of these kinds."""
        return (found for found in self.objects if found.kind in kinds)

    @property
    def whole(self) -> bool:
        """Whether every pod is in sight: no object of an operator that makes pods of its own."""
        return all(one.kind in _MONITORS or _makes_no_pods(one) for one in self.objects)

    def named(self, kind: str, name: str) -> Object | None:
        """The object of this kind and name."""
        return next((o for o in self.objects if o.kind == kind and o.name == name), None)


def _makes_no_pods(one: Object) -> bool:
    version = text_at(one.node, "apiVersion") or ""
    steps = items(one.node, "spec", "strategy", "canary", "steps")
    if one.kind == "Rollout" and any(child(step, "experiment") for step in steps):
        return False
    return one.kind not in _MAKES_PODS and _PODLESS.match(version) is not None


def strings(node: YamlMap) -> dict[str, str]:
    """A mapping's scalars."""
    return {key: value for key, value in node.items() if isinstance(value, str)}


def selector_of(found: Object) -> dict[str, str] | None:
    """The labels by which an object finds pods; None where it selects otherwise.

    ``matchExpressions`` are not read: an object that has them is not judged.
    """
    if found.kind == "Service":
        return strings(mapping(found.node, "spec", "selector")) or None
    if found.kind == "NetworkPolicy":
        if child(found.node, "spec", "podSelector", "matchExpressions"):
            return None
        return strings(mapping(found.node, "spec", "podSelector", "matchLabels"))
    if child(found.node, "spec", "selector", "matchExpressions"):
        return None
    return strings(mapping(found.node, "spec", "selector", "matchLabels")) or None


def selected(unit: Unit, wanted: dict[str, str]) -> tuple[Object, ...]:
    """Workloads whose pods carry these labels."""
    return tuple(
        workload
        for workload in unit.of(*WORKLOADS)
        if all(workload.labels.get(key) == value for key, value in wanted.items())
    )


def objects_of(nodes: list[Any], path: str) -> Iterator[Object]:
    """The objects among the documents of a file; a ``List`` gives its items."""
    for node in nodes:
        if not isinstance(node, YamlMap):
            continue
        kind = text_at(node, "kind")
        name = text_at(node, "metadata", "name") or text_at(node, "metadata", "generateName")
        if kind is not None and kind.endswith("List") and isinstance(node.get("items"), list):
            yield from objects_of(list(node["items"]), path)
        elif kind and text_at(node, "apiVersion"):
            yield Object(kind, name or "", node, path)
