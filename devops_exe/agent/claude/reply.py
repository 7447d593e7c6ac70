"""One reply of the model, gathered from raw stream events.

The SDK's own accumulation is not used: it turns a truncated tool input into an empty one
without a word, accepts rubbish after it, and takes a stream that ends early for a whole one.
Here a tool's input is parsed strictly, once, when the reply is whole, and a reply counts only
when ``message_stop`` was seen.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from devops_exe.agent.claude.cleaner import Cleaner
from devops_exe.ground.text import sanitise

# What the API does not take back in a tool's name.
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")

_KEPT = frozenset({"text", "tool_use", "thinking", "redacted_thinking"})


class BrokenStream(Exception):
    """The stream is not what the API promises; asking again may help."""


class StreamError(Exception):
    """The service reported an error inside a stream; ``kind`` is its type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass(slots=True)
class Call:
    """A tool asked for.

    Attributes:
        id: id under which the answer is given.
        name: the tool.
        arguments: its input; empty where ``fault`` says why there is none.
        raw: the input as sent, for comparing calls.
        fault: what is wrong with the input, in the model's words; empty where it is sound.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    raw: str
    fault: str = ""


@dataclass(slots=True)
class _Part:
    """A content block while it grows."""

    kind: str
    start: dict[str, Any]
    pieces: list[str] = field(default_factory=list)
    signature: str = ""
    cleaner: Cleaner | None = None


class Reply:
    """A reply while it arrives."""

    def __init__(self) -> None:
        self.complete = False
        self.stop_reason: str | None = None
        self.model = ""
        self.usage: dict[str, int] = {}
        self._parts: dict[int, _Part] = {}
        self._last: _Part | None = None

    def take(self, event: dict[str, Any]) -> str:
        """Take one event in; returns the clean text it adds to the answer, mostly none.

        Raises:
            BrokenStream: the event contradicts what came before.
            StreamError: the service reports an error.
        """
        kind = event.get("type")
        if kind == "content_block_delta":
            return self._grow(event)
        if kind == "content_block_start":
            return self._begin(event)
        if kind == "content_block_stop":
            return self._end(event)
        if kind == "message_start":
            message = event.get("message")
            if isinstance(message, dict):
                self.model = str(message.get("model") or "")
                self._count(message.get("usage"))
        elif kind == "message_delta":
            delta = event.get("delta")
            if isinstance(delta, dict) and delta.get("stop_reason") is not None:
                self.stop_reason = str(delta["stop_reason"])
            self._count(event.get("usage"))
        elif kind == "message_stop":
            self.complete = True
        elif kind == "error":
            raise stream_error(event)
        # Anything else (ping, kinds not known yet) is skipped.
        return ""

    def take_whole(self, message: dict[str, Any]) -> str:
        """Take a reply that a server sent in one piece although a stream was asked for."""
        shown = self.take({"type": "message_start", "message": message})
        content = message.get("content")
        for index, block in enumerate(content if isinstance(content, list) else []):
            shown += self.take(
                {"type": "content_block_start", "index": index, "content_block": block}
            )
            shown += self.take({"type": "content_block_stop", "index": index})
        self.take({"type": "message_delta", "delta": message})
        self.take({"type": "message_stop"})
        return shown

    def text(self) -> str:
        """The text so far, clean."""
        return "\n\n".join(part for part in map(_text, self._ordered("text")) if part.strip())

    def blocks(self, calls: list[Call]) -> list[dict[str, Any]]:
        """The content as it goes back to the service, ``calls`` standing for the tools."""
        waiting = iter(calls)
        blocks: list[dict[str, Any]] = []
        for part in self._ordered(*_KEPT):
            if part.kind == "text":
                blocks.append({"type": "text", "text": _text(part)})
            elif part.kind == "tool_use":
                call = next(waiting)
                blocks.append(
                    {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
                )
            elif part.kind == "thinking":
                # Thoughts go back unchanged: their signature is over their very bytes.
                blocks.append(
                    {
                        "type": "thinking",
                        "thinking": "".join(part.pieces),
                        "signature": part.signature,
                    }
                )
            else:
                blocks.append({"type": "redacted_thinking", "data": part.start.get("data", "")})
        return blocks

    def calls(self) -> list[Call]:
        """The tools asked for, in order, their inputs parsed strictly."""
        return [self._call(part) for part in self._ordered("tool_use")]

    def _call(self, part: _Part) -> Call:
        raw = "".join(part.pieces)
        name = part.start.get("name")
        call = Call(
            id=sanitise(str(part.start.get("id") or "")),
            name=_NO_NAME.sub("_", sanitise(name).strip())[:64] if isinstance(name, str) else "",
            arguments={},
            raw=raw,
        )
        call.name = call.name or "unnamed"
        given = part.start.get("input")
        if not raw.strip():
            if isinstance(given, dict):
                call.arguments = given
                call.raw = json.dumps(given, sort_keys=True) if given else ""
            return call
        try:
            parsed = _strict(raw)
        except (ValueError, RecursionError) as error:
            cut = (
                " (the reply reached its limit of length)"
                if self.stop_reason == "max_tokens"
                else ""
            )
            call.fault = (
                f"the arguments of {call.name} are not whole JSON{cut}: {error};"
                " nothing was run; call it again with one complete JSON object"
            )
            return call
        if not isinstance(parsed, dict):
            call.fault = (
                f"the arguments of {call.name} must be a JSON object,"
                f" not {_json_kind(parsed)}; nothing was run"
            )
            return call
        call.arguments = parsed
        call.raw = json.dumps(parsed, sort_keys=True)
        return call

    def _ordered(self, *kinds: str) -> list[_Part]:
        return [
            self._parts[index] for index in sorted(self._parts) if self._parts[index].kind in kinds
        ]

    def _begin(self, event: dict[str, Any]) -> str:
        index, block = event.get("index"), event.get("content_block")
        if not isinstance(index, int) or not isinstance(block, dict):
            raise BrokenStream("a block begins without a number or without content")
        if index in self._parts:
            raise BrokenStream(f"block {index} begins twice")
        part = _Part(kind=str(block.get("type")), start=block)
        self._parts[index] = part
        if part.kind == "text":
            part.cleaner = Cleaner()
            return self._show(part, part.cleaner.feed(str(block.get("text") or "")))
        if part.kind == "thinking":
            part.pieces.append(str(block.get("thinking") or ""))
            part.signature = str(block.get("signature") or "")
        return ""

    def _grow(self, event: dict[str, Any]) -> str:
        part, delta = self._part(event), event.get("delta")
        if part is None or not isinstance(delta, dict):
            raise BrokenStream("a piece of a block that never began")
        kind = delta.get("type")
        if kind == "text_delta" and part.cleaner is not None:
            return self._show(part, part.cleaner.feed(str(delta.get("text") or "")))
        # A piece of another kind than its block is skipped, as everything not known is.
        if kind == "input_json_delta" and part.kind == "tool_use":
            part.pieces.append(str(delta.get("partial_json") or ""))
        elif kind == "thinking_delta" and part.kind == "thinking":
            part.pieces.append(str(delta.get("thinking") or ""))
        elif kind == "signature_delta":
            part.signature += str(delta.get("signature") or "")
        return ""

    def _end(self, event: dict[str, Any]) -> str:
        part = self._part(event)
        if part is None:
            raise BrokenStream("a block ends that never began")
        return self._show(part, part.cleaner.flush()) if part.cleaner else ""

    def _show(self, part: _Part, text: str) -> str:
        """The text as it is shown: another block begins a new paragraph, as in ``text``."""
        if not text:
            return ""
        part.pieces.append(text)
        before, self._last = self._last, part
        return text if before is None or before is part else f"\n\n{text}"

    def _part(self, event: dict[str, Any]) -> _Part | None:
        index = event.get("index")
        return self._parts.get(index) if isinstance(index, int) else None

    def _count(self, usage: object) -> None:
        # The figures of message_delta are of the whole reply: they overwrite, never add.
        if not isinstance(usage, dict):
            return
        for key, value in usage.items():
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                self.usage[key] = value


def stream_error(event: dict[str, Any]) -> StreamError:
    """The error that an ``error`` event reports."""
    detail = event.get("error")
    if not isinstance(detail, dict):
        return StreamError("api_error", sanitise(str(detail or "an error without a word")))
    return StreamError(str(detail.get("type")), sanitise(str(detail.get("message") or "")))


def _text(part: _Part) -> str:
    return "".join(part.pieces)


def _strict(raw: str) -> Any:
    """One JSON value that can be sent back: finite numbers, text that UTF-8 can hold."""
    parsed = json.loads(raw, parse_constant=_no_constant, parse_float=_finite)
    if "\\ud" in raw.lower():
        whole = json.dumps(parsed, ensure_ascii=False)
        parsed = json.loads(whole.encode("utf-8", "replace"))
    return parsed


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _json_kind(value: object) -> str:
    names: dict[type, str] = {list: "a list", str: "a text", bool: "a truth value"}
    return names.get(type(value), "nothing" if value is None else "a number")
