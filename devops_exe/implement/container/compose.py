"""A compose file for development: the image, its stores, and its migrations in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.container.dockerfile import carried
from devops_exe.implement.container.image_user import dockerfile_of
from devops_exe.implement.emit import Noted, Quoted, emit
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes.migration import migration_command
from devops_exe.implement.kubernetes.settings import serves
from devops_exe.implement.pins import image, image_pin
from devops_exe.implement.stack import service_folder
from devops_exe.implement.stack_workspace import workspace_of
from devops_exe.implement.stores import Store, example_value, stores_of, variables_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject, Variable

PASSWORD = "${STORE_PASSWORD}"  # noqa: S105 - where it comes from
"""Where a store's password comes from: the developer's own file, never this one."""
_USER = "app"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}(?=://)")
_PARTS = (
    (re.compile(r"(?:HOST|HOSTNAME|SERVER)\Z"), "{host}"),
    (re.compile(r"PORT\Z"), "{port}"),
    (re.compile(r"(?:USER|USERNAME)\Z"), "{user}"),
    (re.compile(r"PASS(?:WORD|WD)?\Z"), "{password}"),
    (re.compile(r"(?:NAME|DATABASE|DB)\Z"), "{database}"),
)
_ADDRESS = re.compile(r"(?:URL|URI|DSN|ADDR|ADDRESS|BROKERS?|SERVERS?|POINTS|ENDPOINT|DEFAULT)\Z")
NAMES = r"(?:.+/)?(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml"
"""Compose files as repositories name them."""


def their_compose(subject: Subject) -> str | None:
    """The repository's own compose file; None where it has none."""
    found = subject.matching(NAMES)
    return min(found, key=lambda p: (p.count("/"), len(p)), default=None)


def compose(subject: Subject) -> Artefact:
    """The compose file."""
    stores = [store for store in stores_of(subject) if store.image is not None]
    services: dict[str, Node] = {subject.name: _service(subject, stores)}
    command = migration_command(subject)
    if command is not None:
        services["migrate"] = _migrate(subject, stores, list(command))
    services |= {host(store): _store(store) for store in stores}
    node: dict[str, Node] = {"name": subject.name, "services": services}
    kept = [store for store in stores if store.row.get("data")]
    if kept:
        node["volumes"] = {host(store): {} for store in kept}
    pins = [image_pin(*store.image) for store in stores if store.image]
    return Artefact(
        layout.COMPOSE,
        emit(node, header=heading("for development: docker compose up --build", *_how(stores))),
        "compose",
        why="the service and its stores on a developer's machine",
        unproven=tuple(reason for pin in pins for reason in pin.unproven),
    )


def _how(stores: list[Store]) -> list[str]:
    if not any(_needs_password(store) for store in stores):
        return []
    return ["before: STORE_PASSWORD=… in .env, which stays out of version control"]


def host(store: Store) -> str:
    """Name of a store's service, by which the others reach it."""
    return store.name


def _needs_password(store: Store) -> bool:
    return "{password}" in str(store.row.get("settings", "")) + str(store.row.get("url", ""))


def _service(subject: Subject, stores: list[Store]) -> dict[str, Node]:
    made: dict[str, Node] = {"build": _build(subject), "image": f"{subject.name}:development"}
    if serves(subject):
        made["ports"] = [Quoted(f"127.0.0.1:{subject.port}:{subject.port}")]
    made["env_file"] = [{"path": ".env", "required": False}]
    environment = _environment(subject, stores)
    if environment:
        made["environment"] = environment
    waits = _waits(stores)
    if migration_command(subject) is not None:
        waits["migrate"] = {"condition": "service_completed_successfully"}
    if waits:
        made["depends_on"] = waits
    made["init"] = True
    return made


def _build(subject: Subject) -> Node:
    path = dockerfile_of(subject)
    folder = service_folder(subject)
    if path is None and workspace_of(subject) is not None:
        return {"context": ".", "dockerfile": f"{folder}/{layout.DOCKERFILE}"}
    if path is None or path == layout.DOCKERFILE:
        return "." if folder == "." or path is not None else folder
    if folder != "." and path.startswith(f"{folder}/"):
        inside = path.removeprefix(f"{folder}/")
        return folder if inside == layout.DOCKERFILE else {"context": folder, "dockerfile": inside}
    return {"context": ".", "dockerfile": path}


def _migrate(subject: Subject, stores: list[Store], command: list[str]) -> dict[str, Node]:
    made: dict[str, Node] = {
        "build": _build(subject),
        "image": f"{subject.name}:development",
        # as the Job does it: whatever the image starts with does not come before it
        "entrypoint": [part.replace("$", "$$") for part in command],
        "env_file": [{"path": ".env", "required": False}],
    }
    environment = _environment(subject, stores)
    if environment:
        made["environment"] = environment
    waits = _waits(stores)
    if waits:
        made["depends_on"] = waits
    return made


def _waits(stores: list[Store]) -> dict[str, Node]:
    return {
        host(store): {
            "condition": "service_healthy" if store.row.get("health") else "service_started"
        }
        for store in stores
    }


def _environment(subject: Subject, stores: list[Store]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name, value in carried(subject).environment:
        found[name] = value.replace("$", "$$")
    if serves(subject):
        found["PORT"] = str(subject.port)
    for variable in variables_of(subject):
        store = next((s for s in stores if s.named_in(variable.name)), None)
        given = _value(subject, variable, store) if store else None
        if given is not None:
            found[variable.name] = given
        elif (plain := example_value(subject, variable)) is not None:
            found[variable.name] = plain.replace("$", "$$")
        elif variable.required:
            shown = f"${{{variable.name}}}"
            found[variable.name] = Noted(shown, " ".join(variable.where.split())[:100])
    return found


def _value(subject: Subject, variable: Variable, store: Store) -> str | None:
    """The value of a variable that speaks of a store; None where its name does not say what."""
    name = variable.name.upper()
    known = store.value_of(variable.name)
    if known:
        return _filled(known, store)
    if _ADDRESS.search(name):
        text = str(store.row["url"])
        scheme = _scheme(subject, variable)
        if scheme and "://" in text:
            text = f"{scheme}://{text.partition('://')[2]}"
        return _filled(text, store)
    for pattern, text in _PARTS:
        if pattern.search(name):
            return _filled(text, store)
    return None


def _scheme(subject: Subject, variable: Variable) -> str | None:
    """The scheme that the repository's example uses (``postgresql+psycopg``)."""
    path, _, line = variable.where.rpartition(":")
    lines = subject.files.get(path, "").splitlines()
    if not line.isdigit() or int(line) > len(lines):
        return None
    match = _SCHEME.search(lines[int(line) - 1].partition("=")[2])
    return match[0] if match else None


def _filled(text: str, store: Store) -> str:
    return (
        text.replace("{host}", host(store))
        .replace("{port}", str(store.port))
        .replace("{user}", _USER)
        .replace("{password}", PASSWORD)
        .replace("{database}", _USER)
    )


def _store(store: Store) -> dict[str, Node]:
    name = store.image or ("", "")
    made: dict[str, Node] = {"image": image(*name)}
    if command := store.row.get("command"):
        made["command"] = list(command)
    settings = {key: _filled(value, store) for key, value in store.row.get("settings", ())}
    if settings:
        made["environment"] = settings
    if folder := store.row.get("data"):
        made["volumes"] = [f"{host(store)}:{folder}"]
    if check := store.row.get("health"):
        made["healthcheck"] = {
            "test": [_filled(part, store) for part in check],
            "interval": "2s",
            "timeout": "5s",
            "retries": 30,
        }
    return made
