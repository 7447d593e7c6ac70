"""Whether a canary's error ratio is worse than the baseline's."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from pydantic import Field

from devops_exe.design.canary.distributions import hypergeometric_upper, upper_normal
from devops_exe.design.canary.fisher import ALPHA_SLACK
from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    OpenRatio,
    PositiveCount,
    refuse,
)

MOST_REQUESTS = 10**12
"""Requests of an arm above which the exact tail would take more than a second."""


class TestInput(CalculatorInput):
    """What each version answered."""

    __test__: ClassVar[bool] = False  # not a test case

    op: Literal["test"] = Field("test", description="the operation")
    baseline_bad: Count = Field(description="bad requests of the version in service")
    baseline_total: PositiveCount = Field(description="all requests of the version in service")
    canary_bad: Count = Field(description="bad requests of the canary")
    canary_total: PositiveCount = Field(description="all requests of the canary")
    alpha: OpenRatio = Field(0.05, description="level of the one-sided test")


class TestOutput(CalculatorOutput):
    """How surely the canary is worse."""

    __test__: ClassVar[bool] = False

    z: float = Field(description="pooled z, positive when the canary is worse; 0 at variance 0")
    p_value: float = Field(description="one-sided p of z: probability of so bad a canary by chance")
    fisher_p_value: float = Field(description="the same by Fisher's exact test")
    degraded: bool = Field(description="whether fisher_p_value is at most alpha")


def test(given: TestInput) -> TestOutput:
    """Compare the error ratios of canary and baseline, asking only "worse?".

    Equations: ``z = (pc - pb)/sqrt(p*(1 - p)*(1/nb + 1/nc))`` with the pooled ``p``, its upper
    normal tail, and Fisher's tail ``P(X >= canary_bad)`` of the hypergeometric distribution
    with all margins fixed; a tail within 1e-7 of alpha counts as alpha.
    Source: Fisher 1935; Fleiss, Levin & Paik 2003. The time grows with the square root of the
    bad requests.

    Raises:
        CalculatorError: ``invalid_input`` when more are bad than there are; ``too_large``
            above 10^12 requests of a version.

    >>> told = test(TestInput(
    ...     baseline_bad=1, baseline_total=1000, canary_bad=10, canary_total=1000))
    >>> round(told.z, 4), round(told.fisher_p_value, 5), told.degraded
    (2.7211, 0.00575, True)

    Three bad of three against none of three is as much as six requests can prove:

    >>> told = test(TestInput(baseline_bad=0, baseline_total=3, canary_bad=3, canary_total=3))
    >>> told.fisher_p_value, told.degraded
    (0.05, True)
    """
    _check("baseline", given.baseline_bad, given.baseline_total)
    _check("canary", given.canary_bad, given.canary_total)
    total = given.baseline_total + given.canary_total
    bad = given.baseline_bad + given.canary_bad
    pooled = bad / total
    variance = pooled * (1 - pooled) * (1 / given.baseline_total + 1 / given.canary_total)
    z = 0.0
    if variance > 0:
        worse = given.canary_bad / given.canary_total - given.baseline_bad / given.baseline_total
        z = worse / math.sqrt(variance)
    tail = hypergeometric_upper(given.canary_bad, given.canary_total, bad, total)
    return TestOutput(
        z=z,
        p_value=upper_normal(z),
        fisher_p_value=tail,
        degraded=tail <= given.alpha * (1 + ALPHA_SLACK),
    )


test.__test__ = False  # type: ignore[attr-defined]  # pytest: it is no test


def _check(version: str, bad: int, total: int) -> None:
    if bad > total:
        refuse(
            f"{bad} bad requests are more than the {total} there were",
            where=f"{version}_bad",
            fix=f"give at most {version}_total",
        )
    if total > MOST_REQUESTS:
        refuse(
            f"{total} requests are too many for an exact tail",
            where=f"{version}_total",
            fix=f"give at most {MOST_REQUESTS}, for example of a shorter window",
            code="too_large",
        )
