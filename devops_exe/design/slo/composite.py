"""The objective of several components together."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    SloPercent,
    refuse,
)


class Component(CalculatorInput):
    """One component and its objective."""

    slo_percent: SloPercent = Field(description="objective in percent, between 0 and 100")
    weight: NonNegative = Field(1, description="requests it serves, in any unit (mode weighted)")


class CompositeInput(CalculatorInput):
    """Components and how they serve a request."""

    op: Literal["composite"] = "composite"
    components: Annotated[list[Component], Field(min_length=1)] = Field(
        description="the components"
    )
    mode: Literal["serial", "parallel", "weighted"] = Field(
        "serial",
        description="serial: a request needs all; parallel: any one; weighted: each its share",
    )


class CompositeOutput(CalculatorOutput):
    """The objective of the whole."""

    slo_percent: float = Field(description="objective of the whole, in percent")
    error_budget_fraction: float = Field(description="share of events that may be bad")


def composite(given: CompositeInput) -> CompositeOutput:
    """The objective of several components together, their failures independent.

    Serial: ``product(a)``; parallel: ``1 - product(1 - a)``; weighted by the requests served:
    ``sum(w * a) / sum(w)``.

    Source: IEC 61078; Treynor et al., The Calculus of Service Availability, ACM Queue 2017.

    Raises:
        CalculatorError: ``invalid_input`` when every weight is 0.

    >>> two = [Component(slo_percent=50), Component(slo_percent=75, weight=3)]
    >>> composite(CompositeInput(components=two)).slo_percent
    37.5
    >>> composite(CompositeInput(components=two, mode="weighted")).slo_percent
    68.75
    """
    goods = [component.slo_percent / 100 for component in given.components]
    if given.mode == "serial":
        good = math.prod(goods)
        bad = 1 - good
    elif given.mode == "parallel":
        bad = math.prod(1 - one for one in goods)
        good = 1 - bad
    else:
        weights = [component.weight for component in given.components]
        whole = sum(weights)
        if whole == 0:
            refuse(
                "every weight is 0",
                where="components[0].weight",
                fix="it should be greater than 0 for at least one component",
            )
        good = sum(weight * one for weight, one in zip(weights, goods, strict=True)) / whole
        bad = 1 - good
    return CompositeOutput(slo_percent=100 * good, error_budget_fraction=bad)
