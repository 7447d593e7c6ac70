"""Error budgets and composites: the SRE book's Appendix A, and properties."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError

SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 86400


def run(**given: object) -> dict[str, Any]:
    return dict(registry.run("slo", given).outputs)


# SRE book, Appendix A: allowed unavailability per year, quarter, 30 days, week, day, hour,
# each with the digits the book prints
APPENDIX_A = [
    (90, [(36.5, DAY), (9, DAY), (3, DAY), (16.8, HOUR), (2.4, HOUR), (6, MINUTE)]),
    (95, [(18.25, DAY), (4.5, DAY), (1.5, DAY), (8.4, HOUR), (1.2, HOUR), (3, MINUTE)]),
    (99, [(3.65, DAY), (21.6, HOUR), (7.2, HOUR), (1.68, HOUR), (14.4, MINUTE), (36, SECOND)]),
    (99.5, [(1.83, DAY), (10.8, HOUR), (3.6, HOUR), (50.4, MINUTE), (7.2, MINUTE), (18, SECOND)]),
    (
        99.9,
        [
            (8.76, HOUR),
            (2.16, HOUR),
            (43.2, MINUTE),
            (10.1, MINUTE),
            (1.44, MINUTE),
            (3.6, SECOND),
        ],
    ),
    (
        99.95,
        [
            (4.38, HOUR),
            (1.08, HOUR),
            (21.6, MINUTE),
            (5.04, MINUTE),
            (43.2, SECOND),
            (1.8, SECOND),
        ],
    ),
    (
        99.99,
        [
            (52.6, MINUTE),
            (12.96, MINUTE),
            (4.32, MINUTE),
            (60.5, SECOND),
            (8.64, SECOND),
            (0.36, SECOND),
        ],
    ),
    (
        99.999,
        [
            (5.26, MINUTE),
            (1.30, MINUTE),
            (25.9, SECOND),
            (6.05, SECOND),
            (0.864, SECOND),  # the book prints 0.87
            (0.04, SECOND),
        ],
    ),
]
WINDOWS = [365, 90, 30, 7, 1, 1 / 24]


@pytest.mark.parametrize(("slo", "row"), APPENDIX_A)
def test_appendix_a_of_the_sre_book(slo: float, row: list[tuple[float, int]]) -> None:
    for (printed, unit), days in zip(row, WINDOWS, strict=True):
        computed = run(slo_percent=slo, window_days=days)["downtime_seconds"] / unit
        digits = len(str(float(printed)).partition(".")[2])
        # half a unit of the last digit, and a little for the half itself (1.825 days)
        assert computed == pytest.approx(printed, abs=0.5 * 10**-digits + 1e-9)


def test_a_budget_alone() -> None:
    assert run(slo_percent=99.9) == {
        "error_budget_fraction": pytest.approx(0.001),
        "window_seconds": 2592000,
        "downtime_seconds": pytest.approx(2592),
        "downtime_minutes": pytest.approx(43.2),
    }


def test_requests() -> None:
    # Workbook ch. 2: 97 % of 3,663,253 requests leaves 109,897 of them
    assert run(slo_percent=97, total_requests=3_663_253)["allowed_bad_requests"] == pytest.approx(
        109_897.59
    )
    answer = run(slo_percent=99.9, total_requests=1_000_000, bad_requests=250)
    assert answer["sli_percent"] == pytest.approx(99.975)
    assert answer["burn_rate"] == pytest.approx(0.25)
    assert answer["budget_consumed_fraction"] == answer["burn_rate"]
    assert answer["budget_remaining_fraction"] == pytest.approx(0.75)


def test_an_overspent_budget_is_negative() -> None:
    answer = run(slo_percent=99, total_requests=100, bad_requests=3)
    assert answer["budget_remaining_fraction"] == pytest.approx(-2)


def test_downtime_wins_over_requests_but_leaves_their_burn_rate() -> None:
    answer = run(
        slo_percent=99.9, total_requests=1000, bad_requests=1, downtime_so_far_seconds=1296
    )
    assert answer["budget_consumed_fraction"] == pytest.approx(0.5)
    assert answer["budget_remaining_fraction"] == pytest.approx(0.5)
    assert answer["burn_rate"] == pytest.approx(1)
    alone = run(slo_percent=99.9, downtime_so_far_seconds=0)
    assert alone["budget_consumed_fraction"] == 0
    assert "burn_rate" not in alone


# Workbook ch. 5, table of burn rates: 99.9 %, 30 days
@pytest.mark.parametrize(
    ("burn_rate", "hours"), [(1, 30 * 24), (2, 15 * 24), (10, 3 * 24), (1000, 43.2 / 60)]
)
def test_time_to_exhaustion(burn_rate: float, hours: float) -> None:
    answer = run(slo_percent=99.9, burn_rate=burn_rate)
    assert answer["hours_to_exhaustion"] == pytest.approx(hours)


def test_no_burn_never_exhausts() -> None:
    answer = run(slo_percent=99.9, burn_rate=0)
    assert answer["hours_to_exhaustion"] is None


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({}, "missing_field", "slo_percent"),
        ({"slo_percent": None}, "missing_field", "slo_percent"),
        ({"slo_percent": 0}, "invalid_input", "slo_percent"),
        ({"slo_percent": 100}, "invalid_input", "slo_percent"),
        ({"slo_percent": "99.9"}, "invalid_input", "slo_percent"),
        ({"slo_percent": True}, "invalid_input", "slo_percent"),
        ({"slo_percent": math.nan}, "invalid_input", "slo_percent"),
        ({"slo_percent": 99, "window_days": 0}, "invalid_input", "window_days"),
        ({"slo_percent": 99, "window_days": math.inf}, "invalid_input", "window_days"),
        ({"slo_percent": 99, "window_days": 1e308}, "invalid_input", "slo.budget"),
        ({"slo_percent": 99, "bad_requests": 1}, "missing_field", "total_requests"),
        (
            {"slo_percent": 99, "bad_requests": 2, "total_requests": 1},
            "invalid_input",
            "bad_requests",
        ),
        (
            {"slo_percent": 99, "bad_requests": 0, "total_requests": 0},
            "invalid_input",
            "total_requests",
        ),
        ({"slo_percent": 99, "total_requests": 1.0}, "invalid_input", "total_requests"),
        ({"slo_percent": 99, "total_requests": -1}, "invalid_input", "total_requests"),
        (
            {"slo_percent": 99, "downtime_so_far_seconds": -1},
            "invalid_input",
            "downtime_so_far_seconds",
        ),
        ({"slo_percent": 99, "burn_rate": -1}, "invalid_input", "burn_rate"),
        ({"op": "spend", "slo_percent": 99}, "unknown_op", "op"),
        ({"op": "composite"}, "missing_field", "components"),
        ({"op": "composite", "components": []}, "invalid_input", "components"),
        ({"op": "composite", "components": [{}]}, "missing_field", "components[0].slo_percent"),
        (
            {"op": "composite", "components": [{"slo_percent": 100}]},
            "invalid_input",
            "components[0].slo_percent",
        ),
        (
            {"op": "composite", "components": [{"slo_percent": 9, "weight": -1}]},
            "invalid_input",
            "components[0].weight",
        ),
        (
            {
                "op": "composite",
                "components": [{"slo_percent": 9, "weight": 0}],
                "mode": "weighted",
            },
            "invalid_input",
            "components[0].weight",
        ),
        (
            {"op": "composite", "components": [{"slo_percent": 9}], "mode": "both"},
            "invalid_input",
            "mode",
        ),
    ],
)
def test_refusals(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("slo", given)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_warnings_name_the_place() -> None:
    answer = registry.run(
        "slo", {"op": "composite", "components": [{"slo_percent": 99, "wieght": 1}]}
    )
    assert answer.warnings == ("unknown field components[0].wieght: it was not used",)


def components(*percents: float) -> list[dict[str, float]]:
    return [{"slo_percent": percent} for percent in percents]


def test_composites() -> None:
    # Treynor et al.: a service cannot be more available than its critical dependencies together
    serial = run(op="composite", components=components(99.99, 99.99, 99.9))
    assert serial["slo_percent"] == pytest.approx(99.880020999)
    assert serial["error_budget_fraction"] == pytest.approx(0.00119979001)
    parallel = run(op="composite", components=components(99, 99), mode="parallel")
    assert parallel["slo_percent"] == pytest.approx(99.99)
    weighted = run(
        op="composite",
        mode="weighted",
        components=[{"slo_percent": 99, "weight": 3}, {"slo_percent": 95, "weight": 1}],
    )
    assert weighted["slo_percent"] == pytest.approx(98)
    even = run(op="composite", mode="weighted", components=components(99, 95))
    assert even["slo_percent"] == pytest.approx(97)


def test_nines_of_a_parallel_composite_are_not_lost() -> None:
    answer = run(op="composite", components=components(*[99.9] * 6), mode="parallel")
    assert answer["error_budget_fraction"] == pytest.approx(1e-18, rel=1e-9)


objectives = st.floats(0.001, 99.999)


@settings(max_examples=60, deadline=None)
@given(percents=st.lists(objectives, min_size=1, max_size=8))
def test_weighted_lies_between_serial_and_parallel(percents: list[float]) -> None:
    by_mode = {
        mode: run(op="composite", components=components(*percents), mode=mode)["slo_percent"]
        for mode in ("serial", "weighted", "parallel")
    }
    assert by_mode["serial"] <= min(percents) + 1e-9
    assert min(percents) - 1e-9 <= by_mode["weighted"] <= max(percents) + 1e-9
    assert by_mode["parallel"] >= max(percents) - 1e-9


@settings(max_examples=60, deadline=None)
@given(slo=objectives, days=st.floats(0.01, 400), total=st.integers(1, 10**9), data=st.data())
def test_the_budget_is_conserved(slo: float, days: float, total: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, total))
    answer = run(slo_percent=slo, window_days=days, total_requests=total, bad_requests=bad)
    assert answer["budget_consumed_fraction"] + answer["budget_remaining_fraction"] == (
        pytest.approx(1)
    )
    assert answer["budget_consumed_fraction"] * answer["allowed_bad_requests"] == (
        pytest.approx(bad)
    )
    assert answer["downtime_minutes"] * 60 == pytest.approx(answer["downtime_seconds"])
