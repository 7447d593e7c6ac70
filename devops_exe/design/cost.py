"""Cost of the replicas, and of what a deployment adds to them."""

from __future__ import annotations

from typing import Annotated, NamedTuple, Protocol

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    IntOrPercent,
    NonNegative,
    StrategyKey,
    ceil_eps,
)
from devops_exe.design.published import default
from devops_exe.design.rollout.deployment import MAX_SURGE, MAX_UNAVAILABLE, resolve, waves

FARGATE_VCPU_HOUR = 0.04048
"""AWS Fargate list price of a vCPU hour, Linux/x86, us-east-1, USD."""

FARGATE_GIB_HOUR = 0.004445
"""AWS Fargate list price of a GiB hour, Linux/x86, us-east-1, USD."""

Percentage = Annotated[float, Field(ge=0, le=100)]


class CostInput(CalculatorInput):
    """Replicas, their size, prices, and how they are deployed."""

    replicas: Count = Field(description="replicas of the service")
    vcpu_per_replica: NonNegative = Field(description="vCPU of one replica")
    memory_gib_per_replica: NonNegative = Field(description="memory of one replica, GiB")
    price_per_vcpu_hour: NonNegative | None = Field(
        None, description="USD; absent: AWS Fargate's list price 0.04048 (assumption)"
    )
    price_per_gib_hour: NonNegative | None = Field(
        None, description="USD; absent: AWS Fargate's list price 0.004445 (assumption)"
    )
    hours_per_month: NonNegative = Field(
        730, description="hours of a month (AWS and GCP pricing calculators)"
    )
    strategy: StrategyKey | None = Field(None, description="adds what a deployment costs")
    deploys_per_month: NonNegative = Field(20, description="deployments a month (assumption)")
    max_surge: IntOrPercent = Field(MAX_SURGE, description='maxSurge: pods, or "N%"')
    max_unavailable: IntOrPercent = Field(
        MAX_UNAVAILABLE, description='maxUnavailable: pods, or "N%"'
    )
    pod_startup_seconds: NonNegative = Field(
        30, description="scheduling to Ready, seconds (assumption)"
    )
    min_ready_seconds: NonNegative = Field(0, description="minReadySeconds, seconds")
    analysis_seconds: NonNegative = Field(
        300, description="analysis of the preview, seconds (assumption)"
    )
    switch_seconds: NonNegative = Field(5, description="one switch, seconds (assumption)")
    scale_down_delay_seconds: NonNegative = Field(
        default("argo_rollouts", "scale_down_delay_seconds"),
        description="how long the old colour stays, seconds",
    )
    canary_weights_percent: list[Percentage] = Field(
        [10.0, 25.0, 50.0],
        min_length=1,
        description="weights of the canary steps, percent (assumption)",
    )
    step_seconds: NonNegative = Field(
        300, description="length of a canary step, seconds (assumption)"
    )
    cohort_percent: Percentage = Field(
        10, description="users of the experiment, percent (assumption)"
    )
    experiment_seconds: NonNegative = Field(86400, description="length of it, seconds (assumption)")


class CostOutput(CalculatorOutput):
    """Cost in the currency of the prices (USD where they are assumed)."""

    price_per_replica_hour: float = Field(description="one replica for an hour")
    monthly_cost: float = Field(description="all replicas for a month")
    annual_cost: float = Field(description="twelve months")
    prices_assumed: bool = Field(description="whether a price was missing")
    surge_pods: int | None = Field(None, description="pods that a deployment adds")
    surge_seconds: float | None = Field(None, description="how long they run, seconds")
    surge_cost_per_deploy: float | None = Field(None, description="what they cost a deployment")
    surge_cost_per_month: float | None = Field(None, description="what they cost a month")
    total_monthly_cost: float | None = Field(None, description="replicas and deployments, a month")


class Surge(NamedTuple):
    """Pods that a deployment adds, and for how many seconds."""

    pods: int
    seconds: float


