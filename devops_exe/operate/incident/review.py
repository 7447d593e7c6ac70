"""The blameless review: what was measured, beside what the plan computed.

Form: Google SRE book, ch. 15 and Appendix D (example postmortem). Nobody is named: handles and
addresses in what was pasted are put away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.operate.incident.telling import UNKNOWN, clock, percent, span
from devops_exe.operate.incident.words import table

if TYPE_CHECKING:
    from datetime import datetime

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.operate.incident.model import Incident

PARTS = ("detect", "decide", "act", "verify")

_PERSON = re.compile(
    r"(?<![\w/])@[A-Za-z][\w.-]{1,38}\b|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)
_POSTMORTEM_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the recovery.

    Attributes:
        name: detect, decide, act, verify or all.
        measured: seconds; None where it is not known.
        planned: seconds of the plan's rto; None where no document is current.
        how: between which moments it was measured, or what is missing.
    """

    name: str
    measured: float | None
    planned: float | None
    how: str


def parts(incident: Incident, dossier: Dossier | None) -> tuple[Part, ...]:
    """Detect, decide, act, verify and the whole, measured and planned."""
    change = incident.change.at if incident.change else None
    began, ended = incident.began, incident.ended
    decision = _at(incident, "decision", began)
    action = _at(incident, "action", began)
    actions = [e.at for e in incident.timeline if e.kind == "action" and e.at]
    last = max(actions) if actions else None
    planned = _planned(dossier)
    decided = decision if decision and (action is None or decision <= action) else action
    return (
        _part("detect", change, began, planned, "likely change to first symptom"),
        _part("decide", began, decided, planned,
              "first symptom to decision" if decided == decision else
              "first symptom to first action; no decision is recorded"),
        _part("act", decided if decided != action else action, last, planned,
              "decision or first action to last action") if action != last or decided != action
        else Part("act", None, planned.get("act"), "one action is recorded, without an end"),
        _part("verify", last, ended, planned, "last action to recovery"),
        _part("rto", change or began, ended, planned,
              "likely change to recovery" if change else "first symptom to recovery"),
    )  # fmt: skip


def _at(incident: Incident, kind: str, after: datetime | None) -> datetime | None:
    event = incident.first(kind, after)  # type: ignore[arg-type]
    return event.at if event else None


def _part(
    name: str,
    begin: datetime | None,
    end: datetime | None,
    planned: dict[str, float],
    how: str,
) -> Part:
    if begin is None or end is None or end < begin:
        return Part(name, None, planned.get(name), f"{how}: one of them is not known")
    return Part(name, (end - begin).total_seconds(), planned.get(name), how)


def _planned(dossier: Dossier | None) -> dict[str, float]:
    if dossier is None or dossier.plan is None or not dossier.plan.has("recovery"):
        return {}
    entry = dossier.plan.entry("recovery")
    return {name: entry.number(f"{name}_seconds") for name in (*PARTS, "rto")}


def review_text(incident: Incident, dossier: Dossier | None) -> str:
    """The review in Markdown; what was not measured says so."""
    found = parts(incident, dossier)
    lines = [
        f"# Review: {incident.system or 'system not known'}, {_day(incident)}",
        "",
        "Blameless: it asks what made each decision reasonable then, not who took it.",
        "",
        "## Summary",
        "",
        *_summary(incident),
        "",
        "## Measured beside the plan",
        "",
        "| Part | Measured | Plan | Between |",
        "|---|---|---|---|",
        *(_row(part) for part in found),
        "",
        "The plan's times are computed for a total outage; the measured ones are this incident's.",
        "",
        "## Timeline (UTC)",
        "",
        *_timeline(incident),
        "",
        "## Trigger",
        "",
        _trigger(incident),
        "",
        "## What to find out",
        "",
        *(f"- {question}" for question in _questions(incident, found)),
        "",
        "## Actions",
        "",
        *(f"- {action}" for action in _actions(incident, found)),
    ]
    return _PERSON.sub("somebody", "\n".join(lines))


def _day(incident: Incident) -> str:
    at = incident.began or (incident.timeline[0].at if incident.timeline else None)
    return f"{at:%Y-%m-%d}" if at else "day not known"


def _summary(incident: Incident) -> list[str]:
    burn = incident.burn
    lines = [f"- Severity: {incident.severity or UNKNOWN}"]
    if incident.began is None:
        lines.append(f"- Began: {UNKNOWN}")
    else:
        lines.append(f"- Began: {clock(incident.began)}")
    if incident.ended is not None and incident.began is not None:
        long = span((incident.ended - incident.began).total_seconds())
        lines.append(f"- Recovered: {clock(incident.ended)}, after {long}")
    else:
        lines.append("- Recovered: not yet, as far as is known")
    if burn is None:
        lines.append(f"- Error budget spent: {UNKNOWN}")
    else:
        spent = f"{percent(burn.consumed_percent)} of {burn.slo_percent:g} % over"
        lines.append(f"- Error budget spent: {spent} {burn.window_days:g} days ({burn.basis})")
    return lines


def _row(part: Part) -> str:
    name = "all of it" if part.name == "rto" else part.name
    measured = span(part.measured) if part.measured is not None else UNKNOWN
    planned = span(part.planned) if part.planned is not None else UNKNOWN
    return f"| {name} | {measured} | {planned} | {part.how} |"


def _timeline(incident: Incident) -> list[str]:
    lines = [
        f"- {event.at:%Y-%m-%d %H:%M:%S} {event.kind}: {event.text}"
        for event in incident.timeline
        if event.at is not None
    ]
    lines += [f"- time not known: {event.text}" for event in incident.timeless]
    return lines or ["- nothing is recorded"]


def _trigger(incident: Incident) -> str:
    change = incident.change
    if change is None:
        return f"{UNKNOWN[:1].upper()}{UNKNOWN[1:]}: no change is named before the first symptom."
    if change.at is None or incident.seconds_before is None:
        return f"{change.text}; when it came is not known, and whether it was the cause."
    before = span(incident.seconds_before)
    return (
        f"Likely, not certain: {change.text}, {before} before the first symptom. It is the last "
        "change named before it; that alone proves nothing."
    )


def _questions(incident: Incident, found: tuple[Part, ...]) -> list[str]:
    asked = ["What was known at each decision, and what would have helped to know?"]
    asked += [f"When was it: {part.how}?" for part in found if part.measured is None]
    if incident.burn is None:
        asked.append("How many requests failed, and over which time?")
    asked.append("Where were we lucky?")
    return asked


def _actions(incident: Incident, found: tuple[Part, ...]) -> list[str]:
    actions = [
        f"{part.name if part.name != 'rto' else 'the whole'} took {span(part.measured)}, the plan "
        f"computes {span(part.planned)}: find what took the rest, or state the real time "
        "(/why RTO says which)"
        for part in found
        if part.measured is not None and part.planned is not None and part.measured > part.planned
    ]
    burn = incident.burn
    if burn is not None and burn.consumed_percent > _POSTMORTEM_PERCENT:
        row = next(one for one in table()["severity"] if one["name"] == "SEV1")
        actions.append(
            f"More than {_POSTMORTEM_PERCENT} % of the error budget went: at least one action of "
            f"the highest priority ({str(row['source']).partition(':')[0]})"
        )
    return actions or ["None follows from the measured times; the questions above may give some."]
