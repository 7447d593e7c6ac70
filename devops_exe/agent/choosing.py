"""Which service of a repository the words mean: one of its names, or a folder of it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.assess.repository import RepositoryReading


def service_named(reading: RepositoryReading, named: str | None, arguments: str) -> str | None:
    """The service of a monorepo that is meant, or None where the whole is.

    Args:
        reading: of the whole repository.
        named: the system as the words name it.
        arguments: the words; a first word with a slash may be a folder.

    A name is compared without case, hyphens and underscores; a folder is a service's own,
    one above a single service, or one below it.
    """
    services = reading.repository.get("services")
    if not isinstance(services, dict) or len(services) < 2:
        return None
    first = arguments.split(maxsplit=1)[0] if arguments.split() else ""
    if "/" in first:
        found = _in_folder(services, first)
        if found is not None:
            return found
    wanted = _bare(named or "")
    if not wanted:
        return None
    for name, row in services.items():
        folder = str(row.get("path", "")).rpartition("/")[2]
        if wanted in (_bare(name), _bare(folder)):
            return str(name)
    return None


def _in_folder(services: dict[str, dict[str, object]], word: str) -> str | None:
    path = posixpath.normpath(word.strip("\"'"))
    paths = {name: str(row.get("path", "")) for name, row in services.items()}
    same = [name for name, folder in paths.items() if folder == path]
    below = [name for name, folder in paths.items() if folder.startswith(path + "/")]
    around = [
        name for name, folder in paths.items() if folder != "." and path.startswith(folder + "/")
    ]
    for found in (same, below, around):
        if len(found) == 1:
            return found[0]
    return None


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
