"""What moves a figure: the plan computed again with one fact changed.

A knob is a number that somebody stated, read or assumed. Turning it plans the whole profile
again, so that whatever is computed from it upstream follows; the strategy stays as chosen,
and so do the zones and the peak where they were assumed by rule, so that one thing is changed
at a time. The availability of shared parts is no fact of the profile: there the ledger's
entries are run again instead.

Elasticity is the relative change of the figure divided by that of the knob (a difference
quotient, not a derivative: counts move in steps). A share of success is counted by what it
leaves to fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from devops_exe.assess.profile import Fact, SystemProfile, Value
from devops_exe.design import tables
from devops_exe.design.assume import assumed, complete
from devops_exe.design.fields import Kind, behind, kind_of, label, shown
from devops_exe.design.ledger import Entry, Input, Ledger, Provenance
from devops_exe.design.plan import Plan, plan
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from devops_exe.assess.profile import Origin

Ids = Mapping[str, str]
Outcome = tuple[Ledger, Ids]
Reading = Callable[[Ledger, Ids], float | None]
"""A figure of a plan; None where the plan has none."""

_DERIVED = ("platform", "orchestrator", "average_rps", "service_ms", "workers")
"""Fields that completion may fill with another fact's origin."""

_NUDGE = 10.0
"""What a knob at nought is turned to, to see whether it moves anything."""

REALISTIC: Mapping[str, tuple[float, ...]] = {
    "scrape_interval_seconds": (15, 60),
    "evaluation_interval_seconds": (15, 60),
    "group_wait_seconds": (10, 30),
    "verify_seconds": (30, 120),
    "decide_seconds": (120, 600),
    "startup_seconds": (15, 30, 60),
    "lb_propagation_seconds": (10, 60),
    "target_utilization": (0.8, 0.6),
    "failure_probability": (0.05, 0.3),
    "bad_error_ratio": (0.05, 0.2),
    "preview_detection": (0.9, 0.5),
    "min_step_seconds": (120, 600),
    "slo_percent": (99.0, 99.5, 99.9, 99.95, 99.99, 99.999),
    "zone_availability": (0.9995, 0.9999, 0.99),
    "replica_availability": (0.9995, 0.9999, 0.99),
    "availability_percent": (99.99, 99.999, 99.9),
    "cpu_millicores": (250, 500, 1000),
    "memory_mib": (512, 1024, 2048, 4096),
    "zones": (2, 3, 4),
}
"""Values that people choose, the usual improvement first."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that can be changed.

    Attributes:
        name: field of the profile, or ``availability_percent`` for a shared part.
        label: in words.
        value: as it stands; of canary weights the first, of ``25%`` the number.
        origin, where: who says so.
        show: a value as printed.
        turn: the plan with this value; None where a calculator refuses it.
    """

    name: str
    label: str
    value: float
    origin: Origin
    where: str
    show: Callable[[float], str]
    turn: Callable[[float], Outcome | None]

    @property
    def kind(self) -> Kind:
        """What it holds."""
        return kind_of(self.name)

    @property
    def whole_numbers(self) -> bool:
        """Whether only whole values make sense."""
        return self.kind.form in {"count", "either"}


@dataclass(frozen=True, slots=True)
class Influence:
    """How a knob moves a figure.

    Attributes:
        knob: what was turned.
        moves: whether the figure moved at all.
        elasticity: per cent of the figure for a per cent of the knob, signed; 0 where either
            is nought.
    """

    knob: Knob
    moves: bool
    elasticity: float


def stated(profile: SystemProfile) -> SystemProfile:
    """A completed profile without what completion added: assumptions and derived facts."""
    facts = {name: fact for name, fact in profile if fact.origin != "assumption"}
    bare = replace(profile, facts=facts)
    for name in _DERIVED:
        if name not in bare:
            continue
        without = replace(bare, facts={k: v for k, v in bare if k != name}, conflicts=())
        if complete(without).get(name) == bare.get(name):
            bare = replace(bare, facts=without.facts)
    return bare


