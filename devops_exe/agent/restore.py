"""From the store back to a session: facts read again, the plan run again, figures compared.

A stored result is the object of ``--json`` with three keys more: ``stated``, the facts as they
were said (the ``profile`` of the result also holds what was assumed and derived), ``reading``,
what was noted then, and ``kind``. The plan of those facts must give the stored ledger; where it
does not (a calculator has changed since), the document is computed anew and the caller is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from devops_exe.agent.conversation import Conversation
from devops_exe.agent.events import Usage
from devops_exe.agent.request import Request, RequestKind
from devops_exe.agent.result import Result
from devops_exe.assess.profile import FIELDS, PRECEDENCE, Fact, Origin, Role, SystemProfile, Value
from devops_exe.ground.errors import DevopsExeError, UserError

if TYPE_CHECKING:
    from devops_exe.agent.session import Session
    from devops_exe.agent.store import Store
    from devops_exe.assess.risk import Risk
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.blueprint.model import Kind


@dataclass(frozen=True, slots=True)
class Restored:
    """A dossier read back.

    Attributes:
        dossier: the document with its ledger.
        stated: the facts without assumptions.
        warning: what does not agree; empty where all does.
    """

    dossier: Dossier
    stated: SystemProfile
    warning: str = ""


def stored_form(result: Result, session: Session) -> dict[str, Any]:
    """The result as the store keeps it."""
    raw: dict[str, Any] = result.as_json()
    stated = session.stated or SystemProfile()
    raw["stated"] = {
        name: {**fact.as_json(), "role": fact.role} for name, fact in stated.facts.items()
    }
    raw["reading"] = {"unused": list(stated.unused), "notes": list(stated.notes)}
    raw["kind"] = session.kind
    raw["said"] = list(result.said)
    return raw


def restore(session: Session, store: Store, key: str) -> tuple[str, ...]:
    """Fill ``session`` with what is stored under ``key``.

    Returns:
        Warnings: documents that cannot be read or no longer agree with their ledger.

    Raises:
        UserError: there is no such session.
        EngineError: the store cannot be read.
    """
    warnings: list[str] = []
    dossiers: list[Dossier] = []
    results: list[Result] = []
    for number, raw in enumerate(store.results(key), 1):
        try:
            found = dossier_of(raw)
        except DevopsExeError as problem:
            warnings.append(f"document {number} of session {key}: {problem.message}")
            continue
        dossiers.append(found.dossier)
        results.append(_result_of(raw, found.dossier))
        session.stated = found.stated
        session.kind = found.dossier.kind
        if found.warning:
            warnings.append(f"document {number} of session {key}: {found.warning}")
    session.dossiers = dossiers
    session.results = results
    memory = store.conversation(key)
    session.memory = None if memory is None else Conversation.from_json(memory)
    session.id = key
    session.title = next((one["title"] for one in store.sessions() if one["id"] == key), "")
    warnings += [f"skipped: {what}" for what in store.skipped]
    return tuple(warnings)


def dossier_of(raw: Mapping[str, Any]) -> Restored:
    """The dossier of a result object, its plan run again and held against its ledger.

    Raises:
        UserError: the object is no result, its document is damaged, or its facts lead to no
            plan any more.
    """
    from pydantic import ValidationError

    from devops_exe.blueprint.compose import compose_plan
    from devops_exe.blueprint.finding import Finding
    from devops_exe.blueprint.model import Blueprint
    from devops_exe.design.ledger import ledger_of
    from devops_exe.design.plan import plan

    try:
        stated = stated_of(raw)
        blueprint = Blueprint.model_validate(_without_references(raw["document"]))
        ledger = ledger_of(raw["ledger"])
        findings = tuple(Finding(**one) for one in raw.get("findings", ()))
        figures = {path: tuple(refs) for path, refs in raw.get("figures", {}).items()}
        kind = cast("Kind", raw.get("kind") or raw["command"]["kind"])
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError):
        raise UserError(
            "the stored document is damaged",
            where="session",
            fix="ask for it again",
            code="damaged_record",
        ) from None
    planned = plan(stated)
    fresh = compose_plan(kind, planned, blueprint.header.time)
    if not _begins_with(ledger.as_json(), planned.ledger.as_json()):
        return Restored(
            fresh,
            stated,
            "the calculators answer otherwise than when it was made: it was computed anew",
        )
    dossier = replace(
        fresh,
        blueprint=blueprint,
        ledger=ledger,
        figures=figures,
        findings=findings,
        questions=tuple(map(str, raw.get("questions", ()))),
        commands=_commands(raw.get("commands", ())),
        risks=_risks(raw.get("risks"), fresh),
        notes=tuple(str(n) for n in raw.get("notes", ()) if n not in raw.get("said", ())),
    )
    return Restored(dossier, stated)


def _begins_with(stored: list[dict[str, object]], planned: list[dict[str, object]]) -> bool:
    """Whether the stored ledger is the plan's, with at most an engine's own calls behind it."""
    again, before = _plain(planned), _plain(stored)
    return before[: len(again)] == again


def stated_of(raw: Mapping[str, Any]) -> SystemProfile:
    """The facts as they were said; from the profile where an older record has no more."""
    if not isinstance(raw.get("stated"), Mapping):
        whole = profile_of(raw.get("profile", {}))
        return replace(
            whole,
            facts={n: f for n, f in whole.facts.items() if f.origin not in {"assumption", "model"}},
        )
    reading = raw.get("reading", {})
    return replace(
        profile_of(raw["stated"]),
        unused=tuple(map(str, reading.get("unused", ()))),
        notes=tuple(map(str, reading.get("notes", ()))),
    )


def profile_of(raw: Mapping[str, Any]) -> SystemProfile:
    """A profile read from its JSON form; unknown fields and origins are left out."""
    facts: dict[str, Fact] = {}
    for name, one in raw.items():
        if name in FIELDS and isinstance(one, Mapping) and one.get("from") in PRECEDENCE:
            facts[name] = Fact(
                _value(one.get("value")),
                cast("Origin", one["from"]),
                str(one.get("where", "")),
                cast("Role", one.get("role", "declared")),
            )
    return SystemProfile(facts=facts)


def _value(value: object) -> Value:
    return cast("Value", tuple(value) if isinstance(value, list) else value)


def _commands(raw: Any) -> tuple[Any, ...]:
    from devops_exe.blueprint.draft import Command

    return tuple(
        Command(*(str(one.get(key, "")) for key in ("step", "command", "check", "undo")))
        for one in raw
        if isinstance(one, Mapping)
    )


def _risks(raw: object, fresh: Dossier) -> tuple[Risk, ...]:
    """The stored register; an older record has none and takes the plan's."""
    from devops_exe.assess.risk import Risk

    if not isinstance(raw, list):
        return fresh.risks
    names = ("id", "what", "where", "likelihood", "impact", "answer")
    return tuple(
        Risk(**{name: str(one.get(name, "")) for name in names})  # type: ignore[arg-type]
        for one in raw
        if isinstance(one, dict)
    )


def _result_of(raw: Mapping[str, Any], dossier: Dossier) -> Result:
    command = raw.get("command", {})
    used = raw.get("usage", {})
    known = {name: used[name] for name in Usage().as_json() if isinstance(used.get(name), int)}
    return Result(
        request=Request(
            cast("RequestKind", command.get("kind", dossier.kind)),
            str(command.get("arguments", "")),
        ),
        engine=dict(raw.get("engine", {})),
        text=str(raw.get("text", "")),
        dossier=dossier,
        usage=Usage(**known),
        artifacts=tuple(
            (str(one.get("path", "")), str(one.get("text", "")))
            for one in raw.get("artifacts", ())
            if isinstance(one, dict)
        ),
        said=tuple(map(str, raw.get("said", ()))),
    )


def _without_references(value: object) -> object:
    """The document's fields without the ledger references that its JSON form adds."""
    if isinstance(value, dict):
        return {key: _without_references(item) for key, item in value.items() if key != "ledger"}
    return [_without_references(item) for item in value] if isinstance(value, list) else value


def _plain(entries: list[dict[str, object]]) -> list[object]:
    read: list[object] = json.loads(json.dumps(entries, sort_keys=True))
    return read
