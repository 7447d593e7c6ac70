"""The conversation: a list of messages that the Messages API always accepts.

Plain dictionaries, as they go over the wire and into the store. Rules held at every moment
(and mended in what is read back from a file):

- it starts with the user and the roles take turns: what comes second from the same role is
  joined to the first;
- no message and no text is empty;
- every ``tool_use`` has its ``tool_result`` in the message right after it, and no
  ``tool_result`` stands without its ``tool_use``; results come before text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from devops_exe.agent.engine import Block

NO_ANSWER = "no answer: the turn was interrupted before this tool finished"

Message = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""Ids of tool calls that the API takes back."""


class Conversation:
    """Messages of the user and the model, and what stands for tool results grown old."""

    def __init__(
        self, messages: Iterable[Message] = (), references: Mapping[str, str] | None = None
    ) -> None:
        self.messages: list[Message] = mend(messages)
        self.references: dict[str, str] = dict(references or {})

    def __len__(self) -> int:
        return len(self.messages)

    def add_user(self, blocks: Sequence[Block]) -> None:
        """What the user says; joined to a last message of the user's, if there is one."""
        kept = [dict(block) for block in blocks if _says_something(block)]
        if not kept:
            return
        if self.messages and self.messages[-1]["role"] == "user":
            self.messages[-1]["content"].extend(kept)
        else:
            self.messages.append({"role": "user", "content": kept})

    def add_reply(self, blocks: Sequence[Block], results: Sequence[Block] = ()) -> None:
        """A reply of the model's and, in the same step, the results of its tools.

        A tool without a result among ``results`` is answered with ``NO_ANSWER``: the list is
        valid again before this returns, whatever happened on the way.
        """
        kept = [dict(block) for block in blocks if _says_something(block)]
        if not _speaks(kept) or not self.messages:
            return
        if self.messages[-1]["role"] == "assistant":
            self.messages[-1]["content"].extend(kept)
        else:
            self.messages.append({"role": "assistant", "content": kept})
        asked = [block["id"] for block in kept if block["type"] == "tool_use"]
        if asked:
            self.messages.append({"role": "user", "content": _answers(asked, results)})

    def fresh_id(self, tool_use_id: object) -> str:
        """``tool_use_id``, or one of our own where it is missing, malformed or was used before.

        The official service never repeats an id; other servers do, and the API then refuses
        the conversation.
        """
        used = self._ids()
        sound = isinstance(tool_use_id, str) and _ID.fullmatch(tool_use_id)
        if sound and tool_use_id not in used:
            return str(tool_use_id)
        return f"toolu_devops_{len(used) + 1}"

    def _ids(self) -> set[str]:
        return {
            block["id"]
            for message in self.messages
            for block in message["content"]
            if block.get("type") == "tool_use"
        }

    def remember(self, tool_use_id: str, reference: str) -> None:
        """``reference`` may stand for that tool's result once room is short."""
        if reference:
            self.references[tool_use_id] = reference

    def shorten(self, keep: int = 2) -> int:
        """Replace old tool results by their references; the last ``keep`` messages stay whole.

        Returns:
            How many results were replaced; 0 when nothing is left to shorten.
        """
        replaced = 0
        for message in self.messages[: len(self.messages) - keep]:
            for block in message["content"]:
                if block.get("type") != "tool_result":
                    continue
                short = self._stand_in(block["tool_use_id"])
                if len(json.dumps(block.get("content", ""))) > len(short) + 2:
                    block["content"] = short
                    replaced += 1
        return replaced

    def _stand_in(self, tool_use_id: str) -> str:
        reference = self.references.get(tool_use_id)
        return f"[left out to save room; see {reference}]" if reference else "[left out]"

    def to_json(self) -> dict[str, Any]:
        """The conversation as JSON for the store."""
        return {"messages": self.messages, "references": self.references}

    @classmethod
    def from_json(cls, raw: object) -> Conversation:
        """A conversation read back, mended where it does not keep the rules.

        Raises:
            UserError: it is no conversation at all.
        """
        if not isinstance(raw, dict) or not isinstance(raw.get("messages"), list):
            raise UserError(
                "this is no stored conversation",
                where="session",
                fix="start anew with /new",
                code="damaged_record",
            )
        references = raw.get("references")
        known = references if isinstance(references, dict) else {}
        return cls(raw["messages"], {str(key): str(value) for key, value in known.items()})