def with_fact(profile: SystemProfile, name: str, fact: Fact) -> SystemProfile:
    """The profile with this fact in the place of whatever stood there."""
    kept = tuple(one for one in profile.conflicts if one.field != name)
    return replace(profile, facts={**profile.facts, name: fact}, conflicts=kept)


def knobs(planned: Plan, closure: tuple[Entry, ...]) -> tuple[Knob, ...]:
    """The knobs behind the entries of ``closure``, in the order of their inputs."""
    base = _pinned(planned)
    names = dict.fromkeys(
        field
        for entry in closure
        for name, whence in entry.provenance.items()
        if whence.origin != "ledger"
        for field in behind(name)
    )
    found = [knob for name in names if (knob := _of_profile(planned, base, name)) is not None]
    shared = [knob for entry in closure for knob in _of_blocks(planned, entry)]
    return (*found, *shared)


def _pinned(planned: Plan) -> SystemProfile:
    """The stated profile with the decisions that are not to follow a turned knob."""
    base = stated(planned.profile)
    pins = ["zones"]
    if not {"peak_rps", "average_rps", "monthly_requests"} & set(base.facts):
        pins.append("peak_rps")
    facts = {name: planned.profile.facts[name] for name in pins if name not in base}
    if "strategy" not in base:
        facts["strategy"] = Fact(planned.choice.strategy, "user", "as chosen")
    return replace(base, facts={**base.facts, **facts})


def _of_profile(planned: Plan, base: SystemProfile, name: str) -> Knob | None:
    known = name in tables.table("assumptions")
    fact = planned.profile.get(name) or (assumed(name) if known else None)
    if fact is None or isinstance(fact.value, bool):
        return None
    value, write = _scalar(fact.value)
    if value is None:
        return None

    def turn(turned: float) -> Outcome | None:
        if not kind_of(name).holds(turned):
            return None
        changed = Fact(write(turned), fact.origin, fact.where)
        try:
            again = plan(with_fact(base, name, changed))
        except UserError:
            return None
        return again.ledger, again.ids

    return Knob(
        name, label(name), value, fact.origin, fact.where, lambda v: shown(name, write(v)), turn
    )


def _scalar(value: object) -> tuple[float | None, Callable[[float], Value]]:
    """A value as one number, and how a number becomes such a value again."""
    if isinstance(value, int):
        return float(value), lambda v: int(v) if v == int(v) else v
    if isinstance(value, float):
        return value, lambda v: v
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return float(value[:-1]), lambda v: f"{round(v)}%"
    if isinstance(value, tuple) and value and all(isinstance(v, int | float) for v in value):
        weights = cast("tuple[float, ...]", value)
        return float(weights[0]), lambda v: cast(
            "Value", tuple(min(100.0, weight * v / weights[0]) for weight in weights)
        )
    return None, lambda v: v


def _of_blocks(planned: Plan, entry: Entry) -> Iterator[Knob]:
    """A knob for each shared part of a block diagram."""
    block = entry.inputs.get("block")
    if not isinstance(block, Mapping) or not isinstance(parts := block.get("blocks"), list):
        return
    for number, part in enumerate(planned.shared[: len(parts)]):
        yield Knob(
            "availability_percent",
            f"availability of {part.name}",
            part.percent,
            "assumption",
            part.authority,
            lambda v: shown("availability_percent", v),
            _turn_block(planned, entry, number),
        )


def _turn_block(planned: Plan, entry: Entry, number: int) -> Callable[[float], Outcome | None]:
    block = cast("Mapping[str, object]", entry.inputs["block"])
    parts = cast("list[Mapping[str, object]]", block["blocks"])

    def turn(value: float) -> Outcome | None:
        if not kind_of("availability_percent").holds(value):
            return None
        changed = [
            {**part, "availability_percent": value} if index == number else part
            for index, part in enumerate(parts)
        ]
        return rerun_with(
            planned.ledger, entry.id, "block", {**block, "blocks": changed}
        ), planned.ids

    return turn


