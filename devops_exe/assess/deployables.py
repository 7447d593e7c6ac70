"""The deployable production services of a repository, from manifests down to bare code.

Strongest first: Kubernetes workloads, compose services that are built here, platform
files, production Dockerfiles, Procfile, and where there is none of these the components
that are programs. What names the same thing is one service.
"""

from __future__ import annotations

import posixpath
import re

from devops_exe.assess.components import Component, source_counts
from devops_exe.assess.composed import from_compose
from devops_exe.assess.readers import kestrel
from devops_exe.assess.readers.dockerfile import Image, port_of
from devops_exe.assess.rules import image_name
from devops_exe.assess.service import Port, Service, Sources
from devops_exe.assess.serving import (
    built_store,
    front_end_only,
    is_emulator,
    is_load_generator,
    mobile,
    no_program,
    ready_made,
)
from devops_exe.assess.stores import project_folder
from devops_exe.assess.survey import Hit, folder_of
from devops_exe.assess.walk import shown

_MAX_SERVICES = 200
_OWN = frozenset({0, 1, 4})
"""Ranks of ports that a service states for itself: its manifest, its variable, its compose."""
_BACKGROUND = frozenset({"worker", "workers", "queue", "consumer", "cron", "scheduler", "beat"})


def find_services(sources: Sources) -> list[Service]:
    """The services in order of name."""
    found: dict[str, Service] = {}
    _from_workloads(sources, found)
    _lay_patches(sources, found)
    from_compose(sources, found)
    _from_hosts(sources, found)
    _from_paas(sources, found)
    _from_images(sources, found)
    _from_processes(sources, found)
    if not found:
        _from_components(sources, found)
    for service in found.values():
        taken = {s.path for s in found.values() if s is not service and s.path != "."}
        _complete(sources, service, taken, alone=len(found) == 1)
    return [found[name] for name in sorted(found)[:_MAX_SERVICES]]


def _is_ours(image: str, name: str, sources: Sources) -> bool:
    """Whether an image is built of this repository, as far as its name tells."""
    if sources.seen.rules.image(image) is not None or is_load_generator(name, sources):
        return False
    last = image_name(image).rpartition("/")[2]
    return not is_load_generator(last, sources) and not is_emulator(name)


def _from_workloads(sources: Sources, found: dict[str, Service]) -> None:
    homes = {
        workload.name: _folder_named(sources, workload.name, workload.containers[0].image)
        for manifests in sources.manifests
        for workload in manifests.workloads
        if workload.containers
    }
    at_root = any("/" not in path for path in sources.images)
    # Beside workloads of this code, one that no folder, image or name ties to it is another's.
    strict = any(home != "." for home in homes.values()) and not at_root
    for manifests in sources.manifests:
        for workload in manifests.workloads:
            main = next(
                (c for c in workload.containers if _is_ours(c.image, workload.name, sources)), None
            )
            if main is None or not workload.name:
                continue
            home = homes[workload.name]
            if home == "." and (strict or workload.rendered) and not _named_here(
                workload.name, main.image, sources
            ):  # fmt: skip
                continue
            if home != "." and built_store(home, sources) is not None:
                continue
            service = found.setdefault(
                workload.name,
                Service(workload.name, home, f"{shown(workload.path)}:{workload.line}"),
            )
            service.workloads.append(workload)
            where = shown(workload.path)
            if main.port is not None:
                service.ports.append(
                    Port(main.port.value, f"{where}:{main.port.line}", "declared", 0)
                )
            stated = main.environment.get("PORT")
            if stated is not None and str(stated.value).isdigit() and len(stated.value) <= 5:
                service.ports.append(
                    Port(int(stated.value), f"{where}:{stated.line}", "declared", 1)
                )
            for path in main.health:
                service.health.append((path.value, f"{where}:{path.line}", "declared"))
            if main.command is not None:
                service.commands.append((main.command.value, f"{where}:{main.command.line}"))
            for name, value in main.environment.items():
                service.environment.setdefault(name, (value.value, f"{where}:{value.line}"))


