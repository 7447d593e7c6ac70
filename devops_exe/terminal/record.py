"""What is kept of a conversation: one transaction a turn, and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.agent.store import Store
from devops_exe.ground.errors import DevopsExeError, UserError
from devops_exe.ground.locations import sessions_file

if TYPE_CHECKING:
    from devops_exe.agent.result import Result
    from devops_exe.agent.session import Session
    from devops_exe.terminal.view.screen import Screen


class Record:
    """The store as a conversation uses it; opened when first needed.

    A failure is one warning line: the answer is shown all the same.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._store: Store | None = None

    def store(self) -> Store:
        """The open store.

        Raises:
            EngineError: it cannot be opened.
            UserError: its folder cannot be made.
        """
        if self._store is None:
            self._store = Store.open(sessions_file())
        return self._store

    def close(self) -> None:
        """Close the store, if it is open."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def keep(self, session: Session, line: str, text: str, result: Result | None = None) -> bool:
        """Store one turn; a new session is begun where there is none.

        Returns:
            Whether it is stored.
        """
        from devops_exe.agent.restore import stored_form

        document: dict[str, Any] | None = None
        if result is not None and result.dossier is not None:
            document = stored_form(result, session)
        try:
            store = self.store()
            if not session.id:
                session.title = session.title or _title(session, line)
                session.id = store.new_session(session.title)
            store.add_turn(
                session.id,
                _redacted(line),
                text,
                document=document,
                messages=session.memory,
                engine=str(session.writer.name["name"]),
            )
        except DevopsExeError as problem:
            self._screen.err(
                f"! this turn is not stored: {problem.message} ({problem.where}) → {problem.fix}",
                "warn",
            )
            return False
        return True

    def note(self, session: Session, line: str, text: str) -> None:
        """Store a question about a document, where the conversation is stored already."""
        if session.id:
            self.keep(session, line, text)

    def meant(self, name: str) -> str:
        """Id of the session meant by ``name``; the latest one for an empty name.

        Raises:
            UserError: none is meant, or more than one.
        """
        if name:
            return self.store().find(name)
        latest = self.store().latest()
        if latest is None:
            raise UserError(
                "no session is stored yet",
                where="--resume",
                fix="start one: devops-exe /devops and what you ship",
                code="no_session",
            )
        return latest


def _title(session: Session, line: str) -> str:
    current = session.current
    if current is not None:
        return current.blueprint.header.system
    return line.strip()[:60] or "untitled"


def _redacted(line: str) -> str:
    """The line without secrets."""
    try:
        from devops_exe.ground import redaction  # type: ignore[attr-defined,unused-ignore]
    except ImportError:
        return line
    redact = getattr(redaction, "redact", None)
    found = redact(line) if redact is not None else line
    return found if isinstance(found, str) else getattr(found, "text", line)
