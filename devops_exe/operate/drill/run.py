"""Carry a drill out: each rollout on a stage of its own, everything stopped on every way out."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

from devops_exe.ground.clock import now, timestamp
from devops_exe.ground.errors import Interrupted
from devops_exe.operate.drill import journal
from devops_exe.operate.drill.parts import Parts
from devops_exe.operate.drill.predict import predict
from devops_exe.operate.drill.report import DrillReport
from devops_exe.operate.drill.rollout import DrillEvent, Rollout
from devops_exe.operate.drill.stage import Stage, find_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.predict import Prediction
    from devops_exe.operate.drill.rollout import RunReport


def run(
    plan: DrillPlan,
    *,
    on_event: Callable[[DrillEvent], None] | None = None,
    stop: Callable[[], bool] | None = None,
    prediction: Prediction | None = None,
) -> DrillReport:
    """Carry out what the plan says, on loopback alone.

    Of each run there is a failing and a healthy rollout (the healthy alone where the fault is
    ``none``). On every way out (an error, Ctrl-C, SIGTERM, ``stop``) all parts are ended before
    this returns; where this process is killed, the supervisor ends them within seconds, and
    where that is killed too, the next drill does.

    Args:
        plan: what runs; show its ``lines()`` and ask first.
        on_event: told what happens, as it happens.
        stop: asked several times a second; True ends the drill.
        prediction: made already; computed where None.

    Raises:
        UserError: HAProxy or Prometheus is missing; the command does not start or get ready.
        EngineError: a part does not start or ends by itself.
        Interrupted: it was stopped.
    """
    tools = find_tools()
    tell = on_event or (lambda _event: None)
    cleaned = journal.clean_up()
    if cleaned:
        tell(DrillEvent("cleaned", f"ended what a drill before left: {', '.join(cleaned)}", 0, 0))
    found = prediction or predict(plan)
    began = timestamp(now())
    runs: list[RunReport] = []
    kinds = (False,) if plan.fault.kind == "none" else (True, False)
    with _terminated() as terminated:

        def ended() -> bool:
            return terminated.is_set() or (stop is not None and stop())

        for number in range(plan.runs):
            for faulty in kinds:
                runs.append(
                    one_rollout(
                        plan,
                        faulty=faulty,
                        repeat=number,
                        number=len(runs) + 1,
                        tools=tools,
                        on_event=tell,
                        stop=ended,
                    )
                )
        if terminated.is_set():
            raise Interrupted("the drill was stopped", where="drill", fix="start it again")
    return DrillReport(plan, found, tuple(runs), began)


def one_rollout(
    plan: DrillPlan,
    *,
    faulty: bool,
    repeat: int,
    number: int = 1,
    tools: Mapping[str, str] | None = None,
    on_event: Callable[[DrillEvent], None] = lambda _event: None,
    stop: Callable[[], bool] = lambda: False,
) -> RunReport:
    """One rollout on a stage of its own; ``repeat`` gives the load and the replicas their seed.

    Raises:
        UserError, EngineError, Interrupted: as `run`.
    """
    rollout = Rollout(plan, faulty=faulty, number=number, on_event=on_event, stop=stop)
    what = plan.fault.words() if faulty else "healthy"
    on_event(DrillEvent("setup", f"run {number}: v2 {what}", 0.0, number))
    with Parts.open() as parts:
        seed = plan.seed + 1000 * repeat
        stage = Stage(plan, parts, tools or find_tools(), rollout.tick, faulty, seed)
        try:
            return rollout.run(stage)
        finally:
            stage.leave()


@contextlib.contextmanager
def _terminated() -> Iterator[threading.Event]:
    """Notice SIGTERM while a drill runs, where this is the main thread; then hand it on."""
    noticed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noticed
        return

    def notice(_number: int, _frame: FrameType | None) -> None:
        noticed.set()

    before = signal.signal(signal.SIGTERM, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGTERM, before)
        if noticed.is_set():
            signal.raise_signal(signal.SIGTERM)
