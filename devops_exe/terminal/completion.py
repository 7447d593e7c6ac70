"""What can come next on the line: pure suggestions, and their menu at the prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.text import cut, sanitise
from devops_exe.terminal.commands import COMMANDS, Command, split
from devops_exe.terminal.mentions import paths, typed_mention
from devops_exe.terminal.record import here

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    from devops_exe.terminal.app import App

META_CELLS = 48
MOST = 200
"""Entries of a folder that are offered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One entry of the menu.

    Attributes:
        text: what it writes.
        replaces: how many characters before the cursor it takes the place of.
        shown: what the menu shows.
        meta: what it is, at most 48 cells.
    """

    text: str
    replaces: int
    shown: str
    meta: str = ""


def suggestions(app: App, text: str) -> list[Suggestion]:
    """What can follow ``text``, the line up to the cursor; plain words are left alone."""
    mentioned = typed_mention(text)
    if mentioned is not None:
        return [Suggestion(f"@{one}", len(mentioned) + 1, one) for one in _offered(mentioned)]
    line = text.lstrip()
    if not line.startswith("/") or "\n" in line:
        return []
    if not re.search(r"\s", line):
        return [_command(one, len(line)) for one in matching(line[1:])]
    word, _ = split(line)
    last = line.rsplit(None, 1)[-1] if not line[-1].isspace() else ""
    if word.lower() == "devops":
        return _parts(line, last)
    command = next((one for one in COMMANDS if word.lower() in (one.name, *one.aliases)), None)
    if command is None or command.hidden or not command.completes:
        return []
    return list(_words(command, app, line, last))


def _offered(typed: str) -> list[str]:
    """Paths without blanks or controls: what has them is attached as @"name"."""
    return [one for one in paths(typed) if sanitise(one) == one and " " not in one]


def matching(word: str) -> list[Command]:
    """Commands that a word may mean: those it begins, then those that hold its letters in order."""
    word = word.lower()
    shown = [one for one in COMMANDS if not one.hidden]
    begins = [one for one in shown if one.name.startswith(word)]
    rest = [one for one in shown if one not in begins and _within(word, one.name)]
    return begins + rest


def _within(letters: str, name: str) -> bool:
    rest = iter(name)
    return all(letter in rest for letter in letters)


def _command(one: Command, replaces: int) -> Suggestion:
    blank = " " if one.usage else ""
    return Suggestion(f"/{one.name}{blank}", replaces, one.title, cut(one.summary, META_CELLS))


def _parts(line: str, last: str) -> list[Suggestion]:
    """The parts of ``/devops``, while its first word is typed."""
    if len(line.split()) > (2 if last else 1):
        return []
    return [
        Suggestion(f"{one.name} ", len(last), one.name, one.summary)
        for one in COMMANDS
        if one.short and one.name.startswith(last.lower())
    ]


def _words(command: Command, app: App, line: str, last: str) -> Iterator[Suggestion]:
    rest = line.split(None, 1)[1] if len(line.split(None, 1)) > 1 else ""
    whole = command.completes in {"figures", "sessions", "strategies"}
    typed = rest if whole else last
    if command.completes == "calculators" and len(rest.split()) > (1 if last else 0):
        yield from _operations(rest.split()[0], last)
        return
    if not whole and command.completes != "fields" and len(rest.split()) > (1 if last else 0):
        return
    for word, meta in _SOURCES[command.completes](app, typed):
        if word.lower().startswith(typed.lower()) and word != typed:
            yield Suggestion(word, len(typed), word, cut(meta, META_CELLS))


def _operations(calculator: str, last: str) -> Iterator[Suggestion]:
    from devops_exe.design.registry import OPERATIONS

    for one in OPERATIONS:
        word = f"op={one.op}"
        if one.calculator == calculator and one.op and word.startswith(last):
            yield Suggestion(f"{word} ", len(last), word, cut(one.summary, META_CELLS))


Pairs = Iterable[tuple[str, str]]


_FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "engines": (
        ("auto", "claude where a key or a server is set"),
        ("claude", "a language model"),
        ("offline", "written rules, no key, no network"),
    ),
    "pictures": (
        ("rollout", "weights over time"),
        ("budget", "what each strategy burns"),
        ("replicas", "replicas against load"),
        ("pipeline", "stages as a graph"),
    ),
    "modes": (
        ("plan", "no file is written"),
        ("ask", "asks before it writes over a file"),
        ("auto-edit", "writes over files of this folder"),
    ),
    "formats": (
        ("text", "as printed"),
        ("json", "the object of --json"),
        ("mermaid", "what depends on what, as text"),
        ("svg", "what depends on what, as a picture"),
    ),
    "strategies": (
        ("blue-green", "zero downtime"),
        ("canary", "gradual rollout"),
        ("rolling", "resource efficient"),
        ("recreate", "simple apps"),
        ("a/b testing", "feature validation"),
    ),
}
"""Words that depend on nothing."""


def fixed_words(kind: str) -> tuple[str, ...]:
    """Words of a kind that depend on no conversation; the shells' completions hold them."""
    if kind == "topics":
        from devops_exe.terminal.replies.helping import TOPICS

        return (*TOPICS, *(one.name for one in COMMANDS if not one.hidden))
    return tuple(word for word, _ in _FIXED.get(kind, ()))


