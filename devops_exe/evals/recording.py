"""Stored exchanges with a service, replayed byte for byte.

A recording keeps each answer whole and of each request the digest of its bytes and of its
parts (system text, each tool, each block of a message), with the prompt's text. A request
whose bytes differ gets no answer: the trial fails and names the parts that changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devops_exe.evals.service import Response, refusal
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = "devops-exe-recording/1"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        digest: of the request's bytes, SHA-256.
        parts: name to digest of each part of the request.
        response: the answer.
    """

    digest: str
    parts: dict[str, str]
    response: Response


@dataclass(slots=True)
class Replay:
    """Answers requests from a recording, in its order.

    Attributes:
        exchanges: what was recorded.
        problems: requests that were not the recorded ones, in words.
        taken: the exchanges as they happened now, for recording anew.
        anew: keep the answers and take the requests as they are now.
        service: who answers what was never recorded, while recording.
    """

    exchanges: list[Exchange]
    anew: bool = False
    service: Callable[[bytes], Response] | None = None
    problems: list[str] = field(default_factory=list)
    taken: list[Exchange] = field(default_factory=list)

    def answer(self, body: bytes) -> Response:
        """The recorded answer to the recorded request, or a refusal that says what differs."""
        number = len(self.taken)
        if number >= len(self.exchanges) and self.service is not None:
            response = self.service(body)
            self.taken.append(Exchange(digest(body), parts_of(body), response))
            return response
        if number >= len(self.exchanges):
            self.problems.append(f"request {number + 1} was never recorded")
            return refusal("the recording holds another request")
        recorded = self.exchanges[number]
        now = Exchange(digest(body), parts_of(body), recorded.response)
        self.taken.append(now)
        if now.digest != recorded.digest and not self.anew:
            changed = ", ".join(differing(recorded.parts, now.parts)) or "its encoding alone"
            self.problems.append(f"request {number + 1} differs from the recorded one: {changed}")
            return refusal("the recording holds another request")
        return recorded.response

    def finish(self) -> None:
        """Say which exchanges never happened."""
        left = len(self.exchanges) - len(self.taken)
        if left > 0 and not self.problems:
            self.problems.append(f"{left} recorded requests were never sent")


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parts_of(body: bytes) -> dict[str, str]:
    """Name to digest of each part of a request; what is no JSON object has one part."""
    try:
        request = json.loads(body)
        named = dict(_parts(request))
    except (ValueError, AttributeError, TypeError, KeyError):
        named = {"body": body.decode("utf-8", "replace")}
    return {name: digest(_bytes(value))[:16] for name, value in named.items()}


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def _parts(request: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in request.items():
        if key == "tools":
            found += [(f"tool {one['name']}", one) for one in value]
        elif key == "system":
            found += [("system text (persona and rules)", value)]
        elif key == "messages":
            found += _blocks(value)
        else:
            found.append((key, value))
    return found


_MARK = re.compile(r"<([a-z][a-z_-]*)>\n")


def _blocks(messages: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Blocks by message and kind, so that a new kind leaves the names of the others."""
    found: list[tuple[str, Any]] = []
    counts: dict[str, int] = {}
    for number, message in enumerate(messages, 1):
        for block in message["content"]:
            mark = _MARK.match(str(block.get("text", "")))
            kind = "prompt" if block.get("type") == "text" else str(block.get("type"))
            name = f"{mark[1] if mark else kind} of message {number}"
            counts[name] = counts.get(name, 0) + 1
            found.append((f"{name} ({counts[name]})" if counts[name] > 1 else name, block))
    return found


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Names of the parts that changed, came or went."""
    changed = [name for name in after if before.get(name) != after[name]]
    return changed + [f"{name} is gone" for name in before if name not in after]


def read(path: Path) -> list[Exchange]:
    """The exchanges of a recording's file.

    Raises:
        UserError: there is none, or it is of another schema.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        schema = raw["schema"]
        if schema != SCHEMA:
            raise UserError(
                f"its schema is {schema!r}, not {SCHEMA!r}",
                where=str(path),
                fix="record it again: devops-exe eval --record CASE",
                code="bad_recording",
            )
        return [_exchange(one) for one in raw["exchanges"]]
    except FileNotFoundError:
        problem = "there is no such recording"
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"it is no recording ({type(error).__name__})"
    raise UserError(
        problem, where=str(path), fix="record it: devops-exe eval --record CASE",
        code="bad_recording",
    )  # fmt: skip


def _exchange(raw: dict[str, Any]) -> Exchange:
    answer = raw["response"]
    response = Response(answer["status"], answer["kind"], answer["body"].encode())
    return Exchange(raw["request"]["sha256"], dict(raw["request"]["parts"]), response)


def write(path: Path, exchanges: list[Exchange]) -> None:
    """Write a recording's file, whole or not at all."""
    raw = {
        "schema": SCHEMA,
        "exchanges": [
            {
                "request": {"sha256": one.digest, "parts": one.parts},
                "response": {
                    "status": one.response.status,
                    "kind": one.response.kind,
                    "body": one.response.body.decode(),
                },
            }
            for one in exchanges
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(raw, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
