"""OpenTelemetry Collector: pipelines of parts that are declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.implement.proof.documents import elements, entries
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Map, Tree

_TOP = frozenset({"receivers", "processors", "exporters", "connectors", "extensions", "service"})
_PARTS = ("receivers", "processors", "exporters")
_SIGNAL = re.compile(r"(?:traces|metrics|logs|profiles)(?:/[\w.-]+)?\Z")
_IDENTIFIER = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*(?:/[^\s/]+)?\Z")


def pipelines(document: Document, tree: Tree) -> Iterator[Fault]:
    """Pipelines of known signals, each with a beginning and an end, of parts that are declared."""
    top = document.first
    found = entries(top, "service", "pipelines")
    for key in top.keys() - _TOP:
        yield Fault(f"a collector has no {key!r}", top.at(key))
    if not found:
        yield Fault("no pipeline")
    used: dict[str, set[str]] = {
        part: {str(i) for name in found for i in elements(found, name, part)} for part in _PARTS
    }
    for part in _PARTS:
        for item in entries(top, part).keys() - used[part]:
            yield Fault(f"no pipeline uses {item} of the {part}", entries(top, part).at(item))
    for name in found:
        yield from _pipeline(top, name)


def _pipeline(top: Map, name: str) -> Iterator[Fault]:
    found = entries(top, "service", "pipelines")
    line = found.at(name)
    if not _SIGNAL.match(name):
        yield Fault(f"{name!r} is no signal", line)
    for key in entries(found, name).keys() - set(_PARTS):
        yield Fault(f"the pipeline {name} has no {key!r}", line)
    for part in _PARTS:
        named = [str(item) for item in elements(found, name, part)]
        if part != "processors" and not named:
            yield Fault(f"the pipeline {name} has no {part}", line)
        if len(set(named)) != len(named):
            yield Fault(f"the pipeline {name} has one of its {part} twice", line)
        for item in named:
            if item not in entries(top, part) and item not in entries(top, "connectors"):
                yield Fault(f"{item} is not among the {part}", line)


def parts(document: Document, tree: Tree) -> Iterator[Fault]:
    """Identifiers that can be read, a limit of memory first, extensions that are declared."""
    top = document.first
    for part in (*_PARTS, "extensions", "connectors"):
        for name in entries(top, part):
            if not _IDENTIFIER.match(name):
                yield Fault(f"{name!r} is no type/name", entries(top, part).at(name))
    wanted = {str(item) for item in elements(top, "service", "extensions")}
    for name in wanted ^ set(entries(top, "extensions")):
        yield Fault(f"the extension {name} is declared or used, not both")
    for name, pipeline in entries(top, "service", "pipelines").items():
        processors = [str(item).partition("/")[0] for item in elements(pipeline, "processors")]
        if "memory_limiter" in processors[1:]:
            yield Fault(f"memory_limiter is not the first processor of {name}")


_KIND = ("otel-collector",)
RULES = (
    Rule("otel-pipelines", _KIND, pipelines, "pipelines of parts that are declared"),
    Rule("otel-parts", _KIND, parts, "identifiers, extensions, the limit of memory first"),
)
