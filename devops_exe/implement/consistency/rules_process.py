"""Rules about the one process that image, manifests and compose file describe."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.quantities import mebibytes, millicores
from devops_exe.assess.readers.yamltree import child, items, mapping, text_at, whole
from devops_exe.ground.near import edit_distance
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.consistency.objects import WORKLOADS, strings
from devops_exe.implement.consistency.rules_objects import ports_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.assess.readers.dockerfile import Image
    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.objects import Object, Unit
    from devops_exe.implement.consistency.world import World

_MOST_SLIPS = 2
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
DEFAULT_GRACE = 30
"""Seconds; Kubernetes' terminationGracePeriodSeconds where none is written."""
DEFAULT_PERIOD = 10
DEFAULT_FAILURES = 3
_SLEEP = re.compile(r"\bsleep\s+([0-9]{1,6})\b")
_FLOATING = re.compile(r"(?::latest|:main|:master|:stable|:edge|:nightly)\Z")


def ports(world: World) -> Iterator[Finding]:
    """The port of the container is the port that its image exposes."""
    dockerfile = _dockerfile(world)
    if dockerfile is None:
        return
    path, image = dockerfile
    exposed = {str(port) for port, _ in image.ports}
    if not exposed:
        return
    yield from _published(world, path, exposed)
    for unit, one in world.workloads():
        if one.kind in {"Job", "CronJob"} or not _is_ours(unit, one, world):
            continue
        for container in one.containers:
            if not _is_built(text_at(container, "image"), one, unit):
                continue
            for number, port in enumerate(items(container, "ports")):
                value = text_at(port, "containerPort")
                if value and value not in exposed and text_at(port, "name") in {None, "http"}:
                    yield finding(
                        "port_disagrees",
                        one.at("spec", "template", "spec", "containers"),
                        name=one.name,
                        port=value,
                        other=path,
                        ports=", ".join(sorted(exposed)),
                    )
                del number


def _builds(build: object, dockerfile: str) -> bool:
    """Whether a compose service's ``build``, in either of its forms, is this Dockerfile."""
    if build is None:
        return False
    context = build if isinstance(build, str) else text_at(build, "context") or "."
    named = None if isinstance(build, str) else text_at(build, "dockerfile")
    return context in {".", "./"} and (named is None or named == dockerfile)


def _published(world: World, dockerfile: str, exposed: set[str]) -> Iterator[Finding]:
    """Ports of the compose services that are built here: the container's side."""
    for path, node in world.composes.items():
        for name, service in mapping(node, "services").items():
            if not _builds(child(service, "build"), dockerfile):
                continue
            listed = items(service, "ports")
            for row, line in zip(listed, listed.lines, strict=False):
                text = text_at(row, "target") if not isinstance(row, str) else row
                port = (text or "").split("/")[0].rpartition(":")[2]
                if port.isdigit() and port not in exposed:
                    yield finding(
                        "port_disagrees",
                        f"{path}:{line}",
                        name=name,
                        port=port,
                        other=dockerfile,
                        ports=", ".join(sorted(exposed)),
                    )


def _dockerfile(world: World) -> tuple[str, Image] | None:
    """The Dockerfile, where the tree has just one at its root or in all."""
    found = world.dockerfiles
    if "Dockerfile" in found:
        return "Dockerfile", found["Dockerfile"]
    return next(iter(found.items())) if len(found) == 1 else None


def _is_ours(unit: Unit, one: Object, world: World) -> bool:
    """Whether it runs what the tree builds: one workload that serves, or one of the same name."""
    serving = {o.name for o in unit.of("Deployment", "StatefulSet", "Rollout")}
    return len(serving) == 1 and one.name in serving and bool(world.dockerfiles)


def _is_built(image: str | None, one: Object, unit: Unit) -> bool:
    if image is None:
        return False
    name = re.split(r"[:@]", posixpath.basename(image))[0]
    return name == one.name or image in unit.images


def probes(world: World) -> Iterator[Finding]:
    """Probes ask a port that is there, one path, and leave the start its time."""
    for unit, one in world.workloads():
        asked: dict[str, str] = {}
        for container in one.containers:
            for name in PROBES:
                probe = child(container, name)
                port = text_at(probe, "httpGet", "port") or text_at(probe, "tcpSocket", "port")
                if port and ports_of(one) and port not in ports_of(one):
                    yield finding(
                        "probe_port_unknown",
                        f"{one.path}:{container.at(name)}",
                        probe=name,
                        name=one.name,
                        port=port,
                    )
                if path := text_at(probe, "httpGet", "path"):
                    asked[name] = path
            yield from _health(world, one, asked)
            if _is_built(text_at(container, "image"), one, unit):
                for name, path in asked.items():
                    yield from _misspelt(world, one, name, path)


def _misspelt(world: World, one: Object, probe: str, path: str) -> Iterator[Finding]:
    """A path that is one or two slips from one that the source answers; others may be its own."""
    if path in world.health_paths:
        return
    known = sorted(world.health_paths)
    near = next((k for k in known if edit_distance(path, k, _MOST_SLIPS) <= _MOST_SLIPS), None)
    if near is not None:
        yield finding(
            "probe_path_unknown", one.where, probe=probe, name=one.name, path=path, known=near
        )


def _health(world: World, one: Object, asked: dict[str, str]) -> Iterator[Finding]:
    found = _dockerfile(world)
    if found is None or not found[1].health_path or not asked:
        return
    if found[1].health_path not in asked.values():
        name, path = next(iter(asked.items()))
        yield finding(
            "probe_path_disagrees",
            one.where,
            probe=name,
            name=one.name,
            path=path,
            other=found[0],
            others=found[1].health_path,
        )


