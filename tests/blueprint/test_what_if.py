from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.what_if import WhatIf, what_if
from devops_exe.design.assignment import facts_of, field_of, known_fields
from devops_exe.design.plan import plan
from devops_exe.design.sensitivity import stated
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

MOCK_UP = "checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"
TIME = "2026-01-01T00:00:00Z"


def dossier(words: str = MOCK_UP) -> Dossier:
    return compose("devops", read_words(words), TIME)


def tried(words: str = MOCK_UP, /, **assignments: str) -> WhatIf:
    return what_if(dossier(words), assignments, lambda: TIME)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        (("peak_rps", "5000"), MOCK_UP.replace("1200", "5000")),
        (("peak_rps", "5k"), MOCK_UP.replace("1200", "5000")),
        (("slo", "99.99%"), MOCK_UP.replace("99.95", "99.99")),
        (("slo_percent", "99.99"), MOCK_UP.replace("99.95", "99.99")),
        (("strategy", "canary"), f"{MOCK_UP}, canary"),
        (("startup_seconds", "45"), f"{MOCK_UP}, starts in 45 s"),
        (("scrape_interval_seconds", "15"), f"{MOCK_UP}, scrape 15 s"),
        (("rto_minutes", "10"), MOCK_UP.replace("15 min", "10 min")),
        (("rto", "600 s"), MOCK_UP.replace("15 min", "10 min")),
        (("platform", "ECS"), MOCK_UP.replace("EKS", "ECS")),
        (("automated_rollback", "no"), f"{MOCK_UP}, manual rollback"),
        (("memory", "1 GiB"), f"{MOCK_UP}, 1 GiB memory"),
    ],
)
def test_it_is_what_the_words_would_have_given(assignment: tuple[str, str], words: str) -> None:
    """Planning again with a fact changed gives the figures of the same words said at once."""
    found = tried(**dict([assignment])).dossier
    expected = plan(read_words(words))
    assert found.plan is not None
    assert [(e.tool, e.op, e.outputs) for e in found.ledger] == [
        (e.tool, e.op, e.outputs) for e in expected.ledger
    ]
    assert found.plan.choice.strategy == expected.choice.strategy


def test_the_document_stays_as_it_is() -> None:
    document = dossier()
    before = (document.document(), document.ledger.as_json(), document.profile.as_json())
    what_if(document, {"peak_rps": "5000"}, lambda: TIME)
    assert before == (document.document(), document.ledger.as_json(), document.profile.as_json())


def test_what_moves_is_told_along_the_graph() -> None:
    found = tried(peak_rps="5000")
    assert [one.entry for one in found.entries] == sorted(
        (one.entry for one in found.entries), key=lambda name: int(name[1:])
    )
    assert "L6 replicas at peak: 45 → 180 replicas" in found.text
    assert "replicas 45 → 180" in found.text
    assert found.unmoved + len(found.entries) == len(found.dossier.ledger)
    for one in found.entries:
        assert one.old != one.new


def test_an_entry_that_does_not_rest_on_the_fact_does_not_move() -> None:
    found = tried(scrape_interval_seconds="15")
    names = {one.name for one in found.entries}
    assert names == {"strategy and risk", "RTO", "RTO of a gray fault", "cutover", "cost"}
    assert re.search(r"Stays    14 entries answer as before", found.text)


def test_a_decision_that_changes_is_said() -> None:
    strategy = tried(preview_detection="1%")
    assert "strategy Blue-Green → Canary" in strategy.text
    assert "strategy: Blue-Green → Canary" in strategy.moved
    missed = tried(rto_minutes="4")
    text = " ".join(missed.text.split())
    assert "over its target of 4 min" in text
    assert "new finding: rto_above_target" in text
    assert "RTO against its target: met → missed" in missed.moved


def test_a_fact_that_another_overrules_says_so() -> None:
    found = tried(service_ms="30")
    assert found.entries == ()
    assert "rps_per_replica is stated and rules over service_ms" in " ".join(found.text.split())


def test_a_fact_is_taken_away_with_none() -> None:
    found = tried(rto_minutes="none")
    assert "rto_minutes" not in found.dossier.profile
    assert "no target stated" in found.text


def test_derived_facts_follow_what_they_derive_from() -> None:
    document = dossier("shop on EKS, 100M req/month, one pod does 60 rps")
    assert "average_rps" not in stated(document.profile)
    found = what_if(document, {"monthly_requests": "200M"}, lambda: TIME)
    expected = plan(read_words("shop on EKS, 200M req/month, one pod does 60 rps"))
    assert found.dossier.ledger.entry("L6").outputs == expected.ledger.entry("L6").outputs


