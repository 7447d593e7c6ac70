"""Help: all commands on one screen, one command whole, and a few topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.ground.options import OPTIONS
from devops_exe.ground.text import cells, pad
from devops_exe.terminal.commands import COMMANDS, GROUPS, Command, Reply, find
from devops_exe.terminal.keys import KEYS
from devops_exe.terminal.view.wrap import STACKED, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.terminal.app import App

_USAGE_CELLS = 24

_STATUSES: tuple[tuple[ExitStatus, str], ...] = (
    (ExitStatus.OK, "done and valid"),
    (ExitStatus.FINDINGS, "done, with error-level findings"),
    (ExitStatus.USAGE, "bad usage or bad input"),
    (ExitStatus.ENGINE, "the engine or its service failed, or a budget ended the turn"),
    (ExitStatus.NOBODY, "a question had nobody to answer it, nothing was done"),
    (ExitStatus.INTERRUPTED, "interrupted"),
    (ExitStatus.TERMINATED, "terminated"),
)

_OTHERS: tuple[tuple[str, str], ...] = (
    ("ANTHROPIC_API_KEY", "key of the service; with it, claude answers"),
    ("ANTHROPIC_AUTH_TOKEN", "bearer token, where there is no key"),
    ("ANTHROPIC_BASE_URL", "any server of the Messages API"),
    ("HTTPS_PROXY, SSL_CERT_FILE", "proxy and certificates of requests"),
    ("SOURCE_DATE_EPOCH", "the clock of the document"),
    ("NO_COLOR, FORCE_COLOR", "colours off, on"),
    ("TERM=dumb, COLUMNS", "no cursor movement; width of the screen"),
    ("DEVOPS_EXE_DATA_DIR", "folder of the sessions"),
    ("DEVOPS_EXE_STATE_DIR", "folder of history and log"),
)


def help_(app: App, arguments: str) -> Reply:
    """The overview, a command, or a topic."""
    word = arguments.strip().removeprefix("/").lower()
    if not word:
        return Reply(overview(app.width))
    if word in TOPICS:
        return Reply(TOPICS[word](app.width))
    try:
        command = find(word.partition(" ")[0])
    except UserError as error:
        fix = f"{error.fix.removesuffix(' lists them')} lists them"
        raise UserError(
            error.message,
            where="/help",
            fix=f"{fix}; topics are {', '.join(TOPICS)}",
            code=error.code,
        ) from None
    return Reply(one(command, app.width))


def overview(width: int) -> str:
    """Groups of commands, one line each, within 24 rows."""
    lines: list[str] = []
    for group in GROUPS[:-1]:
        shown = [one for one in COMMANDS if one.group == group and not one.hidden]
        rows: dict[str, str] = {}
        for one in shown:
            if not one.row:
                rows[one.title] = one.summary
            elif one.row not in rows.values():
                names = " ".join(f"/{other.name}" for other in shown if other.row == one.row)
                rows[names] = one.row
        for number, (title, summary) in enumerate(rows.items()):
            lines += _row(group if number == 0 else "", title, summary, width)
    keys = "Tab completes · Ctrl-C clears · Ctrl-D leaves"
    lines += wrap(f"{keys} · /help keys", width, pad("Keys", 9))
    return "\n".join(lines)


def _row(group: str, title: str, summary: str, width: int) -> list[str]:
    if width < STACKED:  # names alone: half a screen is not filled with summaries
        return [*([group] if group else []), *wrap(title, width, "  ", "    ")]
    if cells(title) > _USAGE_CELLS:
        return wrap(f"{title}: {summary}", width, pad(group, 9), " " * 11)
    left = f"{pad(group, 9)}{pad(title, _USAGE_CELLS)} "
    room = width - cells(left)
    return [left + summary] if cells(summary) <= room else wrap(summary, width, left)


def one(command: Command, width: int) -> str:
    """One command: usage, what it does, examples, related."""
    lines = [command.title]
    lines += wrap(command.summary, width, "  ")
    if command.aliases:
        lines.append("  also " + ", ".join(f"/{name}" for name in command.aliases))
    if not command.built:
        lines.append("  not built yet")
    if command.words:
        lines.append("Words")
        for word, meaning in command.words:
            lines += wrap(meaning, width, f"  {pad(word, 16)} ")
    if command.examples:
        lines += ["Examples", *(f"  {example}" for example in command.examples)]
    related = [
        f"/{other.name}"
        for other in COMMANDS
        if other.group == command.group and other is not command and not other.hidden
    ]
    if related:
        lines += wrap(" ".join(related), width, "Related  ")
    return "\n".join(lines)


def keys(width: int) -> str:
    """Every binding of the chat."""
    lines: list[str] = []
    for binding in KEYS:
        lines += wrap(binding.does, width, f"{pad(binding.shown, 22)} ")
    return "\n".join(lines)


def exit_codes(width: int) -> str:
    """Every exit status."""
    lines: list[str] = []
    for number, meaning in status_rows():
        lines += wrap(meaning, width, f"{number:>4}  ")
    return "\n".join(lines)


def status_rows() -> list[tuple[str, str]]:
    """Every exit status and what it means."""
    return [(str(int(status)), meaning) for status, meaning in _STATUSES]


def environment(width: int) -> str:
    """Every variable that is read."""
    lines: list[str] = []
    for name, meaning in environment_rows():
        lines += wrap(meaning, width, f"{pad(name, 27)} ")
    return "\n".join(lines)


def environment_rows() -> list[tuple[str, str]]:
    """Every variable that is read and what it does."""
    own = [(option.variable, option.summary) for option in OPTIONS if option.environment]
    return [*_OTHERS, *own]


def capabilities(width: int) -> str:
    """What is built and what is not, row by row."""
    from devops_exe.terminal.capabilities import capability_lines

    return "\n".join(capability_lines(width))


TOPICS: dict[str, Callable[[int], str]] = {
    "keys": keys,
    "exit-codes": exit_codes,
    "environment": environment,
    "capabilities": capabilities,
}
