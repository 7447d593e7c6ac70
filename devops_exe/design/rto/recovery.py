"""Worst-case time from fault to verified recovery of a release."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    IntOrPercent,
    NonNegative,
    Positive,
    Ratio,
    SloPercent,
    StrategyKey,
    ceil_eps,
    missing,
    refuse,
)
from devops_exe.design.published import default
from devops_exe.design.rollout.deployment import MAX_SURGE, MAX_UNAVAILABLE, resolve, waves
from devops_exe.design.slo.budget import DEFAULT_WINDOW_DAYS, window_in_seconds
from devops_exe.design.slo.detection import detect

FASTEST_SHARE = 0.02
"""Share of the error budget that the fastest alert lets pass (SRE Workbook, Table 5-8)."""


class RecoveryInput(CalculatorInput):
    """How a fault is seen, decided on, acted on and verified."""

    op: Literal["recovery"] = Field("recovery", description="the operation")
    strategy: StrategyKey = Field(description="strategy of the release that is undone")
    detection: Literal["burn_rate", "threshold", "probe", "manual"] = Field(
        "burn_rate", description="what sees the fault"
    )
    slo_percent: SloPercent = Field(99.9, description="objective, percent")
    window_days: Positive = Field(DEFAULT_WINDOW_DAYS, description="compliance window, days")
    long_window_seconds: Positive = Field(3600, description="long window of the alert, seconds")
    burn_rate: NonNegative | None = Field(
        None, description="burn rate it fires at; absent: 2 % of the budget in the long window"
    )
    error_ratio: Ratio = Field(1, description="share of requests that fail, 0 to 1")
    scrape_interval_seconds: NonNegative = Field(
        default("prometheus", "scrape_interval_seconds"), description="scrape interval, seconds"
    )
    evaluation_interval_seconds: Positive = Field(
        default("prometheus", "evaluation_interval_seconds"),
        description="rule evaluation interval, seconds",
    )
    for_seconds: NonNegative = Field(0, description="how long the expression must hold, seconds")
    group_wait_seconds: NonNegative = Field(
        default("alertmanager", "group_wait_seconds"), description="group wait, seconds"
    )
    probe_failure_threshold: Count = Field(
        default("kubernetes", "probe_failure_threshold"), description="failures of the probe"
    )
    probe_period_seconds: NonNegative = Field(
        default("kubernetes", "probe_period_seconds"), description="period of the probe, seconds"
    )
    probe_timeout_seconds: NonNegative = Field(
        default("kubernetes", "probe_timeout_seconds"), description="its timeout, seconds"
    )
    detect_seconds: NonNegative | None = Field(
        None, description="until somebody sees it, seconds; required for manual"
    )
    automated_rollback: bool = Field(default=False, description="nobody has to decide")
    decide_seconds: NonNegative = Field(
        300, description="until a person decides, seconds (assumption; SRE book ch. 11)"
    )
    switch_seconds: NonNegative = Field(5, description="one switch, seconds (assumption)")
    dns_ttl_seconds: NonNegative | None = Field(
        None, description="TTL when the switch is in DNS, seconds; in place of propagation"
    )
    lb_propagation_seconds: NonNegative = Field(
        30, description="until every load balancer follows, seconds (assumption)"
    )
    standby_scaled_down: bool = Field(
        default=False, description="the old colour must start again first"
    )
    replicas: Count = Field(10, description="replicas of the service")
    max_surge: IntOrPercent = Field(MAX_SURGE, description='maxSurge: pods, or "N%"')
    max_unavailable: IntOrPercent = Field(
        MAX_UNAVAILABLE, description='maxUnavailable: pods, or "N%"'
    )
    pod_startup_seconds: NonNegative = Field(
        30, description="from scheduling to Ready, seconds (assumption)"
    )
    min_ready_seconds: NonNegative = Field(0, description="minReadySeconds, seconds")
    traffic_routing: bool = Field(default=True, description="a router splits traffic by weight")
    weight_reset_seconds: NonNegative = Field(
        5, description="one change of a weight, seconds (assumption)"
    )
    canary_weight_percent: Annotated[float, Field(ge=0, le=100)] = Field(
        10, description="weight of the canary when it is undone, percent"
    )
    termination_grace_seconds: NonNegative = Field(
        default("kubernetes", "termination_grace_seconds"),
        description="terminationGracePeriodSeconds, seconds",
    )
    flag_propagation_seconds: NonNegative = Field(
        30, description="until every client has the flag, seconds (assumption)"
    )
    data_restore_seconds: NonNegative = Field(0, description="restore of data, seconds (op data)")
    verify_seconds: NonNegative = Field(
        60, description="until recovery is verified, seconds (assumption: one evaluation)"
    )
    rto_target_minutes: NonNegative | None = Field(None, description="target, minutes")


class RecoveryOutput(CalculatorOutput):
    """The recovery and its parts."""

    detect_seconds: float = Field(description="fault to alert, seconds")
    decide_seconds: float = Field(description="alert to decision, seconds")
    act_seconds: float = Field(description="decision to the old version serving, seconds")
    data_restore_seconds: float = Field(description="restore of data, seconds")
    verify_seconds: float = Field(description="until recovery is verified, seconds")
    rto_seconds: float = Field(description="all of it, seconds")
    rto_minutes: float = Field(description="the same in minutes")
    meets_target: bool | None = Field(
        None, description="whether it is at most the target, where one is given"
    )


def recovery(given: RecoveryInput) -> RecoveryOutput:
    """Worst-case time from a fault to its verified recovery.

    ``RTO = detect + decide + act + data + verify``. A burn-rate alert sees the fault after
    ``long * burn rate * B / error ratio``, then scrape, evaluation, hold and group wait pass.
    Acting is a switch and its propagation (blue-green), a rolling update back (rolling), one
    weight (canary with a router, else waves of the canary's pods), stop and start (recreate),
    or a flag (A/B testing).

    Source: ISO 22300 and NIST SP 800-34 (RTO); SRE Workbook ch. 5 (detection); Prometheus and
    Alertmanager configuration defaults; Kubernetes apps/v1 and core/v1 defaults.

    Raises:
        CalculatorError: ``never_detected`` when the alert does not fire; ``missing_field`` for
            manual detection without ``detect_seconds``.

    >>> out = recovery(RecoveryInput(strategy="blue_green", automated_rollback=True))
    >>> round(out.detect_seconds, 2), out.act_seconds, round(out.rto_minutes, 2)
    (201.84, 35.0, 4.95)
    >>> recovery(RecoveryInput(strategy="recreate", detection="probe")).rto_seconds
    451.0
    """
    detected = _detect(given)
    decided = 0.0 if given.automated_rollback else given.decide_seconds
    acted = _act(given)
    total = detected + decided + acted + given.data_restore_seconds + given.verify_seconds
    more = {}
    if given.rto_target_minutes is not None:
        more["meets_target"] = total / 60 <= given.rto_target_minutes
    return RecoveryOutput(
        detect_seconds=detected,
        decide_seconds=decided,
        act_seconds=acted,
        data_restore_seconds=given.data_restore_seconds,
        verify_seconds=given.verify_seconds,
        rto_seconds=total,
        rto_minutes=total / 60,
        **more,
    )


def _detect(given: RecoveryInput) -> float:
    if given.detection == "manual":
        if given.detect_seconds is None:
            missing("detect_seconds", "manual detection needs it: give detect_seconds")
        return given.detect_seconds
    if given.detection == "probe":
        return (
            given.probe_failure_threshold * given.probe_period_seconds + given.probe_timeout_seconds
        )
    evaluation = given.evaluation_interval_seconds
    hold = ceil_eps(given.for_seconds / evaluation) * evaluation
    delays = given.scrape_interval_seconds + evaluation + hold + given.group_wait_seconds
    if given.detection == "threshold":
        return delays
    rate = given.burn_rate
    if rate is None:
        rate = FASTEST_SHARE * window_in_seconds(given.window_days) / given.long_window_seconds
    seen = detect(
        slo_percent=given.slo_percent,
        window_days=given.window_days,
        error_ratio=given.error_ratio,
        burn_rate=rate,
        long_window_seconds=given.long_window_seconds,
    )
    if seen.detection_seconds is None:
        refuse(
            f"an error ratio of {given.error_ratio:g} never reaches a burn rate of {rate:g}",
            where="error_ratio",
            fix="use a slower burn-rate window, or an alert on the version's own error ratio",
            code="never_detected",
        )
    return seen.detection_seconds + delays


def _act(given: RecoveryInput) -> float:
    start = given.pod_startup_seconds + given.min_ready_seconds
    if given.strategy == "blue_green":
        spread = (
            given.lb_propagation_seconds if given.dns_ttl_seconds is None else given.dns_ttl_seconds
        )
        return given.switch_seconds + spread + (start if given.standby_scaled_down else 0.0)
    if given.strategy == "recreate":
        return given.termination_grace_seconds + start
    if given.strategy == "ab_testing":
        return given.flag_propagation_seconds
    posts = resolve(given.replicas, given.max_surge, given.max_unavailable)
    if given.strategy == "rolling":
        return waves(given.replicas, posts.surge, posts.effective) * start
    if given.traffic_routing:
        return given.weight_reset_seconds
    pods = ceil_eps(given.replicas * given.canary_weight_percent / 100)
    step = posts.surge + posts.effective
    return math.ceil(pods / step) * start if pods > 0 else 0.0
