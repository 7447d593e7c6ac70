"""The table of validators: who proves which kind of file, by which command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = Path(__file__).parents[1] / "data" / "validators.toml"

Scope = Literal["files", "each", "folder", "tree"]
"""What one process looks at: all files of its kinds at once; each alone; each in its own folder of
the whole tree; the tree itself."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, or a library of Python's, that validates.

    Attributes:
        name: of the executable, or of the distribution.
        install: what brings it, in one line.
        version: arguments that make it say its version; empty where the distribution knows.
        package: name of the Python distribution that carries it, if one does.
    """

    name: str
    install: str
    version: tuple[str, ...] = ()
    package: str = ""


@dataclass(frozen=True, slots=True)
class Validator:
    """A row of the table.

    Attributes:
        name: its own; a tool may have several rows.
        tool: who runs.
        kinds: of the artefacts it looks at; ``*`` is every kind.
        command: its arguments; ``{tool}``, ``{files}``, ``{file}``, ``{schemas}``,
            ``{kubernetes}`` (release whose API is proved) and ``{folder}`` are replaced.
        call: a function of this package instead of a command, for libraries of Python.
        scope: what one process looks at.
        path: a pattern that paths must match, where a kind says too little.
        pipe: a second command that reads the output of the first, and the tool that it needs.
        rejects: what it was seen to reject, for a person.
        message: how its lines name file, line and text (groups of these names).
        fails_on: output that is a failure whatever the exit status says.
        abstains_on: output by which it says that it cannot judge a file (group ``file``).
        unknown: a fault by which it says that it has no schema of a kind (group ``kind``): no
            fault of an object whose API is an operator's.
        lacks: a fault by which it says that it was built without a part that the file needs:
            Debian's Prometheus has no discovery in Kubernetes. No fault of the file.
        proves: whether a pass proves a file; False for a search that only ever accuses.
        instead_of: runs only where this tool is missing.
        seconds: after which it is ended.
        memory: bytes of address space at most; 0 is no limit (Haskell programs reserve a
            terabyte).
        cost: milliseconds that it took when it was tried; the longest begin first.
    """

    name: str
    tool: str
    kinds: frozenset[str]
    command: tuple[str, ...] = ()
    call: str = ""
    scope: Scope = "files"
    path: re.Pattern[str] | None = None
    pipe: tuple[str, ...] = ()
    pipe_tool: str = ""
    rejects: str = ""
    message: re.Pattern[str] | None = None
    fails_on: re.Pattern[str] | None = None
    abstains_on: re.Pattern[str] | None = None
    unknown: re.Pattern[str] | None = None
    lacks: re.Pattern[str] | None = None
    proves: bool = True
    instead_of: str = ""
    seconds: float = 30.0
    memory: int = 4 * 1024**3
    cost: int = 50

    def takes(self, kind: str, path: str) -> bool:
        """Whether it looks at a file of this kind at this place."""
        if kind not in self.kinds and "*" not in self.kinds:
            return False
        return self.path is None or self.path.search(path) is not None


@cache
def validators() -> tuple[Validator, ...]:
    """Every row, in the order of the table."""
    return tuple(_validator(row) for row in _rows()["validator"])


@cache
def tools() -> Mapping[str, Tool]:
    """Every tool of the table by its name."""
    return {
        name: Tool(
            name,
            row["install"],
            tuple(row.get("version", ())),
            row.get("package", ""),
        )
        for name, row in _rows()["tool"].items()
    }


def kubernetes_release() -> str:
    """The release of Kubernetes whose API manifests are proved against (``1.33``)."""
    release: str = _rows()["kubernetes"]
    return release


@cache
def _rows() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def _validator(row: dict[str, Any]) -> Validator:
    pattern: dict[str, Any] = {
        key: re.compile(row[key], re.MULTILINE)
        for key in ("path", "message", "fails_on", "abstains_on", "unknown", "lacks")
        if key in row
    }
    words: dict[str, Any] = {key: tuple(row[key]) for key in ("command", "pipe") if key in row}
    read: dict[str, Any] = {**row, **pattern, **words, "kinds": frozenset(row["kinds"])}
    return Validator(**read)
