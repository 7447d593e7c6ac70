"""One trial: a case's lines played on one engine, in this process.

The document's clock stands still, so that the same case gives the same bytes.
"""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devops_exe.agent.events import (
    ErrorRaised,
    Event,
    Notice,
    PhaseFinished,
    PhaseStarted,
    Retry,
    ToolFinished,
)
from devops_exe.agent.session import OfflineWriter, Session, Writer
from devops_exe.evals.answer import Answer, Turn
from devops_exe.evals.scripts import SCRIPTS
from devops_exe.ground.errors import DevopsExeError, UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from devops_exe.agent.claude.settings import ClaudeSettings
    from devops_exe.evals.case import Case
    from devops_exe.evals.recording import Replay
    from devops_exe.evals.service import Response, Service

WHEN = "2026-01-15T12:00:00+00:00"
"""The moment of every document of an eval."""

MOST_ROUNDS = 8
"""Round trips of a scripted or recorded turn: a script that never ends is ended here."""


@dataclass(frozen=True, slots=True)
class Play:
    """How trials are played.

    Attributes:
        engine: offline, scripted, recorded or claude.
        recordings: folder of the stored exchanges.
        record: take the requests as they are now into the recording.
        claude: settings of the claude engine as JSON-able keywords; None: not used.
    """

    engine: str
    recordings: Path | None = None
    record: bool = False
    claude: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Heard:
    """What the events of one turn tell besides the result."""

    tools: list[Mapping[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    error: DevopsExeError | None = None
    planning: bool = False

    def hear(self, event: Event) -> None:
        match event:
            case PhaseStarted(name):
                self.planning = name == "Design"
            case PhaseFinished():
                self.planning = False
            case ToolFinished() if not self.planning:
                self.tools.append({"name": event.name, "ok": event.ok})
            case Notice(text):
                self.notices.append(text)
            case Retry():
                self.notices.append(f"retry {event.attempt} of {event.of}: {event.reason}")
            case ErrorRaised(error):
                self.error = error
            case _:
                pass


async def play(case: Case, how: Play) -> Answer:
    """The answer of a case.

    Raises:
        UserError: its recording cannot be read.
    """
    if case.file.calc:
        return Answer(tuple(_calculated(one.calculator, one.input) for one in case.file.calc))
    async with _writer(case, how) as (writer, service, replay):
        session = Session(writer, repository=case.repository, clock=lambda: WHEN)
        turns = []
        for line in case.file.lines:
            turns.append(await _turn(session, line, service))
        problem = _replayed(case, how, replay) if replay is not None else ""
    return Answer(tuple(turns), problem)


def _calculated(name: str, given: dict[str, Any]) -> Turn:
    """A calculation as a turn: its result holds a ledger of that one entry."""
    from devops_exe.design import registry

    line = f"calc {name}"
    began = time.perf_counter()
    try:
        answer = registry.run(name, given)
    except UserError as error:
        return Turn(line, int(error.status), error={**error.as_object()})  # type: ignore[dict-item]
    seconds = time.perf_counter() - began
    entry = {"id": "L1", "tool": name, "op": answer.operation.op, "inputs": given}
    entry["outputs"] = answer.outputs
    return Turn(line, result=_plain({"ledger": [entry]}), seconds=seconds)


async def _turn(session: Session, line: str, service: Service | None) -> Turn:
    heard = _Heard()
    before = len(session.results)
    first = len(service.seen) if service else 0
    began = time.perf_counter()
    try:
        async for event in session.answer(line):
            heard.hear(event)
    except DevopsExeError as error:
        heard.error = error
    seconds = time.perf_counter() - began
    answered = session.results[before:]
    result = answered[-1] if answered else None
    healthy = result is None or result.dossier is None or result.dossier.healthy
    status = int(heard.error.status) if heard.error else int(not healthy)
    return Turn(
        line=line,
        status=status,
        result=_plain(result.as_json()) if result else {},
        error={**heard.error.as_object()} if heard.error else {},  # type: ignore[dict-item]
        tools=tuple(heard.tools),
        notices=tuple(heard.notices),
        requests=tuple(_shown(body) for body in service.seen[first:]) if service else (),
        seconds=seconds,
    )


def _plain(value: dict[str, object]) -> dict[str, Any]:
    """The object as a reader of ``--json`` gets it."""
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))
    return plain