def test_the_old_value_and_whose_it_was_are_said() -> None:
    assert 'instead of 1,200 rps [you: "1200 rps"]' in tried(peak_rps="5k").text
    assert "instead of 60 s [assumed: Prometheus" in tried(scrape="15s").text
    assert "instead of Blue-Green, as decided" in tried(strategy="canary").text
    (changed,) = tried(peak_rps="5k").inputs
    assert (changed.field, changed.old, changed.new) == ("peak_rps", "1,200 rps", "5,000 rps")


def test_several_facts_at_once() -> None:
    found = tried(peak_rps="5k", strategy="rolling", zones="2")
    expected = plan(read_words(f"{MOCK_UP.replace('1200', '5000')}, rolling, 2 zones"))
    assert [e.outputs for e in found.dossier.ledger] == [e.outputs for e in expected.ledger]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("peak_rps", "-5"),
        ("peak_rps", "0"),
        ("peak_rps", "many"),
        ("peak_rps", "5 min"),
        ("peak_rps", "inf"),
        ("peak_rps", "nan"),
        ("peak_rps", "1e999"),
        ("slo_percent", "100"),
        ("slo_percent", "101"),
        ("slo_percent", "0"),
        ("replicas", "3.5"),
        ("replicas", "0"),
        ("zone_availability", "99.95"),
        ("max_surge", "25.5%"),
        ("canary_weights_percent", "50/20"),
        ("canary_weights_percent", "0/120"),
        ("automated_rollback", "perhaps"),
        ("schema_change", "some"),
        ("strategy", "ninja"),
        ("platform", "toaster"),
        ("startup_seconds", ""),
        ("port", "70000"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line(field: str, text: str) -> None:
    with pytest.raises(UserError) as caught:
        tried(**{field: text})
    line = caught.value.line()
    assert field in line or text in line
    assert "\n" not in line
    assert caught.value.fix


@pytest.mark.parametrize(
    ("name", "near"), [("peak_rsp", "peak_rps"), ("slo_percnt", "slo_percent"), ("zone", "zones")]
)
def test_an_unknown_field_is_refused_with_the_nearest_and_all(name: str, near: str) -> None:
    with pytest.raises(UserError) as caught:
        tried(**{name: "5"})
    assert caught.value.code == "unknown_field"
    assert f"did you mean {near}?" in caught.value.fix
    assert "scrape_interval_seconds" in caught.value.fix


def test_nothing_to_change_is_refused() -> None:
    with pytest.raises(UserError):
        what_if(dossier(), {}, lambda: TIME)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5,000", 5000), ("5_000", 5000), ("1.2k req/s", 1200), ("72000rpm", 1200), ("0.5", 0.5)],
)
def test_units_are_tolerated(text: str, value: float) -> None:
    fact = facts_of("peak_rps", text)["peak_rps"]
    assert fact is not None
    assert fact.value == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("zone_availability", "99.95%", 0.9995),
        ("zone_availability", "0.9995", 0.9995),
        ("max_surge", "50%", "50%"),
        ("max_unavailable", "0", 0),
        ("canary_weights_percent", "5/20/50 %", (5.0, 20.0, 50.0)),
        ("canary_weights_percent", "10,100", (10.0,)),
        ("experiment_seconds", "48 h", 172800),
        ("cpu", "250m", 250),
        ("cpu", "2 cores", 2000),
        ("memory", "2Gi", 2048),
        ("budget", "$4k", None),
        ("startup", "1.5 min", 90),
        ("datastores", "postgres", ("postgresql",)),
        ("language", "Go", "go"),
        ("strategy", "ab-testing", "A/B Testing"),
        ("strategy", "blue green", "Blue-Green"),
        ("price_per_vcpu_hour", "$0.03", 0.03),
        ("deploys", "25", 25),
    ],
)
def test_each_kind_of_field_reads_its_units(field: str, text: str, value: object) -> None:
    fact = facts_of(field, text)[field_of(field)]
    assert fact is not None
    assert fact.origin == "user"
    assert fact.value == (4000 if value is None else value)


def test_every_field_that_a_plan_takes_can_be_changed() -> None:
    document = dossier()
    for field in known_fields():
        fact = document.profile.get(field)
        if fact is None or isinstance(fact.value, tuple | str):
            continue
        found = what_if(document, {field: str(fact.value)}, lambda: TIME)
        assert found.entries == () or field in {"service_ms", "average_rps"}, field


def test_lines_fit_eighty_columns_and_steer_no_terminal() -> None:
    found = tried(system="x" * 120 + "\x1b[2J瓦")
    assert "\x1b" not in found.text
    assert all(cells(line) <= 80 for line in found.text.splitlines())
