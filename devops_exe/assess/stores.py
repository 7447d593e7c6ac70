"""Datastores: sure when both declared (an image, a URL, a resource) and driven (a package)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.serving import built_store, is_emulator
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.components import Component
    from devops_exe.assess.profile import Role
    from devops_exe.assess.readers.compose import ComposeFile, ComposeService
    from devops_exe.assess.readers.kubernetes import Manifests
    from devops_exe.assess.service import Sources
    from devops_exe.assess.survey import Survey

_EMBEDDED = "sqlite"
_SAME_WIRE = ({"mysql", "mariadb"}, {"redis", "valkey"})
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
    resource: bool = False

    @property
    def runs(self) -> bool:
        """Whether a file runs or orders it: an image, or a resource of a platform."""
        return bool(self.host) or self.resource

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
            return sorted({m.store for m in self.declared if m.role != "development" and m.runs})
        both = {store for store in declared if driven & driven_by(store)}
        strong = {m.store for m in self.driven if not m.weak}
        if not both and (_EMBEDDED in declared or strong == {_EMBEDDED}):
            return [_EMBEDDED]
        return sorted(both)

    def undriven(self) -> list[Mention]:
        """Stores that a manifest declares and no package drives: a question to ask."""
        driven = {m.store for m in self.driven}
        first: dict[str, Mention] = {}
        for mention in self.declared:
            if (
                mention.host
                and mention.role == "declared"
                and not driven & driven_by(mention.store)
            ):
                first.setdefault(mention.store, mention)
        return list(first.values()) if self.code_read else []

    def possible(self, near: set[str] | None, sure: set[str]) -> dict[str, Mention]:
        """Stores with a driver and nothing that declares them, each with its first driver.

        Args:
            near: folders of the components that count; None for all.
            sure: the stores that are sure, whose drivers are explained by them.
        """
        explained = {name for store in sure for name in driven_by(store)}
        first: dict[str, Mention] = {}
        for mention in self.driven:
            here = near is None or mention.component in near
            if here and not mention.weak and mention.store not in explained:
                first.setdefault(mention.store, mention)
        return first

    def of_component(self, paths: set[str]) -> set[str]:
        """The stores driven by the components at these folders."""
        driven = {m.store for m in self.driven if m.component in paths}
        declared = {m.store for m in self.declared}
        return {store for store in declared | driven if driven & driven_by(store)}


def driven_by(store: str) -> set[str]:
    """The stores whose drivers speak to ``store``: MySQL's speak to MariaDB."""
    return next((set(group) for group in _SAME_WIRE if store in group), {store})


def gather_stores(
    seen: Survey,
    parts: list[Component],
    compose: list[ComposeFile],
    manifests: list[Manifests],
) -> Stores:
    """Every mention of a store outside tests, samples and the CI's own files."""
    result = Stores(code_read=any(p.packages for p in parts if not p.development))
    for part in parts:
        if part.development or part.load or (part.for_others and _alone(part, parts)):
            continue
        for found in part.facts("datastore"):
            store = found.rule.value
            result.driven.append(
                Mention(store, found.path, found.line, "possible", part.path, found.rule.weak)
            )
    for hit in seen.of("datastore", "declared", "default"):
        ordered = hit.path.endswith(".tf")
        result.declared.append(Mention(hit.value, hit.path, hit.line, hit.role, resource=ordered))
        if hit.drives:
            result.driven.append(
                Mention(hit.value, hit.path, hit.line, "possible", _owner(hit.path, parts))
            )
    for file in compose:
        for service in file.services:
            found_image = seen.rules.image(_image_of(service.image)) if service.image else None
            if found_image and found_image[0] == "datastore" and service.context is None:
                result.declared.append(
                    Mention(
                        found_image[1], file.path, service.image_line, "declared", host=service.name
                    )
                )
    for file_manifests in manifests:
        _workload_images(result, seen, file_manifests)
    return result


_VARIABLE = re.compile(r"\$\{?(\w{1,60}?)_(?:DOCKER_)?(?:IMAGE|TAG|VERSION)\b")


def _image_of(image: str) -> str:
    """The image, or of ``${VALKEY_IMAGE}`` what the variable is named after."""
    found = _VARIABLE.match(image)
    return found[1].lower().replace("_", "-") if found else image


def _alone(part: Component, parts: list[Component]) -> bool:
    """Whether a library is all there is: what it can drive is its users' choice."""
    return not any(p.executable for p in parts if p is not part and not p.development)


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


def add_built(result: Stores, sources: Sources) -> None:
    """Stores whose image is built here from the product's own: ``FROM mongo:7``."""
    from devops_exe.assess.composed import named_store

    table = sources.seen.rules
    folders = {path.rpartition("/")[0] for path in sources.images}
    for manifests in sources.manifests:
        for workload in manifests.workloads:
            for folder in sorted(folders):
                named = folder.rpartition("/")[2].lower() == workload.name.lower()
                built = built_store(folder, sources) if named and folder else None
                if built is not None:
                    store, path, line = built
                    result.declared.append(
                        Mention(store, path, line, "declared", host=workload.name)
                    )
    for file in sources.compose:
        for service in file.services:
            if is_emulator(f"{service.name} {service.context or ''} {service.image}"):
                result.declared += _emulated(file, service)
            if service.context is None:
                continue
            own = named_store(service, file.path, sources)
            if own is not None:
                result.declared.append(
                    Mention(own, file.path, service.line, "declared", host=service.name)
                )
            context = posixpath.normpath(
                posixpath.join(file.path.rpartition("/")[0], service.context)
            )
            path = posixpath.normpath(posixpath.join(context, service.dockerfile or "Dockerfile"))
            image = sources.images.get(path)
            found = table.image(image.base) if image is not None and image.base else None
            if image is not None and found is not None and found[0] == "datastore":
                result.declared.append(
                    Mention(found[1], path, image.base_line, "declared", host=service.name)
                )


_EMULATED = ("firestore", "dynamodb", "spanner", "pubsub")


def _emulated(file: ComposeFile, service: ComposeService) -> list[Mention]:
    """The store that an emulator stands in for: production has the real one."""
    named = f"{service.name} {service.context or ''} {service.image}".lower()
    return [
        Mention(store, file.path, service.line, "declared", resource=True)
        for store in _EMULATED
        if store in named
    ]


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
