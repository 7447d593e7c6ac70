"""The data stores that tests run against, as service containers of a CI job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.pins import image_pin
from devops_exe.implement.stores import stores_of, variables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.implement.pins import Pin
    from devops_exe.implement.stores import Store
    from devops_exe.implement.subject import Subject

_SCHEME = re.compile(
    r"\b(?P<name>\w+)\s*[=:]\s*[\"']?(?P<scheme>(?:jdbc:)?[a-z][a-z0-9+.]{1,30})://"
)
_PARTS = (
    (
        re.compile(
            r"(?:_|\A)(?:URL|URI|DSN|CONNECTION(?:_STRING)?|(?:BOOTSTRAP_)?SERVERS|BROKERS|ENDPOINT"
            r"|CONTACT_POINTS)\Z|\AConnectionStrings__"
        ),
        "url",
    ),
    (re.compile(r"_(?:HOST|HOSTNAME|SERVER)\Z|\APGHOST\Z"), "host"),
    (re.compile(r"_PORT\Z|\APGPORT\Z"), "port"),
    (re.compile(r"_(?:NAME|DATABASE|DB)\Z|\APGDATABASE\Z"), "database"),
    (re.compile(r"_(?:USER|USERNAME)\Z|\APGUSER\Z"), "user"),
    (re.compile(r"_(?:PASS|PASSWORD|PASSWD)\Z|\APGPASSWORD\Z"), "password"),
)


@dataclass(frozen=True, slots=True)
class ServiceStore:
    """A service container.

    Attributes:
        name: of the service, also its host name beside a job that runs in a container.
        image: what is started: the tag of the repository's own compose file where it has one.
        port: it listens on.
        settings: environment of the container.
        health: command that succeeds once it takes connections; empty where none is known.
    """

    name: str
    image: Pin
    port: int
    settings: tuple[tuple[str, str], ...]
    health: str


def service_stores(subject: Subject, passwords: Mapping[str, str]) -> tuple[ServiceStore, ...]:
    """The stores of a subject that have a container.

    Args:
        subject: whose.
        passwords: of stores that want one, by name, the others' under ``""``: words of the CI
            product that stand for something else in every run, so that none is written down.
    """
    found = []
    for store in stores_of(subject):
        if store.image is None or store.row.get("command"):
            # a service container of a CI job cannot be given another command
            continue
        settings = tuple(
            (key, _filled(subject, value, store.name, _password(passwords, store)))
            for key, value in store.row["settings"]
        )
        found.append(
            ServiceStore(
                store.name,
                image_pin(*_image(subject, store.image)),
                store.port,
                settings,
                _health(subject, store),
            )
        )
    return tuple(found)


def variables(
    subject: Subject, host: str | None, passwords: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Environment of the tests: (values of the stores' variables, names that nobody gives).

    Args:
        subject: whose.
        host: where the stores are reached; None: each by its own name.
        passwords: as for :func:`service_stores`.
    """
    given: list[tuple[str, str]] = []
    missing: list[str] = []
    containers = {store.name for store in service_stores(subject, passwords)}
    for variable in variables_of(subject):
        store = next(
            (s for s in stores_of(subject) if s.name in containers and s.named_in(variable.name)),
            None,
        )
        value = (
            _value(subject, store, variable.name, host or store.name, passwords) if store else None
        )
        if value is not None:
            given.append((variable.name, value))
        elif variable.required:
            missing.append(variable.name)
    return tuple(given), tuple(missing)


def _value(
    subject: Subject, store: Store, name: str, host: str, passwords: Mapping[str, str]
) -> str | None:
    part = next((part for pattern, part in _PARTS if pattern.search(name)), None)
    if part == "url":
        value = _filled(subject, store.row["url"], host, _password(passwords, store))
        scheme = _scheme(subject, name)
        return re.sub(r"\A[a-z][a-z0-9+.]*(?=://)", scheme, value) if scheme else value
    simple = {
        "host": host,
        "port": str(store.port),
        "database": subject.identifier,
        "user": subject.identifier,
        "password": _password(passwords, store),
    }
    return simple[part] if part else None


def _password(passwords: Mapping[str, str], store: Store) -> str:
    return passwords.get(store.name) or passwords.get("", "")


def _scheme(subject: Subject, name: str) -> str | None:
    """The scheme that the repository's own examples write (``postgresql+psycopg``)."""
    for path in subject.matching(
        r"(?:.*/)?(?:\.env[\w.-]*|env\.example|(?:docker-)?compose[\w.-]*\.ya?ml)"
    ):
        for match in _SCHEME.finditer(subject.files[path]):
            if match["name"] == name:
                return match["scheme"]
    return None


def _filled(subject: Subject, text: str, host: str, password: str) -> str:
    return (
        text.replace("{user}", subject.identifier)
        .replace("{password}", password)
        .replace("{database}", subject.identifier)
        .replace("{host}", host)
    )


def _health(subject: Subject, store: Store) -> str:
    """The check as one line of a shell."""
    import shlex

    words = [_filled(subject, word, "localhost", "") for word in store.row["health"]]
    if not words:
        return ""
    # "$$" is the compose file's way to write "$"
    line = words[1] if words[0] == "CMD-SHELL" else shlex.join(words[1:])
    return line.replace("$$", "$")


def _image(subject: Subject, default: tuple[str, str]) -> tuple[str, str]:
    """The image that the repository's compose file runs, so that tests meet the same version."""
    name = re.escape(default[0])
    for path in subject.matching(r"(?:.*/)?(?:docker-)?compose[\w.-]*\.ya?ml"):
        found = re.search(
            rf"(?m)^\s+image:\s*[\"']?{name}:([\w][\w.-]{{0,127}})", subject.files[path]
        )
        # a tag that moves is not the same version tomorrow: ours stands for it
        if found and found[1] not in _MOVING:
            return default[0], found[1]
    return default


_MOVING = frozenset({"latest", "stable", "edge", "nightly", "main", "master", "alpine"})
