"""A Dockerfile's final stage: base image, ports, user, command, health check.

Method: the Dockerfile reference. Continued lines are joined, comments dropped, ``ARG``
defaults filled in; a stage built FROM an earlier one inherits from it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from devops_exe.assess.readers.lines import MAX_LINE, numbered

_MAX_INSTRUCTIONS = 2000
_VARIABLE = re.compile(r"\$\{(\w{1,60})(?::?-([^}]{0,100}))?\}|\$(\w{1,60})")
_FROM = re.compile(r"(?:--\w+=\S{1,100}\s+)*(\S{1,300})(?:\s+as\s+(\S{1,100}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Image:
    """What an image built from the file would be.

    Attributes:
        base: the image the final stage rests on, variables filled in; "" if unknown.
        base_line: line of that FROM.
        ports: (port, line) of EXPOSE, in order.
        environment: ENV names to (value, line).
        user: the last USER, or "".
        command: ENTRYPOINT and CMD as one line.
        command_line: line of the last of the two.
        healthcheck: line of a HEALTHCHECK, or 0.
    """

    base: str = ""
    base_line: int = 1
    ports: tuple[tuple[int, int], ...] = ()
    environment: dict[str, tuple[str, int]] = field(default_factory=dict)
    user: str = ""
    entrypoint: str = ""
    cmd: str = ""
    command_line: int = 1
    healthcheck: int = 0
    health_path: str = ""

    @property
    def command(self) -> str:
        """ENTRYPOINT and CMD as one line."""
        return f"{self.entrypoint} {self.cmd}".strip()


def read_dockerfile(text: str) -> Image:
    """The final stage of a Dockerfile; an empty :class:`Image` where there is no FROM."""
    arguments: dict[str, str] = {}
    stages: dict[str, Image] = {}
    current, name = Image(), ""
    for count, (line, word, rest) in enumerate(_instructions(text)):
        if count > _MAX_INSTRUCTIONS:
            break
        if word == "ARG":
            key, _, value = rest.partition("=")
            arguments[key.strip()] = _filled(value.strip().strip("\"'"), arguments)
        elif word == "FROM":
            if name:
                stages[name] = current
            current, name = _stage(rest, line, arguments, stages)
        else:
            current = _instruction(current, line, word, rest, arguments)
    return current


def _stage(
    rest: str, line: int, arguments: dict[str, str], stages: dict[str, Image]
) -> tuple[Image, str]:
    found = _FROM.match(rest)
    if found is None:
        return Image(base_line=line), ""
    base = _filled(found[1], arguments)
    name = (found[2] or "").lower()
    earlier = stages.get(base.lower())
    return (replace(earlier) if earlier else Image(base=base, base_line=line)), name


def _instruction(image: Image, line: int, word: str, rest: str, arguments: dict[str, str]) -> Image:
    known = {**arguments, **{key: value for key, (value, _) in image.environment.items()}}
    if word == "EXPOSE":
        ports = [_port(_filled(part, known)) for part in rest.split()]
        return replace(image, ports=image.ports + tuple((p, line) for p in ports if p))
    if word == "ENV":
        pairs = {key: (_filled(value, known), line) for key, value in _pairs(rest)}
        return replace(image, environment={**image.environment, **pairs})
    if word == "USER":
        return replace(image, user=_filled(rest, known))
    if word == "ENTRYPOINT":
        return replace(image, entrypoint=_command(rest), cmd="", command_line=line)
    if word == "CMD":
        return replace(image, cmd=_command(rest), command_line=line)
    if word == "HEALTHCHECK":
        none = rest.strip().upper() == "NONE"
        path = "" if none else url_path(rest)
        return replace(image, healthcheck=0 if none else line, health_path=path)
    return image


def _instructions(text: str) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    pending: list[str] = []
    start = 0
    heredoc = ""
    for number, line in numbered(text):
        stripped = line.strip()
        if heredoc:
            heredoc = "" if stripped == heredoc else heredoc
            continue
        if stripped.startswith("#") or (not stripped and not pending):
            continue
        start = start if pending else number
        continued = stripped.endswith("\\")
        pending.append(stripped[:-1].rstrip() if continued else stripped)
        if continued:
            continue
        word, _, rest = " ".join(pending).partition(" ")
        pending = []
        found.append((start, word.upper(), rest.strip()[: MAX_LINE * 4]))
        opened = (
            re.search(r"<<-?[\"']?(\w{1,30})", rest) if word.upper() in ("RUN", "COPY") else None
        )
        heredoc = opened[1] if opened else ""
    return found


def _filled(text: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda m: known.get(m[1] or m[3], m[2] or ""), text)[:400]


def _pairs(rest: str) -> list[tuple[str, str]]:
    if "=" not in rest.split(" ", 1)[0]:
        key, _, value = rest.partition(" ")
        return [(key, value.strip().strip("\"'"))]
    return [
        (key, value.strip("\"'"))
        for key, value in re.findall(r"([\w.]{1,80})=(\"[^\"]*\"|'[^']*'|\S*)", rest)
    ]


def _command(rest: str) -> str:
    if rest.startswith("["):
        try:
            words = json.loads(rest)
        except (ValueError, RecursionError):
            return rest
        if isinstance(words, list):
            return " ".join(str(word) for word in words)
    return rest


def _port(text: str) -> int:
    digits = text.split("/", 1)[0].split("-", 1)[0].strip()
    return int(digits) if digits.isdigit() and len(digits) <= 5 and int(digits) < 65536 else 0


_BIND = re.compile(
    r"(?:--bind[= ]|-b[= ]?|--host[= ]\S{1,60} --port[= ]|--port[= ]|-p[= ]?|--http[= ]"
    r"|runserver |--server\.port=|-Dserver\.port=|--listen[= ]|--address[= ])"
    r"[\"']?(?:[\w.\[\]*]{0,60}:)?(\d{2,5})\b"
)
_WORKERS = re.compile(r"(?:--workers[= ]|-w[= ]?|--processes[= ]|--web-concurrency[= ])(\d{1,3})\b")
_THREADS = re.compile(r"--threads[= ](?:\d{1,3}:)?(\d{1,3})\b")


def port_of(command: str) -> int | None:
    """The port that a server's start command binds (rule 117), or None."""
    found = _BIND.search(command[: MAX_LINE * 2])
    return int(found[1]) if found and 0 < int(found[1]) < 65536 else None


def workers_of(command: str) -> int | None:
    """Requests a started server works on at once: processes times threads, or None."""
    workers = _WORKERS.search(command[: MAX_LINE * 2])
    threads = _THREADS.search(command[: MAX_LINE * 2])
    if workers is None and threads is None:
        return None
    return (int(workers[1]) if workers else 1) * (int(threads[1]) if threads else 1) or None


_LOCAL = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s\"']{1,30})?(/[\w./-]{0,100})"
)


def url_path(text: str) -> str:
    """The path of the first URL to this machine in a check's command, or ""."""
    found = _LOCAL.search(text[: MAX_LINE * 2])
    return found[1] if found else ""
