"""Kubernetes manifests: workloads with what a plan needs of them, autoscalers, claims, routing.

Method: the API's own field names (apps/v1, autoscaling/v2, argoproj.io Rollout, Gateway API,
Istio networking). A Helm template is filled with its chart's values first (``templates``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from devops_exe.assess.readers.quantities import (
    int_or_percent,
    mebibytes,
    millicores,
    sensible_share,
)
from devops_exe.assess.readers.yamltree import (
    YamlMap,
    child,
    documents,
    items,
    mapping,
    text_at,
    whole,
)

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "ReplicaSet")
JOBS = ("Job", "CronJob")
_MAX_DOCUMENTS = 500
_TIME_DEFAULTS = {"initialDelaySeconds": 0, "failureThreshold": 3, "periodSeconds": 10}
_DEADLINE_SECONDS = 600
_RELEASE = {
    "minReadySeconds": ("min_ready_seconds", 0),
    "progressDeadlineSeconds": ("progress_deadline_seconds", 1),
}
_POD = {"terminationGracePeriodSeconds": ("termination_grace_seconds", 0)}
_PROBE = {
    "periodSeconds": ("probe_period_seconds", 1),
    "timeoutSeconds": ("probe_timeout_seconds", 1),
    "failureThreshold": ("probe_failure_threshold", 1),
}
_QUIET_PORTS = ("metric", "admin", "debug", "health", "prom", "management", "jmx", "probe")


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line it stands on."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a workload.

    ``probe`` holds the profile fields that the readiness probe states.
    ``takes_from`` are the ConfigMaps whose every key is a variable, ``takes_keys`` those of
    single variables as (variable, ConfigMap, key).
    """

    image: str
    image_line: int
    port: Located | None = None
    environment: dict[str, Located] = field(default_factory=dict)
    cpu_millicores: Located | None = None
    memory_mib: Located | None = None
    health: tuple[Located, ...] = ()
    probed: bool = False
    startup_seconds: Located | None = None
    probe: dict[str, Located] = field(default_factory=dict)
    command: Located | None = None
    privileged: int = 0
    non_root: bool = False
    takes_from: tuple[str, ...] = ()
    takes_keys: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """One thing the cluster keeps running.

    ``settings`` holds the profile fields that its release states, ``recreate`` the line of a
    strategy that stops every pod first (0 for none). ``patches`` are containers without an
    image: what a kustomization lays over a workload of that name; ``rendered`` says that a
    chart's template was filled with the chart's own values.
    """

    name: str
    kind: str
    path: str
    line: int
    containers: tuple[Container, ...]
    replicas: Located | None = None
    zones: Located | None = None
    non_root: bool = False
    claims: tuple[str, ...] = ()
    host_access: int = 0
    namespace: Located | None = None
    recreate: int = 0
    settings: dict[str, Located] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    patches: tuple[Container, ...] = ()
    rendered: bool = False


@dataclass(slots=True)
class Manifests:
    """What one file declares; ``rendered`` where it is a chart's template."""

    path: str
    rendered: bool = False
    kinds: list[tuple[str, str, int]] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    autoscalers: dict[str, dict[str, Located]] = field(default_factory=dict)
    exclusive: list[Located] = field(default_factory=list)
    features: dict[str, Located] = field(default_factory=dict)
    secrets: list[int] = field(default_factory=list)
    selectors: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    settings: dict[str, dict[str, Located]] = field(default_factory=dict)
    problem: str = ""


def looks_like_manifest(text: str) -> bool:
    """A cheap test before any parsing: a kind and an apiVersion at the start of a line."""
    return bool(
        re.search(r"^(?:- )?apiVersion:", text, re.MULTILINE)
        and re.search(r"^\s{0,2}kind:", text, re.MULTILINE)
    )


def read_manifests(text: str, path: str, *, rendered: bool = False) -> Manifests:
    """The objects of a file; one of another API (Chart, Skaffold) is passed over."""
    result = Manifests(path, rendered)
    found, problem = documents(text)
    result.problem = problem or ""
    for document in found[:_MAX_DOCUMENTS]:
        if text_at(document, "kind") == "List":
            for item in items(document, "items")[:_MAX_DOCUMENTS]:
                _object(result, item)
        else:
            _object(result, document)
    return result


def _object(result: Manifests, document: Any) -> None:
    kind, version = text_at(document, "kind"), text_at(document, "apiVersion")
    if not kind or not version or not isinstance(document, YamlMap):
        return
    if version.startswith(("kustomize.config", "skaffold", "helm.", "deploystack")):
        return
    name = text_at(document, "metadata", "name") or ""
    line = document.at("kind")
    result.kinds.append((kind, name, line))
    if kind in WORKLOADS or (kind == "Service" and version.startswith("serving.knative")):
        _workload(result, document, kind, name, line)
    elif kind == "HorizontalPodAutoscaler":
        _autoscaler(result, document)
    elif kind == "PersistentVolumeClaim":
        _claim(result, document)
    elif kind == "Service" and version == "v1":
        result.selectors.append((name, _texts(mapping(document, "spec", "selector"))))
    elif kind == "ConfigMap":
        data = mapping(document, "data")
        result.settings[name] = {
            key: Located(text, data.at(key)) for key, text in _texts(data).items()
        }
    elif kind == "Secret" and (child(document, "stringData") or child(document, "data")):
        result.secrets.append(line)
    _features(result, kind, version, line)


