"""Alerts as JSON: Alertmanager's webhook (version 4) and API v2, Prometheus' API v1."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import UserError
from devops_exe.ground.redaction import Redactor
from devops_exe.ground.text import sanitise
from devops_exe.operate.incident.model import Event, Facts, Share
from devops_exe.operate.incident.moments import instant
from devops_exe.operate.incident.words import share_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

MOST_GROUPS = 200
"""Groups of like alerts that are kept; the rest is counted."""

MOST_ALERTS = 100_000

_SERVICE = ("service", "app", "job", "deployment", "app_kubernetes_io_name", "namespace")
_TOLD = ("summary", "description", "message", "title")
_NOT_FIRING = frozenset({"resolved", "suppressed", "inactive", "pending"})


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.

    Attributes:
        name: its rule.
        service: of the label that names one; empty where none does.
        severity: its label.
        starts, ends: in UTC; None where not said or not readable. A firing alert has no end.
        state: firing, resolved, suppressed or pending.
        told: its summary.
        said: all that its annotations say.
        broken: whether its start was there and is no time.
    """

    name: str
    service: str
    severity: str
    starts: datetime | None
    ends: datetime | None
    state: str
    told: str
    said: str
    broken: bool


def alerts_of(text: str) -> list[Alert]:
    """The alerts of a JSON text.

    Raises:
        UserError: it is no JSON (``no_json``), no alerts (``no_alerts``), or holds none
            (``empty_alerts``).
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as problem:
        deep = isinstance(problem, RecursionError)
        reason = "too deep" if deep else str(problem).partition(":")[0]
        raise UserError(
            f"it begins as JSON and is none: {reason}",
            where="/incident",
            fix="paste all of it, or the text alone",
            code="no_json",
        ) from None
    listed = _listed(raw)
    if listed is None or not all(isinstance(one, dict) and "labels" in one for one in listed):
        raise UserError(
            "it is JSON, and no alerts",
            where="/incident",
            fix="give a webhook of Alertmanager, /api/v2/alerts, or /api/v1/alerts of Prometheus",
            code="no_alerts",
        )
    if not listed:
        raise UserError("it holds no alert: nothing fires", where="/incident",
                        fix="say in words what is wrong", code="empty_alerts")  # fmt: skip
    if len(listed) > MOST_ALERTS:
        raise UserError(f"it holds {len(listed)} alerts, {MOST_ALERTS} are read at most",
                        where="/incident", fix="filter them", code="too_many_alerts")  # fmt: skip
    return [_alert(one) for one in listed]


def _listed(raw: object) -> list[Any] | None:
    if isinstance(raw, list):
        return raw
    if not isinstance(raw, dict):
        return None
    inner = raw.get("data")
    found = raw.get("alerts", inner.get("alerts") if isinstance(inner, dict) else None)
    return found if isinstance(found, list) else None


def _alert(raw: Mapping[str, Any]) -> Alert:
    labels, annotations = _strings(raw.get("labels")), _strings(raw.get("annotations"))
    state = raw.get("status", raw.get("state", "firing"))
    if isinstance(state, dict):
        state = {"active": "firing", "unprocessed": "firing"}.get(
            str(state.get("state", "")), str(state.get("state", ""))
        )
    given = raw.get("startsAt", raw.get("activeAt"))
    starts = instant(given)
    resolved = state == "resolved"
    return Alert(
        name=labels.get("alertname", "alert without a name")[:100],
        service=next((labels[name] for name in _SERVICE if labels.get(name)), "")[:100],
        severity=labels.get("severity", "")[:40],
        starts=starts,
        ends=instant(raw.get("endsAt")) if resolved else None,
        state=str(state) or "firing",
        told=next((annotations[name] for name in _TOLD if annotations.get(name)), "")[:300],
        said="\n".join(annotations[name][:300] for name in _TOLD if annotations.get(name)),
        broken=given is not None and starts is None,
    )


def _strings(raw: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in raw.items()} if isinstance(raw, dict) else {}


def read_alerts(alerts: Sequence[Alert], source: str = "alertmanager") -> Facts:
    """What alerts say: like ones together, the first of each with its time.

    Alerts are alike where rule and service are the same.
    """
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.name, alert.service), []).append(alert)
    clean = _Cleaner()
    events: list[Event] = []
    shares: list[Share] = []
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    for (name, service), members in ranked[:MOST_GROUPS]:
        events += _events(clean.text(name), clean.text(service), members, source, clean)
        shares += _shares(members)
    notes = _notes(alerts, len(groups))
    firing = sorted({clean.text(one.name) for one in alerts if one.state not in _NOT_FIRING})
    systems = [service for (_, service), _ in ranked if service]
    return Facts(
        tuple(events), tuple(shares), tuple(notes), tuple(firing),
        tuple(dict.fromkeys(map(clean.text, systems[:MOST_GROUPS]))),
    )  # fmt: skip


class _Cleaner:
    """Cleans what is shown, each text once."""

    def __init__(self) -> None:
        self._redactor = Redactor()
        self._known: dict[str, str] = {}

    def text(self, text: str) -> str:
        if text not in self._known:
            self._known[text] = " ".join(self._redactor.redact(sanitise(text)).split())
        return self._known[text]


def _events(
    name: str, service: str, members: Sequence[Alert], source: str, clean: _Cleaner
) -> Iterable[Event]:
    starts = [one.starts for one in members if one.starts is not None]
    told = clean.text(next((one.told for one in members if one.told), ""))
    severity = next((one.severity for one in members if one.severity), "")
    about = f" ({clean.text(severity)})" if severity else ""
    whose = f" of {service}" if service else ""
    waits = all(one.state == "pending" for one in members)
    does = "is pending" if waits else "fires"
    yield Event(
        min(starts) if starts else None,
        "note" if waits else "symptom",
        f"alert {name}{about}{whose} {does}{': ' if told else ''}{told}",
        source,
        len(members),
    )
    ends = [one.ends for one in members if one.ends is not None]
    if len(ends) == len(members):
        yield Event(max(ends), "recovery", f"alert {name}{whose} is resolved", source, len(members))


def _shares(members: Sequence[Alert]) -> Iterable[Share]:
    """The failing share that an alert of the whole service tells; of one version it is another."""
    for alert in members[:MOST_GROUPS]:
        if "Version" in alert.name or alert.starts is None:
            continue
        found = [share_of(line) for line in alert.said.splitlines()]
        ratio = next((one for one in found if one is not None), None)
        if ratio is not None:
            yield Share(alert.starts, ratio)
            return


def _notes(alerts: Sequence[Alert], groups: int) -> list[str]:
    notes: list[str] = []
    if len(alerts) > groups:
        notes.append(f"{len(alerts)} alerts are {groups} kinds of one service")
    if groups > MOST_GROUPS:
        notes.append(f"{groups - MOST_GROUPS} kinds more, with the fewest alerts, are left out")
    broken = sum(one.broken for one in alerts)
    if broken:
        notes.append(f"{broken} of {len(alerts)} alerts have a start that is no time")
    silenced = sum(one.state == "suppressed" for one in alerts)
    if silenced:
        notes.append(f"{silenced} of {len(alerts)} alerts are silenced or inhibited")
    return notes
