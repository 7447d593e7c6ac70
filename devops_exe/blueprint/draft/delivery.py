"""The CI/CD pipeline and the deployment strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.model import STRATEGIES
from devops_exe.blueprint.quote import plain
from devops_exe.design import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.blueprint.draft.context import Context

USE_CASES: Mapping[str, str] = {
    "Blue-Green": "Zero downtime",
    "Canary": "Gradual rollout",
    "Rolling": "Resource efficient",
    "Recreate": "Simple apps",
    "A/B Testing": "Feature validation",
}
"""The template's use case of each strategy."""


def pipeline(c: Context) -> dict[str, list[str]]:
    """The five steps, each with its actions."""
    stack = f" of the {_stack(c)} service" if _stack(c) else ""
    return {
        "code_push": [
            c.ci["trigger"],
            "lint, dependency review and secret scan before anything runs",
        ],
        "build": [
            f"one artefact{stack}, built once with cache and reproducible inputs",
            f"SBOM and signature attached, pushed by digest to {_registry(c)}",
        ],
        "test": _tests(c),
        "deploy": _deploy(c),
        "verify": _verify(c),
    }


def _stack(c: Context) -> str:
    """What it is written in, by its proper name: the framework, else the language."""
    for kind in ("framework", "language"):
        if identifier := c.profile.text(kind):
            return plain(tables.named(kind, identifier))
    return ""


def _registry(c: Context) -> str:
    return "the artefact bucket" if c.orchestrator == "lambda" else c.products["registry"]


def _tests(c: Context) -> list[str]:
    stores = [tables.store(name)["engine"] for name in c.profile.items("datastores")]
    against = f" against real {' and '.join(stores)}" if stores else ""
    tests = [f"unit tests, then integration tests{against} and contract tests of the API"]
    if c.says("schema_change"):
        tests.append("migration applied to a copy and rolled back, old and new release on it")
    target = f" against p99 {c.p('p99_ms')} ms" if c.says("p99_ms") else ""
    tests.append(f"load test at the peak of {c.p('peak_rps')} rps{target}")
    if c.profile.items("compliance"):
        names = ", ".join(
            plain(tables.named("compliance", name)) for name in c.profile.items("compliance")
        )
        tests.append(f"policy checks and evidence for {names}")
    return tests


def _deploy(c: Context) -> list[str]:
    how = cast("Mapping[str, str]", c.words["rollout"]).get(c.strategy, "as the platform allows")
    return [
        "staging first, the same digest; production after approval by the service owner",
        f"{c.strategy}: {how}",
    ]


def _verify(c: Context) -> list[str]:
    threshold = c.q("alerts", f"alerts[{c.alert()}].error_ratio_threshold", "ratio")
    short = c.q("alerts", f"alerts[{c.alert()}].short_window_seconds", "duration")
    return [
        f"{_probe(c)} and smoke test of the main journey",
        f"error ratio below {threshold} over {short}, else {_else(c)}",
    ]


def _else(c: Context) -> str:
    if c.profile.value("automated_rollback") is False:
        return "page the service owner, who rolls back by hand"
    return "automatic rollback"


def _probe(c: Context) -> str:
    path = c.profile.text("health_path")
    return f"{c.words['probe']} on {plain(path)}" if path else str(c.words["probe"])


def strategy(c: Context) -> dict[str, object]:
    """The strategy's box and, for a deployment plan, the computed strategy table."""
    box: dict[str, object] = {
        "type": c.strategy,
        "rollout": _rollout(c),
        "health_checks": _health(c),
        "rollback_trigger": trigger(c),
        "traffic_old": c.q("risk", f"strategies.{c.strategy}.first_old_percent", "tenth"),
        "traffic_new": c.q("risk", f"strategies.{c.strategy}.first_new_percent", "tenth"),
    }
    if c.kind == "deploy":
        box["table"] = [_row(c, name) for name in STRATEGIES]
    return box


