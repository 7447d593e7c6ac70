"""The error budget of an objective, and what is left of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    Positive,
    SloPercent,
    missing,
    refuse,
)
from devops_exe.design.published import default

SECONDS_PER_DAY = 86400
DEFAULT_WINDOW_DAYS: float = default("slo", "window_days")


def error_budget_fraction(slo_percent: float) -> float:
    """The share of bad events an objective allows: ``B = (100 - SLO) / 100``.

    >>> error_budget_fraction(75)
    0.25
    """
    return (100 - slo_percent) / 100


def window_in_seconds(window_days: float) -> float:
    """The compliance window in seconds.

    >>> window_in_seconds(30)
    2592000
    """
    return window_days * SECONDS_PER_DAY


class BudgetInput(CalculatorInput):
    """An objective, its window and what was measured."""

    op: Literal["budget"] = "budget"
    slo_percent: SloPercent = Field(description="objective in percent, between 0 and 100")
    window_days: Positive = Field(DEFAULT_WINDOW_DAYS, description="compliance window in days")
    total_requests: Count | None = Field(None, description="requests in the window")
    bad_requests: Count | None = Field(None, description="of them, the bad ones")
    downtime_so_far_seconds: NonNegative | None = Field(
        None, description="full outage so far in the window, in seconds; wins over the requests"
    )
    burn_rate: NonNegative | None = Field(
        None, description="current burn rate; 1 spends the budget exactly within the window"
    )


class BudgetOutput(CalculatorOutput):
    """The error budget and its state; a figure that was not asked for is left out."""

    error_budget_fraction: float = Field(description="share of events that may be bad")
    window_seconds: float = Field(description="compliance window in seconds")
    downtime_seconds: float = Field(description="full outage the budget allows, in seconds")
    downtime_minutes: float = Field(description="the same in minutes")
    allowed_bad_requests: float | None = Field(None, description="bad requests the budget allows")
    sli_percent: float | None = Field(None, description="measured share of good requests")
    burn_rate: float | None = Field(None, description="measured bad ratio over the budget")
    budget_consumed_fraction: float | None = Field(None, description="part of the budget spent")
    budget_remaining_fraction: float | None = Field(
        None, description="part of the budget left; negative when overspent"
    )
    hours_to_exhaustion: float | None = Field(
        None, description="hours until a full budget is spent at the given burn rate; null at 0"
    )


def budget(given: BudgetInput) -> BudgetOutput:
    """The error budget in seconds and requests, and what is left of it.

    ``B = (100 - SLO) / 100``, downtime ``= B * W``, burn rate ``= (bad / total) / B``,
    exhaustion ``= W / burn rate``. A month is 30 days, a quarter 90, a year 365.

    Source: Google SRE book Appendix A; SRE Workbook ch. 2 and 5.

    Raises:
        CalculatorError: ``missing_field`` for bad requests without a total; ``invalid_input``
            for more bad requests than requests, or none at all.

    >>> round(budget(BudgetInput(slo_percent=99.9)).downtime_minutes, 9)
    43.2
    >>> spent = budget(BudgetInput(slo_percent=99.5, total_requests=10000, bad_requests=20))
    >>> round(spent.budget_remaining_fraction or 0, 9)
    0.6
    """
    allowed = error_budget_fraction(given.slo_percent)
    window = window_in_seconds(given.window_days)
    downtime = allowed * window
    figures: dict[str, float | None] = {}
    if given.total_requests is not None:
        figures["allowed_bad_requests"] = allowed * given.total_requests
    if given.bad_requests is not None:
        figures |= _measured(given.bad_requests, given.total_requests, allowed)
    if given.downtime_so_far_seconds is not None:
        figures |= _consumed(given.downtime_so_far_seconds / downtime)
    if given.burn_rate is not None:
        figures["hours_to_exhaustion"] = (
            window / 3600 / given.burn_rate if given.burn_rate > 0 else None
        )
    return BudgetOutput(
        error_budget_fraction=allowed,
        window_seconds=window,
        downtime_seconds=downtime,
        downtime_minutes=downtime / 60,
        **figures,
    )


def _measured(bad: int, total: int | None, allowed: float) -> dict[str, float | None]:
    if total is None:
        missing("total_requests", "give total_requests with bad_requests")
    if total == 0:
        refuse("total_requests is 0", where="total_requests", fix="it should be greater than 0")
    if bad > total:
        refuse(
            f"bad_requests is {bad} of {total}",
            where="bad_requests",
            fix="it should be at most total_requests",
        )
    burn_rate = (bad / total) / allowed
    return {
        "sli_percent": 100 * (total - bad) / total,
        "burn_rate": burn_rate,
        **_consumed(burn_rate),
    }


def _consumed(fraction: float) -> dict[str, float | None]:
    return {"budget_consumed_fraction": fraction, "budget_remaining_fraction": 1 - fraction}
