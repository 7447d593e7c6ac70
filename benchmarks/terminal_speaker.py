"""The executable with an engine that streams one long answer, for ``terminal.py``.

It says 400 lines of Markdown in pieces of five characters; ``PACE`` in the environment is the
pause between two of them, in seconds.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from devops_exe.agent.events import Done, Event, TextDelta
from devops_exe.terminal import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.session import Work

PIECE = 5
END = "finished"


def answer() -> str:
    """400 lines: headings, prose, lists, a table, a fence."""
    lines: list[str] = []
    for number in range(36):
        lines += [
            f"## Step {number}",
            "",
            "The **rollout** goes on in small steps; `kubectl` tells after each how it went.",
            "",
            f"- weight {number} %: the error ratio is held against its threshold",
            "- nothing is done by hand that a machine can do",
            "",
            "| step | weight |",
            "|---|---|",
            f"| {number} | {number * 3 % 100} % |",
            "",
        ]
    return "\n".join([*lines, "```", "kubectl get rollout", "```", END])


class Speaker:
    """Says it."""

    @property
    def name(self) -> Mapping[str, str | None]:
        """As the service would be called."""
        return {"name": "claude", "model": "speaker"}

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        """The answer in pieces."""
        del work
        text, pace = answer(), float(os.environ.get("PACE", "0"))
        for at in range(0, len(text), PIECE):
            yield TextDelta(text[at : at + PIECE])
            await asyncio.sleep(pace)
        yield Done("end_turn")

    def document(self, work: Work) -> AsyncIterator[Event]:
        """The same."""
        return self.chat(work)


if __name__ == "__main__":
    from devops_exe.agent.claude import loader
    from devops_exe.cli import main
    from devops_exe.terminal import running

    app.writer_of = lambda settings: Speaker()  # type: ignore[assignment]
    loader.start = lambda **_: None
    assert running.waits(Speaker())
    sys.exit(main(sys.argv[1:]))
