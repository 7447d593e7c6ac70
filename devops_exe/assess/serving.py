"""What is no service of production whatever runs it: load, emulators, other people's images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