def _texts(found: YamlMap) -> dict[str, str]:
    """The entries of a mapping that are short text."""
    return {k: v for k, v in list(found.items())[:300] if isinstance(v, str) and len(v) < 2000}


def _features(result: Manifests, kind: str, version: str, line: int) -> None:
    if kind in ("AnalysisTemplate", "ClusterAnalysisTemplate", "MetricTemplate", "Canary"):
        result.features.setdefault("canary_analysis", Located(value=True, line=line))
    mesh = version.startswith(
        ("networking.istio.io", "split.smi-spec", "linkerd.io", "policy.linkerd")
    )
    gateway = version.startswith("gateway.networking.k8s.io")
    if mesh:
        result.features.setdefault(
            "mesh", Located("istio" if "istio" in version else "linkerd", line)
        )
    if (mesh and kind in ("VirtualService", "DestinationRule", "TrafficSplit")) or (
        gateway and kind in ("HTTPRoute", "GRPCRoute", "Gateway")
    ):
        result.features.setdefault("traffic_routing", Located(value=True, line=line))


def _workload(result: Manifests, document: YamlMap, kind: str, name: str, line: int) -> None:
    spec = mapping(document, "spec")
    pod = mapping(spec, "template", "spec")
    every = [_container(item) for item in items(pod, "containers")[:20]]
    containers = [item for item in every if item.image]
    patches = () if containers or result.rendered else tuple(every)
    replicas = whole(spec, "replicas")
    zones = next(
        (found for item in items(pod, "topologySpreadConstraints") if (found := _zones(item))), None
    )
    for template in items(spec, "volumeClaimTemplates"):
        _claim(result, template, own=True)
    claims = [
        claim
        for volume in items(pod, "volumes")
        if (claim := text_at(volume, "persistentVolumeClaim", "claimName"))
    ]
    host = next((pod.at(key) for key in ("hostNetwork", "hostPID") if pod.get(key) == "true"), 0)
    result.workloads.append(
        Workload(
            name=name,
            kind=kind,
            path=result.path,
            line=line,
            containers=tuple(containers),
            replicas=None if replicas is None else Located(replicas, spec.at("replicas")),
            zones=zones,
            non_root=_non_root(pod) or any(c.non_root for c in containers),
            claims=tuple(claims),
            host_access=host,
            namespace=_namespace(document),
            recreate=_recreate(spec),
            settings=_release_settings(spec, pod, kind),
            labels=_texts(mapping(spec, "template", "metadata", "labels")),
            patches=patches,
            rendered=result.rendered,
        )
    )


def _container(value: Any) -> Container:
    if not isinstance(value, YamlMap):
        return Container("", 1)
    requests = mapping(value, "resources", "requests")
    cpu, memory = millicores(text_at(requests, "cpu")), mebibytes(text_at(requests, "memory"))
    probes = [(key, value[key]) for key in ("readinessProbe", "livenessProbe") if child(value, key)]
    health = [
        Located(path, mapping(probe, "httpGet").at("path"))
        for _, probe in probes
        if (path := text_at(probe, "httpGet", "path"))
    ]
    security = mapping(value, "securityContext")
    words = [
        item
        for key in ("command", "args")
        for item in items(value, key)[:100]
        if isinstance(item, str)
    ]
    return Container(
        image=text_at(value, "image") or "",
        image_line=value.at("image"),
        port=_main_port(items(value, "ports")),
        environment=_environment(items(value, "env")),
        cpu_millicores=None if cpu is None else Located(cpu, requests.at("cpu")),
        memory_mib=None if memory is None else Located(memory, requests.at("memory")),
        health=tuple(health),
        probed=bool(probes),
        startup_seconds=_startup(value),
        probe=_numbers(mapping(value, "readinessProbe"), _PROBE),
        command=Located(" ".join(words), value.at("command")) if words else None,
        privileged=security.at("privileged") if security.get("privileged") == "true" else 0,
        non_root=_non_root(value),
        takes_from=tuple(
            name
            for item in items(value, "envFrom")[:20]
            if (name := text_at(item, "configMapRef", "name"))
        ),
        takes_keys=tuple(
            (name, settings, key)
            for item in items(value, "env")[:300]
            if (name := text_at(item, "name"))
            and (settings := text_at(item, "valueFrom", "configMapKeyRef", "name"))
            and (key := text_at(item, "valueFrom", "configMapKeyRef", "key"))
        ),
    )


def _non_root(value: Any) -> bool:
    """Whether the security context of a pod or container keeps it from running as root."""
    security = mapping(value, "securityContext")
    return security.get("runAsNonRoot") == "true" or bool(whole(security, "runAsUser"))


