"""The port of ASP.NET's web server out of its settings, which overrule the environment's ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.readers.lines import json_object, line_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE = 185
"""Its number: the settings overrule the image's ports and the environment's."""

NAMES = ("appsettings.Production.json", "appsettings.json")
"""Files that hold the settings of production, the one that overrules first."""

_VARIABLE = re.compile(r"Kestrel__Endpoints__\w{1,60}__Url\Z", re.IGNORECASE)
_COMMENT = re.compile(r"^\s{0,200}//[^\n]{0,2000}", re.MULTILINE)
_PORT = re.compile(r"http://[^/\s\"]{1,120}:(\d{2,5})(?:/|\Z)", re.IGNORECASE)


def port_of_url(url: str) -> int | None:
    """The port of a plain HTTP address that a server binds.

    >>> port_of_url("http://*:5080"), port_of_url("https://*:5443")
    (5080, None)
    """
    match = _PORT.match(url.strip())
    return int(match[1]) if match is not None and 0 < int(match[1]) <= 65535 else None


def bound_by(environment: Mapping[str, tuple[str, str]]) -> list[tuple[int, str]]:
    """(port, where) of the variables that state an endpoint; they overrule the settings."""
    found = [
        (port_of_url(value), where)
        for name, (value, where) in environment.items()
        if _VARIABLE.match(name)
    ]
    return [(port, where) for port, where in found if port is not None]


def kestrel_port(text: str) -> tuple[int, int] | None:
    """The first HTTP endpoint's port with its line; None without one."""
    found = json_object(_COMMENT.sub("", text.lstrip("\ufeff")))
    for endpoint in table(found, "Kestrel", "Endpoints").values():
        url = endpoint.get("Url") if isinstance(endpoint, dict) else None
        port = port_of_url(url) if isinstance(url, str) else None
        if port is not None:
            return port, line_of(text, str(url), max(0, text.find('"Kestrel"')))
    return None
