"""Claude as a session's writer: what a model is told, and what becomes of its answer.

The plan's ledger is made before the first request and goes with it; the figures of a
document are the plan's whatever the model writes.
"""

from __future__ import annotations

import os
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from devops_exe.agent.conversation import Conversation
from devops_exe.agent.events import CutOff, Document, Done, Event, Notice, TextDelta, Usage
from devops_exe.agent.material import material
from devops_exe.agent.prompts import command_text, system_text
from devops_exe.agent.toolbox import DocumentTools
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.claude.settings import ClaudeSettings
    from devops_exe.agent.claude.wire import Wire
    from devops_exe.agent.session import Work
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.ground.redaction import Redactor
    from devops_exe.ground.settings import Settings


def claude_settings(settings: Settings) -> ClaudeSettings:
    """The engine's settings from flags, environment and files.

    Raises:
        UserError: a limit is no number.
    """
    from devops_exe.agent.claude.settings import DEFAULT_MODEL, ClaudeSettings

    base = ClaudeSettings()
    return ClaudeSettings(
        api_key=os.environ.get("ANTHROPIC_API_KEY")
        or (settings.key.value if settings.key else None),
        auth_token=os.environ.get("ANTHROPIC_AUTH_TOKEN"),
        base_url=settings.text("base-url"),
        model=settings.text("model") or DEFAULT_MODEL,
        max_rounds=settings.count("max-rounds") or base.max_rounds,
        max_tokens=settings.count("max-tokens") or base.max_tokens,
        timeout_seconds=settings.seconds("timeout") or base.timeout_seconds,
    )


class ClaudeWriter:
    """The claude engine as a session uses it.

    Args:
        settings: server, key, model, limits.
        redactor: takes secrets out of what is sent, and keeps their places for the session.
        lasting: connections are kept from turn to turn; who asks for that calls ``aclose``.

    Attributes:
        sent: the blocks of the last request's new message, for ``/context``.
    """

    def __init__(
        self, settings: ClaudeSettings, redactor: Redactor | None = None, *, lasting: bool = False
    ) -> None:
        from devops_exe.ground.redaction import Redactor

        settings.credentials()
        settings.endpoint()
        self.settings = settings
        self.redactor = redactor or Redactor()
        self.sent: list[dict[str, Any]] = []
        self._lasting = lasting
        self._wire: Wire | None = None
        # what the server was found to lack, kept for the session's further turns
        self._known: set[str] = set()
        # the document last written: what its words rest on, and the words
        self._kept: tuple[tuple[object, ...], Mapping[str, str]] | None = None

    @classmethod
    def create(cls, settings: Settings) -> ClaudeWriter:
        """The writer of these settings, for a conversation: it is to be closed.

        Raises:
            EngineError: neither key nor base URL.
            UserError: the base URL is none, a limit is no number.
        """
        return cls(claude_settings(settings), lasting=True)

    @property
    def name(self) -> Mapping[str, str | None]:
        """Name and model."""
        return {"name": "claude", "model": self.settings.model}

    async def document(self, work: Work) -> AsyncIterator[Event]:
        """Write the document of a plan; without a submission the draft stands."""
        assert work.draft is not None
        self._kept = None
        texts = [command_text(work.request.kind, work.request.arguments), _repository(work)]
        async for event in self._turn(work, [*texts, *material(work.draft, {})], work.draft, {}):
            yield event

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        """Answer plain words; facts that they changed are in force before the model speaks."""
        texts = [command_text("chat", work.request.arguments)]
        current = work.draft or work.before
        kept: Mapping[str, str] = {}
        fallback = work.draft
        if current is not None:
            kept, worded = self._still(current)
            texts += [_repository(work), *material(current, kept)]
            if work.draft is not None:
                fallback = worded
        if work.draft is not None and work.before is not None:
            from devops_exe.blueprint.moved import moved

            lines = moved(work.before, work.draft) or ("no printed figure moved",)
            stays = ("only supposed: the document stays as it is",) if work.supposed else ()
            texts.append("<moved>\n" + "\n".join((*lines, *stays)) + "\n</moved>")
        async for event in self._turn(work, texts, fallback, kept):
            yield event

    async def aclose(self) -> None:
        """Close the connections; another turn would open new ones."""
        if self._wire is not None:
            await self._wire.aclose()

    async def _turn(
        self, work: Work, texts: list[str], fallback: Dossier | None, kept: Mapping[str, str]
    ) -> AsyncIterator[Event]:
        from devops_exe.agent.claude.engine import ClaudeEngine
        from devops_exe.agent.claude.wire import Wire

        if self._lasting:
            self._wire = self._wire or Wire(self.settings)
        tools = DocumentTools(work, kept)
        memory = work.session.memory
        conversation = memory if isinstance(memory, Conversation) else Conversation()
        work.session.memory = conversation
        texts = _unsaid(texts, conversation)
        self.sent = [{"type": "text", "text": text} for text in texts]
        shown, said, settled = False, "", 0
        async with (
            ClaudeEngine(
                self.settings, system_text(), tools, self.redactor, self._known, self._wire
            ) as engine,
            aclosing(engine.turn(conversation, self.sent)) as events,
        ):
            async for event in events:
                shown = shown or isinstance(event, Document)
                if isinstance(event, TextDelta):
                    said += event.text
                elif isinstance(event, CutOff):
                    said = said[:settled]
                elif isinstance(event, Usage):
                    settled = len(said)
                if isinstance(event, Done):
                    if tools.dossier is not None:
                        self._kept = (_signature(tools.dossier), tools.prose)
                    best = tools.dossier or fallback
                    if not shown and best is not None:
                        if work.request.kind != "chat":
                            yield Notice(_unwritten(submitted=tools.dossier is not None))
                        yield Document(best)
                    for notice in _unheld(said, work, tools):
                        yield notice
                yield event

    def _still(self, current: Dossier) -> tuple[Mapping[str, str], Dossier]:
        """The model's earlier words that still hold, and the document with them.

        They hold where the plan made the same calls and chose the same strategy; a field in
        which a number no longer stands falls back to the draft's words.
        """
        from devops_exe.blueprint.compose import compose_plan
        from devops_exe.blueprint.finding import errors

        assert current.plan is not None
        signature, words = self._kept or ((), {})
        if not words or signature != _signature(current):
            return {}, current
        time = current.blueprint.header.time
        plain = {(f.code, f.path) for f in compose_plan(current.kind, current.plan, time).findings}
        while words:
            try:
                worded = compose_plan(current.kind, current.plan, time, words)
            except UserError:
                return {}, current
            faulty = {f.path for f in errors(worded.findings) if (f.code, f.path) not in plain}
            if not faulty:
                return words, worded
            if not faulty & set(words):
                return {}, current
            words = {path: text for path, text in words.items() if path not in faulty}
        return {}, current


