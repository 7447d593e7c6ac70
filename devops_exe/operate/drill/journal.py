"""What a drill has started, on disk, so that the next start can clean up after a crash.

One JSON file a drill in ``state/drill``: the token, the supervisor, the folder of the drill and
its parts with process id, start time and command. A process is ended only where its id, its
start time and the token in its environment agree (where the platform hides environments: its
command), so a stranger that was given the same id since is never touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

TOKEN = "DEVOPS_EXE_DRILL"  # noqa: S105 the name of a variable, no secret
"""Variable that every process of a drill has in its environment."""

_PROC = Path("/proc")

_LONGEST_FOLDER = 60
"""A path of a socket has 103 bytes on macOS, 107 on Linux."""


@dataclass(frozen=True, slots=True)
class Part:
    """A process that was started.

    Attributes:
        name: what it is in the drill (``v2-1``, ``haproxy``).
        pid: process id, which is also its group.
        start: when the kernel or ``ps`` says it started; empty where it cannot be read.
        command: words of its command line.
    """

    name: str
    pid: int
    start: str
    command: str


@dataclass(frozen=True, slots=True)
class Journal:
    """All that a drill has started.

    Attributes:
        token: 128 random bits; the value of the variable `TOKEN`.
        folder: working folder, removed at the end; its name ends in the token's first cells.
        parent, supervisor: who started it, and who watches over it.
        parts: everything else.
    """

    token: str
    folder: str
    parent: Part
    supervisor: Part
    parts: tuple[Part, ...] = field(default=())

    def with_part(self, part: Part) -> Journal:
        """The journal with one process more, or in the place of its namesake."""
        others = tuple(one for one in self.parts if one.name != part.name)
        return replace(self, parts=(*others, part))


def new_token() -> str:
    """A token that nobody guesses and no other drill has."""
    return secrets.token_hex(16)


def new_folder(token: str) -> Path:
    """The working folder of a drill, 0700; short, for the paths of its sockets."""
    where = tempfile.gettempdir()
    if len(where) > _LONGEST_FOLDER and Path("/tmp").is_dir():  # noqa: S108 the name is random
        where = "/tmp"  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="dvx-", suffix=f"-{token[:8]}", dir=where))


def start_time(pid: int) -> str:
    """When a process started, as the platform counts; empty where there is none.

    A zombie counts as none: it has ended and waits to be asked for its status.
    """
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return "" if _PROC.joinpath("self").exists() else _start_by_ps(pid)
    rest = text.rpartition(")")[2].split()
    return "" if rest[0] in {"Z", "X"} else rest[19]


def _start_by_ps(pid: int) -> str:
    state, _, start = _ps(pid, "state=,lstart=").partition(" ")
    return "" if state.startswith("Z") else start.strip()


def _ps(pid: int, columns: str) -> str:
    """What the platform's ``ps`` says of a process; empty where there is none."""
    try:
        done = subprocess.run(  # noqa: S603 fixed words
            ["ps", "-ww", "-o", columns, "-p", str(pid)],  # noqa: S607 ps of the platform
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def is_ours(part: Part, token: str) -> bool:
    """Whether the process of this id is still the one that the drill started."""
    if not part.start or start_time(part.pid) != part.start:
        return False
    environment = _environment(part.pid)
    if environment is not None:
        return f"{TOKEN}={token}".encode() in environment
    return _ps(part.pid, "command=") == part.command


def _environment(pid: int) -> list[bytes] | None:
    """The environment of a process; None where the platform does not show it."""
    if not _PROC.joinpath("self", "environ").exists():
        return None
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def bearers(token: str) -> list[int]:
    """Every process with the token in its environment, this one left out.

    Finds what left its process group; empty where the platform shows no environments.
    """
    wanted = f"{TOKEN}={token}".encode()
    found = []
    with contextlib.suppress(OSError):
        for entry in _PROC.iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                environment = _environment(int(entry.name))
                if environment and wanted in environment and start_time(int(entry.name)):
                    found.append(int(entry.name))
    return found


def folder_of_journals() -> Path:
    """Where journals are kept."""
    from devops_exe.ground.locations import private_folder, state_dir

    return private_folder(private_folder(state_dir()) / "drill")


def save(journal: Journal, path: Path) -> None:
    """Write a journal, whole or not at all."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("w") as out:
        json.dump(asdict(journal), out)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def load(path: Path) -> Journal | None:
    """A journal read back; None where it is none."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
        return Journal(
            token=str(raw["token"]),
            folder=str(raw["folder"]),
            parent=Part(**raw["parent"]),
            supervisor=Part(**raw["supervisor"]),
            parts=tuple(Part(**one) for one in raw["parts"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def clean_up(folder: Path | None = None) -> tuple[str, ...]:
    """End what drills that crashed have left, and forget them.

    A drill whose supervisor lives is left alone: it is running, or ends its parts itself.

    Returns:
        What was ended: names with process ids.
    """
    ended: list[str] = []
    for path in sorted((folder or folder_of_journals()).glob("*.json")):
        journal = load(path)
        if journal is None:
            with contextlib.suppress(OSError):
                path.unlink()
            continue
        # before the supervisor has written its own name, the parent's life is the drill's
        keeper = journal.supervisor if journal.supervisor.start else journal.parent
        if keeper.start and start_time(keeper.pid) == keeper.start:
            continue
        named = {part.pid: part.name for part in journal.parts if is_ours(part, journal.token)}
        found = {**dict.fromkeys(bearers(journal.token), "process"), **named}
        for pid, name in sorted(found.items(), key=lambda one: one[1]):
            _kill(pid)
            ended.append(f"{name} ({pid})")
        remove_folder(journal.folder, journal.token)
        with contextlib.suppress(OSError):
            path.unlink()
    return tuple(ended)


def remove_folder(folder: str, token: str) -> None:
    """Remove a drill's folder; only one that bears its token in its name."""
    path = Path(folder)
    if path.name.startswith("dvx-") and path.name.endswith(f"-{token[:8]}"):
        shutil.rmtree(path, ignore_errors=True)


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
