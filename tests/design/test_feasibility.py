"""The objective against what it rests on: severity by who said the limiting number."""

from __future__ import annotations

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.design.feasibility import shortfall
from devops_exe.design.plan import plan


def found_in(words: str) -> tuple[str, str] | None:
    planned = plan(read_words(words))
    found = shortfall(planned.profile, planned.ledger)
    return None if found is None else (found.basis, found.limit)


@pytest.mark.parametrize(
    ("words", "basis", "limit"),
    [
        ("shop on EKS in 1 zone, 99.999 %", "structure", "one zone: the zone alone is 99.9 %"),
        ("shop on EKS in 1 zone, 99.95 %", "structure", "one zone: the zone alone is 99.9 %"),
        (
            "shop on EKS, 1 replica, 99.9 %",
            "structure",
            "one replica: one replica in one zone is 99.8001 %",
        ),
        (
            "shop on a VM, sqlite, 99.9 %",
            "structure",
            "one writer on one volume: one replica in one zone is 99.8001 %",
        ),
        ("shop on EKS, postgres, 99.99 %", "published", "the parts that every request passes"),
        ("shop on EKS, 99.999 %", "published", "the parts that every request passes"),
        (
            "shop on EKS, 99.99 %, zone availability 98 %",
            "stated",
            "the availability of one zone as stated (zone availability 98 %)",
        ),
    ],
)
def test_what_limits_and_who_said_it(words: str, basis: str, limit: str) -> None:
    assert found_in(words) == (basis, limit)


@pytest.mark.parametrize(
    "words", ["shop on EKS, 99.9 %", "shop on EKS in 1 zone, 99 %", "shop on EKS, sqlite, 99 %"]
)
def test_an_objective_in_reach_is_no_shortfall(words: str) -> None:
    assert found_in(words) is None


def test_the_numbers_are_those_of_the_ledger() -> None:
    planned = plan(read_words("shop on EKS, postgres, 99.99 %"))
    found = shortfall(planned.profile, planned.ledger)
    assert found is not None
    zones, block = planned.entry("availability"), planned.entry("shared")
    assert found.reached_percent == zones.number("availability_percent")
    assert found.hard_percent == pytest.approx(block.number("availability_percent"))
    assert found.spent == pytest.approx((100 - found.reached_percent) / 0.01)
    assert found.extra_nine_percent == pytest.approx(99.999)


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("shop on EKS in 1 zone, 99.999 %", "error"),
        ("shop on EKS, 99.99 %, zone availability 98 %", "error"),
        ("shop on EKS, postgres, 99.99 %", "warning"),
        ("shop on EKS, 99.9 %", ""),
    ],
)
def test_the_finding_is_as_severe_as_its_ground(words: str, severity: str) -> None:
    dossier = compose("devops", read_words(words), "2026-01-01T00:00:00+00:00")
    found = [f.severity for f in dossier.findings if f.code == "slo_below_dependencies"]
    assert found == ([severity] if severity else [])
