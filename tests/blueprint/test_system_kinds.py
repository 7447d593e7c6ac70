"""Objectives and indicators by the kind of system, and an agreement beside the objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier


def dossier(words: str) -> Dossier:
    return compose("devops", read_words(words), "2026-01-01T00:00:00+00:00")


def health(found: Dossier) -> str:
    assert found.blueprint.monitoring is not None
    lines = found.blueprint.monitoring.health_metrics
    return "\n".join(str(line) for line in lines)


@pytest.mark.parametrize(
    ("words", "indicator", "reason"),
    [
        ("shop on EKS", "share of requests answered without 5xx", "a failed request is seen"),
        ("mail-worker on EKS", "share of messages done", "share of messages done in time"),
        ("report on EKS, a nightly batch job", "share of runs that end well", "of a batch job"),
        ("ranker on EKS, model serving", "without fallback", "of model serving"),
        ("shop on EKS, an internal tool", "share of requests", "an internal system may do with"),
        ("shop on EKS, customer-facing", "share of requests", "customers meet it directly"),
    ],
)
def test_the_kind_decides_what_a_good_event_is(words: str, indicator: str, reason: str) -> None:
    found = dossier(words)
    assert indicator in health(found)
    (proposed,) = (one for one in found.assumptions if one.field == "slo_percent")
    assert proposed.value == 99.9
    assert reason in proposed.why
    assert not [f for f in found.findings if f.code == "unsupported_figure"]


def test_a_named_objective_is_no_proposal() -> None:
    assert "slo_percent" not in {one.field for one in dossier("shop on EKS, 99.5 %").assumptions}


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("shop on EKS, SLA 99.5 %, SLO 99.9 %", ""),
        ("shop on EKS, SLA 99.9 %, SLO 99.9 %", "warning"),
        ("shop on EKS, SLA 99.95 %, SLO 99.9 %", "error"),
        ("shop on EKS, SLA 99.9 %", ""),
        ("shop on EKS, 99.9 %", ""),
    ],
)
def test_an_agreement_stands_below_the_objective(words: str, severity: str) -> None:
    found = [f.severity for f in dossier(words).findings if f.code == "sla_not_below_slo"]
    assert found == ([severity] if severity else [])


def test_the_margin_is_two_figures_of_the_ledger() -> None:
    found = dossier("shop on EKS, SLA 99.5 %, SLO 99.9 %")
    # 0.5 % and 0.1 % of 43,200 minutes
    assert "99.5 % allows 3.6 h, the objective 43.2 min" in health(found)
    assert found.plan is not None
    assert found.plan.entry("budget_sla").number("downtime_minutes") == pytest.approx(216)
    assert found.ledger.find("slo", "budget") is found.plan.entry("budget")
