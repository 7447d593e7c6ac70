"""One incident of what was read: sorted, the likely change, what it cost, how bad it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from devops_exe.design import registry
from devops_exe.design.assume import given
from devops_exe.operate.incident.model import Burn, Event, Facts, Incident, Share
from devops_exe.operate.incident.words import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.dossier import Dossier

AHEAD = timedelta(seconds=60)
"""Clocks differ; a time further ahead than this is not believed."""

LIKELY_WITHIN = timedelta(hours=24)
"""A change longer before the first symptom is not called likely."""


def joined(one: Facts, other: Facts) -> Facts:
    """Both, in this order."""
    return Facts(
        (*one.events, *other.events),
        (*one.shares, *other.shares),
        tuple(dict.fromkeys((*one.notes, *other.notes))),
        other.firing if other.firing is not None else one.firing,
        tuple(dict.fromkeys((*one.systems, *other.systems))),
    )


def assemble(facts: Facts, dossier: Dossier | None, now: datetime) -> Incident:
    """The incident that the facts tell of.

    Args:
        facts: cleaned, without secrets.
        dossier: whose objective and release count; None where no document is current.
        now: the present moment.
    """
    timed = [(event.at, event) for event in facts.events if event.at is not None]
    past = sorted((pair for pair in timed if pair[0] <= now + AHEAD), key=lambda pair: pair[0])
    timeline = tuple(event for _, event in past)
    ahead = [event for at, event in timed if at > now + AHEAD]
    timeless = (*(event for event in facts.events if event.at is None), *ahead)
    incident = Incident(
        system=_system(facts, dossier), now=now, timeline=timeline, timeless=timeless,
        notes=_notes(facts, len(ahead), dossier, now), firing=facts.firing,
    )  # fmt: skip
    symptom = incident.first("symptom")
    began = symptom.at if symptom else None
    if began is None:
        return replace(incident, change=_released(dossier))
    ended = _ended(incident, began)
    change, seconds = _likely(incident, began)
    incident = replace(
        incident, began=began, ended=ended, change=change or _released(dossier),
        seconds_before=seconds,
    )  # fmt: skip
    known = _known(facts.shares, incident)
    incident = replace(incident, effect=_basis(known) if known else "")
    burn = burnt(known, incident, dossier)
    return replace(incident, burn=burn, severity=severity_of(burn))


def _system(facts: Facts, dossier: Dossier | None) -> str:
    if dossier is not None:
        return dossier.blueprint.header.system
    return facts.systems[0] if len(facts.systems) == 1 else ""


def _notes(facts: Facts, ahead: int, dossier: Dossier | None, now: datetime) -> tuple[str, ...]:
    notes = list(facts.notes)
    if ahead:
        verb = "lies" if ahead == 1 else "lie"
        notes.append(f"{ahead} time{'' if ahead == 1 else 's'} {verb} in the future of {now:%H:%M}")
    if dossier is None:
        notes.append("no document is current: objective, steps and release are not known; "
                     "/devops makes one")  # fmt: skip
    return tuple(notes)


def _ended(incident: Incident, began: datetime) -> datetime | None:
    """The last recovery, where no symptom came after it and nothing fires."""
    if incident.firing:
        return None
    ends = [e.at for e in incident.timeline if e.kind == "recovery" and e.at and e.at >= began]
    if not ends:
        return None
    last = max(ends)
    later = any(e.kind == "symptom" and e.at and e.at > last for e in incident.timeline)
    return None if later else last


def _likely(incident: Incident, began: datetime) -> tuple[Event | None, float | None]:
    """The last change named before the first symptom."""
    before = [e for e in incident.timeline if e.kind == "change" and e.at and e.at <= began]
    if not before:
        return None, None
    change = before[-1]
    assert change.at is not None
    if began - change.at > LIKELY_WITHIN:
        return None, None
    return change, (began - change.at).total_seconds()


def _released(dossier: Dossier | None) -> Event | None:
    """The release that the document's plan leaves; when it came is not known."""
    bad = dossier.profile.text("bad_version") if dossier else None
    return (
        Event(None, "change", f"release {bad}, which the plan leaves", "document") if bad else None
    )


# ── what it cost ─────────────────────────────────────────────────────────────────────────────


def burnt(shares: Sequence[Share], incident: Incident, dossier: Dossier | None) -> Burn | None:
    """What the incident cost, from the failing shares that were stated or measured.

    A share holds until the next one, the last until the recovery or now; the first holds from
    the first symptom. Traffic is taken as even. Source: the calculator ``slo budget``.

    Returns:
        None where no share, no objective or no beginning is known.
    """
    if incident.began is None or dossier is None or dossier.plan is None:
        return None
    until = incident.ended or incident.now
    known = _known(shares, incident)
    if not known or until <= incident.began:
        return None
    seconds = 0.0
    for index, share in enumerate(known):
        begin = incident.began if index == 0 else max(share.at, incident.began)
        end = known[index + 1].at if index + 1 < len(known) else until
        seconds += share.ratio * max(0.0, (end - begin).total_seconds())
    profile = dossier.plan.profile
    slo, window = given(profile, "slo_percent"), given(profile, "slo_window_days")
    answer = registry.run(
        "slo",
        {"op": "budget", "slo_percent": slo.value, "window_days": window.value,
         "downtime_so_far_seconds": seconds},
    )  # fmt: skip
    return Burn(
        consumed_percent=100 * cast("float", answer.outputs["budget_consumed_fraction"]),
        full_outage_seconds=seconds,
        slo_percent=cast("float", slo.value),
        window_days=cast("float", window.value),
        assumed=slo.origin == "assumption",
        basis=_basis(known),
        open=incident.ended is None,
    )


def _known(shares: Sequence[Share], incident: Incident) -> list[Share]:
    """The shares up to the end, in the order of time."""
    until = incident.ended or incident.now
    return sorted((one for one in shares if one.at <= until), key=lambda one: one.at)


def _basis(shares: Sequence[Share]) -> str:
    first = shares[0]
    how = "measured by Prometheus" if first.source == "prometheus" else "reported"
    if len(shares) == 1:
        return f"{100 * first.ratio:.3g} % of requests failing, {how} once and taken for all of it"
    low, high = (f"{100 * f(s.ratio for s in shares):.3g}" for f in (min, max))
    between = low if low == high else f"{low} to {high}"
    return f"{between} % of requests failing, {how} {len(shares)} times"


def severity_of(burn: Burn | None) -> str:
    """The SEV name by the part of the budget spent; empty where that is not known."""
    if burn is None:
        return ""
    rows = sorted(table()["severity"], key=lambda row: -float(row["budget_percent"]))
    for row in rows:
        if burn.consumed_percent >= row["budget_percent"]:
            return str(row["name"])
    return ""
