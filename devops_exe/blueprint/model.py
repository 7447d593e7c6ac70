"""The blueprint: every field of the template, as values.

A :class:`Blueprint` holds exactly what is printed, so ``parse(render(b)) == b``. A section
that a part does not have is None. Text is cleaned of control characters and normalised to
single blanks on the way in; a newline in a table cell is refused.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from devops_exe.ground.text import sanitise

Kind = Literal["devops", "pipeline", "deploy", "rollback", "scale"]

STRATEGIES: tuple[str, ...] = ("Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing")
"""The five strategies by their printed names, in the template's order."""


_DECIMAL = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?\Z")


def clean(text: str) -> str:
    r"""``text`` as a field holds it: single blanks, nothing that could steer a terminal.

    White space is read first, so that a line separator parts two words before the cleaning
    takes it away. Cleaning what is clean changes nothing.

    >>> clean(" two\twords \x1b[31m")
    'two words'
    """
    return " ".join(sanitise(" ".join(text.split())).split())


def _line(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _cell(value: object) -> object:
    if isinstance(value, str) and ("\n" in value or "\r" in value):
        message = "a table cell holds a newline; write it on one line"
        raise ValueError(message)
    return _line(value)


Line = Annotated[str, BeforeValidator(_line)]
"""Text of one field: cleaned, white space becomes single blanks; may wrap when printed."""

Cell = Annotated[str, BeforeValidator(_cell)]
"""Text of a table cell: cleaned, never wraps; a newline is refused."""

Count = Annotated[int, Field(ge=0, lt=10**18)]
"""How many there are."""


class Part(BaseModel):
    """Base of the document's values: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Figure(Part):
    """A printed number.

    Attributes:
        value: the number at its printed precision.
        text: as printed, without the unit (``4.5``).
        unit: ``minutes`` or ``percent``.
    """

    value: float
    text: str
    unit: Literal["minutes", "percent"]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not _DECIMAL.match(self.text) or not math.isfinite(self.value):
            message = f"{self.text[:60]!r} is no plain decimal number"
            raise ValueError(message)
        if float(self.text) != self.value:
            message = f"the value {self.value!r} is not the printed {self.text}"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, text: str, unit: Literal["minutes", "percent"]) -> Figure:
        """The figure whose printed text this is.

        Raises:
            ValueError: the text is no plain decimal number (``4.5``, ``99.95``).
        """
        if not _DECIMAL.match(text):
            message = f"{text[:60]!r} is no plain decimal number"
            raise ValueError(message)
        return cls(value=float(text), text=text, unit=unit)


def _minutes(figure: Figure) -> Figure:
    return _in_unit(figure, "minutes")


def _percent(figure: Figure) -> Figure:
    return _in_unit(figure, "percent")


def _in_unit(figure: Figure, unit: str) -> Figure:
    if figure.unit != unit:
        message = f"{figure.text} is in {figure.unit}, not in {unit}"
        raise ValueError(message)
    return figure


Minutes = Annotated[Figure, AfterValidator(_minutes)]
"""A figure printed in minutes."""

Percent = Annotated[Figure, AfterValidator(_percent)]
"""A figure printed as a bar and a percentage."""


class Header(Part):
    """The three lines under the title."""

    system: Line
    platform: Line
    time: Line


class Overview(Part):
    """The box DEPLOYMENT ARCHITECTURE; ``platform`` is the provider alone."""

    system: Line
    platform: Line
    environments: Count
    pipeline_stages: Count
    reliability: Percent
    status: Line


class EnvironmentRow(Part):
    """One environment."""

    environment: Cell
    purpose: Cell
    infra: Cell


class Pipeline(Part):
    """The five steps; each holds at least one action in a valid document."""

    code_push: tuple[Line, ...]
    build: tuple[Line, ...]
    test: tuple[Line, ...]
    deploy: tuple[Line, ...]
    verify: tuple[Line, ...]


class StrategyRow(Part):
    """A row of the strategy table that a deployment plan adds."""

    strategy: Cell
    use_case: Cell
    risk_level: Cell


class Strategy(Part):
    """The chosen strategy; ``table`` stands below its box in a deployment plan only."""

    type: Line
    rollout: Line
    health_checks: Line
    rollback_trigger: Line
    traffic_old: Percent
    traffic_new: Percent
    table: tuple[StrategyRow, ...] = ()


class InfrastructureRow(Part):
    """One component."""

    component: Cell
    solution: Cell
    config: Cell


class Rollback(Part):
    """The rollback plan; ``rto`` is None only in a text that lacks it."""

    trigger: Line
    steps: tuple[Line, ...]
    rto: Minutes | None


class ScalingRow(Part):
    """One dimension of the scaling policy."""

    dimension: Cell
    trigger: Cell
    target: Cell


class Monitoring(Part):
    """Metrics and alerts."""

    health_metrics: tuple[Line, ...]
    performance_metrics: tuple[Line, ...]
    alerts: tuple[Line, ...]


class Blueprint(Part):
    """The whole document; sections in the template's order, absent ones None."""

    header: Header
    overview: Overview | None = None
    environments: tuple[EnvironmentRow, ...] | None = None
    pipeline: Pipeline | None = None
    strategy: Strategy | None = None
    infrastructure: tuple[InfrastructureRow, ...] | None = None
    rollback: Rollback | None = None
    scaling: tuple[ScalingRow, ...] | None = None
    monitoring: Monitoring | None = None
    footer: Line


SECTIONS: tuple[str, ...] = (
    "overview",
    "environments",
    "pipeline",
    "strategy",
    "infrastructure",
    "rollback",
    "scaling",
    "monitoring",
)
"""Names of the eight headed sections, in the template's order."""

PARTS: dict[Kind, tuple[str, ...]] = {
    "devops": SECTIONS,
    "pipeline": ("environments", "pipeline"),
    "deploy": ("strategy", "rollback"),
    "rollback": ("rollback",),
    "scale": ("infrastructure", "scaling"),
}
"""Which sections a command prints."""


def kind_of(blueprint: Blueprint) -> Kind:
    """The command whose sections these are; ``devops`` where no part matches exactly."""
    present = tuple(name for name in SECTIONS if getattr(blueprint, name) is not None)
    for kind, names in PARTS.items():
        if names == present:
            return kind
    return "devops"
