"""The ledger: references, running again, the JSON form."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_systems import SYSTEMS, facts, planned

from devops_exe.assess.profile import SystemProfile
from devops_exe.design.decide import CALCULATOR_KEYS
from devops_exe.design.ledger import Input, Ledger, ledger_of
from devops_exe.design.plan import plan
from devops_exe.ground.errors import CalculatorError, DevopsExeError, UserError

NAMES = sorted(SYSTEMS)


def same(one: Ledger, other: Ledger) -> bool:
    return [e.as_json() for e in one] == [e.as_json() for e in other]


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_runs_again_to_equal_outputs(name: str) -> None:
    ledger = planned(name).ledger
    again = ledger.rerun()
    assert [e.outputs for e in again] == [e.outputs for e in ledger]
    assert same(again, ledger)


@pytest.mark.parametrize("name", NAMES)
def test_the_json_form_is_lossless_and_runs_again(name: str) -> None:
    ledger = planned(name).ledger
    read = ledger_of(json.loads(json.dumps(ledger.as_json(), allow_nan=False)))
    assert same(read, ledger)
    assert same(read.rerun(), ledger)


@settings(max_examples=50, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "peak_rps": st.floats(0.5, 5000),
            "service_ms": st.floats(1, 500),
            "slo_percent": st.sampled_from([95.0, 99.0, 99.5, 99.9, 99.95, 99.99, 99.999]),
            "zones": st.integers(1, 5),
            "replicas": st.integers(1, 50),
            "startup_seconds": st.integers(1, 300),
            "strategy": st.sampled_from(sorted(CALCULATOR_KEYS)),
            "rto_minutes": st.floats(0.5, 600),
            "bad_error_ratio": st.floats(0.0001, 1),
            "automated_rollback": st.booleans(),
            "traffic_routing": st.booleans(),
            "zero_downtime": st.booleans(),
            "orchestrator": st.sampled_from(["kubernetes", "ecs", "lambda", "vm", "heroku"]),
            "datastores": st.lists(
                st.sampled_from(["postgresql", "redis", "kafka"]), unique=True
            ).map(tuple),
        },
    )
)
def test_any_plan_runs_again_from_its_json_form(values: dict[str, object]) -> None:
    made = plan(SystemProfile(facts(**values)))
    read = ledger_of(json.loads(json.dumps(made.ledger.as_json(), allow_nan=False)))
    assert same(read.rerun(), made.ledger)


def test_a_changed_input_moves_what_follows_from_it() -> None:
    ledger = planned("checkout").ledger
    ids = planned("checkout").ids
    first = ledger.entry(ids["peak"])
    changed = replace(first, inputs={**first.inputs, "arrival_rps": 2400.0})
    entries = tuple(changed if e.id == first.id else e for e in ledger)
    again = Ledger(entries).rerun()
    assert again.entry(ids["peak"]).number("total_replicas") == 87
    assert again.entry(ids["fenceposts"]).inputs["replicas"] == 87  # linked
    assert again.entry(ids["average"]).outputs == ledger.entry(ids["average"]).outputs


def ledger() -> Ledger:
    return planned("checkout").ledger


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("L1.downtime_seconds", pytest.approx(1296)),
        ("L2.alerts[0].burn_rate", pytest.approx(14.4)),
        ("L15.strategies.Blue-Green.risk", "Low"),
        ("L15.strategies.A/B Testing.risk", "Low"),
        ("L6.replicas_per_zone × 3", [15, 15, 15]),
    ],
)
def test_a_reference(reference: str, value: object) -> None:
    assert ledger().value(reference) == value
    assert ledger().linked(reference).origin == "ledger"
    assert ledger().linked(reference).where == reference


@pytest.mark.parametrize(
    "reference",
    [
        "", "L1", "L0.x", "L01.x", "L99.x", "L1.no_such", "L2.alerts[99].burn_rate",
        "L2.alerts[x].burn_rate", "L1.downtime_seconds.deeper", "X1.y", "L1..x", "L1.x; y",
        "l1.nines",
        "L1.downtime_seconds × -1", "L1.downtime_seconds × x", "L1.downtime_seconds[0]",
    ],
)  # fmt: skip
def test_a_reference_that_names_nothing(reference: str) -> None:
    with pytest.raises(UserError) as raised:
        ledger().value(reference)
    assert raised.value.code == "unknown_reference"
    assert raised.value.fix


def test_an_output_that_is_no_number() -> None:
    entry = ledger().entry("L15")
    with pytest.raises(UserError, match="is no number"):
        entry.number("recommended")
    with pytest.raises(UserError):
        ledger().entry("L99")
    with pytest.raises(UserError) as raised:
        Ledger().entry("L1")
    assert raised.value.fix == "its entries are none"


def test_find_counts_entries_of_an_operation() -> None:
    found = [ledger().find("slo", "burn_alerts", nth=n) for n in range(3)]
    assert [entry and entry.id for entry in found] == ["L2", "L3", None]
    assert ledger().find("strategy") is ledger().entry("L15")
    assert ledger().find("canary", "looks") is None


def test_a_refused_call_leaves_the_ledger_as_it_is() -> None:
    empty = Ledger()
    with pytest.raises(CalculatorError):
        empty.call("slo", "budget", {"slo_percent": Input(120.0, "user", "120 %")})
    assert len(empty) == 0
    grown, entry = empty.call("slo", "budget", {"slo_percent": Input(99.9, "user", "99.9 %")})
    assert (len(empty), len(grown), entry.id) == (0, 1, "L1")


def test_a_broken_link_is_found_when_run_again() -> None:
    entries = ledger().entries[1:]  # L1 is gone
    with pytest.raises(DevopsExeError):
        Ledger(entries).rerun()


@pytest.mark.parametrize(
    "raw",
    [
        None, {}, "x", [1], [{}], [{"id": "L1"}],
        [{"id": "L1", "tool": "slo", "op": "budget", "inputs": 5, "provenance": {}, "outputs": {}}],
        [{"id": "L1", "tool": "slo", "op": "budget", "inputs": {}, "provenance": {"a": 1},
          "outputs": {}}],
        [{"id": "L1", "tool": "slo", "op": "budget", "inputs": {}, "provenance": {"a": {}},
          "outputs": {}}],
    ],
)  # fmt: skip
def test_what_is_no_ledger(raw: object) -> None:
    with pytest.raises(UserError, match="the ledger is not a list of entries"):
        ledger_of(raw)
