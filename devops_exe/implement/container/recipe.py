"""A Dockerfile while it is being made: two stages and what each language puts into them."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.implement.container.image_user import UID
from devops_exe.implement.observability.instrumentation import Instrumentation
from devops_exe.implement.pins import image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.implement.stack import Stack, Tree
    from devops_exe.implement.subject import Subject

_PLAIN = re.compile(r"[\w./@+-]+\Z")
USER = f"useradd --system --uid {UID} --user-group --no-create-home app"
"""The command that makes the user, on images of Debian."""
NO_INSTRUMENTATION = Instrumentation("none")


@dataclass
class Recipe:
    """A Dockerfile in parts; each part is lines as they are written.

    Attributes:
        subject, stack, tree: what it is made for.
        how: instrumentation that the image carries.
        build: the first stage, without its FROM.
        run: the second stage, without its FROM and what is the same for all languages.
        build_image, run_image: (name, tag).
        packages: Debian's packages of the run stage.
        start: the process, as an argument vector.
        init: why a small init is needed as the first process; empty where none is.
        has_user: whether the run stage's image has the user already.
        signal: the signal that ends the process well, where it is not SIGTERM.
    """

    subject: Subject
    stack: Stack
    tree: Tree
    how: Instrumentation
    build: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    build_image: tuple[str, str] = ("", "")
    run_image: tuple[str, str] = ("", "")
    packages: list[str] = field(default_factory=list)
    start: tuple[str, ...] = ()
    init: str = ""
    has_user: bool = False
    environment: list[str] = field(default_factory=list)

    def text(self, header: tuple[str, ...]) -> str:
        """The whole file."""
        parts = ["# syntax=docker/dockerfile:1", *(f"# {line}" for line in header), ""]
        parts += [f"FROM {image(*self.build_image)} AS build", *self.build, ""]
        parts += [f"FROM {image(*self.run_image)}", f"LABEL {self._label()}"]
        if self.environment:
            parts.append("ENV " + " \\\n    ".join(self.environment))
        packages = [*self.packages, *(["tini"] if self.init else [])]
        if packages:
            parts.append(apt(packages))
        if not self.has_user:
            parts.append(f"RUN {USER}")
        parts += [*self.run, *self._process(), ""]
        return "\n".join(parts)

    def _label(self) -> str:
        return f'org.opencontainers.image.title="{self.subject.name}"'

    def _process(self) -> list[str]:
        from devops_exe.implement.container.image_user import image_user
        from devops_exe.implement.kubernetes.settings import serves

        uid = image_user(self.subject).uid
        made = ["# by number: Kubernetes cannot check a name against runAsNonRoot"]
        made.append(f"USER {uid}:{uid}")
        if serves(self.subject):
            made.append(f"EXPOSE {self.subject.port}")
        if self.init:
            made.append(f"# {self.init}")
            made.append('ENTRYPOINT ["/usr/bin/tini", "--"]')
        made.append(f"CMD {json.dumps([*self.how.command_prefix, *self.start])}")
        return made


def apt(packages: list[str]) -> str:
    """Packages of Debian, at the release that the base image has."""
    names = " ".join(dict.fromkeys(packages))
    return (
        "# hadolint ignore=DL3008\n"
        "RUN apt-get update \\\n"
        f"    && apt-get install --yes --no-install-recommends {names} \\\n"
        "    && rm -rf /var/lib/apt/lists/*"
    )


def copy(*sources: str, to: str = "./", stage: str = "") -> str:
    """A COPY; as JSON where a name holds what the plain form would split."""
    lead = f"COPY --from={stage} " if stage else "COPY "
    if all(_PLAIN.match(part) for part in (*sources, to)):
        return lead + " ".join((*sources, to))
    return lead + json.dumps([*sources, to])


def copies_by_folder(paths: tuple[str, ...]) -> list[str]:
    """One COPY a folder, so that files keep their places."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    return [
        copy(*files, to=f"./{folder}/" if folder else "./") for folder, files in folders.items()
    ]


def lines(commands: Sequence[str]) -> str:
    """Commands of one RUN, a line each; the first that fails ends it."""
    return " \\\n    && ".join(commands)


def cached(command: str, *targets: str) -> str:
    """A RUN whose downloads stay in the builder's cache and out of the image."""
    if not targets:
        return f"RUN {command}"
    mounts = [f"--mount=type=cache,target={target}" for target in targets]
    return "RUN " + " ".join(mounts) + f" \\\n    {command}"
