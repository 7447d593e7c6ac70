"""Availability: reliability block diagrams, and replicas spread over zones.

Failures are taken to be independent; what fails together belongs into a block of its own,
in series.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    Count,
    NonNegative,
    Positive,
    PositiveCount,
    Ratio,
    missing,
    refuse,
)

MINUTES_PER_YEAR = 525_600
MINUTES_PER_30_DAYS = 43_200

# The distribution of n blocks takes n * n / 2 steps: about a second for this many.
LARGEST_DISTRIBUTION = 4096
DEEPEST_BLOCK = 100

ASSUMPTION = "failures are independent"


class ComponentBlock(CalculatorInput):
    """A component: its availability, in percent or not, or the times between and to repair."""

    type: Literal["component"] = Field(description="component")
    availability: Ratio | None = Field(None, description="share of time it is up, 0 to 1")
    availability_percent: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None, description="the same in percent"
    )
    mtbf_hours: Positive | None = Field(None, description="mean up time, in hours")
    mttr_hours: NonNegative | None = Field(None, description="mean time to restore, in hours")


class SeriesBlock(CalculatorInput):
    """Blocks that are all needed."""

    type: Literal["series"] = Field(description="series: all are needed")
    blocks: Annotated[list[Block], Field(min_length=1)] = Field(description="the blocks")


class ParallelBlock(CalculatorInput):
    """Blocks of which any one suffices."""

    type: Literal["parallel"] = Field(description="parallel: any one suffices")
    blocks: Annotated[list[Block], Field(min_length=1)] = Field(description="the blocks")


class KOfNBlock(CalculatorInput):
    """Blocks of which ``k`` are needed: a list, or ``n`` equal ones."""

    type: Literal["k_of_n"] = Field(description="k_of_n: k of them are needed")
    k: PositiveCount = Field(description="how many are needed")
    blocks: list[Block] | None = Field(None, description="the blocks")
    n: PositiveCount | None = Field(None, description="number of equal blocks")
    block: Block | None = Field(None, description="the block of which there are n")


def _tag(value: object) -> str | None:
    """Which model a block is; a tag with a space stays out of the place an error names."""
    kind = value.get("type", "component") if isinstance(value, Mapping) else None
    kind = kind or getattr(value, "type", None)
    return f"{kind} block" if kind in ("component", "series", "parallel", "k_of_n") else None


Block = Annotated[
    Annotated[ComponentBlock, Tag("component block")]
    | Annotated[SeriesBlock, Tag("series block")]
    | Annotated[ParallelBlock, Tag("parallel block")]
    | Annotated[KOfNBlock, Tag("k_of_n block")],
    Discriminator(
        _tag,
        custom_error_type="block_type",
        custom_error_message="should be a block of type component, series, parallel or k_of_n",
    ),
]


class BlockInput(CalculatorInput):
    """A reliability block diagram."""

    op: Literal["block"] = "block"
    block: Block = Field(description="the diagram")

    @field_validator("block", mode="before")
    @classmethod
    def _not_too_deep(cls, value: object) -> object:
        if _depth(value) > DEEPEST_BLOCK:
            refuse(
                f"the blocks are nested more than {DEEPEST_BLOCK} deep",
                where="block",
                fix="put blocks of the same type side by side",
            )
        return value


def _depth(block: object) -> int:
    """Levels of nesting, counted without recursion, as far as one more than is allowed."""
    level = [block]
    for depth in range(DEEPEST_BLOCK + 1):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return depth + 1
    return DEEPEST_BLOCK + 1


def _inner(block: object) -> Iterator[object]:
    if isinstance(block, Mapping):
        blocks = block.get("blocks")
        if isinstance(blocks, list | tuple):
            yield from blocks
        if "block" in block:
            yield block["block"]


class _Availability(CalculatorOutput):
    """An availability, in the forms people speak of."""

    availability: float = Field(description="share of time it is up, 0 to 1")
    availability_percent: float = Field(description="the same in percent")
    nines: float | None = Field(description="-log10(1 - availability); null at 1")
    downtime_minutes_per_year: float = Field(description="expected, in a year of 365 days")
    downtime_minutes_per_30_days: float = Field(description="expected, in 30 days")
    bar_percent: float = Field(
        description="in percent, floored to 3 decimals; 100 only where nothing can fail"
    )
    assumption: str = Field(description="what was taken to hold")


class BlockOutput(_Availability):
    """Availability of the diagram."""


class ZonesInput(CalculatorInput):
    """Replicas spread over zones, and how many are needed."""

    op: Literal["zones"] = "zones"
    replicas_per_zone: Annotated[list[Count], Field(min_length=1)] = Field(
        description="replicas in each zone"
    )
    zone_availability: Ratio = Field(description="share of time a zone is up, 0 to 1")
    replica_availability: Ratio = Field(
        description="share of time a replica is up while its zone is, 0 to 1"
    )
    required_replicas: PositiveCount = Field(description="live replicas that are needed")
    shared_availability: Ratio = Field(
        1, description="of what all share (control plane, database), 0 to 1"
    )


class ZonesOutput(_Availability):
    """Availability of the replicas together."""


def block(given: BlockInput) -> BlockOutput:
    """Availability of a reliability block diagram; failures are independent.

    Series ``product(a)``, parallel ``1 - product(1 - a)``, k of n by convolution over unequal
    blocks (exact), component ``MTBF / (MTBF + MTTR)``.

    Source: IEC 61078; IEC 60050-192; Treynor et al., The Calculus of Service Availability,
    ACM Queue 2017.

    Raises:
        CalculatorError: ``invalid_input`` for a diagram that is no diagram, too deep or too
            large; ``missing_field`` for a component without a figure.

    >>> half = {"type": "component", "availability": 0.5}
    >>> diagram = {"type": "parallel", "blocks": [half, half]}
    >>> block(BlockInput.model_validate({"block": diagram})).availability
    0.75
    >>> quorum = {"type": "k_of_n", "k": 2, "n": 3, "block": half}
    >>> block(BlockInput.model_validate({"block": quorum})).availability
    0.5
    """
    return BlockOutput(**_forms(_of(given.block, "block")))


def zones(given: ZonesInput) -> ZonesOutput:
    """Availability of replicas spread over zones; failures are independent.

    The live replicas of a zone are ``z * Binomial(n, p)``, and 0 with ``1 - z``; the zones are
    convolved, and ``A = P(live >= k) * shared``.

    Source: IEC 61078; AWS Well-Architected Reliability Pillar.

    Raises:
        CalculatorError: ``invalid_input`` for more required replicas than there are.

    >>> zones(ZonesInput(replicas_per_zone=[1, 1], zone_availability=0.5, replica_availability=1,
    ...                  required_replicas=1)).availability
    0.75
    >>> zones(ZonesInput(replicas_per_zone=[2], zone_availability=1, replica_availability=0.5,
    ...                  required_replicas=1, shared_availability=0.5)).availability
    0.375
    """
    replicas = sum(given.replicas_per_zone)
    _check(
        given.required_replicas,
        replicas,
        needed_at="required_replicas",
        there_at="replicas_per_zone",
    )
    up, live = given.zone_availability, given.replica_availability
    sizes = [size for size in given.replicas_per_zone if size]
    of_size = {size: _zone(size, up, live) for size in set(sizes)}
    whole = reduce(_convolved, (of_size[size] for size in sizes))
    return ZonesOutput(
        **_forms(_at_least(given.required_replicas, whole) * given.shared_availability)
    )


def _zone(size: int, up: float, live: float) -> list[float]:
    distribution = [up * chance for chance in _distribution([live] * size)]
    distribution[0] += 1 - up
    return distribution


def _of(block: Block, place: str) -> float:
    """Availability of a block; ``place`` is where an error says it is."""
    if isinstance(block, ComponentBlock):
        return _component(block, place)
    if isinstance(block, KOfNBlock):
        return _k_of_n(block, place)
    parts = [_of(one, f"{place}.blocks[{number}]") for number, one in enumerate(block.blocks)]
    if isinstance(block, SeriesBlock):
        return math.prod(parts)
    return 1 - math.prod(1 - part for part in parts)


def _component(block: ComponentBlock, place: str) -> float:
    hours = block.mtbf_hours is not None or block.mttr_hours is not None
    ways = (block.availability is not None) + (block.availability_percent is not None) + hours
    if ways > 1:
        refuse(
            f"{place} gives its availability more than once",
            where=place,
            fix="give availability, availability_percent, or mtbf_hours and mttr_hours",
        )
    if block.availability is not None:
        return block.availability
    if block.availability_percent is not None:
        return block.availability_percent / 100
    if not hours:
        missing(
            f"{place}.availability",
            "give availability, availability_percent, or mtbf_hours and mttr_hours",
        )
    if block.mtbf_hours is None:
        missing(f"{place}.mtbf_hours")
    if block.mttr_hours is None:
        missing(f"{place}.mttr_hours")
    whole = block.mtbf_hours + block.mttr_hours
    if math.isinf(whole):
        raise OverflowError
    return block.mtbf_hours / whole


def _k_of_n(block: KOfNBlock, place: str) -> float:
    equal = block.n is not None or block.block is not None
    if block.blocks is not None:
        if equal:
            refuse(
                f"{place} gives its blocks more than once",
                where=place,
                fix="give blocks, or n and block",
            )
        _check(block.k, len(block.blocks), needed_at=f"{place}.k", there_at=f"{place}.blocks")
        parts = [_of(one, f"{place}.blocks[{number}]") for number, one in enumerate(block.blocks)]
        return _at_least(block.k, _distribution(parts))
    if not equal:
        missing(f"{place}.blocks", "give blocks, or n and block")
    if block.n is None:
        missing(f"{place}.n")
    if block.block is None:
        missing(f"{place}.block")
    _check(block.k, block.n, needed_at=f"{place}.k", there_at=f"{place}.n")
    return _at_least(block.k, _distribution([_of(block.block, f"{place}.block")] * block.n))


def _check(needed: int, there: int, *, needed_at: str, there_at: str) -> None:
    if needed > there:
        refuse(
            f"{needed_at} is {needed}",
            where=needed_at,
            fix=f"it should be 1 to {there}" if there else "there should be at least one",
        )
    if there > LARGEST_DISTRIBUTION:
        refuse(
            f"{there_at} has {there} to combine",
            where=there_at,
            fix=f"use at most {LARGEST_DISTRIBUTION}",
        )


def _distribution(chances: Sequence[float]) -> list[float]:
    """P(exactly 0, 1, ... of the independent events happen)."""
    so_far = [1.0]
    for chance in chances:
        miss = 1 - chance
        so_far = [
            fewer * chance + same * miss
            for fewer, same in zip([0.0, *so_far], [*so_far, 0.0], strict=True)
        ]
    return so_far


def _convolved(left: Sequence[float], right: Sequence[float]) -> list[float]:
    """Distribution of the sum of two independent counts."""
    total = [0.0] * (len(left) + len(right) - 1)
    for shift, weight in enumerate(left):
        for number, chance in enumerate(right):
            total[shift + number] += weight * chance
    return total


def _at_least(needed: int, distribution: Sequence[float]) -> float:
    """P(count >= needed), from the smaller tail: the larger one loses the nines to rounding."""
    fewer = math.fsum(distribution[:needed])
    return 1 - fewer if fewer < 0.5 else min(1.0, math.fsum(distribution[needed:]))


def _forms(availability: float) -> dict[str, Any]:
    down = 1 - availability
    bar = math.floor(availability * 100 * 1000 + 1e-6) / 1000
    return {
        "availability": availability,
        "availability_percent": availability * 100,
        # Adding 0 turns the -0.0 of a system that is never up into 0.
        "nines": -math.log10(down) + 0.0 if down else None,
        "downtime_minutes_per_year": down * MINUTES_PER_YEAR,
        "downtime_minutes_per_30_days": down * MINUTES_PER_30_DAYS,
        "bar_percent": min(bar, 99.999) if availability < 1 else bar,
        "assumption": ASSUMPTION,
    }