def _named_here(name: str, image: str, sources: Sources) -> bool:
    """Whether a workload without a folder of its own is this project's by a name."""
    own = {sources.project, *(p.name.lower().rpartition("/")[2] for p in sources.production())}
    return name == sources.project or image_name(image).rpartition("/")[2] in own


def _lay_patches(sources: Sources, found: dict[str, Service]) -> None:
    """What a kustomization changes of a workload: its patch has a name and no image."""
    for manifests in sources.manifests:
        for workload in manifests.workloads:
            target = found.get(workload.name)
            if workload.containers or target is None or not target.workloads:
                continue
            target.workloads.append(workload)
            for one in workload.patches[:1]:
                for path in one.health:
                    where = f"{shown(workload.path)}:{path.line}"
                    target.health.append((path.value, where, "declared"))


def _folder_named(sources: Sources, name: str, image: str) -> str:
    """The folder of the code behind a workload: by its name, by its image, else the root."""
    wanted = (name.lower(), image_name(image).rpartition("/")[2])
    folders = [p.path for p in sources.production()]
    folders += [folder_of(path) for path in sources.images]
    for word in wanted:
        for folder in sorted(folders, key=lambda f: (f.count("/"), f)):
            parts = [part.lower() for part in folder.split("/")]
            if word in parts:
                at = parts.index(word)
                return "/".join(folder.split("/")[: at + 1])
    return "."


def _from_hosts(sources: Sources, found: dict[str, Service]) -> None:
    """The programs that a .NET Aspire app host starts."""
    for path, resources in sources.hosts:
        for one in resources:
            folder = project_folder(one.project, sources)
            if not one.program or (one.project and folder is None):
                continue
            where = f"{shown(path)}:{one.line}"
            target = found.setdefault(one.name, Service(one.name, folder or ".", where))
            target.hosts |= {name for name, _ in one.uses}
            target.codeless = not one.project
            if one.replicas:
                target.replicas.append((one.replicas, where))


def _from_paas(sources: Sources, found: dict[str, Service]) -> None:
    for path, file in sources.paas:
        for entry in file.services:
            name = entry.name or sources.project
            folder = posixpath.normpath(posixpath.join(folder_of(path), entry.folder or "."))
            known = found.get(name) or (next(iter(found.values())) if len(found) == 1 else None)
            target = known or found.setdefault(
                name, Service(name, folder, f"{shown(path)}:{entry.line}")
            )
            if entry.port:
                target.ports.append(
                    Port(entry.port[0], f"{shown(path)}:{entry.port[1]}", "declared", 1)
                )
            if entry.health:
                target.health.append(
                    (entry.health[0], f"{shown(path)}:{entry.health[1]}", "declared")
                )
            if entry.replicas:
                target.replicas.append((entry.replicas[0], f"{shown(path)}:{entry.replicas[1]}"))


def _from_images(sources: Sources, found: dict[str, Service]) -> None:
    table = sources.seen.rules
    for path, image in sorted(sources.images.items()):
        name, folder = image_service(path, sources)
        if is_load_generator(name, sources) or is_emulator(name) or table.image(name) is not None:
            continue
        if ready_made(image, sources) or mobile(folder, sources):
            continue
        targets = _covering(path, name, folder, found)
        named = name not in (sources.project, folder.rpartition("/")[2])
        if named and name not in found and all(s.images for s in targets):
            # Dockerfile.worker beside Dockerfile.api: another program of the same code.
            targets = []
        if not targets and (folder_of(path) in sources.apart or path in sources.apart):
            continue
        if not targets and folder == ".":
            # One Dockerfile for every service that is declared elsewhere.
            shared = "/" in path
            targets = [s for s in found.values() if shared or not s.images]
        if not targets:
            targets = [found.setdefault(name, Service(name, folder, f"{shown(path)}:1"))]
        for target in targets:
            _add_image(target, path, image)


