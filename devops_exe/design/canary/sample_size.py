"""How many requests a canary step needs to see an error ratio rise from p1 to p2."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NoReturn

from pydantic import Field

from devops_exe.design.canary.distributions import upper_quantile
from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    OpenRatio,
    Positive,
    Ratio,
    ceil_eps,
    missing,
    refuse,
)

Method = Literal["normal", "normal_cc", "arcsine", "exact_binomial", "fisher"]


class SampleSizeInput(CalculatorInput):
    """The degradation that must be seen, and how surely."""

    op: Literal["sample_size"] = Field("sample_size", description="the operation")
    baseline_rate: Annotated[float, Field(ge=0, lt=1)] = Field(
        description="bad requests as a ratio of all, of the version in service (p1), in [0, 1)"
    )
    degraded_rate: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="bad ratio of a canary that must be caught (p2), in (0, 1]"
    )
    min_detectable_increase: Ratio | None = Field(
        None, description="instead of degraded_rate: p2 - p1, absolute"
    )
    alpha: OpenRatio = Field(0.05, description="probability of blaming a good canary")
    power: OpenRatio = Field(0.8, description="probability of catching a canary at p2 (Cohen 1988)")
    two_sided: bool = Field(default=False, description="test for a better canary too")
    baseline_per_canary: Positive = Field(
        1.0, description="baseline requests per canary request (r)"
    )
    method: Method = Field("normal", description="how n is computed")


class SampleSizeOutput(CalculatorOutput):
    """Requests each arm needs."""

    canary_samples_exact: float | None = Field(
        None, description="n of the canary before rounding (normal, normal_cc, arcsine)"
    )
    canary_samples: int = Field(description="requests the canary must have answered")
    baseline_samples: int | None = Field(
        None, description="requests of the baseline (all methods but exact_binomial)"
    )
    total_samples: int | None = Field(None, description="both arms together")
    critical_failures: int | None = Field(
        None, description="bad canary requests at which it is called degraded (exact_binomial)"
    )
    actual_alpha: float | None = Field(
        None, description="probability of that at p1, at most alpha (exact_binomial)"
    )
    actual_power: float | None = Field(
        None, description="probability of detection at p2 (exact_binomial, fisher)"
    )


def normal_samples(
    p1: float,
    p2: float,
    *,
    alpha: float,
    power: float,
    two_sided: bool = False,
    ratio: float = 1.0,
) -> float:
    """Canary requests by the normal approximation, before rounding.

    Equation: ``n = (z_a*sqrt(pbar*(1 - pbar)*(1 + 1/r)) + z_b*sqrt(p2*(1 - p2) +
    p1*(1 - p1)/r))^2 / (p2 - p1)^2`` with ``pbar = (p2 + r*p1)/(1 + r)``.
    Source: Fleiss, Levin & Paik 2003, 4.14 (R's power.prop.test is r = 1).

    Args:
        p1: bad ratio of the baseline.
        p2: bad ratio that must be seen.
        alpha: probability of a false alarm, of both sides together when ``two_sided``.
        power: probability of detection.
        two_sided: test both directions.
        ratio: baseline requests per canary request (r).

    Raises:
        CalculatorError: ``no_effect`` when p1 equals p2.

    >>> round(normal_samples(0.5, 0.75, alpha=0.05, power=0.9, two_sided=True), 5)
    76.70693
    >>> round(normal_samples(0.001, 0.1, alpha=0.05, power=0.8), 3)
    59.439
    """
    if p1 == p2:
        refuse_no_effect()
    z_alpha = upper_quantile(alpha / 2 if two_sided else alpha)
    z_beta = -upper_quantile(power)
    mean = min(1.0, (p2 + ratio * p1) / (1 + ratio))  # rounding may lead past 1
    null = math.sqrt(mean * (1 - mean) * (1 + 1 / ratio))
    alternative = math.sqrt(p2 * (1 - p2) + p1 * (1 - p1) / ratio)
    return (z_alpha * null + z_beta * alternative) ** 2 / (p2 - p1) ** 2


def sample_size(given: SampleSizeInput) -> SampleSizeOutput:
    """Requests a canary must answer before a rise from p1 to p2 shows.

    Equations (``z_a`` at 1 - alpha, at 1 - alpha/2 when two-sided; ``r`` baseline per canary):

    - normal: :func:`normal_samples`; Fleiss, Levin & Paik 2003, 4.14;
    - normal_cc: ``n/4 * (1 + sqrt(1 + 2*(r + 1)/(n*r*|p2 - p1|)))^2``, ibid. ch. 4, agrees
      with Fisher's test more closely;
    - arcsine: ``(1 + 1/r) * ((z_a + z_b)/h)^2``, ``h = 2*asin(sqrt(p2)) - 2*asin(sqrt(p1))``;
      Cohen 1988, ch. 6;
    - exact_binomial: p1 is known, only the canary is sampled: the smallest n with exact power;
    - fisher: the smallest n of two equal arms with exact power of Fisher's test.

    Raises:
        CalculatorError: ``no_effect`` (p1 equals p2), ``missing_field``, ``too_large`` (exact
            methods past their n), ``invalid_input``.

    From 1 % to 2 % by the normal approximation:

    >>> sample_size(SampleSizeInput(baseline_rate=0.01, degraded_rate=0.02)).canary_samples
    1826

    From 10 % to 30 % with the baseline known exactly:

    >>> found = sample_size(SampleSizeInput(
    ...     baseline_rate=0.1, degraded_rate=0.3, method="exact_binomial"))
    >>> found.canary_samples, found.critical_failures
    (25, 6)
    """
    p1, p2 = given.baseline_rate, _degraded_rate(given)
    _check(given, p1, p2)
    if given.method == "exact_binomial":
        return _by_exact_binomial(given, p1, p2)
    if given.method == "fisher":
        return _by_fisher(given, p1, p2)
    ratio = given.baseline_per_canary
    if given.method == "arcsine":
        exact = _arcsine(given, p1, p2)
    else:
        exact = normal_samples(
            p1, p2, alpha=given.alpha, power=given.power, two_sided=given.two_sided, ratio=ratio
        )
        if given.method == "normal_cc":
            exact = _corrected(exact, abs(p2 - p1), ratio)
    canary, baseline = ceil_eps(exact), ceil_eps(exact * ratio)
    return SampleSizeOutput(
        canary_samples_exact=exact,
        canary_samples=canary,
        baseline_samples=baseline,
        total_samples=canary + baseline,
    )


def refuse_no_effect() -> NoReturn:
    """Refuse equal rates: no sample shows a difference that is not there.

    Raises:
        CalculatorError: always, with code ``no_effect``.
    """
    refuse(
        "the degraded rate equals the baseline rate",
        where="degraded_rate",
        fix="give a degraded_rate above baseline_rate",
        code="no_effect",
    )


def _degraded_rate(given: SampleSizeInput) -> float:
    """p2 from whichever of its two fields was given."""
    increase = given.min_detectable_increase
    if given.degraded_rate is not None:
        if increase is not None:
            refuse(
                "degraded_rate and min_detectable_increase are both given",
                where="min_detectable_increase",
                fix="give one of them",
            )
        return given.degraded_rate
    if increase is None:
        missing("degraded_rate", "give degraded_rate or min_detectable_increase")
    rate = given.baseline_rate + increase
    if rate > 1 + 1e-12:
        refuse(
            f"baseline_rate and min_detectable_increase add up to {rate}",
            where="min_detectable_increase",
            fix="keep their sum at most 1",
        )
    return min(rate, 1.0)


def _check(given: SampleSizeInput, p1: float, p2: float) -> None:
    """The rules that join several fields."""
    if p1 == p2:
        refuse_no_effect()
    exact = given.method in {"exact_binomial", "fisher"}
    if exact and given.two_sided:
        refuse(
            f"{given.method} is one-sided",
            where="two_sided",
            fix="use two_sided false, or method normal",
        )
    if not given.two_sided and p2 < p1:
        refuse(
            f"degraded_rate {p2} is below baseline_rate {p1}",
            where="degraded_rate",
            fix="a one-sided test needs degraded_rate > baseline_rate; or use two_sided true",
        )
    if given.method == "fisher" and given.baseline_per_canary != 1:
        refuse(
            "fisher is computed for two equal samples",
            where="baseline_per_canary",
            fix="use baseline_per_canary 1, or method normal",
        )


def _corrected(exact: float, difference: float, ratio: float) -> float:
    """The size with the continuity correction; its limit where it is 0."""
    if exact == 0:
        return (ratio + 1) / (2 * ratio * difference)
    widened = 1 + math.sqrt(1 + 2 * (ratio + 1) / (exact * ratio * difference))
    return exact / 4 * widened**2


def _arcsine(given: SampleSizeInput, p1: float, p2: float) -> float:
    """The size by Cohen's variance-stabilising transformation."""
    effect = 2 * math.asin(math.sqrt(p2)) - 2 * math.asin(math.sqrt(p1))
    z_alpha = upper_quantile(given.alpha / 2 if given.two_sided else given.alpha)
    z_beta = -upper_quantile(given.power)
    return (1 + 1 / given.baseline_per_canary) * ((z_alpha + z_beta) / effect) ** 2


def _by_exact_binomial(given: SampleSizeInput, p1: float, p2: float) -> SampleSizeOutput:
    from devops_exe.design.canary.exact_binomial import exact_binomial

    found = exact_binomial(p1, p2, alpha=given.alpha, power=given.power)
    return SampleSizeOutput(
        canary_samples=found.samples,
        critical_failures=found.critical_failures,
        actual_alpha=found.actual_alpha,
        actual_power=found.actual_power,
    )


def _by_fisher(given: SampleSizeInput, p1: float, p2: float) -> SampleSizeOutput:
    from devops_exe.design.canary.fisher import fisher_samples

    samples, power = fisher_samples(p1, p2, alpha=given.alpha, power=given.power)
    return SampleSizeOutput(
        canary_samples=samples,
        baseline_samples=samples,
        total_samples=2 * samples,
        actual_power=power,
    )