def _shown(body: bytes) -> dict[str, Any]:
    """System text, and the texts and tool results of the last message of a request."""
    request = json.loads(body)
    system = "".join(block.get("text", "") for block in request.get("system", ()))
    last = request["messages"][-1]["content"]
    texts = [str(block["text"]) for block in last if block.get("type") == "text"]
    results = [str(block["content"]) for block in last if block.get("type") == "tool_result"]
    return {"system": system, "messages": texts, "results": results}


def _replayed(case: Case, how: Play, replay: Replay) -> str:
    """What was not as recorded; the recording itself is written anew where that was asked."""
    from devops_exe.evals.recording import write

    replay.finish()
    if how.record and not replay.problems:
        write(_recording(case, how), replay.taken)
    if not replay.problems:
        return ""
    again = f"where the change is meant: devops-exe eval --record {case.id}"
    return f"{'; '.join(replay.problems)} ({again})"


@asynccontextmanager
async def _writer(
    case: Case, how: Play
) -> AsyncIterator[tuple[Writer, Service | None, Replay | None]]:
    if how.engine == "offline":
        yield OfflineWriter(), None, None
        return
    from devops_exe.agent.claude_writer import ClaudeWriter

    if how.engine == "claude":
        yield ClaudeWriter(_settings(how.claude or {})), None, None
        return
    from devops_exe.evals.service import Service

    replay = None
    if how.engine == "recorded":
        replay = _replay(case, how)
        answer: Callable[[bytes], Response] = replay.answer
    else:
        answer = _scripted(case)
    async with Service(answer) as service:
        local = {"base_url": service.url, "api_key": "evals", "max_rounds": MOST_ROUNDS}
        attempts = {"model": "claude-sonnet-5-5", "attempts": 2}
        yield ClaudeWriter(_settings({**local, **attempts})), service, replay


def _settings(values: Mapping[str, Any]) -> ClaudeSettings:
    from devops_exe.agent.claude.settings import ClaudeSettings

    return ClaudeSettings(**values)


def _scripted(case: Case) -> Callable[[bytes], Response]:
    """A script's answers; each line of the conversation begins the count anew."""
    from devops_exe.evals.service import response_of

    assert case.file.script is not None
    script = SCRIPTS[case.file.script]
    state = {"number": -1}

    def answer(body: bytes) -> Response:
        request = json.loads(body)
        fresh = _speaks(request["messages"][-1])
        repeated = state.get("last") == hash(body)
        state["number"] = 0 if fresh and not repeated else state["number"] + 1
        state["last"] = hash(body)
        return response_of(script(_since(request), state["number"]))

    return answer


def _since(request: dict[str, Any]) -> dict[str, Any]:
    """The request with this turn's messages alone: what came before is not the script's."""
    messages = request["messages"]
    starts = [
        n for n, message in enumerate(messages) if message["role"] == "user" and _speaks(message)
    ]
    kept = [dict(message) for message in messages[starts[-1] if starts else 0 :]]
    if kept:
        first = kept[0]["content"]
        kept[0]["content"] = [block for block in first if block.get("type") == "text"]
    return {**request, "messages": kept}


def _speaks(message: Mapping[str, Any]) -> bool:
    """Whether words of the user are in it: a turn begins, whatever results stand before."""
    return any(block.get("type") == "text" for block in message["content"])


def _recording(case: Case, how: Play) -> Path:
    if how.recordings is None:
        raise UserError(
            "there is no folder of recordings",
            where=case.id,
            fix="keep the cases in evals/cases and the recordings in evals/recordings",
            code="bad_recording",
        )
    return how.recordings / f"{case.file.recording}.json"


def _replay(case: Case, how: Play) -> Replay:
    from devops_exe.evals.recording import Replay, read

    path = _recording(case, how)
    if not how.record or path.exists():
        return Replay(read(path), anew=how.record)
    if case.file.script is None:
        raise UserError(
            "there is nothing to record",
            where=case.id,
            fix="give the case a script whose answers are recorded",
            code="bad_recording",
        )
    return Replay([], anew=True, service=_scripted(case))
