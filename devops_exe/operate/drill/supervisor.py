"""The process that outlives its parent by seconds: it starts a drill's parts and ends them.

Run as ``python -m devops_exe.operate.drill.supervisor JOURNAL``. It is the leader of a session
of its own, so that Ctrl-C at the terminal reaches the parent alone. Its standard input is a
pipe: each line is a command, each is answered on standard output, and its end (the parent has
finished, crashed or was killed) ends every part: SIGTERM to its group, SIGKILL half a second
later, then whatever still bears the drill's token; last the folder and the journal are removed.
Where the kernel can (Linux), a part is also told to die with the supervisor itself.

Commands, JSON objects with an ``id``: ``start`` (name, argv, env, cwd, log), ``signal`` (name,
number), ``status``. An answer is ``{id, ok, …}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from devops_exe.operate.drill import journal as journals
from devops_exe.operate.drill.journal import TOKEN, Journal, Part

PATIENCE_SECONDS = 0.5
"""Between SIGTERM and SIGKILL when all is ended."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


class Supervisor:
    """Parts by name, and the journal that knows them."""

    def __init__(self, path: Path, journal: Journal) -> None:
        self.path = path
        self.journal = journal
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self._die_with_me = _parent_death_signal()

    def start(self, command: dict[str, Any]) -> dict[str, Any]:
        """Start a part in a session of its own."""
        environment = {**os.environ, **command.get("env", {}), TOKEN: self.journal.token}
        with Path(command["log"]).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 the drill's own words, or the user's, shown
                command["argv"],
                env=environment,
                cwd=command.get("cwd"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._die_with_me,  # noqa: PLW1509 this process has one thread
            )
        self.parts[command["name"]] = process
        part = Part(
            command["name"],
            process.pid,
            journals.start_time(process.pid),
            " ".join(command["argv"]),
        )
        self.journal = self.journal.with_part(part)
        journals.save(self.journal, self.path)
        return {"pid": process.pid}

    def signal(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a signal to a part's group."""
        self._send(self.parts[command["name"]], command["number"])
        return {}

    def status(self, _command: dict[str, Any]) -> dict[str, Any]:
        """The exit code of each part, None where it runs."""
        return {"parts": {name: process.poll() for name, process in self.parts.items()}}

    def end(self) -> None:
        """End everything and leave nothing behind."""
        alive = [process for process in self.parts.values() if process.poll() is None]
        for process in alive:
            self._send(process, signal.SIGCONT)
            self._send(process, signal.SIGTERM)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and any(p.poll() is None for p in alive):
            time.sleep(0.02)
        for process in self.parts.values():
            self._send(process, signal.SIGKILL)
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2)
        for _ in range(10):  # the children of each that goes are adopted in turn
            strays = [pid for pid in journals.bearers(self.journal.token) if pid != os.getpid()]
            strays += _adopted()
            for pid in strays:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            if not strays:
                break
            time.sleep(0.02)
        journals.remove_folder(self.journal.folder, self.journal.token)
        with contextlib.suppress(OSError):
            self.path.unlink()

    @staticmethod
    def _send(process: subprocess.Popen[bytes], number: int) -> None:
        # the group outlives its leader where the leader left children behind
        with contextlib.suppress(OSError):
            os.killpg(process.pid, number)


def _adopt_orphans() -> None:
    """Become the parent of what a part leaves behind, whatever it did to its group (Linux)."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _adopted() -> list[int]:
    """Children of this process that still run; the dead among them are reaped."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in listed.split()]


def _parent_death_signal() -> Any:
    """What a child does before it becomes the part: ask to die with this process (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    return ask


def _serve(supervisor: Supervisor) -> None:
    """Carry out commands until standard input ends or SIGTERM comes."""
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    buffer = b""
    while not ended:
        try:
            ready, _, _ = select.select([0], [], [], 0.2)
        except InterruptedError:
            continue
        if not ready:
            continue
        data = os.read(0, 65536)
        if not data:
            return
        buffer += data
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            _reply(supervisor, json.loads(line))


def _reply(supervisor: Supervisor, command: dict[str, Any]) -> None:
    actions = {
        "start": supervisor.start,
        "signal": supervisor.signal,
        "status": supervisor.status,
    }
    try:
        answer = {"ok": True, **actions[command["do"]](command)}
    except (OSError, KeyError, subprocess.SubprocessError) as problem:
        answer = {"ok": False, "problem": getattr(problem, "strerror", None) or str(problem)}
    os.write(1, json.dumps({"id": command.get("id"), **answer}).encode() + b"\n")


def main(arguments: list[str] | None = None) -> int:
    """Supervise until the parent is gone."""
    path = Path((arguments or sys.argv[1:])[0])
    journal = journals.load(path)
    if journal is None:
        return 2
    own = Part("supervisor", os.getpid(), journals.start_time(os.getpid()), " ".join(sys.argv))
    supervisor = Supervisor(path, replace(journal, supervisor=own))
    journals.save(supervisor.journal, path)
    _adopt_orphans()
    try:
        _reply(supervisor, {"do": "status", "id": 0})
        _serve(supervisor)
    finally:
        supervisor.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
