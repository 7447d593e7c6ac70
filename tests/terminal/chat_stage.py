"""Stages for tests of the terminal: an application over strings, and streams that pretend."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from devops_exe.agent.events import Document, Done, ErrorRaised, Event, TextDelta, Usage
from devops_exe.ground.options import parse_arguments
from devops_exe.ground.settings import Settings, read_settings
from devops_exe.terminal.app import App

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.session import Work
    from devops_exe.ground.errors import DevopsExeError, ExitStatus

CHECKOUT = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"


class Pretended(io.StringIO):
    """A stream that says whether it is a terminal, and which encoding it has."""

    def __init__(self, text: str = "", *, terminal: bool = False, code: str = "utf-8") -> None:
        super().__init__(text)
        self._terminal = terminal
        self._code = code

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str:
        return self._code


def settings(*flags: str) -> Settings:
    return read_settings(parse_arguments(flags))


class Stage:
    """An application whose streams are strings."""

    def __init__(self, *flags: str, terminal: bool = False) -> None:
        self.stdout = Pretended(terminal=terminal)
        self.stderr = Pretended(terminal=terminal)
        self.app = App.create(
            settings(*flags),
            stdin=Pretended(terminal=terminal),
            stdout=self.stdout,
            stderr=self.stderr,
        )

    def say(self, line: str) -> ExitStatus:
        """Answer a line, the streams emptied before."""
        for stream in (self.stdout, self.stderr):
            stream.seek(0)
            stream.truncate()
        return self.app.answer(line)

    @property
    def out(self) -> str:
        return self.stdout.getvalue()

    @property
    def err(self) -> str:
        return self.stderr.getvalue()


class Speaker:
    """An engine that waits, as a service does."""

    def __init__(
        self,
        *pieces: str,
        then: BaseException | None = None,
        failure: DevopsExeError | None = None,
    ) -> None:
        self.pieces = pieces
        self.then = then
        self.failure = failure

    @property
    def name(self) -> Mapping[str, str | None]:
        return {"name": "claude", "model": "scripted"}

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        import asyncio

        work.session.memory = {"messages": [], "references": {}}
        for piece in self.pieces:
            await asyncio.sleep(0)
            yield TextDelta(piece)
        if self.then is not None:
            raise self.then
        if self.failure is not None:
            yield ErrorRaised(self.failure)
        yield Usage(2, 4100, 800, 3600, 0, 1.5)
        yield Done("end_turn")

    async def document(self, work: Work) -> AsyncIterator[Event]:
        yield TextDelta("a word beside")
        yield Document(work.draft)
        yield Done("end_turn")
