"""The moves of each strategy's rollout, as the dossier's plan has them, at the drill's scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from devops_exe.operate.drill.moves import Move, names, rolling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.design.plan import Plan
    from devops_exe.operate.drill.model import Fault, Rule

WATCH_SECONDS = 10.0
"""Watching after a rollout whose strategy has no bake of its own, and of an experiment."""

MOST_WATCH_SECONDS = 60.0
"""No drill watches longer for an alert, however slow the plan's is."""

UNTIMED = -1.0
"""Stands for a watch whose length the strategy does not give."""

INJECT_AFTER_SECONDS = 2.0
"""A crash and a hang come this long after the new version first serves."""

SHORTEST_WINDOW_SECONDS = 5.0
"""What the shortest alert window becomes: five scrapes of a second."""


@dataclass(slots=True)
class Draft:
    """What is under construction: the dossier's plan, the factor, and what was noted."""

    plan: Plan
    factor: float
    seconds: float
    replicas: int
    surge: int
    unavailable: int
    notes: list[str]

    def number(self, role: str, path: str, default: float) -> float:
        """An output of a role's entry, or the default where the plan has none."""
        return self.plan.entry(role).number(path) if self.plan.has(role) else default

    def given(self, name: str) -> Any:
        """A value of the profile, or its assumption."""
        from devops_exe.design.assume import given

        return given(self.plan.profile, name).value

    def scaled(self, what: str, seconds: float, least: float, most: float) -> float:
        """A time divided by the factor, held within bounds; a cut is noted."""
        exact = seconds / self.factor
        held = min(max(exact, least), most)
        if held < exact:
            self.notes.append(f"{what} of {words_of(seconds)} is cut to {held:.3g} s")
        return held


def moves_of(
    draft: Draft, fault: Fault, rules: Sequence[Rule], *, stated: bool
) -> tuple[Move, ...]:
    """The rollout of the chosen strategy, with the injection of the fault.

    Args:
        draft: the plan at its scale.
        fault: that must be found while it is watched.
        rules: that find it.
        stated: the caller has said how long may be watched; else the alert's own time counts.
    """
    build = {
        "Blue-Green": _blue_green,
        "Canary": _canary,
        "Rolling": _rolling,
        "Recreate": _recreate,
        "A/B Testing": _experiment,
    }[draft.plan.choice.strategy]
    watch = _watch(draft, fault, rules)
    if draft.plan.choice.strategy == "A/B Testing":
        draft.seconds = min(draft.seconds, watch)
    elif not stated:
        draft.seconds = max(draft.seconds, watch)
    moves = _fitted(draft, [_lasting(move, watch) for move in build(draft)])
    return _with_injection(moves) if fault.kind in {"crash", "hang"} else moves


def _lasting(move: Move, seconds: float) -> Move:
    """A watch that the strategy does not time lasts as long as its alert needs."""
    if move.kind == "bake" and move.value == UNTIMED:
        return Move("bake", value=seconds, why=move.why)
    return move


def _watch(draft: Draft, fault: Fault, rules: Sequence[Rule]) -> float:
    """Seconds in which an alert on the whole service must have fired.

    Equation: the long window fills with bad requests in ``window * threshold / ratio``; a
    quarter more for chance, and four seconds for scrape and evaluation.
    """
    ratio = fault.errors if fault.kind == "errors" else 1.0
    times = [
        rule.conditions[0].window * rule.conditions[0].above / ratio
        for rule in rules
        if rule.scope == "service" and rule.conditions[0].above < ratio
    ]
    needed = 1.25 * min(times) + 4.0 if times else 0.0
    if needed > MOST_WATCH_SECONDS:
        draft.notes.append(
            f"the alert needs {needed:.0f} s here, {words_of(needed * draft.factor)} there: "
            f"{MOST_WATCH_SECONDS:.0f} s are watched"
        )
    return round(min(MOST_WATCH_SECONDS, max(WATCH_SECONDS, needed)), 3)


def _bake(draft: Draft, seconds: float, why: str) -> Move:
    return Move("bake", value=seconds / draft.factor, why=why)


