"""Rules about objects that name one another: Services, autoscalers, budgets, policies."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from devops_exe.assess.readers.yamltree import child, items, mapping, text_at, whole
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.consistency.objects import SCALED, WORKLOADS, selected, selector_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.objects import Object, Unit
    from devops_exe.implement.consistency.world import World

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\Z")
_LABEL_NAMED = frozenset({"Service", "Namespace"})
_LOOSE = frozenset(
    {"LabelTransformer", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "APIService"}
)


def names(world: World) -> Iterator[Finding]:
    """Names that the API server refuses, and two objects of one name."""
    for unit in world.units:
        seen: dict[tuple[str, str, str], Object] = {}
        for one in unit.objects:
            if one.kind in _LOOSE or text_at(one.node, "metadata", "generateName"):
                continue
            pattern = _LABEL if one.kind in _LABEL_NAMED else _SUBDOMAIN
            if not pattern.match(one.name):
                yield finding(
                    "name_refused", one.at("metadata", "name"), kind=one.kind, name=one.name
                )
            # manifests that no kustomization names are applied a folder at a time
            space = text_at(one.node, "metadata", "namespace") or ""
            folder = "" if unit.name else posixpath.dirname(one.path)
            first = seen.setdefault((one.kind, one.name, f"{space}/{folder}"), one)
            if first is not one:
                yield finding(
                    "object_twice", one.where, kind=one.kind, name=one.name, other=first.where
                )


def selectors(world: World) -> Iterator[Finding]:
    """A workload's selector must be among the labels of its own pods."""
    for unit in world.units:
        for one in unit.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"):
            wanted = selector_of(one)
            if wanted is None:
                continue
            missing = {k: v for k, v in wanted.items() if one.labels.get(k) != v}
            if missing:
                yield finding(
                    "selector_disagrees",
                    one.at("spec", "selector"),
                    kind=one.kind,
                    name=one.name,
                    labels=_shown(missing),
                )


def services(world: World) -> Iterator[Finding]:
    """A Service finds pods, and its target port is one of theirs."""
    for unit in world.units:
        if not unit.whole or not any(True for _ in unit.of(*WORKLOADS)):
            continue
        for one in unit.of("Service"):
            wanted = selector_of(one)
            if wanted is None:
                continue
            pods = selected(unit, wanted)
            if not pods:
                yield _selects_nothing(one, "selector", wanted)
                continue
            yield from _ports(one, pods)


def _selects_nothing(one: Object, field: str, wanted: dict[str, str]) -> Finding:
    where = one.at("spec", field)
    return finding("selects_nothing", where, kind=one.kind, name=one.name, labels=_shown(wanted))


def _ports(service: Object, pods: tuple[Object, ...]) -> Iterator[Finding]:
    for number, port in enumerate(items(service.node, "spec", "ports")):
        target = text_at(port, "targetPort") or text_at(port, "port")
        if target is None or not all(_declares_ports(pod) for pod in pods):
            continue
        if not any(target in ports_of(pod) for pod in pods):
            yield finding(
                "target_port_unknown",
                service.at("spec", "ports", number),
                name=service.name,
                port=target,
                ports=", ".join(sorted({p for pod in pods for p in ports_of(pod)})),
            )


def _declares_ports(pod: Object) -> bool:
    return any(items(container, "ports") for container in pod.containers)


def ports_of(workload: Object) -> frozenset[str]:
    """Names and numbers of the ports that a workload's containers declare."""
    found: set[str] = set()
    for container in workload.containers:
        for port in items(container, "ports"):
            found |= {v for key in ("name", "containerPort") if (v := text_at(port, key))}
    return frozenset(found)


def autoscalers(world: World) -> Iterator[Finding]:
    """An autoscaler's target is there, and its bounds fit."""
    for unit in world.units:
        for one in unit.of("HorizontalPodAutoscaler", "ScaledObject"):
            target = mapping(one.node, "spec", "scaleTargetRef")
            kind, name = text_at(target, "kind") or "Deployment", text_at(target, "name") or ""
            workload = unit.named(kind, name)
            if workload is None:
                if any(True for _ in unit.of(*SCALED)):
                    yield finding(
                        "scale_target_missing",
                        one.at("spec", "scaleTargetRef"),
                        name=one.name,
                        target=f"{kind}/{name}",
                    )
                continue
            yield from _bounds(unit, one, workload)


def _bounds(unit: Unit, one: Object, workload: Object) -> Iterator[Finding]:
    keda = one.kind == "ScaledObject"
    low = whole(one.node, "spec", "minReplicaCount" if keda else "minReplicas")
    high = whole(one.node, "spec", "maxReplicaCount" if keda else "maxReplicas")
    low = (0 if keda else 1) if low is None else low
    if high is not None and low > high:
        yield finding("scale_bounds", one.at("spec"), name=one.name, low=str(low), high=str(high))
        return
    fixed = whole(workload.node, "spec", "replicas")
    if fixed is not None:
        yield finding(
            "replicas_fixed",
            workload.at("spec", "replicas"),
            kind=workload.kind,
            name=workload.name,
            replicas=str(fixed),
            scaler=one.name,
        )
    if high is not None and high > 1:
        for claim in _single_writers(unit, workload):
            yield finding(
                "single_writer", workload.where, name=workload.name, claim=claim, high=str(high)
            )


