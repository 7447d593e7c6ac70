"""An incident in words: what a person needs first, then what happened, then what to do and say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.operate.incident.words import table

if TYPE_CHECKING:
    from datetime import datetime

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.operate.incident.model import Burn, Event, Incident

MOST_EVENTS = 30
"""Lines of the timeline that are shown."""

UNKNOWN = "not known"


def span(seconds: float) -> str:
    """A duration.

    >>> span(4), span(1085), span(7200), span(90061)
    ('4 s', '18 min 5 s', '2 h', '25 h 1 min')
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def clock(at: datetime, beside: datetime | None = None) -> str:
    """A moment in UTC; without its day where that is the day of ``beside``."""
    if beside is not None and at.date() == beside.date():
        return f"{at:%H:%M:%S} UTC" if at.second else f"{at:%H:%M} UTC"
    return f"{at:%Y-%m-%d %H:%M} UTC"


def percent(value: float) -> str:
    """A percentage at three figures.

    >>> percent(12.345), percent(0.001234), percent(150.4)
    ('12.3 %', '0.00123 %', '150 %')
    """
    return f"{value:.3g} %" if value < 100 else f"{value:.0f} %"


def incident_text(incident: Incident, dossier: Dossier | None) -> str:
    """All of it."""
    lines = [*_head(incident), "", "Call (Google SRE book, ch. 14)"]
    lines += [f"  {row['name']}: {row['does']}" for row in table()["role"]]
    lines += ["", "Timeline (UTC)", *_timeline(incident)]
    lines += ["", "Steps of the rollback plan", *_steps(dossier)]
    lines += ["", "Status message", *(f"  {line}" for line in status_message(incident, dossier))]
    if incident.notes:
        lines += ["", *(f"· {note}" for note in incident.notes)]
    return "\n".join(lines)


def _head(incident: Incident) -> list[str]:
    name = incident.system or "system not known"
    lines = [f"INCIDENT {name} · {incident.severity or 'severity not known'} · {_state(incident)}"]
    began = clock(incident.began) if incident.began else UNKNOWN
    lines.append(f"  began     {began}{' (first symptom)' if incident.began else ''}")
    lines.append(f"  change    {_change(incident)}")
    lines.append(f"  burnt     {_burnt(incident.burn)}")
    lines.append(f"  severity  {_severity(incident)}")
    if incident.firing:
        shown = ", ".join(incident.firing[:5])
        more = len(incident.firing) - 5
        lines.append(f"  firing    {shown}{f' and {more} more' if more > 0 else ''}")
    return lines


def _state(incident: Incident) -> str:
    if incident.began is None:
        return "beginning not known"
    end = incident.ended or incident.now
    long = span((end - incident.began).total_seconds())
    return f"over after {long}" if incident.ended else f"open for {long}"


def _change(incident: Incident) -> str:
    change = incident.change
    if change is None:
        return f"{UNKNOWN}: none is named before the first symptom"
    if change.at is None or incident.seconds_before is None:
        return f"{change.text}; when it came is not known, and whether it is the cause"
    before = span(incident.seconds_before)
    at = clock(change.at, incident.began)
    why = f"the last change named before the first symptom, {before} before"
    return f"{change.text} at {at}: likely, not certain ({why})"


def _burnt(burn: Burn | None) -> str:
    if burn is None:
        return f"{UNKNOWN}: it takes a share of failing requests, a beginning and an objective"
    assumed = ", assumed" if burn.assumed else ""
    grows = " so far" if burn.open else ""
    return (
        f"{percent(burn.consumed_percent)} of the error budget{grows} ({burn.slo_percent:g} % over "
        f"{burn.window_days:g} days{assumed}): {burn.basis}, as much as "
        f"{span(burn.full_outage_seconds)} of full outage"
    )


def _severity(incident: Incident) -> str:
    row = next((one for one in table()["severity"] if one["name"] == incident.severity), None)
    if row is None:
        return f"{UNKNOWN}: it follows from the budget burnt"
    begins = f"from {row['budget_percent']} % of the error budget on"
    return f"{row['name']}, {begins} (our scale; {row['source']}): {row['means']}"


