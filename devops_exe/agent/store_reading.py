"""Reading the store: what cannot be read is skipped and named, the rest loads."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any, TypedDict

from devops_exe.agent.store_failures import no_session, told
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class SessionLine(TypedDict):
    """One session of the list, as ``sessions --json`` prints it."""

    id: str
    title: str
    turns: int
    updated: str


class Turn(TypedDict):
    """One turn: what was typed, what was answered, when (ISO 8601)."""

    line: str
    text: str
    at: str


class StoredDocument(TypedDict):
    """A document of a session: its text and the ledger behind it."""

    text: str
    ledger: list[Any]


class SessionRecord(TypedDict):
    """One session whole, as ``sessions ID --json`` prints it."""

    id: str
    turns: list[Turn]
    documents: list[StoredDocument]


class Reader:
    """The reading half of an open store.

    Attributes:
        path: of the file.
        skipped: what could not be read.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path
        self.skipped: list[str] = []

    def sessions(self, folder: str | None = None, *, chats: bool = False) -> list[SessionLine]:
        """Sessions that have a turn, the last used first.

        Args:
            folder: those that were begun in this folder; all of them where None.
            chats: without those of a single call of the executable.
        """
        listed: list[SessionLine] = []
        with told(self.path):
            rows = self._db.execute(
                "SELECT id, title, updated FROM sessions"
                " WHERE (?1 IS NULL OR folder = ?1) AND (once = 0 OR NOT ?2)"
                " ORDER BY touched DESC",
                (folder, chats),
            )
            for key, title, updated in self._rows(rows, "the list of sessions"):
                turns = self._count(key)
                if turns and isinstance(title, str):
                    listed.append(
                        {"id": key, "title": title, "turns": turns, "updated": str(updated)}
                    )
        return listed

    def session(self, session: str) -> SessionRecord:
        """One session whole; what cannot be read of it is skipped."""
        with told(self.path):
            self._must_exist(session)
            rows = self._db.execute(
                "SELECT line, text, at FROM turns WHERE session = ? ORDER BY number", (session,)
            )
            turns: list[Turn] = []
            for line, text, at in self._rows(rows, f"turns of session {session}"):
                if isinstance(line, str) and isinstance(text, str):
                    turns.append({"line": line, "text": text, "at": str(at)})
                else:
                    self._skip(f"turn {len(turns) + 1} of session {session}")
        return {"id": session, "turns": turns, "documents": self._documents(session)}

    def results(self, session: str) -> list[dict[str, Any]]:
        """The result objects of a session's documents, oldest first; damaged ones are skipped."""
        with told(self.path):
            rows = self._db.execute(
                "SELECT number, body FROM documents WHERE session = ? ORDER BY number", (session,)
            )
            found: list[dict[str, Any]] = []
            for number, body in self._rows(rows, f"documents of session {session}"):
                read = _load(body)
                if isinstance(read, dict):
                    found.append(read)
                else:
                    self._skip(f"document of turn {number} of session {session}")
        return found

    def conversation(self, session: str) -> object:
        """The stored conversation as JSON; None where there is none or it is damaged."""
        with told(self.path):
            self._must_exist(session)
            row = self._db.execute(
                "SELECT conversation FROM sessions WHERE id = ?", (session,)
            ).fetchone()
        if row is None or row[0] is None:
            return None
        read = _load(row[0])
        if read is None:
            self._skip(f"conversation of session {session}")
        return read

    def latest(self) -> str | None:
        """Id of the session used last; None where there is none."""
        listed = self.sessions()
        return listed[0]["id"] if listed else None

    def find(self, name: str) -> str:
        """The session meant by an id, the beginning of one, a title or a part of one.

        Raises:
            UserError: none is meant, or more than one.
        """
        wanted = name.strip().casefold()
        listed = self.sessions()
        tests = (
            lambda line: line["id"] == wanted,
            lambda line: line["title"].casefold() == wanted,
            lambda line: line["id"].startswith(wanted),
            lambda line: wanted in line["title"].casefold(),
        )
        for test in tests if wanted else ():
            meant = [line for line in listed if test(line)]
            if len(meant) == 1:
                return meant[0]["id"]
            if meant:
                some = ", ".join(f"{line['id']} ({line['title']})" for line in meant[:5])
                raise UserError(
                    f"{len(meant)} sessions are meant: {some}",
                    where=f"session {name}",
                    fix="name one by its id",
                    code="ambiguous_session",
                )
        raise no_session(name)

    # ── inside ───────────────────────────────────────────────────────────────────────────

    def _must_exist(self, session: str) -> None:
        if not self._db.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone():
            raise no_session(session)

    def _count(self, session: str) -> int:
        try:
            query = "SELECT count(*) FROM turns WHERE session = ?"
            return int(self._db.execute(query, (session,)).fetchone()[0])
        except sqlite3.DatabaseError:
            self._skip(f"session {session}")
            return 0

    def _documents(self, session: str) -> list[StoredDocument]:
        shown: list[StoredDocument] = []
        for result in self.results(session):
            text, ledger = result.get("text"), result.get("ledger")
            shown.append(
                {
                    "text": text if isinstance(text, str) else "",
                    "ledger": ledger if isinstance(ledger, list) else [],
                }
            )
        return shown

    def _rows(self, cursor: sqlite3.Cursor, what: str) -> Iterator[tuple[Any, ...]]:
        """Rows up to the first that a damaged page hides."""
        while True:
            try:
                row = cursor.fetchone()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._skip(f"the rest of {what}")
                return
            if row is None:
                return
            yield row

    def _skip(self, what: str) -> None:
        if what not in self.skipped:
            self.skipped.append(what)


def _load(body: object) -> Any:
    try:
        return json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return None
