"""How long each canary step must bake before it has seen its sample."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    Positive,
)

Weight = Annotated[float, Field(gt=0, le=100)]
"""A share of the traffic in percent; a weight of 0 never gathers a sample."""


class BakeTimeInput(CalculatorInput):
    """What a canary step needs and what it is sent."""

    op: Literal["bake_time"] = Field("bake_time", description="the operation")
    samples_per_step: Count = Field(
        description="requests the canary must have answered in each step, e.g. of sample_size"
    )
    total_rps: Positive = Field(description="requests per second of canary and stable together")
    weights_percent: list[Weight] = Field(
        min_length=1, description="traffic of the canary at each step, percent, in (0, 100]"
    )
    min_step_seconds: NonNegative = Field(
        0.0, description="shortest step, seconds, however fast the sample gathers"
    )


class BakeTimeOutput(CalculatorOutput):
    """Length of each step and of all."""

    step_seconds: list[float] = Field(description="length of each step, seconds, in order")
    total_seconds: float = Field(description="length of all steps together, seconds")
    weights_percent: list[float] = Field(description="the weights, percent, in order")


def bake_time(given: BakeTimeInput) -> BakeTimeOutput:
    """How long each canary step must last to gather its sample.

    Equation: ``step = max(min_step, n / (rps * weight / 100))``; the smallest weight rules.
    Arithmetic on the sample size of ``sample_size``; even traffic is assumed.

    At 200 requests a second 10 % is 20 a second, so 6000 requests take 300 s:

    >>> bake_time(BakeTimeInput(
    ...     samples_per_step=6000, total_rps=200, weights_percent=[10, 50])).step_seconds
    [300.0, 60.0]

    A minimum lengthens the steps that are quicker:

    >>> bake_time(BakeTimeInput(
    ...     samples_per_step=6000, total_rps=200, weights_percent=[10, 50],
    ...     min_step_seconds=120)).total_seconds
    420.0
    """
    steps = [
        max(given.min_step_seconds, given.samples_per_step / (given.total_rps * weight / 100))
        for weight in given.weights_percent
    ]
    return BakeTimeOutput(
        step_seconds=steps, total_seconds=sum(steps), weights_percent=given.weights_percent
    )
