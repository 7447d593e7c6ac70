"""The alerts of a drill: the generated rules of the dossier, every window divided by one factor.

The file that Prometheus loads is `devops_exe.implement.observability.rules.rule_groups`: the
very rules that ``/implement`` writes. Decisive are the pages on the new version's own series
where the strategy has them (canary, blue-green, A/B), else those on the service. A latency that
nobody promised has no alert there; where it is the fault, one of the drill's own is added, and
the report says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from devops_exe.ground.errors import UserError
from devops_exe.operate.drill.model import Condition, Names, Rule

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.implement.subject import Subject

LATE_SHARE = 0.01
"""Requests that may be later than the bound: what a 99th percentile allows."""

LATE_FLOOR = 10
"""Late requests below which the drill's own latency alert stays silent."""

LEAST_BOUND_SECONDS, MOST_BOUND_SECONDS = 0.1, 1.0
"""A promise below or above cannot be told from this machine's own noise in a drill."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What Prometheus loads, and which of it decides.

    Attributes:
        groups: the rule file.
        rules: decisive alerts as the prediction evaluates them.
        names: of the series that the router's counters are exported as.
        slow_seconds: a request later than this is late.
        notes: what the reader must know of them.
    """

    groups: str
    rules: tuple[Rule, ...]
    names: Names
    slow_seconds: float
    notes: tuple[str, ...]


def rule_set(dossier: Dossier, factor: float, evaluation: float, *, latency: bool) -> RuleSet:
    """The generated rules at a factor.

    Args:
        dossier: with its plan.
        factor: what every window is divided by.
        evaluation: seconds between evaluations here.
        latency: whether late answers are the fault, so that a latency alert decides.

    Raises:
        UserError: no paging alert can ever fire (``no_alert``).
    """
    from devops_exe.implement.emit import plain
    from devops_exe.implement.observability import rules as generated

    notes: list[str] = []
    subject = _subject(dossier, notes)
    groups = cast("list[dict[str, Any]]", plain(generated.rule_groups(subject, time_scale=factor)))
    for group in groups:
        group["interval"] = duration(evaluation)
    series = subject.series
    names = Names(
        requests=series.requests,
        code_label=series.code_label,
        bucket=series.bucket or "http_request_duration_seconds_bucket",
        job=series.job,
        version_label=series.version_label,
        hash_label=series.hash_label,
        route_label=series.route_label,
    )
    slow = 0.25
    rules = _pages(subject, factor, groups)
    if not rules:
        raise UserError(
            "no paging alert of this plan can ever fire: each would need more than 100 % errors",
            where="drill",
            fix="promise more than this objective, such as 99.9 %",
            code="no_alert",
        )
    if latency:
        rules, slow, own = _latency(subject, names, factor, groups)
        if own:
            groups.append({"name": "drill", "interval": duration(evaluation), "rules": [own]})
            promised = generated.latency_target(subject)
            why = (
                "no alert of this plan sees latency (promise one: p99 250 ms)"
                if promised is None
                else f"this machine's own noise hides a bound of {promised[0].value} ms"
            )
            notes.append(f"{why}: {own['alert']} is the drill's own, at {slow * 1000:g} ms")
    return RuleSet(json.dumps({"groups": groups}, indent=1), rules, names, slow, tuple(notes))


def _subject(dossier: Dossier, notes: list[str]) -> Subject:
    """Whom the rules are for; under another name where the system's own fits no label."""
    from devops_exe.assess.profile import Fact
    from devops_exe.implement.subject import Subject

    subject = Subject(dossier)
    try:
        subject.name  # noqa: B018 computed here, so that it is refused here
    except UserError as problem:
        assert dossier.plan is not None
        notes.append(f"the rules call it app: {problem.message}")
        profile = dossier.plan.profile
        facts = {**profile.facts, "system": Fact("app", "assumption", "stands for its name")}
        plan = replace(dossier.plan, profile=replace(profile, facts=facts))
        return Subject(replace(dossier, plan=plan))
    return subject


