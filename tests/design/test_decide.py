"""Decisions: who chooses the strategy, zones, shared parts, the alert that fires first."""

from __future__ import annotations

import pytest
from plan_systems import SYSTEMS, facts, planned, with_more

from devops_exe.assess.profile import SystemProfile
from devops_exe.design import tables
from devops_exe.design.decide import (
    CALCULATOR_KEYS,
    choose,
    first_alert,
    shared_parts,
    spread,
    zones_of,
)
from devops_exe.design.ledger import Entry
from devops_exe.design.plan import plan


def test_the_user_chooses_and_the_reasons_against_it_are_kept() -> None:
    choice = with_more("checkout", strategy="Recreate", zero_downtime=True).choice
    assert (choice.strategy, choice.by) == ("Recreate", "user")
    assert "downtime" in choice.excluded


def test_the_calculator_chooses_the_first_of_its_ranking() -> None:
    made = planned("checkout")
    assert made.choice.by == "calculator"
    ranking = made.entry("risk").outputs["ranking"]
    assert isinstance(ranking, list)
    assert made.choice.strategy == ranking[0] == made.entry("risk").outputs["recommended"]
    assert made.choice.excluded == ()


def test_the_platform_takes_what_it_cannot_do() -> None:
    """Compose has Blue-Green and Recreate alone: the best of the ranking among them."""
    made = plan(SystemProfile(facts(orchestrator="compose", spare_capacity_percent=0.0)))
    assert made.choice.possible == ("Blue-Green", "Recreate")
    ranking = made.entry("risk").outputs["ranking"]
    assert isinstance(ranking, list)
    assert "Blue-Green" not in ranking  # no capacity for a second set
    assert ranking[0] not in made.choice.possible
    assert (made.choice.strategy, made.choice.by) == ("Recreate", "platform")


def test_where_none_is_eligible_the_one_with_the_least_against_it_stands() -> None:
    made = with_more(
        "empty", zero_downtime=True, schema_change="incompatible", exclusive_volume=True
    )
    risk = made.entry("risk").outputs
    assert risk["ranking"] == []
    assert risk["recommended"] is None
    assert made.choice.by == "none"
    strategies = risk["strategies"]
    assert isinstance(strategies, dict)
    least = min(len(row["excluded_because"]) for row in strategies.values())
    assert len(made.choice.excluded) == least >= 1


@pytest.mark.parametrize("strategy", CALCULATOR_KEYS)
def test_a_choice_reaches_the_calculators_by_their_key(strategy: str) -> None:
    made = with_more("checkout", strategy=strategy)
    for role in ("recovery", "recovery_gray", "cost"):
        entry = made.entry(role)
        assert entry.inputs["strategy"] == CALCULATOR_KEYS[strategy]
        assert entry.provenance["strategy"].origin == "user"
    assert made.has("blue_green") is (strategy == "Blue-Green")
    assert made.has("recovery_first") is (strategy == "Canary")
    assert made.has("first_step") is (strategy in {"Canary", "A/B Testing"})
    decided = planned("checkout").entry("recovery").provenance["strategy"]
    assert decided.origin == "assumption"
    assert decided.where == f"decided on {planned('checkout').ids['risk']}.ranking"


def test_an_unknown_strategy_is_not_chosen() -> None:
    made = planned("checkout")
    asked = made.profile.with_facts(facts(strategy="Big Bang"))
    assert choose(asked, made.entry("risk")).by == "calculator"


@pytest.mark.parametrize(
    ("zones", "failures"), [(1, 0), (2, 1), (3, 1), (6, 1)]
)  # fmt: skip
def test_one_of_two_or_more_zones_may_fail(zones: int, failures: int) -> None:
    assert zones_of(SystemProfile(facts(zones=zones))) == (zones, failures)


@pytest.mark.parametrize(
    ("replicas", "zones", "expected"),
    [(7, 3, (3, 2, 2)), (6, 3, (2, 2, 2)), (1, 3, (1, 0, 0)), (2, 1, (2,)), (0, 2, (0, 0))],
)
def test_spread(replicas: int, zones: int, expected: tuple[int, ...]) -> None:
    assert spread(replicas, zones) == expected


def test_shared_parts_are_those_a_request_waits_for() -> None:
    said = facts(
        orchestrator="kubernetes", provider="aws", zones=3,
        datastores=("postgresql", "redis", "kafka", "s3", "sqlite"),
    )  # fmt: skip
    parts = shared_parts(SystemProfile(said))
    assert [(part.name, part.percent) for part in parts] == [
        ("Elastic Load Balancing", 99.99),
        ("PostgreSQL (RDS Multi-AZ)", 99.95),
        ("Redis (ElastiCache Multi-AZ)", 99.99),
    ]
    single = shared_parts(SystemProfile(said | facts(zones=1)))
    assert single[1].percent == 99.5
    functions = shared_parts(SystemProfile(facts(orchestrator="lambda", provider="aws")))
    assert [part.name for part in functions] == ["Lambda"]
    assert shared_parts(SystemProfile(facts(orchestrator="compose"))) == ()
    unknown = shared_parts(SystemProfile(facts(provider="nowhere", datastores=("newdb",))))
    assert unknown[1].percent == tables.published("document", None)["percent"]


def test_shared_parts_multiply() -> None:
    made = with_more("checkout", datastores=("postgresql",))
    assert made.entry("shared").number("availability") == pytest.approx(0.9999 * 0.9995)
    assert made.entry("availability").inputs["shared_availability"] == pytest.approx(
        0.9999 * 0.9995
    )


def test_the_alert_that_fires_first_is_taken() -> None:
    def alerts(*rows: dict[str, object]) -> Entry:
        return Entry("L1", "slo", "burn_alerts", {}, {}, {"alerts": list(rows)}, "", "", "")

    never: dict[str, object] = {"fires": False, "detection_seconds": None}
    assert first_alert(alerts(never)) is None
    assert first_alert(alerts()) is None
    slow: dict[str, object] = {"fires": True, "detection_seconds": 300.0}
    fast: dict[str, object] = {"fires": True, "detection_seconds": 20.0}
    assert first_alert(alerts(slow, never, fast)) == 2
    assert first_alert(alerts(slow, slow)) == 0


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_the_chosen_strategy_is_possible_there_or_the_users(name: str) -> None:
    choice = planned(name).choice
    assert choice.by == "user" or choice.strategy in choice.possible
