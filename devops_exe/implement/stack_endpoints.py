"""Kestrel's endpoints in appsettings: they come before ``ASPNETCORE_HTTP_PORTS``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from devops_exe.implement.stack import Tree, stack_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_FILES = r"(?:[^/]+/){0,4}appsettings(?:\.Production)?\.json"
_KESTREL = re.compile(r'"Kestrel"\s*:\s*\{(?:[^{}]|\{[^{}]*\}){0,500}?"Endpoints"\s*:')
_URL = re.compile(r'"Url"\s*:\s*"(https?://[^"\s]{1,200})"')
_TESTS = re.compile(r"(?:^|[./_-])[Tt]ests?/")
_KEPT = "kestrel_of"


@dataclass(frozen=True, slots=True)
class Kestrel:
    """Endpoints that a file sets.

    Attributes:
        where: path and line.
        ports: of its addresses over HTTP.
        local: whether one of them listens on the container's own loopback alone.
    """

    where: str
    ports: tuple[int, ...]
    local: bool


def kestrel_of(subject: Subject) -> Kestrel | None:
    """The endpoints that the settings of an ASP.NET service have; None where they have none."""
    if _KEPT not in subject.__dict__:
        # where cached_property keeps its values too
        subject.__dict__[_KEPT] = _read(subject)
    found = subject.__dict__[_KEPT]
    return found if isinstance(found, Kestrel) else None


def _read(subject: Subject) -> Kestrel | None:
    stack = stack_of(subject)
    if stack.language != "dotnet":
        return None
    tree = Tree(subject, stack.folder)
    names = [name for name in tree.match(_FILES) if not _TESTS.search(name)]
    # the settings of production are read after the others, and win
    for name in sorted(names, key=lambda n: ("Production" not in n, n.count("/"), n))[:10]:
        text = tree.text(name)
        match = _KESTREL.search(text)
        if match is None:
            continue
        urls = [url for url in _URL.findall(text[match.end() :]) if url.startswith("http:")]
        line = text[: match.start()].count("\n") + 1
        local = any(re.match(r"http://(?:localhost|127\.|\[::1\])", url) for url in urls)
        return Kestrel(f"{tree.path(name)}:{line}", tuple(map(_port, urls)), local)
    return None


def _port(url: str) -> int:
    # http://*:8080 and http://+:8080 are addresses to Kestrel
    found = re.search(r":(\d{1,5})(?:/|\Z)", url.partition("//")[2])
    return int(found[1]) if found else int(urlsplit(url).scheme == "http") * 80


def kestrel_note(subject: Subject) -> str | None:
    """What holds beside the manifests' port; None where no file sets endpoints."""
    found = kestrel_of(subject)
    if found is None:
        return None
    wrong = "" if subject.port in found.ports else f", and none of them is port {subject.port}"
    local = (
        ", and one listens on localhost, where neither probes nor the Service reach it"
        if found.local
        else ""
    )
    return (
        f"{found.where} sets Kestrel's endpoints, which come before ASPNETCORE_HTTP_PORTS"
        f"{wrong}{local}: the manifests set no port, and expect http://*:{subject.port} there"
    )
