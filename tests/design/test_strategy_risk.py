"""Risk of the strategies: the neutral table by hand, and what may and may not move it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError

NAMES = ["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]
BUDGET = 0.001 * 30 * 86400


def run(given: dict[str, Any]) -> dict[str, Any]:
    return dict(registry.run("strategy", given).outputs)


def risks(given: dict[str, Any]) -> dict[str, float]:
    rows = run(given)["strategies"]
    return {name: row["risk_percent_of_budget"] for name, row in rows.items()}


def percent(planned: float, bad: float, probability: float = 0.15) -> float:
    return 100 * (planned + probability * bad) / BUDGET


def test_neutral_input_by_hand() -> None:
    # bad-seconds as in test_strategy_exposure; Blue-Green's checks find four of five faults
    expected = {
        "Blue-Green": percent(0, 0.2 * 100.34),
        "Canary": percent(0, 97.34),
        "Rolling": percent(0, 99.84),
        "Recreate": percent(60, 156.84),
        "A/B Testing": percent(0, 0.8 * (0.06 + 0.3) + 0.2 * 134.4),
    }
    assert risks({}) == pytest.approx(expected, rel=1e-11)


def test_the_published_table() -> None:
    answer = run({})
    assert list(answer["strategies"]) == NAMES
    assert list(answer["risk"]) == NAMES
    figures = {name: f"{share:.3g}" for name, share in risks({}).items()}
    assert figures == {
        "Blue-Green": "0.116",
        "Canary": "0.563",
        "Rolling": "0.578",
        "Recreate": "3.22",
        "A/B Testing": "0.157",
    }
    assert answer["risk"] == {
        "Blue-Green": "Low",
        "Canary": "Medium",
        "Rolling": "Medium",
        "Recreate": "High",
        "A/B Testing": "Low",
    }
    assert answer["samples_needed"] == 60
    assert answer["recommended"] == "Blue-Green"
    assert answer["ranking"] == ["Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing"]


def test_rows_repeat_their_name_and_band() -> None:
    answer = run({"canary_analysis": True})
    for name, row in answer["strategies"].items():
        assert row["strategy"] == name
        assert row["risk"] == answer["risk"][name]
        assert row["eligible"] is (row["excluded_because"] == [])


def test_analysis_makes_the_canary_low() -> None:
    answer = run({"canary_analysis": True})
    # 60 requests at 10, 25 and 50 a second take 6, 2.4 and 1.2 s; each look finds 4 of 5
    steps = (0.06 + 0.05, 3 + 0.06 + 0.125, 3 + 7.5 + 0.06 + 0.25)
    bad = 0.8 * steps[0] + 0.2 * 0.8 * steps[1] + 0.04 * 0.8 * steps[2] + 0.008 * 97.34
    row = answer["strategies"]["Canary"]
    assert row["risk_percent_of_budget"] == pytest.approx(percent(0, bad), rel=1e-11)
    assert f"{row['risk_percent_of_budget']:.3f}" == "0.010"
    assert row["risk"] == "Low"


def test_analysis_skips_a_step_too_short_for_the_sample() -> None:
    # at 1 rps the 60 requests take 600, 240 and 120 s: the first step is too short
    row = run({"canary_analysis": True, "rps": 1})["strategies"]["Canary"]
    steps = (3 + 0.025 * 240 + 0.125, 3 + 7.5 + 0.05 * 120 + 0.25)
    bad = 0.8 * steps[0] + 0.2 * 0.8 * steps[1] + 0.04 * 97.34
    assert row["risk_percent_of_budget"] == pytest.approx(percent(0, bad), rel=1e-11)


def test_canary_without_a_router_undoes_in_waves() -> None:
    # two waves of 30 s at half the exposure: 96.84 + 0.1 * 60 * 0.5
    assert risks({"traffic_routing": False})["Canary"] == pytest.approx(percent(0, 99.84))


def test_one_replica_without_surge_is_an_outage() -> None:
    rows = run({"replicas": 1, "max_surge": 0, "max_unavailable": 1})["strategies"]
    assert rows["Rolling"]["planned_downtime_seconds"] == 60
    assert rows["Rolling"]["risk_percent_of_budget"] == pytest.approx(percent(60, 96.84 + 1.5))
    # "25%" of one replica is a surge of one
    assert run({"replicas": 1})["strategies"]["Rolling"]["planned_downtime_seconds"] == 0
    rows = run({"replicas": 2, "max_surge": 0, "max_unavailable": 2})["strategies"]
    assert rows["Rolling"]["planned_downtime_seconds"] == 0


def test_a_fault_within_the_budget_has_no_sample() -> None:
    answer = run({"bad_error_ratio": 0.005, "slo_percent": 99, "canary_analysis": True})
    assert answer["samples_needed"] is None
    # nothing finds it: half the budget goes, a tenth of that in the cohort
    bad = 0.005 * 30 * 86400
    share = 100 * 0.15 * bad / (0.01 * 30 * 86400)
    rows = answer["strategies"]
    assert rows["Rolling"]["risk_percent_of_budget"] < share
    assert rows["A/B Testing"]["risk_percent_of_budget"] == pytest.approx(share / 10)
    plain = run({"bad_error_ratio": 0.005, "slo_percent": 99})["strategies"]
    assert rows["Canary"] == plain["Canary"]


def test_the_printed_borders_of_the_bands() -> None:
    share = risks({})["Rolling"]
    for low, high, band in (
        (share, 2, "Medium"),
        (share * 1.000001, 2, "Low"),
        (0, share, "High"),
        (0, share * 1.000001, "Medium"),
    ):
        given = {"band_low_percent": low, "band_high_percent": high}
        assert run(given)["risk"]["Rolling"] == band


@pytest.mark.parametrize(
    ("given", "name", "band"),
    [
        ({"bad_error_ratio": 0.5}, "Blue-Green", "Medium"),
        ({"slo_percent": 99}, "Recreate", "Medium"),
    ],
)
def test_bands_move_outside_the_stable_range(given: dict[str, Any], name: str, band: str) -> None:
    assert run(given)["risk"][name] == band


@settings(max_examples=100, deadline=None)
@given(
    field=st.sampled_from(
        [
            ("bad_error_ratio", 0.1, 0.3),
            ("failure_probability", 0.1, 0.2),
            ("decide_seconds", 0, 900),
            ("slo_percent", 99.9, 99.95),
            ("window_days", 28, 30),
        ]
    ),
    part=st.floats(0, 1),
    replicas=st.integers(1, 2000),
)
def test_the_table_is_stable(field: tuple[str, float, float], part: float, replicas: int) -> None:
    name, low, high = field
    value = min(high, low + part * (high - low))
    assert run({name: value, "replicas": replicas})["risk"] == run({})["risk"]


bounds = st.sampled_from([0, 1, 3, "0%", "25%", "50%", "100%"])
seconds = st.floats(0, 2000)
inputs = st.fixed_dictionaries(
    {
        "replicas": st.integers(1, 60),
        "rps": st.floats(0.01, 10_000),
        "slo_percent": st.sampled_from([95, 99, 99.5, 99.9, 99.95, 99.99]),
        "window_days": st.sampled_from([1, 7, 28, 30, 90]),
        "max_surge": bounds,
        "max_unavailable": bounds,
        "pod_startup_seconds": st.floats(0, 600),
        "min_ready_seconds": st.floats(0, 60),
        "termination_grace_seconds": st.floats(0, 600),
        "alert_delay_seconds": seconds,
        "decide_seconds": seconds,
        "failure_probability": st.floats(0, 1),
        "bad_error_ratio": st.floats(0.0005, 1),
        "preview_detection": st.floats(0, 1),
        # ascending: a step down would expose less the later somebody decides
        "canary_weights_percent": st.lists(st.floats(0.5, 100), min_size=1, max_size=5).map(sorted),
        "step_seconds": st.floats(0, 4000),
        "cohort_percent": st.floats(0.5, 100),
        "power": st.floats(0.5, 0.99),
        "alpha": st.floats(0.001, 0.2),
        "traffic_routing": st.booleans(),
        "canary_analysis": st.booleans(),
        "switch_seconds": st.floats(0, 600),
        "lb_propagation_seconds": st.floats(0, 600),
        "weight_reset_seconds": st.floats(0, 600),
        "flag_propagation_seconds": st.floats(0, 600),
    }
)


def at_most(one: dict[str, float], other: dict[str, float], names: list[str]) -> None:
    for name in names:
        assert one[name] <= other[name] * (1 + 1e-9) + 1e-12, name


@pytest.mark.parametrize(
    "field",
    [
        "failure_probability",
        "decide_seconds",
        "alert_delay_seconds",
        "termination_grace_seconds",
        "switch_seconds",
        "weight_reset_seconds",
        "flag_propagation_seconds",
        "pod_startup_seconds",
    ],
)
@settings(max_examples=60, deadline=None)
@given(given=inputs, part=st.floats(0, 1))
def test_more_of_it_never_lowers_the_risk(field: str, given: dict[str, Any], part: float) -> None:
    # slower pods also slow the exposure of a rolling update
    names = [name for name in NAMES if (field, name) != ("pod_startup_seconds", "Rolling")]
    less = given | {field: given[field] * part}
    at_most(risks(less), risks(given), names)


@settings(max_examples=60, deadline=None)
@given(given=inputs, part=st.floats(0, 1))
def test_better_checks_never_raise_the_risk(given: dict[str, Any], part: float) -> None:
    fewer = given | {"preview_detection": given["preview_detection"] * part}
    at_most(risks(given), risks(fewer), NAMES)


@settings(max_examples=60, deadline=None)
@given(given=inputs, factor=st.floats(1, 1000))
def test_more_traffic_never_raises_what_is_analysed(given: dict[str, Any], factor: float) -> None:
    given = given | {"canary_analysis": True}
    more = given | {"rps": given["rps"] * factor}
    at_most(risks(more), risks(given), ["A/B Testing", "Canary"])


@settings(max_examples=60, deadline=None)
@given(given=inputs)
def test_analysis_never_raises_the_canary(given: dict[str, Any]) -> None:
    on, off = risks(given | {"canary_analysis": True}), risks(given | {"canary_analysis": False})
    at_most(on, off, ["Canary"])
    others = [name for name in NAMES if name != "Canary"]
    assert [on[name] for name in others] == [off[name] for name in others]


@settings(max_examples=60, deadline=None)
@given(given=inputs, rps=st.floats(0.01, 10_000))
def test_traffic_does_not_move_what_no_analysis_reads(given: dict[str, Any], rps: float) -> None:
    given = given | {"canary_analysis": False}
    one, other = risks(given), risks(given | {"rps": rps})
    for name in ("Blue-Green", "Rolling", "Recreate", "Canary"):
        assert one[name] == other[name], name


@settings(max_examples=60, deadline=None)
@given(given=inputs, replicas=st.integers(1, 500))
def test_replicas_do_not_move_what_has_no_waves(given: dict[str, Any], replicas: int) -> None:
    given = given | {"traffic_routing": True}
    one, other = risks(given), risks(given | {"replicas": replicas})
    for name in ("Blue-Green", "Recreate", "A/B Testing", "Canary"):
        assert one[name] == other[name], name


@settings(max_examples=60, deadline=None)
@given(given=inputs)
def test_releases_that_never_fail_cost_the_planned_outage_only(given: dict[str, Any]) -> None:
    rows = run(given | {"failure_probability": 0})["strategies"]
    budget = (100 - given["slo_percent"]) / 100 * given["window_days"] * 86400
    for row in rows.values():
        planned = 100 * row["planned_downtime_seconds"] / budget
        assert row["risk_percent_of_budget"] == pytest.approx(planned)
    outage = given["termination_grace_seconds"] + (
        given["pod_startup_seconds"] + given["min_ready_seconds"]
    )
    assert rows["Recreate"]["planned_downtime_seconds"] == pytest.approx(outage)
    for name in ("Blue-Green", "Canary", "A/B Testing"):
        assert rows[name]["planned_downtime_seconds"] == 0


@settings(max_examples=60, deadline=None)
@given(given=inputs)
def test_risk_is_linear_in_the_failure_probability(given: dict[str, Any]) -> None:
    probability = given["failure_probability"]
    assume(probability > 0.01)
    none = risks(given | {"failure_probability": 0})
    half = risks(given | {"failure_probability": probability / 2})
    full = risks(given)
    for name in NAMES:
        middle = (none[name] + full[name]) / 2
        assert half[name] == pytest.approx(middle, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"replicas": 0}, "replicas"),
        ({"replicas": 2.0}, "replicas"),
        ({"rps": 0}, "rps"),
        ({"failure_probability": 1.1}, "failure_probability"),
        ({"failure_probability": -0.1}, "failure_probability"),
        ({"bad_error_ratio": 0}, "bad_error_ratio"),
        ({"bad_error_ratio": 1.01}, "bad_error_ratio"),
        ({"slo_percent": 100}, "slo_percent"),
        ({"slo_percent": 0}, "slo_percent"),
        ({"window_days": 0}, "window_days"),
        ({"alpha": 0}, "alpha"),
        ({"power": 1}, "power"),
        ({"preview_detection": 2}, "preview_detection"),
        ({"canary_weights_percent": []}, "canary_weights_percent"),
        ({"canary_weights_percent": [10, 120]}, "canary_weights_percent[1]"),
        ({"schema_migration": "maybe"}, "schema_migration"),
        ({"exclusive_volume": 1}, "exclusive_volume"),
        ({"max_surge": "25"}, "max_surge"),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        run(given)
    assert (caught.value.code, caught.value.where) == ("invalid_input", where)


@pytest.mark.parametrize(
    "given", [{"failure_probability": 0}, {"failure_probability": 1, "bad_error_ratio": 1}]
)
def test_the_ends_of_the_ranges_are_answered(given: dict[str, Any]) -> None:
    assert list(run(given)["risk"]) == NAMES


def test_null_is_absent_and_an_op_is_unknown() -> None:
    nulls = {"max_surge": None, "max_unavailable": None, "max_extra_cost_per_deploy": None}
    assert run(nulls) == run({})
    answer = registry.run("strategy", {"op": "rank", "spare_capacity": 5})
    assert len(answer.warnings) == 2
    assert "op" in answer.warnings[0]
    assert "spare_capacity" in answer.warnings[1]


def test_a_great_fleet_is_answered_at_once() -> None:
    row = run({"replicas": 10**9, "max_surge": 1, "max_unavailable": 0})["strategies"]["Rolling"]
    assert 0 < row["risk_percent_of_budget"] < 100
