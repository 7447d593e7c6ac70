"""The executable with an engine that speaks slowly, for tests that interrupt it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from devops_exe.agent.events import (
    Done,
    Event,
    TextDelta,
    ToolFinished,
    ToolStarted,
    Usage,
)
from devops_exe.terminal import app, repl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.session import Work


class Slow:
    """Says a word every tenth of a second, for a minute."""

    @property
    def name(self) -> Mapping[str, str | None]:
        return {"name": "claude", "model": "slow"}

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        if work.request.arguments == "tool":
            yield ToolStarted("t1", "what_if", "peak_rps=3000, and one argument more than fits it")
            yield Usage(1, 2000, 1100, 0, 0, 0.1)
            await asyncio.sleep(3)
            yield ToolFinished("t1", "what_if", ok=True, summary="45 replicas", milliseconds=12.0)
            await asyncio.sleep(1.5)
        words = 3 if work.request.arguments in {"short", "tool"} else 600
        for number in range(words):
            yield TextDelta(f"word{number} ")
            await asyncio.sleep(0.1)
        yield Done("end_turn")

    def document(self, work: Work) -> AsyncIterator[Event]:
        return self.chat(work)


if __name__ == "__main__":
    from devops_exe.agent.claude import loader
    from devops_exe.cli import main

    app.writer_of = lambda settings: Slow()  # type: ignore[assignment]
    loader.start = lambda **_: None
    assert repl.waits(Slow())
    sys.exit(main(sys.argv[1:]))
