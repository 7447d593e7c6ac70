"""Every assumption names words that state it: they are read, and they reach the plan."""

from __future__ import annotations

import pytest

from devops_exe.assess.profile import FIELDS
from devops_exe.assess.requirements import read_words
from devops_exe.design import tables
from devops_exe.design.assume import given
from devops_exe.design.plan import plan

ROWS = tables.table("assumptions")

SAID: dict[str, dict[str, object]] = {
    "platform": {"platform": "AWS EKS", "provider": "aws", "orchestrator": "kubernetes"},
    "peak_rps": {"peak_rps": 1200},
    "average_rps": {"average_rps": 400},
    "slo_percent": {"slo_percent": 99.95},
    "slo_window_days": {"slo_percent": 99.9, "slo_window_days": 28},
    "service_ms": {"service_ms": 40, "rps_per_replica": 60},
    "workers": {"workers": 8},
    "target_utilization": {"target_utilization": 0.6},
    "startup_seconds": {"startup_seconds": 45},
    "zones": {"zones": 2},
    "cpu_millicores": {"cpu_millicores": 250},
    "memory_mib": {"memory_mib": 512},
    "zone_availability": {"zone_availability": 0.9995},
    "replica_availability": {"replica_availability": 0.995},
    "max_surge": {"max_surge": "50%"},
    "max_unavailable": {"max_unavailable": "0%"},
    "min_ready_seconds": {"min_ready_seconds": 10},
    "termination_grace_seconds": {"termination_grace_seconds": 60},
    "progress_deadline_seconds": {"progress_deadline_seconds": 900},
    "switch_seconds": {"switch_seconds": 10},
    "lb_propagation_seconds": {"lb_propagation_seconds": 60},
    "weight_reset_seconds": {"weight_reset_seconds": 10},
    "flag_propagation_seconds": {"flag_propagation_seconds": 60},
    "scale_down_delay_seconds": {"scale_down_delay_seconds": 600},
    "analysis_seconds": {"analysis_seconds": 600},
    "canary_weights_percent": {"strategy": "Canary", "canary_weights_percent": (5, 20, 50)},
    "min_step_seconds": {"min_step_seconds": 600},
    "bad_error_ratio": {"bad_error_ratio": 0.2},
    "failure_probability": {"failure_probability": 0.1},
    "preview_detection": {"preview_detection": 0.9},
    "cohort_percent": {"cohort_percent": 20},
    "experiment_seconds": {"experiment_seconds": 172800},
    "alpha": {"alpha": 0.01},
    "power": {"power": 0.9},
    "spare_capacity_percent": {"spare_capacity_percent": 20},
    "max_step_hours": {"max_step_hours": 48},
    "traffic_routing": {"traffic_routing": False},
    "canary_analysis": {"canary_analysis": True},
    "automated_rollback": {"automated_rollback": False},
    "feature_flags": {"feature_flags": False},
    "scrape_interval_seconds": {"scrape_interval_seconds": 15},
    "evaluation_interval_seconds": {"evaluation_interval_seconds": 15},
    "group_wait_seconds": {"group_wait_seconds": 10},
    "decide_seconds": {"decide_seconds": 120},
    "verify_seconds": {"verify_seconds": 30},
    "probe_period_seconds": {"probe_period_seconds": 5},
    "probe_timeout_seconds": {"probe_timeout_seconds": 2},
    "probe_failure_threshold": {"probe_failure_threshold": 5},
    # stated a week, planned a month
    "deploys_per_month": {"deploys_per_week": 25},
    "price_per_vcpu_hour": {"price_per_vcpu_hour": 0.03},
    "price_per_gib_hour": {"price_per_gib_hour": 0.004},
    # a backup's interval takes the place of the provider's recovery point
    "recovery_point_minutes": {"backup_interval_minutes": 15},
    "downscale_stabilization_seconds": {"downscale_stabilization_seconds": 600},
    "pool_size": {"pool_size": 5},
}
"""What each row's words state, in the unit that the field's name carries."""

STANDS_IN = {"deploys_per_month": "deploys_per_week",
             "recovery_point_minutes": "backup_interval_minutes"}  # fmt: skip


def test_every_row_is_here() -> None:
    assert list(SAID) == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_words_of_a_row_state_it(name: str) -> None:
    profile = read_words(ROWS[name]["say"])
    assert {field: fact.value for field, fact in profile} == SAID[name]
    assert profile.unused == ()
    assert profile.conflicts == ()
    assert all(fact.origin == "user" for _, fact in profile)


@pytest.mark.parametrize("name", ROWS)
def test_they_are_read_amid_other_words(name: str) -> None:
    profile = read_words(f"checkout-api on EKS, {ROWS[name]['say']}; port 8443")
    for field, value in SAID[name].items():
        assert profile.value(field) == value
    assert profile.value("system") == "checkout-api"


@pytest.mark.parametrize("name", ROWS)
def test_once_stated_it_is_assumed_no_more(name: str) -> None:
    planned = plan(read_words(f"shop on EKS, postgres, {ROWS[name]['say']}"))
    field = STANDS_IN.get(name, name)
    assert given(planned.profile, field).origin == "user"
    for entry in planned.ledger:
        if name in entry.inputs and name in entry.provenance:
            assert entry.provenance[name].origin != "assumption", entry.id


def test_every_row_is_a_field() -> None:
    assert set(ROWS) <= set(FIELDS)


def test_every_row_says_whose_number_it_is() -> None:
    for name, row in ROWS.items():
        assert row["kind"] in {"default", "assumption"}, name
        assert row["authority"], name
        assert row["figures"], name


NUMBERS = [
    name
    for name, row in ROWS.items()
    if isinstance(row["value"], int | float) and not isinstance(row["value"], bool)
]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_assigned_by_its_field_too(name: str) -> None:
    value = 0.5 if 0 < ROWS[name]["value"] < 1 else 7
    assert read_words(f"shop on EKS, {name}={value}").value(name) == value
