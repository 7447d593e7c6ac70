"""Settings of a Spring application's YAML: its port, its prefix, its schema changes."""

from __future__ import annotations

import re

from devops_exe.assess.readers.yamltree import documents, mapping, text_at

_NUMBER = re.compile(r"(?:\$\{[\w.]{1,60}:)?(\d{2,5})\}?\Z")
NAMES = frozenset({"application.yml", "application.yaml"})
"""Files that hold the settings of every profile."""


_PREFIX = re.compile(r"/[\w/-]{1,60}\Z")
_PREFIXES = (
    ("server", "servlet", "context-path"),
    ("spring", "webflux", "base-path"),
    ("quarkus", "http", "root-path"),
)
_ACTUATOR = ("management", "endpoints", "web", "base-path")
_CHANGES = (("spring", "flyway"), ("spring", "liquibase"))


def settings_of(text: str) -> list[tuple[str, str, int]]:
    """(field, value, line) of the settings that hold for every profile.

    The port with a placeholder's default included, the path before every path, and whether
    the changes of the schema are kept from running at the start. Documents of a profile
    (``spring.config.activate.on-profile``) are passed over.
    """
    documents_, _ = documents(text)
    found: list[tuple[str, str, int]] = []
    for document in documents_:
        if text_at(document, "spring", "config", "activate", "on-profile"):
            continue
        server = mapping(document, "server")
        match = _NUMBER.match((text_at(server, "port") or "").strip())
        if match is not None and 0 < int(match[1]) <= 65535:
            found.append(("port", match[1], server.at("port")))
        for *above, last in _PREFIXES:
            path = text_at(document, *above, last) or ""
            if _PREFIX.match(path):
                found.append(("route_global", path, mapping(document, *above).at(last)))
        base = text_at(document, *_ACTUATOR) or ""
        if _PREFIX.match(base):
            line = mapping(document, *_ACTUATOR[:-1]).at(_ACTUATOR[-1])
            found.append(("route_moved", f"/actuator {base}", line))
        for above_ in _CHANGES:
            if (text_at(document, *above_, "enabled") or "").lower() == "false":
                line = mapping(document, *above_).at("enabled")
                found.append(("no_migrations_at_start", "spring", line))
    return found
