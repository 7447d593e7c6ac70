"""The values of an incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

EventKind = Literal["change", "symptom", "decision", "action", "recovery", "note"]

KINDS: tuple[str, ...] = ("change", "symptom", "decision", "action", "recovery", "note")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        at: when, in UTC; None where its time cannot be read.
        kind: what it is.
        text: as it was said, cleaned and without secrets.
        source: who said so: ``text``, ``alertmanager``, ``prometheus``, ``rollback journal``.
        count: how many of its like were put together.
    """

    at: datetime | None
    kind: EventKind
    text: str
    source: str = "text"
    count: int = 1


@dataclass(frozen=True, slots=True)
class Share:
    """A share of failing requests that somebody stated or measured.

    Attributes:
        at: from when on.
        ratio: 0 to 1.
        source: ``reported`` or ``prometheus``.
    """

    at: datetime
    ratio: float
    source: str = "reported"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, before anything is concluded.

    Attributes:
        events: in the order read.
        shares: failing shares, in the order read.
        notes: sentences about the reading itself.
        firing: names of alerts that fire now; None where nobody said.
        systems: values of the alerts' labels that name a service.
    """

    events: tuple[Event, ...] = ()
    shares: tuple[Share, ...] = ()
    notes: tuple[str, ...] = ()
    firing: tuple[str, ...] | None = None
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Burn:
    """What an incident cost.

    Attributes:
        consumed_percent: part of the error budget spent, in percent.
        full_outage_seconds: the same as seconds of full outage.
        slo_percent, window_days: the objective it is held against.
        assumed: whether the objective is an assumption.
        basis: what it was computed from, in words.
        open: whether the incident goes on, so that it still grows.
    """

    consumed_percent: float
    full_outage_seconds: float
    slo_percent: float
    window_days: float
    assumed: bool
    basis: str
    open: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as far as it is known; what is not known is None.

    Attributes:
        system: what is affected; empty where nobody said.
        now: when it was looked at.
        timeline: events with a time, sorted; none lies in the future.
        timeless: events whose time cannot be read, or that lie in the future.
        began: first symptom.
        alerted: first alert or report; the same as ``began`` where nothing else is known.
        ended: recovery; None while it goes on.
        change: the change that is likely behind it.
        seconds_before: from that change to the first symptom.
        effect: the failing shares in words; empty where none is known.
        burn: what it cost.
        severity: SEV name; empty where it is not known.
        notes: what the reader must know of the reading.
        firing: alerts that fire now.
    """

    system: str
    now: datetime
    timeline: tuple[Event, ...]
    timeless: tuple[Event, ...] = ()
    began: datetime | None = None
    ended: datetime | None = None
    change: Event | None = None
    seconds_before: float | None = None
    effect: str = ""
    burn: Burn | None = None
    severity: str = ""
    notes: tuple[str, ...] = field(default=())
    firing: tuple[str, ...] | None = None

    def first(self, kind: EventKind, after: datetime | None = None) -> Event | None:
        """The first event of a kind, not before a moment."""
        for event in self.timeline:
            if event.kind == kind and event.at is not None and (after is None or event.at >= after):
                return event
        return None
