"""The drill's side of its supervisor: start a part, signal it, stop it, end all."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import EngineError, UserError
from devops_exe.operate.drill import journal as journals
from devops_exe.operate.drill.journal import TOKEN, Journal, Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANSWER_SECONDS = 20.0
"""Longest wait for the supervisor's answer: it never waits for anything itself."""


@dataclass(slots=True)
class Parts:
    """A running supervisor; a context manager that ends everything on the way out.

    Attributes:
        folder: working folder of this drill.
        token: what every process of it bears.
    """

    folder: Path
    token: str
    _process: subprocess.Popen[bytes]
    _number: int = 0
    _buffer: bytes = b""
    logs: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def open(cls) -> Parts:
        """Start a supervisor with a journal of its own.

        Raises:
            UserError: the state folder cannot be written.
            EngineError: the supervisor does not start.
        """
        token = journals.new_token()
        folder = journals.new_folder(token)
        path = journals.folder_of_journals() / f"{token}.json"
        parent = Part("parent", os.getpid(), journals.start_time(os.getpid()), sys.executable)
        nobody = Part("supervisor", 0, "", "")
        journals.save(Journal(token, str(folder), parent, nobody), path)
        environment = {**os.environ, TOKEN: token, "PYTHONPATH": _import_path()}
        process = subprocess.Popen(  # noqa: S603 this package's own module
            [sys.executable, "-m", "devops_exe.operate.drill.supervisor", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        parts = cls(folder, token, process)
        parts._answer(0)
        return parts

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every part; returns when they are gone."""
        process = self._process
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.terminate()
        finally:
            if process.stdout is not None:
                process.stdout.close()

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
        """Start a part; its output goes to a file of the working folder.

        Raises:
            UserError: the command cannot be started.
        """
        log = self.folder / f"{name}.log"
        self.logs[name] = log
        answer = self._ask(
            {
                "do": "start",
                "name": name,
                "argv": list(argv),
                "env": {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), **(env or {})},
                "log": str(log),
            }
        )
        if not answer["ok"]:
            raise UserError(
                f"{argv[0]} does not start ({answer['problem']})",
                where="drill",
                fix="name a command that can be run from this folder",
                code="command_failed",
            )
        return int(answer["pid"])

    def start_module(self, name: str, module: str, words: Sequence[str]) -> int:
        """Start a module of this package with the same Python."""
        return self.start(
            name,
            [sys.executable, "-m", f"devops_exe.operate.drill.{module}", *words],
            {"PYTHONPATH": _import_path()},
        )

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a part and what it started."""
        self._ask({"do": "signal", "name": name, "number": int(number)})

    def stop(self, name: str, seconds: float = 2.0) -> None:
        """End a part; after ``seconds`` without mercy, and what it left behind at once.

        The waiting is done here: a supervisor that waits would not notice our own end.
        """
        self.signal(name, signal.SIGTERM)
        until = time.monotonic() + seconds
        while self.running(name) and time.monotonic() < until:
            time.sleep(0.02)
        self.signal(name, signal.SIGKILL)
        while self.running(name):
            time.sleep(0.01)

    def running(self, name: str) -> bool:
        """Whether a part runs."""
        return self._ask({"do": "status"})["parts"].get(name, 0) is None

    def last_lines(self, name: str, count: int = 3) -> str:
        """The end of what a part has printed, on one line."""
        try:
            text = self.logs[name].read_text(errors="replace")
        except (OSError, KeyError):
            return ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return " | ".join(lines[-count:])

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        line = json.dumps({**command, "id": self._number}).encode() + b"\n"
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            raise _gone() from None
        return self._answer(self._number)

    def _answer(self, number: int) -> dict[str, Any]:
        assert self._process.stdout is not None
        out = self._process.stdout.fileno()
        until = time.monotonic() + _ANSWER_SECONDS
        while True:
            while b"\n" in self._buffer:
                line, _, self._buffer = self._buffer.partition(b"\n")
                answer: dict[str, Any] = json.loads(line)
                if answer.get("id") == number:
                    return answer
            left = until - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                raise _gone()
            data = os.read(out, 65536)
            if not data:
                raise _gone()
            self._buffer += data


def _gone() -> EngineError:
    return EngineError(
        "the supervisor of the drill is gone",
        where="drill",
        fix="start the drill again: what is left is cleaned up first",
        code="supervisor_gone",
    )


def _import_path() -> str:
    """Where this package is found, in front of what the environment says."""
    root = str(Path(__file__).resolve().parents[3])
    given = os.environ.get("PYTHONPATH", "")
    return f"{root}{os.pathsep}{given}" if given else root