class Deployed(Protocol):
    """What the surge of a deployment is computed from: an input of cost or of strategy."""

    @property
    def replicas(self) -> int: ...  # noqa: D102
    @property
    def max_surge(self) -> int | str: ...  # noqa: D102
    @property
    def max_unavailable(self) -> int | str: ...  # noqa: D102
    @property
    def pod_startup_seconds(self) -> float: ...  # noqa: D102
    @property
    def min_ready_seconds(self) -> float: ...  # noqa: D102
    @property
    def analysis_seconds(self) -> float: ...  # noqa: D102
    @property
    def switch_seconds(self) -> float: ...  # noqa: D102
    @property
    def scale_down_delay_seconds(self) -> float: ...  # noqa: D102
    @property
    def canary_weights_percent(self) -> list[float]: ...  # noqa: D102
    @property
    def step_seconds(self) -> float: ...  # noqa: D102
    @property
    def cohort_percent(self) -> float: ...  # noqa: D102
    @property
    def experiment_seconds(self) -> float: ...  # noqa: D102


def surge_of(strategy: StrategyKey, given: Deployed) -> Surge:
    """Pods above the replicas that a deployment runs, and how long.

    Recreate none; rolling the surge for its waves; blue-green all of them through start,
    analysis, switch and scale-down delay; canary the largest weight through its steps; A/B
    testing the cohort through the experiment.
    """
    start = given.pod_startup_seconds + given.min_ready_seconds
    if strategy == "recreate":
        return Surge(0, 0.0)
    if strategy == "blue_green":
        return Surge(
            given.replicas,
            start + given.analysis_seconds + given.switch_seconds + given.scale_down_delay_seconds,
        )
    if strategy == "canary":
        weights = given.canary_weights_percent
        return Surge(
            ceil_eps(given.replicas * max(weights) / 100), start + len(weights) * given.step_seconds
        )
    if strategy == "ab_testing":
        return Surge(
            ceil_eps(given.replicas * given.cohort_percent / 100), start + given.experiment_seconds
        )
    posts = resolve(given.replicas, given.max_surge, given.max_unavailable)
    return Surge(
        min(posts.surge, given.replicas),
        waves(given.replicas, posts.surge, posts.effective) * start,
    )


def cost(given: CostInput) -> CostOutput:
    """Monthly cost, and what a strategy's extra pods add to it.

    ``price a replica = vCPU * price + GiB * price``; ``month = replicas * that * hours``; a
    deployment adds ``surge pods * surge seconds / 3600 * price``.

    Source: AWS Fargate list prices where none is given (shown as assumed); 730 hours a month
    as the AWS and GCP pricing calculators count.

    >>> cost(CostInput(replicas=10, vcpu_per_replica=1, memory_gib_per_replica=2,
    ...                price_per_vcpu_hour=0.04, price_per_gib_hour=0.005)).monthly_cost
    365.0
    >>> out = cost(CostInput(replicas=4, vcpu_per_replica=0.5, memory_gib_per_replica=1,
    ...                      strategy="blue_green"))
    >>> out.surge_pods, out.surge_seconds, out.prices_assumed
    (4, 365.0, True)
    """
    vcpu = FARGATE_VCPU_HOUR if given.price_per_vcpu_hour is None else given.price_per_vcpu_hour
    gib = FARGATE_GIB_HOUR if given.price_per_gib_hour is None else given.price_per_gib_hour
    price = given.vcpu_per_replica * vcpu + given.memory_gib_per_replica * gib
    monthly = given.replicas * price * given.hours_per_month
    base = {
        "price_per_replica_hour": price,
        "monthly_cost": monthly,
        "annual_cost": 12 * monthly,
        "prices_assumed": given.price_per_vcpu_hour is None or given.price_per_gib_hour is None,
    }
    if given.strategy is None:
        return CostOutput.model_validate(base)
    surge = surge_of(given.strategy, given)
    a_deploy = surge.pods * surge.seconds / 3600 * price
    a_month = a_deploy * given.deploys_per_month
    return CostOutput.model_validate(
        base
        | {
            "surge_pods": surge.pods,
            "surge_seconds": surge.seconds,
            "surge_cost_per_deploy": a_deploy,
            "surge_cost_per_month": a_month,
            "total_monthly_cost": monthly + a_month,
        }
    )
