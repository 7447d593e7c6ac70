"""The schema of the store and the ordered steps that bring an older file up to it."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from devops_exe.ground.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID = 0x44564558  # "DVEX", so that file(1) and we know our own

# One entry a version; an entry is never changed once released. ``user_version`` counts them.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
             id TEXT PRIMARY KEY, title TEXT NOT NULL, created TEXT NOT NULL,
             updated TEXT NOT NULL, touched INTEGER NOT NULL DEFAULT 0,
             parent TEXT, conversation TEXT) STRICT""",
        """CREATE TABLE turns (
             session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
             number INTEGER NOT NULL, at TEXT NOT NULL, line TEXT NOT NULL,
             text TEXT NOT NULL, engine TEXT NOT NULL,
             PRIMARY KEY (session, number)) STRICT""",
        """CREATE TABLE documents (
             session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
             number INTEGER NOT NULL, body TEXT NOT NULL,
             PRIMARY KEY (session, number)) STRICT""",
        # Order of use is kept as a count: the clock may be fixed (SOURCE_DATE_EPOCH).
        """CREATE TRIGGER touch AFTER INSERT ON turns BEGIN
             UPDATE sessions SET touched = (SELECT max(touched) + 1 FROM sessions)
             WHERE id = NEW.session; END""",
    ),
    (
        # Where a session was begun, and whether it was a single call of the executable.
        "ALTER TABLE sessions ADD COLUMN folder TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN once INTEGER NOT NULL DEFAULT 0",
    ),
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up and bring the file to the newest schema.

    Raises:
        EngineError: the file is another program's, or a newer version's.
        sqlite3.Error: it cannot be read or written.
    """
    connection.execute("PRAGMA foreign_keys = ON")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    if _version(connection, path) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have done it while this one waited for the lock.
        for step in MIGRATIONS[_version(connection, path) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    foreign = owner == 0 and (
        version or connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    )
    if foreign or owner not in (0, APPLICATION_ID):
        raise EngineError(
            "this file is another program's",
            where=str(path),
            fix="name another folder with DEVOPS_EXE_DATA_DIR",
            code="store_foreign",
        )
    if version > len(MIGRATIONS):
        raise EngineError(
            f"its schema {version} is newer than this program's {len(MIGRATIONS)}",
            where=str(path),
            fix="update devops-exe",
            code="store_newer",
        )
    return version


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging.

    The switch takes a lock for which SQLite does not wait by itself, so two processes that
    make the file at the same moment try again here. A read-only file stays as it is and can
    still be read.
    """
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == 49:
                raise
            time.sleep(0.02 * (1 + attempt % 5))
        else:
            return
