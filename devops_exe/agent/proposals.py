"""Values that a model would give an input: read, shown, and taken only after a yes.

A proposal that is no value of a field is dropped with a note; it never keeps a document from
being accepted. What is taken enters as ``model`` with the model's reason beside it, and the
plan is made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from devops_exe.agent.events import Proposed
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cut, sanitise

if TYPE_CHECKING:
    from devops_exe.agent.result import Result
    from devops_exe.agent.session import Session
    from devops_exe.assess.profile import Fact, SystemProfile

MOST = 5
"""Proposals of one answer that are read."""

LONGEST_REASON = 200


def read_proposals(raw: object, profile: SystemProfile) -> tuple[tuple[Proposed, ...], list[str]]:
    """What a model proposes, and notes on what of it cannot be read.

    Args:
        raw: the list that a model sent.
        profile: the facts as they stand; what they hold already is no proposal.
    """
    found: dict[str, Proposed] = {}
    notes: list[str] = []
    for one in raw[:MOST] if isinstance(raw, list) else []:
        if not isinstance(one, Mapping):
            continue
        value = _clean(one.get("value"), 60)
        why = _clean(one.get("why"), LONGEST_REASON) or "no reason given"
        try:
            facts = facts_of_proposal(_clean(one.get("field"), 60), value, why)
        except UserError as error:
            notes.append(f"a proposal of the model is no value: {error.message}")
            continue
        name = next(iter(facts))
        if facts[name].value != profile.value(name):
            found[name] = Proposed(name, value, why)
    return tuple(found.values()), notes


def facts_of_proposal(field: str, value: str, why: str) -> dict[str, Fact]:
    """The facts that a proposal would bring, as the model's, the field itself first.

    Raises:
        UserError: there is no such field, it names the system, or the value does not fit.
    """
    from dataclasses import replace

    from devops_exe.design.assignment import facts_of, field_of

    name = field_of(field)
    if name in _NOT_PROPOSED:
        raise UserError(f"{name} is the user's to say", where=name, fix="propose another field")
    read = facts_of(name, value)
    facts = {key: fact for key, fact in read.items() if fact is not None}
    if name not in facts:
        raise UserError(f"{name} cannot be taken away", where=name, fix="propose a value")
    ordered = {name: facts[name], **facts}
    return {key: replace(fact, origin="model", where=why) for key, fact in ordered.items()}


_NOT_PROPOSED = frozenset({"system", "version", "bad_version"})


def accepted(session: Session, field: str, value: str, why: str, *, own: bool) -> Result:
    """The session's document with a value that the model proposed; see ``Session.accept``."""
    from dataclasses import replace

    from devops_exe.agent.request import Request
    from devops_exe.agent.result import Result
    from devops_exe.blueprint.moved import moved

    before, stated = session.current, session.stated
    if before is None or stated is None:
        raise UserError("no document is current", where=field, fix="make one first: /devops …")
    # the user's yes outranks what was said before, the user's own words included
    facts = facts_of_proposal(field, value, why)
    if own:
        facts = {name: replace(fact, origin="user") for name, fact in facts.items()}
    said = replace(stated, facts={**stated.facts, **facts})
    fresh = session.composed(before.kind, session.planned(said))
    lines = moved(before, fresh) or ("no printed figure moves",)
    whose = "as you say" if own else "as the model proposed"
    result = Result(
        request=Request("chat", f"{field} {value}"),
        engine=session.writer.name,
        text="\n".join([f"{field} {value}, {whose}:", *(f"  {line}" for line in lines)]),
        dossier=fresh,
    )
    session.stated = said
    session.dossiers.append(fresh)
    session.results.append(result)
    return result


def note_of(proposal: Proposed) -> str:
    """A proposal as a note of a document."""
    return f"proposed by the model, not taken: {proposal.words} ({proposal.why})"


def _clean(value: object, width: int) -> str:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return cut(" ".join(sanitise(str("" if value is None else value)).split()), width)
