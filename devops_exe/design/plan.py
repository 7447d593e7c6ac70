"""The plan: from a profile to the ordered calculator calls of a blueprint.

Every input is passed explicitly, with where it came from; entries are numbered in the order
of the calls, so the same request has the same ids. Pure: no engine, no clock, no files but
the tables of this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.design import decide
from devops_exe.design.assume import Assumption, complete, given, list_assumptions
from devops_exe.design.plan_calls import Calls
from devops_exe.design.plan_release import after_choice, recovery, risk, rollouts
from devops_exe.design.plan_topology import MAX_REPLICAS, availability, capacity, objective

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.design.ledger import Entry, Ledger

__all__ = ["MAX_REPLICAS", "Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a profile leads to.

    Attributes:
        profile: completed with assumptions.
        ledger: every calculator call.
        ids: what an entry is for (``budget``, ``peak``, ``recovery`` …) to its id.
        choice: the strategy.
        topology: zones and replicas.
        shared: parts that every request passes.
        outage_alert, gray_alert: which burn-rate alert sees a total outage and a gray fault
            first, as an index into the alerts; None where none does.
    """

    profile: SystemProfile
    ledger: Ledger
    ids: Mapping[str, str]
    choice: decide.Choice
    topology: decide.Topology
    shared: tuple[decide.Shared, ...]
    outage_alert: int | None
    gray_alert: int | None

    def entry(self, role: str) -> Entry:
        """The entry of a role."""
        return self.ledger.entry(self.ids[role])

    def has(self, role: str) -> bool:
        """Whether the plan has an entry for this role."""
        return role in self.ids

    def assumptions(self, quoted: Iterable[str] = ()) -> tuple[Assumption, ...]:
        """Every assumption that a figure rests on, and those that ``quoted`` names."""
        used: dict[str, tuple[object, str]] = {}
        for name in sorted(quoted):
            value = given(self.profile, name)
            if value.origin == "assumption":
                used[name] = (value.value, value.where)
        for entry in self.ledger:
            for name, whence in entry.provenance.items():
                if whence.origin == "assumption" and name in _LISTED:
                    used.setdefault(name, (entry.inputs[name], whence.where))
        return list_assumptions(self.profile, used)


def plan(profile: SystemProfile) -> Plan:
    """The ordered calculator calls of a blueprint, and the decisions that follow.

    Raises:
        UserError: the load needs more replicas than one service can have.
        CalculatorError: a value of the profile is out of a calculator's range.
    """
    profile = complete(profile)
    calls = Calls(profile)
    outage, gray = objective(calls)
    topology, replicas = capacity(calls)
    shared = availability(calls, topology)
    rollouts(calls, replicas)
    choice = decide.choose(profile, risk(calls, replicas))
    recovery(calls, choice.strategy, replicas, outage, gray)
    after_choice(calls, choice.strategy, replicas)
    return Plan(profile, calls.ledger, calls.ids, choice, topology, shared, outage, gray)


_LISTED = frozenset(
    {
        "max_surge",
        "max_unavailable",
        "min_ready_seconds",
        "termination_grace_seconds",
        "progress_deadline_seconds",
        "switch_seconds",
        "lb_propagation_seconds",
        "weight_reset_seconds",
        "flag_propagation_seconds",
        "analysis_seconds",
        "min_step_seconds",
        "bad_error_ratio",
        "failure_probability",
        "preview_detection",
        "cohort_percent",
        "experiment_seconds",
        "canary_weights_percent",
        "alpha",
        "power",
        "spare_capacity_percent",
        "max_step_hours",
        "traffic_routing",
        "canary_analysis",
        "automated_rollback",
        "feature_flags",
        "scrape_interval_seconds",
        "evaluation_interval_seconds",
        "group_wait_seconds",
        "decide_seconds",
        "verify_seconds",
        "scale_down_delay_seconds",
        "deploys_per_month",
        "price_per_vcpu_hour",
        "price_per_gib_hour",
        "target_utilization",
        "replica_availability",
    }
)
"""Calculator inputs that have a row of their own in the table of assumptions."""
