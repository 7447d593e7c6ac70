"""What a drill is: the fault, the rules, the moves, and exactly what would run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from devops_exe.operate.drill.history import history_seconds
from devops_exe.operate.drill.moves import Move, State

if TYPE_CHECKING:
    from devops_exe.operate.drill.router import Layout

FaultKind = Literal["errors", "latency", "crash", "hang", "slow-start", "none"]

FAULTS: tuple[FaultKind, ...] = ("errors", "latency", "crash", "hang", "slow-start", "none")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the new version.

    Attributes:
        kind: ``none`` is the healthy rollout.
        errors: share of its requests that it fails.
        latency_seconds: how long it takes to answer.
    """

    kind: FaultKind
    errors: float
    latency_seconds: float

    def words(self) -> str:
        """The fault as a reader calls it."""
        return {
            "errors": f"failing {self.errors * 100:g} % of its requests",
            "latency": f"answering after {self.latency_seconds * 1000:.0f} ms",
            "crash": "killed while it serves",
            "hang": "stopped while it serves: it accepts and never answers",
            "slow-start": "not ready before its deadline",
            "none": "healthy",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Condition:
    """The share of bad requests over a window is above a threshold.

    Attributes:
        window: seconds, already divided by the factor.
        above: ratio.
    """

    window: float
    above: float


@dataclass(frozen=True, slots=True)
class Names:
    """What the router's counters are called: the series that the generated rules ask for.

    Attributes:
        requests: counter of answered requests, by ``code_label``.
        code_label: label of the status.
        bucket: histogram of seconds.
        job: value of the label ``job``.
        version_label: label of the version.
        hash_label: label of the pod template's hash; the version stands for it.
        route_label: label of the route; empty where there is none.
    """

    requests: str = "http_requests_total"
    code_label: str = "code"
    bucket: str = "http_request_duration_seconds_bucket"
    job: str = "app"
    version_label: str = "version"
    hash_label: str = "pod_template_hash"
    route_label: str = ""

    def labels(self, version: str) -> str:
        """The labels of a version's series.

        >>> Names(job="shop").labels("v2")
        'job="shop",version="v2",pod_template_hash="v2"'
        """
        pairs = [("job", self.job), (self.version_label, version), (self.hash_label, version)]
        if self.route_label:
            pairs.append((self.route_label, "/"))
        return ",".join(f'{name}="{value}"' for name, value in pairs if name)


@dataclass(frozen=True, slots=True)
class Rule:
    """A decisive alert: every condition holds, and the floor is met.

    Attributes:
        name: of the alert.
        bad: ``errors`` counts answers of 500 and above, ``slow`` those later than the bound.
        scope: ``version``: the new version's series alone; ``service``: both versions together.
        conditions: each window of it.
        floor_window: seconds over which the floor counts.
        floor_bad: fewer bad requests than this prove nothing.
        hold: seconds that it must hold (``for``).
        expression: as Prometheus evaluates it.
        source: the ledger entry or the generated file that it comes from.
    """

    name: str
    bad: Literal["errors", "slow"]
    scope: Literal["version", "service"]
    conditions: tuple[Condition, ...]
    floor_window: float
    floor_bad: int
    hold: float
    expression: str
    source: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Times of the drill in seconds, each divided by the factor.

    Attributes:
        scrape, evaluation: intervals of Prometheus.
        group_wait: waited after the alert, as Alertmanager would.
        decide: waited for a person's decision; 0 where the rollback is automatic.
        startup: from scheduling to ready.
        grace: between SIGTERM and the end of a replica.
        deadline: a replica that is not ready by then has failed to start.
    """

    scrape: float
    evaluation: float
    group_wait: float
    decide: float
    startup: float
    grace: float
    deadline: float


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """Exactly what would run, and nothing else: its id is the hash of all of it.

    Attributes:
        system, strategy: of the dossier.
        fault: of the new version in the failing runs.
        runs: failing and healthy rollouts each.
        factor: what every window and wait of the plan is divided by.
        layout: how the router divides traffic.
        replicas: of the old version here; ``plan_replicas`` there.
        surge, unavailable: of a rolling update of ``replicas``.
        new_most: most replicas of the new version.
        moves: the rollout.
        clock: times.
        rules: decisive alerts.
        groups: the rule file.
        names: of the series.
        rps, constant, seed: the load.
        baseline_errors: share that a healthy version fails.
        service_seconds: how long a healthy replica takes.
        slow_seconds: a request later than this is late.
        timeout_seconds: when the router gives a replica up.
        budget_fraction, window_days, rto_minutes: of the plan.
        command: the user's own, empty for this package's server.
        health_path: what must answer before a replica is ready.
        ready_seconds: real seconds in which the user's command must be ready.
        notes: what was cut, chosen or cannot be drilled.
    """

    system: str
    strategy: str
    fault: Fault
    runs: int
    factor: float
    layout: Layout
    replicas: int
    plan_replicas: int
    surge: int
    unavailable: int
    new_most: int
    moves: tuple[Move, ...]
    clock: Clock
    rules: tuple[Rule, ...]
    groups: str
    names: Names
    rps: float
    constant: bool
    seed: int
    baseline_errors: float
    service_seconds: float
    slow_seconds: float
    timeout_seconds: float
    budget_fraction: float
    window_days: float
    rto_minutes: float | None
    command: tuple[str, ...] = ()
    health_path: str = "/healthz"
    ready_seconds: float = 30.0
    notes: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """Hash of exactly what would run: twelve hexadecimal digits."""
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def first(self) -> State:
        """Where a rollout begins: the old version alone, all replicas of it."""
        return State(old=tuple(f"v1-{n}" for n in range(1, self.replicas + 1)))

    def summary(self) -> str:
        """What is about to happen, in one line."""
        what = "" if self.fault.kind == "none" else f" {self.fault.words()}"
        times = "" if self.runs == 1 else f", {self.runs} times each"
        return (
            f"haproxy, {self.replicas} × v1, up to {self.new_most} × v2{what}, Prometheus, "
            f"{self.rps:g} requests a second, time 1:{self.factor:g}, loopback only{times}"
        )

    def lines(self) -> tuple[str, ...]:
        """The plan as steps, in their order."""
        clock = self.clock
        what = " ".join(self.command) or "this program's own server"
        well = f"a healthy version fails {100 * self.baseline_errors:.2g} % of them"
        spaced = "evenly spaced" if self.constant else "Poisson arrivals"
        watching = (
            f"start Prometheus on 127.0.0.1: scrape {clock.scrape:g} s, evaluation "
            f"{clock.evaluation:g} s, the generated rules with every window 1:{self.factor:g}; "
            f"decisive: {', '.join(rule.name for rule in self.rules)}"
        )
        filled = history_seconds(self)
        steps = [
            watching,
            *([f"fill it with {filled:.0f} s of a healthy service"] if filled else []),
            f"start HAProxy on 127.0.0.1 and {self.replicas} replicas of v1 ({what})",
            f"send {self.rps:g} requests a second, {spaced}, seed {self.seed}; {well}",
            *(move.words() for move in self.moves),
        ]
        if self.fault.kind != "none":
            steps.append(
                f"v2 is {self.fault.words()}; at the alert wait {clock.group_wait:g} s (group "
                f"wait){_decide(clock.decide)}, roll back, verify that the alert is gone"
            )
        steps += ["stop everything that was started"]
        return tuple(steps)


def _decide(seconds: float) -> str:
    return f" and {seconds:g} s (a person decides)" if seconds else ""
