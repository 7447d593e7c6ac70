"""A session: the current system, its documents, and the way of one request.

    line → request → facts (words, repository) → plan → engine → sealed dossier → store

The session knows no terminal: it yields events, and the caller shows them.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from devops_exe.agent import phases
from devops_exe.agent.events import (
    CutOff,
    Document,
    ErrorRaised,
    Event,
    FindingRaised,
    PhaseFinished,
    PhaseStarted,
    TextDelta,
    Usage,
)
from devops_exe.agent.pipeline_file import PipelineFiles, pipeline_files
from devops_exe.agent.request import Request, RequestKind, request_of
from devops_exe.agent.result import Result
from devops_exe.agent.work import OfflineWriter, Work, Writer
from devops_exe.ground.clock import now, timestamp
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from devops_exe.assess.profile import Fact, SystemProfile
    from devops_exe.assess.repository import RepositoryReading
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.blueprint.model import Kind
    from devops_exe.design.plan import Plan

__all__ = ["OfflineWriter", "Session", "Work", "Writer"]

_SYSTEMLESS = frozenset({"strategy", "version", "bad_version"})
"""Facts that alone describe no system."""


_SUPPOSES = re.compile(
    r"\s*(?:and\s+)?what\s+(?:if|would|happens\s+if)\b|\s*suppos\w+\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"\s*(?:why|how\s+(?:many|much|long|often|is|are|do|does|did)|which|who|when|where|is|are|does|"
    r"do|did|explain)\b",
    re.IGNORECASE,
)


@dataclass
class Session:
    """The state of a conversation.

    Attributes:
        writer: who answers.
        repository: folder to assess with each document, None without one.
        width: of the printed document.
        stated: facts of the current system as stated, without assumptions.
        kind: which document is current.
        dossiers: documents of this conversation, oldest first.
        results: answers of this conversation, oldest first.
        id: in the store; empty while not stored.
        memory: the engine's own state (the conversation with a model), as JSON.
        measured: values of the user's own platform, agreed to; None while nobody looked.
    """

    writer: Writer
    repository: Path | None = None
    width: int = 80
    stated: SystemProfile | None = None
    kind: Kind = "devops"
    dossiers: list[Dossier] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    id: str = ""
    title: str = ""
    memory: object = None
    measured: Mapping[str, Fact] | None = None
    clock: Callable[[], str] = field(default=lambda: timestamp(now()))
    _reading: RepositoryReading | None = None
    _begun: Work | None = None

    @property
    def current(self) -> Dossier | None:
        """The document last shown."""
        return self.dossiers[-1] if self.dossiers else None

    def use_repository(self, folder: Path) -> None:
        """Assess ``folder`` with each document from now on."""
        self.repository = folder
        self._reading = None

    @property
    def reading(self) -> RepositoryReading | None:
        """What the files of the repository said, once they were read."""
        return self._reading

    @property
    def resumable(self) -> bool:
        """Whether the last turn ended in the middle, with its phases done."""
        return self._begun is not None

    async def answer(self, line: str, *, again: bool = False) -> AsyncIterator[Event]:
        """Answer one of the five commands or plain words.

        The last result stands in ``results`` when the iteration is over.

        Args:
            line: as typed.
            again: the turn of this very line failed or was stopped: what its phases had
                computed by then is kept, and the engine alone is asked again.

        Raises:
            UserError: the input is wrong; nothing changed.
        """
        request = request_of(line)
        if request is None:
            raise UserError("it is a command of the session", where="line", fix="see /help")
        began = time.perf_counter()
        usage, text, settled, dossier, failed = Usage(), "", 0, None, False
        work: Work | None = None
        kept = self._begun if again and self._begun and self._begun.line == line else None
        self._begun = None
        async for event in self._written(kept) if kept else self._events(request, line):
            if isinstance(event, Work):
                work = self._begun = event
                continue
            if isinstance(event, ErrorRaised):
                failed = True
            if isinstance(event, TextDelta):
                text += event.text
            elif isinstance(event, CutOff):
                # what a broken stream left is void: it comes again, whole
                text = text[:settled]
            elif isinstance(event, Usage):
                usage, settled = event, len(text)
            elif isinstance(event, Document):
                dossier = event.dossier
            yield event
        seconds = time.perf_counter() - began
        usage = Usage(
            usage.round_trips,
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_tokens,
            usage.cache_write_tokens,
            seconds,
        )
        if not failed:
            self._begun = None
        self._keep(request, work, text, dossier, usage)

    def _keep(
        self, request: Request, work: Work | None, text: str, dossier: object, usage: Usage
    ) -> None:
        from devops_exe.blueprint.dossier import Dossier

        found = dossier if isinstance(dossier, Dossier) else None
        if found is not None and work is not None and work.repository is not None:
            from devops_exe.design.risk_register import joined

            found = replace(found, risks=joined(work.repository.risks, found.risks))
        if found is not None:
            self.dossiers.append(found)
            self.kind = found.kind
            if work is not None:
                self.stated = work.profile
        files = PipelineFiles()
        if request.kind != "chat" and found is not None:
            text = self.print(found)
            files = pipeline_files(found, self.repository, self._reading)
        self.results.append(
            Result(
                request=request,
                engine=self.writer.name,
                text=text,
                dossier=found,
                profile=work.facts if work else None,
                usage=usage,
                artifacts=files.files,
                said=files.said,
            )
        )

    def accept(self, field: str, value: str, why: str, *, own: bool = False) -> Result:
        """Take a value that the model proposed: it enters as ``model``, and is planned with.

        Only for a user's yes. The document that follows is the current one from then on.
        ``own`` is for another value, given by the user in answer to the proposal.

        Raises:
            UserError: no document is current, or the plan refuses the value; nothing changed.
        """
        from devops_exe.agent.proposals import accepted

        self._begun = None
        return accepted(self, field, value, why, own=own)

    def print(self, dossier: Dossier) -> str:
        """The document at this session's width."""
        from devops_exe.blueprint.render import render

        return render(dossier.blueprint, self.width)

    async def _events(self, request: Request, line: str) -> AsyncIterator[Event | Work]:
        began = time.perf_counter()
        yield PhaseStarted("Assess")
        facts = self._read(request)
        profile = self._profile(request, facts)
        if self.measured:
            profile = profile.with_facts(self.measured)
        yield PhaseFinished("Assess", phases.assessed(profile), time.perf_counter() - began)
        draft: Dossier | None = None
        if request.kind != "chat" or self._follows_up(request, facts):
            began = time.perf_counter()
            yield PhaseStarted("Design")
            kind = self.kind if request.kind == "chat" else request.kind
            planned = self.planned(profile)
            for call in phases.calls(planned):
                yield call
            draft = self.composed(kind, planned)
            yield PhaseFinished("Design", phases.designed(draft), time.perf_counter() - began)
        work = Work(
            request=request,
            line=line,
            facts=facts,
            profile=profile,
            draft=draft,
            before=self.current,
            repository=self._reading,
            session=self,
            supposed=request.kind == "chat" and bool(_SUPPOSES.match(request.arguments)),
        )
        async for event in self._engine(work):
            yield event

    async def _written(self, work: Work) -> AsyncIterator[Event | Work]:
        """A turn again: its phases stand, and say so."""
        yield PhaseFinished("Assess", phases.kept(phases.assessed(work.profile)), 0.0)
        if work.draft is not None:
            yield PhaseFinished("Design", phases.kept(phases.designed(work.draft)), 0.0)
        async for event in self._engine(work):
            yield event

    async def _engine(self, work: Work) -> AsyncIterator[Event | Work]:
        yield work
        chat = work.request.kind == "chat"
        written = self.writer.chat(work) if chat else self.writer.document(work)
        async for event in written:
            if isinstance(event, Document) and work.supposed:
                continue
            if isinstance(event, Document):
                for finding in getattr(event.dossier, "findings", ()):
                    yield FindingRaised(finding)
            yield event

    def planned(self, profile: SystemProfile) -> Plan:
        """The plan of a profile."""
        from devops_exe.design.plan import plan

        return plan(profile)

    def composed(self, kind: Kind, planned: Plan) -> Dossier:
        """The offline document of a plan, at the present moment."""
        from devops_exe.blueprint.compose import compose_plan

        return compose_plan(kind, planned, self.clock())

    def _read(self, request: Request) -> SystemProfile:
        from devops_exe.assess.requirements import check_strategy_word, read_words

        chat = request.kind == "chat"
        facts = read_words(request.arguments, chat=chat, current=self.stated)
        if request.kind == "deploy":
            check_strategy_word(request.arguments)
        if request.kind != "chat" and ("system" not in facts or request.literal):
            from devops_exe.assess.words.plain_name import plain_name

            name = plain_name(request.arguments, facts, literal=request.literal)
            if name is not None:
                facts = replace(facts, facts={**facts.facts, "system": name})
        return facts

    def _follows_up(self, request: Request, facts: SystemProfile) -> bool:
        """Whether plain words change the current system: a question asks and changes nothing."""
        if self.stated is None or _ASKS.match(request.arguments):
            return False
        return bool(set(facts.facts) - {"system"})

    def _profile(self, request: Request, facts: SystemProfile) -> SystemProfile:
        """Words, then the current system where the words name none, then the repository."""
        if request.kind == "chat":
            return self.stated.merged(_without_system(facts)) if self.stated else facts
        named = facts.text("system")
        if self.stated is not None and named in {None, self.stated.text("system")}:
            return self.stated.merged(facts)
        described = bool(named) or bool(set(facts.facts) - _SYSTEMLESS)
        if self.repository is not None:
            reading = self._assessed()
            if not described and not reading.facts:
                raise UserError(
                    "the repository says nothing and no system is named",
                    where=str(self.repository),
                    fix="name the system and where it runs, or another folder",
                    code="no_system",
                )
            reading, facts = self._focused(reading, facts, request.arguments)
            said = facts.merged(reading.profile)
            return replace(said, notes=(*said.notes, *_nothing(reading)))
        if not described:
            raise _no_system(request.kind)
        return facts

    def _focused(
        self, whole: RepositoryReading, facts: SystemProfile, arguments: str
    ) -> tuple[RepositoryReading, SystemProfile]:
        """The reading of the one service that the words name, and the words with its name."""
        from devops_exe.agent.choosing import service_named

        name = service_named(whole, facts.text("system"), arguments)
        if name is None or self.repository is None:
            return whole, facts
        from devops_exe.assess.repository import assess_repository

        said = facts.get("system")
        if said is not None and "/" in arguments.split(maxsplit=1)[0]:
            facts = replace(facts, facts={**facts.facts, "system": replace(said, value=name)})
        return assess_repository(self.repository, focus=name), facts

    def _assessed(self) -> RepositoryReading:
        if self._reading is None:
            from devops_exe.assess.repository import assess_repository

            assert self.repository is not None
            self._reading = assess_repository(self.repository)
        return self._reading


def _nothing(reading: RepositoryReading) -> tuple[str, ...]:
    return () if reading.facts else ("the repository says nothing: no file was recognised",)


def _without_system(facts: SystemProfile) -> SystemProfile:
    """Facts of a follow-up: the words change the current system and rename nothing."""
    return replace(facts, facts={k: v for k, v in facts.facts.items() if k != "system"}, unused=())


def _no_system(kind: RequestKind) -> UserError:
    command = "/devops" if kind == "devops" else f"/devops {kind}"
    return UserError(
        "no system is named and none is current",
        where=command,
        fix=f"type for example {command} checkout-api on EKS, 1200 rps, 99.95 %, or add --repo DIR",
        code="no_system",
    )