def lifetimes(world: World) -> Iterator[Finding]:
    """The grace outlasts preStop, and liveness waits for the start."""
    for _, one in world.workloads():
        grace = whole(one.template, "spec", "terminationGracePeriodSeconds")
        for container in one.containers:
            sleep = _sleep(container)
            limit = DEFAULT_GRACE if grace is None else grace
            if sleep is not None and sleep >= limit:
                yield finding(
                    "grace_too_short",
                    one.at("spec", "template", "spec"),
                    name=one.name,
                    sleep=str(sleep),
                    grace=str(limit),
                )
            yield from _liveness(world, one, container)


def _sleep(container: Any) -> int | None:
    hook = child(container, "lifecycle", "preStop")
    seconds = whole(hook, "sleep", "seconds")
    if seconds is not None:
        return seconds
    command = [str(part) for part in items(hook, "exec", "command")]
    if len(command) == 2 and posixpath.basename(command[0]) == "sleep" and command[1].isdigit():
        return int(command[1])
    match = _SLEEP.search(" ".join(command))
    return int(match[1]) if match else None


def _liveness(world: World, one: Object, container: Any) -> Iterator[Finding]:
    liveness = child(container, "livenessProbe")
    if world.startup_seconds is None or not isinstance(liveness, dict):
        return
    if isinstance(child(container, "startupProbe"), dict):
        return
    period = whole(liveness, "periodSeconds") or DEFAULT_PERIOD
    failures = whole(liveness, "failureThreshold") or DEFAULT_FAILURES
    seconds = (whole(liveness, "initialDelaySeconds") or 0) + period * failures
    if seconds < world.startup_seconds:
        yield finding(
            "liveness_slower",
            one.where,
            name=one.name,
            seconds=str(seconds),
            startup=f"{world.startup_seconds:g}",
        )


def resources(world: World) -> Iterator[Finding]:
    """A limit is not below the request."""
    for _, one in world.workloads():
        for container in one.containers:
            for name, read in (("cpu", millicores), ("memory", mebibytes)):
                request = text_at(container, "resources", "requests", name)
                limit = text_at(container, "resources", "limits", name)
                asked, most = read(request), read(limit)
                if asked is not None and most is not None and most < asked:
                    yield finding(
                        "limit_below_request",
                        f"{one.path}:{container.line}",
                        name=one.name,
                        resource=name,
                        request=request or "",
                        limit=limit or "",
                    )


def environment(world: World) -> Iterator[Finding]:
    """What the process needs is given, and what it is given from is there."""
    for unit in world.units:
        for one in unit.of(*WORKLOADS):
            for container in one.containers:
                yield from _keys(unit, one, container)
            if one.kind not in {"Deployment", "Rollout", "StatefulSet"}:
                continue
            if not _is_ours(unit, one, world):
                continue
            given = _given(unit, one)
            for variable, place in world.required:
                if given is not None and variable not in given:
                    yield finding(
                        "environment_not_provided",
                        one.where,
                        variable=variable,
                        place=place,
                        name=one.name,
                    )


def _given(unit: Unit, one: Object) -> frozenset[str] | None:
    """Names of the variables that a workload has; None where a whole Secret is taken unseen."""
    found: set[str] = set()
    for container in one.containers:
        found |= {name for row in items(container, "env") if (name := text_at(row, "name"))}
        for source in items(container, "envFrom"):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                name = text_at(source, key, "name")
                keys = _keys_of(unit, kind, name) if name else frozenset()
                if keys is None or "*" in keys:
                    return None
                found |= keys
    return frozenset(found)


def _keys_of(unit: Unit, kind: str, name: str) -> frozenset[str] | None:
    """Keys of a ConfigMap or Secret; None where no file makes it."""
    if (kind, name) in unit.generated:
        return unit.generated[(kind, name)]
    found = unit.named(kind, name)
    if found is None:
        return None
    keys = set(strings(mapping(found.node, "data"))) | set(
        strings(mapping(found.node, "stringData"))
    )
    return frozenset(keys)


def _keys(unit: Unit, one: Object, container: Any) -> Iterator[Finding]:
    for row in items(container, "env"):
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = child(row, "valueFrom", key)
            name, wanted = text_at(source, "name"), text_at(source, "key")
            if not name or text_at(source, "optional") == "true":
                continue
            keys = _keys_of(unit, kind, name)
            if keys is None:
                if kind == "ConfigMap":
                    yield finding(
                        "source_missing", one.where, name=one.name, target=f"{kind}/{name}"
                    )
            elif wanted and wanted not in keys and "*" not in keys:
                yield finding(
                    "key_missing", one.where, name=one.name, key=wanted, target=f"{kind}/{name}"
                )


def images(world: World) -> Iterator[Finding]:
    """An image does not float, and a kustomization replaces the one that is there."""
    for unit in world.units:
        for one in unit.of(*WORKLOADS):
            for container in one.containers:
                image = text_at(container, "image")
                if not image:
                    continue
                where = f"{one.path}:{container.at('image')}"
                name = image.split("@")[0]
                bare = name.rsplit(":", 1)[0] if ":" in posixpath.basename(name) else name
                replaced = bare in unit.images
                if unit.images and not replaced and bare == posixpath.basename(bare) == one.name:
                    yield finding(
                        "image_disagrees",
                        where,
                        name=one.name,
                        image=image,
                        images=", ".join(sorted(unit.images)),
                    )
                tagged = "@" in image or ":" in posixpath.basename(image)
                if replaced:
                    image = unit.images[bare]
                if _FLOATING.search(image) or (not tagged and "/" in image and not replaced):
                    yield finding("image_floats", where, name=one.name, image=image)
