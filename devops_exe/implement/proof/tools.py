"""Which tools are there, in which version, and what brings those that are not."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.locations import cache_dir
from devops_exe.implement.proof.limits import run
from devops_exe.implement.proof.validator import Tool, tools, validators

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"\bv?(\d+\.\d+(?:\.\d+)?(?:[-+~.]?[0-9A-Za-z.]+)?)")
_VERSION_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Available:
    """A tool of the table on this machine.

    Attributes:
        tool: its name.
        version: as it says itself, or as it was installed; empty where it is not there.
        path: of the executable; empty for a library and where it is not there.
        install: what brings it.
        rejects: what it is for: what it was seen to reject.
    """

    tool: str
    version: str
    path: str
    install: str
    rejects: str = ""

    @property
    def there(self) -> bool:
        """Whether it can be used."""
        return bool(self.version)


def available() -> tuple[Available, ...]:
    """Every tool of the table, by name, with its version or with what installs it."""
    wanted: dict[str, list[str]] = {}
    for row in validators():
        for name in (row.tool, row.pipe_tool):
            if name:
                wanted.setdefault(name, []).append(row.rejects)
    found = find(list(wanted))
    table = tools()
    return tuple(
        Available(
            name,
            found[name].version if name in found else "",
            found[name].path if name in found else "",
            table[name].install,
            "; ".join(dict.fromkeys(text for text in wanted[name] if text)),
        )
        for name in sorted(wanted)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A tool that is there: its executable (empty for a library) and version."""

    path: str
    version: str


def folder() -> Path:
    """Where ``scripts/install_tools.sh`` puts what it builds."""
    return cache_dir() / "tools" / "bin"


def schemas() -> Path:
    """Where it puts the JSON schemas of Kubernetes and of custom resources."""
    return cache_dir() / "schemas"


def search_path() -> str:
    """Where executables are looked for: this Python's, those built by the script, PATH."""
    return os.pathsep.join(
        [str(Path(sys.executable).parent), str(folder()), os.environ.get("PATH", os.defpath)]
    )


def find(names: list[str], given: Mapping[str, Path] | None = None) -> dict[str, Found]:
    """The tools among ``names`` that are there.

    Args:
        names: of the table.
        given: executables to take instead of looking for them; a name that is missing here
            counts as not there.
    """
    known = _Remembered()
    found: dict[str, Found] = {}
    for name in names:
        tool = tools()[name]
        path = _path(tool, given)
        if path is None:
            continue
        version = _version(tool, path, known)
        if version:
            found[name] = Found(path, version)
    known.keep()
    return found


def _path(tool: Tool, given: Mapping[str, Path] | None) -> str | None:
    if given is not None:
        return str(given[tool.name]) if tool.name in given else None
    if tool.package and not tool.version and not shutil.which(tool.name, path=search_path()):
        return ""  # a library
    return shutil.which(tool.name, path=search_path())


def _version(tool: Tool, path: str, known: _Remembered) -> str:
    if tool.package:
        try:
            return importlib.metadata.version(tool.package)
        except importlib.metadata.PackageNotFoundError:
            if not path or not tool.version:
                return ""
    pinned = _installed_version(path)
    if pinned:
        return pinned
    key = _identity(path)
    if key not in known.versions:
        known.versions[key] = _asked(tool, path)
    return known.versions[key]


def _asked(tool: Tool, path: str) -> str:
    """The version that a tool says, or ``unknown version`` where it runs and says none."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="devops-exe-") as home:
        ran = run(
            [path, *tool.version], folder=Path(home), home=Path(home), seconds=_VERSION_SECONDS
        )
    if ran.status is None:
        return ""
    said = _VERSION.search(ran.out) or _VERSION.search(ran.err)
    return said[1] if said else "unknown version"


def _installed_version(path: str) -> str:
    """The version that the script noted beside what it built."""
    note = Path(path).parent / f".{Path(path).name}.version"
    try:
        return note.read_text(encoding="utf-8").strip().lstrip("v")
    except OSError:
        return ""


def _identity(path: str) -> str:
    try:
        status = Path(path).stat()
    except OSError:
        return path
    return f"{path}:{status.st_mtime_ns}:{status.st_size}"


class _Remembered:
    """Versions by executable, kept between calls: asking each costs as much as proving."""

    def __init__(self) -> None:
        self.file = cache_dir() / "tools" / "versions.json"
        try:
            read = json.loads(self.file.read_text(encoding="utf-8"))
            self.versions = {str(k): str(v) for k, v in read.items()}
        except (OSError, ValueError, AttributeError):
            self.versions = {}
        self.before = dict(self.versions)

    def keep(self) -> None:
        """Writes what is new; a folder that cannot be written costs time only."""
        if self.versions == self.before:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            partial = self.file.with_suffix(f".{os.getpid()}")
            partial.write_text(json.dumps(self.versions, indent=1, sort_keys=True), "utf-8")
            partial.replace(self.file)
        except OSError:
            return
