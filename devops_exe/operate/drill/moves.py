"""The moves of a rollout and of its way back, as data: shown, hashed, predicted and carried out.

A rolling update follows Kubernetes: with ``n`` replicas, at most ``n + surge`` run and at least
``n - unavailable`` serve; both directions are the same walk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from devops_exe.operate.drill.router import MAX_WEIGHT, cohort_share, weights_for

if TYPE_CHECKING:
    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.router import Layout

Kind = Literal["start", "stop", "end", "share", "switch", "flag", "bake", "inject"]


@dataclass(frozen=True, slots=True)
class Move:
    """One step.

    Attributes:
        kind: ``start`` replicas and wait until they are ready; ``stop`` them and go on at once;
            ``end`` them and wait until they are gone; ``share`` of the traffic by weights;
            ``switch`` all traffic; ``flag`` a cohort; ``bake``: watch; ``inject`` the fault.
        names: of replicas.
        value: percent of a share or a cohort, seconds of a bake.
        version: that a switch makes live.
        why: of a bake.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    value: float = 0.0
    version: str = ""
    why: str = ""

    def words(self) -> str:
        """The step as a reader follows it."""
        names = ", ".join(self.names)
        return {
            "start": f"start {names} and wait until ready",
            "stop": f"take {names} out of the router, then stop",
            "end": f"take {names} out of the router, stop and wait until gone",
            "share": f"router: {self.value:g} % of the requests to v2",
            "switch": f"router: switch all requests to {self.version}",
            "flag": f"flag: {self.value:g} % of the users see v2",
            "bake": f"watch {self.value:.3g} s{f' ({self.why})' if self.why else ''}",
            "inject": "inject the fault",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class State:
    """What serves, and how the router divides it.

    Attributes:
        old, new: replicas that are admitted.
        percent: weight of the new version (layout ``weights`` with steps); None: all alike.
        live: version that the switch points to.
        flag: percent of the users that see the new version.
    """

    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    percent: float | None = None
    live: str = "v1"
    flag: float = 0.0

    def after(self, move: Move) -> State:
        """The state once a move is done."""
        if move.kind == "start":
            old = tuple(n for n in move.names if n.startswith("v1"))
            new = tuple(n for n in move.names if n.startswith("v2"))
            return replace(self, old=self.old + old, new=self.new + new)
        if move.kind in {"stop", "end"}:
            return replace(
                self,
                old=tuple(n for n in self.old if n not in move.names),
                new=tuple(n for n in self.new if n not in move.names),
            )
        if move.kind == "share":
            return replace(self, percent=move.value)
        if move.kind == "switch":
            return replace(self, live=move.version)
        if move.kind == "flag":
            return replace(self, flag=move.value)
        return self

    def weights(self) -> dict[str, int]:
        """Weight of each admitted server (layout ``weights``)."""
        if self.percent is None:
            return dict.fromkeys((*self.old, *self.new), MAX_WEIGHT)
        found = weights_for(self.percent / 100, len(self.old), len(self.new))
        return {**dict.fromkeys(self.old, found.old), **dict.fromkeys(self.new, found.new)}

    def share(self, layout: Layout) -> float:
        """Share of the requests that the new version gets, 0 to 1."""
        if layout == "switch":
            return 1.0 if self.live == "v2" else 0.0
        if layout == "cohort":
            return cohort_share(self.flag) if self.flag else 0.0
        weights = self.weights()
        total = sum(weights.values())
        return sum(weights[name] for name in self.new) / total if total else 0.0

    def down(self, layout: Layout) -> bool:
        """Whether nothing serves: every request is refused (Recreate between its versions)."""
        if layout == "switch":
            return not (self.new if self.live == "v2" else self.old)
        return not self.old and not self.new

    @property
    def replicas(self) -> int:
        """All that serve or wait."""
        return len(self.old) + len(self.new)


def names(version: str, first: int, last: int) -> tuple[str, ...]:
    """Names of replicas ``first`` to ``last``.

    >>> names("v2", 1, 2)
    ('v2-1', 'v2-2')
    """
    return tuple(f"{version}-{number}" for number in range(first, last + 1))


def rolling(
    leaving: tuple[str, ...], arriving: tuple[str, ...], surge: int, unavailable: int, serving: int
) -> tuple[Move, ...]:
    """The waves that take ``leaving`` down and ``arriving`` up.

    Args:
        leaving: names, in order.
        arriving: names, in order.
        surge: replicas above the count that may run.
        unavailable: replicas below the count that may be missing.
        serving: how many of the arriving version serve already.
    """
    total = serving + len(arriving)
    moves: list[Move] = []
    left, come = list(leaving), list(arriving)
    there = serving
    while left or come:
        spare = min(len(left), max(0, len(left) + there - (total - unavailable)))
        if spare:
            moves.append(Move("stop", tuple(left[:spare])))
            del left[:spare]
        room = min(len(come), max(0, total + surge - len(left) - there))
        if room:
            moves.append(Move("start", tuple(come[:room])))
            del come[:room]
            there += room
        if not spare and not room:  # nothing may move: surge and unavailable are both 0
            moves.append(Move("stop", tuple(left)))
            left = []
    return tuple(moves)


def way_back(plan: DrillPlan, state: State) -> tuple[Move, ...]:
    """The rollback from wherever the rollout stands, by the strategy's own way."""
    missing = tuple(name for name in plan.first.old if name not in state.old)
    last = {
        "Blue-Green": Move("switch", version="v1"),
        "A/B Testing": Move("flag", value=0),
        "Canary": Move("share", value=0),
    }
    if plan.strategy in last:
        again = (Move("start", missing),) if missing else ()
        return (*again, last[plan.strategy])
    if plan.strategy == "Recreate":
        away = (Move("end", state.new),) if state.new else ()
        return (*away, Move("start", missing)) if missing else away
    return rolling(state.new, missing, plan.surge, plan.unavailable, len(state.old))
