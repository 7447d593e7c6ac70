"""Carry a rollback out: step by step, judged, journalled; it stops at the first disagreement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from devops_exe.ground.redaction import Redactor
from devops_exe.ground.text import sanitise
from devops_exe.operate.rollback.judging import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.operate.rollback.journal import Journal
    from devops_exe.operate.rollback.model import Check, Invocation, RollbackPlan, Step
    from devops_exe.operate.rollback.pointing import Pointing
    from devops_exe.operate.rollback.running import Ran

EVERY_SECONDS = 2.0
"""Between two askings of a check that does not agree yet."""

AGAIN_SECONDS = 15.0
"""How long a step that was begun and may be run again is watched before it is run again."""

SHOWN_CHARACTERS = 1500
"""Of an output, in the journal and on the screen: its end."""

Said = Literal["step", "ran", "waits", "agrees", "stops", "skips"]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the executor does outside itself; tests give it others.

    Attributes:
        run: starts a program.
        sleep, monotonic: time passing, in seconds.
        now: the clock of the journal.
        point: where the clients point now.
        done_by_hand: asks whether a person has done a step; True where nobody is asked.
    """

    run: Callable[[Invocation], Ran]
    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    now: Callable[[], str]
    point: Callable[[], Pointing]
    done_by_hand: Callable[[Step], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far it came.

    Attributes:
        plan: what was carried out.
        stopped: the step it stopped at; None where all is done.
        why: what disagreed.
        done: numbers of the steps that are done.
        acted: of them and the one it stopped at, those that changed or may have changed something.
        kept: the values found on the way.
    """

    plan: RollbackPlan
    stopped: Step | None
    why: str
    done: tuple[int, ...]
    acted: tuple[int, ...]
    kept: Mapping[str, str] = field(default_factory=dict)


class _Stop(Exception):
    """A step disagreed; the message says why."""


Tell = Callable[[Said, "Step", str], None]
"""Told what happens: the kind, the step, the words."""


def carry_out(plan: RollbackPlan, hands: Hands, journal: Journal, tell: Tell) -> Outcome:
    """Carry out what is not done yet.

    Args:
        plan: agreed to.
        hands: the outside.
        journal: open; its progress says what is done.
        tell: told what happens, as it happens.

    Raises:
        UserError: the journal cannot be written.
        KeyboardInterrupt: Ctrl-C; the journal says where it stands.
    """
    carrier = _Carrier(plan, hands, journal, tell)
    journal.write(
        "resumed" if journal.progress.started else "plan",
        id=plan.id, system=plan.system, environment=plan.environment, version=plan.version,
        steps=len(plan.steps), at=hands.now(),
    )  # fmt: skip
    for step in plan.steps:
        if step.number in journal.progress.done:
            tell("skips", step, f"{step.number}/{len(plan.steps)} {step.title}: done before")
            continue
        try:
            carrier.step(step)
        except _Stop as stop:
            why = str(stop)
            journal.write("stopped", step=step.number, why=why, at=hands.now())
            tell("stops", step, why)
            return carrier.outcome(step, why)
        except BaseException:
            journal.write("interrupted", step=step.number, at=hands.now())
            raise
    journal.write("finished", at=hands.now())
    return carrier.outcome(None, "")


@dataclass(slots=True)
class _Carrier:
    plan: RollbackPlan
    hands: Hands
    journal: Journal
    tell: Tell
    redactor: Redactor = field(default_factory=Redactor)

    def step(self, step: Step) -> None:
        progress = self.journal.progress
        before = progress.begun == step.number
        ended = progress.status
        self.tell("step", step, "")
        if step.invocation is None:
            self._by_hand(step)
            return
        if step.kind == "acts":
            self._points_still()
            if before and self._is_done(step, ended):
                return
        self.journal.write("begun", step=step.number, kind=step.kind, at=self.hands.now())
        invocation = _known(filled(step.invocation, progress.kept), self.plan)
        ran = self._ran(invocation, step)
        self.journal.write(
            "ran", step=step.number, status=ran.status, at=self.hands.now(),
            output=self.shown(ran),
        )  # fmt: skip
        if ran.late or ran.status != 0:
            raise _Stop(self._ended(invocation, ran))
        self._finish(step, self._judged(step, ran))

    def _by_hand(self, step: Step) -> None:
        self.journal.write("begun", step=step.number, kind=step.kind, at=self.hands.now())
        if not self.hands.done_by_hand(step):
            raise _Stop(f"it is to be done by hand and is not: {step.hand}")
        self._finish(step, Verdict(agrees=True))

    def _points_still(self) -> None:
        now = self.hands.point()
        if now != self.plan.pointing:
            changed = set(now) ^ set(self.plan.pointing)
            names = sorted({name for name, _ in changed})
            raise _Stop(f"the clients point elsewhere than agreed: {', '.join(names)}")

    def _is_done(self, step: Step, ended: int | None) -> bool:
        """Look at a step that was begun before; whether it needs no second run.

        Raises:
            _Stop: it is not done, and running it twice is not the same as running it once.
        """
        failed = ended not in (None, 0)
        patience = 0.0 if failed else AGAIN_SECONDS if step.repeatable else None
        verdict = self._judged(step, None, patience)
        if verdict.agrees:
            self._finish(step, verdict)
            return True
        if not step.repeatable:
            raise _Stop(
                f"it was begun before and is not to be seen ({verdict.why}); run a second time it "
                "would do something else, so it is not run again"
            )
        self.tell("waits", step, f"begun before, not to be seen ({verdict.why}); it is run again")
        return False

    def _judged(self, step: Step, own: Ran | None, patience: float | None = None) -> Verdict:
        kept: dict[str, str] = {}
        for check in step.checks:
            verdict = self._checked(step, check, own, patience)
            if not verdict.agrees:
                return verdict
            kept |= verdict.kept
        return Verdict(agrees=True, kept=kept)

    def _checked(
        self, step: Step, check: Check, own: Ran | None, patience: float | None
    ) -> Verdict:
        if check.invocation is None:
            if own is None:
                return Verdict(agrees=False, why="only its own output would tell")
            return self._clean(judge(check, own.output))
        within = check.within if patience is None else min(check.within, patience)
        until = self.hands.monotonic() + within
        told = False
        while True:
            verdict = self._asked(check.invocation, check, step)
            if verdict.agrees or self.hands.monotonic() >= until:
                return verdict
            if not told:
                self.tell("waits", step, f"{verdict.why}; asked again for {within:.0f} s")
                told = True
            self.hands.sleep(EVERY_SECONDS)

    def _asked(self, invocation: Invocation, check: Check, step: Step) -> Verdict:
        invocation = filled(invocation, self.journal.progress.kept)
        ran = self._ran(invocation, step)
        if ran.late or ran.status != 0:
            return Verdict(agrees=False, why=self._ended(invocation, ran))
        return self._clean(judge(_filled_check(check, self.journal.progress.kept), ran.output))

    def _ran(self, invocation: Invocation, step: Step) -> Ran:
        self.tell("ran", step, self._text(invocation.shown()))
        return self.hands.run(invocation)

    def _clean(self, verdict: Verdict) -> Verdict:
        return verdict if verdict.agrees else replace(verdict, why=self._text(verdict.why))

    def _finish(self, step: Step, verdict: Verdict) -> None:
        if not verdict.agrees:
            raise _Stop(verdict.why)
        kept = {name: value for name, value in verdict.kept.items() if self._text(value) == value}
        if kept != dict(verdict.kept):
            raise _Stop("what it found looks like a secret and is not put into a command")
        self.journal.write("done", step=step.number, kind=step.kind, kept=kept, at=self.hands.now())
        self.tell("agrees", step, ", ".join(f"{name} {value}" for name, value in kept.items()))

    def _ended(self, invocation: Invocation, ran: Ran) -> str:
        how = (
            f"was ended after {invocation.seconds:.0f} s"
            if ran.late
            else f"ended with status {ran.status}"
        )
        told = self.shown(ran).strip()
        last = f": {told.splitlines()[-1][:300]}" if told else ""
        return self._text(f"{invocation.shown()} {how}{last}")

    def shown(self, ran: Ran) -> str:
        """The end of an output, cleaned and without secrets."""
        text = "\n".join(part for part in (ran.output.strip(), ran.errors.strip()) if part)
        return self._text(text[-64 * 1024 :])[-SHOWN_CHARACTERS:]

    def _text(self, text: str) -> str:
        return self.redactor.redact(sanitise(text))

    def outcome(self, stopped: Step | None, why: str) -> Outcome:
        progress = self.journal.progress
        acted = [
            step.number
            for step in self.plan.steps
            if step.kind == "acts"
            and (step.number in progress.done or step.number == progress.begun)
        ]
        return Outcome(self.plan, stopped, why, tuple(sorted(progress.done)), tuple(acted),
                       progress.kept)  # fmt: skip


_KEPT = re.compile(r"\{([A-Za-z_]\w*)\}")


def filled(invocation: Invocation, kept: Mapping[str, str]) -> Invocation:
    """A command with the values that earlier steps kept.

    A value is one that :func:`judging.judge` let through: it holds no blank and begins with no
    dash.
    """
    return replace(
        invocation,
        argv=tuple(_KEPT.sub(lambda m: kept.get(m[1], m[0]), w) for w in invocation.argv),
    )


def _known(invocation: Invocation, plan: RollbackPlan) -> Invocation:
    """The command, if no value is missing in it that a step was to find.

    Raises:
        _Stop: one is missing.
    """
    names = {keep.name for step in plan.steps for check in step.checks for keep in check.keep}
    for word in invocation.argv:
        missing = names.intersection(_KEPT.findall(word))
        if missing:
            raise _Stop(f"{', '.join(sorted(missing))} was not found by any step")
    return invocation


def _filled_check(check: Check, kept: Mapping[str, str]) -> Check:
    def put(text: str) -> str:
        return _KEPT.sub(lambda match: kept.get(match[1], match[0]), text)

    expect = tuple(
        one if one.test is None else replace(
            one, test=replace(one.test, wanted=tuple(map(put, one.test.wanted))),
            selection=replace(one.selection, where=tuple(
                (path, replace(test, wanted=tuple(map(put, test.wanted))))
                for path, test in one.selection.where)),
        )
        for one in check.expect
    )  # fmt: skip
    return replace(check, expect=expect)
