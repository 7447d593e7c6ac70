"""Values measured on the user's own platform: what replaces an assumption, with its source.

Only these, typed by the user or read on their platform, count as ``measured``; what a drill
measures on this machine never does (its times are not the platform's).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.assess.profile import Fact
from devops_exe.design.assignment import facts_of
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEASURABLE = frozenset(
    {
        "average_rps", "rps_per_replica", "service_ms", "p99_ms", "p95_ms", "startup_seconds",
        "zone_availability", "replica_availability", "data_gib", "restore_mib_per_second",
        "scrape_interval_seconds", "evaluation_interval_seconds", "group_wait_seconds",
        "switch_seconds", "lb_propagation_seconds", "weight_reset_seconds",
        "flag_propagation_seconds", "scale_down_delay_seconds", "decide_seconds",
        "verify_seconds", "termination_grace_seconds", "failure_probability",
        "downscale_stabilization_seconds", "deploys_per_week", "deploys_per_month", "peak_rps",
        "backup_interval_minutes", "recovery_point_minutes", "price_per_vcpu_hour",
        "price_per_gib_hour", "analysis_seconds", "target_utilization",
    }
)  # fmt: skip
"""Fields that can be measured: times, rates, shares. A requirement or a choice cannot."""

_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
LONGEST_SOURCE = 200
LARGEST_VALUE = 10**9
"""In the unit of the field: more than that nobody measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value.

    Attributes:
        field: of the profile.
        value: as typed, unit tolerated (``42``, ``42 s``).
        source: how it was measured, in the user's words.
        date: when, as YYYY-MM-DD.
    """

    field: str
    value: str
    source: str
    date: str

    def fact(self) -> Fact:
        """The fact, checked against the field.

        Raises:
            UserError: the field cannot be measured, the value does not fit it, or source or
                date is missing.
        """
        if not self.source.strip() or not _DATE.match(self.date):
            raise UserError(
                "a measured value needs a source and a date",
                where=self.field[:60] or "measured",
                fix='write startup_seconds = { value = 42, source = "kubectl get events, '
                'production", date = "2026-11-20" }',
                code="no_source",
            )
        found = facts_of(self.field, self.value)
        name, fact = next(iter(found.items()))
        if fact is None or name not in MEASURABLE:
            raise UserError(
                f"{name} cannot be measured",
                where=self.field[:60],
                fix=f"one of {', '.join(sorted(MEASURABLE))}",
                code="not_measurable",
            )
        if isinstance(fact.value, int | float) and abs(fact.value) > LARGEST_VALUE:
            raise UserError(
                f"{self.value[:40]} is no measurement",
                where=self.field[:60],
                fix=f"give at most {LARGEST_VALUE:,}",
                code="not_measurable",
            )
        source = " ".join(sanitise(self.source).split())[:LONGEST_SOURCE]
        return Fact(fact.value, "measured", f"{source}, {self.date}")


def measured_of(table: Mapping[str, object]) -> tuple[Measured, ...]:
    """The rows of a ``[measured]`` table.

    Raises:
        UserError: a row is no ``{ value, source, date }``.
    """
    rows = []
    for name, row in table.items():
        if not isinstance(row, dict) or "value" not in row:
            raise UserError(
                "it is no table of value, source and date",
                where=f"measured.{name[:60]}",
                fix=f'write {name[:60]} = {{ value = 42, source = "…", date = "2026-11-20" }}',
                code="no_source",
            )
        rows.append(
            Measured(name, str(row["value"]), str(row.get("source", "")), str(row.get("date", "")))
        )
    return tuple(rows)


def facts(rows: Iterable[Measured]) -> dict[str, Fact]:
    """The facts of measured values, by field.

    Raises:
        UserError: one of them is wrong.
    """
    from devops_exe.design.assignment import field_of

    return {field_of(row.field): row.fact() for row in rows}
