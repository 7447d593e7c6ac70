"""The port of a Spring application's YAML, which lies below ``server``."""

from __future__ import annotations

import re

from devops_exe.assess.readers.yamltree import documents, mapping, text_at

_NUMBER = re.compile(r"(?:\$\{[\w.]{1,60}:)?(\d{2,5})\}?\Z")
NAMES = frozenset({"application.yml", "application.yaml"})
"""Files that hold the settings of every profile."""


def server_port(text: str) -> tuple[int, int] | None:
    """``server.port`` with its line, a placeholder's default included; None without one.

    Documents of a profile (``spring.config.activate.on-profile``) are passed over.
    """
    found, _ = documents(text)
    for document in found:
        if text_at(document, "spring", "config", "activate", "on-profile"):
            continue
        server = mapping(document, "server")
        stated = text_at(server, "port") or ""
        match = _NUMBER.match(stated.strip())
        if match is not None and 0 < int(match[1]) <= 65535:
            return int(match[1]), server.at("port")
    return None
