"""What if one fact were another: the plan again, and what moves along its graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.figures import NAMED, ROLES
from devops_exe.blueprint.finding import errors
from devops_exe.blueprint.moved import moved
from devops_exe.blueprint.quote import minutes, number, risk
from devops_exe.blueprint.spoken import printed, row, rows, wrap
from devops_exe.blueprint.why import book_of
from devops_exe.design.assignment import facts_of
from devops_exe.design.assume import assumed
from devops_exe.design.fields import shown
from devops_exe.design.ledger import look_up
from devops_exe.design.sensitivity import stated, with_fact
from devops_exe.design.summary import answer_of
from devops_exe.design.tables import table
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from devops_exe.assess.profile import Fact, SystemProfile
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.ledger import Entry
    from devops_exe.design.plan import Plan

_OVERRULED: Mapping[str, str] = {
    "service_ms": "rps_per_replica",
    "workers": "rps_per_replica",
    "p99_ms": "service_ms",
    "p95_ms": "service_ms",
    "monthly_requests": "average_rps",
    "deploys_per_month": "deploys_per_week",
    "recovery_point_minutes": "backup_interval_minutes",
}
"""Fields that count only while the other one is not stated."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact that was put in the place of another.

    Attributes:
        field: of the profile.
        old, new: with unit, ``not stated`` where there was or is none.
        whence: who said the old one.
    """

    field: str
    old: str
    new: str
    whence: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of the ledger whose answer differs.

    Attributes:
        entry: id in the new ledger; in the old one where the entry is gone.
        name: what it is for.
        old, new: the answer as printed; empty where there is none.
    """

    entry: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An experiment; the document it starts from stays as it is.

    Attributes:
        text: all of it in plain text of 80 columns.
        dossier: the document that would be.
        moved: a line for each figure and decision that differs.
        inputs: the facts that were changed.
        entries: the entries whose answers differ, in the order of the plan.
        unmoved: how many entries answer as before.
    """

    text: str
    dossier: Dossier
    moved: tuple[str, ...]
    inputs: tuple[Changed, ...]
    entries: tuple[Moved, ...]
    unmoved: int


def what_if(dossier: Dossier, assignments: Mapping[str, str], clock: Callable[[], str]) -> WhatIf:
    """Plan again with facts changed, and say what moves.

    Args:
        dossier: the current document; it is not changed.
        assignments: field (or a shorter name of it) to its value as typed, unit tolerated.
        clock: gives the ``Time:`` line of the new document.

    Raises:
        UserError: no assignment, an unknown field (``unknown_field``), a value that does not
            fit (``bad_value``), or facts that lead to no plan.
    """
    if not assignments:
        raise UserError(
            "nothing is changed", where="/what-if", fix="write FIELD=VALUE, such as peak_rps=5000"
        )
    book = book_of(dossier)
    before = replace(dossier, plan=book.plan, ledger=book.plan.ledger)
    profile = stated(book.plan.profile)
    inputs: list[Changed] = []
    for name, text in assignments.items():
        for field, fact in facts_of(name, text).items():
            inputs.append(_changed(book.plan, field, fact))
            profile = _without(profile, field) if fact is None else with_fact(profile, field, fact)
    after = compose(dossier.kind, profile, clock())
    entries, unmoved = _along(before, after)
    lines = moved(before, after)
    text = _told(before, after, tuple(inputs), entries, unmoved)
    return WhatIf(sanitise(text), after, lines, tuple(inputs), entries, unmoved)


def _without(profile: SystemProfile, field: str) -> SystemProfile:
    return replace(profile, facts={name: fact for name, fact in profile if name != field})


def _changed(plan: Plan, field: str, fact: Fact | None) -> Changed:
    old = plan.profile.get(field)
    if old is None and field in table("assumptions"):
        old = assumed(field)
    new = "not stated" if fact is None else shown(field, fact.value)
    if old is None:
        return Changed(field, _computed(plan, field), new, "")
    said = f'you: "{old.where}"' if old.origin == "user" else f"{_ORIGIN[old.origin]}: {old.where}"
    return Changed(field, shown(field, old.value), new, said)


def _computed(plan: Plan, field: str) -> str:
    """What the plan decided where nobody stated the field."""
    if field == "strategy":
        return f"{plan.choice.strategy}, as decided"
    if field == "replicas":
        return f"{number(plan.topology.replicas)}, as computed"
    return "not stated"


_ORIGIN = {
    "measured": "measured",
    "repository": "repository",
    "assumption": "assumed",
    "model": "read by the model",
}


def _plan(dossier: Dossier) -> Plan:
    assert dossier.plan is not None
    return dossier.plan


def _along(before: Dossier, after: Dossier) -> tuple[tuple[Moved, ...], int]:
    """The entries whose answers differ, along the new plan, and how many do not."""
    old, new = _plan(before), _plan(after)
    found: list[Moved] = []
    unmoved = 0
    for role, entry_id in new.ids.items():
        entry = new.ledger.entry(entry_id)
        name = ROLES.get(role, role)
        if not old.has(role):
            found.append(Moved(entry_id, name, "", _answer(new, role, entry)))
            continue
        was = old.entry(role)
        if was.outputs == entry.outputs:
            unmoved += 1
            continue
        found.append(Moved(entry_id, name, *_difference(old, new, role)))
    gone = [role for role in old.ids if not new.has(role)]
    found += [
        Moved(old.ids[role], ROLES.get(role, role), _answer(old, role, old.entry(role)), "")
        for role in gone
    ]
    return tuple(found), unmoved


def _difference(old: Plan, new: Plan, role: str) -> tuple[str, str]:
    """Both answers as printed; the first output that differs where they print alike."""
    was, now = old.entry(role), new.entry(role)
    texts = _answer(old, role, was), _answer(new, role, now)
    if texts[0] != texts[1]:
        return texts
    for path, value in _leaves(now.outputs, ""):
        before = look_up(was.outputs, path)
        if isinstance(before, bool | int | float | str) and before != value:
            name = re.sub(r"\[\d+\]", "", path).split(".")[-1]
            first, second = shown(name, before), shown(name, value)
            if first != second:
                return f"{_output(path)} {first}", second
    return f"{texts[0]} as printed", "the same digits"


def _output(path: str) -> str:
    """An output in words, with the strategy it belongs to."""
    *before, name = path.removeprefix("strategies.").split(".")
    return ": ".join((*before[-1:], re.sub(r"\[\d+\]", "", name).replace("_", " ")))


def _leaves(value: object, path: str) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        items = [(f"{path}.{key}" if path else str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{path}[{number}]", item) for number, item in enumerate(value)]
    else:
        return [(path, value)]
    return [leaf for place, item in items for leaf in _leaves(item, place)]


def _answer(plan: Plan, role: str, entry: Entry) -> str:
    if role == "risk":
        return f"{plan.choice.strategy}, {risk(_risk(plan))} of the budget"
    alert = str((plan.gray_alert if role == "alerts_gray" else plan.outage_alert) or 0)
    for named in sorted(NAMED, key=lambda one: one.name != ROLES.get(role)):
        for place in named.places:
            if place.role == role:
                value = look_up(entry.outputs, place.path.replace("{A}", alert))
                if isinstance(value, int | float):
                    return printed(place, value)
    return answer_of(entry)


def _risk(plan: Plan) -> float:
    strategies = cast("Mapping[str, Mapping[str, float]]", plan.entry("risk").outputs["strategies"])
    return float(strategies[plan.choice.strategy]["risk_percent_of_budget"])


def _told(
    before: Dossier,
    after: Dossier,
    inputs: tuple[Changed, ...],
    entries: tuple[Moved, ...],
    unmoved: int,
) -> str:
    lines: list[str] = []
    for one in inputs:
        whence = f" [{one.whence}]" if one.whence else ""
        lines += wrap(
            f"What if {one.field} = {one.new} instead of {one.old}{whence}", "", indent="  "
        )
    lines += rows("Moves", [_line(one) for one in entries])
    lines += row("Stays", _stays(after, inputs, entries, unmoved))
    lines += rows("Decides", _decisions(before, after))
    lines += row("Note", "the document stays as it is; state the change in words to keep it")
    return "\n".join(lines)


def _line(one: Moved) -> str:
    if not one.old:
        return f"{one.entry} {one.name}: new, {one.new}"
    if not one.new:
        return f"{one.entry} {one.name}: gone, was {one.old}"
    return f"{one.entry} {one.name}: {_change(one.old, one.new)}"


def _change(old: str, new: str) -> str:
    """``45 → 180 replicas``: a unit that both end in stands there once.

    >>> _change("45 replicas", "180 replicas"), _change("16.8 min", "50.1 s")
    ('45 → 180 replicas', '16.8 min → 50.1 s')
    """
    first, second = old.partition(" "), new.partition(" ")
    return f"{first[0] if first[2] and first[2] == second[2] else old} → {new}"


def _stays(
    after: Dossier, inputs: tuple[Changed, ...], entries: tuple[Moved, ...], unmoved: int
) -> str:
    count = f"{number(unmoved)} {'entry answers' if unmoved == 1 else 'entries answer'} as before"
    if entries:
        return count
    reasons = [
        f"{_OVERRULED[one.field]} is stated and rules over {one.field}"
        for one in inputs
        if _OVERRULED.get(one.field, "") in stated(after.profile)
    ]
    why = "; ".join(reasons) or "no figure takes what was changed, or it is the same"
    return f"{count}: {why}"


def _decisions(before: Dossier, after: Dossier) -> list[str]:
    """Strategy, replicas, RTO against its target, findings of error level."""
    old, new = _plan(before), _plan(after)
    lines = [
        _pair("strategy", old.choice.strategy, new.choice.strategy),
        _pair("replicas", number(old.topology.replicas), number(new.topology.replicas)),
    ]
    first, second = _verdict(old), _verdict(new)
    if first or second:
        lines.append(_pair("RTO", first or "no entry", second or "no entry"))
    was = {one.code: one.message for one in errors(before.findings)}
    now = {one.code: one.message for one in errors(after.findings)}
    lines += [f"finding gone: {code}" for code in sorted(was.keys() - now.keys())]
    lines += [f"new finding: {code}: {now[code]}" for code in sorted(now.keys() - was.keys())]
    if was.keys() == now.keys():
        lines.append(f"no error-level finding comes or goes ({number(len(now))} before and after)")
    return lines


def _pair(name: str, old: str, new: str) -> str:
    return f"{name} {new}, as before" if old == new else f"{name} {old} → {new}"


def _verdict(plan: Plan) -> str:
    """``4.5 min, within its target of 15 min``; empty where the plan has no RTO."""
    if not plan.has("recovery"):
        return ""
    entry = plan.entry("recovery")
    text = f"{minutes(entry.number('rto_minutes'))} min"
    target = plan.profile.number("rto_minutes")
    if target is None:
        return f"{text}, no target stated"
    met = entry.outputs.get("meets_target")
    return f"{text}, {'within' if met else 'over'} its target of {number(target)} min"
