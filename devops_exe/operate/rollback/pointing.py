"""Where the platforms' clients point: read from their own files and variables, none is started.

What acts on a system is agreed to for one cluster, project or account. The answer is part of
the plan's id, and is read again before every step that acts.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_BY_FOLDER = frozenset({"gh", "glab", "docker", "java"})
"""Clients that take repository or project from the working folder."""

Pointing = tuple[tuple[str, str], ...]

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a client's configuration that are read."""


def pointing(
    programs: Iterable[str],
    environment: Mapping[str, str] | None = None,
    home: Path | None = None,
    namespace: str = "",
    folder: str = "",
) -> Pointing:
    """What each client is set to, by what it is called; a setting nobody made is left out.

    Args:
        programs: which clients.
        environment: variables; the process's own.
        home: the user's folder.
        namespace: the Kubernetes namespace that the user stated.
        folder: the working folder, by which some clients find what they act on.
    """
    environment = os.environ if environment is None else environment
    home = _home(environment) if home is None else home
    programs = tuple(programs)
    found: list[tuple[str, str]] = []
    if folder and _BY_FOLDER.intersection(programs):
        found.append(("working folder", folder))
    for program in dict.fromkeys(programs):
        reader = _READERS.get(program)
        if reader is not None:
            found += reader(environment, home)
    if namespace:
        found = [one for one in found if one[0] != "kubernetes namespace"]
        found.append(("kubernetes namespace", namespace))
    return tuple((name, value) for name, value in found if value)


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or "/nonexistent")


def _kubernetes(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    """kubeconfig: the first file that names a current context wins (kubectl's own merging)."""
    named = environment.get("KUBECONFIG", "")
    paths = [Path(one) for one in named.split(os.pathsep) if one] or [home / ".kube" / "config"]
    files = [found for path in paths if (found := _yaml(path))]
    current = next((str(one["current-context"]) for one in files if one.get("current-context")), "")
    if not current:
        return []
    context = _inner(_named(files, "contexts", current), "context")
    cluster = _inner(_named(files, "clusters", str(context.get("cluster", ""))), "cluster")
    return [
        ("kubernetes context", current),
        ("kubernetes server", _server(str(cluster.get("server", "")))),
        ("kubernetes namespace", str(context.get("namespace") or "default")),
    ]


def _named(files: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    for one in files:
        listed = one.get(kind)
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and item.get("name") == name:
                return item
    return {}


def _inner(outer: dict[str, Any], key: str) -> dict[str, Any]:
    inner = outer.get(key)
    return inner if isinstance(inner, dict) else {}


def _server(url: str) -> str:
    """A server without user and password."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}" if parts.hostname else ""


def _aws(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or ""
    if not region:
        name = f"profile {profile}" if profile and profile != "default" else "default"
        path = Path(environment.get("AWS_CONFIG_FILE") or home / ".aws" / "config")
        region = _ini(path).get(name, {}).get("region", "")
    return [("aws profile", profile), ("aws region", region)]


def _gcloud(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    folder = Path(environment.get("CLOUDSDK_CONFIG") or home / ".config" / "gcloud")
    active = environment.get("CLOUDSDK_ACTIVE_CONFIG_NAME") or _text(folder / "active_config")
    active = active.strip() or "default"
    core = _ini(folder / "configurations" / f"config_{Path(active).name}").get("core", {})
    return [
        ("gcloud project", environment.get("CLOUDSDK_CORE_PROJECT") or core.get("project", "")),
        ("gcloud account", environment.get("CLOUDSDK_CORE_ACCOUNT") or core.get("account", "")),
    ]


def _azure(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    folder = Path(environment.get("AZURE_CONFIG_DIR") or home / ".azure")
    try:
        raw = json.loads(_text(folder / "azureProfile.json").removeprefix("\ufeff") or "{}")
        chosen = [one for one in raw.get("subscriptions", ()) if one.get("isDefault")]
    except (ValueError, AttributeError, TypeError):
        chosen = []
    return [("azure subscription", str(one.get("id", ""))) for one in chosen[:1]]


def _nomad(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    del home
    return [
        ("nomad server", _server(environment.get("NOMAD_ADDR", ""))),
        ("nomad namespace", environment.get("NOMAD_NAMESPACE", "")),
        ("nomad region", environment.get("NOMAD_REGION", "")),
    ]


def _docker(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    context = environment.get("DOCKER_CONTEXT", "")
    host = environment.get("DOCKER_HOST", "")
    if not context and not host:
        folder = Path(environment.get("DOCKER_CONFIG") or home / ".docker")
        try:
            context = str(
                json.loads(_text(folder / "config.json") or "{}").get("currentContext", "")
            )
        except (ValueError, AttributeError):
            context = ""
    return [("docker host", _server(host) or host), ("docker context", context),
            ("compose project", environment.get("COMPOSE_PROJECT_NAME", ""))]  # fmt: skip


def _github(environment: Mapping[str, str], home: Path) -> list[tuple[str, str]]:
    del home
    return [("github repository", environment.get("GH_REPO", "")),
            ("github host", environment.get("GH_HOST", ""))]  # fmt: skip


_READERS: Mapping[str, Callable[[Mapping[str, str], Path], list[tuple[str, str]]]] = {
    "kubectl": _kubernetes,
    "aws": _aws,
    "gcloud": _gcloud,
    "az": _azure,
    "nomad": _nomad,
    "docker": _docker,
    "gh": _github,
}


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        raw = yaml.safe_load(_text(path))
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _ini(path: Path) -> dict[str, dict[str, str]]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(path))
    except configparser.Error:
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()} | {
        "default": dict(parser.items("default")) if parser.has_section("default") else {}
    }