def _signature(dossier: Dossier) -> tuple[object, ...]:
    """What must be the same for references and words of one document to fit another."""
    assert dossier.plan is not None
    calls = tuple((entry.id, entry.tool, entry.op) for entry in dossier.ledger)
    return dossier.kind, dossier.blueprint.header.system, dossier.plan.choice.strategy, calls


def _repository(work: Work) -> str:
    if work.session.repository is None:
        return "No repository is given: `assess_repository` and `read_file` have nothing to read."
    return "A repository is given: `assess_repository` lists its files, facts and risks."


_LASTING = ("<facts>", "<decided>", "<ledger>", "<findings>", "<draft>")


def _unsaid(texts: list[str], conversation: Conversation) -> list[str]:
    """The texts; a block that stands in the conversation as it last was is only named."""
    last: dict[str, str] = {}
    for message in conversation.messages:
        for block in message["content"]:
            text = block.get("text", "")
            if message["role"] == "user" and text.startswith(_LASTING):
                last[text.partition("\n")[0]] = text
    same = [text for text in texts if last.get(text.partition("\n")[0]) == text]
    new = [text for text in texts if text not in same]
    if same:
        names = ", ".join(text.partition("\n")[0] for text in same)
        new.append(f"Unchanged since they were last given: {names}")
    return new


def _unheld(said: str, work: Work, tools: DocumentTools) -> list[Notice]:
    """A notice of the numbers in a model's own words that nobody computed, stated or read."""
    from devops_exe.blueprint.numerals import quantities
    from devops_exe.blueprint.support import Known, known_numbers, supported
    from devops_exe.design.ledger import Entry, Ledger

    known: list[Known] = []
    sources = [work.line, *tools.read]
    for dossier in (tools.dossier, work.draft, work.before):
        if dossier is not None:
            known += known_numbers(dossier.profile, dossier.ledger)
            sources += [finding.message + " " + finding.fix for finding in dossier.findings]
    calls = tuple(
        Entry(name, "", "", given, {}, answer.outputs, "", "", "")
        for name, (given, answer) in tools.what_ifs.items()
    )
    known += known_numbers(work.profile, Ledger(calls))
    for text in sources:
        known += [Known(q.dimension, q.value, q.noun) for q in quantities(text)]
    loose = [q.text for q in quantities(said) if not supported(q, tuple(known))]
    if not loose:
        return []
    few = ", ".join(dict.fromkeys(loose[:5]))
    return [Notice(f"in the model's words, from no calculation and nothing you said: {few}")]


def _unwritten(submitted: bool) -> str:
    if submitted:
        return "the turn ended before the document was accepted: the best submission stands"
    return "the model submitted no document: the words are the plan's own rules"
