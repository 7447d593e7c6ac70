"""Compose files: the services with what an architect asks of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from devops_exe.assess.readers.yamltree import (
    YamlMap,
    child,
    documents,
    items,
    mapping,
    text_at,
    whole,
)

COMPOSE_NAME = re.compile(r"(?:docker-)?compose(?:[._-][\w.-]+)?\.ya?ml\Z")
"""Names of compose files (rule 100)."""

_MAX_SERVICES = 200
_DEFAULT = re.compile(r"\$\{\w{1,80}:?-([^${}]{0,100})\}")


@dataclass(frozen=True, slots=True)
class ComposeService:
    """One service of a compose file; ports are the container's side.

    ``awaited`` are those whose end it waits for: jobs, not services.
    """

    name: str
    path: str
    line: int
    image: str = ""
    image_line: int = 1
    context: str | None = None
    dockerfile: str = ""
    ports: tuple[tuple[int, int], ...] = ()
    command: str = ""
    command_line: int = 1
    environment: dict[str, tuple[str, int]] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    depends_at: dict[str, int] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    replicas: int | None = None
    mounts_source: bool = False
    mounts: tuple[tuple[str, str], ...] = ()
    working: str = ""
    health: str = ""
    health_line: int = 1


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """A compose file; ``problem`` says what could not be read, or is empty."""

    path: str
    name: str
    services: tuple[ComposeService, ...]
    problem: str = ""


def read_compose(text: str, path: str) -> ComposeFile:
    """The services of a compose file."""
    found, problem = documents(text)
    document = found[0] if found else None
    block = mapping(document, "services")
    services = [
        _service(name, value, block.at(name), path)
        for name, value in list(block.items())[:_MAX_SERVICES]
        if isinstance(value, YamlMap)
    ]
    return ComposeFile(path, text_at(document, "name") or "", tuple(services), problem or "")


def _service(name: str, value: YamlMap, line: int, path: str) -> ComposeService:
    build = child(value, "build")
    context = build if isinstance(build, str) else text_at(build, "context")
    if context is None and isinstance(build, YamlMap):
        context = "."
    ports = [
        (port, at)
        for key in ("ports", "expose")
        for port, at in _ports(items(value, key))
        if port is not None
    ]
    volumes = [item for item in items(value, "volumes") if isinstance(item, str)]
    depends = _depends(value)
    return ComposeService(
        name=name,
        path=path,
        line=line,
        image=_plain(text_at(value, "image") or ""),
        image_line=value.at("image"),
        context=None if context is None else _plain(context),
        dockerfile=text_at(build, "dockerfile") or "",
        ports=tuple(ports),
        command=_command(value),
        command_line=value.at("command"),
        environment=_environment(value),
        depends=tuple(depends),
        depends_at=depends,
        awaited=tuple(
            name
            for name, entry in mapping(value, "depends_on").items()
            if text_at(entry, "condition") == "service_completed_successfully"
        ),
        profiles=tuple(item for item in items(value, "profiles") if isinstance(item, str)),
        replicas=whole(value, "deploy", "replicas"),
        mounts_source=any(v.startswith(("./", ".:", "../")) for v in volumes),
        mounts=tuple(
            (parts[0], parts[1])
            for volume in volumes[:50]
            if len(parts := volume.split(":")) >= 2 and parts[0].startswith(".")
        ),
        working=text_at(value, "working_dir") or "",
        health=_words(child(value, "healthcheck", "test")),
        health_line=mapping(value, "healthcheck").at("test"),
    )


def _ports(entries: Any) -> list[tuple[int | None, int]]:
    lines = getattr(entries, "lines", [])
    out: list[tuple[int | None, int]] = []
    for entry, line in list(zip(entries, lines, strict=False))[:50]:
        if isinstance(entry, YamlMap):
            out.append((whole(entry, "target"), line))
        elif isinstance(entry, str):
            out.append((container_port(entry), line))
    return out


def container_port(text: str) -> int | None:
    """The right-hand number of ``[host:]container[/protocol]``; None for a variable or range."""
    last = _plain(text).split("/", 1)[0].rpartition(":")[2].strip()
    return int(last) if last.isdigit() and len(last) <= 5 and 0 < int(last) < 65536 else None


def _plain(text: str) -> str:
    return _DEFAULT.sub(lambda found: found[1], text)


def _command(value: YamlMap) -> str:
    parts = (_words(child(value, key)) for key in ("entrypoint", "command"))
    return " ".join(part for part in parts if part)


def _words(found: Any) -> str:
    """A command in either of its forms as one line."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return " ".join(item for item in found[:100] if isinstance(item, str))
    return ""


def _environment(value: YamlMap) -> dict[str, tuple[str, int]]:
    found = child(value, "environment")
    out: dict[str, tuple[str, int]] = {}
    if isinstance(found, YamlMap):
        for key, item in found.items():
            out[key] = (item if isinstance(item, str) else "", found.at(key))
    elif isinstance(found, list):
        for item, line in zip(found, getattr(found, "lines", []), strict=False):
            if isinstance(item, str):
                key, _, text = item.partition("=")
                out[key] = (text, line)
    return out


def _depends(value: YamlMap) -> dict[str, int]:
    """What a service starts after or is linked to, each with its line."""
    out: dict[str, int] = {}
    for key in ("depends_on", "links"):
        found = child(value, key)
        if isinstance(found, YamlMap):
            for name in found:
                out.setdefault(name, found.at(name))
        elif isinstance(found, list):
            for item, line in zip(found, getattr(found, "lines", []), strict=False):
                if isinstance(item, str):
                    out.setdefault(item.split(":", 1)[0], line)
    return out
