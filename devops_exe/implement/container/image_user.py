"""Who the process of an image is, and where it writes: what a manifest must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.layout import DOCKERFILE
from devops_exe.implement.stack import service_folder, stack_of
from devops_exe.implement.stack_workspace import workspace_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

UID = 10001
"""User of the images that are generated: above 10000, so that it is nobody on a node."""
NONROOT = 65532
"""User ``nonroot`` of the distroless images."""

_USER = re.compile(r"(?im)^\s*USER\s+(\S+)")
_FROM = re.compile(r"(?im)^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+\S+)?\s*$")


@dataclass(frozen=True, slots=True)
class ImageUser:
    """The user that an image runs as.

    Attributes:
        uid: numeric; what the manifest sets.
        root: whether the image runs as root unless the manifest says otherwise.
        where: the Dockerfile's line, or that it is generated.
    """

    uid: int
    root: bool
    where: str


def dockerfile_of(subject: Subject) -> str | None:
    """The repository's own Dockerfile of the service, None where it has none."""
    folder = service_folder(subject)
    lead = "" if folder == "." else f"{folder}/"
    found = subject.theirs(
        f"{lead}{DOCKERFILE}",
        f"{lead}Containerfile",
        DOCKERFILE,
        "Containerfile",
        f"docker/{DOCKERFILE}",
        f"build/{DOCKERFILE}",
        f"deploy/{DOCKERFILE}",
    )
    if found:
        return found
    others = subject.matching(re.escape(lead) + r"(?:[\w.-]+/)?[\w.-]*Dockerfile(?:\.prod\w*)?")
    others = tuple(p for p in others if not re.search(r"(?i)dev|debug|test|local|\.ci", p))
    return others[0] if len(others) == 1 else None


def image_user(subject: Subject) -> ImageUser:
    """The user of the image that the subject runs as."""
    path = dockerfile_of(subject)
    if path is None:
        distroless = "distroless" in stack_of(subject).run_image[0]
        return ImageUser(
            NONROOT if distroless else UID,
            root=False,
            where="the generated Dockerfile",
        )
    text = subject.files[path]
    stage = text[[m.start() for m in _FROM.finditer(text)][-1] :] if _FROM.search(text) else text
    users = list(_USER.finditer(stage))
    if not users:
        base = _FROM.search(stage)
        if base and "nonroot" in base[1]:
            return ImageUser(NONROOT, root=False, where=f"{path}, its base {base[1][:60]}")
        return ImageUser(UID, root=True, where=f"{path} sets no USER")
    name = users[-1][1].partition(":")[0]
    line = text[: text.index(stage)].count("\n") + stage[: users[-1].start(1)].count("\n") + 1
    if name.isdigit() and int(name) < 2**31:
        return ImageUser(int(name) or UID, root=name == "0", where=f"{path}:{line}")
    return ImageUser(UID, root=name == "root", where=f"{path}:{line}")


def writable_paths(subject: Subject) -> tuple[str, ...]:
    """Folders that the process writes into beside ``/tmp``, by its framework."""
    stack = stack_of(subject)
    if stack.language == "php":
        found: tuple[str, ...] = ("/var/run/apache2", "/var/lock/apache2")
        if subject.framework == "laravel":
            found = (*found, "/var/www/html/storage/framework", "/var/www/html/storage/logs")
        if subject.framework == "symfony":
            found = (*found, "/var/www/html/var")
        return found if dockerfile_of(subject) is None else ()
    if dockerfile_of(subject) is not None:
        return ()
    home = "/app" if workspace_of(subject) is None else f"/app/{stack.folder}"
    return {
        "rails": ("/app/tmp", "/app/log"),
        "next.js": (f"{home}/.next/cache",),
    }.get(subject.framework or "", ())
