"""The request: a prefix whose bytes do not change, and the conversation after it.

Cache breakpoints (the API allows four): the last tool, the system text, and the last block of
the last message. The first two are the same bytes in every turn and process; the third moves
on with the conversation and is found again by the service's look-back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devops_exe.agent.claude.settings import ClaudeSettings
    from devops_exe.agent.conversation import Conversation

OPTIONAL = ("cache_control", "thinking")
"""Fields that some servers of the Messages API do not know; left off where refused."""

_MARK = {"type": "ephemeral"}
_UNMARKABLE = frozenset({"thinking", "redacted_thinking"})


@dataclass(frozen=True, slots=True)
class Prefix:
    """System text and tools, as sent; made once."""

    system: str
    tools: list[dict[str, Any]]

    def fields(self, *, cached: bool) -> dict[str, Any]:
        """``tools`` and ``system`` of a request, empty ones left out."""
        fields: dict[str, Any] = {}
        if self.tools:
            last = {**self.tools[-1], "cache_control": _MARK} if cached else self.tools[-1]
            fields["tools"] = [*self.tools[:-1], last]
        if self.system.strip():
            block: dict[str, Any] = {"type": "text", "text": self.system}
            if cached:
                block["cache_control"] = _MARK
            fields["system"] = [block]
        return fields


def build(
    settings: ClaudeSettings,
    prefix: Prefix,
    conversation: Conversation,
    reply_tokens: int,
    left_off: set[str],
) -> dict[str, Any]:
    """Arguments of ``messages.create``; the conversation itself is not changed."""
    cached = "cache_control" not in left_off
    request: dict[str, Any] = {
        "model": settings.model,
        "max_tokens": max(1, reply_tokens),
        **prefix.fields(cached=cached),
        "messages": _marked(conversation.messages) if cached else conversation.messages,
    }
    if settings.thinking and "thinking" not in left_off:
        request["thinking"] = {"type": "adaptive"}
    return request


def _marked(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages, a breakpoint on the last block; only what changes is copied."""
    if not messages:
        return messages
    last = messages[-1]
    *before, block = last["content"]
    if block.get("type") in _UNMARKABLE:
        return messages
    return [
        *messages[:-1],
        {**last, "content": [*before, {**block, "cache_control": _MARK}]},
    ]
