"""Multi-window, multi-burn-rate alerts of an objective."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    Positive,
    Ratio,
    SloPercent,
    missing,
)
from devops_exe.design.published import table
from devops_exe.design.slo.budget import (
    DEFAULT_WINDOW_DAYS,
    error_budget_fraction,
    window_in_seconds,
)
from devops_exe.design.slo.detection import detect

if TYPE_CHECKING:
    from collections.abc import Sequence

Scheme = Literal["google", "sloth", "pyrra", "custom"]


class CustomAlert(CalculatorInput):
    """One alert of the scheme ``custom``."""

    severity: str = Field(description="what the alert does, such as page or ticket")
    budget_percent: Annotated[float, Field(ge=0, le=100)] = Field(
        description="part of the error budget spent when the long window crosses, in percent"
    )
    long_window_seconds: Positive = Field(description="long window in seconds")
    short_window_seconds: NonNegative = Field(description="short window in seconds")


class BurnAlertsInput(CalculatorInput):
    """An objective and a scheme of alerts."""

    op: Literal["burn_alerts"] = "burn_alerts"
    slo_percent: SloPercent = Field(description="objective in percent, between 0 and 100")
    window_days: Positive = Field(DEFAULT_WINDOW_DAYS, description="compliance window in days")
    scheme: Scheme = Field("google", description="whose windows are used")
    alerts: Annotated[list[CustomAlert], Field(min_length=1)] | None = Field(
        None, description="the alerts of the scheme custom"
    )
    error_ratio: Ratio | None = Field(
        None, description="share of failing requests, 0 to 1; adds each alert's detection"
    )


class BurnAlert(CalculatorOutput):
    """One alert: it fires while the error ratio of both windows exceeds the threshold."""

    severity: str = Field(description="page or ticket; critical or warning")
    long_window_seconds: float = Field(description="long window in seconds")
    short_window_seconds: float = Field(description="short window in seconds")
    burn_rate: float = Field(description="burn rate it fires at")
    error_ratio_threshold: float = Field(description="the same as an error ratio")
    budget_consumed_percent: float = Field(
        description="part of the error budget spent when the long window crosses, in percent"
    )
    for_seconds: float = Field(0, description="how long the expression must hold (pyrra)")
    fires: bool = Field(default=False, description="whether the given error ratio fires it")
    detection_seconds: float | None = Field(
        None, description="from the fault to the alert, in seconds; null when it does not fire"
    )
    reset_seconds: float | None = Field(
        None, description="from the recovery to the reset, in seconds; null when it does not fire"
    )
    budget_consumed_at_detection_percent: float | None = Field(
        None, description="part of the error budget spent at the alert, in percent"
    )


class BurnAlertsOutput(CalculatorOutput):
    """The alerts of an objective, in the scheme's order."""

    error_budget_fraction: float = Field(description="share of events that may be bad")
    alerts: list[BurnAlert] = Field(description="the alerts, in the scheme's order")


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows and burn rate of one alert; seconds, and percent of the error budget."""

    severity: str
    long_seconds: float
    short_seconds: float
    burn_rate: float
    budget_percent: float
    for_seconds: float | None = None


def windows(
    scheme: Scheme, window: float, custom: Sequence[CustomAlert] = ()
) -> tuple[Windows, ...]:
    """The alerts of a scheme for a compliance window of ``window`` seconds.

    >>> [round(row.burn_rate, 2) for row in windows("sloth", 28 * 86400)]
    [13.44, 5.6, 2.8, 0.93]
    """
    if scheme == "pyrra":
        return tuple(_pyrra(row, window) for row in table("burn_rates")["pyrra"])
    rows = (
        [row.model_dump() for row in custom] if scheme == "custom" else table("burn_rates")[scheme]
    )
    return tuple(
        Windows(
            severity=row["severity"],
            long_seconds=row["long_window_seconds"],
            short_seconds=row["short_window_seconds"],
            burn_rate=row["budget_percent"] * window / 100 / row["long_window_seconds"],
            budget_percent=row["budget_percent"],
        )
        for row in rows
    )


def _pyrra(row: dict[str, float | str], window: float) -> Windows:
    def whole_minutes(divisor: str) -> float:
        # Go's Duration.Round: halves away from zero.
        return math.floor(window / float(row[divisor]) / 60 + 0.5) * 60

    burn_rate = float(row["burn_rate"])
    long = whole_minutes("long_divisor")
    return Windows(
        severity=str(row["severity"]),
        long_seconds=long,
        short_seconds=whole_minutes("short_divisor"),
        burn_rate=burn_rate,
        budget_percent=100 * burn_rate * long / window,
        for_seconds=whole_minutes("for_divisor"),
    )


def burn_alerts(given: BurnAlertsInput) -> BurnAlertsOutput:
    """Multi-window, multi-burn-rate alerts of an objective.

    Burn rate ``= budget percent * W / 100 / long window``; threshold ``= burn rate * B``; both
    windows must exceed it. Pyrra fixes the burn rates and scales the windows instead, each
    rounded to a whole minute.

    Source: Google SRE Workbook ch. 5, Table 5-8; slok/sloth internal/alert/windows
    (getBurnRateFactor); pyrra-dev/pyrra slo/rules.go (Windows).

    Raises:
        CalculatorError: ``missing_field`` for the scheme ``custom`` without ``alerts``.

    >>> [alert.burn_rate for alert in burn_alerts(BurnAlertsInput(slo_percent=99.9)).alerts]
    [14.4, 6.0, 1.0]
    >>> pyrra = burn_alerts(BurnAlertsInput(slo_percent=99, window_days=28, scheme="pyrra"))
    >>> [(alert.long_window_seconds, alert.for_seconds) for alert in pyrra.alerts]
    [(3600.0, 120.0), (21600.0, 900.0), (86400.0, 3600.0), (345600.0, 10800.0)]
    """
    if given.scheme == "custom" and given.alerts is None:
        missing("alerts", "give alerts, or another scheme")
    allowed = error_budget_fraction(given.slo_percent)
    rows = windows(given.scheme, window_in_seconds(given.window_days), given.alerts or ())
    return BurnAlertsOutput(
        error_budget_fraction=allowed, alerts=[_alert(given, row, allowed) for row in rows]
    )


def _alert(given: BurnAlertsInput, row: Windows, allowed: float) -> BurnAlert:
    more: dict[str, float] = {}
    if row.for_seconds is not None:
        more["for_seconds"] = row.for_seconds
    if given.error_ratio is not None:
        more |= asdict(
            detect(
                slo_percent=given.slo_percent,
                window_days=given.window_days,
                error_ratio=given.error_ratio,
                burn_rate=row.burn_rate,
                long_window_seconds=row.long_seconds,
                short_window_seconds=row.short_seconds,
            )
        )
    return BurnAlert.model_validate(
        {
            "severity": row.severity,
            "long_window_seconds": row.long_seconds,
            "short_window_seconds": row.short_seconds,
            "burn_rate": row.burn_rate,
            "error_ratio_threshold": row.burn_rate * allowed,
            "budget_consumed_percent": row.budget_percent,
            **more,
        }
    )
