"""What moves a figure most, and where its target breaks, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devops_exe.blueprint.figures import Place
from devops_exe.blueprint.quote import number
from devops_exe.blueprint.spoken import difference, printed
from devops_exe.design.ledger import look_up
from devops_exe.design.sensitivity import (
    Influence,
    Knob,
    alternative,
    closure_of,
    figure_at,
    influences,
    knobs,
)
from devops_exe.design.threshold import breaking_point

if TYPE_CHECKING:
    from devops_exe.blueprint.asked import Book, Subject
    from devops_exe.blueprint.figures import Target
    from devops_exe.design.ledger import Ledger
    from devops_exe.design.sensitivity import Ids, Reading

_TRIED = 4
"""How many of the strongest knobs are tried for a breaking point."""


@dataclass(frozen=True, slots=True)
class Moving:
    """What moves a figure.

    Attributes:
        turns: the strongest input and what a realistic change of it does.
        others: elasticities.
        breaks: where the target is just met; empty without a target.
        target_in_words: ``target 15 ✓``; empty without a target.
        idle: fields that were turned and moved nothing.
        found: each knob with its elasticity, the strongest first.
    """

    turns: str
    others: str
    breaks: str
    target_in_words: str
    idle: frozenset[str]
    found: tuple[Influence, ...]


def moving(book: Book, subject: Subject) -> Moving | None:
    """Turn every number behind a figure; None where the figure is no number."""
    place = _measured(book, subject)
    read = _reading(place)
    base = read(book.ledger, book.ids)
    if base is None:
        return None
    entry = book.ledger.entry(subject.entry)
    turned = knobs(book.plan, closure_of(book.ledger, entry))
    whole = subject.named.whole if subject.named else None
    step = 0.1 if place.style == "count" or isinstance(_raw(book, place), int) else 0.01
    found = influences(turned, read, base, step=step, whole=whole)
    better = subject.named.better if subject.named else 0
    moved = tuple(one for one in found if one.moves)
    target = _Held.of(book, subject, base)
    breaks = _breaks(moved, target, read) if target else ""
    if place != subject.place and place.role == "risk":
        breaks = _overtaken(book, moved)
    return Moving(
        turns=_turns(moved, place, read, base, better),
        others=_others(moved, step, whole),
        breaks=breaks,
        target_in_words=target.in_words if target else "",
        idle=_idle(found),
        found=found,
    )


def _measured(book: Book, subject: Subject) -> Place:
    """The number behind a figure: for the strategy its risk, for the bar what it rounds."""
    if subject.named is not None and subject.named.name == "strategy":
        return Place("risk", book.path("strategies.{S}.risk_percent_of_budget"), "risk")
    if subject.place.path == "bar_percent":
        return replace(subject.place, path="availability_percent")
    return subject.place


def _reading(place: Place) -> Reading:
    def read(ledger: Ledger, ids: Ids) -> float | None:
        if place.role not in ids:
            return None
        value = look_up(ledger.entry(ids[place.role]).outputs, place.path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    return read


def _raw(book: Book, place: Place) -> object:
    return look_up(book.ledger.entry(book.ids[place.role]).outputs, place.path)


def _idle(found: tuple[Influence, ...]) -> frozenset[str]:
    return frozenset(one.knob.name for one in found if not one.moves)


def _turns(
    moved: tuple[Influence, ...], place: Place, read: Reading, base: float, better: int
) -> str:
    if not moved:
        return "on nothing that can be stated: no input moves it by a small change"
    best = max(
        (one for one in moved if _tied(one, moved[0])),
        key=lambda one: _gain(one.knob, read, base, better),
    )
    other = alternative(best.knob, read, base, better)
    if other is None:
        return f"most on the {best.knob.label}"
    value, figure = other
    knob = best.knob
    return (
        f"most on the {knob.label}: {knob.show(value)} instead of {knob.show(knob.value)} "
        f"{_effect(place, figure, base, better)}"
    )


def _tied(one: Influence, first: Influence) -> bool:
    return round(abs(one.elasticity), 3) >= round(abs(first.elasticity), 3)


def _gain(knob: Knob, read: Reading, base: float, better: int) -> float:
    other = alternative(knob, read, base, better)
    return 0.0 if other is None else abs(other[1] - base)


def _effect(place: Place, figure: float, base: float, better: int) -> str:
    new, old = printed(place, figure), printed(place, base)
    gained = (figure - base) * better > 0
    if better == 0 or place.style == "exact":
        return (
            f"makes it {new} instead of {old}" if new != old else f"leaves it at {old} as printed"
        )
    verb = ("saves" if better < 0 else "gains") if gained else ("adds" if better < 0 else "loses")
    return f"{verb} {difference(place, figure - base)}"


def _others(moved: tuple[Influence, ...], step: float, whole: float | None) -> str:
    if not moved:
        return ""
    listed = [f"{one.knob.label} {_signed(one.elasticity * step)}" for one in moved[:4]]
    noun = "what it leaves to fail" if whole else "it"
    note = "; of a share of success, of what it leaves to fail" if _any_success(moved[:4]) else ""
    return f"{number(100 * step)} % more of an input moves {noun} by: {', '.join(listed)}{note}"


def _any_success(moved: tuple[Influence, ...]) -> bool:
    return any(one.knob.kind.complement for one in moved)


def _signed(change: float) -> str:
    text = f"{change * 100:+.2g} %".replace("-", "−")
    return "0 %" if text.startswith(("+0 ", "−0 ")) else text


@dataclass(frozen=True, slots=True)
class _Held:
    """A figure held against its target."""

    target: Target
    value: float
    limit: float
    place: Place
    in_words: str

    @classmethod
    def of(cls, book: Book, subject: Subject, base: float) -> _Held | None:
        target = subject.named.target if subject.named else None
        fact = book.plan.profile.number(target.field) if target else None
        if target is None or fact is None:
            return None
        limit = fact * target.factor
        met = _meets(base, limit, most=target.most)
        shown = printed(subject.place, limit)
        if subject.place.style == "minutes":
            shown = number(limit)
        return cls(target, base, limit, subject.place, f"target {shown} {'✓' if met else '✗'}")


def _meets(value: float, limit: float, *, most: bool) -> bool:
    return value <= limit if most else value >= limit


def _breaks(moved: tuple[Influence, ...], held: _Held, read: Reading) -> str:
    met = _meets(held.value, held.limit, most=held.target.most)
    wanted_up = met == held.target.most  # the figure has to rise to flip the verdict
    for one in moved[:_TRIED]:
        knob = one.knob
        if knob.name == held.target.field or not one.elasticity:
            continue

        def meets(value: float, knob: Knob = knob) -> bool | None:
            figure = figure_at(knob, value, read)
            return None if figure is None else _meets(figure, held.limit, most=held.target.most)

        value = breaking_point(knob, meets, upwards=_upwards(one, rising=wanted_up))
        if value is not None:
            return _broken(knob, value, held, met=met, upwards=_upwards(one, rising=wanted_up))
    names = ", ".join(one.knob.label for one in moved[:_TRIED])
    return (
        f"the target {'holds at every value of' if met else 'is out of reach by'} each of these "
        f"alone: {names}"
        if names
        else ""
    )


def _overtaken(book: Book, moved: tuple[Influence, ...]) -> str:
    """Where another strategy would be first of what the platform can do."""
    choice = book.plan.choice
    if choice.by not in {"calculator", "platform"}:
        return ""

    def first(ledger: Ledger, ids: Ids) -> str | None:
        ranking = ledger.entry(ids["risk"]).outputs["ranking"]
        assert isinstance(ranking, list)
        return next((str(name) for name in ranking if name in choice.possible), None)

    for one in moved[:_TRIED]:
        knob, upwards = one.knob, _upwards(one, rising=True)

        def leads(value: float, knob: Knob = knob) -> bool | None:
            outcome = knob.turn(value)
            return None if outcome is None else first(*outcome) == choice.strategy

        value = breaking_point(knob, leads, upwards=upwards)
        if value is not None:
            side = "above" if upwards else "below"
            return (
                f"another strategy leads {side} a {knob.label} of {knob.show(value)} "
                f"(now {knob.show(knob.value)})"
            )
    return f"{choice.strategy} leads at every value of each of its strongest inputs alone"


def _upwards(one: Influence, *, rising: bool) -> bool:
    """Which way to turn a knob; elasticities of shares of success count what they leave."""
    positive = one.elasticity > 0
    if one.knob.kind.complement:
        positive = not positive
    return positive == rising


def _broken(knob: Knob, value: float, held: _Held, *, met: bool, upwards: bool) -> str:
    now = knob.show(knob.value)
    limit = printed(held.place, held.limit)
    if met:
        side = "above" if upwards else "below"
        return f"the target of {limit} {side} a {knob.label} of {knob.show(value)} (now {now})"
    side = "at most" if not upwards else "at least"
    return (
        f"the target of {limit} is met again with a {knob.label} of {side} {knob.show(value)} "
        f"(now {now})"
    )
