"""Risk of the five strategies as a share of the error budget, exclusions and ranking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devops_exe.design.canary.sample_size import normal_samples
from devops_exe.design.cost import surge_of
from devops_exe.design.operation import ceil_eps
from devops_exe.design.rollout.deployment import Fenceposts, resolve, waves
from devops_exe.design.slo.budget import error_budget_fraction, window_in_seconds
from devops_exe.design.strategy.exposure import Exposure, Piece, Pieces, Response, Waves
from devops_exe.design.strategy.model import (
    Band,
    Name,
    StrategyInput,
    StrategyOutput,
    StrategyRisk,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.design.operation import StrategyKey

__all__ = ["StrategyInput", "StrategyOutput", "strategy"]

PRINTED_ORDER: Final[tuple[Name, ...]] = (
    "Blue-Green",
    "Canary",
    "Rolling",
    "Recreate",
    "A/B Testing",
)
RANK_ORDER: Final[tuple[Name, ...]] = (
    "Blue-Green",
    "Canary",
    "Rolling",
    "A/B Testing",
    "Recreate",
)
_KEYS: Final[Mapping[Name, StrategyKey]] = {
    "Blue-Green": "blue_green",
    "Canary": "canary",
    "Rolling": "rolling",
    "Recreate": "recreate",
    "A/B Testing": "ab_testing",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """The input with what every strategy needs of it."""

    given: StrategyInput
    budget_ratio: float
    window: float
    start: float
    posts: Fenceposts
    waves: int
    samples: int | None

    @property
    def budget(self) -> float:
        """Error budget of the window, bad-seconds."""
        return self.budget_ratio * self.window

    def undone(self, exposure: Exposure, act: float, ramp: float, outage: float = 0.0) -> float:
        """Bad-seconds of a rollout that an alert ends."""
        given = self.given
        response = Response(given.alert_delay_seconds + given.decide_seconds, act, ramp, outage)
        return exposure.undone(self.budget, self.window, response)

    def constant(self, share: float) -> Pieces:
        """One share of the traffic from the start on."""
        return Pieces(((math.inf, share),), self.given.bad_error_ratio)


def strategy(given: StrategyInput) -> StrategyOutput:
    """Risk, exclusions and ranking of the five strategies.

    ``risk = 100 * (planned + F * bad seconds) / (B * W)``: the expected share of the error
    budget that one deployment spends. Bad seconds are the integral of exposed share times
    error ratio until the first of Google's three burn-rate alerts fires and the act is done.
    Low below 0.25 % (a tenth of the budget over 40 deployments), High from 2 % on (the share at
    which the Workbook pages).

    Source: Google SRE Workbook ch. 5, Table 5-8; DORA State of DevOps (change failure rate).

    >>> out = strategy(StrategyInput())
    >>> out.recommended, out.risk["Canary"]
    ('Blue-Green', 'Medium')
    >>> row = strategy(StrategyInput(canary_analysis=True)).strategies["Canary"]
    >>> row.risk, round(row.risk_percent_of_budget, 3)
    ('Low', 0.01)
    """
    case = _case(given)
    rows = {name: _row(case, name) for name in PRINTED_ORDER}
    ranking = sorted(
        (name for name in RANK_ORDER if rows[name].eligible),
        key=lambda name: _rank(given, rows[name]),
    )
    return StrategyOutput(
        recommended=ranking[0] if ranking else None,
        ranking=ranking,
        samples_needed=case.samples,
        risk={name: row.risk for name, row in rows.items()},
        strategies=rows,
    )


def _case(given: StrategyInput) -> _Case:
    ratio = error_budget_fraction(given.slo_percent)
    samples = None
    if given.bad_error_ratio > ratio:
        samples = ceil_eps(
            normal_samples(ratio, given.bad_error_ratio, alpha=given.alpha, power=given.power)
        )
    posts = resolve(given.replicas, given.max_surge, given.max_unavailable)
    return _Case(
        given=given,
        budget_ratio=ratio,
        window=window_in_seconds(given.window_days),
        start=given.pod_startup_seconds + given.min_ready_seconds,
        posts=posts,
        waves=waves(given.replicas, posts.surge, posts.effective),
        samples=samples,
    )


def _rank(given: StrategyInput, row: StrategyRisk) -> tuple[int, float, float, int]:
    place = RANK_ORDER.index(row.strategy)
    group = 1
    if row.strategy == "A/B Testing":
        group = 0 if given.feature_validation else 2
    # nine digits: noise must not decide a tie
    return group, float(f"{row.risk_percent_of_budget:.9g}"), row.extra_cost_per_deploy, place


def _row(case: _Case, name: Name) -> StrategyRisk:
    given = case.given
    planned = _planned(case, name)
    bad = _BAD[name](case)
    share = 100 * (planned + given.failure_probability * bad) / case.budget
    surge = surge_of(_KEYS[name], given)
    extra_cost = surge.pods * surge.seconds / 3600 * given.price_per_replica_hour
    pods = _extra_pods(case, name)
    codes = _excluded(case, name, planned, pods, extra_cost)
    new = _first_percent(case, name)
    return StrategyRisk(
        strategy=name,
        risk_percent_of_budget=share,
        risk=_band(given, share),
        eligible=not codes,
        excluded_because=codes,
        extra_pods=pods,
        planned_downtime_seconds=planned,
        extra_cost_per_deploy=extra_cost,
        first_new_percent=new,
        first_old_percent=100 - new,
    )


def _band(given: StrategyInput, share: float) -> Band:
    if share < given.band_low_percent:
        return "Low"
    return "High" if share >= given.band_high_percent else "Medium"


def _planned(case: _Case, name: Name) -> float:
    """Seconds of certain full outage."""
    lost = case.given.termination_grace_seconds + case.start
    if name == "Recreate":
        return lost
    if name == "Rolling" and case.given.replicas == 1 and case.posts.surge == 0:
        return lost
    return 0.0


def _blue_green(case: _Case) -> float:
    given = case.given
    act = given.switch_seconds + given.lb_propagation_seconds
    return (1 - given.preview_detection) * case.undone(case.constant(1.0), act, 1.0)


def _canary(case: _Case) -> float:
    given = case.given
    pieces: tuple[Piece, ...] = (
        *((given.step_seconds, weight / 100) for weight in given.canary_weights_percent),
        (math.inf, 1.0),
    )
    if given.traffic_routing:
        act, ramp = given.weight_reset_seconds, 1.0
    else:
        act, ramp = case.waves * case.start, 0.5
    base = case.undone(Pieces(pieces, given.bad_error_ratio), act, ramp)
    if not given.canary_analysis or case.samples is None:
        return base
    alive, spent, expected = 1.0, 0.0, 0.0
    error = given.bad_error_ratio
    for percent in given.canary_weights_percent:
        weight = percent / 100
        sampled = case.samples / (given.rps * weight)
        if sampled <= given.step_seconds:
            seen = spent + weight * error * sampled + error * weight * act * ramp
            expected += alive * given.power * seen
            alive *= 1 - given.power
        spent += weight * error * given.step_seconds
    return min(base, expected + alive * base)


def _rolling(case: _Case) -> float:
    given = case.given
    rise = (case.posts.surge + case.posts.effective) / given.replicas
    exposure = Waves(case.waves, case.start, rise, given.bad_error_ratio)
    return case.undone(exposure, case.waves * case.start, 0.5)


def _recreate(case: _Case) -> float:
    outage = case.given.termination_grace_seconds + case.start
    return case.undone(case.constant(1.0), 0.0, 1.0, outage)


def _ab_testing(case: _Case) -> float:
    given = case.given
    cohort = given.cohort_percent / 100
    base = case.undone(case.constant(cohort), given.flag_propagation_seconds, 1.0)
    if case.samples is None:
        return base
    error, power = given.bad_error_ratio, given.power
    seen = case.samples * error / given.rps + error * cohort * given.flag_propagation_seconds
    return min(base, power * seen + (1 - power) * base)


_BAD = {
    "Blue-Green": _blue_green,
    "Canary": _canary,
    "Rolling": _rolling,
    "Recreate": _recreate,
    "A/B Testing": _ab_testing,
}


def _extra_pods(case: _Case, name: Name) -> int:
    """Pods that must fit beside the replicas."""
    given, posts = case.given, case.posts
    surge = min(posts.surge, given.replicas)
    if name == "Blue-Green":
        return given.replicas
    if name == "Canary":
        if not given.traffic_routing:
            return surge
        return ceil_eps(given.replicas * max(given.canary_weights_percent) / 100)
    if name == "Rolling":
        return surge if posts.effective == 0 else 0
    if name == "A/B Testing":
        return ceil_eps(given.replicas * given.cohort_percent / 100)
    return 0


def _first_percent(case: _Case, name: Name) -> float:
    """Traffic of the new version at the first step: a weight, a wave, or the switch."""
    given, posts = case.given, case.posts
    if name == "Canary":
        return given.canary_weights_percent[0]
    if name == "A/B Testing":
        return given.cohort_percent
    if name == "Rolling":
        return min(100.0, 100 * (posts.surge + posts.effective) / given.replicas)
    return 0.0 if name == "Blue-Green" else 100.0


def _excluded(case: _Case, name: Name, planned: float, pods: int, extra_cost: float) -> list[str]:
    """Codes of what excludes a strategy, in the documented order."""
    given = case.given
    split = name in {"Canary", "A/B Testing"}
    two_versions = name != "Recreate"
    spare = math.floor(given.replicas * given.spare_capacity_percent / 100)
    checks = (
        ("downtime", given.zero_downtime_required and planned > 0),
        ("capacity", pods > spare),
        ("schema_incompatible", two_versions and given.schema_migration == "incompatible"),
        ("exclusive_volume", two_versions and given.exclusive_volume),
        ("traffic_too_small", split and _too_slow(case, name)),
        (
            "single_replica",
            name == "Canary" and given.replicas == 1 and not given.traffic_routing,
        ),
        (
            "session_affinity",
            split and given.session_affinity_required and not given.sticky_routing_available,
        ),
        (
            "no_router",
            name == "A/B Testing" and not given.traffic_routing and not given.feature_flags,
        ),
        (
            "cost_limit",
            given.max_extra_cost_per_deploy is not None
            and extra_cost > given.max_extra_cost_per_deploy,
        ),
    )
    return [code for code, holds in checks if holds]


def _too_slow(case: _Case, name: Name) -> bool:
    """Whether the smallest step gathers its sample too slowly."""
    given = case.given
    if case.samples is None:
        return False
    percent = min(given.canary_weights_percent) if name == "Canary" else given.cohort_percent
    return case.samples / (given.rps * percent / 100) > given.max_step_hours * 3600
