"""What is kept of a conversation: one transaction a turn, and its way back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.agent.store import Store
from devops_exe.ground.errors import DevopsExeError, UserError
from devops_exe.ground.locations import sessions_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.agent.result import Result
    from devops_exe.agent.session import Session
    from devops_exe.ground.redaction import Redactor
    from devops_exe.terminal.view.screen import Screen


class Record:
    """The store as a conversation uses it; opened when first needed.

    A failure is one warning line: the answer is shown all the same.

    Attributes:
        chat: whether a person talks; else it is a single call, which no list of chats shows.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.chat = False
        self._store: Store | None = None
        self._cleaner = _Cleaner()

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

        clean = self._cleaner.for_line(session, line)
        document: dict[str, Any] | None = None
        if result is not None and result.dossier is not None:
            document = stored_form(result, session)
        try:
            store = self.store()
            if not session.id:
                session.title = session.title or clean(_title(session, line))
                session.id = store.new_session(session.title, here(), once=not self.chat)
            store.add_turn(
                session.id,
                clean(line),
                clean(text),
                document=_cleaned(document, clean),
                messages=_cleaned(_memory(session), clean),
                engine=str(session.writer.name["name"]),
                chat=self.chat,
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


def here() -> str:
    """The working folder, as sessions remember it; empty where it is gone."""
    try:
        return str(Path.cwd().resolve())
    except OSError:
        return ""


def _title(session: Session, line: str) -> str:
    current = session.current
    if current is not None:
        return current.blueprint.header.system
    return line.strip()[:60] or "untitled"


def _memory(session: Session) -> object:
    """The engine's own state as JSON."""
    as_json = getattr(session.memory, "to_json", None)
    return as_json() if callable(as_json) else session.memory


class _Cleaner:
    """Takes secrets out of what is stored.

    The rules cost ten milliseconds to load, so a line that can hold none (no word of sixteen
    characters, no name of a secret) goes by without them.
    """

    def __init__(self) -> None:
        self._redactor: Redactor | None = None

    def for_line(self, session: Session, line: str) -> Callable[[str], str]:
        """What cleans everything that is stored with ``line``."""
        known = getattr(session.writer, "redactor", None) or self._redactor
        if known is None and not _SUSPICIOUS.search(line):
            return str
        if known is None:
            from devops_exe.ground.redaction import Redactor

            known = self._redactor = Redactor()
        redact: Callable[[str], str] = known.redact
        return redact


_SUSPICIOUS = re.compile(
    r"[^\s,;/]{16,}|pass|secret|token|key|bearer|auth|cred|pwd|-----|://", re.IGNORECASE
)


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """``value`` with every string cleaned."""
    if clean is str:
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(item, clean) for key, item in value.items()}
    return [_cleaned(item, clean) for item in value] if isinstance(value, list) else value
