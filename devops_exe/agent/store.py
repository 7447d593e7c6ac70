"""The store: sessions in one SQLite file, one transaction a turn.

Why no turn that was shown whole is ever lost:

- A turn is one ``BEGIN IMMEDIATE … COMMIT``; killing the process before the commit loses that
  turn and leaves the file as it was, after it nothing can be lost.
- WAL with ``synchronous=FULL``: the commit returns when the log has reached the disk. NORMAL
  would survive ``kill -9`` too (the pages are the kernel's by then) but not a power cut; a
  turn takes seconds, so the milliseconds of the flush are no price.
- Two processes: writers queue on SQLite's lock (``busy_timeout``); a turn's number is taken
  inside the transaction, so both turns of two processes in one session are kept. The
  conversation that goes on is that of the turn written last.

What cannot be read is skipped and named in ``Store.skipped``; the rest loads. A file that
cannot be opened, written or understood raises one ``EngineError``: the caller shows its line
and, all the same, the answer.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypedDict

from devops_exe.agent.store_failures import BUSY_SECONDS, no_session, told
from devops_exe.agent.store_schema import migrate
from devops_exe.ground.clock import now, timestamp
from devops_exe.ground.errors import EngineError, UserError
from devops_exe.ground.locations import private_folder

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


class Store:
    """An open file of sessions; close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path
        self.skipped: list[str] = []

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open ``path``, making folder (0700) and file (0600) and bringing it up to date.

        Raises:
            EngineError: it cannot be opened or is no database of ours.
            UserError: its folder cannot be made.
        """
        private_folder(path.parent)
        with told(path):
            with suppress(FileExistsError):
                # Made here and not by SQLite, so that it is private from its first byte; the
                # log files beside it take its mode.
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.text_factory = _decoded
            try:
                migrate(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── writing ──────────────────────────────────────────────────────────────────────────

    def new_session(self, title: str) -> str:
        """Begin a session; it is listed once it has a turn.

        Returns:
            Its id, four or more hex digits.
        """
        with self._transaction():
            return self._insert_session(title, None)

    def add_turn(
        self,
        session: str,
        line: str,
        text: str,
        document: dict[str, Any] | None = None,
        messages: object = None,
        engine: str = "",
    ) -> int:
        """Store one turn, whole or not at all.

        Args:
            session: id of the session, whole.
            line: what was typed (secrets replaced).
            text: the answer as printed.
            document: the result object of ``--json``, where the answer was a document.
            messages: the conversation after the turn (``Conversation.to_json``); None keeps
                the one stored before.
            engine: ``claude`` or ``offline``.

        Returns:
            The turn's number, from 1.

        Raises:
            EngineError: the disk is full, the file is read-only or damaged.
            UserError: there is no such session.
        """
        moment = timestamp(now())
        body = None if document is None else _dump(document)
        talk = None if messages is None else _dump(messages)
        with self._transaction():
            changed = self._db.execute(
                "UPDATE sessions SET updated = ?, conversation = coalesce(?, conversation)"
                " WHERE id = ?",
                (moment, talk, session),
            ).rowcount
            if not changed:
                raise no_session(session)
            number = int(
                self._db.execute(
                    "INSERT INTO turns (session, number, at, line, text, engine)"
                    " SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?"
                    " FROM turns WHERE session = ? RETURNING number",
                    (session, moment, line, text, engine, session),
                ).fetchone()[0]
            )
            if body is not None:
                self._db.execute(
                    "INSERT INTO documents (session, number, body) VALUES (?, ?, ?)",
                    (session, number, body),
                )
            return number

    def fork(self, session: str, title: str | None = None) -> str:
        """A copy of a session that goes its own way; returns its id."""
        with self._transaction():
            row = self._db.execute("SELECT title FROM sessions WHERE id = ?", (session,)).fetchone()
            if row is None:
                raise no_session(session)
            twin = self._insert_session(title or f"{row[0]} (fork)", session)
            self._db.execute(
                "UPDATE sessions SET conversation ="
                " (SELECT conversation FROM sessions WHERE id = ?) WHERE id = ?",
                (session, twin),
            )
            self._db.execute(
                "INSERT INTO turns (session, number, at, line, text, engine)"
                " SELECT ?, number, at, line, text, engine FROM turns WHERE session = ?",
                (twin, session),
            )
            self._db.execute(
                "INSERT INTO documents (session, number, body)"
                " SELECT ?, number, body FROM documents WHERE session = ?",
                (twin, session),
            )
            return twin

    def rename(self, session: str, title: str) -> None:
        """Give a session another title."""
        with self._transaction():
            done = self._db.execute(
                "UPDATE sessions SET title = ? WHERE id = ?", (_title(title), session)
            )
            if not done.rowcount:
                raise no_session(session)

    def delete(self, session: str) -> None:
        """Forget a session with its turns and documents."""
        with self._transaction():
            if not self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
                raise no_session(session)

    # ── reading ──────────────────────────────────────────────────────────────────────────

    def sessions(self) -> list[SessionLine]:
        """Sessions that have a turn, the last used first."""
        listed: list[SessionLine] = []
        with told(self.path):
            rows = self._db.execute("SELECT id, title, updated FROM sessions ORDER BY touched DESC")
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

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def _insert_session(self, title: str, parent: str | None) -> str:
        moment = timestamp(now())
        for digits in (4, 4, 4, 4, 6, 6, 8, 16):
            key = _random_key(digits)
            done = self._db.execute(
                "INSERT OR IGNORE INTO sessions (id, title, created, updated, parent)"
                " VALUES (?, ?, ?, ?, ?)",
                (key, _title(title), moment, moment, parent),
            )
            if done.rowcount:
                return key
        raise EngineError("no free session id was found", where=str(self.path), fix="try again")

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


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _load(body: object) -> Any:
    try:
        return json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return None


def _decoded(raw: bytes) -> str | None:
    """Text of the file; None where it is no UTF-8, which marks its record as damaged."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _random_key(digits: int) -> str:
    """As ``secrets.token_hex`` makes it; that module brings all of hashlib with it."""
    return os.urandom(digits // 2).hex()


def _title(title: str) -> str:
    from devops_exe.ground.text import cut, sanitise

    return cut(" ".join(sanitise(title).split()), 60) or "untitled"
