"""From a dossier to exactly what a drill would run. Pure: nothing is started here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from devops_exe.ground.errors import UserError
from devops_exe.operate.drill.model import FAULTS, Clock, DrillPlan, Fault, FaultKind
from devops_exe.operate.drill.rollouts import SHORTEST_WINDOW_SECONDS, Draft, moves_of, words_of
from devops_exe.operate.drill.rules import rule_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.plan import Plan
    from devops_exe.operate.drill.router import Layout

MOST_REPLICAS = 4
"""Replicas of a version here; a fleet of more is stood for by these."""

ROLLOUT_SECONDS = 20.0
"""Watching in one rollout, unless asked otherwise."""

HEALTHY = 0.2
"""Share of the error budget that a healthy version spends here: it keeps its promise easily."""

SHORTEST_SCRAPE_SECONDS = 0.25
"""Prometheus and the counters keep up with four scrapes a second."""

RPS = 200.0
"""Requests a second of the load."""

_LAYOUTS: dict[str, Layout] = {"Blue-Green": "switch", "A/B Testing": "cohort"}


def drill_plan(
    dossier: Dossier,
    *,
    fault: str = "errors",
    errors: float | None = None,
    latency_ms: float | None = None,
    runs: int = 1,
    seconds: float | None = None,
    factor: float | None = None,
    rps: float = RPS,
    constant: bool = False,
    command: Sequence[str] | None = None,
    health_path: str = "/healthz",
    ready_seconds: float = 30.0,
    seed: int | None = None,
    despite_findings: bool = False,
) -> DrillPlan:
    """Exactly what a drill of this dossier would run.

    Args:
        dossier: with its plan; of a part that has a deployment strategy.
        fault: one of `FAULTS`; ``none`` drills the healthy rollout alone.
        errors: share of its requests that the new version fails, 0 to 1; the plan's own bad
            error ratio where None.
        latency_ms: of the new version under ``latency``; twice the bound where None.
        runs: of each kind, failing and healthy.
        seconds: of watching in a rollout, together.
        factor: what every window is divided by; chosen where None.
        rps: requests a second of the load.
        constant: evenly spaced, else Poisson.
        seed: of the load and the failures.
        command: the user's own, started once a replica with ``PORT`` and ``VERSION`` set.
        health_path: of the user's command.
        ready_seconds: real seconds in which that must be ready.
        despite_findings: drill a plan that has errors.

    Raises:
        UserError: a part without a strategy, a plan with errors, an unknown fault, a value out
            of range, a factor that leaves a window shorter than four scrapes.
    """
    plan = _checked(dossier, despite_findings=despite_findings)
    _check(fault, errors, latency_ms, runs, seconds, factor, rps, ready_seconds)
    draft = _draft(plan, factor, seconds)
    clock = _clock(draft)
    rules = rule_set(dossier, draft.factor, clock.evaluation, latency=fault == "latency")
    draft.notes.extend(rules.notes)
    slow = rules.slow_seconds
    found = Fault(
        cast("FaultKind", fault),
        errors if errors is not None else _error_share(draft),
        latency_ms / 1000 if latency_ms is not None else 2 * slow,
    )
    moves = moves_of(draft, found, rules.rules, stated=seconds is not None)
    recovery = plan.entry("recovery") if plan.has("recovery") else None
    return DrillPlan(
        system=dossier.blueprint.header.system,
        strategy=plan.choice.strategy,
        fault=found,
        runs=runs,
        factor=draft.factor,
        layout=_LAYOUTS.get(plan.choice.strategy, "weights"),
        replicas=draft.replicas,
        plan_replicas=plan.topology.replicas,
        surge=draft.surge,
        unavailable=draft.unavailable,
        new_most=len({n for m in moves for n in m.names if n.startswith("v2")}),
        moves=moves,
        clock=clock,
        rules=rules.rules,
        groups=rules.groups,
        names=rules.names,
        rps=float(rps),
        constant=constant,
        seed=1 if seed is None else seed,
        baseline_errors=HEALTHY * plan.entry("budget").number("error_budget_fraction"),
        service_seconds=min(float(draft.given("service_ms") or 10) / 1000, slow / 4),
        slow_seconds=slow,
        timeout_seconds=max(1.0, 3 * slow, 1.5 * found.latency_seconds),
        budget_fraction=plan.entry("budget").number("error_budget_fraction"),
        window_days=float(draft.given("slo_window_days")),
        rto_minutes=recovery.number("rto_minutes") if recovery else None,
        command=tuple(command or ()),
        health_path=health_path,
        ready_seconds=float(ready_seconds),
        notes=tuple(draft.notes),
    )


def _checked(dossier: Dossier, *, despite_findings: bool) -> Plan:
    from devops_exe.blueprint.finding import errors
    from devops_exe.blueprint.model import PARTS

    parts = PARTS[dossier.kind]
    if dossier.plan is None or not {"strategy", "rollback"} & set(parts):
        raise UserError(
            f"a {dossier.kind} document has no deployment strategy to drill",
            where="drill",
            fix="drill the document of /devops, /deploy or /rollback",
            code="nothing_to_drill",
        )
    wrong = errors(dossier.findings)
    if wrong and not despite_findings:
        raise UserError(
            f"the plan has {len(wrong)} error-level finding{'s' if len(wrong) > 1 else ''}, "
            f"the first {wrong[0].code}: {wrong[0].message}",
            where="drill",
            fix="mend the plan, or drill it as it is: findings=ignore",
            code="plan_with_errors",
        )
    return dossier.plan


def _check(
    fault: str,
    errors: float | None,
    latency_ms: float | None,
    runs: int,
    seconds: float | None,
    factor: float | None,
    rps: float,
    ready_seconds: float,
) -> None:
    if fault not in FAULTS:
        raise UserError(f"{fault!r} is no fault", where="fault", fix=f"one of {', '.join(FAULTS)}")
    for name, value, low, high in (
        ("errors", errors, 0.0, 1.0),
        ("latency_ms", latency_ms, 1.0, 10_000.0),
        ("runs", runs, 1, 100),
        ("seconds", seconds, 5.0, 600.0),
        ("factor", factor, 1.0, 10_000.0),
        ("rps", rps, 1.0, 2000.0),
        ("ready_seconds", ready_seconds, 0.1, 600.0),
    ):
        if value is not None and not low <= value <= high:
            raise UserError(
                f"{name} is {value:g}", where=name, fix=f"say a value from {low:g} to {high:g}"
            )


def _draft(plan: Plan, factor: float | None, seconds: float | None) -> Draft:
    rows = cast("list[dict[str, float]]", plan.entry("alerts").outputs["alerts"])
    shortest = min(row["short_window_seconds"] for row in rows)
    found = factor or shortest / SHORTEST_WINDOW_SECONDS
    replicas = max(1, min(MOST_REPLICAS, plan.topology.replicas))
    surge, unavailable = _fenceposts(plan, replicas)
    notes = []
    if plan.topology.replicas > replicas:
        notes.append(f"{replicas} replicas stand for the plan's {plan.topology.replicas}")
    notes.append("the router checks no health: the plan's alert is drilled, not the router")
    return Draft(plan, found, seconds or ROLLOUT_SECONDS, replicas, surge, unavailable, notes)


def _fenceposts(plan: Plan, replicas: int) -> tuple[int, int]:
    """Surge and unavailable of so many replicas, by the plan's own settings."""
    from devops_exe.design import registry

    entry = plan.entry("fenceposts")
    inputs = {**entry.inputs, "replicas": replicas, "op": entry.op}
    answer = registry.run(entry.tool, inputs).outputs
    return int(str(answer["surge"])), int(str(answer["max_unavailable_effective"]))


