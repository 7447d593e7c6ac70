"""The application behind the command line: one line in, one answer out, in every mode."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from devops_exe.agent.request import LONGEST_LINE, request_of
from devops_exe.agent.session import Session
from devops_exe.ground.errors import (
    DevopsExeError,
    EngineError,
    ExitStatus,
    UserError,
)
from devops_exe.ground.settings import PROJECT_FILE, Setting, Settings
from devops_exe.terminal import commands
from devops_exe.terminal.capability import Terminal
from devops_exe.terminal.log import log_of
from devops_exe.terminal.question import Nobody, Person, Question
from devops_exe.terminal.record import Record
from devops_exe.terminal.running import Turns
from devops_exe.terminal.view.screen import Screen
from devops_exe.terminal.view.wrap import paragraphs, wrap
from devops_exe.terminal.writers import waits, writer_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devops_exe.agent.events import Event
    from devops_exe.agent.session import Writer
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.terminal.keyboard import Keyboard

SCHEMA = "devops-exe/1"

LONGEST_PASTE = 16 * 1024 * 1024
"""Characters behind ``/incident``."""


class App:
    """A conversation with its screen.

    Attributes:
        settings: of this call.
        screen: the two streams.
        session: the conversation.
        record: what is kept of it.
        question: who can be asked.
        chatting, leaving: whether this is the chat at a terminal; whether the user asked to leave.
        failed: the line of the last turn, where it failed or was stopped.
        events: of the last turn.
        log: what ``--debug`` writes; None without it.
        carried: what goes with the next line: output of a command, the reason of a no.
        keys: read while a turn runs; None where nobody could press one.
        turns: runs them.
    """

    def __init__(self, settings: Settings, screen: Screen, session: Session) -> None:
        self.settings = settings
        self.screen = screen
        self.session = session
        self.record = Record(screen)
        self.question: Question = Nobody()
        self.chatting = False
        self.leaving = False
        self.failed = ""
        self.events: list[Event] = []
        self.carried = ""
        self.log = log_of(settings)
        self.keys: Keyboard | None = None
        self.turns = Turns(self)
        self._mentions = True

    @classmethod
    def create(cls, settings: Settings, *, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> App:
        """The application for these settings and streams.

        Raises:
            UserError: a setting makes no sense, or the session to resume is not there.
            EngineError: the engine cannot be had, or the store cannot be read.
        """
        terminal = Terminal.detect(settings, stdin, stdout, stderr)
        screen = Screen(terminal, stdout, stderr)
        folder = settings.text("repo")
        session = Session(
            writer_of(settings), repository=Path(folder) if folder else None, width=terminal.width
        )
        app = cls(settings, screen, session)
        if terminal.interactive and not app.json:
            app.question = app.person()
        wanted = settings.values.get("resume")
        if wanted is not None or settings.flag("continue"):
            try:
                app.resume(wanted.value if wanted is not None else "")
            except BaseException:
                app.close()  # nobody else will: the caller gets no application
                raise
        return app

    # ── modes ────────────────────────────────────────────────────────────────────────────

    def answer(self, line: str) -> ExitStatus:
        """Answer one line: one of the five commands, one of the session, or plain words."""
        self.note("line", line)
        try:
            return self._answer(line)
        except DevopsExeError as error:
            return self.fail(error)
        except Exception as problem:  # a fault of ours must not end a conversation
            return self._fault(problem)
        except KeyboardInterrupt:
            self.screen.err("⎿ interrupted", "warn")
            return ExitStatus.INTERRUPTED

    def pipe(self, lines: Iterable[str]) -> ExitStatus:
        """Answer each line in turn, empty ones skipped; the highest status is the answer."""
        highest: ExitStatus | None = None
        self._mentions = False  # nobody typed these lines: an @ is an @
        try:
            for line in filter(str.strip, lines):
                status = self.answer(line)
                highest = status if highest is None else max(highest, status)
                if self.leaving or status == ExitStatus.INTERRUPTED:
                    break
        except UnicodeDecodeError:
            error = UserError(
                "it holds bytes that are not UTF-8",
                where="standard input",
                fix="send UTF-8 text",
                code="not_utf8",
            )
            highest = max(highest or ExitStatus.OK, self.fail(error))
        if highest is None:
            return self.fail(
                UserError(
                    "it holds no line",
                    where="standard input",
                    fix="send one request a line, such as /devops checkout-api on EKS, 1200 rps",
                    code="empty_input",
                )
            )
        return highest

    def repl(self) -> ExitStatus:
        """The chat at a terminal."""
        from devops_exe.terminal.repl import chat

        return chat(self)

    def close(self) -> None:
        """Let go of store, connections and event loop."""
        self.record.close()
        self.turns.let_go(self.session.writer)
        self.turns.close()

    def use(self, writer: Writer) -> None:
        """Another engine answers from now on; the connections of the one before are closed."""
        before, self.session.writer = self.session.writer, writer
        self.turns.let_go(before)

    # ── pieces that replies use ──────────────────────────────────────────────────────────

    @property
    def json(self) -> bool:
        """Whether answers are objects."""
        return self.settings.flag("json") or self.settings.flag("json-lines")

    @property
    def width(self) -> int:
        """Cells of a line beside the document; there no line needs the template's 39."""
        seen = self.screen.terminal
        return seen.width if self.settings.text("width") else seen.line

    def current(self, where: str) -> Dossier:
        """The document last shown.

        Raises:
            UserError: there is none.
        """
        found = self.session.current
        if found is None:
            raise UserError(
                "no document is current",
                where=where,
                fix="make one first: /devops checkout-api on EKS, 1200 rps; or go on with a "
                "stored one: devops-exe --continue",
                code="no_document",
            )
        return found

    def resume(self, name: str) -> None:
        """Go on with a stored session; the latest for an empty name.

        Raises:
            UserError: there is no such session.
            EngineError: the store cannot be read.
        """
        from devops_exe.agent.restore import restore

        key = self.record.meant(name)
        fresh = Session(
            self.session.writer,
            repository=self.session.repository,
            width=self.session.width,
            clock=self.session.clock,
        )
        for warning in restore(fresh, self.record.store(), key):
            self.screen.err(f"! {warning}", "warn")
        self.session = fresh

    def set(self, name: str, value: str, where: str = "") -> None:
        """Change a setting for the rest of this conversation; ``where`` names the command."""
        values = {**self.settings.values, name: Setting(value, "flag", where or f"/{name}")}
        self.settings = replace(self.settings, values=values)

    def measure(self) -> None:
        """Take the window as it is now: it may have been drawn wider or narrower."""
        screen = self.screen
        screen.terminal = screen.terminal.measured(self.settings, screen.stderr)
        self.session.width = screen.terminal.width

    def person(self) -> Person:
        """Whoever sits at the terminal, asked outside the chat."""
        return Person(self.ask_plainly, self.told, lambda: self.screen.terminal.columns)

    def ask_plainly(self, prompt: str) -> str:
        """A line of standard input, for a question outside the chat."""
        from devops_exe.terminal.repl import SimpleReader

        return SimpleReader(self).ask(prompt)

    def carry(self, words: str) -> None:
        """Words that go to the model with the next line; rules read no reasons."""
        if waits(self.session.writer):
            self.carried += f"\n\n{words}"
            self.screen.err("· it goes with your next line", "dim")

    def fail(self, error: DevopsExeError) -> ExitStatus:
        """Show an error in the form of this mode."""
        self.note("error", f"{error.code} {error.line()}")
        told = error.repl_line() if self.chatting else error.line()
        if self.chatting and self.screen.terminal.read_by_a_person:
            told = "\n".join(wrap(told, self.width, rest="  "))
        self.screen.err(told, "bad")
        if self.json:
            self.screen.raw_out(self.dump({"error": error.as_object()}))
        return error.status

    def _fault(self, problem: Exception) -> ExitStatus:
        import traceback

        where = "again with --debug it is shown"
        if self.log:
            told = "".join(traceback.format_exception(problem))
            where = f"it is in {self.log.path}"
            self.log.write("fault", told)
            self.screen.err(told, "dim")
        return self.fail(
            EngineError(
                "something in devops-exe itself failed; the conversation stands",
                where="devops-exe",
                fix=f"ask in other words; what happened: {where}",
                code="internal",
            )
        )

    def note(self, kind: str, text: str) -> None:
        """Write to the log, where there is one."""
        if self.log:
            self.log.write(kind, text)

    def aside(self, text: str) -> None:
        """A line beside the answer; wrapped where a person reads it."""
        wrapped = self.screen.terminal.read_by_a_person
        self.screen.err("\n".join(wrap(text, self.width, rest="  ")) if wrapped else text, "dim")

    def told(self, text: str) -> None:
        """A line of a list beside the answer: its blanks stay, and it is wrapped below itself."""
        self.screen.err(paragraphs(text, self.width), "dim")

    def dump(self, value: object) -> str:
        """An object as one line of JSON."""
        return json.dumps(value, ensure_ascii=self.screen.terminal.ascii, default=str)

    def again(self, line: str) -> ExitStatus:
        """Answer another line instead of the one that is being answered."""
        return self._answer(line)

    # ── one line ─────────────────────────────────────────────────────────────────────────

    def _answer(self, line: str, *, again: bool = False) -> ExitStatus:
        text = line.strip()
        if text == "?":
            text = "/help"
        _check(text)
        if text.startswith("!"):
            from devops_exe.terminal.shell import run_line

            run_line(self, text)
            return ExitStatus.OK
        if text.startswith("/") and len(text) <= _longest(text):
            word, rest = commands.split(text)
            command = commands.find(word)
            if command.name not in commands.SEED:
                return self._reply(command, rest, text)
            text = f"/{command.name} {rest}".rstrip()
        text = self._with_files(text)
        request = request_of(text)
        assert request is not None
        if self.session.measured is None and Path(PROJECT_FILE).is_file():
            from devops_exe.terminal.measuring import take_measured

            take_measured(self)
        return self.turns.run(request, text, again=again)

    def _with_files(self, text: str) -> str:
        """The line with the files that it mentions and the output that was to go with it.

        Raises:
            UserError: a file is not there, is no text, or is too large.
        """
        if self._mentions and "@" in text:
            from devops_exe.terminal.mentions import attached

            text, files = attached(text)
            for one in files:
                self.aside(f"· {one.told}; its text is read as further words")
        text, self.carried = f"{text}{self.carried}", ""
        return text

    def _reply(self, command: commands.Command, arguments: str, line: str) -> ExitStatus:
        reply = command.run(self, arguments)
        if reply.again:
            return self._answer(reply.again, again=True)
        if reply.kept and reply.text:
            self.record.note(self.session, line, reply.text)
        if self.json:
            answer: dict[str, object] = {
                "schema": SCHEMA,
                "command": {"kind": command.name, "arguments": arguments},
                "text": reply.text,
            }
            if reply.data is not None:
                answer["data"] = reply.data
            self.screen.raw_out(self.dump(answer))
        elif reply.text:
            self.screen.out(reply.text)
        for note in reply.notes:
            self.aside(note)
        self.leaving = reply.leave
        return reply.status


def _longest(text: str) -> int:
    """Characters of a command's line; alerts that are pasted are many."""
    return LONGEST_PASTE if text.startswith("/incident") else LONGEST_LINE


def _check(text: str) -> None:
    """A line as text: bytes that were not UTF-8 arrive as lone surrogates."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UserError(
            "it holds bytes that are not UTF-8",
            where="line",
            fix="type it as UTF-8 text",
            code="not_utf8",
        )
