"""Burn-rate alerts and detection: Workbook ch. 5, sloth's and pyrra's own tests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.design.slo.detection import Detection, detect
from devops_exe.ground.errors import CalculatorError

MINUTE, HOUR, DAY = 60, 3600, 86400


def run(op: str, **given: object) -> dict[str, Any]:
    return dict(registry.run("slo", {"op": op, **given}).outputs)


def alerts(**given: object) -> list[dict[str, Any]]:
    return list(run("burn_alerts", **given)["alerts"])


def test_google_is_table_5_8() -> None:
    answer = run("burn_alerts", slo_percent=99.9)
    assert answer["error_budget_fraction"] == pytest.approx(0.001)
    expected = [
        ("page", HOUR, 5 * MINUTE, 14.4, 2),
        ("page", 6 * HOUR, 30 * MINUTE, 6, 5),
        ("ticket", 3 * DAY, 6 * HOUR, 1, 10),
    ]
    assert answer["alerts"] == [
        {
            "severity": severity,
            "long_window_seconds": long,
            "short_window_seconds": short,
            "burn_rate": pytest.approx(burn),
            "error_ratio_threshold": pytest.approx(burn * 0.001),
            "budget_consumed_percent": percent,
        }
        for severity, long, short, burn, percent in expected
    ]


# slok/sloth internal/alert/alert_test.go TestGenerateMWMBAlerts
@pytest.mark.parametrize(
    ("days", "factors"),
    [
        (30, [14.4, 6, 3, 1]),
        (28, [13.44, 5.6000000000000005, 2.8000000000000003, 0.9333333333333333]),
    ],
)
def test_sloth_factors(days: int, factors: list[float]) -> None:
    rows = alerts(slo_percent=99.9, window_days=days, scheme="sloth")
    assert [row["burn_rate"] for row in rows] == pytest.approx(factors, rel=1e-15)
    assert [row["severity"] for row in rows] == ["page", "page", "ticket", "ticket"]
    assert [(row["long_window_seconds"], row["short_window_seconds"]) for row in rows] == [
        (HOUR, 5 * MINUTE),
        (6 * HOUR, 30 * MINUTE),
        (DAY, 2 * HOUR),
        (3 * DAY, 6 * HOUR),
    ]


def test_custom_windows_as_sloth_computes_them() -> None:
    # the same test, "7 day custom time window"
    given = [
        ("page", 8, HOUR, 5 * MINUTE),
        ("page", 12.5, 6 * HOUR, 30 * MINUTE),
        ("ticket", 20, DAY, 2 * HOUR),
        ("ticket", 42, 3 * DAY, 6 * HOUR),
    ]
    rows = alerts(
        slo_percent=99.9,
        window_days=7,
        scheme="custom",
        alerts=[
            {
                "severity": severity,
                "budget_percent": percent,
                "long_window_seconds": long,
                "short_window_seconds": short,
            }
            for severity, percent, long, short in given
        ],
    )
    assert [row["burn_rate"] for row in rows] == pytest.approx([13.44, 3.5, 1.4, 0.98])
    assert [row["budget_consumed_percent"] for row in rows] == [8, 12.5, 20, 42]


# pyrra-dev/pyrra slo/rules_test.go TestObjective_Burnrates: windows of 4, 2 and 1 weeks;
# the 2-week row has halves (150 s, 7.5 min in the 1-week row), rounded up
PYRRA = {
    28: [
        (2 * MINUTE, HOUR, 5 * MINUTE),
        (15 * MINUTE, 6 * HOUR, 30 * MINUTE),
        (HOUR, DAY, 2 * HOUR),
        (3 * HOUR, 4 * DAY, 6 * HOUR),
    ],
    14: [
        (MINUTE, 30 * MINUTE, 3 * MINUTE),
        (8 * MINUTE, 3 * HOUR, 15 * MINUTE),
        (30 * MINUTE, 12 * HOUR, HOUR),
        (90 * MINUTE, 2 * DAY, 3 * HOUR),
    ],
    7: [
        (MINUTE, 15 * MINUTE, MINUTE),
        (4 * MINUTE, 90 * MINUTE, 8 * MINUTE),
        (15 * MINUTE, 6 * HOUR, 30 * MINUTE),
        (45 * MINUTE, DAY, 90 * MINUTE),
    ],
    30: [
        (2 * MINUTE, 64 * MINUTE, 5 * MINUTE),
        (16 * MINUTE, 386 * MINUTE, 32 * MINUTE),
        (64 * MINUTE, 1543 * MINUTE, 129 * MINUTE),
        (193 * MINUTE, 6171 * MINUTE, 386 * MINUTE),
    ],
}


@pytest.mark.parametrize("days", PYRRA)
def test_pyrra_windows(days: int) -> None:
    rows = alerts(slo_percent=99, window_days=days, scheme="pyrra")
    assert [
        (row["for_seconds"], row["long_window_seconds"], row["short_window_seconds"])
        for row in rows
    ] == PYRRA[days]
    assert [(row["severity"], row["burn_rate"]) for row in rows] == [
        ("critical", 14),
        ("critical", 7),
        ("warning", 2),
        ("warning", 1),
    ]
    assert [row["error_ratio_threshold"] for row in rows] == pytest.approx([0.14, 0.07, 0.02, 0.01])
    for row in rows:
        assert row["budget_consumed_percent"] == pytest.approx(
            100 * row["burn_rate"] * row["long_window_seconds"] / (days * DAY)
        )


def test_only_pyrra_holds() -> None:
    assert all("for_seconds" not in row for row in alerts(slo_percent=99))


def test_an_error_ratio_adds_detection_to_each_alert() -> None:
    page, slow, ticket = alerts(slo_percent=99.9, error_ratio=0.01)
    assert (page["fires"], page["detection_seconds"], page["reset_seconds"]) == (False, None, None)
    assert page["budget_consumed_at_detection_percent"] is None
    assert slow["fires"] is True
    assert slow["detection_seconds"] == pytest.approx(6 * HOUR * 0.6)
    assert slow["reset_seconds"] == pytest.approx(30 * MINUTE * 0.4)
    assert slow["budget_consumed_at_detection_percent"] == pytest.approx(5)
    assert ticket["detection_seconds"] == pytest.approx(3 * DAY * 0.1)


def detected(**given: object) -> dict[str, Any]:
    return run("detection", **{"slo_percent": 99.9, "error_ratio": 1, **given})


def test_workbook_iterations_of_a_total_outage() -> None:
    # 1: 10 min window, burn rate 1 (target error rate >= SLO threshold): 0.6 s
    first = detected(burn_rate=1, long_window_seconds=10 * MINUTE)
    assert first["detection_seconds"] == pytest.approx(0.6)
    assert first["budget_consumed_at_detection_percent"] == pytest.approx(0.02, abs=0.005)
    # 2: 36 h window: 2 min 10 s, 5 % of the budget
    second = detected(burn_rate=1, long_window_seconds=36 * HOUR)
    assert second["detection_seconds"] == pytest.approx(130, abs=1)
    assert second["budget_consumed_at_detection_percent"] == pytest.approx(5)
    # 4: burn rate 36 over an hour: 5 % of the budget, reset after 58 minutes
    fourth = detected(burn_rate=36, long_window_seconds=HOUR)
    assert fourth["budget_consumed_at_detection_percent"] == pytest.approx(5)
    assert fourth["reset_seconds"] / MINUTE == pytest.approx(58, abs=0.5)
    assert fourth["detection_seconds"] == pytest.approx(129.6)


def test_the_short_window_resets() -> None:
    answer = detected(burn_rate=14.4, long_window_seconds=HOUR, short_window_seconds=5 * MINUTE)
    assert answer["detection_seconds"] == pytest.approx(51.84)
    assert answer["reset_seconds"] == pytest.approx(295.68)


@pytest.mark.parametrize(("factor", "fires"), [(1, True), (1 - 1e-13, True), (1 - 1e-11, False)])
def test_a_ratio_at_the_threshold_fires(factor: float, fires: bool) -> None:
    answer = detected(error_ratio=0.0144 * factor, burn_rate=14.4, long_window_seconds=HOUR)
    assert answer["fires"] is fires


def test_no_errors_never_fire() -> None:
    nothing = {
        "fires": False,
        "detection_seconds": None,
        "reset_seconds": None,
        "budget_consumed_at_detection_percent": None,
    }
    assert detected(error_ratio=0, burn_rate=1, long_window_seconds=HOUR) == nothing
    assert detected(error_ratio=0, burn_rate=0, long_window_seconds=HOUR) == nothing


CUSTOM = {
    "severity": "page",
    "budget_percent": 2,
    "long_window_seconds": 3600,
    "short_window_seconds": 300,
}


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"op": "burn_alerts"}, "missing_field", "slo_percent"),
        ({"op": "burn_alerts", "slo_percent": 100}, "invalid_input", "slo_percent"),
        ({"op": "burn_alerts", "slo_percent": 99, "scheme": "x"}, "invalid_input", "scheme"),
        ({"op": "burn_alerts", "slo_percent": 99, "scheme": "custom"}, "missing_field", "alerts"),
        (
            {"op": "burn_alerts", "slo_percent": 99, "scheme": "custom", "alerts": []},
            "invalid_input",
            "alerts",
        ),
        (
            {
                "op": "burn_alerts",
                "slo_percent": 99,
                "scheme": "custom",
                "alerts": [CUSTOM, {**CUSTOM, "long_window_seconds": 0}],
            },
            "invalid_input",
            "alerts[1].long_window_seconds",
        ),
        (
            {
                "op": "burn_alerts",
                "slo_percent": 99,
                "scheme": "custom",
                "alerts": [{**CUSTOM, "budget_percent": None}],
            },
            "missing_field",
            "alerts[0].budget_percent",
        ),
        (
            {"op": "burn_alerts", "slo_percent": 99, "error_ratio": 1.1},
            "invalid_input",
            "error_ratio",
        ),
        ({"op": "detection", "slo_percent": 99}, "missing_field", "error_ratio"),
        (
            {"op": "detection", "slo_percent": 99, "error_ratio": 1, "burn_rate": 1},
            "missing_field",
            "long_window_seconds",
        ),
        (
            {
                "op": "detection",
                "slo_percent": 99,
                "error_ratio": 1,
                "burn_rate": -1,
                "long_window_seconds": 1,
            },
            "invalid_input",
            "burn_rate",
        ),
    ],
)
def test_refusals(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("slo", given)
    assert (caught.value.code, caught.value.where) == (code, where)


def average(now: float, window: float, fault: float, ratio: float) -> float:
    """Error ratio of a window ending ``now``, a fault of ``ratio`` lasting from 0 to ``fault``."""
    overlap = max(0.0, min(now, fault) - max(0.0, now - window))
    return ratio * overlap / window


@settings(max_examples=80, deadline=None)
@given(
    slo=st.floats(90, 99.99),
    ratio=st.floats(0.001, 1),
    burn=st.floats(0.5, 50),
    long=st.floats(600, 10**6),
    share=st.floats(0.05, 1),
)
def test_detection_and_reset_are_when_the_windows_cross(
    slo: float, ratio: float, burn: float, long: float, share: float
) -> None:
    short = long * share
    threshold = burn * (100 - slo) / 100
    found = detect(
        slo_percent=slo,
        error_ratio=ratio,
        burn_rate=burn,
        long_window_seconds=long,
        short_window_seconds=short,
    )
    if not found.fires:
        assert found == Detection(fires=False)
        assert ratio < threshold
        return
    assert found.detection_seconds is not None
    assert found.reset_seconds is not None
    at = found.detection_seconds
    assert average(at, long, at, ratio) == pytest.approx(threshold)
    assert average(at, short, at, ratio) >= threshold * (1 - 1e-9)
    # a fault long enough to fill the short window, then the recovery
    over = found.reset_seconds
    assert average(long + over, short, long, ratio) == pytest.approx(threshold, rel=1e-6)
