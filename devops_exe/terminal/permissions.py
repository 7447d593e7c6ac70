"""What may be written and run: one rule for every file, shown by ``/permissions``.

Refusals come before questions, questions before leave. Nothing here runs a command: only a
line that begins with ``!`` does, typed at a terminal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells, cut, sanitise
from devops_exe.terminal.question import Answer, Person

if TYPE_CHECKING:
    from devops_exe.terminal.app import App
    from devops_exe.terminal.view.screen import Style

MOST_CHANGES = 40
"""Lines of a difference that are shown before a question."""

LONGEST_CHANGE = 200
"""Cells of such a line; the terminal breaks it, so that none of it hides."""

MODES: tuple[str, ...] = ("plan", "ask", "auto-edit")


def mode_of(app: App) -> str:
    """The mode in force.

    Raises:
        UserError: the setting is none of the modes.
    """
    return app.settings.choice("mode", MODES) if "mode" in app.settings.values else "ask"


def may_write(app: App, path: Path, text: str = "") -> Answer:
    """Whether a file that the user named may be written; asks where a rule says so.

    What would change in a file that is there is shown before the question. Always is offered
    only where all of it could be shown, and only for files of this folder.

    Raises:
        UserError: it is refused, or cannot be written at all.
        NobodyToAsk: it must be asked, and nobody is there; nothing was done.
    """
    if app.settings.flag("read-only"):
        where = app.settings.values["read-only"]
        raise UserError(
            f"--read-only forbids it ({where.whence}: {where.where})",
            where=str(path),
            fix="leave FILE out, and the answer is printed",
            code="read_only",
        )
    mode = mode_of(app)
    if mode == "plan":
        raise UserError(
            "mode plan writes no file",
            where=str(path),
            fix="leave FILE out, or /permissions ask",
            code="plan_mode",
        )
    if not path.parent.is_dir():
        raise UserError(
            "its folder is not there", where=str(path), fix="name another file", code="not_writable"
        )
    if not inside(path):
        return app.question.confirm(f"{path} is outside this folder. Write it?")
    if path.exists() and mode == "ask" and not app.settings.flag("yes"):
        whole = _shown(app, path, text)
        answer = app.question.confirm(
            f"{path} is there already. Write over it?", **({"always": True} if whole else {})
        )
        if answer.always:
            app.set("mode", "auto-edit", "always, said to a question")
        return answer
    return Answer(yes=True)


def _shown(app: App, path: Path, text: str) -> bool:
    """Show what writing ``text`` over a file changes; whether all of it was shown."""
    import difflib

    if not isinstance(app.question, Person):
        return False
    try:
        before = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        app.screen.err("  what it holds is no text", "warn")
        return False
    changes = list(difflib.unified_diff(before, text.splitlines(), lineterm="", n=1))[2:]
    for line in changes[:MOST_CHANGES]:
        style: Style = {"+": "good", "-": "bad"}.get(line[:1], "dim")  # type: ignore[assignment]
        app.screen.err(f"  {cut(sanitise(line), LONGEST_CHANGE)}", style)
    if len(changes) > MOST_CHANGES:
        app.screen.err(f"  … {len(changes) - MOST_CHANGES} more lines change", "dim")
    fits = all(cells(sanitise(line)) <= LONGEST_CHANGE and sanitise(line) == line
               for line in changes)  # fmt: skip
    return len(changes) <= MOST_CHANGES and fits


def inside(path: Path) -> bool:
    """Whether a file lies in the working folder, links followed."""
    try:
        return path.resolve().is_relative_to(Path.cwd().resolve())
    except (OSError, RuntimeError):
        return False


def rules(app: App) -> list[tuple[str, str, str]]:
    """Each rule: deny, ask or allow; what; and where it is set."""
    mode = mode_of(app)
    setting = app.settings.values.get("mode")
    whence = f"{setting.whence}: {setting.where}" if setting is not None else "default"
    found: list[tuple[str, str, str]] = []
    read_only = app.settings.values.get("read-only")
    if read_only is not None and app.settings.flag("read-only"):
        found.append(
            ("deny", "write any file, run !COMMAND", f"{read_only.whence}: {read_only.where}")
        )
    if mode == "plan":
        found.append(("deny", "write any file, run !COMMAND", f"mode plan, {whence}"))
    found += [
        ("deny", "a model runs a command or writes a file", "built in"),
        ("ask", "write a file outside this folder (--yes does not cover it)", "built in"),
    ]
    if mode == "ask":
        covered = " (--yes given)" if app.settings.flag("yes") else ""
        verb = "allow" if covered else "ask"
        found.append((verb, f"write over a file of this folder{covered}", f"mode ask, {whence}"))
    elif mode == "auto-edit":
        found.append(("allow", "write over files of this folder", f"mode auto-edit, {whence}"))
    if any("!COMMAND" in what for _, what, _ in found):
        return found
    found += [
        ("allow", "/export FILE writes a new file that you named", "built in"),
        ("allow", "!COMMAND runs what you typed, at a terminal only", "built in"),
        ("allow", "sessions, history and log in your own folders", "built in"),
    ]
    return found
