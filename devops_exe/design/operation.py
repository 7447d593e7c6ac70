"""What every calculator operation shares: models, number types, the two ceilings.

An operation is a pure function from a frozen input model to a frozen output model. Units
stand in the names; time is in seconds unless a name says otherwise; counts are integers.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, NoReturn

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from devops_exe.ground.errors import CalculatorError

Count = Annotated[int, Field(ge=0)]
"""A whole number >= 0; neither ``true`` nor ``3.0`` is one."""

PositiveCount = Annotated[int, Field(ge=1)]
"""A whole number >= 1."""

NonNegative = Annotated[float, Field(ge=0)]
"""Seconds, rates, prices."""

Positive = Annotated[float, Field(gt=0)]
"""A divisor."""

Ratio = Annotated[float, Field(ge=0, le=1)]
"""A probability, or the part of a whole."""

OpenRatio = Annotated[float, Field(gt=0, lt=1)]
"""``alpha``, ``power``: strictly between 0 and 1."""

SloPercent = Annotated[float, Field(gt=0, lt=100)]
"""An objective in percent, strictly between 0 and 100: 100 leaves no budget (SRE book ch. 3)."""


def _int_or_percent(value: object, check: ValidatorFunctionWrapHandler) -> object:
    """One message for both branches: the union's own would ask for an integer only."""
    try:
        return check(value)
    except ValidationError:
        raise ValueError('should be a whole number >= 0, or "N%" such as "25%"') from None


IntOrPercent = Annotated[
    Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=r"^[0-9]+%$")],
    WrapValidator(_int_or_percent),
]
"""A whole number, or a string ``"N%"`` of digits (k8s.io/apimachinery intstr)."""


StrategyKey = Literal["blue_green", "canary", "rolling", "recreate", "ab_testing"]
"""The five strategies as rto and cost take them."""


class CalculatorInput(BaseModel):
    """Base of input models: frozen, strict, unknown fields kept for the warning.

    ``extra="allow"`` keeps unknown fields in ``model_extra``, where the registry finds them at
    any depth and lists them as warnings. ``defer_build`` leaves the validator of a model that
    a call does not use unbuilt: start-up is a feature.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", allow_inf_nan=False, defer_build=True
    )


class CalculatorOutput(BaseModel):
    """Base of output models: frozen; undefined figures are None, never NaN or infinity."""

    model_config = ConfigDict(frozen=True, defer_build=True)


def ceil_eps(x: float) -> int:
    """Ceiling that forgives the last bits of a double: ``ceil(x - 1e-9 * max(1, |x|))``.

    Raises:
        OverflowError: ``x`` is infinite or undefined; the registry refuses such an input.

    >>> ceil_eps(7.000000000000001)
    7
    >>> ceil_eps(7.01)
    8
    """
    if not math.isfinite(x):
        raise OverflowError(f"cannot round {x} to an integer")
    return math.ceil(x - 1e-9 * max(1.0, abs(x)))


def refuse(message: str, *, where: str, fix: str, code: str = "invalid_input") -> NoReturn:
    """Refuse an input with a documented code.

    Raises:
        CalculatorError: always.
    """
    raise CalculatorError(message, where=where, fix=fix, code=code)


def missing(where: str, fix: str | None = None) -> NoReturn:
    """Refuse an input that lacks a required field (code ``missing_field``).

    Raises:
        CalculatorError: always.
    """
    refuse(f"{where} is missing", where=where, fix=fix or f"give {where}", code="missing_field")
