"""Rules about what a release can go back to, and about secrets that stand in a file."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import YamlMap, child, items, mapping, text_at
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.consistency.kustomize import KUSTOMIZATIONS
from devops_exe.implement.consistency.objects import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.objects import Object
    from devops_exe.implement.consistency.world import World

_NAMED = re.compile(
    r"PASS(?:WORD|WD)?\b|PASS(?:WORD|WD)?_|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY", re.I
)
_POINTS = re.compile(r"_(?:NAME|FILE|PATH|ARN|ID|REF|VERSION|TTL|EXPIRY|URL)\Z", re.IGNORECASE)
_CREDENTIALS = re.compile(r"://[^/\s:@{}$]{1,100}:[^/\s@{}$]{1,200}@")
_FILLED_LATER = re.compile(
    r"^(?:yes|no|true|false|on|off|[01])$|\$\(|\$\{|\{\{|^<|^\[|^REPLACE|^CHANGE|^x+$|^\*+$|^$",
    re.IGNORECASE,
)


def history(world: World) -> Iterator[Finding]:
    """A workload that keeps no old revision cannot be rolled back."""
    for unit in world.units:
        for one in unit.of("Deployment", "Rollout", "StatefulSet", "DaemonSet"):
            if text_at(one.node, "spec", "revisionHistoryLimit") == "0":
                where = one.at("spec", "revisionHistoryLimit")
                yield finding("history_missing", where, kind=one.kind, name=one.name)


def standards(world: World) -> Iterator[Finding]:
    """Pods of a namespace that enforces the restricted Pod Security Standard meet it."""
    for unit in world.units:
        enforced = any(
            text_at(one.node, "metadata", "labels", _ENFORCE) == "restricted"
            for one in unit.of("Namespace")
        )
        if not enforced:
            continue
        for one in unit.of(*WORKLOADS):
            for what in _short_of(one):
                yield finding(
                    "standard_violated", one.where, kind=one.kind, name=one.name, what=what
                )


_ENFORCE = "pod-security.kubernetes.io/enforce"


def _short_of(one: Object) -> Iterator[str]:
    """What a workload's pods lack of the restricted standard."""
    pod = mapping(one.template, "spec", "securityContext")
    for container in one.containers:
        own = mapping(container, "securityContext")
        name = text_at(container, "name") or "its container"
        if (text_at(own, "runAsNonRoot") or text_at(pod, "runAsNonRoot")) != "true":
            yield f"runAsNonRoot of {name} is not true"
        if text_at(own, "allowPrivilegeEscalation") != "false":
            yield f"allowPrivilegeEscalation of {name} is not false"
        if "ALL" not in items(own, "capabilities", "drop"):
            yield f"{name} does not drop ALL capabilities"
        profile = text_at(own, "seccompProfile", "type") or text_at(pod, "seccompProfile", "type")
        if profile not in {"RuntimeDefault", "Localhost"}:
            yield f"{name} has no seccomp profile"


def secrets(world: World) -> Iterator[Finding]:
    """Passwords and tokens with their values in a manifest or a compose file; never shown."""
    for unit in world.units:
        for one in unit.of("Secret"):
            yield from _values(one)
        for one in unit.of(*WORKLOADS):
            for container in one.containers:
                for row in items(container, "env"):
                    yield from _literal(one.path, one.name, row)
        for one in unit.of("ConfigMap"):
            data = mapping(one.node, "data")
            for key, value in data.items():
                yield from _judged(one.path, data.at(key), one.name, key, value)
    yield from _of_generators(world)
    yield from _of_composes(world)


def _of_composes(world: World) -> Iterator[Finding]:
    for path, node in world.composes.items():
        for name, service in mapping(node, "services").items():
            environment = child(service, "environment")
            if isinstance(environment, YamlMap):
                for key, value in environment.items():
                    yield from _judged(path, environment.at(key), name, key, value)


def _of_generators(world: World) -> Iterator[Finding]:
    for path in world.files:
        if posixpath.basename(path) in KUSTOMIZATIONS:
            yield from _generated(path, world.document(path))


def _generated(path: str, node: Any) -> Iterator[Finding]:
    """Literals of a kustomization's generators."""
    for part in ("configMapGenerator", "secretGenerator"):
        for row in items(node, part):
            literals = items(row, "literals")
            for text, line in zip(literals, literals.lines, strict=False):
                if isinstance(text, str) and "=" in text:
                    key, _, value = text.partition("=")
                    yield from _judged(path, line, text_at(row, "name") or part, key, value)


def _values(secret: Object) -> Iterator[Finding]:
    for part in ("data", "stringData"):
        node = mapping(secret.node, part)
        for key, value in node.items():
            if isinstance(value, str) and not _FILLED_LATER.search(value):
                where = f"{secret.path}:{node.at(key)}"
                yield finding("secret_in_plain", where, name=secret.name, key=key)


def _literal(path: str, name: str, row: Any) -> Iterator[Finding]:
    key, value = text_at(row, "name"), text_at(row, "value")
    if key and isinstance(row, YamlMap):
        yield from _judged(path, row.at("value"), name, key, value)


def _judged(path: str, line: int, name: str, key: str, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str) or _FILLED_LATER.search(value):
        return
    named = _NAMED.search(key) and not _POINTS.search(key)
    if named or _CREDENTIALS.search(value):
        yield finding("secret_in_plain", f"{path}:{line}", name=name, key=key)
