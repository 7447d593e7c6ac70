"""Each risk of the register provoked, and not."""

from __future__ import annotations

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.assess.risk import SCALE, Risk
from devops_exe.design.plan import plan
from devops_exe.design.risk_register import joined, register


def risks_of(words: str) -> dict[str, Risk]:
    return {risk.id: risk for risk in register(plan(read_words(words)))}


@pytest.mark.parametrize(
    ("code", "with_it", "without"),
    [
        ("single-writer", "shop on EKS, sqlite", "shop on EKS, postgres"),
        ("destructive-migration", "shop on EKS, breaking schema migration", "shop on EKS"),
        ("thin-traffic", "shop on EKS, peak 0.01 rps", "shop on EKS, peak 900 rps"),
        ("no-health-check", "shop on EKS", "shop on EKS, health check on /healthz"),
        ("single-replica", "shop on EKS, 1 replica", "shop on EKS, 2 replicas"),
        ("unmeasured-dependency", "shop on EKS, depends on the payments API", "shop on EKS"),
    ],
)
def test_a_risk_stands_where_its_cause_does(code: str, with_it: str, without: str) -> None:
    found = risks_of(with_it)
    assert code in found
    assert code not in risks_of(without)
    assert found[code].likelihood in SCALE["likelihood"]
    assert found[code].impact in SCALE["impact"]
    assert found[code].answer


def test_what_each_dependency_should_reach_is_ten_times_less_away() -> None:
    found = risks_of("shop on EKS, 99.95 %, depends on the payments API")
    assert "ask for 99.995 %" in found["unmeasured-dependency"].answer


def test_the_answer_to_one_writer_names_what_the_plan_does() -> None:
    planned = plan(read_words("shop on EKS, sqlite"))
    (found,) = (risk for risk in register(planned) if risk.id == "single-writer")
    assert planned.choice.strategy == "Recreate"
    assert "releases by Recreate" in found.answer


def test_two_registers_become_one() -> None:
    first = Risk("single-writer", "a", "db:1", "high", "high", "x")
    same = Risk("single-writer", "b", "db:1", "low", "low", "y")
    other = Risk("single-writer", "b", "db:2", "low", "low", "y")
    assert joined((first,), (same, other)) == (first, other)
