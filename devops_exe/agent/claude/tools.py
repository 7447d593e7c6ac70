"""One round of tools: those asked for together run together, and are answered in order."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from devops_exe.agent.conversation import NO_ANSWER, result_block
from devops_exe.agent.engine import Toolbox, ToolResult
from devops_exe.agent.events import Event, ToolFinished, ToolStarted
from devops_exe.ground.errors import DevopsExeError
from devops_exe.ground.text import cut, sanitise

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from devops_exe.agent.claude.reply import Call

LINE_CELLS = 60


class ToolRound:
    """The calls of one reply and what came of them."""

    def __init__(self, toolbox: Toolbox, calls: list[Call], outgoing: Callable[[str], str]) -> None:
        self._toolbox = toolbox
        self._calls = calls
        self._outgoing = outgoing
        # Identical calls run once; each is answered.
        self._first: dict[tuple[str, str], Call] = {}
        for call in calls:
            self._first.setdefault((call.name, call.raw), call)
        self._results: dict[str, ToolResult] = {}

    @property
    def ends_turn(self) -> bool:
        """Whether an answer ended the turn."""
        return any(result.ends_turn for result in self._results.values())

    @property
    def references(self) -> dict[str, str]:
        """What may stand for each result later."""
        found = ((call.id, self._result(call)) for call in self._calls)
        return {key: result.reference for key, result in found if result and result.reference}

    def blocks(self) -> list[dict[str, Any]]:
        """A ``tool_result`` for each call, in order; one that did not finish says so."""
        blocks = []
        for call in self._calls:
            result = self._result(call) or ToolResult(NO_ANSWER, is_error=True)
            content = self._outgoing(result.content)
            blocks.append(result_block(call.id, content, is_error=result.is_error))
        return blocks

    async def run(self, seconds: float) -> AsyncGenerator[Event, None]:
        """Run the calls, telling of each when it begins and when it is done.

        Raises:
            TimeoutError: they took longer than ``seconds``; what finished is kept.
        """
        deadline = time.monotonic() + seconds
        running: dict[asyncio.Task[tuple[ToolResult, float]], Call] = {}
        try:
            for call in self._first.values():
                shown = self._summary(call)
                yield ToolStarted(call.id, call.name, cut(shown, LINE_CELLS))
                running[asyncio.create_task(self._timed(call))] = call
            while running:
                left = max(0.0, deadline - time.monotonic())
                done, _ = await asyncio.wait(
                    running, timeout=left, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    raise TimeoutError
                # A set has no order; events of one moment come in the order of the calls.
                for task in [task for task in running if task in done]:
                    call = running.pop(task)
                    result, milliseconds = task.result()
                    self._results[call.id] = result
                    yield ToolFinished(
                        call.id,
                        call.name,
                        not result.is_error,
                        cut(self._outgoing(_first_line(result)), LINE_CELLS),
                        milliseconds,
                    )
                    for event in result.events:
                        yield event
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.gather(*running, return_exceptions=True)

    def _summary(self, call: Call) -> str:
        """The arguments in a line; secrets are taken out before anything is cut."""
        if call.fault:
            return "(not whole)"
        return ", ".join(
            f"{sanitise(key)}={self._short(value)}" for key, value in call.arguments.items()
        )

    def _short(self, value: object) -> str:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return cut(" ".join(sanitise(self._outgoing(text)).split()), 24)

    def _result(self, call: Call) -> ToolResult | None:
        return self._results.get(self._first[(call.name, call.raw)].id)

    async def _timed(self, call: Call) -> tuple[ToolResult, float]:
        started = time.perf_counter()
        result = await self._answer(call)
        return result, (time.perf_counter() - started) * 1000.0

    async def _answer(self, call: Call) -> ToolResult:
        if call.fault:
            return ToolResult(call.fault, is_error=True)
        try:
            return await self._toolbox.call(call.name, call.arguments)
        except DevopsExeError as error:
            words = f"{error.where}: {error.message}; {error.fix}"
            return ToolResult(words, is_error=True)
        except Exception as error:
            # A fault of ours must not end the user's turn; the model can go another way.
            return ToolResult(f"{call.name} failed inside: {error}", is_error=True)


def _first_line(result: ToolResult) -> str:
    text = result.summary or result.content
    return next((line.strip() for line in sanitise(text).splitlines() if line.strip()), "")
