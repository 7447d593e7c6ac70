"""The last incident, kept so that its review can come later; and what a rollback's journal says."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import private_folder, state_dir
from devops_exe.operate.incident.model import KINDS, Event, EventKind, Facts, Share
from devops_exe.operate.incident.moments import instant
from devops_exe.operate.rollback.journal import lines_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LARGEST_FILE = 16 * 1024 * 1024
MOST_EVENTS = 6_000
MOST_JOURNALS = 20


def incident_file() -> Path:
    """Where the last incident lies."""
    return state_dir() / "incident" / "last.json"


def keep(facts: Facts, path: Path | None = None) -> None:
    """Keep what was read: cleaned and without secrets, for its owner alone (0600).

    Raises:
        UserError: it cannot be written.
    """
    path = path or incident_file()
    raw = {
        "events": [
            {"at": e.at.isoformat() if e.at else None, "kind": e.kind, "text": e.text,
             "source": e.source, "count": e.count}
            for e in facts.events[:MOST_EVENTS]
        ],
        "shares": [{"at": s.at.isoformat(), "ratio": s.ratio, "source": s.source}
                   for s in facts.shares[:MOST_EVENTS]],
        "notes": list(facts.notes),
        "firing": list(facts.firing) if facts.firing is not None else None,
        "systems": list(facts.systems),
    }  # fmt: skip
    private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(raw, file, ensure_ascii=True)
        beside.replace(path)
    except OSError as problem:
        with suppress(OSError):
            beside.unlink()
        raise UserError(
            f"the incident cannot be kept ({problem.strerror or problem})",
            where=str(path),
            fix="free some space, or name another folder with DEVOPS_EXE_STATE_DIR",
            code="not_writable",
        ) from None


def kept(path: Path | None = None) -> Facts | None:
    """What was kept last; None where nothing was, or it is damaged."""
    path = path or incident_file()
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            return None
        raw = json.loads(path.read_text(encoding="utf-8"))
        return _facts(raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _facts(raw: dict[str, Any]) -> Facts:
    firing = raw["firing"]
    return Facts(
        tuple(
            Event(instant(one["at"]), _kind(one["kind"]), str(one["text"]), str(one["source"]),
                  int(one["count"]))
            for one in raw["events"]
        ),
        tuple(
            Share(at, float(one["ratio"]), str(one["source"]))
            for one in raw["shares"]
            if (at := instant(one["at"])) is not None
        ),
        tuple(map(str, raw["notes"])),
        tuple(map(str, firing)) if firing is not None else None,
        tuple(map(str, raw["systems"])),
    )  # fmt: skip


def _kind(raw: object) -> EventKind:
    return cast("EventKind", raw if raw in KINDS else "note")


def rollback_events(system: str, since: datetime | None, folder: Path | None = None) -> Facts:
    """What the journals of rollbacks of this system say, from the first symptom on."""
    folder = folder or state_dir() / "rollback"
    events: list[Event] = []
    with suppress(OSError):
        paths = sorted(folder.glob("*.jsonl"), key=lambda one: -one.stat().st_mtime)
        for path in paths[:MOST_JOURNALS]:
            with suppress(UserError):
                events += _of_journal(lines_of(path), system, since)
    return Facts(tuple(events))


def _of_journal(lines: list[dict[str, Any]], system: str, since: datetime | None) -> list[Event]:
    if not lines or lines[0].get("system") != system:
        return []
    version = str(lines[0].get("version", ""))[:100]
    told: dict[str, tuple[EventKind, str]] = {
        "plan": ("action", f"rollback to {version} begun"),
        "resumed": ("action", f"rollback to {version} gone on with"),
        "stopped": ("note", f"rollback to {version} stopped at a step"),
        "finished": ("note", f"rollback to {version} finished, each step checked"),
    }
    acts = [line for line in lines if line.get("event") == "done" and line.get("kind") == "acts"]
    found = []
    for line in lines:
        at = instant(line.get("at"))
        if at is None or (since is not None and at < since):
            continue
        if line is (acts[-1] if acts else None):
            found.append(
                Event(
                    at,
                    "action",
                    f"rollback to {version}: its last change is done",
                    "rollback journal",
                )
            )
        elif event := told.get(str(line.get("event"))):
            found.append(Event(at, *event, "rollback journal"))
    return found
