"""When a burn-rate alert sees a fault, and when it resets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    Positive,
    Ratio,
    SloPercent,
)
from devops_exe.design.slo.budget import (
    DEFAULT_WINDOW_DAYS,
    error_budget_fraction,
    window_in_seconds,
)

# A threshold is a product of doubles: a ratio meant to equal it may lie a few bits below.
_REACHED = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Detection:
    """What a burn-rate alert does with a constant error ratio.

    Attributes:
        fires: whether the ratio reaches the threshold; the rest is None where it does not.
        detection_seconds: from the fault until the long window crosses.
        reset_seconds: from the recovery until the resetting window is below the threshold.
        budget_consumed_at_detection_percent: part of the error budget spent by then.
    """

    fires: bool
    detection_seconds: float | None = None
    reset_seconds: float | None = None
    budget_consumed_at_detection_percent: float | None = None


def detect(
    *,
    slo_percent: float,
    error_ratio: float,
    burn_rate: float,
    long_window_seconds: float,
    short_window_seconds: float | None = None,
    window_days: float = DEFAULT_WINDOW_DAYS,
) -> Detection:
    """When an alert fires and resets: no errors before, even traffic, a constant ratio.

    ``threshold = burn rate * B``; detection ``= long * threshold / error ratio``: the long
    window is the last to cross. Reset ``= window * (1 - threshold / error ratio)`` with the
    short window, or the long one where there is no short one. Scrape, evaluation and hold
    times are not part of it.

    Source: Google SRE Workbook ch. 5, "Alerting on SLOs" and its detection-time equation.

    >>> round(detect(slo_percent=99.9, error_ratio=1, burn_rate=14.4,
    ...              long_window_seconds=3600).detection_seconds or 0, 6)
    51.84
    >>> detect(slo_percent=99.9, error_ratio=0.001, burn_rate=14.4,
    ...        long_window_seconds=3600).fires
    False
    """
    threshold = burn_rate * error_budget_fraction(slo_percent)
    if error_ratio == 0 or error_ratio < threshold * _REACHED:
        return Detection(fires=False)
    resetting = long_window_seconds if short_window_seconds is None else short_window_seconds
    return Detection(
        fires=True,
        detection_seconds=long_window_seconds * threshold / error_ratio,
        reset_seconds=resetting * (1 - threshold / error_ratio),
        budget_consumed_at_detection_percent=100
        * burn_rate
        * long_window_seconds
        / window_in_seconds(window_days),
    )


class DetectionInput(CalculatorInput):
    """An alert, and the fault it is to see."""

    op: Literal["detection"] = "detection"
    slo_percent: SloPercent = Field(description="objective in percent, between 0 and 100")
    window_days: Positive = Field(DEFAULT_WINDOW_DAYS, description="compliance window in days")
    error_ratio: Ratio = Field(description="share of requests that fail during the fault, 0 to 1")
    burn_rate: NonNegative = Field(description="burn rate the alert fires at")
    long_window_seconds: NonNegative = Field(description="long window in seconds")
    short_window_seconds: NonNegative | None = Field(
        None, description="short window in seconds; the long one resets where there is none"
    )


class DetectionOutput(CalculatorOutput):
    """When the alert fires and resets; null where it does not fire."""

    fires: bool = Field(description="whether the error ratio reaches the threshold")
    detection_seconds: float | None = Field(description="from the fault to the alert, in seconds")
    reset_seconds: float | None = Field(description="from the recovery to the reset, in seconds")
    budget_consumed_at_detection_percent: float | None = Field(
        description="part of the error budget spent at the alert, in percent"
    )


def detection(given: DetectionInput) -> DetectionOutput:
    """When a burn-rate alert sees a fault, and when it resets: see :func:`detect`.

    Source: Google SRE Workbook ch. 5, Table 5-8 and its detection-time equation.

    >>> detection(DetectionInput(slo_percent=75, error_ratio=1, burn_rate=2,
    ...                          long_window_seconds=3600)).detection_seconds
    1800.0
    >>> alert = DetectionInput(slo_percent=99.9, error_ratio=1, burn_rate=36,
    ...                        long_window_seconds=3600)
    >>> round((detection(alert).reset_seconds or 0) / 60)
    58
    """
    found = detect(
        slo_percent=given.slo_percent,
        window_days=given.window_days,
        error_ratio=given.error_ratio,
        burn_rate=given.burn_rate,
        long_window_seconds=given.long_window_seconds,
        short_window_seconds=given.short_window_seconds,
    )
    return DetectionOutput(
        fires=found.fires,
        detection_seconds=found.detection_seconds,
        reset_seconds=found.reset_seconds,
        budget_consumed_at_detection_percent=found.budget_consumed_at_detection_percent,
    )
