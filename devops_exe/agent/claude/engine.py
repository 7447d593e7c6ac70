"""The Claude engine: a model of any Messages API turns the crank."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self

from devops_exe.agent.claude import failures
from devops_exe.agent.claude.budget import Budget
from devops_exe.agent.claude.request import Prefix
from devops_exe.agent.claude.turn import Turn
from devops_exe.agent.claude.wire import Wire
from devops_exe.agent.events import Done, ErrorRaised, Event, Notice, Stop, Usage
from devops_exe.ground.clock import now
from devops_exe.ground.errors import BudgetExhausted
from devops_exe.ground.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from devops_exe.agent.claude.settings import ClaudeSettings
    from devops_exe.agent.conversation import Conversation
    from devops_exe.agent.engine import Block, Toolbox


SHORTEST_KEY = 8
"""Characters of a key that is looked for in texts; a shorter one may be a word."""


class ClaudeEngine:
    """Answers turns through the Anthropic SDK.

    Use it as an async context manager, or call ``aclose``. One turn at a time.

    Args:
        settings: server, key, model, limits.
        system: the persona; its bytes are the cached prefix, together with the tools.
        toolbox: the tools; asked for their definitions once.
        redactor: takes secrets out of all that is sent; one of its own if None.
        known: what was found out about the server (fields it refuses, warnings given); engines
            that speak to the same server one after another share one set.
        wire: the connections, of who gives them; one of its own if None.

    Attributes:
        usage: what the last turn used, also after it was cancelled.

    Raises:
        EngineError: there is neither key nor base URL.
        UserError: key or base URL cannot be right.
    """

    def __init__(
        self,
        settings: ClaudeSettings,
        system: str,
        toolbox: Toolbox,
        redactor: Redactor | None = None,
        known: set[str] | None = None,
        wire: Wire | None = None,
    ) -> None:
        settings.credentials()
        settings.endpoint()
        self.settings = settings
        self.usage = Usage()
        self._toolbox = toolbox
        self._redactor = redactor or Redactor()
        self._prefix = Prefix(system, toolbox.definitions())
        keys = (settings.api_key, settings.auth_token)
        self._keys = [key for key in keys if key and len(key) >= SHORTEST_KEY]
        self._wire = wire or Wire(settings)
        self._owns_wire = wire is None
        self._known: set[str] = set() if known is None else known

    async def turn(
        self, conversation: Conversation, user_blocks: Sequence[Block]
    ) -> AsyncGenerator[Event, None]:
        """Answer ``user_blocks``; ``conversation`` grows and is valid at every moment.

        Failures are yielded as ``ErrorRaised``; only cancellation is raised.
        """
        budget = Budget(self.settings)
        conversation.add_user([self._clean(block) for block in user_blocks])
        stop: Stop = "error"
        try:
            warning = self.settings.model_warning(now().date())
            if warning and warning not in self._known:
                self._known.add(warning)
                yield Notice(warning)
            turn = Turn(
                self.settings,
                self._prefix,
                self._wire,
                self._toolbox,
                self._outgoing,
                conversation,
                budget,
                self._known,
            )
            async with aclosing(turn.events()) as events:
                async for event in events:
                    yield event
            return
        except BudgetExhausted as error:
            stop, failure = "budget", error
        except Exception as error:
            failure = failures.explain(error, self.settings)  # type: ignore[assignment]
            stop = "context" if failure.code == "context_full" else "error"
        finally:
            self.usage = budget.usage()
        # A service may repeat what it was sent, the key included.
        failure.message = self._outgoing(failure.message)
        yield self.usage
        yield ErrorRaised(failure)
        yield Done(stop)

    async def aclose(self) -> None:
        """Close the connections, where they are the engine's own."""
        if self._owns_wire:
            await self._wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _outgoing(self, text: str) -> str:
        """Text as it may leave the machine: no secrets, nothing that UTF-8 cannot hold."""
        for key in self._keys:
            if key in text:
                text = text.replace(key, "‹secret:api-key›")
        text = self._redactor.redact(text)
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

    def _clean(self, block: Block) -> Block:
        cleaned: dict[str, Any] = {
            key: self._outgoing(value) if isinstance(value, str) else value
            for key, value in block.items()
        }
        return cleaned
