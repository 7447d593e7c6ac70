"""What is no service of production whatever runs it: load, emulators, other people's images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.survey import folder_of

if TYPE_CHECKING:
    from devops_exe.assess.components import Component
    from devops_exe.assess.readers.dockerfile import Image
    from devops_exe.assess.service import Sources

_LOAD = re.compile(r"(?:^|[-_])load(?:[-_]?(?:gen|generator|test|tester|driver))?\Z")
_READY = frozenset({"observability", "tool", "load-generator"})


def is_load_generator(name: str, sources: Sources) -> bool:
    """Whether a name is that of a thing that makes load."""
    low = name.lower()
    return low in sources.seen.rules.names("load_generators") or bool(_LOAD.search(low))


def is_emulator(name: str) -> bool:
    """Whether a name or folder is that of a stand-in for development."""
    words = re.split(r"[/\s:._-]", name.lower())
    return bool({"emulator", "emulators"} & set(words))


def ready_made(image: Image | None, sources: Sources) -> bool:
    """Whether an image is a product with configuration: a datastore, telemetry, a tool.

    Its base is the product's own image and the file starts nothing else.
    """
    if image is None or not image.base:
        return False
    found = sources.seen.rules.image(image.base)
    if found is None:
        return False
    return found[0] == "datastore" or (found[1] in _READY and not image.command)


def built_store(folder: str, sources: Sources) -> tuple[str, str, int] | None:
    """(store, path, line) where the folder's image is a datastore with configuration."""
    path = f"{folder}/Dockerfile"
    image = sources.images.get(path)
    found = sources.seen.rules.image(image.base) if image is not None and image.base else None
    if image is None or found is None or found[0] != "datastore":
        return None
    return found[1], path, image.base_line


def no_program(part: Component, sources: Sources) -> bool:
    """Assets of a web framework, an Aspire project beside its programs, a published library."""
    if part.shared or part.for_others:
        return True
    last = part.path.rpartition("/")[2].lower()
    if part.ecosystem != "node" or last not in ("assets", "webpack", "static"):
        return False
    above = (p for p in sources.production() if p.path != part.path)
    return any(
        p.ecosystem != "node" and p.facts("framework") and folder_of(part.path) == p.path
        for p in above
    )


def front_end_only(part: Component) -> bool:
    """Whether every framework of a component is a front end's."""
    frameworks = part.facts("framework")
    return bool(frameworks) and all(item.rule.frontend for item in frameworks)


def mobile(folder: str, sources: Sources) -> bool:
    """Whether the folder's code is an app for phones: its image only builds it."""
    return any(
        package.name in ("react-native", "expo")
        for part in sources.parts
        if part.path == folder and folder != "."
        for package, _ in part.packages
    )