def _timeline(incident: Incident) -> list[str]:
    events = incident.timeline
    lines: list[str] = []
    shown = events
    if len(events) > MOST_EVENTS:
        half = MOST_EVENTS // 2
        shown = (*events[:half], *events[-half:])
    day = None
    for index, event in enumerate(shown):
        if len(events) > MOST_EVENTS and index == MOST_EVENTS // 2:
            lines.append(f"  … {len(events) - len(shown)} more")
        assert event.at is not None
        if event.at.date() != day:
            day = event.at.date()
            lines.append(f"  {day.isoformat()}")
        lines.append(f"  {event.at:%H:%M:%S}  {event.kind:8}  {_told(event)}")
    if not lines:
        lines = ["  no event has a time that can be read"]
    lines += [f"  time not known  {_told(event)}" for event in incident.timeless[:10]]
    if len(incident.timeless) > 10:
        lines.append(f"  … {len(incident.timeless) - 10} more without a time")
    return lines


def _told(event: Event) -> str:
    many = f" ({event.count} alerts)" if event.count > 1 else ""
    return f"{event.text}{many}"


def _steps(dossier: Dossier | None) -> list[str]:
    rollback = dossier.blueprint.rollback if dossier else None
    if rollback is None:
        return ["  no rollback plan is current: /rollback VERSION SYSTEM on PLATFORM makes one"]
    lines = [f"  {number}. {step}" for number, step in enumerate(rollback.steps, 1)]
    return [*lines, "  /execute rollback shows them as commands and, agreed to, carries them out"]


def status_message(incident: Incident, dossier: Dossier | None) -> list[str]:
    """What communications can send; what is not known is said to be so."""
    name = incident.system or "The service"
    label = f"[{incident.severity}] " if incident.severity else ""
    if incident.ended and incident.began:
        long = span((incident.ended - incident.began).total_seconds())
        head = f"{label}{name}: resolved at {clock(incident.ended)}, {long} after it began."
    elif incident.began:
        head = f"{label}{name}: degraded since {clock(incident.began)}. We are working on it."
    else:
        head = f"{label}{name}: we are looking into a problem; since when is {UNKNOWN}."
    effect = f"Effect: {incident.effect or f'how many requests fail is {UNKNOWN}'}."
    lines = [head, effect, f"Cause: {_cause(incident)}"]
    version = dossier.profile.text("version") if dossier else None
    action = incident.first("action")
    if incident.ended is None and action is not None:
        lines.append(f"Done so far: {action.text}.")
    elif incident.ended is None and version:
        lines.append(f"Prepared: the rollback to {version}.")
    if incident.ended is None:
        lines.append("Next update: at the time communications promises.")
    return lines


def _cause(incident: Incident) -> str:
    change = incident.change
    if change is None or change.at is None:
        return "under investigation."
    return f"under investigation; likely {change.text} at {clock(change.at, incident.began)}."


def incident_json(incident: Incident, dossier: Dossier | None) -> dict[str, object]:
    """The incident for programs; what is not known is null."""
    burn, change = incident.burn, incident.change
    return {
        "system": incident.system or None,
        "now": incident.now.isoformat(),
        "began": incident.began.isoformat() if incident.began else None,
        "ended": incident.ended.isoformat() if incident.ended else None,
        "change": None if change is None else {
            "text": change.text,
            "at": change.at.isoformat() if change.at else None,
            "seconds_before": incident.seconds_before,
            "certain": False,
        },
        "burn": None if burn is None else {
            "budget_consumed_percent": burn.consumed_percent,
            "full_outage_seconds": burn.full_outage_seconds,
            "slo_percent": burn.slo_percent,
            "window_days": burn.window_days,
            "objective_assumed": burn.assumed,
            "basis": burn.basis,
        },
        "severity": incident.severity or None,
        "roles": [row["name"] for row in table()["role"]],
        "timeline": [
            {"at": e.at.isoformat() if e.at else None, "kind": e.kind, "text": e.text,
             "source": e.source, "count": e.count}
            for e in (*incident.timeline, *incident.timeless)
        ],
        "firing": list(incident.firing) if incident.firing is not None else None,
        "steps": list(dossier.blueprint.rollback.steps)
        if dossier and dossier.blueprint.rollback else [],
        "status_message": "\n".join(status_message(incident, dossier)),
        "notes": list(incident.notes),
    }  # fmt: skip