def _clock(draft: Draft) -> Clock:
    shortest = min(
        row["short_window_seconds"]
        for row in cast("list[dict[str, float]]", draft.plan.entry("alerts").outputs["alerts"])
    )
    window = shortest / draft.factor
    planned = float(draft.given("scrape_interval_seconds"))
    scrape = draft.scaled("a scrape", planned, SHORTEST_SCRAPE_SECONDS, 30.0)
    # a plan whose own scrape is too slow for its window is drilled as it is
    if window < 4 * scrape and scrape > planned / draft.factor:
        raise UserError(
            f"at 1:{draft.factor:g} the window of {words_of(shortest)} is {window:.2g} s, "
            f"shorter than four scrapes of {scrape:g} s",
            where="factor",
            fix=f"a factor of at most {shortest / 4 / SHORTEST_SCRAPE_SECONDS:g}",
        )
    evaluation = float(draft.given("evaluation_interval_seconds"))
    startup = draft.scaled("a start", float(draft.given("startup_seconds")), 0.0, 4.0)
    return Clock(
        scrape=round(scrape, 3),
        evaluation=round(
            draft.scaled("an evaluation", evaluation, SHORTEST_SCRAPE_SECONDS, 30.0), 3
        ),
        group_wait=draft.scaled("the group wait", float(draft.given("group_wait_seconds")), 0, 5),
        decide=draft.scaled("the decision", draft.number("recovery", "decide_seconds", 0), 0, 10),
        startup=startup,
        grace=draft.scaled("the grace", float(draft.given("termination_grace_seconds")), 0, 2.0),
        deadline=max(
            startup + 2.0,
            draft.scaled("the deadline", float(draft.given("progress_deadline_seconds")), 2, 10.0),
        ),
    )


def _error_share(draft: Draft) -> float:
    """The plan's own bad error ratio; all requests where no paging alert would see that."""
    share = float(draft.given("bad_error_ratio"))
    rows = cast("list[dict[str, Any]]", draft.plan.entry("alerts").outputs["alerts"])
    least = min(r["error_ratio_threshold"] for r in rows if r["severity"] == "page")
    if share > 1.25 * least:
        return share
    draft.notes.append(
        f"{share * 100:g} % of errors hardly pass the alert at {least * 100:.3g} %: "
        "a version that fails every request is drilled"
    )
    return 1.0
