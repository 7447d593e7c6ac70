"""Dockerfile, .dockerignore and compose: what cannot be seen without building or starting them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, Seq, at, elements, entries
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

INSTRUCTIONS = frozenset(
    {
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK",
        "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME",
        "WORKDIR",
    }
)  # fmt: skip
_ROOT = frozenset({"root", "0", "0:0", "root:root"})
_PORT = re.compile(
    r"(?:(?:\d{1,3}\.){3}\d{1,3}:|\[[0-9a-f:]+\]:)?(?P<ports>[\d:-]+)(?:/(?:tcp|udp))?\Z"
)
_VARIABLE = re.compile(r"\$\{?\w+")


def instructions(document: Document, tree: Tree) -> Iterator[Fault]:
    """Known instructions, FROM first, processes started without a shell between."""
    found = list(_instructions(document.text))
    if not found:
        yield Fault("no instruction")
        return
    first = next((name for name, _, _ in found if name != "ARG"), "")
    if first != "FROM":
        yield Fault("it does not begin with FROM", found[0][2])
    for name, rest, line in found:
        if name not in INSTRUCTIONS:
            yield Fault(f"{name} is no instruction", line)
        if name in {"CMD", "ENTRYPOINT"} and not _vector(rest):
            yield Fault(f"{name} in the shell's form: the process gets no signals", line)
        if name == "EXPOSE":
            for word in rest.split():
                port = word.partition("/")[0]
                if not _VARIABLE.match(port) and not (port.isdigit() and 0 < int(port) < 65536):
                    yield Fault(f"{word} is no port", line)


def stages(document: Document, tree: Tree) -> Iterator[Fault]:
    """Stages that are copied from come before; the last one runs as nobody's root."""
    names: list[str] = []
    user, user_line, last = "", 0, 0
    for name, rest, line in _instructions(document.text):
        if name == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            alias = words[2] if len(words) > 2 and words[1].upper() == "AS" else ""
            if alias and alias.lower() in names:
                yield Fault(f"the stage {alias} is there twice", line)
            names.append(alias.lower())
            user, user_line, last = "", line, line
        source = re.search(r"--from=(\S+)", rest)
        if name in {"COPY", "RUN"} and source:
            wanted = source[1].lower()
            image = any(c in wanted for c in ":/.@$")
            earlier = [*names[:-1], *(str(n) for n in range(len(names) - 1))]
            if not image and wanted not in earlier:
                yield Fault(f"{source[1]} is no earlier stage", line)
        if name == "USER":
            user, user_line = rest.strip(), line
    if last and (not user or user in _ROOT):
        yield Fault("the last stage runs as root", user_line or last)


