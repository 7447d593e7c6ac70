"""Processes of the repository beside the one that is deployed: workers, schedulers.

They run the same image by another command. None is deployed: the scripts that release and roll
back watch one workload, and a worker that stays at the bad version is worse than one that a
person was told of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.implement.stack import service_folder, stack_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_PROCFILE = re.compile(r"(?m)^([A-Za-z0-9_-]{1,60}):[ \t]*(\S[^\n]*)$")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_COMPOSE = r"(?:docker-)?compose(?:[.-][\w-]+)?\.ya?ml"
_ONCE = re.compile(r"(?i)release|.*migrat.*|.*seed.*|console|shell|tests?|postdeploy")
"""Names of processes that end by themselves."""
_DEVELOPMENT = re.compile(r"(?i)dev|test|local|override|debug|\.ci")
_ENDS = re.compile(r"\bmigrate\b|\bdb:|\bpytest\b|\bseed\b|collectstatic")
_SINGLE = re.compile(r"\bbeat\b|\bclock\b|\bclockwork\b|schedule:work|\bscheduler\b")
_MAIN = ("web", "api", "app", "server", "backend")
_LARGEST = 200_000


@dataclass(frozen=True, slots=True)
class Process:
    """A process that nothing generated starts.

    Attributes:
        name, command: as the file has them, on one line.
        where: path and line.
        single: whether it looks like one that must run once (a scheduler).
    """

    name: str
    command: str
    where: str
    single: bool


def other_processes(subject: Subject) -> tuple[Process, ...]:
    """The processes of the service's folder that run on, without the service itself."""
    found: dict[str, Process] = {}
    for name, command, where in (*_of_procfile(subject), *_of_compose(subject)):
        shown = " ".join(command.split())
        if not shown.isprintable() or not _NAME.fullmatch(name):
            continue
        if _ONCE.fullmatch(name) or _ENDS.search(shown):
            continue
        single = bool(_SINGLE.search(f"{name} {shown}"))
        if not any(process.command == shown for process in found.values()):
            found.setdefault(name, Process(name, shown[:160], where, single))
    main = _main(subject, found)
    return tuple(process for name, process in found.items() if name != main)


def _main(subject: Subject, found: dict[str, Process]) -> str | None:
    """The one that the image starts with; of a repository with one process, that one."""
    started = stack_of(subject).source.get("start", "")
    for name, process in found.items():
        if process.where == started:
            return name
    for name in (subject.title, subject.name, *_MAIN):
        if name in found:
            return name
    return None


def _of_procfile(subject: Subject) -> Iterator[tuple[str, str, str]]:
    folder = service_folder(subject)
    path = "Procfile" if folder == "." else f"{folder}/Procfile"
    text = subject.files[path] if subject.theirs(path) else ""
    for match in _PROCFILE.finditer(text[:_LARGEST]):
        yield match[1], match[2], f"{path}:{text[: match.start()].count(chr(10)) + 1}"


def _of_compose(subject: Subject) -> Iterator[tuple[str, str, str]]:
    for path in subject.matching(_COMPOSE):
        if _DEVELOPMENT.search(path):
            continue
        text = subject.files[path]
        services = _services(text)
        for name, one in services.items():
            command = one.get("command")
            line = " ".join(map(str, command)) if isinstance(command, list) else command
            published = one.get("ports") or one.get("expose")
            if not isinstance(line, str) or not line.strip() or published:
                continue
            if _is_own(subject, one, services):
                yield name, line, f"{path}:{_line(text, name)}"


def _services(text: str) -> dict[str, dict[str, Any]]:
    import yaml

    if len(text) > _LARGEST:
        return {}
    try:
        node = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    services = node.get("services") if isinstance(node, Mapping) else None
    if not isinstance(services, Mapping):
        return {}
    return {str(k): dict(v) for k, v in services.items() if isinstance(v, Mapping)}


def _is_own(subject: Subject, one: dict[str, Any], services: dict[str, dict[str, Any]]) -> bool:
    """Whether a service of a compose file runs the image of this one."""
    if "build" in one:
        return _context(one["build"]) in {".", service_folder(subject)}
    built = {other.get("image") for other in services.values() if "build" in other} - {None}
    return one.get("image") in built


def _context(build: object) -> str:
    text = build.get("context", ".") if isinstance(build, Mapping) else build
    return str(text).removeprefix("./").rstrip("/") or "."


def _line(text: str, name: str) -> int:
    found = re.search(rf"(?m)^\s+[\"']?{re.escape(name)}[\"']?\s*:", text)
    return text[: found.start()].count("\n") + 1 + found[0].count("\n") if found else 1


def process_notes(subject: Subject) -> list[str]:
    """A sentence for each process that is not deployed."""
    return [
        f"the process {one.name} ({one.where}: {one.command}) is not deployed: run it as a "
        f"Deployment {subject.name}-{one.name.lower().replace('_', '-')} of the same image, with "
        "this command, the same settings and egress, and no Service"
        + (", one replica with the strategy Recreate: two would do everything twice" * one.single)
        + "; release it and roll it back together with the service"
        for one in other_processes(subject)
    ]
