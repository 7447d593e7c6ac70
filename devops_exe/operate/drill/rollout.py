"""One rollout carried out: moves, the alert, the decision, the way back, the proof."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

from devops_exe.ground.errors import Interrupted
from devops_exe.operate.drill.history import patience_seconds
from devops_exe.operate.drill.moves import Move, State, way_back
from devops_exe.operate.drill.record import Losses, losses, read
from devops_exe.operate.drill.simulate import POLL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.stage import Stage

Ending = Literal["rolled back", "completed", "never fired", "false alarm"]

CHECK_SECONDS = 1.0
"""How often the drill looks whether its own parts still run."""

READINESS = "readiness"
"""What stands for the alert where a start missed its deadline."""

PROBES = 5
"""Requests through the router that must succeed before the rollback counts as verified."""


@dataclass(frozen=True, slots=True)
class DrillEvent:
    """Something a reader may want to see at once.

    Attributes:
        kind: ``setup``, ``move``, ``alert``, ``rollback``, ``verified``, ``done``, ``cleaned``.
        text: a sentence.
        seconds: since the rollout began.
        run: which one, from 1.
    """

    kind: str
    text: str
    seconds: float
    run: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one rollout measured; seconds, None where there was nothing to measure.

    Attributes:
        faulty: whether the new version had the fault.
        ending: how it ended.
        alert: that fired first; ``readiness`` for a start that missed its deadline.
        detect, act, verify: as predicted.
        verified: the alert was gone and the probes passed in time.
        losses: requests by what became of them.
        peak: replicas at once.
        seconds: of the rollout, without setting up.
        seen: share of the new version's requests that failed.
        also: other alerts that fired.
    """

    faulty: bool
    ending: Ending
    alert: str
    detect: float | None
    act: float | None
    verify: float | None
    verified: bool
    losses: Losses
    peak: int
    seconds: float
    seen: float
    also: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


class _Alarm(Exception):
    def __init__(self, name: str, at: float) -> None:
        super().__init__(name)
        self.name = name
        self.at = at


