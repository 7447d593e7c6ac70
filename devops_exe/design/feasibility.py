"""The objective against what it rests on: the parts every request waits for, and structure.

Every number comes from the ledger or the profile. Why a part decides how severe a shortfall
is: a published agreement or an assumption may be wrong for this system, so it warns; what
the user stated or measured, or what the stated structure forbids whatever the parts, is an
error. The rule of the extra nine (a part on the path needs ten times less downtime than the
whole; Treynor, Dahlin, Rau & Beyer 2017, The Calculus of Service Availability) is given as
what to ask of each part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from devops_exe.design.assume import given
from devops_exe.design.ledger import Entry, Input, Ledger

if TYPE_CHECKING:
    from devops_exe.assess.dependencies import DependencyMap, SinglePoint
    from devops_exe.assess.profile import SystemProfile

Basis = Literal["structure", "stated", "published"]

_SURE = frozenset({"user", "measured", "repository"})


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An objective that its parts do not reach.

    Attributes:
        slo_percent: what is asked.
        reached_percent: what the designed topology and its parts reach together.
        spent: how many error budgets the parts' outages spend.
        hard_percent: what the parts every request passes reach together; None without any.
        hard_where: those parts, each with its authority.
        basis: ``structure``: the stated structure forbids it; ``stated``: a stated or
            measured availability does; ``published``: agreements or assumptions do.
        limit: what limits, in words.
        extra_nine_percent: what each part on the path should reach.
    """

    slo_percent: float
    reached_percent: float
    spent: float
    hard_percent: float | None
    hard_where: str
    basis: Basis
    limit: str
    extra_nine_percent: float


def shortfall(profile: SystemProfile, ledger: Ledger) -> Shortfall | None:
    """Whether the objective is above what its parts reach; None where it is not.

    Args:
        profile: completed with assumptions.
        ledger: of the plan; without an ``availability zones`` entry nothing is judged.
    """
    entry = ledger.find("availability", "zones")
    slo = profile.number("slo_percent")
    if entry is None or slo is None:
        return None
    shared = entry.inputs.get("shared_availability")
    block = ledger.find("availability", "block")
    hard = 100 * shared if isinstance(shared, float) else None
    reached = entry.number("availability_percent")
    if _says(profile, "exclusive_volume", value=True):
        # More replicas than the one that writes add nothing.
        reached = min(reached, _one(entry) * (1.0 if hard is None else hard / 100))
    if reached >= slo:
        return None
    basis, limit = _limit(profile, entry, slo, hard)
    return Shortfall(
        slo_percent=slo,
        reached_percent=reached,
        spent=(100 - reached) / (100 - slo),
        hard_percent=hard,
        hard_where=block.provenance["block"].where if block is not None else "",
        basis=basis,
        limit=limit,
        extra_nine_percent=100 - (100 - slo) / 10,
    )


def _limit(
    profile: SystemProfile, entry: Entry, slo: float, hard: float | None
) -> tuple[Basis, str]:
    structure = _structure(profile, entry, slo)
    if structure:
        return "structure", structure
    own = entry.number("availability_percent") / (1.0 if hard is None else hard / 100)
    if own < slo:
        for name, what in (("zone_availability", "zone"), ("replica_availability", "replica")):
            whence = entry.provenance.get(name)
            if whence is not None and whence.origin in _SURE:
                return "stated", f"the availability of one {what} as stated ({whence.where})"
        return "published", "zones and replicas as assumed"
    return "published", "the parts that every request passes"


def _structure(profile: SystemProfile, entry: Entry, slo: float) -> str:
    """What the stated structure forbids whatever stands behind it, or ""."""
    zone = 100 * float(cast("float", entry.inputs["zone_availability"]))
    both = _one(entry)
    zones = len(cast("list[int]", entry.inputs["replicas_per_zone"]))
    if _says(profile, "exclusive_volume", value=True) and both < slo:
        return f"one writer on one volume: one replica in one zone is {_short(both)} %"
    if _says(profile, "replicas", value=1) and both < slo:
        return f"one replica: one replica in one zone is {_short(both)} %"
    if zones == 1 and _stated(profile, "zones") and zone < slo:
        return f"one zone: the zone alone is {_short(zone)} %"
    return ""


def _one(entry: Entry) -> float:
    """Availability in percent of one replica in one zone."""
    zone = float(cast("float", entry.inputs["zone_availability"]))
    return 100 * zone * float(cast("float", entry.inputs["replica_availability"]))


def _stated(profile: SystemProfile, name: str) -> bool:
    fact = profile.get(name)
    return fact is not None and fact.origin in _SURE


def _says(profile: SystemProfile, name: str, *, value: object) -> bool:
    return _stated(profile, name) and profile.value(name) == value


def _short(percent: float) -> str:
    return f"{percent:.4f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class PointCost:
    """What one single point of failure costs.

    Attributes:
        point: the node that runs once.
        availability_percent: one replica in one zone.
        minutes_per_30_days: how long it is away in thirty days.
    """

    point: SinglePoint
    availability_percent: float
    minutes_per_30_days: float


def point_costs(found: DependencyMap, profile: SystemProfile) -> tuple[PointCost, ...]:
    """Each single point of failure with its availability, by the availability calculator.

    A single point is one replica in one zone, in series; both availabilities are the
    profile's or its assumptions'.
    """
    points = found.single_points()
    if not points:
        return ()
    parts = [
        {"type": "component", "availability": given(profile, name).value}
        for name in ("zone_availability", "replica_availability")
    ]
    series = Input({"type": "series", "blocks": parts}, "assumption", "one replica in one zone")
    _, entry = Ledger().call("availability", "block", {"block": series})
    percent = entry.number("availability_percent")
    away = entry.number("downtime_minutes_per_30_days")
    return tuple(PointCost(point, percent, away) for point in points)


def in_series(costs: tuple[PointCost, ...]) -> float:
    """The availability in percent of single points that are all needed, by the calculator."""
    parts = [
        {"type": "component", "availability_percent": cost.availability_percent} for cost in costs
    ]
    series = Input({"type": "series", "blocks": parts}, "assumption", "every single point")
    _, entry = Ledger().call("availability", "block", {"block": series})
    return entry.number("availability_percent")
