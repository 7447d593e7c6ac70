"""A rollout in virtual time: who serves which share when, by the moves that would run."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.moves import Move, State

BOOT_SECONDS = (0.08, 0.8)
"""A process of ours is up after this long: least and most, on an idle and on a busy machine."""

STEP_SECONDS = 0.03
"""Most that a move of the router takes."""


LINGER = 0.9
"""Share of the grace after which a replica of ours ends by itself."""

KILL_AFTER_SECONDS = 0.1
"""A replica that outlives its grace by this is killed."""


@dataclass(slots=True)
class Timeline:
    """When what served.

    Attributes:
        times: of the changes, ascending.
        shares: of the new version from then on.
        down: whether nothing serves from then on.
        states: after each change.
        injected: when a crash or a hang was injected.
        started: when each ``start`` of the new version was asked for.
        end: when the last move was done.
        peak: most replicas at once.
    """

    times: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    down: list[bool] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    injected: float | None = None
    started: list[float] = field(default_factory=list)
    end: float = 0.0
    peak: int = 0

    def add(self, at: float, state: State, plan: DrillPlan) -> None:
        """A change."""
        self.times.append(at)
        self.shares.append(state.share(plan.layout))
        self.down.append(state.down(plan.layout))
        self.states.append(state)

    def state_at(self, at: float) -> State:
        """What served then."""
        return self.states[max(0, bisect_right(self.times, at) - 1)]

    def first_share(self) -> float | None:
        """When the new version first got requests."""
        return next((t for t, s in zip(self.times, self.shares, strict=True) if s > 0), None)

    def follow(self, other: Timeline) -> None:
        """Go on with what came after."""
        self.times += other.times
        self.shares += other.shares
        self.down += other.down
        self.states += other.states
        self.end = other.end

    def cut(self, at: float) -> None:
        """Forget what would have come after ``at``."""
        keep = max(1, bisect_right(self.times, at))
        del self.times[keep:], self.shares[keep:], self.down[keep:], self.states[keep:]
        self.end = at


def walk(
    plan: DrillPlan, moves: Iterable[Move], state: State, at: float, dice: random.Random
) -> Timeline:
    """Carry moves out in virtual time, each as long as it might take."""
    line = Timeline()
    line.add(at, state, plan)
    running = state.replicas
    line.peak = running
    for move in moves:
        if move.kind == "start":
            running += len(move.names)
            line.peak = max(line.peak, running)
            if any(name.startswith("v2") for name in move.names):
                line.started.append(at)
        elif move.kind in {"stop", "end"}:
            running -= len(move.names)
        if move.kind == "inject":
            line.injected = at
        if move.kind in {"stop", "end"}:
            line.add(at, state.after(move), plan)
        at += _lasts(plan, move, dice)
        state = state.after(move)
        if move.kind not in {"bake", "inject", "stop", "end"}:
            line.add(at, state, plan)
    line.end = at
    return line


def _lasts(plan: DrillPlan, move: Move, dice: random.Random) -> float:
    if move.kind == "bake":
        return move.value + dice.uniform(0, STEP_SECONDS)
    clock = plan.clock
    if move.kind == "start":
        boot = dice.triangular(*BOOT_SECONDS, BOOT_SECONDS[0])  # mostly soon
        if plan.command:  # somebody else's: it is ready when it is ready
            return dice.uniform(BOOT_SECONDS[0], max(clock.startup, 1.0) + BOOT_SECONDS[1])
        return max(clock.startup, boot) + dice.uniform(0.0, 0.1)
    if move.kind == "end":
        hung = plan.fault.kind == "hang" and move.names[0].startswith("v2")
        dead = plan.fault.kind == "crash" and move.names[0].startswith("v2")
        if hung:
            return clock.grace + KILL_AFTER_SECONDS + dice.uniform(0.0, 0.2)
        if dead or plan.command:  # a command of the user's may take all of its grace
            most = clock.grace + KILL_AFTER_SECONDS + plan.timeout_seconds
            return dice.uniform(0.0, 0.1 if dead else most)
        late = plan.fault.kind == "latency" and move.names[0].startswith("v2")
        answering = plan.fault.latency_seconds if late else plan.service_seconds
        return max(LINGER * clock.grace, answering) + dice.uniform(0.0, 0.25)
    return dice.uniform(0, STEP_SECONDS)
