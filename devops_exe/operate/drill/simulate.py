"""One simulated run: requests, scrapes, evaluations, the way back, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.operate.drill.counters import Samples, Series, holds
from devops_exe.operate.drill.history import history_seconds, patience_seconds
from devops_exe.operate.drill.moves import State, way_back
from devops_exe.operate.drill.timeline import Timeline, walk

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from devops_exe.operate.drill.model import DrillPlan, Rule

ALLOWANCE_SECONDS = 0.5
"""Added to the upper end of each time: two busy cores schedule a process that late."""

POLL_SECONDS = 0.1
"""How often the drill asks Prometheus for its alerts."""

_LOAD_BEFORE_SECONDS = 6.0
"""The load, and with it the end of the history, comes so long before the first scrape:
Prometheus looks for its targets every five seconds."""

_SERIES = ("v1 good", "v1 bad", "v2 good", "v2 bad")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One simulated run; ``detect`` is None where no alert fired.

    ``late`` is what would be lost more if the machine held the decision up.
    """

    detect: float | None
    act: float = 0.0
    verify: float = 0.0
    lost: int = 0
    planned: int = 0
    peak: int = 0
    alert: str = ""
    late: float = 0.0


class SimulatedRun:
    """One simulated run.

    Args:
        plan: what would run.
        dice: of all runs.
        healthy: the new version is well.
        even: requests and failures evenly spaced, so that only the phases spread.
        held: phases in the middle, so that only the arrivals spread.
    """

    def __init__(
        self,
        plan: DrillPlan,
        dice: random.Random,
        *,
        healthy: bool = False,
        even: bool = False,
        held: bool = False,
    ) -> None:
        self.plan = plan
        self.dice = dice
        self.kind = "none" if healthy else plan.fault.kind
        self.even = even or plan.constant
        self.steady = even
        clock = plan.clock
        # the first move waits for three scrapes
        self.scrape_at = clock.scrape * ((0.5 if held else dice.random()) - 3)
        self.evaluate_at = clock.evaluation * (0.5 if held else dice.random())
        self.line = walk(plan, plan.moves, plan.first, 0.0, dice)
        # moments at which requests are counted, by version and outcome
        self.moments: dict[str, list[float]] = {name: [] for name in _SERIES}
        self.places = dict.fromkeys(_SERIES, 0)
        self.counted: dict[str, list[float]] = {name: [] for name in _SERIES}
        self.scraped: dict[str, list[float]] = {"v1": [], "v2": []}
        self.service = any(rule.scope == "service" for rule in plan.rules)
        self.lost: list[float] = []
        self.turn = 0.0 if held else dice.random()
        self.ruined = 0.5
        self._remember()

    def _remember(self) -> None:
        """The history before the first scrape, where the service as a whole decides."""
        step = self.plan.clock.scrape
        back = int(history_seconds(self.plan) / step)
        self.due = self.scrape_at - _LOAD_BEFORE_SECONDS
        share = self.plan.baseline_errors
        for number in range(back):
            total = number * step * self.plan.rps
            self.scraped["v1"].append(self.due - step * (back - 1 - number))
            self.counted["v1 good"].append(total * (1 - share))
            self.counted["v1 bad"].append(total * share)
        self.before = {name: values[-1] if values else 0 for name, values in self.counted.items()}

    def play(self) -> Outcome:
        """From the first move to the verified rollback."""
        if self.kind == "slow-start":
            return self._slow_start()
        fired = self._watch(self.line.end)
        if fired is None:
            return Outcome(None)
        at, rule = fired
        origin = self.line.injected if self.kind in {"crash", "hang"} else None
        if origin is None:
            origin = self.line.first_share() or 0.0
        if at < origin:
            return Outcome(None, alert="before the fault")
        known = at + self._poll()
        decided = known + self.plan.clock.group_wait + self.plan.clock.decide
        back = self._back(known, decided)
        planned = self._refused(self.line, decided) + self._refused(back, back.end)
        share_then = self.line.shares[-1]
        self.line.follow(back)
        gone = self._gone(rule, back.end)
        failing = self.plan.fault.errors if self.kind == "errors" else 1.0
        return Outcome(
            late=ALLOWANCE_SECONDS * self.plan.rps * share_then * failing,
            detect=decided - self.plan.clock.decide - origin,
            act=back.end - decided,
            verify=gone - back.end + self._poll(),
            lost=sum(moment <= back.end for moment in self.lost),
            planned=planned,
            peak=max(self.line.peak, back.peak),
            alert=rule.name,
        )

    def _slow_start(self) -> Outcome:
        clock, begun = self.plan.clock, self.line.started[0]
        known = begun + clock.deadline + self.dice.uniform(0, 0.1)
        decided = known + clock.decide
        back = self._back(begun, decided)
        return Outcome(
            detect=known - begun,
            act=back.end - decided,
            verify=self.dice.uniform(0, 0.1),
            alert="readiness",
            planned=self._refused(self.line, decided) + self._refused(back, back.end),
            peak=max(self.line.peak, back.peak),
        )

    def _back(self, cut: float, decided: float) -> Timeline:
        """The way back from where the rollout stood when it was stopped."""
        state: State = self.line.state_at(cut)
        self.line.cut(cut)
        # what was starting counts, though it does not serve yet
        self.line.peak = max(self._starting(cut), *(s.replicas for s in self.line.states))
        return walk(self.plan, way_back(self.plan, state), state, decided, self.dice)

    def _starting(self, cut: float) -> int:
        most, state = 0, self.plan.first
        begun = sum(moment <= cut for moment in self.line.started)
        for move in self.plan.moves:
            if move.kind == "start" and begun:
                begun -= 1
                most = max(most, state.replicas + len(move.names))
            state = state.after(move)
        return most

    def _poll(self) -> float:
        return self.dice.uniform(0.0, POLL_SECONDS + 0.05)

    def _refused(self, line: Timeline, until: float) -> int:
        """Requests that found nothing to serve them."""
        seconds = 0.0
        ends = [*line.times[1:], until]
        for begin, end, down in zip(line.times, ends, line.down, strict=True):
            if down:
                seconds += max(0.0, min(end, until) - begin)
        mean = seconds * self.plan.rps
        if mean <= 0:
            return 0
        return max(0, round(self.dice.gauss(mean, 0.0 if self.even else mean**0.5)))

    def _watch(self, until: float) -> tuple[float, Rule] | None:
        """The first evaluation at which a rule fires."""
        since: dict[str, float] = {}
        for at in self._evaluations(until):
            self._sample(at)
            for rule in self.plan.rules:
                if not holds(rule, self._seen(rule), at):
                    since.pop(rule.name, None)
                elif at - since.setdefault(rule.name, at) >= rule.hold:
                    return at, rule
        return None

    def _gone(self, rule: Rule, since: float) -> float:
        """The first evaluation after ``since`` at which the rule yields nothing."""
        at = since
        for at in self._evaluations(since + patience_seconds(self.plan)):
            if at <= since:
                continue
            self._sample(at)
            if not holds(rule, self._seen(rule), at):
                break
        return at

    def _evaluations(self, until: float) -> Iterator[float]:
        while self.evaluate_at <= until:
            yield self.evaluate_at
            self.evaluate_at += self.plan.clock.evaluation

    def _sample(self, until: float) -> None:
        """Scrape up to ``until``."""
        while self.scrape_at <= until:
            self._arrive(self.scrape_at)
            for times in self.scraped.values():
                times.append(self.scrape_at)
            for name, moments in self.moments.items():
                place = self.places[name]
                while place < len(moments) and moments[place] <= self.scrape_at:
                    place += 1
                self.places[name] = place
                self.counted[name].append(self.before[name] + place)
            self.scrape_at += self.plan.clock.scrape

    def _seen(self, rule: Rule) -> Samples:
        """The counters as a rule counts them."""
        versions = ("v1", "v2") if rule.scope == "service" else ("v2",)
        good: list[Series] = []
        bad: list[Series] = []
        for version in versions:
            times = self.scraped[version]
            good.append((times, self.counted[f"{version} good"]))
            mine = self.kind == "hang" or (self.kind == "latency") == (rule.bad == "slow")
            # a late answer is no error and an error is not late; who is neither counts as good
            counts = mine or (version == "v1" and rule.bad == "errors")
            (bad if counts else good).append((times, self.counted[f"{version} bad"]))
        return Samples(tuple(good), tuple(bad))

    def _arrive(self, until: float) -> None:
        """Requests up to ``until``: to whom they go, how they end, and when that is counted."""
        plan, dice, line = self.plan, self.dice, self.line
        place = 0
        while self.due <= until:
            while place + 1 < len(line.times) and line.times[place + 1] <= self.due:
                place += 1
            share = line.shares[place]
            if share > 0 and self._chosen(share):
                self._end(self.due)
            elif self.service and not line.down[place]:
                bad = self._fails(plan.baseline_errors)
                self.moments["v1 bad" if bad else "v1 good"].append(self.due + plan.service_seconds)
            self.due += 1 / plan.rps if self.even else dice.expovariate(plan.rps)

    def _chosen(self, share: float) -> bool:
        if self.plan.layout == "cohort" and not self.steady:
            return self.dice.random() < share
        self.turn += share  # the router takes turns by weight
        if self.turn >= 1:
            self.turn -= 1
            return True
        return False

    def _end(self, due: float) -> None:
        plan = self.plan
        injected = self.line.injected
        struck = injected is not None and due >= injected
        if self.kind in {"crash", "hang"} and struck:
            self.moments["v2 bad"].append(
                due + (plan.timeout_seconds if self.kind == "hang" else 0.0)
            )
            self.lost.append(due)
            return
        if self.kind == "latency":
            self.moments["v2 bad"].append(due + plan.fault.latency_seconds)
            self.lost.append(due)
            return
        share = plan.fault.errors if self.kind == "errors" else plan.baseline_errors
        if self._fails(share):
            self.moments["v2 bad"].append(due + plan.service_seconds)
            if self.kind == "errors":
                self.lost.append(due)
        else:
            self.moments["v2 good"].append(due + plan.service_seconds)

    def _fails(self, share: float) -> bool:
        if not self.steady:
            return self.dice.random() < share
        self.ruined += share
        if self.ruined >= 1:
            self.ruined -= 1
            return True
        return False