def _fixed(kind: str) -> Callable[[App, str], Pairs]:
    def pairs(app: App, typed: str) -> Pairs:
        del app, typed
        return _FIXED[kind]

    return pairs


def _figures(app: App, typed: str) -> Pairs:
    del typed
    from devops_exe.design.summary import answer_of, call_of
    from devops_exe.terminal.replies.explaining import named_figures

    current = app.session.current
    if current is None:
        return
    for name, figure in named_figures(current).items():
        yield name, call_of(figure)
    for entry in current.ledger:
        yield entry.id, f"{call_of(entry)} → {answer_of(entry)}"


def _fields(app: App, typed: str) -> Pairs:
    from devops_exe.design.assignment import known_fields
    from devops_exe.terminal.view.quantity import shown

    if "=" in typed:
        return
    stated = app.session.current.profile if app.session.current else None
    for name in known_fields():
        fact = stated.get(name) if stated is not None else None
        yield f"{name}=", f"now {shown(fact.value)}" if fact is not None else ""


def _calculators(app: App, typed: str) -> Pairs:
    del app, typed
    from devops_exe.design.registry import CALCULATORS, operations

    for name in CALCULATORS:
        yield name, operations(name)[0].summary


def _sessions(app: App, typed: str) -> Pairs:
    del typed
    from devops_exe.ground.errors import DevopsExeError

    try:
        store = app.record.store()
        near = store.sessions(here(), chats=True)
        listed = near + [one for one in store.sessions() if one not in near]
    except DevopsExeError:
        return
    for one in listed[:MOST]:
        yield one["id"], sanitise(f"{one['title']}, {one['turns']} turns, {one['updated'][:10]}")


def _topics(app: App, typed: str) -> Pairs:
    del app, typed
    from devops_exe.terminal.replies.helping import TOPICS

    yield from ((name, "topic") for name in TOPICS)
    yield from ((one.name, one.summary) for one in COMMANDS if not one.hidden)


def _folders(app: App, typed: str) -> Pairs:
    del app
    head, slash, _ = typed.rpartition("/")
    base = Path(f"{head}{slash}" or ".").expanduser()
    try:
        found = sorted(
            one.name for one in base.iterdir() if one.is_dir() and not one.name.startswith(".")
        )
    except OSError:
        return
    for name in found[:MOST]:
        yield f"{head}{slash}{sanitise(name)}/", "folder"


_SOURCES: dict[str, Callable[[App, str], Pairs]] = {
    "figures": _figures,
    "fields": _fields,
    "calculators": _calculators,
    "sessions": _sessions,
    "engines": _fixed("engines"),
    "formats": _fixed("formats"),
    "topics": _topics,
    "strategies": _fixed("strategies"),
    "folders": _folders,
    "pictures": _fixed("pictures"),
    "modes": _fixed("modes"),
}


def completer(app: App) -> Completer:
    """The menu of the prompt."""
    from prompt_toolkit.completion import Completer, Completion

    class Menu(Completer):
        """Suggestions as the prompt takes them."""

        def get_completions(
            self, document: Document, complete_event: CompleteEvent
        ) -> Iterable[Completion]:
            del complete_event
            for one in suggestions(app, document.text_before_cursor):
                yield Completion(one.text, -one.replaces, display=one.shown, display_meta=one.meta)

        async def get_completions_async(
            self, document: Document, complete_event: CompleteEvent
        ) -> AsyncGenerator[Completion, None]:
            """Paths are read from the disk in a thread: no key waits for them."""
            if typed_mention(document.text_before_cursor) is None:
                for one in self.get_completions(document, complete_event):
                    yield one
                return
            import asyncio

            found = await asyncio.to_thread(
                lambda: list(self.get_completions(document, complete_event))
            )
            for one in found:
                yield one

    return Menu()