def _covering(path: str, name: str, folder: str, found: dict[str, Service]) -> list[Service]:
    """The services already known that this Dockerfile builds."""
    if name in found:
        return [found[name]]
    inside = [s for s in found.values() if s.path != "." and folder_of(path).startswith(s.path)]
    if inside:
        return inside
    known = [s for s in found.values() if s.path in (folder, ".") or folder == "."]
    at_root = [s for s in known if s.path == folder]
    if at_root:
        return at_root
    return known if len(found) == 1 else []


def image_service(path: str, sources: Sources) -> tuple[str, str]:
    """The name and folder of the service a Dockerfile builds: its folder's, or the project's."""
    table = sources.seen.rules
    generic, variants = table.names("generic_folders"), table.names("variant_suffixes")
    folder, _, file = path.rpartition("/")
    words = [w for w in re.split(r"[.]|Dockerfile[-_]?|Containerfile[-_]?", file) if w]
    words = [w for w in words if w.lower() not in ("dockerfile", "containerfile")]
    special = [w for w in words if w.lower() not in variants and _names_service(w, sources)]
    while folder and _generic(folder.rpartition("/")[2], generic | variants):
        folder = folder_of(folder)
    if special and not special[0][0].isdigit():
        return special[0].lower(), folder or "."
    if not folder:
        return sources.project, "."
    return folder.rpartition("/")[2], folder


def _generic(name: str, words: frozenset[str]) -> bool:
    """Whether a folder's name says nothing: ``docker``, ``app-prod``."""
    low = name.lower()
    return low in words or all(part in words for part in re.split(r"[._-]", low))


_PARTS = frozenset(
    {"api", "web", "worker", "frontend", "backend", "server", "app", "gateway", "admin", "cron",
     "scheduler", "queue", "consumer", "proxy", "ui", "client", "bot", "ws", "websocket", "service"}
)  # fmt: skip


def _names_service(word: str, sources: Sources) -> bool:
    """Whether ``Dockerfile.word`` names a service, and not a variant of one image."""
    low = word.lower()
    if low in _PARTS or any(part in _PARTS for part in re.split(r"[._-]", low)):
        return True
    folders = {part.lower() for folder, _ in sources.seen.sources for part in folder.split("/")}
    return low in folders or low in {part.name.lower() for part in sources.parts}


def _add_image(target: Service, path: str, image: Image) -> None:
    where = shown(path)
    first = not target.images
    target.images.append((path, image))
    for port, line in () if target.worker else image.ports:
        target.ports.append(Port(port, f"{where}:{line}", "declared", 2))
    for name in ("PORT", "ASPNETCORE_HTTP_PORTS", "HTTP_PORT", "SERVER_PORT"):
        value, line = image.environment.get(name, ("", 0))
        if value.isdigit() and len(value) <= 5 and not target.worker:
            target.ports.append(Port(int(value), f"{where}:{line}", "declared", 3))
    bound = port_of(image.command)
    if bound:
        target.ports.append(Port(bound, f"{where}:{image.command_line}", "declared", 5))
    if image.command and first:
        target.commands.append((image.command, f"{where}:{image.command_line}"))
    if image.health_path:
        target.health.append((image.health_path, f"{where}:{image.healthcheck}", "declared"))
    for name, (value, line) in image.environment.items():
        target.environment.setdefault(name, (value, f"{where}:{line}"))


def _from_processes(sources: Sources, found: dict[str, Service]) -> None:
    for name, command, where in sources.processes:
        if name == "web" and len(found) == 1:
            target = next(iter(found.values()))
            target.commands.append((command, where))
        elif (
            not found
            or (name in found)
            or all(s.where.startswith("Procfile") for s in found.values())
        ):
            if name == "release":
                continue
            target = found.setdefault(name, Service(name, ".", where))
            target.commands.append((command, where))
            target.worker = name != "web"
        else:
            continue
        bound = port_of(command)
        if bound:
            target.ports.append(Port(bound, where, "declared", 5))


def _from_components(sources: Sources, found: dict[str, Service]) -> None:
    programs = [p for p in sources.production() if p.executable and not no_program(p, sources)]
    parts = [p for p in programs if not front_end_only(p)] or programs
    for part in parts:
        name = part.path.rpartition("/")[2] or sources.project
        if name.lower() in sources.seen.rules.names("generic_folders"):
            name = part.name or name
        found.setdefault(name, Service(name, part.path or ".", f"{shown(part.manifest)}:1"))


