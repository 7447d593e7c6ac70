"""Whether probes need a Host: Django answers 400 to names that it was not told of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_SETTINGS = r"(?:[\w-]+/){0,4}settings(?:/[\w-]+)?\.py"
_DEVELOPMENT = re.compile(r"(?i)dev|local|test|\bci\b")
_ALLOWED = re.compile(
    r"(?m)^ALLOWED_HOSTS\s*(?::[^=\n]{1,60})?=\s*(?P<value>\[[^\]]{0,2000}\]|[^\n]*)"
)
_LIST = re.compile(r"\[(?:\s*(?:\"[^\"\n]*\"|'[^'\n]*')\s*,?)*\s*\]")
_ITEM = re.compile(r"[\"']([^\"'\n]*)[\"']")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_KEPT = "probe_host"


@dataclass(frozen=True, slots=True)
class ProbeHost:
    """What is known of the names that the process answers to.

    Attributes:
        host: one that it is told to answer to; empty where the repository shows none.
        open: whether it answers to every name.
        where: path and line that says so; empty where none does.
    """

    host: str = ""
    open: bool = False
    where: str = ""


def probe_host(subject: Subject) -> ProbeHost | None:
    """The Host that probes need; None where the framework asks for none, or no file is read."""
    if subject.framework != "django" or subject.reading is None:
        return None
    if _KEPT not in subject.__dict__:
        # where cached_property keeps its values too
        subject.__dict__[_KEPT] = _read(subject)
    found = subject.__dict__[_KEPT]
    return found if isinstance(found, ProbeHost) else None


def _read(subject: Subject) -> ProbeHost:
    paths = [path for path in subject.matching(_SETTINGS) if not _DEVELOPMENT.search(path)]
    # what production sets comes last in Django, and first here
    for path in sorted(paths, key=lambda p: ("prod" not in p, p.count("/"), p))[:10]:
        text = subject.files[path]
        found = list(_ALLOWED.finditer(text))
        if not found:
            continue
        match = found[-1]
        where = f"{path}:{text[: match.start()].count(chr(10)) + 1}"
        if not _LIST.fullmatch(match["value"].partition("#")[0].strip()):
            return ProbeHost(where=where)
        hosts = _ITEM.findall(match["value"])
        plain = [one.removeprefix(".") for one in hosts if _HOST.fullmatch(one.removeprefix("."))]
        return ProbeHost(host=next(iter(plain), ""), open="*" in hosts, where=where)
    return ProbeHost()


def host_note(subject: Subject) -> str | None:
    """What a person must do where no name is known that the process answers to."""
    found = probe_host(subject)
    if found is None or found.open or found.host:
        return None
    said = f"{found.where} names none" if found.where else "no settings say which"
    return (
        "Django answers 400 to a Host that ALLOWED_HOSTS has not, and probes come with the pod's "
        f"address ({said}): give the httpGet of each probe httpHeaders with a Host that "
        "production allows, or no pod becomes ready"
    )
