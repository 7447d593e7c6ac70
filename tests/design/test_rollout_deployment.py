"""Rolling updates: upstream's test tables, and a simulated controller as oracle."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.design.rollout.deployment import Fenceposts, resolve, waves
from devops_exe.ground.errors import CalculatorError


def run(op: str, **given: object) -> dict[str, Any]:
    return dict(registry.run("rollout", {"op": op, **given}).outputs)


# kubernetes deployment_util_test.go TestResolveFenceposts
@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "expected"),
    [
        ("0%", "0%", 0, (0, 1)),
        ("39%", "39%", 10, (4, 3)),
        (None, "39%", 10, (0, 3)),
        ("39%", None, 10, (4, 0)),
        (None, None, 10, (0, 1)),
    ],
)
def test_resolve_fenceposts_as_upstream(
    surge: object, unavailable: object, replicas: int, expected: tuple[int, int]
) -> None:
    answer = run("fenceposts", replicas=replicas, max_surge=surge, max_unavailable=unavailable)
    assert (answer["surge"], answer["unavailable"]) == expected


@pytest.mark.parametrize(
    ("surge", "unavailable", "where"),
    [
        ("oops", "39%", "max_surge"),
        ("55%", "urg", "max_unavailable"),
        ("5", "1%", "max_surge"),
        ("-5%", "1%", "max_surge"),
        ("5.5%", "1%", "max_surge"),
        ("٥%", "1%", "max_surge"),
        ("5%\n", "1%", "max_surge"),
        (" 5%", "1%", "max_surge"),
        ("%", "1%", "max_surge"),
        ("", "1%", "max_surge"),
        (-1, "1%", "max_surge"),
        (1.0, "1%", "max_surge"),
        (True, "1%", "max_surge"),
        ([], "1%", "max_surge"),
        ("9" * 5000 + "%", "1%", "max_surge"),
        (1, "9" * 19 + "%", "max_unavailable"),
    ],
)
def test_bad_bounds_are_refused(surge: object, unavailable: object, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        run("fenceposts", replicas=7, max_surge=surge, max_unavailable=unavailable)
    assert (caught.value.code, caught.value.where) == ("invalid_input", where)


# kubernetes deployment_util_test.go TestMaxUnavailable (surge 1)
@pytest.mark.parametrize(
    ("replicas", "unavailable", "expected"),
    [
        (10, 5, 5),
        (10, 10, 10),
        (5, 10, 5),
        (0, 10, 0),
        (10, "50%", 5),
        (10, "100%", 10),
        (5, "100%", 5),
    ],
)
def test_max_unavailable_as_upstream(replicas: int, unavailable: object, expected: int) -> None:
    answer = run("fenceposts", replicas=replicas, max_surge=1, max_unavailable=unavailable)
    assert answer["max_unavailable_effective"] == expected
    assert answer["min_available"] == replicas - expected
    assert answer["max_total"] == replicas + 1


def test_defaults_are_a_quarter_each() -> None:
    assert run("fenceposts", replicas=10) == {
        "surge": 3,
        "unavailable": 2,
        "max_unavailable_effective": 2,
        "max_total": 13,
        "min_available": 8,
    }


def test_rolling_is_the_default_and_reports_all_it_promises() -> None:
    answer = registry.run("rollout", {"replicas": 10, "pod_startup_seconds": 30})
    assert answer.operation.name == "rollout.rolling"
    assert answer.outputs == {
        "waves": 2,
        "wave_seconds": 30,
        "duration_seconds": 60,
        "fully_drained_seconds": 90,
        "peak_pods": 13,
        "min_available_pods": 8,
        "progress_deadline_exceeded": False,
        "surge": 3,
        "max_unavailable_effective": 2,
    }


def test_no_replicas_take_no_time() -> None:
    answer = run("rolling", replicas=0, pod_startup_seconds=30)
    assert (answer["waves"], answer["duration_seconds"], answer["fully_drained_seconds"]) == (
        0,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("startup", "ready", "deadline", "exceeded"),
    [(600, 0, 600, False), (600.5, 0, 600, True), (30, 599, 600, False), (11, 9, 10, True)],
)
def test_the_deadline_counts_from_the_last_progress(
    startup: float, ready: float, deadline: float, exceeded: bool
) -> None:
    answer = run(
        "rolling",
        replicas=3,
        pod_startup_seconds=startup,
        min_ready_seconds=ready,
        progress_deadline_seconds=deadline,
    )
    assert answer["progress_deadline_exceeded"] is exceeded


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"replicas": 3}, "missing_field", "pod_startup_seconds"),
        ({"pod_startup_seconds": 3}, "missing_field", "replicas"),
        ({"replicas": None, "pod_startup_seconds": 3}, "missing_field", "replicas"),
        ({"replicas": 3.0, "pod_startup_seconds": 3}, "invalid_input", "replicas"),
        ({"replicas": True, "pod_startup_seconds": 3}, "invalid_input", "replicas"),
        ({"replicas": -1, "pod_startup_seconds": 3}, "invalid_input", "replicas"),
        ({"replicas": 3, "pod_startup_seconds": "3"}, "invalid_input", "pod_startup_seconds"),
        ({"replicas": 3, "pod_startup_seconds": -3}, "invalid_input", "pod_startup_seconds"),
        (
            {"replicas": 3, "pod_startup_seconds": 3, "min_ready_seconds": 600},
            "invalid_input",
            "progress_deadline_seconds",
        ),
        ({"op": "rollback"}, "unknown_op", "op"),
        (
            {"replicas": 10**400, "pod_startup_seconds": 3},
            "invalid_input",
            "rollout.rolling",
        ),
    ],
)
def test_refusals(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("rollout", given)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_an_unknown_field_is_a_warning() -> None:
    given = {"replicas": 3, "pod_startup_seconds": 3, "max_surges": 1}
    assert registry.run("rollout", given).warnings == ("unknown field max_surges: it was not used",)


class Simulated(NamedTuple):
    waves: int
    peak: int
    fewest: int


def simulate(replicas: int, bounds: Fenceposts) -> Simulated:
    """The deployment controller (rolling.go), every new pod available after one wave."""
    old, ready, starting, passed = replicas, 0, 0, 0
    peak, fewest = replicas, replicas
    while True:
        changed = True
        while changed:
            new = ready + starting
            grow = max(0, min(replicas - new, replicas + bounds.surge - old - new))
            starting += grow
            peak = max(peak, old + ready + starting)
            shrink = max(0, min(old, old + ready - (replicas - bounds.effective)))
            old -= shrink
            fewest = min(fewest, old + ready)
            changed = grow > 0 or shrink > 0
        if ready == replicas:
            return Simulated(passed, peak, fewest)
        ready, starting, passed = ready + starting, 0, passed + 1


def test_the_closed_form_is_the_controller() -> None:
    for replicas in range(26):
        for surge in range(8):
            for unavailable in range(8):
                bounds = resolve(replicas, surge, unavailable)
                seen = simulate(replicas, bounds)
                answer = run(
                    "rolling",
                    replicas=replicas,
                    max_surge=surge,
                    max_unavailable=unavailable,
                    pod_startup_seconds=1,
                )
                assert (
                    answer["waves"],
                    answer["peak_pods"],
                    answer["min_available_pods"],
                ) == seen, (replicas, surge, unavailable)


percents = st.integers(0, 200).map(lambda percent: f"{percent}%")


@settings(max_examples=100, deadline=None)
@given(replicas=st.integers(0, 300), surge=percents, unavailable=percents)
def test_percentages_agree_with_the_controller(replicas: int, surge: str, unavailable: str) -> None:
    bounds = resolve(replicas, surge, unavailable)
    assert bounds.surge + bounds.unavailable > 0
    assert 0 <= bounds.effective <= replicas
    seen = simulate(replicas, bounds)
    assert waves(replicas, bounds.surge, bounds.effective) == seen.waves


@settings(max_examples=60, deadline=None)
@given(
    replicas=st.integers(1, 300),
    surge=st.integers(0, 50),
    unavailable=st.integers(0, 50),
    startup=st.floats(0, 590),
)
def test_more_room_is_never_slower(
    replicas: int, surge: int, unavailable: int, startup: float
) -> None:
    def duration(more: int) -> float:
        answer = run(
            "rolling",
            replicas=replicas,
            max_surge=surge + more,
            max_unavailable=unavailable,
            pod_startup_seconds=startup,
        )
        return float(answer["duration_seconds"])

    assert duration(1) <= duration(0)
