"""Kubernetes objects, inside the pod: ports, probes, volumes, updates; kustomizations."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, at, elements, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule
from devops_exe.implement.proof.rules.kubernetes import KINDS, containers, pod_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_PULL = frozenset({"Always", "IfNotPresent", "Never"})
_PATH_TYPES = frozenset({"Exact", "Prefix", "ImplementationSpecific"})
_SERVICE_TYPES = frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})
_PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
_POLICY_TYPES = frozenset({"Ingress", "Egress"})
_RESTART = frozenset({"Always", "OnFailure", "Never"})
_UNSATISFIABLE = frozenset({"DoNotSchedule", "ScheduleAnyway"})
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def ports(document: Document, tree: Tree) -> Iterator[Fault]:
    """Ports in range, named once, and found by the Services of the file."""
    for node, container, line in containers(document):
        seen: set[Any] = set()
        for port in maps_in(container, "ports"):
            number, name = port.get("containerPort"), port.get("name")
            if not isinstance(number, int) or not 0 < number < 65536:
                yield Fault(f"{number!r} is no port", port.line)
            if name is not None and (len(str(name)) > 15 or name in seen):
                yield Fault(f"{name!r} names a port twice, or has more than 15 letters", port.line)
            seen.add(name)
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            yield from _probe(node, container, probe, line)
    pods = [n for n in objects(document) if pod_spec(n)]
    for node in objects(document):
        if node.get("kind") == "Service":
            yield from _service_ports(node, pods)


def _service_ports(node: Map, pods: list[Map]) -> Iterator[Fault]:
    for port in maps_in(node, "spec", "ports"):
        number, target = port.get("port"), port.get("targetPort")
        if not isinstance(number, int) or not 0 < number < 65536:
            yield Fault(f"{number!r} is no port", port.line)
        if isinstance(target, str) and pods:
            wanted = entries(node, "spec", "selector")
            mine = [p for p in pods if _covers(entries(p, "spec", "template", "metadata"), wanted)]
            named = {
                q.get("name") for p in mine for c in _containers(p) for q in maps_in(c, "ports")
            }
            if mine and target not in named:
                yield Fault(f"no container port is called {target}", port.line)


def _probe(node: Map, container: Map, probe: str, line: int) -> Iterator[Fault]:
    found = entries(container, probe)
    if not found:
        return
    ways = [key for key in ("httpGet", "tcpSocket", "exec", "grpc") if key in found]
    if len(ways) != 1:
        yield Fault(f"the {probe} asks in {len(ways)} ways", line)
        return
    port = at(found, ways[0], "port")
    names = {q.get("name") for q in maps_in(container, "ports")}
    if isinstance(port, str) and port not in names:
        yield Fault(f"the {probe} asks port {port}, which no port is called", found.line)
    if isinstance(port, int) and not 0 < port < 65536:
        yield Fault(f"the {probe} asks port {port}", found.line)
    path = at(found, "httpGet", "path")
    if path is not None and not str(path).startswith("/"):
        yield Fault(f"the {probe}'s path {path!r} does not begin with /", found.line)
    for key in ("periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold"):
        value = found.get(key)
        if value is not None and (not isinstance(value, int) or value < 1):
            yield Fault(f"the {probe} has {key} {value}", found.at(key))
    if probe != "readinessProbe" and found.get("successThreshold", 1) != 1:
        yield Fault(f"the {probe} has a successThreshold other than 1", found.line)


def choices(document: Document, tree: Tree) -> Iterator[Fault]:
    """Words among those that the API knows, where its published schema takes any."""
    for node in objects(document):
        yield from _object_choices(node)
        yield from _pod_choices(pod_spec(node))
    for _, container, line in containers(document):
        policy = container.get("imagePullPolicy", "Always")
        if policy not in _PULL:
            yield Fault(f"{policy!r} is no imagePullPolicy", line)


def _object_choices(node: Map) -> Iterator[Fault]:
    kind, spec = node.get("kind"), entries(node, "spec")
    if kind == "Service" and spec.get("type", "ClusterIP") not in _SERVICE_TYPES:
        yield Fault(f"{spec['type']!r} is no type of a Service", spec.at("type"))
    for port in maps_in(spec, "ports"):
        if port.get("protocol", "TCP") not in _PROTOCOLS:
            yield Fault(f"{port['protocol']!r} is no protocol", port.line)
    routed = kind == "Ingress" and node.get("apiVersion") == "networking.k8s.io/v1"
    for rule in maps_in(spec, "rules") if routed else ():
        for path in maps_in(rule, "http", "paths"):
            if path.get("pathType") not in _PATH_TYPES:
                yield Fault(f"{path.get('pathType')!r} is no pathType", path.line)
    for name in elements(spec, "policyTypes") if kind == "NetworkPolicy" else ():
        if name not in _POLICY_TYPES:
            yield Fault(f"{name!r} is no policy type", spec.at("policyTypes"))


def _pod_choices(pod: Map) -> Iterator[Fault]:
    if pod.get("restartPolicy", "Always") not in _RESTART:
        yield Fault(f"{pod['restartPolicy']!r} is no restartPolicy", pod.at("restartPolicy"))
    for spread in maps_in(pod, "topologySpreadConstraints"):
        if spread.get("whenUnsatisfiable") not in _UNSATISFIABLE:
            yield Fault(f"{spread.get('whenUnsatisfiable')!r} is no whenUnsatisfiable", spread.line)
        skew = spread.get("maxSkew")
        if not isinstance(skew, int) or skew < 1:
            yield Fault(f"a maxSkew of {skew}", spread.line)


def updates(document: Document, tree: Tree) -> Iterator[Fault]:
    """A roll-out that can move, in time."""
    for node in objects(document):
        spec = entries(node, "spec")
        if node.get("kind") == "Deployment":
            strategy = entries(spec, "strategy")
            kind = strategy.get("type", "RollingUpdate")
            rolling = entries(strategy, "rollingUpdate")
            if kind not in {"RollingUpdate", "Recreate"}:
                yield Fault(f"{kind!r} is no strategy", strategy.line)
            if kind == "Recreate" and rolling:
                yield Fault("Recreate takes no rollingUpdate", strategy.line)
            still = (0, "0", "0%")
            if rolling.get("maxSurge", "25%") in still and rolling.get("maxUnavailable") in still:
                yield Fault("neither more nor fewer pods: it cannot move", rolling.line)
            deadline, ready = (
                spec.get("progressDeadlineSeconds", 600),
                spec.get("minReadySeconds", 0),
            )
            if isinstance(deadline, int) and isinstance(ready, int) and deadline <= ready:
                yield Fault("it gives up before a pod counts as ready", spec.line)
        pod = pod_spec(node)
        grace = pod.get("terminationGracePeriodSeconds", 30)
        if isinstance(grace, int) and grace < 0:
            yield Fault(f"a grace period of {grace} s", pod.line)


def inside(document: Document, tree: Tree) -> Iterator[Fault]:
    """Containers, variables and mounts named once, mounts of volumes that are there."""
    for node in objects(document):
        pod = pod_spec(node)
        volumes = [v.get("name") for v in maps_in(pod, "volumes")]
        claims = [at(c, "metadata", "name") for c in maps_in(node, "spec", "volumeClaimTemplates")]
        seen: set[Any] = set()
        for container in _containers(node):
            name = container.get("name")
            if name in seen:
                yield Fault(f"two containers are called {name}", container.line)
            seen.add(name)
            if not container.get("image"):
                yield Fault(f"{name} has no image", container.line)
            variables: set[Any] = set()
            for variable in maps_in(container, "env"):
                if variable.get("name") in variables:
                    yield Fault(f"the variable {variable.get('name')} is set twice", variable.line)
                variables.add(variable.get("name"))
                if "value" in variable and not isinstance(variable["value"], str):
                    yield Fault(f"the value of {variable.get('name')} is no text", variable.line)
                if "value" in variable and "valueFrom" in variable:
                    yield Fault(f"{variable.get('name')} has two values", variable.line)
            mounted: set[Any] = set()
            for mount in maps_in(container, "volumeMounts"):
                if mount.get("name") not in (*volumes, *claims):
                    yield Fault(f"the volume {mount.get('name')} is not there", mount.line)
                if mount.get("mountPath") in mounted:
                    yield Fault(f"{mount.get('mountPath')} is mounted twice", mount.line)
                mounted.add(mount.get("mountPath"))


def kustomization(document: Document, tree: Tree) -> Iterator[Fault]:
    """Files and folders that it names are there."""
    folder = posixpath.dirname(document.artefact.path)
    for node in document.maps:
        if "bases" in node or "patchesStrategicMerge" in node or "patchesJson6902" in node:
            yield Fault("bases, patchesStrategicMerge and patchesJson6902 are gone", node.line)
        named = [*elements(node, "resources"), *elements(node, "components")]
        named += [p["path"] for p in maps_in(node, "patches") if "path" in p]
        part = node.get("kind") == "Component"
        if not named and not part and not any("Generator" in key for key in node):
            yield Fault("it builds nothing", node.line)
        for name in dict.fromkeys(str(item) for item in named):
            if "://" in name or name.startswith("github.com/"):
                yield Fault(f"{name} comes from outside: its content can change", node.line)
                continue
            path = posixpath.normpath(posixpath.join(folder, name))
            inside_it = any(tree.has(posixpath.join(path, k)) for k in KUSTOMIZATIONS)
            if not tree.has(path) and not inside_it:
                yield Fault(f"{name} is not there", node.line)
        for image in maps_in(node, "images"):
            if "digest" in image and not str(image["digest"]).startswith("sha256:"):
                yield Fault(f"{image['digest']!r} is no digest", image.line)


def _containers(node: Map) -> list[Map]:
    pod = pod_spec(node)
    return [*maps_in(pod, "initContainers"), *maps_in(pod, "containers")]


def _covers(metadata: Map, wanted: Map) -> bool:
    labels = entries(metadata, "labels")
    return bool(wanted) and all(labels.get(key) == value for key, value in wanted.items())


RULES = (
    Rule(
        "kubernetes-ports",
        KINDS,
        ports,
        "ports in range, probes and Services find them",
        objects=True,
    ),
    Rule("kubernetes-choices", KINDS, choices, "words that the API knows", objects=True),
    Rule("kubernetes-updates", KINDS, updates, "a roll-out that can move", objects=True),
    Rule(
        "kubernetes-pods",
        KINDS,
        inside,
        "names once, mounts of volumes that are there",
        objects=True,
    ),
    Rule("kustomization-files", ("kustomization",), kustomization, "what it names is there"),
)
