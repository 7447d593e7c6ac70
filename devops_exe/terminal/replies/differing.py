"""What moved between two documents of a conversation, and which input moved it.

Each fact that differs is put into the older document alone and planned with; the figures that
move then are that fact's. Nothing is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devops_exe.design.assume import given
from devops_exe.design.fields import label, shown
from devops_exe.ground.errors import CalculatorError, UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.terminal.app import App

_MOST = 12
"""Facts that are tried one by one; beyond that, what moved is told without a cause."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that differs.

    Attributes:
        field: its name.
        words: what it was and what it is.
        lines: what it moves when it changes alone.
    """

    field: str
    words: str
    lines: tuple[str, ...]


def diff(app: App, arguments: str) -> Reply:
    """``/diff [FROM [TO]]``: documents by their number in this conversation; the last two.

    Raises:
        UserError: there is one document only, or no such number.
    """
    from devops_exe.blueprint.moved import moved

    app.current("/diff")
    first, second = _chosen(app.session.dossiers, arguments)
    before, now = app.session.dossiers[first - 1], app.session.dossiers[second - 1]
    old, new = before.blueprint.header.system, now.blueprint.header.system
    head = [] if old == new else [f"system: {old} → {new}"]
    lines = [*head, *moved(before, now)]
    causes = _causes(before, now) if lines else []
    told: list[str] = []
    for line in lines:
        by = [cause.words for cause in causes if _moves(cause, line)]
        told += wrap(f"{line}, by {'; '.join(by)}" if by else line, app.width, "", "  ")
    idle = [cause.words for cause in causes if not cause.lines]
    if idle:
        told += wrap(f"changed alone, no printed figure moves: {'; '.join(idle)}", app.width, "· ")
    data = {
        "from": first,
        "to": second,
        "moved": [
            {"line": line, "by": [cause.field for cause in causes if _moves(cause, line)]}
            for line in lines
        ],
        "inputs": {cause.field: cause.words for cause in causes},
    }
    return Reply("\n".join(told) or "no printed figure moved", data=data)


def _chosen(dossiers: Sequence[Dossier], arguments: str) -> tuple[int, int]:
    count = len(dossiers)
    if count < 2:
        raise UserError(
            "there is one document only",
            where="/diff",
            fix="change something first: 3,000 rps",
            code="no_document",
        )
    words = arguments.replace("..", " ").split()
    numbers = [int(word) for word in words if word.isascii() and word.isdigit()]
    if len(numbers) != len(words) or len(words) > 2 or not all(0 < n <= count for n in numbers):
        raise UserError(
            f"{arguments.strip()[:40]!r} names no two documents",
            where="/diff",
            fix=f"give two numbers from 1 to {count}, the newest is {count}",
            code="no_document",
        )
    if not numbers:
        return count - 1, count
    return numbers[0], numbers[1] if len(numbers) == 2 else count


def _moves(cause: Cause, line: str) -> bool:
    """Whether a cause moves the figure of this line; both begin with its name."""
    name = line.partition(":")[0]
    return any(one.partition(":")[0] == name for one in cause.lines)


def _causes(before: Dossier, now: Dossier) -> list[Cause]:
    from devops_exe.design.sensitivity import stated

    old, new = stated(before.profile), stated(now.profile)
    names = [
        name
        for name in dict.fromkeys([*old.facts, *new.facts])
        if name != "system" and old.value(name) != new.value(name)
    ]
    if len(names) > _MOST:
        return []
    return [Cause(name, _words(name, before, now), _alone(before, old, new, name))
            for name in names]  # fmt: skip


def _words(name: str, before: Dossier, now: Dossier) -> str:
    """``peak 1200 rps → 3000``; a value that was assumed says so."""
    told = []
    for dossier in (before, now):
        try:
            fact = given(dossier.plan.profile if dossier.plan else dossier.profile, name)
        except KeyError:
            told.append("not stated")
            continue
        assumed = " (assumed)" if fact.origin == "assumption" else ""
        told.append(f"{shown(name, fact.value)}{assumed}")
    return f"{label(name)} {told[0]} → {told[1]}"


def _alone(before: Dossier, old: SystemProfile, new: SystemProfile, name: str) -> tuple[str, ...]:
    """What moves when this fact alone changes; nothing where that leads to no plan."""
    from devops_exe.blueprint.compose import compose_plan
    from devops_exe.blueprint.moved import moved
    from devops_exe.design.plan import plan

    facts = {key: fact for key, fact in old if key != name}
    fact = new.get(name)
    if fact is not None:
        facts[name] = fact
    try:
        planned = plan(replace(old, facts=facts))
        other = compose_plan(before.kind, planned, before.blueprint.header.time)
    except CalculatorError:
        return ()
    return moved(before, other)