def text_block(text: str) -> Block:
    """A block of text."""
    return {"type": "text", "text": text}


def result_block(tool_use_id: str, content: str, *, is_error: bool = False) -> Block:
    """The answer of a tool; an empty content is said to be one."""
    block: Block = {
        "type": "tool_result",
        "tool_use_id": tool_use_id,
        "content": content if content.strip() else "(no output)",
    }
    if is_error:
        block["is_error"] = True
    return block


def mend(messages: Iterable[object]) -> list[Message]:
    """The nearest list of messages that keeps the rules; what cannot be kept is left out."""
    mended: list[Message] = []
    waiting: list[str] = []
    seen: set[str] = set()
    for message in messages:
        role, blocks = _parts(message)
        if role == "assistant":
            if waiting:
                mended.append({"role": "user", "content": _answers(waiting, ())})
                waiting = []
            blocks = _of_the_model(blocks, seen)
            if not blocks or not mended:
                continue
            if mended[-1]["role"] == "assistant":
                mended[-1]["content"].extend(blocks)
            else:
                mended.append({"role": "assistant", "content": blocks})
            waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
        elif role == "user":
            results = [block for block in blocks if block["type"] == "tool_result"]
            rest = [block for block in blocks if block["type"] not in _MODEL_ONLY | {"tool_result"}]
            blocks = (_answers(waiting, results) if waiting else []) + rest
            waiting = []
            if not blocks:
                continue
            if mended and mended[-1]["role"] == "user":
                mended[-1]["content"].extend(blocks)
            else:
                mended.append({"role": "user", "content": blocks})
    if waiting:
        mended.append({"role": "user", "content": _answers(waiting, ())})
    return mended


_MODEL_ONLY = frozenset({"tool_use", "thinking", "redacted_thinking"})


def _parts(message: object) -> tuple[str, list[Block]]:
    if not isinstance(message, Mapping):
        return "", []
    role, content = message.get("role"), message.get("content")
    if isinstance(content, str):
        content = [text_block(content)]
    if not isinstance(role, str) or not isinstance(content, list):
        return "", []
    blocks = [dict(block) for block in content if isinstance(block, dict)]
    return role, [block for block in blocks if _says_something(block)]


def _says_something(block: Mapping[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "text":
        text = block.get("text")
        return isinstance(text, str) and bool(text.strip())
    if kind == "tool_use":
        return (
            _named(block, "id") and _named(block, "name") and isinstance(block.get("input"), dict)
        )
    if kind == "tool_result":
        return _named(block, "tool_use_id")
    return isinstance(kind, str) and bool(kind)


def _named(block: Mapping[str, Any], key: str) -> bool:
    value = block.get(key)
    return isinstance(value, str) and bool(value)


def _of_the_model(blocks: Sequence[Block], seen: set[str]) -> list[Block]:
    """What a model may say, no id twice; nothing, if no word and no call is among it."""
    kept: list[Block] = []
    for block in blocks:
        if block["type"] == "tool_result":
            continue
        if block["type"] == "tool_use":
            if block["id"] in seen:
                continue
            seen.add(block["id"])
        kept.append(block)
    return kept if _speaks(kept) else []


def _speaks(blocks: Sequence[Block]) -> bool:
    """Whether more is there than thoughts: a reply of thoughts alone is refused."""
    return any(block["type"] not in {"thinking", "redacted_thinking"} for block in blocks)


def _answers(asked: Sequence[str], results: Sequence[Block]) -> list[Block]:
    """One answer for each of ``asked``, in order."""
    given: dict[str, Block] = {}
    for block in results:
        given.setdefault(block["tool_use_id"], block)
    return [given.get(key) or result_block(key, NO_ANSWER, is_error=True) for key in asked]