def ignored(document: Document, tree: Tree) -> Iterator[Fault]:
    """Patterns inside the folder; the repository's history and secrets stay out of the image."""
    patterns: list[tuple[str, int]] = []
    for number, line in enumerate(document.text.split("\n"), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        bare = text.removeprefix("!")
        if bare.startswith(("../", "/..")) or bare == "..":
            yield Fault(f"{text} is outside the folder", number)
        if bare.count("[") != bare.count("]") or not bare:
            yield Fault(f"{text} is no pattern", number)
        if text in {seen for seen, _ in patterns}:
            yield Fault(f"{text} is there twice", number)
        if "#" in bare:
            yield Fault(f"a comment does not stand behind a pattern: {text[:40]}", number)
        patterns.append((text, number))
    listed = {text.strip("/").removeprefix("**/") for text, _ in patterns}
    everything = listed & {"*", "**"}
    if everything and not any(text.startswith("!") for text, _ in patterns):
        yield Fault("everything is left out: nothing can be built")
    if not everything:
        if ".git" not in listed and "/" not in document.artefact.path:
            yield Fault("the history (.git) is copied into the image")
        if not listed & {".env", ".env*", ".env.*", "*.env"}:
            yield Fault("files of secrets (.env) are copied into the image")


def references(document: Document, tree: Tree) -> Iterator[Fault]:
    """Services, volumes, networks and secrets that are used are declared."""
    top = document.first
    services = entries(top, "services")
    if not services:
        yield Fault("no service")
    for name, service in services.items():
        if not isinstance(service, Map):
            continue
        line = services.at(name)
        for other, condition in _dependencies(service):
            if other not in services:
                yield Fault(f"{name} depends on {other}, which is not there", line)
            elif condition == "service_healthy" and not _healthy(services[other]):
                yield Fault(f"{name} waits for {other} to be healthy, which has no check", line)
        for kind in ("volumes", "networks", "secrets", "configs"):
            for wanted in _used(service, kind):
                if wanted not in entries(top, kind) and (kind, wanted) != ("networks", "default"):
                    yield Fault(f"{name} uses the {kind[:-1]} {wanted}, not declared", line)
        if "image" not in service and "build" not in service and "extends" not in service:
            yield Fault(f"{name} has neither image nor build", line)


def ports(document: Document, tree: Tree) -> Iterator[Fault]:
    """Ports between 1 and 65535, each of the host's once."""
    taken: dict[str, str] = {}
    services = entries(document.first, "services")
    for name, service in services.items():
        for port in elements(service, "ports"):
            text = str(port) if not isinstance(port, Map) else str(port.get("published", "1"))
            if _VARIABLE.search(text):
                continue
            match = _PORT.match(text)
            numbers = re.findall(r"\d+", match["ports"]) if match else []
            if not numbers or any(not 0 < int(number) < 65536 for number in numbers):
                yield Fault(f"{text} of {name} is no port", services.at(name))
                continue
            host = text.rpartition(":")[0] if not isinstance(port, Map) else text
            if host and host in taken:
                yield Fault(f"{name} and {taken[host]} want the port {host}", services.at(name))
            if host:
                taken[host] = name


def _instructions(text: str) -> Iterator[tuple[str, str, int]]:
    """(name in capitals, the rest, line) of each; here-documents are jumped over."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        start = number + 1
        line = lines[number].strip()
        number += 1
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\") and number < len(lines):
            following = lines[number].strip()
            number += 1
            if not following.startswith("#"):
                line = f"{line[:-1]} {following}"
        for word in re.findall(r"<<-?[\"']?(\w+)[\"']?", line):
            while number < len(lines) and lines[number].strip() != word:
                number += 1
            number += 1
        name, _, rest = line.partition(" ")
        yield name.upper(), rest.strip(), start


def _vector(rest: str) -> bool:
    try:
        value = json.loads(rest)
    except ValueError:
        return False
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _dependencies(service: Map) -> Iterator[tuple[str, str]]:
    wanted = service.get("depends_on")
    if isinstance(wanted, Map):
        for name, how in wanted.items():
            yield name, str(at(how, "condition") or "service_started")
    elif isinstance(wanted, Seq):
        for name in wanted:
            yield str(name), "service_started"


def _healthy(service: Any) -> bool:
    check = entries(service, "healthcheck")
    # an image may carry a check of its own; only what is switched off or absent counts
    return bool(check) and not check.get("disable")


def _used(service: Map, kind: str) -> Iterator[str]:
    value = service.get(kind)
    for item in value if isinstance(value, Seq) else value or () if isinstance(value, Map) else ():
        if isinstance(item, Map):
            named = item.get("source")
            if isinstance(named, str) and (kind != "volumes" or item.get("type") == "volume"):
                yield named
        elif kind == "volumes":
            source, colon, _ = str(item).partition(":")
            if colon and source and not source.startswith((".", "/", "~", "$")):
                yield source
        else:
            yield str(item)


_DOCKER = ("dockerfile",)
_COMPOSE = ("compose",)
RULES = (
    Rule("docker-instructions", _DOCKER, instructions, "FROM first, known words, no shell between"),
    Rule("docker-stages", _DOCKER, stages, "stages copied from come before; the last is not root"),
    Rule("dockerignore", ("dockerignore",), ignored, "history and secrets stay out of the image"),
    Rule("compose-references", _COMPOSE, references, "what is used is declared"),
    Rule("compose-ports", _COMPOSE, ports, "ports in range, each of the host's once"),
)
