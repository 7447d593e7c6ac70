"""The first lines of the chat."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.text import cut
from devops_exe.terminal.writers import label, waits

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def banner(app: App, version: str) -> list[str]:
    """At most five lines: name, who answers, where, which session, and one hint."""
    session = app.session
    folder = session.repository or Path.cwd()
    parts = [f"DEVOPS.EXE {version}", label(session.writer), place(folder)]
    if session.id:
        parts.append(f"session {session.id}")
    columns = max(20, app.screen.terminal.columns - 1)
    lines = [" · ".join(parts)]
    if session.id:
        current = session.current
        system = f", current system {current.blueprint.header.system}" if current else ""
        lines.append(f"Going on with “{session.title}”{system}.")
    if not waits(session.writer):
        lines.append("Rules answer; export ANTHROPIC_API_KEY=… and start again for Claude.")
    lines.append("Say what you ship; / for commands, @ for files, ! for shell, ? for help.")
    return [cut(line, columns) for line in lines]


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