def _zones(constraint: Any) -> Located | None:
    """The least number of zones that a spread constraint asks for."""
    least = whole(constraint, "minDomains")
    if not (text_at(constraint, "topologyKey") or "").endswith("/zone") or not least:
        return None
    return Located(least, constraint.at("minDomains"))


def _main_port(ports: Any) -> Located | None:
    found = [
        (text_at(item, "name") or "", Located(port, item.at("containerPort")))
        for item in ports[:20]
        if (port := whole(item, "containerPort"))
    ]
    loud = [item for item in found if not any(word in item[0] for word in _QUIET_PORTS)]
    return (loud or found)[0][1] if found else None


def _environment(entries: Any) -> dict[str, Located]:
    return {
        name: Located(text_at(item, "value") or "", item.at("value"))
        for item in entries[:300]
        if (name := text_at(item, "name"))
    }


def _startup(value: YamlMap) -> Located | None:
    """An upper bound of the start: initialDelay + failureThreshold x period."""
    probe = child(value, "startupProbe")
    if not isinstance(probe, YamlMap):
        return None
    number = {key: whole(probe, key) for key in _TIME_DEFAULTS}
    filled = {key: _TIME_DEFAULTS[key] if n is None else n for key, n in number.items()}
    seconds = filled["initialDelaySeconds"] + filled["failureThreshold"] * filled["periodSeconds"]
    return Located(seconds, value.at("startupProbe"))


def _numbers(value: YamlMap, names: dict[str, tuple[str, int]]) -> dict[str, Located]:
    """Profile fields to the whole numbers stated for them, none below the least the API takes."""
    return {
        field_: Located(number, value.at(key))
        for key, (field_, least) in names.items()
        if (number := whole(value, key)) is not None and number >= least
    }


def _namespace(document: YamlMap) -> Located | None:
    metadata = mapping(document, "metadata")
    name = text_at(metadata, "namespace")
    return Located(name, metadata.at("namespace")) if name else None


def _recreate(spec: YamlMap) -> int:
    strategy = mapping(spec, "strategy")
    return strategy.at("type") if text_at(strategy, "type") == "Recreate" else 0


def _release_settings(spec: YamlMap, pod: YamlMap, kind: str) -> dict[str, Located]:
    """How a release of the workload runs, as far as the API would take what is stated."""
    found = _numbers(spec, _RELEASE) | _numbers(pod, _POD)
    # Source: kubernetes pkg/apis/apps/validation: the deadline must exceed minReadySeconds.
    ready, deadline = (found.get(n) for n in ("min_ready_seconds", "progress_deadline_seconds"))
    if ready and ready.value >= (deadline.value if deadline else _DEADLINE_SECONDS):
        found.pop("min_ready_seconds")
        found.pop("progress_deadline_seconds", None)
    return found | _bounds(spec, kind)


def _bounds(spec: YamlMap, kind: str) -> dict[str, Located]:
    """How many pods more and fewer; both zero is refused by the API and not taken."""
    update = mapping(spec, "strategy", "canary" if kind == "Rollout" else "rollingUpdate")
    if kind not in ("Deployment", "Rollout"):
        return {}
    found = {
        field_: Located(value, update.at(key))
        for key, field_ in (("maxSurge", "max_surge"), ("maxUnavailable", "max_unavailable"))
        if (value := int_or_percent(text_at(update, key))) is not None
    }
    if len(found) == 2 and all(one.value in (0, "0%") for one in found.values()):
        return {}
    return found


def _autoscaler(result: Manifests, document: YamlMap) -> None:
    spec = mapping(document, "spec")
    target = text_at(spec, "scaleTargetRef", "name") or ""
    found = {
        key: Located(number, spec.at(name))
        for key, name in (("min_replicas", "minReplicas"), ("max_replicas", "maxReplicas"))
        if (number := whole(spec, name)) is not None
    }
    down = mapping(spec, "behavior", "scaleDown")
    found |= _numbers(down, {"stabilizationWindowSeconds": ("downscale_stabilization_seconds", 0)})
    for metric in items(spec, "metrics"):
        share = sensible_share(whole(metric, "resource", "target", "averageUtilization"))
        if text_at(metric, "resource", "name") == "cpu" and share:
            inner = mapping(metric, "resource", "target")
            found["target_utilization"] = Located(share, inner.at("averageUtilization"))
    old = sensible_share(whole(spec, "targetCPUUtilizationPercentage"))
    if old:
        found["target_utilization"] = Located(old, spec.at("targetCPUUtilizationPercentage"))
    result.autoscalers[target] = found


def _claim(result: Manifests, document: Any, *, own: bool = False) -> None:
    """A claim of one node; a StatefulSet's template gives each replica its own (``own``)."""
    spec = mapping(document, "spec")
    modes = items(spec, "accessModes")
    if modes and all(mode in ("ReadWriteOnce", "ReadWriteOncePod") for mode in modes) and not own:
        name = text_at(document, "metadata", "name") or ""
        result.exclusive.append(Located(name, spec.at("accessModes")))
