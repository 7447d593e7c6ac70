"""Services of compose files: built here, or run by an image of this repository's code."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from devops_exe.assess.readers.dockerfile import port_of, url_path
from devops_exe.assess.rules import image_name
from devops_exe.assess.service import Port, Service, Sources
from devops_exe.assess.serving import is_emulator, is_load_generator, ready_made
from devops_exe.assess.survey import folder_of
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.readers.compose import ComposeFile, ComposeService

_QUEUE = re.compile(r"queue:work|horizon|celery\b.{0,80}\bworker|sidekiq|\brq worker|\bresque\b")
_CRON = re.compile(r"schedule:(?:run|work)|celery\b.{0,80}\bbeat|\bcrond?\b|clockwork")
_TESTS = frozenset(
    {
        "init",
        "seed",
        "seeder",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "test",
        "tests",
        "e2e",
        "lint",
        "ci",
        "sut",
        "playwright",
        "cypress",
        "selenium",
        "puppeteer",
    }
)


def from_compose(sources: Sources, found: dict[str, Service]) -> None:
    """Adds the services that compose files build here, or run by an image of this code."""
    for file in sources.compose:
        built = [s for s in file.services if _built(s, file.path, sources)]
        ours = [s for s in built if not is_load_generator(s.name, sources)]
        ours += [s for s in file.services if s not in built and _owner(s, sources) is not None]
        jobs = {name for s in file.services for name in s.awaited}
        gated = {s.name for s in ours if s.profiles} if any(not s.profiles for s in ours) else set()
        apart = [s for s in ours if _only_for_tests(s) or s.name in jobs | gated]
        ours = [s for s in ours if s not in apart]
        sources.apart |= {_context(s, file.path) for s in apart} - {"."}
        sources.apart |= {_dockerfile(s, file.path) for s in apart}
        for service in ours:
            target = _matching(service, found, alone=len(ours) == 1)
            if target is None:
                context = _folder(service, file.path, sources)
                target = found.setdefault(
                    service.name,
                    Service(service.name, context, f"{shown(file.path)}:{service.line}"),
                )
            _add_compose(target, service)
        if not built:
            _sail(sources, found, file)


def _context(service: ComposeService, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder_of(path), service.context or "."))


def _dockerfile(service: ComposeService, path: str) -> str:
    """The path of the Dockerfile that a service is built from."""
    context = _context(service, path)
    folder = "" if context == "." else context
    return posixpath.normpath(posixpath.join(folder, service.dockerfile or "Dockerfile"))


def _folder(service: ComposeService, path: str, sources: Sources) -> str:
    """The folder of a service's code: what it works in, its context, its Dockerfile's folder."""
    owner = _owner(service, sources) if service.context is None else None
    if owner is not None:
        return owner
    context = _context(service, path)
    mounted = _mounted(service, path, sources)
    if mounted is not None:
        return mounted
    folder = folder_of(_dockerfile(service, path))
    generic = sources.seen.rules.names("generic_folders")
    says = folder.rpartition("/")[2].lower() not in generic
    if context == "." and folder and says and _has_code(folder, sources):
        return folder
    # ``docker/php``: a folder of build files, whose code lies at the root.
    built_apart = context.partition("/")[0].lower() in generic and not _has_code(context, sources)
    return "." if built_apart else context


def _mounted(service: ComposeService, path: str, sources: Sources) -> str | None:
    """The folder that a working directory stands for, where the context holds no code."""
    context = _context(service, path)
    if not service.working or (context != "." and _has_code(context, sources)):
        return None
    for host, inside in service.mounts:
        if service.working == inside or service.working.startswith(inside.rstrip("/") + "/"):
            rest = service.working[len(inside.rstrip("/")) :].lstrip("/")
            folder = posixpath.normpath(posixpath.join(folder_of(path), host, rest))
            if not folder.startswith("..") and _has_code(folder, sources):
                return folder
    return None


def _has_code(folder: str, sources: Sources) -> bool:
    return any(f == folder or f.startswith(folder + "/") for f, _ in sources.seen.sources)


def _owner(service: ComposeService, sources: Sources) -> str | None:
    """The folder of the program of this repository whose name an image carries, or None."""
    if service.context is not None or not service.image:
        return None
    last = image_name(service.image).rpartition("/")[2]
    if not last or sources.seen.rules.image(service.image) is not None:
        return None
    roots = [
        p
        for p in sources.production()
        if not p.path and p.executable and (p.ecosystem != "node" or p.facts("framework"))
    ]
    if any(last in (sources.project, p.name.lower().rpartition("/")[2]) for p in roots):
        return "."
    for part in sources.production():
        if part.path and last in (part.path.rpartition("/")[2].lower(), part.name.lower()):
            return part.path
    return None


def _only_for_tests(service: ComposeService) -> bool:
    words = re.split(r"[._-]", service.name.lower())
    return any(w in _TESTS for w in (*words, *service.profiles))


def _built(service: ComposeService, path: str, sources: Sources) -> bool:
    """Built from a context that the walk met (not from a vendored or missing folder)."""
    if service.context is None or is_emulator(service.name):
        return False
    context = _context(service, path)
    if context.startswith("..") or "://" in service.context:
        return False
    file = _dockerfile(service, path)
    if named_store(service, path, sources) is not None:
        return False
    if is_emulator(context) or ready_made(sources.images.get(file), sources):
        return False
    return file in sources.images or file in sources.seen.development_dockerfiles


def named_store(service: ComposeService, path: str, sources: Sources) -> str | None:
    """The store that a built service is by its name, where its folder holds no program."""
    found = sources.seen.rules.image(service.name)
    if service.context is None or found is None or found[0] != "datastore":
        return None
    context = _context(service, path)
    if context == "." or any(p.path == context for p in sources.production()):
        return None
    return found[1]


def _matching(service: ComposeService, found: dict[str, Service], *, alone: bool) -> Service | None:
    if service.name in found:
        return found[service.name]
    clustered = [s for s in found.values() if s.workloads]
    if alone and len(clustered) == 1:
        return clustered[0]
    return None


def _add_compose(target: Service, service: ComposeService) -> None:
    where = shown(service.path)
    for port, line in service.ports[:1]:
        target.ports.append(Port(port, f"{where}:{line}", "declared", 4))
    if service.command:
        target.commands.append((service.command, f"{where}:{service.command_line}"))
        bound = port_of(service.command)
        if bound and not service.mounts_source:
            target.ports.append(Port(bound, f"{where}:{service.command_line}", "declared", 5))
    if service.replicas is not None:
        target.replicas.append((service.replicas, f"{where}:{service.line}"))
    health = url_path(service.health)
    if health:
        target.health.append((health, f"{where}:{service.health_line}", "declared"))
    target.hosts |= set(service.depends)
    for name, (value, line) in service.environment.items():
        target.environment.setdefault(name, (value, f"{where}:{line}"))
    target.worker = target.worker or bool(_QUEUE.search(service.command))


def _sail(sources: Sources, found: dict[str, Service], file: ComposeFile) -> None:
    """A compose file of a vendored development image still shows which processes there are."""
    same = [s for s in file.services if s.context is not None and "vendor/" in s.context]
    if not same:
        return
    for service in same:
        if _QUEUE.search(service.command):
            name = "queue"
        elif _CRON.search(service.command):
            name = "cron"
        else:
            name = "web"
        where = f"{shown(file.path)}:{service.line}"
        target = found.setdefault(name, Service(name, ".", where))
        if name == "web":
            _add_compose(target, service)
        else:
            target.worker = True
            target.hosts |= set(service.depends)
