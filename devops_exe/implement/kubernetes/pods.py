"""The pod: one container, its probes, its rights, its place among the zones."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from devops_exe.implement.container.image_user import image_user, writable_paths
from devops_exe.implement.emit import Figured, Noted
from devops_exe.implement.kubernetes.probe_host import probe_host
from devops_exe.implement.kubernetes.settings import environment, serves

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

NAME = "app.kubernetes.io/name"
_READY = re.compile(
    r"""["'`](/(?:[\w-]{1,30}/){0,2}(?:readyz?|readiness|is-?ready))["'`]""", re.IGNORECASE
)
_LIVE = re.compile(
    r"""["'`](/(?:[\w-]{1,30}/){0,2}(?:healthz?|livez?|liveness|is-?alive))["'`]""", re.IGNORECASE
)
_FRAMEWORKS = {"rails": "/up", "laravel": "/up"}
"""Health checks that a framework brings by itself (Rails 7.1, Laravel 11)."""
_KEPT = "health_paths"
_SOURCE = re.compile(r".+\.(?:py|[cm]?[jt]s|go|java|kt|rb|php|cs|rs|ex)")
_ASIDE = re.compile(r"(?:^|/)(?:tests?|spec|node_modules|vendor|migrations|examples?)/")
_MOST_SOURCES = 300
_PRIVILEGED = 1024
"""Ports below need a right that the pods do not have."""
DATA = "/data"
"""Where the volume of a store inside the process is mounted; an assumption that is noted."""


def is_exclusive(subject: Subject) -> bool:
    """Whether one process alone may write: its data lie on a volume of its own."""
    return subject.profile.value("exclusive_volume") is True or "sqlite" in subject.datastores


def ceiling(figure: Figured, least: int = 1) -> Figured:
    """A figure as a whole number, rounded up where it is none."""
    value = float(figure.value)
    whole = max(least, math.ceil(value - 1e-9))
    if whole == value:
        return Figured(whole, figure.reference)
    return Figured(whole, f"{figure.reference}, rounded up")


def template(
    subject: Subject, name: str, variant: tuple[str, str] | None = None
) -> dict[str, Node]:
    """The pod template of the service.

    Args:
        subject: whose.
        name: value of the label by which Services and policies find the pods.
        variant: a variable and its value that these pods have beside the others'.
    """
    spec: dict[str, Node] = {
        "serviceAccountName": subject.name,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": ceiling(subject.given("termination_grace_seconds")),
        "securityContext": pod_security(subject),
    }
    if not is_exclusive(subject):
        spec["topologySpreadConstraints"] = _spread(name)
    spec["containers"] = [_container(subject, variant)]
    spec["volumes"] = _volumes(subject)
    return {"metadata": {"labels": {NAME: name}}, "spec": spec}


