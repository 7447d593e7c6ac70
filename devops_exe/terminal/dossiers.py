"""The dossier that a sub-command is about, and the desk at which it asks."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from devops_exe.agent.restore import Restored
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.ground.settings import Settings
    from devops_exe.terminal.app import App
    from devops_exe.terminal.commands import Reply


def dossier_named(name: str, read: Callable[[str], str], where: str) -> Dossier:
    """The dossier of a file's JSON face, or the last one of a stored session.

    Args:
        name: FILE (``-`` is standard input), or the id or title of a session.
        read: reads FILE.
        where: the sub-command, for errors.

    Raises:
        UserError: there is no such file or session, or it holds no dossier.
        EngineError: the store cannot be read.
    """
    return restored_named(name, read, where).dossier


def restored_named(name: str, read: Callable[[str], str], where: str) -> Restored:
    """The same, with the facts as stated and a warning where plan and ledger disagree."""
    from devops_exe.agent.restore import dossier_of

    if name == "-" or "/" in name or Path(name).is_file() or name.endswith((".json", ".txt")):
        return dossier_of(object_of(read(name), name))
    from devops_exe.agent.store import Store
    from devops_exe.ground.locations import sessions_file

    with Store.open(sessions_file()) as store:
        results = store.results(store.find(name))
    if not results:
        raise UserError(
            f"session {name} holds no document",
            where=where,
            fix="name another; devops-exe sessions lists them",
            code="no_document",
        )
    return dossier_of(results[-1])


def object_of(text: str, name: str) -> Mapping[str, Any]:
    """The JSON face of a document.

    Raises:
        UserError: it is something else.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict) or not isinstance(raw.get("document"), dict):
        raise UserError(
            "it is not the JSON face of a document",
            where=name,
            fix="give what devops-exe --json /devops … printed, or a session's id; a printed "
            "text has no facts",
            code="no_dossier",
        )
    return raw


def desk(settings: Settings, where: str) -> App:
    """An application without engine and session: its screen, and a person where one sits."""
    import sys
    from dataclasses import replace

    from devops_exe.ground.settings import Setting
    from devops_exe.terminal.app import App

    values = {k: v for k, v in settings.values.items() if k not in {"resume", "continue"}}
    values["engine"] = Setting("offline", "default", where)
    app = App.create(
        replace(settings, values=values), stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr
    )
    if app.screen.terminal.interactive:
        # an object on standard output leaves the question on standard error
        app.question = app.person()
    return app


@contextmanager
def terminable(leave: Callable[[int], BaseException] | None = None) -> Iterator[None]:
    """SIGTERM and SIGHUP leave by the same way as an error, so that temporary folders go too.

    Args:
        leave: what is raised for a signal; the process's end with its status where None.
    """

    def ended(number: int, frame: object) -> None:
        del frame
        raise SystemExit(128 + number) if leave is None else leave(number)

    before = {}
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            before[number] = signal.signal(number, ended)
    except ValueError:  # not the main thread
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell(app: App, kind: str, arguments: str, reply: Reply) -> int:
    """The answer of a sub-command in the form of this call; its exit status."""
    if app.json:
        answer = {
            "schema": "devops-exe/1",
            "command": {"kind": kind, "arguments": arguments},
            **(reply.data if isinstance(reply.data, dict) else {}),
            "text": reply.text,
        }
        app.screen.raw_out(app.dump(answer))
    elif reply.text:
        app.screen.out(reply.text)
    return int(reply.status)