def _single_writers(unit: Unit, workload: Object) -> Iterator[str]:
    for volume in items(workload.template, "spec", "volumes"):
        claim = text_at(volume, "persistentVolumeClaim", "claimName")
        found = unit.named("PersistentVolumeClaim", claim) if claim else None
        if found is not None and set(items(found.node, "spec", "accessModes")) <= {
            "ReadWriteOnce",
            "ReadWriteOncePod",
        }:
            yield found.name


def budgets(world: World) -> Iterator[Finding]:
    """A PodDisruptionBudget finds pods and leaves maintenance a way."""
    for unit in world.units:
        if not unit.whole:
            continue
        for one in unit.of("PodDisruptionBudget"):
            wanted = selector_of(one)
            if wanted is None:
                continue
            pods = [pod for pod in selected(unit, wanted) if pod.kind in SCALED]
            if not pods:
                yield _selects_nothing(one, "selector", wanted)
                continue
            least = sum(_least(unit, pod) for pod in pods)
            yield from _room(one, least)


def _least(unit: Unit, workload: Object) -> int:
    """Fewest replicas that a workload runs with: its autoscaler's minimum, else its own."""
    for scaler in unit.of("HorizontalPodAutoscaler"):
        if text_at(scaler.node, "spec", "scaleTargetRef", "name") == workload.name:
            return whole(scaler.node, "spec", "minReplicas") or 1
    found = whole(workload.node, "spec", "replicas")
    return 1 if found is None else found


def _room(one: Object, least: int) -> Iterator[Finding]:
    kept, lost = (
        text_at(one.node, "spec", "minAvailable"),
        text_at(one.node, "spec", "maxUnavailable"),
    )
    blocks = lost in {"0", "0%"} or kept == "100%"
    if kept is not None and kept.isdigit():
        blocks = blocks or int(kept) >= least
    if blocks:
        yield finding(
            "budget_blocks",
            one.at("spec", "maxUnavailable" if lost else "minAvailable"),
            name=one.name,
            rule=f"maxUnavailable {lost}" if lost else f"minAvailable {kept}",
            least=str(least),
        )


def policies(world: World) -> Iterator[Finding]:
    """A NetworkPolicy that selects finds pods, and lets traffic in on a port that they have."""
    for unit in world.units:
        if not unit.whole or not any(True for _ in unit.of(*WORKLOADS)):
            continue
        for one in unit.of("NetworkPolicy"):
            wanted = selector_of(one)
            if not wanted:
                continue
            pods = selected(unit, wanted)
            if not pods:
                yield _selects_nothing(one, "podSelector", wanted)
                continue
            for number, rule in enumerate(items(one.node, "spec", "ingress")):
                for port in items(rule, "ports"):
                    value = text_at(port, "port")
                    if value and not any(value in ports_of(pod) for pod in pods):
                        yield finding(
                            "policy_port_unknown",
                            one.at("spec", "ingress", number),
                            name=one.name,
                            port=value,
                        )


def references(world: World) -> Iterator[Finding]:
    """Service accounts, ConfigMaps, Secrets, Services and templates that objects name."""
    for unit in world.units:
        for one in unit.of("Rollout"):
            yield from _rollout(unit, one)
        for one in unit.of("HTTPRoute", "VirtualService", "Ingress"):
            yield from _backends(unit, one)
        for one in unit.of(*WORKLOADS):
            account = text_at(one.template, "spec", "serviceAccountName")
            if account and account != "default" and unit.named("ServiceAccount", account) is None:
                yield finding(
                    "reference_missing",
                    one.where,
                    name=one.name,
                    target=f"ServiceAccount/{account}",
                )


def _rollout(unit: Unit, one: Object) -> Iterator[Finding]:
    wanted = [
        ("Service", text_at(one.node, "spec", "strategy", "canary", key))
        for key in ("stableService", "canaryService")
    ]
    wanted += [
        ("Service", text_at(one.node, "spec", "strategy", "blueGreen", key))
        for key in ("activeService", "previewService")
    ]
    wanted += [("AnalysisTemplate", name) for name in _analyses(one)]
    for kind, name in wanted:
        if name and unit.named(kind, name) is None and unit.named(f"Cluster{kind}", name) is None:
            yield finding(
                "reference_missing",
                one.at("spec", "strategy"),
                name=one.name,
                target=f"{kind}/{name}",
            )


def _analyses(one: Object) -> Iterator[str]:
    places = [
        child(one.node, "spec", "strategy", "canary", "analysis"),
        child(one.node, "spec", "strategy", "blueGreen", "prePromotionAnalysis"),
        child(one.node, "spec", "strategy", "blueGreen", "postPromotionAnalysis"),
    ]
    places += [
        child(step, "analysis") for step in items(one.node, "spec", "strategy", "canary", "steps")
    ]
    for place in places:
        for template in items(place, "templates"):
            if name := text_at(template, "templateName"):
                yield name


def _backends(unit: Unit, one: Object) -> Iterator[Finding]:
    if not any(True for _ in unit.of("Service")):
        return
    found: list[str] = []
    for rule in items(one.node, "spec", "rules"):
        found += [n for ref in items(rule, "backendRefs") if (n := text_at(ref, "name"))]
        for path in items(rule, "http", "paths"):
            if name := text_at(path, "backend", "service", "name"):
                found.append(name)
    for route in items(one.node, "spec", "http"):
        for to in items(route, "route"):
            host = text_at(to, "destination", "host")
            if host and "." not in host:
                found.append(host)
    for name in dict.fromkeys(found):
        if unit.named("Service", name) is None:
            yield finding(
                "reference_missing", one.at("spec"), name=one.name, target=f"Service/{name}"
            )


def _shown(labels: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