def _canary(draft: Draft) -> list[Move]:
    bake = draft.plan.entry("bake").outputs
    weights = cast("list[float]", bake["weights_percent"])
    steps = cast("list[float]", bake["step_seconds"])
    moves: list[Move] = []
    there = 0
    for weight, seconds in zip([*weights, 100.0], [*steps, 0.0], strict=True):
        need = min(draft.replicas, max(1, math.ceil(draft.replicas * weight / 100)))
        if need > there:
            moves.append(Move("start", names("v2", there + 1, need)))
            there = need
        moves.append(Move("share", value=weight))
        if seconds:
            moves.append(_bake(draft, seconds, f"step of {words_of(seconds)}"))
    moves.append(Move("bake", value=SHORTEST_WINDOW_SECONDS, why="all traffic on v2"))
    moves.append(Move("stop", names("v1", 1, draft.replicas)))
    return moves


def _blue_green(draft: Draft) -> list[Move]:
    entry = draft.plan.entry("blue_green")
    analysis = float(str(entry.inputs["analysis_seconds"]))
    stays = entry.number("scale_down_delay_seconds")
    draft.notes.append(
        "the analysis of the idle colour is taken to find nothing: the alert is drilled"
    )
    return [
        Move("start", names("v2", 1, draft.replicas)),
        _bake(draft, analysis, f"analysis of the idle colour, {words_of(analysis)}"),
        Move("switch", version="v2"),
        _bake(draft, stays, f"the old colour stays {words_of(stays)}"),
        Move("stop", names("v1", 1, draft.replicas)),
    ]


def _rolling(draft: Draft) -> list[Move]:
    waves = rolling(
        names("v1", 1, draft.replicas),
        names("v2", 1, draft.replicas),
        draft.surge,
        draft.unavailable,
        0,
    )
    return [*waves, Move("bake", value=UNTIMED, why="after the last wave")]


def _recreate(draft: Draft) -> list[Move]:
    return [
        Move("end", names("v1", 1, draft.replicas)),
        Move("start", names("v2", 1, draft.replicas)),
        Move("bake", value=UNTIMED, why="after the restart"),
    ]


def _experiment(draft: Draft) -> list[Move]:
    cohort = float(draft.given("cohort_percent"))
    seconds = float(draft.given("experiment_seconds"))
    need = max(1, math.ceil(draft.replicas * cohort / 100))
    return [
        Move("start", names("v2", 1, need)),
        Move("flag", value=max(1.0, round(cohort))),
        _bake(draft, seconds, f"experiment of {words_of(seconds)}"),
    ]


def _fitted(draft: Draft, moves: list[Move]) -> tuple[Move, ...]:
    """The moves with the longest watches cut, so that all of them fit the time asked for."""
    bakes = sorted(move.value for move in moves if move.kind == "bake")
    cap = math.inf
    if sum(bakes) > draft.seconds:
        left, rest = draft.seconds, len(bakes)
        for value in bakes:
            if value * rest > left:
                break
            left -= value
            rest -= 1
        cap = max(3.0, left / rest)
    fitted = []
    for move in moves:
        if move.kind == "bake" and move.value > cap:
            draft.notes.append(f"{move.why}: {move.value:.4g} s here, cut to {cap:.3g} s")
            move = Move("bake", value=round(cap, 3), why=move.why)
        fitted.append(move)
    return tuple(fitted)


def _with_injection(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The moves with the fault injected shortly into the first watch that has traffic on v2."""
    serving = False
    for place, move in enumerate(moves):
        if move.kind in {"share", "switch", "flag"}:
            serving = True
        first_plain = not any(m.kind in {"share", "switch", "flag"} for m in moves)
        if move.kind == "bake" and (serving or first_plain):
            before = min(INJECT_AFTER_SECONDS, move.value / 2)
            parts = (
                Move("bake", value=before, why="v2 serves"),
                Move("inject"),
                Move("bake", value=move.value - before, why=move.why),
            )
            return (*moves[:place], *parts, *moves[place + 1 :])
    return moves


def words_of(seconds: float) -> str:
    """Seconds as a reader says them."""
    if seconds < 90:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 5400 else f"{seconds / 3600:.3g} h"
