"""Claude as a session's writer: what a model is told, and what becomes of its answer.

The plan's ledger is made before the first request and goes with it; the figures of a
document are the plan's whatever the model writes.
"""

from __future__ import annotations

import json
import os
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from devops_exe.agent.conversation import Conversation
from devops_exe.agent.events import Document, Done, Event, Notice
from devops_exe.agent.prompts import command_text, system_text
from devops_exe.agent.toolbox import DocumentTools
from devops_exe.blueprint.draft import Context, draft
from devops_exe.blueprint.prose import WRITABLE
from devops_exe.blueprint.quote import parts_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.claude.settings import ClaudeSettings
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
        api_key=os.environ.get("ANTHROPIC_API_KEY"),
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

    Attributes:
        sent: the blocks of the last request's new message, for ``/context``.
    """

    def __init__(self, settings: ClaudeSettings, redactor: Redactor | None = None) -> None:
        from devops_exe.ground.redaction import Redactor

        settings.credentials()
        settings.endpoint()
        self.settings = settings
        self.redactor = redactor or Redactor()
        self.sent: list[dict[str, Any]] = []
        # what the server was found to lack, kept for the session's further turns
        self._known: set[str] = set()

    @classmethod
    def create(cls, settings: Settings) -> ClaudeWriter:
        """The writer of these settings.

        Raises:
            EngineError: neither key nor base URL.
            UserError: the base URL is none, a limit is no number.
        """
        return cls(claude_settings(settings))

    @property
    def name(self) -> Mapping[str, str | None]:
        """Name and model."""
        return {"name": "claude", "model": self.settings.model}

    async def document(self, work: Work) -> AsyncIterator[Event]:
        """Write the document of a plan; without a submission the draft stands."""
        assert work.draft is not None
        text = command_text(work.request.kind, work.request.arguments)
        async for event in self._turn(work, [text, *_material(work.draft)], work.draft):
            yield event

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        """Answer plain words; facts that they changed are in force before the model speaks."""
        blocks = [command_text("chat", work.request.arguments)]
        current = work.draft or work.before
        if current is not None:
            blocks += _material(current)
        if work.draft is not None and work.before is not None:
            from devops_exe.blueprint.moved import moved

            lines = moved(work.before, work.draft) or ("no printed figure moved",)
            blocks.append("<moved>\n" + "\n".join(lines) + "\n</moved>")
        async for event in self._turn(work, blocks, work.draft):
            yield event

    async def _turn(
        self, work: Work, texts: list[str], fallback: Dossier | None
    ) -> AsyncIterator[Event]:
        from devops_exe.agent.claude.engine import ClaudeEngine

        tools = DocumentTools(work)
        memory = work.session.memory
        conversation = memory if isinstance(memory, Conversation) else Conversation()
        work.session.memory = conversation
        self.sent = [{"type": "text", "text": text} for text in texts]
        shown = False
        async with (
            ClaudeEngine(self.settings, system_text(), tools, self.redactor, self._known) as engine,
            aclosing(engine.turn(conversation, self.sent)) as events,
        ):
            async for event in events:
                shown = shown or isinstance(event, Document)
                if isinstance(event, Done) and not shown:
                    best = tools.dossier or fallback
                    if best is not None:
                        if work.request.kind != "chat":
                            yield Notice(_unwritten(submitted=tools.dossier is not None))
                        yield Document(best)
                yield event


def _unwritten(submitted: bool) -> str:
    if submitted:
        return "the turn ended before the document was accepted: the best submission stands"
    return "the model submitted no document: the words are the plan's own rules"


def _material(dossier: Dossier) -> list[str]:
    """Facts, ledger and draft as the model reads them."""
    assert dossier.plan is not None
    facts = json.dumps(dossier.profile.as_json(), ensure_ascii=False)
    ledger = json.dumps(
        [
            {"id": entry.id, "tool": entry.tool, "op": entry.op, "outputs": dict(entry.outputs)}
            for entry in dossier.ledger
        ],
        ensure_ascii=False,
    )
    texts = json.dumps(_draft_texts(dossier), ensure_ascii=False)
    return [
        f"<facts>\n{facts}\n</facts>",
        f"<ledger>\n{ledger}\n</ledger>",
        f"<draft>\n{texts}\n</draft>",
    ]


def _draft_texts(dossier: Dossier) -> dict[str, list[object]]:
    """The draft's writable fields: path to texts and references, as they may be submitted."""
    import re

    assert dossier.plan is not None
    found: dict[str, list[object]] = {}

    def walk(value: object, path: str) -> None:
        if isinstance(value, str):
            if re.sub(r"\d+", "N", path) in WRITABLE:
                found[path] = parts_of(value)
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                walk(item, f"{path}[{number}]")

    walk(draft(Context(dossier.plan, dossier.kind), dossier.blueprint.header.time), "")
    return found
