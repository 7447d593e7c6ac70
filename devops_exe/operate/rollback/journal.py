"""The journal of a rollback: what was begun, what was done; one line each, on the disk at once.

JSON Lines, mode 0600, in the state folder. A line is written and synced before the next thing
happens, so after ``kill -9`` the file says at most one step too little: a step that was begun.
It holds no command and no environment: the plan's id stands for both.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import private_folder, state_dir
from devops_exe.operate.rollback.judging import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

Event = Literal["plan", "begun", "ran", "done", "stopped", "interrupted", "resumed", "finished"]

LARGEST_FILE = 16 * 1024 * 1024


@dataclass(slots=True)
class Progress:
    """How far a rollback has come.

    Attributes:
        done: number of a finished step to the values it kept.
        begun: the step that was begun and not finished.
        status: exit status of its command; None where it is not known that it ended.
        started: when the rollback was begun.
        finished: whether all of it is done.
        acted: whether a step was begun that changes something.
    """

    done: dict[int, dict[str, str]] = field(default_factory=dict)
    begun: int | None = None
    status: int | None = None
    started: str = ""
    finished: bool = False
    acted: bool = False

    @property
    def kept(self) -> dict[str, str]:
        """The values that finished steps kept."""
        return {name: value for kept in self.done.values() for name, value in kept.items()}

    def note(self, line: Mapping[str, Any]) -> None:
        """Take a line of the journal in."""
        event, step = line.get("event"), line.get("step")
        if event == "plan":
            self.started = str(line.get("at", ""))
        elif event == "begun" and isinstance(step, int):
            self.begun, self.status = step, None
            self.acted = self.acted or line.get("kind") != "reads"
        elif event == "ran" and isinstance(line.get("status"), int):
            self.status = line["status"]
        elif event == "done" and isinstance(step, int):
            kept = line.get("kept")
            pairs = kept.items() if isinstance(kept, dict) else ()
            self.done[step] = {str(n): str(value) for n, value in pairs if safe(str(value))}
            self.begun = self.status = None
        elif event == "finished":
            self.finished = True


def journal_file(plan_id: str, folder: Path | None = None) -> Path:
    """Where the journal of a plan lies."""
    return (folder or state_dir() / "rollback") / f"{plan_id}.jsonl"


class Journal:
    """An open journal; one process at a time holds it.

    Attributes:
        path: of the file.
        progress: what it said when it was opened, and what was written since.
    """

    def __init__(self, path: Path, handle: int, progress: Progress) -> None:
        self.path = path
        self.progress = progress
        self._handle = handle

    @classmethod
    def open(cls, plan_id: str, *, resume: bool, folder: Path | None = None) -> Journal:
        """Begin a journal, or go on with the one of this plan.

        Raises:
            UserError: nothing to go on with; one is there that has changed something and was not
                finished; another process holds it; or it cannot be written.
        """
        path = journal_file(plan_id, folder)
        before = read(path)
        if resume and (before is None or before.finished):
            raise UserError(
                f"plan {plan_id} has nothing to go on with",
                where="--resume",
                fix="begin it: leave --resume out",
                code="nothing_to_resume",
            )
        if not resume and before is not None and before.acted and not before.finished:
            raise UserError(
                f"plan {plan_id} was begun {before.started or 'before'} and is not finished",
                where="execute rollback",
                fix="go on with --resume, or begin it anew: write the word anew behind it",
                code="unfinished",
            )
        private_folder(path.parent)
        return cls._opened(path, resume=resume)

    @classmethod
    def _opened(cls, path: Path, *, resume: bool) -> Journal:
        import fcntl

        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as problem:
            raise _unwritable(path, problem) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise UserError(
                "another process carries this plan out",
                where=str(path),
                fix="wait for it, or end it and go on with --resume",
                code="already_running",
            ) from None
        os.fchmod(handle, 0o600)
        if resume:
            progress = read(path) or Progress()
            _mend(handle)
        else:
            progress = Progress()
            os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_END)
        _sync_folder(path.parent)
        return cls(path, handle, progress)

    def write(self, event: Event, **more: object) -> None:
        """Write one line and have it on the disk.

        Raises:
            UserError: it cannot be written.
        """
        line = {"event": event, **more}
        data = (json.dumps(line, ensure_ascii=True) + "\n").encode()
        try:
            while data:
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError as problem:
            raise _unwritable(self.path, problem) from None
        self.progress.note(line)

    def close(self) -> None:
        """Let go of the file; another process may hold it then."""
        with suppress(OSError):
            os.close(self._handle)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read(path: Path) -> Progress | None:
    """What a journal says; None where there is none. A torn last line counts as not written.

    Raises:
        UserError: it cannot be read.
    """
    lines = lines_of(path)
    if not lines:
        return None
    progress = Progress()
    for line in lines:
        progress.note(line)
    return progress


def unfinished(
    system: str, environment: str, but: str, folder: Path | None = None
) -> tuple[tuple[str, str], ...]:
    """Other rollbacks of a system that were begun and not finished: plan and when, newest first."""
    found: list[tuple[str, str]] = []
    with suppress(OSError, UserError):
        for path in (folder or state_dir() / "rollback").glob("*.jsonl"):
            lines = lines_of(path)
            progress = read(path)
            if path.stem == but or progress is None or progress.finished or not progress.acted:
                continue
            first = lines[0]
            if first.get("system") == system and first.get("environment") == environment:
                found.append((path.stem, progress.started))
    return tuple(sorted(found, key=lambda one: one[1], reverse=True))


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a journal, damaged ones left out.

    Raises:
        UserError: it cannot be read.
    """
    try:
        if not path.is_file():
            return []
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE)
    except OSError as problem:
        raise UserError(
            f"the journal cannot be read ({problem.strerror or problem})",
            where=str(path),
            fix="make it readable",
            code="journal_unreadable",
        ) from None
    found: list[dict[str, Any]] = []
    for raw in data.split(b"\n"):
        with suppress(ValueError, RecursionError):
            line = json.loads(raw)
            if isinstance(line, dict):
                found.append(line)
    return found


def _mend(handle: int) -> None:
    """End a torn last line, so that the next one stands by itself."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if size and os.pread(handle, 1, size - 1) != b"\n":
        os.write(handle, b"\n")


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unwritable(path: Path, problem: OSError) -> UserError:
    return UserError(
        f"the journal cannot be written ({problem.strerror or problem})",
        where=str(path),
        fix="free some space, or name another folder with DEVOPS_EXE_STATE_DIR",
        code="journal_unwritable",
    )