class Rollout:
    """Carries one rollout out on a stage.

    Args:
        plan: what runs.
        faulty: the new version has the fault.
        number: of the run, for events and seeds.
        on_event: told what happens.
        stop: asked while waiting; True leaves.
    """

    def __init__(
        self,
        plan: DrillPlan,
        *,
        faulty: bool,
        number: int,
        on_event: Callable[[DrillEvent], None],
        stop: Callable[[], bool],
    ) -> None:
        self.plan = plan
        self.faulty = faulty
        self.number = number
        self.on_event = on_event
        self.stop = stop
        self.stage: Stage | None = None
        self.state: State = plan.first
        self.began = time.monotonic()
        self.origin: float | None = None
        self.running = plan.replicas
        self.peak = plan.replicas
        self.fired: set[str] = set()
        self._pending: tuple[str, ...] = ()
        self._armed = False
        self._asked = 0.0
        self._checked = time.monotonic()

    def tick(self) -> None:
        """Called while waiting: leave when told to, and when a decisive alert fires.

        Raises:
            Interrupted: the caller wants to stop.
            EngineError: a part that it measures with has ended.
        """
        if self.stop():
            raise Interrupted(
                "the drill was stopped", where="drill", fix="start it again", code="interrupted"
            )
        now = time.monotonic()
        if self.stage is None or not self._armed or now - self._asked < POLL_SECONDS:
            return
        self._asked = now
        if now - self._checked > CHECK_SECONDS:
            self._checked = now
            self.stage.check()
        firing = self._firing(self.stage)
        if firing:
            raise _Alarm(min(firing, key=lambda name: (firing[name], name)), time.monotonic())

    def run(self, stage: Stage) -> RunReport:
        """Set up, roll out, and roll back where an alert fires.

        Raises:
            UserError, EngineError, Interrupted: see `Stage.set_up` and `tick`.
        """
        self.stage = stage
        stage.set_up()
        self.began = time.monotonic()
        self._armed = True
        alert, known = "", 0.0
        try:
            for move in self.plan.moves:
                self._say("move", move.words())
                self._do(move)
        except _Alarm as alarm:
            alert, known = alarm.name, alarm.at
        self._armed = False
        if not alert:
            return self._report(stage, "never fired" if self.faulty else "completed")
        return self._roll_back(stage, alert, known)

    def _roll_back(self, stage: Stage, alert: str, known: float) -> RunReport:
        plan = self.plan
        said = "the deadline for readiness passed" if alert == READINESS else f"{alert} fires"
        self._say("alert", said)
        if alert != READINESS:
            self._sleep(plan.clock.group_wait)
        detected = time.monotonic()
        self._sleep(plan.clock.decide)
        begun = time.monotonic()
        self._say("rollback", "rolling back")
        if self._pending:  # started and never admitted: they go first
            stage.stop(*self._pending)
            self.running -= len(self._pending)
        for move in way_back(plan, self.state):
            self._do(move)
        done = time.monotonic()
        verified = self._verify(stage, alert, done)
        ended = time.monotonic()
        self._say("verified" if verified else "done", "verified" if verified else "not verified")
        early = not self.faulty or self.origin is None
        report = self._report(stage, "false alarm" if early else "rolled back", until=done)
        origin = self.origin if self.origin is not None else known
        return replace(
            report,
            alert=alert,
            detect=detected - origin,
            act=done - begun,
            verify=ended - done,
            verified=verified,
            also=tuple(sorted(self.fired - {alert})),
        )

    def _verify(self, stage: Stage, alert: str, since: float) -> bool:
        """Whether the alert goes and requests pass."""
        while time.monotonic() - since < patience_seconds(self.plan):
            firing = self._firing(stage)
            if alert not in firing and self.state.share(self.plan.layout) == 0:
                good = sum(200 <= stage.router.probe() < 500 for _ in range(PROBES))
                if good >= PROBES - 1:  # one may be a healthy version's own failure
                    return True
            self._sleep(POLL_SECONDS)
        return False

    def _firing(self, stage: Stage) -> dict[str, str]:
        """Decisive alerts that fire; the others are remembered."""
        firing = stage.prometheus.firing()
        self.fired |= set(firing)
        decisive = {rule.name for rule in self.plan.rules}
        return {name: at for name, at in firing.items() if name in decisive}

    def _report(self, stage: Stage, ending: Ending, until: float | None = None) -> RunReport:
        end = time.monotonic()
        stage.parts.stop("load", self.plan.timeout_seconds + 4)
        rows = read((stage.folder / "load.txt").read_text().splitlines())
        new = [row for row in rows if row.served.startswith("v2")]
        return RunReport(
            faulty=self.faulty,
            ending=ending,
            alert="",
            detect=None,
            act=None,
            verify=None,
            verified=False,
            losses=losses(
                self.plan,
                rows,
                faulty=self.faulty,
                origin=self.origin,
                until=until or end,
            ),
            peak=self.peak,
            seconds=end - self.began,
            seen=sum(row.failed for row in new) / len(new) if new else 0.0,
        )

    def _do(self, move: Move) -> None:
        """Carry one move out and keep the state."""
        stage = self.stage
        assert stage is not None
        {
            "start": self._start,
            "stop": self._stop,
            "end": self._end,
            "share": self._weigh,
            "switch": lambda move: stage.router.switch(move.version),
            "flag": lambda move: stage.router.flag(round(move.value)),
            "bake": lambda move: self._sleep(move.value),
            "inject": self._inject,
        }[move.kind](move)
        if move.kind != "start":
            self.state = self.state.after(move)
        late = self.faulty and self.plan.fault.kind in {"errors", "latency"}
        serving = self.state.share(self.plan.layout) > 0
        if self.origin is None and (late or not self.faulty) and serving:
            self.origin = time.monotonic()

    def _start(self, move: Move) -> None:
        stage = self.stage
        assert stage is not None
        asked = time.monotonic()
        self._pending = move.names
        stage.launch(*move.names)
        self.running += len(move.names)
        self.peak = max(self.peak, self.running)
        late = stage.await_ready(*move.names)
        if late:
            self.origin = asked
            raise _Alarm(READINESS, time.monotonic())
        stage.admit(*move.names)
        self._pending = ()
        self.state = self.state.after(move)
        if self.plan.layout == "weights":
            stage.router.weigh(self.state.weights())

    def _stop(self, move: Move) -> None:
        stage = self.stage
        assert stage is not None
        stage.router.withdraw(*move.names)
        stage.stop(*move.names)
        self.running -= len(move.names)

    def _end(self, move: Move) -> None:
        stage = self.stage
        assert stage is not None
        stage.router.withdraw(*move.names)
        stage.end(*move.names)
        self.running -= len(move.names)

    def _weigh(self, move: Move) -> None:
        assert self.stage is not None
        self.stage.router.weigh(self.state.after(move).weights())

    def _inject(self, _move: Move) -> None:
        if self.faulty:
            assert self.stage is not None
            self.stage.strike(self.state.new)
            self.origin = time.monotonic()
            self._say("move", f"v2 is {self.plan.fault.words()}")

    def _sleep(self, seconds: float) -> None:
        """Let time pass in small steps; the tick may raise."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.tick()
            time.sleep(min(left, 0.02))

    def _say(self, kind: str, text: str) -> None:
        self.on_event(DrillEvent(kind, text, time.monotonic() - self.began, self.number))
