"""``/incident``: from what a person has to what is to be done and said; afterwards the review."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply

if TYPE_CHECKING:
    from datetime import datetime

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.operate.incident.model import Facts, Incident
    from devops_exe.terminal.app import App

LARGEST_INPUT = 16 * 1024 * 1024
"""Bytes of a file or of standard input."""

MOST_UNREADABLE = 0.1
"""Share of a text's characters that may be none of UTF-8: a log in Latin-1 passes."""

LONGEST_KEPT = 20_000
"""Characters of a line that are stored with the conversation."""

_URL = re.compile(r"https?://\S*\Z", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:\{|\[\s*[{\]])")
_HOW = (
    "paste what happened (lines with times), name a file of it (@alerts.json, or - for standard "
    "input), or the URL of a Prometheus"
)


def incident(app: App, arguments: str) -> Reply:
    """``/incident [TEXT|@FILE|URL|add TEXT|review]``.

    Raises:
        UserError: nothing was said, a file cannot be read, JSON is no alerts.
        EngineError: a Prometheus does not answer.
    """
    from devops_exe.ground.clock import now
    from devops_exe.operate.incident.keeping import keep, kept
    from devops_exe.operate.incident.telling import incident_json, incident_text
    from devops_exe.terminal.view.wrap import paragraphs

    words = arguments.strip()
    dossier = app.session.current
    moment = now()
    if words == "review":
        return _review(dossier, moment, app.width)
    before = kept()
    if not words:
        if before is None:
            raise UserError("what happened is not said", where="/incident", fix=_HOW,
                            code="nothing_said")  # fmt: skip
        facts = before
    elif words.startswith("add ") and before is not None:
        facts = _joined(before, _read(words[4:].strip(), dossier, moment))
        keep(facts)
    else:
        facts = _read(words.removeprefix("add ").strip(), dossier, moment)
        keep(facts)
    found = _assembled(facts, dossier, moment)
    text = paragraphs(incident_text(found, dossier), app.width)
    kept_too = len(words) <= LONGEST_KEPT
    return Reply(text, data=incident_json(found, dossier), kept=kept_too)


def _joined(one: Facts, other: Facts) -> Facts:
    from devops_exe.operate.incident.assembling import joined

    return joined(one, other)


def _assembled(facts: Facts, dossier: Dossier | None, moment: datetime) -> Incident:
    """The incident, with what a rollback's journal says of it."""
    from devops_exe.operate.incident.assembling import assemble, joined
    from devops_exe.operate.incident.keeping import rollback_events

    found = assemble(facts, dossier, moment)
    if not found.system or found.began is None:
        return found
    carried = rollback_events(found.system, found.began)
    return assemble(joined(facts, carried), dossier, moment) if carried.events else found


def _review(dossier: Dossier | None, moment: datetime, width: int) -> Reply:
    from devops_exe.operate.incident.keeping import kept
    from devops_exe.operate.incident.review import parts, review_text
    from devops_exe.terminal.view.wrap import paragraphs

    facts = kept()
    if facts is None:
        raise UserError("there is no incident to review", where="/incident review",
                        fix=f"begin with /incident: {_HOW}", code="no_incident")  # fmt: skip
    found = _assembled(facts, dossier, moment)
    data = {
        "parts": [
            {"part": one.name, "measured_seconds": one.measured, "planned_seconds": one.planned,
             "between": one.how}
            for one in parts(found, dossier)
        ]
    }  # fmt: skip
    return Reply(paragraphs(review_text(found, dossier), width), data=data, kept=True)


def _read(words: str, dossier: Dossier | None, moment: datetime) -> Facts:
    if _URL.match(words):
        from devops_exe.operate.incident.prometheus import read_prometheus

        return read_prometheus(words, _jobs(dossier), moment)
    text = _text_of(words)
    if _JSON.match(text):
        from devops_exe.operate.incident.alerts import alerts_of, read_alerts

        return read_alerts(alerts_of(text))
    from devops_exe.ground.redaction import Redactor
    from devops_exe.ground.text import sanitise
    from devops_exe.operate.incident.words import read_text

    if not text.strip():
        raise UserError("it is empty", where="/incident", fix=_HOW, code="nothing_said")
    return read_text(Redactor().redact(sanitise(text)), moment)


def _jobs(dossier: Dossier | None) -> list[str]:
    """What the system is called as a job: its name, and its name as a DNS label."""
    name = dossier.profile.text("system") if dossier else None
    if not name:
        return []
    return [name, re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")]


def _text_of(words: str) -> str:
    if words == "-":
        data = sys.stdin.buffer.read(LARGEST_INPUT + 1) if sys.stdin is not None else b""
        return _decoded(data, "standard input")
    if words.startswith("@") and len(words.split()) == 1:
        return _file(Path(words[1:]).expanduser())
    if "\n" not in words and len(words) < 1000 and re.search(r"\.(?:json|txt|log|md)\Z", words):
        path = Path(words).expanduser()
        if path.is_file():
            return _file(path)
    return words


def _file(path: Path) -> str:
    try:
        if not path.is_file():
            raise UserError("there is no such file", where=str(path), fix="name a file")
        with path.open("rb") as file:
            return _decoded(file.read(LARGEST_INPUT + 1), str(path))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UserError(
            f"it cannot be read: {reason}", where=str(path), fix="name another"
        ) from None


def _decoded(data: bytes, where: str) -> str:
    if len(data) > LARGEST_INPUT:
        raise UserError(f"it has more than {LARGEST_INPUT // 2**20} MiB", where=where,
                        fix="give the part that matters", code="too_large")  # fmt: skip
    text = data.decode("utf-8", errors="replace")
    if b"\0" in data or text.count("\ufffd") > MOST_UNREADABLE * len(text):
        raise UserError("it is no text in UTF-8", where=where,
                        fix="give text, or the JSON of alerts", code="no_text")  # fmt: skip
    return text
