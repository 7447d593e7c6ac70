"""The decisive alerts of a drill: the plan's own burn rates, on the new version's series.

The service as a whole hides a bad canary: a tenth of a tenth of the requests fails. So each
paging burn-rate alert of the plan is asked of the version by itself, with a floor: fewer bad
requests than a healthy version might show by chance prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from devops_exe.operate.drill.model import Condition, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from devops_exe.design.ledger import Entry

JOB = "drill"
"""Label ``job`` of the router's counters."""

BAD = {
    "errors": ('http_requests_total{job="drill",version="v2",code=~"5.."}', ""),
    "slow": (
        'http_request_duration_seconds_count{job="drill",version="v2"}',
        'http_request_duration_seconds_bucket{job="drill",version="v2",le!="+Inf"}',
    ),
}

ALL = 'http_requests_total{job="drill",version="v2"}'

LATE_SHARE = 0.01
"""Requests that may be later than the bound: what a 99th percentile allows."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Fewer than this proves nothing.

    Attributes:
        requests: of the new version in the window.
        bad: of them.
    """

    requests: int
    bad: int


def floor_of(
    healthy: float, degraded: float, threshold: float, *, alpha: float, power: float
) -> Floor:
    """The floor of one look at a version's counters, by exact binomial tails.

    ``bad`` is the smallest count ``c`` that a healthy version reaches with at most ``alpha``
    within ``c / threshold`` requests, the largest sample in which ``c`` is above the threshold;
    ``requests`` is the smallest sample in which a degraded version shows ``c`` with ``power``.
    Source: the exact one-sided binomial test (Chernick & Liu 2002), as the calculator
    ``canary sample_size`` has it.

    >>> floor_of(0.0005, 0.1, 0.0072, alpha=0.0025, power=0.8)
    Floor(requests=42, bad=3)
    """
    from devops_exe.design.canary.distributions import binomial_upper

    bad = 1
    while bad < 50 and binomial_upper(bad, int(bad / threshold), healthy) > alpha:
        bad += 1
    requests = bad
    while requests < 5000 and binomial_upper(bad, requests, degraded) < power:
        requests += 1
    return Floor(requests, bad)


def burn_rules(alerts: Entry, factor: float, floor: Callable[[float], Floor]) -> tuple[Rule, ...]:
    """The paging burn-rate alerts of a ``slo burn_alerts`` entry, a rule each.

    Args:
        alerts: the entry.
        factor: what every window is divided by.
        floor: the floor of a threshold.
    """
    rows = cast("list[Mapping[str, Any]]", alerts.outputs["alerts"])
    rules = []
    for row in rows:
        if row["severity"] != "page":
            continue
        windows = (row["long_window_seconds"] / factor, row["short_window_seconds"] / factor)
        above = float(row["error_ratio_threshold"])
        rules.append(
            rule(
                f"VersionErrorBudgetBurn{row['burn_rate']:g}x".replace(".", "_"),
                "errors",
                [Condition(window, above) for window in windows],
                floor(above),
                f"{alerts.id}.alerts",
            )
        )
    return tuple(rules)


def latency_rule(alerts: Entry, factor: float, floor: Floor, source: str) -> Rule:
    """Late requests of the new version burn what a 99th percentile allows, at the first pace."""
    row = cast("list[Mapping[str, Any]]", alerts.outputs["alerts"])[0]
    above = min(0.9, LATE_SHARE * float(row["burn_rate"]))
    windows = (row["long_window_seconds"] / factor, row["short_window_seconds"] / factor)
    return rule("VersionLatencyBurn", "slow", [Condition(w, above) for w in windows], floor, source)


def rule(name: str, bad: str, conditions: Iterable[Condition], floor: Floor, source: str) -> Rule:
    """A rule with its expression."""
    found = tuple(conditions)
    window = max(condition.window for condition in found)
    parts = [
        f"{_sum(bad, c.window)} / sum by (job, version) (rate({ALL}[{duration(c.window)}]))"
        f" > {c.above:.6g}"
        for c in found
    ]
    parts.append(f"{_sum(bad, window, 'increase')} >= {floor.bad}")
    parts.append(f"sum by (job, version) (increase({ALL}[{duration(window)}])) >= {floor.requests}")
    return Rule(
        name=name,
        bad="slow" if bad == "slow" else "errors",
        conditions=found,
        floor_window=window,
        floor_requests=floor.requests,
        floor_bad=floor.bad,
        hold=0.0,
        expression=" and ".join(parts),
        source=source,
    )


def _sum(bad: str, window: float, function: str = "rate") -> str:
    counted, less = BAD[bad]
    text = f"sum by (job, version) ({function}({counted}[{duration(window)}]))"
    if less:
        text = f"({text} - sum by (job, version) ({function}({less}[{duration(window)}])))"
    return text


def duration(seconds: float) -> str:
    """Seconds as Prometheus writes them.

    >>> duration(2.5), duration(60)
    ('2500ms', '60s')
    """
    return f"{seconds:.0f}s" if seconds == round(seconds) else f"{seconds * 1000:.0f}ms"


def rule_file(rules: Iterable[Rule], evaluation: float) -> str:
    """The rule file of Prometheus; JSON is YAML."""
    import json

    listed = []
    for one in rules:
        row: dict[str, object] = {
            "alert": one.name,
            "expr": one.expression,
            "labels": {"severity": "page", "drill": "decisive"},
        }
        if one.hold:
            row["for"] = duration(one.hold)
        listed.append(row)
    group = {"name": "drill", "interval": duration(evaluation), "rules": listed}
    return json.dumps({"groups": [group]}, indent=1)
