"""The one value that leaves this room: facts, each with where it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Origin = Literal["user", "measured", "repository", "assumption", "model"]
"""Who says so. ``measured`` is measured on the user's own platform."""

Role = Literal["declared", "possible", "development", "default"]
"""How sure a reading of the repository is (declared beats default beats possible)."""

Value = str | int | float | bool | tuple[str, ...] | Mapping[str, object]
"""A fact's value; lists are tuples of lower-case identifiers, ``services`` is a mapping."""

PRECEDENCE: tuple[Origin, ...] = ("user", "measured", "repository", "assumption", "model")
"""The order in which origins win; a model's reading never overrules another."""

FIELDS: tuple[str, ...] = (
    "system",
    "platform",
    "provider",
    "orchestrator",
    "language",
    "framework",
    "port",
    "datastores",
    "services",
    "peak_rps",
    "average_rps",
    "monthly_requests",
    "rps_per_replica",
    "service_ms",
    "workers",
    "startup_seconds",
    "p99_ms",
    "p95_ms",
    "slo_percent",
    "slo_window_days",
    "rto_minutes",
    "rpo_minutes",
    "data_gib",
    "backup_interval_minutes",
    "zones",
    "zone_availability",
    "regions",
    "replicas",
    "min_replicas",
    "max_replicas",
    "cpu_millicores",
    "memory_mib",
    "strategy",
    "version",
    "bad_version",
    "zero_downtime",
    "stateful",
    "schema_change",
    "session_affinity",
    "feature_validation",
    "budget_usd_month",
    "deploys_per_week",
    "compliance",
    "environments",
    "ci",
    "iac",
    "dependencies",
    # beyond the published list: what kind of system, for whom, what is promised
    "kind",
    "audience",
    "sla_percent",
    # and settings of the platform that calculators take
    "replica_availability",
    "target_utilization",
    "exclusive_volume",
    "scrape_interval_seconds",
    "evaluation_interval_seconds",
    "restore_mib_per_second",
    "spare_capacity_percent",
    "traffic_routing",
    "canary_analysis",
    "automated_rollback",
    "feature_flags",
    "sticky_routing_available",
    "failure_probability",
    "health_path",
    "max_surge",
    "max_unavailable",
    "min_ready_seconds",
    "termination_grace_seconds",
    "progress_deadline_seconds",
    "switch_seconds",
    "lb_propagation_seconds",
    "weight_reset_seconds",
    "flag_propagation_seconds",
    "scale_down_delay_seconds",
    "analysis_seconds",
    "canary_weights_percent",
    "min_step_seconds",
    "max_step_hours",
    "bad_error_ratio",
    "preview_detection",
    "cohort_percent",
    "experiment_seconds",
    "alpha",
    "power",
    "group_wait_seconds",
    "decide_seconds",
    "verify_seconds",
    "probe_period_seconds",
    "probe_timeout_seconds",
    "probe_failure_threshold",
    "deploys_per_month",
    "price_per_vcpu_hour",
    "price_per_gib_hour",
    "recovery_point_minutes",
    "downscale_stabilization_seconds",
    "pool_size",
    # a driver is there and no declared server: asked for, never planned
    "possible_datastores",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and whence it comes.

    Attributes:
        value: in the unit that the field's name carries.
        origin: who says so (the JSON key is ``from``).
        where: the user's own words, or ``path:line`` in the repository, or the authority of
            an assumption.
        role: how sure a reading of the repository is.
    """

    value: Value
    origin: Origin
    where: str
    role: Role = "declared"

    def as_json(self) -> dict[str, object]:
        """``{value, from, where}`` of the published interface."""
        return {"value": _plain(self.value), "from": self.origin, "where": self.where}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts about one field: the one that holds and the one that lost."""

    field: str
    kept: Fact
    lost: Fact


@dataclass(frozen=True, slots=True)
class SystemProfile:
    """What is known of a system: one fact a field, the losers, and what was not used.

    Attributes:
        facts: field (one of :data:`FIELDS`) to its fact.
        conflicts: facts that lost, in the order met.
        unused: words or numbers of the user that were understood in no way.
        notes: sentences about the reading itself that the user must see.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name in self.facts

    def __iter__(self) -> Iterator[tuple[str, Fact]]:
        return iter(self.facts.items())

    def get(self, name: str) -> Fact | None:
        """The fact of a field, or None when nobody said."""
        return self.facts.get(name)

    def value(self, name: str) -> Value | None:
        """The value of a field, or None when nobody said."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def number(self, name: str) -> float | None:
        """The value of a field that holds a number (an integer stays one), or None."""
        found = self.value(name)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def text(self, name: str) -> str | None:
        """The value of a field that holds text, or None."""
        found = self.value(name)
        return found if isinstance(found, str) else None

    def items(self, name: str) -> tuple[str, ...]:
        """The value of a field that holds a list; empty when nobody said."""
        found = self.value(name)
        return found if isinstance(found, tuple) else ()

    def flag(self, name: str) -> bool:
        """The value of a yes/no field; False when nobody said."""
        return self.value(name) is True

    def with_facts(self, facts: Mapping[str, Fact]) -> SystemProfile:
        """A profile in which ``facts`` stand beside or above these, by precedence.

        Of two facts about a field the one whose origin wins (:data:`PRECEDENCE`) is kept; of
        two of one origin, the later. The loser becomes a :class:`Conflict` when its value
        differs.
        """
        merged = dict(self.facts)
        conflicts = list(self.conflicts)
        for name, new in facts.items():
            old = merged.get(name)
            if old is None:
                merged[name] = new
                continue
            new_wins = PRECEDENCE.index(new.origin) <= PRECEDENCE.index(old.origin)
            kept, lost = (new, old) if new_wins else (old, new)
            merged[name] = kept
            if kept.value != lost.value:
                conflicts.append(Conflict(name, kept, lost))
        return replace(self, facts=merged, conflicts=tuple(conflicts))

    def merged(self, other: SystemProfile) -> SystemProfile:
        """This profile with everything of ``other`` added to it, by precedence."""
        both = self.with_facts(other.facts)
        return replace(
            both,
            conflicts=both.conflicts + other.conflicts,
            unused=self.unused + other.unused,
            notes=self.notes + other.notes,
        )

    def as_json(self) -> dict[str, object]:
        """``{FIELD: {value, from, where}}`` in the order of :data:`FIELDS`."""
        known = [name for name in FIELDS if name in self.facts]
        rest = sorted(set(self.facts) - set(known))
        return {name: self.facts[name].as_json() for name in (*known, *rest)}


def _plain(value: object) -> object:
    """Tuples as lists, mappings as dicts: what JSON can hold."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
