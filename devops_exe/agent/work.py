"""What a session gives an engine, and what it wants of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from devops_exe.agent import offline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.events import Event
    from devops_exe.agent.request import Request
    from devops_exe.agent.session import Session
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.assess.repository import RepositoryReading
    from devops_exe.blueprint.dossier import Dossier


class Writer(Protocol):
    """An engine as a session uses it: it writes documents and answers chats."""

    @property
    def name(self) -> Mapping[str, str | None]:
        """Name and model."""
        ...

    def document(self, work: Work) -> AsyncIterator[Event]:
        """Write the document of a plan."""
        ...

    def chat(self, work: Work) -> AsyncIterator[Event]:
        """Answer plain words."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine is given.

    Attributes:
        request: what was asked.
        line: the line as typed.
        facts: what the grammar read in the words.
        profile: the system's facts, words and repository together, without assumptions.
        draft: the offline dossier of the request; for a chat, of the changed system, or None.
        before: the document before this turn, None when there is none.
        repository: what the files said, None without one.
        session: the session it belongs to.
        supposed: the words only suppose a change ("what if …"): the document stays.
    """

    request: Request
    line: str
    facts: SystemProfile
    profile: SystemProfile
    draft: Dossier | None
    before: Dossier | None
    repository: RepositoryReading | None
    session: Session
    supposed: bool = False


class OfflineWriter:
    """The offline engine as a session uses it."""

    name = offline.NAME

    def document(self, work: Work) -> AsyncIterator[Event]:
        """The draft is the document."""
        assert work.draft is not None
        return offline.document(work.draft)

    def chat(self, work: Work) -> AsyncIterator[Event]:
        """Rules over the words."""
        return offline.chat(
            offline.Asked(
                work.request.arguments, work.facts, work.before, work.draft, supposed=work.supposed
            )
        )
