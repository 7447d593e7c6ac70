"""Datastores: sure when both declared (an image, a URL, a resource) and driven (a package)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.components import Component
    from devops_exe.assess.profile import Role
    from devops_exe.assess.readers.compose import ComposeFile
    from devops_exe.assess.readers.kubernetes import Manifests
    from devops_exe.assess.service import Sources
    from devops_exe.assess.survey import Survey

_EMBEDDED = "sqlite"
IN_PROCESS = frozenset({"sqlite", "h2"})
"""Stores that live inside the program: one writer, and nothing to deploy."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that names a store: ``role`` as of a fact, ``component`` for a driver."""

    store: str
    path: str
    line: int
    role: Role
    component: str | None = None
    weak: bool = False
    host: str = ""

    @property
    def where(self) -> str:
        """``path:line`` as it may be printed."""
        return f"{shown(self.path)}:{self.line}"


@dataclass(slots=True)
class Stores:
    """What declares and what drives each store.

    Attributes:
        declared: images, URLs, resources, settings.
        driven: packages, with the component that carries them.
        code_read: whether any dependency was read at all.
    """

    declared: list[Mention] = field(default_factory=list)
    driven: list[Mention] = field(default_factory=list)
    code_read: bool = False

    def sure(self) -> list[str]:
        """The stores that are both declared and driven, in order of name.

        Where the repository holds manifests and no code, what they declare is sure. SQLite
        needs no declaration when it is the only store: it is where its driver is.
        """
        declared = {m.store for m in self.declared if m.role != "development"}
        driven = {m.store for m in self.driven}
        if not self.code_read:
            return sorted(declared)
        both = declared & driven
        strong = {m.store for m in self.driven if not m.weak}
        if not both and (_EMBEDDED in declared or strong == {_EMBEDDED}):
            return [_EMBEDDED]
        return sorted(both)

    def undriven(self) -> list[Mention]:
        """Stores that a manifest declares and no package drives: a question to ask."""
        driven = {m.store for m in self.driven}
        first: dict[str, Mention] = {}
        for mention in self.declared:
            if mention.host and mention.role == "declared" and mention.store not in driven:
                first.setdefault(mention.store, mention)
        return list(first.values()) if self.code_read else []

    def of_component(self, paths: set[str]) -> set[str]:
        """The stores driven by the components at these folders."""
        return {m.store for m in self.driven if m.component in paths}


def gather_stores(
    seen: Survey,
    parts: list[Component],
    compose: list[ComposeFile],
    manifests: list[Manifests],
) -> Stores:
    """Every mention of a store outside tests, samples and the CI's own files."""
    result = Stores(code_read=any(p.packages for p in parts if not p.development))
    for part in parts:
        if part.development or part.load:
            continue
        for found in part.facts("datastore"):
            store = found.rule.value
            result.driven.append(
                Mention(store, found.path, found.line, "possible", part.path, found.rule.weak)
            )
    for hit in seen.of("datastore", "declared", "default"):
        result.declared.append(Mention(hit.value, hit.path, hit.line, hit.role))
        if hit.drives:
            result.driven.append(
                Mention(hit.value, hit.path, hit.line, "possible", _owner(hit.path, parts))
            )
    for file in compose:
        for service in file.services:
            found_image = seen.rules.image(service.image) if service.image else None
            if found_image and found_image[0] == "datastore" and service.context is None:
                result.declared.append(
                    Mention(
                        found_image[1], file.path, service.image_line, "declared", host=service.name
                    )
                )
    for file_manifests in manifests:
        _workload_images(result, seen, file_manifests)
    return result


def _workload_images(result: Stores, seen: Survey, manifests: Manifests) -> None:
    for workload in manifests.workloads:
        for container in workload.containers:
            found = seen.rules.image(container.image)
            if found and found[0] == "datastore":
                result.declared.append(
                    Mention(
                        found[1],
                        manifests.path,
                        container.image_line,
                        "declared",
                        host=workload.name,
                    )
                )


def add_hosted(result: Stores, sources: Sources) -> None:
    """The stores of .NET Aspire app hosts: declared there, driven by what references them."""
    for path, resources in sources.hosts:
        named = {one.name: one for one in resources}
        for one in resources:
            if one.store:
                result.declared.append(
                    Mention(one.store, path, one.line, "declared", host=one.name)
                )
            owner = project_folder(one.project, sources)
            for name, line in one.uses if owner is not None else ():
                used = named.get(name)
                if used is not None and used.store:
                    result.driven.append(Mention(used.store, path, line, "possible", owner))


def project_folder(project: str, sources: Sources) -> str | None:
    """The folder of the .NET project that an app host calls ``project`` (dots as ``_``)."""
    if not project:
        return None
    return next(
        (
            part.path
            for part in sources.parts
            if part.ecosystem == "dotnet" and re.sub(r"\W", "_", part.name) == project
        ),
        None,
    )


def _owner(path: str, parts: list[Component]) -> str:
    """The folder of the nearest component that covers a path."""
    covering = [p.path for p in parts if not p.path or path.startswith(p.path + "/")]
    return max(covering, key=len, default="")
