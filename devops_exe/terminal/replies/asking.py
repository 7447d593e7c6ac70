"""The open questions, asked of the person behind a document: one line each, all of them free.

After a document the unknowns that would change it most are asked, the first the one that
moves most. Enter or ``skip`` passes one over, ``skip all``, Ctrl-D or Ctrl-C ends the asking.
An answer is read by the same grammar as any words, and the document is made once more with
all of them. A command, a question, or words that state something else are no answer but the
next line: nothing that was typed is lost. Nothing is asked twice in a conversation, nor where
nobody sits, with ``--yes``, ``--quiet`` or ``--json``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.ground.errors import DevopsExeError
from devops_exe.terminal.question import Nobody

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.unknowns import Unknown
    from devops_exe.terminal.app import App

_SKIP = frozenset({"", "skip", "s", "no", "n", "?", "unknown", "don't know", "dunno", "idk"})
_END = frozenset({"skip all", "stop", "end", "enough", "done", "none", "q"})
_LEAVE = frozenset({"exit", "quit", "bye", ":q"})
_BARE = re.compile(r"[\d.,\s~<>≤≥k%$/a-zµ]{1,40}\Z", re.IGNORECASE)
_SILENT = ("quiet", "json", "json-lines", "yes")
_MOST_TRIES = 2


class Asking:
    """Asks in one conversation.

    Attributes:
        ended: the person wants no more questions.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._asked: set[tuple[str, str]] = set()
        self._busy = False
        self.ended = False

    def after(self, dossier: Dossier) -> tuple[str, ...]:
        """The lines to answer next: the document with the answers, what was typed instead.

        Args:
            dossier: the document just shown.
        """
        unknowns = self._open(dossier)
        if not unknowns:
            return ()
        system = dossier.profile.text("system") or ""
        self._asked |= {(system, one.name) for one in unknowns}
        count = len(unknowns)
        told = "1 answer would change" if count == 1 else f"{count} answers would change"
        self._app.aside(f"· {told} this most; Enter skips one, skip all ends the asking")
        phrases: list[str] = []
        instead = ""
        for number, unknown in enumerate(unknowns, 1):
            said = self._ask(f"{number}/{count} {_line(unknown, self._app.width)}", unknown)
            if said is None:
                break
            if isinstance(said, _Next):
                instead = str(said)
                break
            phrases += [said] if said else []
        made = f"/{dossier.kind} {', '.join(phrases)}" if phrases else ""
        return tuple(line for line in (made, instead) if line)

    def answering(self, lines: tuple[str, ...]) -> None:
        """Answers these lines; no question comes of them."""
        self._busy = True
        try:
            for line in lines:
                self._app.again(line)
        finally:
            self._busy = False

    def _open(self, dossier: Dossier) -> tuple[Unknown, ...]:
        app = self._app
        if self.ended or self._busy or not app.chatting or isinstance(app.question, Nobody):
            return ()
        if dossier.plan is None or any(app.settings.flag(name) for name in _SILENT):
            return ()
        if not app.screen.terminal.interactive or _typed_ahead(app):
            return ()
        from devops_exe.design.unknowns import moving, open_questions

        system = dossier.profile.text("system") or ""
        found = moving(open_questions(dossier.plan))
        return tuple(one for one in found if (system, one.name) not in self._asked)

    def _ask(self, text: str, unknown: Unknown) -> str | None:
        """Words that answer, a command, "" for a skip; None where the asking ends."""
        for _ in range(_MOST_TRIES):
            try:
                said = " ".join(self._app.question.words(text).split())
            except KeyboardInterrupt:
                said = "skip all"
            low = said.casefold().rstrip(".!")
            if getattr(self._app.question, "ended", False) or low in _END:
                self.ended = low == "skip all" or self.ended
                return None
            if low in _SKIP and not (low in ("no", "n") and unknown.name == "schema_change"):
                return ""
            if low in _LEAVE:
                return _Next("/quit")
            if said.startswith(("/", "!", "@")) or said.endswith("?"):
                return _Next(said)
            try:
                words = answer_of(said, unknown)
            except DevopsExeError as error:
                self._app.fail(error)
                continue
            if words:
                return words
            if _states_something(said):
                return _Next(said)
            self._app.aside(f"· that says nothing about it; for example: {unknown.example}")
        return ""


class _Next(str):
    """Not an answer but the next line."""

    __slots__ = ()


def _states_something(said: str) -> bool:
    """Whether words are about something else: a fact that was not asked for."""
    from devops_exe.assess.requirements import read_words

    return bool(set(read_words(said, chat=True).facts) - {"system"})


def answer_of(said: str, unknown: Unknown) -> str:
    """The words that state the answer, "" where they say nothing about what was asked.

    Raises:
        UserError: the answer makes no sense (``-5``).

    >>> from devops_exe.design.unknowns import Unknown
    >>> peak = Unknown("peak_rps", "How many?", "", ("peak_rps",), ("peak {} rps",))
    >>> answer_of("1200", peak), answer_of("400 rps at peak", peak), answer_of("blue", peak)
    ('peak 1200 rps', '400 rps at peak', '')
    """
    from devops_exe.assess.requirements import read_words

    if unknown.name == "schema_change" and said.casefold() in ("no", "none", "n"):
        return "no schema change"
    if any(name in read_words(said, chat=True) for name in unknown.fields):
        return said
    bare = said.rstrip("%. ") if "%" in "".join(unknown.templates) else said
    for template in unknown.templates if _BARE.match(said) else ():
        words = template.format(bare)
        if any(name in read_words(words, chat=True) for name in unknown.fields):
            return words
    return ""


def _line(unknown: Unknown, width: int) -> str:
    """The question, and what an answer moves where that fits one line."""
    moved = ", ".join(move.text for move in unknown.moves[:2])
    whole = f"{unknown.question} ({moved})" if moved else unknown.question
    return whole if len(whole) + 10 <= width else unknown.question


def _typed_ahead(app: App) -> bool:
    """Whether lines wait that were typed before the question: they are no answers to it."""
    if app.keys is not None and app.keys.waiting:
        return True
    import select
    import sys

    try:
        return bool(select.select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError, TypeError):
        return False
