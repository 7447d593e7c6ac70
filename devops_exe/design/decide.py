"""The decisions that follow from the figures: strategy, topology, steps and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from devops_exe.design import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.design.ledger import Entry

CALCULATOR_KEYS: Mapping[str, str] = {
    "Blue-Green": "blue_green",
    "Canary": "canary",
    "Rolling": "rolling",
    "Recreate": "recreate",
    "A/B Testing": "ab_testing",
}
"""The strategies by printed name, as rto and cost take them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The strategy, who chose it and why.

    Attributes:
        strategy: printed name.
        by: ``user``; ``calculator``: first of its ranking; ``platform``: first of the ranking
            that the platform can do; ``none``: every one is excluded, the least risky stands.
        excluded: the calculator's codes against the chosen one; empty when eligible.
        possible: what the platform can do, in the template's order.
    """

    strategy: str
    by: Literal["user", "calculator", "platform", "none"]
    excluded: tuple[str, ...]
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """Where replicas live.

    Attributes:
        zones: number of zones.
        failures: zones that may be lost without losing what the peak needs.
        per_zone: replicas in each zone.
        stated: whether the user (or the repository) named the number of replicas.
    """

    zones: int
    failures: int
    per_zone: tuple[int, ...]
    stated: bool

    @property
    def replicas(self) -> int:
        """All replicas."""
        return sum(self.per_zone)


@dataclass(frozen=True, slots=True)
class Shared:
    """A part that every request passes: it multiplies the availability of the replicas."""

    name: str
    percent: float
    authority: str


def zones_of(profile: SystemProfile) -> tuple[int, int]:
    """Zones, and how many of them may fail: one where there are two or more."""
    zones = max(1, int(profile.number("zones") or 1))
    return zones, 1 if zones >= 2 else 0


def spread(replicas: int, zones: int) -> tuple[int, ...]:
    """``replicas`` over ``zones`` as evenly as whole numbers allow, the fuller zones first.

    >>> spread(7, 3)
    (3, 2, 2)
    """
    share, rest = divmod(replicas, zones)
    return tuple(share + 1 if zone < rest else share for zone in range(zones))


def shared_parts(profile: SystemProfile) -> tuple[Shared, ...]:
    """The load balancer and the stores on the request path, with their published floor.

    Redundant products are chosen where more than one zone is used, single ones elsewhere.
    """
    provider = profile.text("provider")
    orchestrator = profile.text("orchestrator") or "kubernetes"
    parts: list[Shared] = []
    if orchestrator in {"lambda", "cloud-run", "app-service"}:
        parts.append(_shared(tables.published("function", provider)))
    elif orchestrator != "compose":
        parts.append(_shared(tables.published("load_balancer", provider)))
    single = zones_of(profile)[0] == 1
    for name in profile.items("datastores"):
        row = tables.store(name)
        if not row["on_path"]:
            continue
        kind = "sql_single" if row["kind"] == "sql" and single else row["kind"]
        parts.append(_shared(tables.published(kind, provider), engine=row["engine"]))
    return tuple(parts)


def _shared(row: Mapping[str, object], engine: str = "") -> Shared:
    name = str(row["name"])
    if engine and engine != name:
        name = f"{engine} ({name})"
    return Shared(name, float(cast("float", row["percent"])), str(row["authority"]))


def first_alert(alerts: Entry) -> int | None:
    """Which alert of a ``slo burn_alerts`` entry sees its error ratio first, None if none."""
    rows = cast("list[Mapping[str, object]]", alerts.outputs["alerts"])
    firing = [
        (cast("float", row["detection_seconds"]), index)
        for index, row in enumerate(rows)
        if row.get("fires") and row.get("detection_seconds") is not None
    ]
    return min(firing)[1] if firing else None


def choose(profile: SystemProfile, risk: Entry) -> Choice:
    """The strategy: the user's, else the first of the ranking that the platform can do."""
    orchestrator = profile.text("orchestrator") or "kubernetes"
    row = tables.platform(orchestrator)["rollout"]
    possible = tuple(name for name in CALCULATOR_KEYS if name in row)
    strategies = cast("Mapping[str, Mapping[str, object]]", risk.outputs["strategies"])

    def codes(name: str) -> tuple[str, ...]:
        return tuple(cast("list[str]", strategies[name]["excluded_because"]))

    asked = profile.text("strategy")
    if asked is not None and asked in strategies:
        return Choice(asked, "user", codes(asked), possible)
    ranking = cast("list[str]", risk.outputs["ranking"])
    for name in ranking:
        if name in possible:
            by: Literal["calculator", "platform"] = (
                "calculator" if name == ranking[0] else "platform"
            )
            return Choice(name, by, (), possible)
    least = min(
        possible,
        key=lambda name: (
            # an experiment answers a question about the product, not about the release
            name == "A/B Testing" and not profile.flag("feature_validation"),
            len(codes(name)),
            cast("float", strategies[name]["risk_percent_of_budget"]),
        ),
    )
    return Choice(least, "none", codes(least), possible)
