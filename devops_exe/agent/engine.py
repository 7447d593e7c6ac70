"""The protocol both engines keep, and the one a box of tools keeps towards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from devops_exe.agent.conversation import Conversation
    from devops_exe.agent.events import Event

Block = dict[str, Any]
"""One content block of the Messages API, as plain JSON."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answers.

    Attributes:
        content: what the model reads.
        is_error: the call failed; ``content`` says what, where and what would be right.
        ends_turn: nothing is left to say: the turn ends after this round of tools.
        summary: one line for the user; empty: the engine takes the content's first line.
        reference: what stands for the content once it is dropped from a long conversation
            (``ledger L3``).
        events: what the tool has to show (``Document``, ``FindingRaised``), yielded after
            its ``ToolFinished``.
    """

    content: str
    is_error: bool = False
    ends_turn: bool = False
    summary: str = ""
    reference: str = ""
    events: tuple[Event, ...] = ()


class Toolbox(Protocol):
    """The tools a model may call."""

    def definitions(self) -> list[dict[str, Any]]:
        """``name``, ``description``, ``input_schema`` of each, always in the same order.

        The bytes of this list are part of the cached prefix: they must not change from turn
        to turn nor from process to process.
        """
        ...

    async def call(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Run one tool with the model's arguments, which are not to be trusted.

        Calls of one round run at the same time. An unknown name and arguments of the wrong
        types are answered with ``is_error`` in a user's words; a ``DevopsExeError`` raised
        here becomes such an answer too.
        """
        ...


class Engine(Protocol):
    """Whoever turns the crank."""

    def turn(
        self, conversation: Conversation, user_blocks: Sequence[Block]
    ) -> AsyncGenerator[Event, None]:
        """Answer ``user_blocks``, leaving ``conversation`` one that the API accepts.

        Also after ``asyncio.CancelledError`` at any moment. Failures are yielded as
        ``ErrorRaised``, never raised.
        """
        ...