def rerun_with(ledger: Ledger, entry_id: str, name: str, value: object) -> Ledger:
    """Every entry computed again with one input of one entry changed.

    Raises:
        UserError: a calculator refuses, or a reference names nothing.
    """
    again = Ledger()
    for entry in ledger:
        inputs = {}
        for key, old in entry.inputs.items():
            whence = entry.provenance.get(key, Provenance("assumption", ""))
            if entry.id == entry_id and key == name:
                inputs[key] = Input(value, whence.origin, whence.where)
            elif whence.origin == "ledger":
                inputs[key] = again.linked(whence.where)
            else:
                inputs[key] = Input(old, whence.origin, whence.where)
        again, _ = again.call(entry.tool, entry.op, inputs)
    return again


def closure_of(ledger: Ledger, entry: Entry) -> tuple[Entry, ...]:
    """An entry and every entry it rests on, itself first, the nearest next."""
    found: dict[str, Entry] = {}
    waiting = [entry]
    while waiting:
        one = waiting.pop(0)
        if one.id in found:
            continue
        found[one.id] = one
        waiting += [
            ledger.entry(whence.where.split(".")[0])
            for whence in one.provenance.values()
            if whence.origin == "ledger"
        ]
    return tuple(found.values())


def influences(
    turned: tuple[Knob, ...], read: Reading, base: float, *, step: float, whole: float | None = None
) -> tuple[Influence, ...]:
    """How each knob moves a figure, the strongest first.

    Args:
        turned: the knobs.
        read: the figure.
        base: the figure as it stands.
        step: relative change of a knob, such as 0.01.
        whole: what the figure is a part of where it is a share of success (100), else None.
    """
    found = [_influence(knob, read, base, step, whole) for knob in turned]
    return tuple(sorted(found, key=lambda one: (-round(abs(one.elasticity), 3), not one.moves)))


def _influence(
    knob: Knob, read: Reading, base: float, step: float, whole: float | None
) -> Influence:
    for sign in (1.0, -1.0):
        value = _stepped(knob, sign * step)
        figure = figure_at(knob, value, read)
        if figure is None:
            continue
        moves = not math.isclose(figure, base, rel_tol=1e-9, abs_tol=1e-15)
        change = _relative(figure, base, whole)
        turn = _relative(value, knob.value, knob.kind.whole if knob.kind.complement else None)
        if change is None or turn is None or turn == 0:
            return Influence(knob, moves, 0.0)
        return Influence(knob, moves, change / turn)
    return Influence(knob, moves=False, elasticity=0.0)


def figure_at(knob: Knob, value: float, read: Reading) -> float | None:
    """The figure with the knob at a value; None where there is none."""
    outcome = knob.turn(value)
    return None if outcome is None else read(*outcome)


def _stepped(knob: Knob, step: float) -> float:
    if knob.value == 0:
        return _NUDGE
    if knob.kind.complement and knob.value < knob.kind.whole:
        return knob.kind.whole - (knob.kind.whole - knob.value) * (1 + step)
    if knob.whole_numbers:
        return knob.value + math.copysign(max(1, round(abs(step) * knob.value)), step)
    return knob.value * (1 + step)


def _relative(new: float, old: float, whole: float | None) -> float | None:
    if whole is not None:
        new, old = whole - new, whole - old
    return None if old == 0 else (new - old) / abs(old)


def alternative(knob: Knob, read: Reading, base: float, better: int) -> tuple[float, float] | None:
    """A value that people choose and the figure there, better than now if there is such a one.

    Args:
        knob: what to turn.
        read: the figure.
        base: the figure as it stands.
        better: -1 where less is better, 1 where more is, 0 where neither.
    """
    tenth = (_stepped(knob, -0.1), _stepped(knob, 0.1))
    other: tuple[float, float] | None = None
    chosen = sorted(REALISTIC.get(knob.name, ()), key=lambda v: abs(v - knob.value))
    for value in (*chosen, *tenth):
        if value == knob.value:
            continue
        figure = figure_at(knob, value, read)
        if figure is None or math.isclose(figure, base, rel_tol=1e-9, abs_tol=1e-15):
            continue
        if better == 0 or (figure - base) * better > 0:
            return value, figure
        other = other or (value, figure)
    return other
