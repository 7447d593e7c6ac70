"""One turn: ask, run the tools asked for, ask again, until something ends it.

The conversation only ever grows by whole states (a reply together with the results of its
tools), so it is one the API accepts at every moment. Tools run only once their reply is
whole: a stream that is cut has run nothing, and can always be asked again.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devops_exe.agent.claude import failures, request
from devops_exe.agent.claude.reply import BrokenStream, Reply
from devops_exe.agent.claude.tools import ToolRound
from devops_exe.agent.claude.veil import Veil
from devops_exe.agent.conversation import result_block, text_block
from devops_exe.agent.events import CutOff, Done, Event, Notice, TextDelta
from devops_exe.agent.retry import Attempts
from devops_exe.ground.errors import BudgetExhausted, EngineError
from devops_exe.ground.text import cut, sanitise

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from devops_exe.agent.claude.budget import Budget
    from devops_exe.agent.claude.reply import Call
    from devops_exe.agent.claude.settings import ClaudeSettings
    from devops_exe.agent.claude.wire import Wire
    from devops_exe.agent.conversation import Conversation
    from devops_exe.agent.engine import Block, Toolbox

# Seconds for a server to end a stream of which everything was read: then the connection can
# be used again.
GRACE = 0.5

_PLAIN_ENDS = frozenset({None, "end_turn", "stop_sequence", "tool_use"})


@dataclass(slots=True)
class Turn:
    """A turn under way."""

    settings: ClaudeSettings
    prefix: request.Prefix
    wire: Wire
    toolbox: Toolbox
    outgoing: Callable[[str], str]
    conversation: Conversation
    budget: Budget
    left_off: set[str]
    _reply: Reply = field(default_factory=Reply)
    _entered: bool = False
    # Words of an earlier reply were shown: those of the next begin a new paragraph.
    _spoke: bool = False

    async def events(self) -> AsyncGenerator[Event, None]:
        """The turn's events, ``Done`` last.

        Raises:
            BudgetExhausted: a limit ended it.
            EngineError, anthropic.APIError, httpx2.TransportError, …: the service failed.
        """
        try:
            while True:
                self.budget.check()
                async with aclosing(self._asked()) as asked:
                    async for event in asked:
                        yield event
                self.budget.rounds += 1
                self.budget.count(self._reply.usage)
                yield self.budget.usage()
                for notice in self.budget.warnings():
                    yield notice
                async with aclosing(self._acted_on()) as acted:
                    async for event in acted:
                        yield event
                        if isinstance(event, Done):
                            return
        finally:
            # Cancelled, broken for good or out of time: what was said is kept, once.
            text = self._reply.text().rstrip()
            if not self._entered and text:
                self.conversation.add_reply([text_block(self.outgoing(text))])
                self._entered = True

    # ── asking ───────────────────────────────────────────────────────────────────────────

    async def _asked(self) -> AsyncGenerator[Event, None]:
        """Ask until a reply is whole, or raise what kept it from being."""
        attempts = Attempts(self.settings.attempts, failures.judge, failures.retry_after)
        while True:
            self._reply, self._entered = Reply(), False
            try:
                async with aclosing(self._streamed()) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except TimeoutError:
                raise self.budget.seconds_ended() from None
            except Exception as error:
                self.budget.count(self._reply.usage)
                mended = self._mended(error)
                if mended:
                    yield Notice(mended)
                    continue
                retry = attempts.again(error)
                if retry.seconds >= self.budget.seconds_left:
                    raise self.budget.seconds_ended(retry.reason) from error
                if self._reply.text():
                    yield CutOff(retry.attempt, retry.of)
                yield retry
                await asyncio.sleep(retry.seconds)

    async def _streamed(self) -> AsyncGenerator[TextDelta, None]:
        """The reply's text without secrets; what was held back of a broken one comes too."""
        veil, gap = Veil(self.outgoing), "\n\n" if self._spoke else ""
        try:
            async with aclosing(self._pieces()) as pieces:
                async for piece in pieces:
                    if text := veil.feed(piece):
                        yield TextDelta(gap + text)
                        gap = ""
        except Exception:
            if text := veil.flush():
                yield TextDelta(gap + text)
            raise
        if text := veil.flush():
            yield TextDelta(gap + text)

    async def _pieces(self) -> AsyncGenerator[str, None]:
        """The reply's text as it arrives."""
        reply, loop = self._reply, asyncio.get_running_loop()
        deadline = loop.time() + self.budget.seconds_left
        asked = request.build(
            self.settings, self.prefix, self.conversation, self.budget.reply_tokens, self.left_off
        )
        async with aclosing(self.wire.events(asked)) as events:
            while not reply.complete:
                async with asyncio.timeout_at(deadline):
                    event = await anext(events, None)
                if event is None:
                    raise BrokenStream("it ended before it was whole")
                whole = event.get("type") == "whole"
                text = reply.take_whole(event["message"]) if whole else reply.take(event)
                if text:
                    yield text
            try:
                async with asyncio.timeout(GRACE):
                    await anext(events, None)
            except Exception:
                # The reply is whole: how its connection ends is no matter.
                return

    def _mended(self, error: Exception) -> str:
        """What was changed so that the same can be asked again at once; empty: nothing."""
        fields = tuple(name for name in request.OPTIONAL if name not in self.left_off)
        refused = failures.refused_field(error, fields)
        if refused:
            self.left_off.add(refused)
            return f"the server does not know {refused}: left off"
        if failures.is_too_long(error) and (count := self.conversation.shorten()):
            return f"the conversation grew too long: {count} old tool results are left out"
        return ""

    # ── acting on a reply ────────────────────────────────────────────────────────────────

    async def _acted_on(self) -> AsyncGenerator[Event, None]:
        calls = self._reply.calls()
        if not calls:
            for event in self._ended():
                yield event
            return
        for call in calls:
            call.id = self._fresh_id(call, calls)
        blocks = self._clean(self._reply.blocks(calls))
        self._entered = True
        self._spoke = self._spoke or bool(self._reply.text())
        try:
            self.budget.note_calls(calls)
        except BudgetExhausted as error:
            answers = [result_block(call.id, error.message, is_error=True) for call in calls]
            self.conversation.add_reply(blocks, answers)
            raise
        tools = ToolRound(self.toolbox, calls, self.outgoing)
        try:
            async with aclosing(tools.run(self.budget.seconds_left)) as ran:
                async for event in ran:
                    yield event
        except TimeoutError:
            raise self.budget.seconds_ended("while tools ran") from None
        finally:
            self.conversation.add_reply(blocks, tools.blocks())
            for key, reference in tools.references.items():
                self.conversation.remember(key, reference)
        if tools.ends_turn:
            yield Done("tool")

    def _clean(self, blocks: list[Block]) -> list[Block]:
        """The reply as it is kept and sent back: no secrets; thoughts as they were signed."""
        return [
            block
            if block["type"] in {"thinking", "redacted_thinking"}
            else {
                key: value if key in {"type", "id", "name"} else _veiled(value, self.outgoing)
                for key, value in block.items()
            }
            for block in blocks
        ]

    def _fresh_id(self, call: Call, calls: list[Call]) -> str:
        key = self.conversation.fresh_id(call.id)
        others = {other.id for other in calls if other is not call}
        while key in others:
            key = f"{key}_"
        return key

    def _ended(self) -> list[Event]:
        """What a reply without tools means for the turn."""
        reply, reason = self._reply, self._reply.stop_reason
        self.conversation.add_reply(self._clean(reply.blocks([])))
        self._entered = True
        if reason == "pause_turn":
            return []
        if reason == "refusal":
            return [Notice("the model declined to answer this"), Done("refusal")]
        if reason == "max_tokens":
            return self._too_long_a_reply()
        if reason == "model_context_window_exceeded":
            return self._context_full()
        said = [] if reply.text().strip() else [Notice("the model answered with nothing")]
        if reason not in _PLAIN_ENDS:
            said.append(
                Notice(f"the model stopped for a reason not known here: {_short(str(reason))}")
            )
        return [*said, Done("end_turn")]

    def _too_long_a_reply(self) -> list[Event]:
        if self.budget.reply_tokens < self.settings.reply_tokens:
            # The reply was as short as what was left of the turn.
            raise self.budget.tokens_ended()
        limit = self.settings.reply_tokens
        return [
            Notice(f"the reply reached its limit of {limit} tokens; say: go on"),
            Done("max_tokens"),
        ]

    def _context_full(self) -> list[Event]:
        if not self.conversation.shorten():
            raise EngineError(
                "the conversation no longer fits the model",
                where=f"--model {self.settings.model}",
                fix="start anew with /new, or use a model with a larger context",
                code="context_full",
            )
        return [
            Notice("the model's context is full: old tool results are left out from here on"),
            Done("context"),
        ]


def _short(text: str) -> str:
    return cut(" ".join(sanitise(text).split()), 60)


def _veiled(value: Any, outgoing: Callable[[str], str]) -> Any:
    """``value`` with every text in it cleaned."""
    if isinstance(value, str):
        return outgoing(value)
    if isinstance(value, dict):
        return {outgoing(key): _veiled(item, outgoing) for key, item in value.items()}
    return [_veiled(item, outgoing) for item in value] if isinstance(value, list) else value
