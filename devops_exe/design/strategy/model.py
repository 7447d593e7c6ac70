"""Inputs and outputs of the strategy calculator."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    IntOrPercent,
    NonNegative,
    OpenRatio,
    Positive,
    PositiveCount,
    Ratio,
    SloPercent,
)
from devops_exe.design.published import default
from devops_exe.design.rollout.deployment import MAX_SURGE, MAX_UNAVAILABLE
from devops_exe.design.slo.budget import DEFAULT_WINDOW_DAYS

Weight = Annotated[float, Field(gt=0, le=100)]
Band = Literal["Low", "Medium", "High"]
Name = Literal["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]


class StrategyInput(CalculatorInput):
    """The service, its objective, its traffic, and what is demanded of a release."""

    replicas: PositiveCount = Field(10, description="replicas of the service (assumption)")
    rps: Positive = Field(100, description="requests per second while a release runs (assumption)")
    slo_percent: SloPercent = Field(99.9, description="objective, percent")
    window_days: Positive = Field(DEFAULT_WINDOW_DAYS, description="compliance window, days")
    max_surge: IntOrPercent = Field(MAX_SURGE, description='maxSurge: pods, or "N%"')
    max_unavailable: IntOrPercent = Field(
        MAX_UNAVAILABLE, description='maxUnavailable: pods, or "N%"'
    )
    pod_startup_seconds: NonNegative = Field(
        30, description="scheduling to Ready, seconds (assumption)"
    )
    min_ready_seconds: NonNegative = Field(0, description="minReadySeconds, seconds")
    termination_grace_seconds: NonNegative = Field(
        default("kubernetes", "termination_grace_seconds"),
        description="terminationGracePeriodSeconds, seconds",
    )
    alert_delay_seconds: NonNegative = Field(
        150, description="scrape, evaluation and group wait, seconds"
    )
    decide_seconds: NonNegative = Field(
        300, description="until a person decides, seconds (assumption)"
    )
    failure_probability: Ratio = Field(
        0.15, description="probability that a release is bad (DORA change failure rate)"
    )
    bad_error_ratio: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1, description="share of requests that a bad release fails (assumption)"
    )
    band_low_percent: NonNegative = Field(
        0.25, description="below it the risk is Low, percent of the budget"
    )
    band_high_percent: NonNegative = Field(
        2, description="from it on the risk is High, percent of the budget (Table 5-8)"
    )
    preview_detection: Ratio = Field(
        0.8, description="probability that checks on the idle colour find a fault (assumption)"
    )
    canary_weights_percent: list[Weight] = Field(
        [10.0, 25.0, 50.0],
        min_length=1,
        description="weights of the canary steps, percent (assumption)",
    )
    step_seconds: NonNegative = Field(
        300, description="length of a canary step, seconds (assumption)"
    )
    cohort_percent: Weight = Field(10, description="users of an experiment, percent (assumption)")
    alpha: OpenRatio = Field(0.05, description="false alarms of the analysis")
    power: OpenRatio = Field(
        0.8, description="probability that the analysis finds a fault (Cohen 1988)"
    )
    traffic_routing: bool = Field(default=True, description="a router splits traffic by weight")
    canary_analysis: bool = Field(default=False, description="the canary is judged by itself")
    switch_seconds: NonNegative = Field(5, description="one switch, seconds (assumption)")
    lb_propagation_seconds: NonNegative = Field(
        30, description="until every load balancer follows, seconds (assumption)"
    )
    weight_reset_seconds: NonNegative = Field(
        5, description="one change of a weight, seconds (assumption)"
    )
    flag_propagation_seconds: NonNegative = Field(
        30, description="until every client has a flag, seconds (assumption)"
    )
    analysis_seconds: NonNegative = Field(
        300, description="analysis of the preview, seconds (assumption)"
    )
    scale_down_delay_seconds: NonNegative = Field(
        default("argo_rollouts", "scale_down_delay_seconds"),
        description="how long the old colour stays, seconds",
    )
    experiment_seconds: NonNegative = Field(
        86400, description="length of an experiment, seconds (assumption)"
    )
    zero_downtime_required: bool = Field(default=False, description="no planned outage")
    spare_capacity_percent: NonNegative = Field(
        100, description="pods that fit beside the replicas, percent of them (assumption)"
    )
    schema_migration: Literal["none", "backward_compatible", "incompatible"] = Field(
        "none", description="what the release does to the schema"
    )
    exclusive_volume: bool = Field(
        default=False, description="a volume that one pod alone may mount (ReadWriteOnce)"
    )
    max_step_hours: NonNegative = Field(
        24, description="longest step that gathers a sample, hours (assumption)"
    )
    session_affinity_required: bool = Field(default=False, description="sessions stay on a pod")
    sticky_routing_available: bool = Field(
        default=False, description="the router keeps them there across versions"
    )
    feature_flags: bool = Field(default=True, description="there is a flag service")
    feature_validation: bool = Field(
        default=False, description="the question is about the product, not the release"
    )
    price_per_replica_hour: NonNegative = Field(0, description="price of a pod for an hour")
    max_extra_cost_per_deploy: NonNegative | None = Field(
        None, description="most that a deployment may add to the cost"
    )


class StrategyRisk(CalculatorOutput):
    """One strategy for this service."""

    strategy: Name = Field(description="printed name")
    risk_percent_of_budget: float = Field(
        description="expected share of the error budget one deployment spends, percent"
    )
    risk: Band = Field(description="band of that share")
    eligible: bool = Field(description="whether nothing excludes it")
    excluded_because: list[str] = Field(description="codes of what excludes it")
    extra_pods: int = Field(description="pods it needs beside the replicas")
    planned_downtime_seconds: float = Field(description="certain full outage, seconds")
    extra_cost_per_deploy: float = Field(description="cost of its extra pods a deployment")
    first_new_percent: float = Field(description="traffic of the new version at the first step")
    first_old_percent: float = Field(description="traffic of the old version at the first step")


class StrategyOutput(CalculatorOutput):
    """The five strategies, ranked."""

    recommended: Name | None = Field(description="first of the ranking; null when none is eligible")
    ranking: list[Name] = Field(description="eligible strategies, best first")
    samples_needed: int | None = Field(
        description="requests that show a bad release; null when it hides within the budget"
    )
    risk: dict[Name, Band] = Field(description="band of each")
    strategies: dict[Name, StrategyRisk] = Field(
        description="all five, in the order of the printed table"
    )