def _rollout(c: Context) -> str:
    if c.strategy == "Canary":
        weights = cast("list[float]", c.plan.entry("bake").inputs["weights_percent"])
        steps = [
            f"{c.q('bake', f'weights_percent[{i}]', 'percent')} for "
            f"{c.q('bake', f'step_seconds[{i}]', 'duration')}"
            for i in range(len(weights))
        ]
        return (
            f"{' → '.join(steps)} → 100 %; at least "
            f"{c.q('sample', 'canary_samples', 'count')} requests of the canary per step, "
            f"{c.q('bake', 'total_seconds', 'duration')} in all"
        )
    if c.strategy == "Rolling":
        return (
            f"{c.q('rolling', 'waves', 'count')} waves of up to "
            f"{c.q('fenceposts', 'surge', 'count')} more and "
            f"{c.q('fenceposts', 'unavailable', 'count')} fewer {c.units()}, "
            f"{c.q('rolling', 'duration_seconds', 'duration')} in all"
        )
    if c.strategy == "Blue-Green":
        return (
            "0 % → 100 % in one switch, "
            f"{c.q('blue_green', 'cutover_seconds', 'duration')} after start with preview and "
            "analysis; the old colour stays for "
            f"{c.q('blue_green', 'scale_down_delay_seconds', 'duration')} after the switch"
        )
    if c.strategy == "Recreate":
        down = c.q("risk", "strategies.Recreate.planned_downtime_seconds", "duration")
        return f"0 % → 100 % at once: stop the old, start the new; planned downtime {down}"
    return (
        f"cohort of {c.p('cohort_percent', 'percent')} by flag for "
        f"{c.p('experiment_seconds', 'duration')}, then 100 % or back to 0 %"
    )


def _health(c: Context) -> str:
    start = c.p("startup_seconds", "duration")
    return (
        f"{_probe(c)} every {c.p('probe_period_seconds', 'duration')}, timeout "
        f"{c.p('probe_timeout_seconds', 'duration')}, unready after "
        f"{c.p('probe_failure_threshold', 'count')} failures; start-up check covers {start}"
    )


def trigger(c: Context) -> str:
    """The measurable condition on which a release is rolled back."""
    at = f"alerts[{c.alert()}]"
    whose = "of the new version" if c.strategy in {"Canary", "A/B Testing", "Blue-Green"} else ""
    return (
        f"error ratio {whose + ' ' if whose else ''}> "
        f"{c.q('alerts', f'{at}.error_ratio_threshold', 'ratio')} over "
        f"{c.q('alerts', f'{at}.long_window_seconds', 'duration')} and over "
        f"{c.q('alerts', f'{at}.short_window_seconds', 'duration')} (burn rate "
        f"{c.q('alerts', f'{at}.burn_rate')}){_latency_trigger(c)}"
    )


def _latency_trigger(c: Context) -> str:
    for field, name in (("p99_ms", "p99"), ("p95_ms", "p95")):
        if c.says(field):
            short = c.q("alerts", f"alerts[{c.alert()}].short_window_seconds", "duration")
            return f", or {name} > {c.p(field)} ms over {short}"
    return ""


def _row(c: Context, name: str) -> dict[str, str]:
    at = f"strategies.{name}"
    row = cast("Mapping[str, Mapping[str, object]]", c.plan.entry("risk").outputs["strategies"])[
        name
    ]
    excluded = cast("list[str]", row["excluded_because"])
    codes = [*excluded]
    if name not in c.plan.choice.possible:
        codes.append("not_on_platform")
    use_case = USE_CASES[name] + (f" (excluded: {', '.join(codes)})" if codes else "")
    band = c.q("risk", f"{at}.risk", "text")
    return {
        "strategy": f"→ {name}" if name == c.strategy else name,
        "use_case": use_case,
        "risk_level": f"{band} {c.q('risk', f'{at}.risk_percent_of_budget', 'risk')}",
    }
