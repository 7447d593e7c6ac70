"""Platform files: App Platform's spec, render.yaml, fly.toml, Procfile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from devops_exe.assess.readers.lines import line_of, numbered, table, toml_table
from devops_exe.assess.readers.yamltree import YamlMap, documents, items, text_at, whole

_ENGINES = {
    "PG": "postgresql",
    "MYSQL": "mysql",
    "REDIS": "redis",
    "VALKEY": "redis",
    "MONGODB": "mongodb",
    "KAFKA": "kafka",
    "OPENSEARCH": "opensearch",
}


@dataclass(frozen=True, slots=True)
class PaasService:
    """A service that a platform file declares, with lines for what it states."""

    name: str
    folder: str
    line: int
    port: tuple[int, int] | None = None
    health: tuple[str, int] | None = None
    replicas: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PaasFile:
    """A platform file: whose it is, its services and its datastores (name, line)."""

    product: str = ""
    services: tuple[PaasService, ...] = ()
    datastores: tuple[tuple[str, int], ...] = ()


def read_app_platform(text: str) -> PaasFile:
    """DigitalOcean App Platform's spec; empty where the file is another thing."""
    found, _ = documents(text)
    document = found[0] if found else None
    if text_at(document, "apiVersion") or not isinstance(document, YamlMap):
        return PaasFile()
    entries = items(document, "services")
    ours = [
        e for e in entries if isinstance(e, YamlMap) and ("http_port" in e or "source_dir" in e)
    ]
    if not ours:
        return PaasFile()
    stores = [
        (_ENGINES[engine], entry.at("engine"))
        for entry in items(document, "databases")
        if isinstance(entry, YamlMap)
        and (engine := (text_at(entry, "engine") or "").upper()) in _ENGINES
    ]
    return PaasFile("digitalocean", tuple(_app_service(e) for e in ours[:100]), tuple(stores))


def _app_service(entry: YamlMap) -> PaasService:
    port, count = whole(entry, "http_port"), whole(entry, "instance_count")
    health: Any = entry.get("health_check")
    path = text_at(health, "http_path")
    return PaasService(
        name=text_at(entry, "name") or "",
        folder=(text_at(entry, "source_dir") or "").strip("./"),
        line=entry.at("name"),
        port=None if port is None else (port, entry.at("http_port")),
        health=None if path is None else (path, health.at("http_path")),
        replicas=None if count is None else (count, entry.at("instance_count")),
    )


def read_render(text: str) -> PaasFile:
    """Render's blueprint."""
    found, _ = documents(text)
    document = found[0] if found else None
    services = [
        PaasService(
            name=text_at(e, "name") or "",
            folder=(text_at(e, "rootDir") or "").strip("./"),
            line=e.at("name"),
            health=(path, e.at("healthCheckPath"))
            if (path := text_at(e, "healthCheckPath"))
            else None,
        )
        for e in items(document, "services")[:100]
        if isinstance(e, YamlMap) and text_at(e, "type") in ("web", "worker", "pserv", "cron")
    ]
    databases = items(document, "databases")
    stores = [("postgresql", line) for line in databases.lines[:1]]
    return PaasFile("render", tuple(services), tuple(stores))


def read_fly(text: str) -> PaasFile:
    """Fly's configuration: name and internal port."""
    document = toml_table(text) or {}
    name = document.get("app")
    port = table(document, "http_service").get("internal_port")
    return PaasFile(
        "fly",
        (
            PaasService(
                name if isinstance(name, str) else "",
                "",
                line_of(text, "app"),
                (port, line_of(text, "internal_port")) if isinstance(port, int) else None,
            ),
        ),
    )


def read_procfile(text: str) -> list[tuple[str, str, int]]:
    """(process, command, line) of a Procfile."""
    found = [(n, re.match(r"([\w-]{1,40}):\s{0,8}(.{1,1000})", line)) for n, line in numbered(text)]
    return [(m[1], m[2].strip(), n) for n, m in found if m][:50]
