"""The blueprint: every field of the template, as values.

A :class:`Blueprint` holds exactly what is printed, so ``parse(render(b)) == b``. A section
that a part does not have is None. Text is normalised to single blanks on the way in; a
newline in a table cell is refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

Kind = Literal["devops", "pipeline", "deploy", "rollback", "scale"]

STRATEGIES: tuple[str, ...] = ("Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing")
"""The five strategies by their printed names, in the seed's order."""


def _single_blanks(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _no_newline(value: object) -> object:
    if isinstance(value, str) and ("\n" in value or "\r" in value):
        message = "a table cell holds a newline; write it on one line"
        raise ValueError(message)
    return value


Line = Annotated[str, BeforeValidator(_single_blanks)]
"""Text of one field: white space becomes single blanks; may wrap when printed."""

Cell = Annotated[str, BeforeValidator(_no_newline), AfterValidator(lambda v: " ".join(v.split()))]
"""Text of a table cell: never wraps; a newline is refused."""


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

    @classmethod
    def of(cls, text: str, unit: Literal["minutes", "percent"]) -> Figure:
        """The figure whose printed text this is.

        Raises:
            ValueError: the text is no finite decimal number.
        """
        return cls(value=float(text), text=text, unit=unit)


class Header(Part):
    """The three lines under the title."""

    system: Line
    platform: Line
    time: Line


class Overview(Part):
    """The box DEPLOYMENT ARCHITECTURE; ``platform`` is the provider alone."""

    system: Line
    platform: Line
    environments: int
    pipeline_stages: int
    reliability: Figure
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
    traffic_old: Figure
    traffic_new: Figure
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
    rto: Figure | None


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
