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
from typing import TYPE_CHECKING, Any, Self

from devops_exe.agent.store_failures import BUSY_SECONDS, no_session, told
from devops_exe.agent.store_reading import Reader, SessionLine, SessionRecord, StoredDocument, Turn
from devops_exe.agent.store_schema import migrate
from devops_exe.ground.clock import now, timestamp
from devops_exe.ground.errors import EngineError
from devops_exe.ground.locations import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SessionLine", "SessionRecord", "Store", "StoredDocument", "Turn"]


class Store(Reader):
    """An open file of sessions; close it, or use it as a context manager."""

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

    def new_session(self, title: str, folder: str = "", *, once: bool = False) -> str:
        """Begin a session; it is listed once it has a turn.

        Args:
            title: its name.
            folder: in which it is begun.
            once: it is a single call of the executable, no chat.

        Returns:
            Its id, four or more hex digits.
        """
        with self._transaction():
            return self._insert_session(title, None, folder, once=once)

    def add_turn(
        self,
        session: str,
        line: str,
        text: str,
        document: dict[str, Any] | None = None,
        messages: object = None,
        engine: str = "",
        *,
        chat: bool = False,
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
            chat: it was asked in a chat: the session is no single call any more.

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
                "UPDATE sessions SET updated = ?, conversation = coalesce(?, conversation),"
                " once = CASE WHEN ? THEN 0 ELSE once END WHERE id = ?",
                (moment, talk, chat, session),
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
            row = self._db.execute(
                "SELECT title, folder FROM sessions WHERE id = ?", (session,)
            ).fetchone()
            if row is None:
                raise no_session(session)
            twin = self._insert_session(title or f"{row[0]} (fork)", session, row[1])
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

    def _insert_session(
        self, title: str, parent: str | None, folder: str, *, once: bool = False
    ) -> str:
        moment = timestamp(now())
        for digits in (4, 4, 4, 4, 6, 6, 8, 16):
            key = _random_key(digits)
            done = self._db.execute(
                "INSERT OR IGNORE INTO sessions"
                " (id, title, created, updated, parent, folder, once) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, _title(title), moment, moment, parent, folder, once),
            )
            if done.rowcount:
                return key
        raise EngineError("no free session id was found", where=str(self.path), fix="try again")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


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