def _pages(subject: Subject, factor: float, groups: list[dict[str, Any]]) -> tuple[Rule, ...]:
    """The burn-rate pages of the finest level that the rules have."""
    from devops_exe.implement.observability import rules as generated

    level = generated.levels(subject)[-1]
    found = []
    for alert in generated.active_alerts(subject, level):
        if alert.severity != "page":
            continue
        name = generated.alert_name(subject, level, alert)
        windows = (float(alert.long_seconds.value), float(alert.short_seconds.value))
        above = float(alert.threshold.value)
        found.append(
            Rule(
                name=str(name),
                bad="errors",
                scope="service" if level.name == "job" else "version",
                conditions=tuple(Condition(seconds / factor, above) for seconds in windows),
                floor_window=windows[0] / factor,
                floor_bad=int(float(generated.fewest_bad(subject, alert).value)),
                hold=0.0,
                expression=_expression(groups, str(name)),
                source=alert.threshold.reference,
            )
        )
    return tuple(found)


def _latency(
    subject: Subject, names: Names, factor: float, groups: list[dict[str, Any]]
) -> tuple[tuple[Rule, ...], float, dict[str, Any]]:
    """The latency alert that decides, its bound, and the rule where it is the drill's own."""
    from devops_exe.implement.observability import rules as generated

    target = generated.latency_target(subject)
    if target is not None and generated.latency_record(subject):
        bound, quantile = float(target[0].value) / 1000, target[2]
        if LEAST_BOUND_SECONDS <= bound <= MOST_BOUND_SECONDS:
            name = generated.latency_alert_name(subject)
            window = float(generated.latency_window(subject).value) / factor
            found = Rule(
                name=name,
                bad="slow",
                scope="service",
                conditions=(Condition(window, 1 - quantile),),
                floor_window=window,
                floor_bad=0,
                hold=0.0,
                expression=_expression(groups, name),
                source=target[0].reference,
            )
            return (found,), bound, {}
    stated = float(target[0].value) / 1000 if target is not None else 0.25
    bound = min(MOST_BOUND_SECONDS, max(LEAST_BOUND_SECONDS, stated))
    alert = generated.active_alerts(subject)[0]
    windows = tuple(
        float(figure.value) / factor for figure in (alert.long_seconds, alert.short_seconds)
    )
    above = min(0.9, LATE_SHARE * float(alert.burn_rate.value))
    expression = _late_expression(names, windows, above, bound)
    own = Rule(
        name="VersionLatencyBurn",
        bad="slow",
        scope="version",
        conditions=tuple(Condition(window, above) for window in windows),
        floor_window=windows[0],
        floor_bad=LATE_FLOOR,
        hold=0.0,
        expression=expression,
        source="the drill's own",
    )
    rule = {"alert": own.name, "expr": expression, "labels": {"severity": "page"}}
    return (own,), bound, rule


def _late_expression(names: Names, windows: tuple[float, ...], above: float, bound: float) -> str:
    """Late requests of each version over both windows, with a floor."""
    by = f"sum by (job, {names.version_label})"

    def counted(le: str, window: float, function: str = "rate") -> str:
        labels = f'job="{names.job}",le="{le}"'
        return f"{by} ({function}({names.bucket}{{{labels}}}[{duration(window)}]))"

    late = [f"1 - {counted(f'{bound:g}', w)} / {counted('+Inf', w)} > {above:.6g}" for w in windows]
    inf, quick = (counted(le, windows[0], "increase") for le in ("+Inf", f"{bound:g}"))
    return " and ".join([*late, f"({inf} - {quick}) >= {LATE_FLOOR}"])


def _expression(groups: list[dict[str, Any]], name: str) -> str:
    for group in groups:
        for rule in group["rules"]:
            if rule.get("alert") == name:
                return str(rule["expr"])
    raise UserError(
        f"the generated rules have no {name}", where="drill", fix="report this: it is our mistake"
    )


def duration(seconds: float) -> str:
    """Seconds as Prometheus writes them.

    >>> duration(2.5), duration(60)
    ('2500ms', '60s')
    """
    return f"{seconds:.0f}s" if seconds == round(seconds) else f"{seconds * 1000:.0f}ms"