def _complete(sources: Sources, service: Service, taken: set[str], *, alone: bool) -> None:
    """Language, components, and the ports that code and defaults state."""
    if service.codeless:
        return
    folder = "" if service.path == "." else service.path
    parts = sources.production()
    inside = [p for p in parts if not folder or p.path == folder or p.path.startswith(folder + "/")]
    above = [p for p in parts if not p.path or folder.startswith(p.path + "/")]
    if folder and not inside:
        nearest = max((len(p.path) for p in above), default=0)
        inside = [p for p in above if len(p.path) == nearest]
    if not folder and not alone:
        own = [p for p in inside if not p.path]
        inside = own or [p for p in inside if not _under(p.path, taken)]
        if not inside:
            return
    service.components = {p.path for p in inside}
    service.linked = _linked(parts, inside)
    if any(p.facts("process") for p in inside) and not any(p.facts("framework") for p in inside):
        service.worker = True
    background = _BACKGROUND & set(re.split(r"[._-]", service.name.lower()))
    if background and not any(port.rank in _OWN for port in service.ports):
        # What the image that it shares exposes is the server's port.
        service.worker = True
        service.ports.clear()
    service.language = _language(sources, inside, folder)
    if not service.worker:
        hits = (*sources.seen.of("port"), *sources.seen.of("health_path", "declared"))
        _from_code(service, [h for h in hits if _belongs(h, inside, folder, alone=alone)])
        _default_port(sources, service, inside)


def _from_code(service: Service, hits: list[Hit]) -> None:
    """Ports and health checks that code and settings state."""
    for bound, where in kestrel.bound_by(service.environment):
        service.ports.append(Port(bound, where, "declared", 1))
    for hit in (h for h in hits if h.field == "port"):
        rank = 1 if hit.rule == kestrel.RULE else {"declared": 6, "default": 7}.get(hit.role, 9)
        service.ports.append(Port(int(hit.value), hit.where, hit.role, rank))
    answered = [(h.value, h.where, h.role) for h in hits if h.field == "health_path"]
    service.health = service.health or list(answered)


def _linked(parts: list[Component], inside: list[Component]) -> set[str]:
    """Folders of the workspace's own packages that these components depend on."""
    named = {(p.ecosystem, p.name.lower()): p for p in parts if p.name and p.path}
    found: set[str] = set()
    pending = list(inside)
    while pending:
        part = pending.pop()
        for package, _ in part.packages:
            other = named.get((part.ecosystem, package.name)) if package.runtime else None
            if other is not None and other.path not in found:
                found.add(other.path)
                pending.append(other)
    return found


def _under(path: str, folders: set[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def _belongs(hit: Hit, inside: list[Component], folder: str, *, alone: bool) -> bool:
    if folder:
        return hit.path.startswith(folder + "/")
    return alone or any(not p.path for p in inside)


def _language(sources: Sources, inside: list[Component], folder: str) -> str:
    real = [p for p in inside if not front_end_only(p)] or inside
    counts = source_counts(sources.seen, folder)
    if not real:
        return max(sorted(counts), key=lambda name: counts[name], default="")
    return max(sorted({p.language for p in real}), key=lambda name: counts.get(name, 0))


def _default_port(sources: Sources, service: Service, inside: list[Component]) -> None:
    """What a framework or a base image listens on when nobody says otherwise."""
    defaults = sources.seen.rules.raw["default_ports"]
    for path, image in service.images:
        base = image_name(image.base).rpartition("/")[2]
        tag = image.base.rpartition(":")[2]
        key = "image:php-apache" if base == "php" and "apache" in tag else f"image:{base}"
        if key in defaults:
            where = f"{shown(path)}:{image.base_line}"
            service.ports.append(Port(defaults[key], where, "default", 8))
    for part in inside:
        for found in part.facts("framework"):
            if found.rule.value in defaults:
                service.ports.append(Port(defaults[found.rule.value], found.where, "default", 8))