def pod_security(subject: Subject) -> dict[str, Node]:
    """The pod's rights, as the Pod Security Standard ``restricted`` wants them."""
    user = image_user(subject)
    found: dict[str, Node] = {
        "runAsNonRoot": True,
        "runAsUser": Noted(user.uid, user.where),
        "runAsGroup": user.uid,
    }
    if is_exclusive(subject):
        found["fsGroup"] = user.uid
    if serves(subject) and subject.port < _PRIVILEGED:
        found["sysctls"] = [
            Noted(
                {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"},
                "the port is below 1024, and the user is not root",
            )
        ]
    found["seccompProfile"] = {"type": "RuntimeDefault"}
    return found


def container_security() -> dict[str, Node]:
    """The container's rights: none that it does not need."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def resources(subject: Subject) -> dict[str, Node]:
    """Requests and limits: memory is reserved in full, CPU may burst."""
    cpu, memory = subject.given("cpu_millicores"), subject.given("memory_mib")
    size = Figured(f"{math.ceil(float(memory.value))}Mi", memory.reference)
    return {
        "requests": {
            "cpu": Figured(f"{math.ceil(float(cpu.value))}m", cpu.reference),
            "memory": size,
        },
        "limits": Noted(
            {"memory": size}, "no CPU limit: it would throttle while the node has CPU to spare"
        ),
    }


def mounts(subject: Subject) -> list[Node]:
    """Where the container may write, its root being read-only."""
    found: list[Node] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 - in the container
    found += [{"name": _volume(path), "mountPath": path} for path in writable_paths(subject)]
    return found


def _container(subject: Subject, variant: tuple[str, str] | None) -> dict[str, Node]:
    # the image's name alone: kustomize puts registry and digest in its place
    made: dict[str, Node] = {"name": subject.name, "image": subject.name}
    if serves(subject):
        made["ports"] = _ports(subject)
    made |= environment(subject, variant)
    made["resources"] = resources(subject)
    if serves(subject):
        made |= probes(subject)
        made["lifecycle"] = _lifecycle(subject)
    made["securityContext"] = container_security()
    places = mounts(subject)
    if is_exclusive(subject):
        places.append(Noted({"name": "data", "mountPath": DATA}, "assumed: the store's folder"))
    made["volumeMounts"] = places
    return made


def _ports(subject: Subject) -> list[Node]:
    found: list[Node] = [{"name": "http", "containerPort": subject.port}]
    extra = subject.series.metrics_port
    if extra is not None and extra != subject.port:
        found.append({"name": "metrics", "containerPort": extra})
    return found


def probes(subject: Subject) -> dict[str, Node]:
    """Start-up, readiness and liveness: the start has its own patience."""
    period = ceiling(subject.given("probe_period_seconds"))
    timeout = ceiling(subject.given("probe_timeout_seconds"))
    failures = ceiling(subject.given("probe_failure_threshold"))
    startup = subject.given("startup_seconds")
    patience = math.ceil(float(startup.value) / float(period.value)) + int(failures.value)
    live, ready = health_paths(subject)
    timing = {"periodSeconds": period, "timeoutSeconds": timeout}
    return {
        "startupProbe": {
            **_asked(subject, live),
            **timing,
            "failureThreshold": Figured(
                patience,
                f"startup_seconds {startup.value} ÷ period, and the failures that readiness allows",
            ),
        },
        "readinessProbe": {**_asked(subject, ready), **timing, "failureThreshold": failures},
        # a restart heals a process that hangs, never a store that is down
        "livenessProbe": {**_asked(subject, live), **timing, "failureThreshold": failures},
    }


def _asked(subject: Subject, path: str) -> dict[str, Node]:
    asked: dict[str, Node] = {"path": path, "port": "http"}
    named = probe_host(subject)
    if named is not None and named.host and not named.open:
        # the kubelet would come with the pod's address, which the process refuses
        asked["httpHeaders"] = [Noted({"name": "Host", "value": named.host}, named.where)]
    return {"httpGet": asked}


def health_paths(subject: Subject) -> tuple[str, str]:
    """(liveness, readiness): one path for both where the repository has no second."""
    kept = subject.__dict__.get(_KEPT)
    if kept is None:
        # where cached_property keeps its values too: many sources may be read for it
        kept = subject.__dict__[_KEPT] = _health_paths(subject)
    live, ready = kept
    return live, ready


def _health_paths(subject: Subject) -> tuple[str, str]:
    said = [value for value, _ in subject.facts("health_path")]
    found = _in_source(subject)
    path = subject.health_path
    if not subject.says("health_path"):
        usual = _FRAMEWORKS.get(subject.framework or "") or _actuator(subject)
        path = next(iter(said), None) or found.get("live") or usual or path
    if path == "/actuator/health":
        # Spring Boot offers both groups where it finds itself on Kubernetes
        return f"{path}/liveness", f"{path}/readiness"
    ready = next((value for value in said if _READY.fullmatch(f'"{value}"')), None)
    return path, ready or found.get("ready") or path


def _actuator(subject: Subject) -> str | None:
    """Spring Boot's health check, where its module is among the dependencies."""
    builds = subject.matching(r"(?:[\w-]+/)*(?:pom\.xml|build\.gradle(?:\.kts)?)")
    if any("spring-boot-starter-actuator" in subject.files[path] for path in builds):
        return "/actuator/health"
    return None


def health_is_assumed(subject: Subject) -> bool:
    """Whether neither the user nor a file names a health check."""
    return (
        not subject.says("health_path")
        and not subject.facts("health_path")
        and not _in_source(subject)
        and subject.framework not in _FRAMEWORKS
        and _actuator(subject) is None
    )


def _in_source(subject: Subject) -> dict[str, str]:
    """Paths of health checks that the source names: ``live``, ``ready``."""
    found: dict[str, str] = {}
    paths = [path for path in subject.matching(_SOURCE.pattern) if not _ASIDE.search(path)]
    for path in paths[:_MOST_SOURCES]:
        text = subject.files[path]
        for name, pattern in (("live", _LIVE), ("ready", _READY)):
            if name not in found and (match := pattern.search(text)):
                found[name] = match[1]
    return found


def _lifecycle(subject: Subject) -> dict[str, Node]:
    """A wait before the signal, in which load balancers leave the pod out."""
    grace = subject.given("termination_grace_seconds")
    leave = subject.given("lb_propagation_seconds")
    half = max(1, int(float(grace.value)) // 2)
    if float(leave.value) <= half:
        wait = ceiling(leave)
    else:
        wait = Figured(
            half, "half of termination_grace_seconds: the rest is for requests in flight"
        )
    return {"preStop": Noted({"sleep": {"seconds": wait}}, "Kubernetes 1.30 or later")}


def _spread(name: str) -> list[Node]:
    """Even over zones, then over nodes; production makes the first a condition."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {NAME: name}},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def _volumes(subject: Subject) -> list[Node]:
    names = ["tmp", *(_volume(path) for path in writable_paths(subject))]
    found: list[Node] = [{"name": name, "emptyDir": {}} for name in names]
    if is_exclusive(subject):
        found.append(
            {"name": "data", "persistentVolumeClaim": {"claimName": f"{subject.name}-data"}}
        )
    return found


def volumes(subject: Subject) -> list[Node]:
    """The volumes of a pod that runs the image without the store's data."""
    return [
        {"name": name, "emptyDir": {}} for name in ["tmp", *map(_volume, writable_paths(subject))]
    ]


def _volume(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[-60:].strip("-")
