"""What nobody said, and what follows from what was said: each row of the defaults."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
from plan_systems import facts

from devops_exe.assess.profile import PRECEDENCE, Fact, Origin, SystemProfile
from devops_exe.design import tables
from devops_exe.design.assume import assumed, busy_time, complete, given

if TYPE_CHECKING:
    from devops_exe.assess.profile import Value


def completed(**values: object) -> SystemProfile:
    return complete(SystemProfile(facts(**values)))


@pytest.mark.parametrize(
    ("said", "field", "value", "origin"),
    [
        # platform
        ({}, "platform", "Kubernetes", "assumption"),
        ({}, "orchestrator", "kubernetes", "assumption"),
        ({"provider": "aws"}, "platform", "Kubernetes on AWS", "assumption"),
        ({"orchestrator": "nomad"}, "platform", "HashiCorp Nomad", "user"),
        ({"orchestrator": "heroku"}, "platform", "heroku", "user"),
        # load
        ({}, "peak_rps", 100.0, "assumption"),
        ({}, "average_rps", 100.0 / 3, "assumption"),
        ({"peak_rps": 1200.0}, "average_rps", 400.0, "assumption"),
        ({"average_rps": 50.0}, "peak_rps", 150.0, "assumption"),
        ({"monthly_requests": 2_628_000.0}, "average_rps", 1.0, "user"),
        ({"monthly_requests": 2_628_000.0}, "peak_rps", 3.0, "assumption"),
        ({"monthly_requests": 2_628_000.0, "average_rps": 9.0}, "average_rps", 9.0, "user"),
        ({"average_rps": 50.0, "peak_rps": 60.0}, "peak_rps", 60.0, "user"),
        # objective
        ({}, "slo_percent", 99.9, "assumption"),
        ({}, "slo_window_days", 30, "assumption"),
        # service time and workers
        ({}, "service_ms", 100.0, "assumption"),
        ({}, "workers", 1, "assumption"),
        ({"rps_per_replica": 60.0}, "service_ms", 1000 / 60, "user"),
        ({"rps_per_replica": 60.0, "framework": "spring-boot"}, "workers", 1, "user"),
        ({"rps_per_replica": 60.0, "service_ms": 5.0, "workers": 9}, "workers", 1, "user"),
        ({"p99_ms": 250.0}, "service_ms", 250 / math.log(100), "assumption"),
        ({"p95_ms": 250.0}, "service_ms", 250 / math.log(20), "assumption"),
        ({"p95_ms": 100.0, "p99_ms": 250.0}, "service_ms", 250 / math.log(100), "assumption"),
        ({"service_ms": 40.0, "p99_ms": 250.0}, "service_ms", 40.0, "user"),
        ({"framework": "spring-boot"}, "workers", 200, "assumption"),
        ({"framework": "rails"}, "workers", 3, "assumption"),
        ({"framework": "django"}, "workers", 1, "assumption"),
        ({"framework": "laravel"}, "workers", 5, "assumption"),
        ({"language": "go", "cpu_millicores": 4000}, "workers", 4, "assumption"),
        ({"language": "go", "cpu_millicores": 250}, "workers", 1, "assumption"),
        ({"language": "go", "workers": 7}, "workers", 7, "user"),
        # start-up
        ({}, "startup_seconds", 30, "assumption"),
        ({"language": "java"}, "startup_seconds", 60, "assumption"),
        ({"language": "kotlin"}, "startup_seconds", 60, "assumption"),
        ({"language": "java", "startup_seconds": 20}, "startup_seconds", 20, "user"),
        # zones
        ({}, "zones", 3, "assumption"),
        ({"slo_percent": 99.9}, "zones", 3, "assumption"),
        ({"slo_percent": 99.89}, "zones", 1, "assumption"),
        ({"slo_percent": 99.99, "orchestrator": "compose"}, "zones", 1, "assumption"),
        ({"slo_percent": 99.99, "provider": "hetzner"}, "zones", 1, "assumption"),
        ({"slo_percent": 99.99, "provider": "on-prem"}, "zones", 1, "assumption"),
        ({"slo_percent": 99.0, "zones": 2}, "zones", 2, "user"),
        # requests
        ({}, "cpu_millicores", 500, "assumption"),
        ({}, "memory_mib", 2048, "assumption"),
        ({}, "zone_availability", 0.999, "assumption"),
    ],
)
def test_a_default(said: dict[str, object], field: str, value: object, origin: str) -> None:
    fact = completed(**said).facts[field]
    assert fact.value == (pytest.approx(value) if isinstance(value, float) else value)
    assert fact.origin == origin
    assert fact.where


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target_utilization", 0.7),
        ("replica_availability", 0.999),
        ("traffic_routing", True),
        ("canary_analysis", False),
        ("automated_rollback", True),
        ("recovery_point_minutes", 5.0),
        ("max_surge", "25%"),
        ("max_unavailable", "25%"),
        ("scrape_interval_seconds", 60),
        ("evaluation_interval_seconds", 60),
        ("group_wait_seconds", 30),
        ("bad_error_ratio", 0.1),
        ("deploys_per_month", 20.0),
        ("canary_weights_percent", [10.0, 25.0, 50.0]),
    ],
)
def test_an_input_of_a_calculator(name: str, value: object) -> None:
    found = given(SystemProfile(), name)
    assert found.value == value
    assert found.origin == "assumption"
    assert found.where


def test_the_arithmetic_is_said() -> None:
    profile = completed(monthly_requests=2_628_000.0, rps_per_replica=50.0)
    assert "÷ 2628000" in profile.facts["average_rps"].where
    assert "3 ×" in profile.facts["peak_rps"].where
    assert profile.facts["service_ms"].where == "1000 ms ÷ (rps_per_replica 50.0)"
    assert "ln 100" in completed(p99_ms=9.0).facts["service_ms"].where


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        ({"framework": "fastapi", "service_ms": 40.0}, 0.25),
        ({"language": "go", "service_ms": 40.0}, 0.25),
        ({"framework": "django", "service_ms": 40.0}, 1.0),
        ({"framework": "cobol-web", "service_ms": 40.0}, 1.0),
        ({"framework": "fastapi", "rps_per_replica": 25.0}, 1.0),
    ],
)
def test_how_long_a_request_holds_a_worker(said: dict[str, object], factor: float) -> None:
    found = busy_time(completed(**said))
    assert found.value == pytest.approx(40.0 * factor)
    assert found.origin == ("assumption" if factor < 1 else "user")


@pytest.mark.parametrize("pair", list(itertools.combinations(PRECEDENCE, 2)))
@pytest.mark.parametrize("later", [True, False])
def test_the_order_of_the_sources(pair: tuple[Origin, Origin], *, later: bool) -> None:
    """User, measured, repository, assumption, model; whichever was read first."""
    strong: Fact = Fact(1, pair[0], "strong")
    weak: Fact = Fact(2, pair[1], "weak")
    first, second = (weak, strong) if later else (strong, weak)
    profile = SystemProfile({"zones": first}).with_facts({"zones": second})
    assert profile.facts["zones"] == strong
    (conflict,) = profile.conflicts
    assert (conflict.field, conflict.kept, conflict.lost) == ("zones", strong, weak)


def test_equal_values_are_no_conflict_and_of_one_source_the_later_holds() -> None:
    profile = SystemProfile(facts(zones=2)).with_facts(facts("repository", zones=2))
    assert profile.conflicts == ()
    assert profile.facts["zones"].origin == "user"
    later = SystemProfile(facts(zones=2)).with_facts(facts(zones=3))
    assert later.value("zones") == 3


@pytest.mark.parametrize("origin", PRECEDENCE[:3])
def test_whoever_said_it_is_asked_no_more(origin: Origin) -> None:
    values: dict[str, Value] = {"peak_rps": 7.0, "zones": 2, "startup_seconds": 5}
    profile = complete(SystemProfile(facts(origin, **values)))
    for name, value in values.items():
        assert profile.facts[name].value == value
        assert profile.facts[name].origin == origin


def test_completing_twice_changes_nothing() -> None:
    once = completed(language="java", monthly_requests=1e6)
    assert complete(once) == once


def test_every_row_names_its_authority_and_the_words_that_state_it() -> None:
    for name, row in tables.table("assumptions").items():
        assert row["kind"] in {"default", "assumption"}, name
        for key in ("authority", "figures", "say"):
            assert row[key], f"{name}.{key}"
        assert assumed(name).origin == "assumption"


def test_every_published_floor_has_its_authority_and_date() -> None:
    for kind, rows in tables.table("availability").items():
        for provider, row in rows.items():
            assert 99 <= row["percent"] < 100, f"{kind}.{provider}"
            assert row["authority"]
            assert row["written"]
            assert row["name"]


def test_one_writer_is_one_replica_in_one_zone():
    from devops_exe.assess.requirements import read_words

    full = complete(read_words("notes on k3s with sqlite, 5 rps, 99.9 %"))
    assert [full.value(name) for name in ("replicas", "zones", "max_replicas")] == [1, 1, 1]
    assert full.get("replicas").where.startswith("one writer only")
    several = complete(read_words("notes on k3s with sqlite, 3 replicas"))
    assert several.value("replicas") == 3
    assert several.get("max_replicas") is None
