"""The first lines of the chat."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.text import cells, cut
from devops_exe.terminal.writers import label, waits

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def banner(app: App, version: str) -> list[str]:
    """At most five lines: name, who answers, where, which session, and one hint.

    What does not fit a narrow terminal is said in fewer words, not cut.
    """
    session = app.session
    columns = max(20, app.screen.terminal.columns - 1)
    lines = _first(app, version, columns)
    if session.id:
        current = session.current
        system = f", current system {current.blueprint.header.system}" if current else ""
        lines.append(_fitting(columns, f"Going on with “{session.title}”{system}.",
                              f"Going on with “{session.title}”."))  # fmt: skip
    if not waits(session.writer):
        lines.append(_fitting(columns, *_RULES))
    lines.append(_fitting(columns, *_HINTS))
    return lines


_RULES = (
    "Rules answer; export ANTHROPIC_API_KEY=… and start again for Claude.",
    "Rules answer; ANTHROPIC_API_KEY=… brings Claude.",
    "Rules answer, no model: see /doctor",
    "Rules answer",
)
_HINTS = (
    "Say what you ship; / for commands, @ for files, ! for shell, ? for help.",
    "/ for commands, @ files, ! shell, ? help.",
    "/ commands, @ files, ? help",
    "? for help",
)


def _first(app: App, version: str, columns: int) -> list[str]:
    session = app.session
    who, where = label(session.writer), place(session.repository or Path.cwd())
    name = f"DEVOPS.EXE {version}"
    parts = [name, who, where] + ([f"session {session.id}"] if session.id else [])
    line = " · ".join(parts)
    if cells(line) <= columns:
        return [line]
    first = _fitting(columns, f"{name} · {who}", f"{name} · {who.split()[0]}", name)
    beside = " · ".join(parts[3:])
    room = columns - (cells(beside) + 3 if beside else 0)
    return [first, " · ".join([_shortened(where, room), *parts[3:]])]


def _shortened(where: str, room: int) -> str:
    """A folder whose end is kept: it tells more than its beginning."""
    if cells(where) <= room:
        return where
    folder, _, branch = where.partition(" (git ")
    if cells(folder) <= room and branch:
        return folder
    name = folder.rpartition("/")[2]
    return cut(f"…/{name}", max(6, room))


def _fitting(columns: int, *told: str) -> str:
    """The first of these that fits the line; the last is cut."""
    return next((one for one in told if cells(one) <= columns), cut(told[-1], columns))


def place(folder: Path) -> str:
    """A folder as a person writes it, and its git branch."""
    try:
        resolved = folder.resolve()
        home = Path.home()
        text = f"~/{resolved.relative_to(home)}" if resolved.is_relative_to(home) else str(resolved)
    except (OSError, RuntimeError):
        return str(folder)
    text = "~" if text == "~/." else text
    branch = branch_of(resolved)
    return f"{text} (git {branch})" if branch else text


def branch_of(folder: Path) -> str:
    """The branch that is checked out; empty where there is none."""
    for parent in (folder, *folder.parents):
        try:
            head = (parent / ".git" / "HEAD").read_text(encoding="utf-8", errors="replace")[:300]
        except OSError:
            continue
        name = head.strip().removeprefix("ref: refs/heads/")
        return "" if " " in name or len(name) == 40 else name
    return ""
