"""Bad-seconds until a release is undone: by hand, and against a simulation second by second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design.strategy.exposure import Pieces, Response, Waves

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = 86400
MONTH = 30 * DAY
BUDGET = 0.001 * MONTH  # 2592 bad-seconds
ALERTS = ((0.02, 3600), (0.05, 21600), (0.10, 259200))
NEUTRAL_DELAY = 450.0


def simulated(
    pieces: Sequence[tuple[float, float]],
    error: float,
    budget: float,
    horizon: int,
    response: Response,
) -> tuple[float, float]:
    """Bounds of the bad-seconds, from a walk over every second.

    Whole-second pieces make the sums exact at whole seconds, so the alert fires within the
    second before the first one at which it is seen.
    """
    ends = np.cumsum([duration for duration, _ in pieces[:-1]])
    shares = np.array([share for _, share in pieces])
    length = horizon + math.ceil(response.delay) + 2
    share = shares[np.searchsorted(ends, np.arange(length), side="right")]
    spent = np.concatenate([[0.0], np.cumsum(share * error)])
    fired = []
    for part, window in ALERTS:
        late = spent[: horizon + 1]
        early = np.concatenate([np.zeros(min(window, horizon + 1)), late[: horizon + 1 - window]])
        seen = np.flatnonzero(late - early >= part * budget * (1 - 1e-9))
        if seen.size:
            fired.append(int(seen[0]))
    if not fired:
        return float(spent[horizon]), float(spent[horizon])
    first = max(0.0, min(fired) - 1 + response.delay)
    last = min(fired) + response.delay
    span = share[math.floor(first) : math.floor(last) + 1]
    bounds = []
    for moment, exposed in ((first, span.min()), (last, span.max())):
        whole = math.floor(moment)
        reached = spent[whole] + (moment - whole) * share[whole] * error
        undone = reached + error * exposed * response.act * response.ramp
        bounds.append(float(min(spent[horizon], undone) + response.outage))
    return bounds[0], bounds[1]


@pytest.mark.parametrize(
    ("pieces", "act", "ramp", "outage", "expected"),
    [
        # 51.84 at 0.1 a second: 518.4 s; 968.4 s until decided: 96.84; 35 s more: 3.5
        ([(math.inf, 1.0)], 35, 1.0, 0.0, 100.34),
        ([(math.inf, 1.0)], 0, 1.0, 60.0, 156.84),
        # 3 + 7.5 + 15 in the steps, 26.34 after them; 96.84 again; 5 s more: 0.5
        ([(300, 0.1), (300, 0.25), (300, 0.5), (math.inf, 1.0)], 5, 1.0, 0.0, 97.34),
        # 1.5 in the first wave; decided at 983.4 s: 96.84; half of 60 s: 3
        ([(30, 0.5), (math.inf, 1.0)], 60, 0.5, 0.0, 99.84),
        # 36 in an hour is too little; 129.6 at 0.01 a second: 12960 s; 134.1; 30 s more: 0.3
        ([(math.inf, 0.1)], 30, 1.0, 0.0, 134.4),
    ],
)
def test_the_neutral_table_by_hand(
    pieces: list[tuple[float, float]], act: float, ramp: float, outage: float, expected: float
) -> None:
    response = Response(NEUTRAL_DELAY, act, ramp, outage)
    assert Pieces(pieces, 0.1).undone(BUDGET, MONTH, response) == pytest.approx(expected, rel=1e-12)


def test_a_burst_leaves_the_window_before_it_suffices() -> None:
    # 600 s of everything spend 60 in the first window, then a hundredth for ever
    exposure = Pieces([(600, 1.0), (math.inf, 0.01)], 0.1)
    assert exposure.fires(60.0, 3600, MONTH) == pytest.approx(600)
    # while the burst stays in the window, the trickle of 0.001 a second adds up to 63 at 3600 s
    assert exposure.fires(62.0, 3600, MONTH) == pytest.approx(2600)
    assert exposure.fires(63.0, 3600, MONTH) == pytest.approx(3600)
    assert exposure.fires(63.01, 3600, MONTH) is None


def test_a_plateau_may_equal_the_amount() -> None:
    # the burn rate of 14.4 exactly: the hour fills just as the alert's amount is reached
    exposure = Pieces([(math.inf, 1.0)], 0.0144)
    assert exposure.fires(0.02 * BUDGET, 3600, MONTH) == pytest.approx(3600, rel=1e-9)
    waves = Waves(1, 30, 1.0, 0.0144)
    assert waves.fires(0.02 * BUDGET, 3600, MONTH) == pytest.approx(3600, rel=1e-9)
    assert Pieces([(math.inf, 1.0)], 0.01439).fires(0.02 * BUDGET, 3600, MONTH) is None


def test_what_no_alert_sees_burns_all_the_window() -> None:
    # 3 days hold 259.2 when 0.001 fails: just too slow a burn is never undone
    exposure = Pieces([(math.inf, 1.0)], 0.00099)
    response = Response(NEUTRAL_DELAY, 35, 1.0, outage=60.0)
    assert exposure.undone(BUDGET, MONTH, response) == pytest.approx(0.00099 * MONTH, rel=1e-12)


def test_undoing_never_costs_more_than_leaving_it() -> None:
    exposure = Pieces([(math.inf, 1.0)], 0.5)
    response = Response(10 * MONTH, 35, 1.0, outage=60.0)
    assert exposure.undone(BUDGET, MONTH, response) == pytest.approx(0.5 * MONTH + 60, rel=1e-12)


def test_share_at_the_start_of_a_piece_is_that_pieces() -> None:
    exposure = Pieces([(300, 0.1), (0, 0.9), (300, 0.25), (math.inf, 1.0)], 0.1)
    assert [exposure.share(t) for t in (0, 299, 300, 599, 600, 1e9)] == [0.1, 0.1, 0.25, 0.25, 1, 1]
    waves = Waves(4, 0.1, 0.25, 1.0)
    assert [waves.share(i * 0.1) for i in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]


whole_pieces = st.lists(
    st.tuples(st.integers(1, 40_000), st.sampled_from([0.01, 0.1, 0.25, 0.5, 1.0])), max_size=5
)
faults = st.sampled_from([0.0005, 0.002, 0.0144, 0.05, 0.1, 0.5, 1.0])
responses = st.builds(
    Response,
    delay=st.integers(0, 4000).map(float),
    act=st.integers(0, 600).map(float),
    ramp=st.sampled_from([0.5, 1.0]),
    outage=st.sampled_from([0.0, 60.0]),
)


@settings(max_examples=60, deadline=None)
@given(
    steps=whole_pieces,
    last=st.sampled_from([0.1, 1.0]),
    error=faults,
    slo=st.sampled_from([0.01, 0.001, 0.0005]),
    days=st.sampled_from([1, 4]),
    response=responses,
)
def test_agrees_with_a_simulation_of_every_second(
    steps: list[tuple[int, float]],
    last: float,
    error: float,
    slo: float,
    days: int,
    response: Response,
) -> None:
    pieces = [*((float(duration), share) for duration, share in steps), (math.inf, last)]
    horizon = days * DAY
    low, high = simulated(pieces, error, slo * horizon, horizon, response)
    exact = Pieces(pieces, error).undone(slo * horizon, horizon, response)
    slack = 1e-6 * max(1.0, high)
    assert low - slack <= exact <= high + slack


@settings(max_examples=100, deadline=None)
@given(
    count=st.integers(1, 60),
    seconds=st.sampled_from([0.0, 0.1, 7.3, 30.0, 600.0, 40_000.0]),
    error=faults,
    slo=st.sampled_from([0.01, 0.001, 0.0001]),
    days=st.sampled_from([1, 28, 30]),
    response=responses,
)
def test_waves_agree_with_the_same_pieces(
    count: int, seconds: float, error: float, slo: float, days: int, response: Response
) -> None:
    rise = 0.999 / count
    pieces = [*((seconds, i * rise) for i in range(1, count)), (math.inf, 1.0)]
    budget, horizon = slo * days * DAY, days * DAY
    closed = Waves(count, seconds, rise, error).undone(budget, horizon, response)
    summed = Pieces(pieces, error).undone(budget, horizon, response)
    # where a decision falls on the start of a wave, the last bits choose the wave
    wave = error * (rise + 0.001) * response.act * response.ramp
    assert closed == pytest.approx(summed, rel=1e-9) or abs(closed - summed) <= wave * 1.000001


def test_a_billion_waves_are_no_work() -> None:
    waves = Waves(10**9, 30.0, 1e-9, 1.0)
    # t ** 2 / 2 * 1e-9 / 30 until the window ends: no alert sees so slow a rise
    assert waves.undone(BUDGET, MONTH, Response(450.0, 3e10, 0.5)) == pytest.approx(
        MONTH**2 / 2 * 1e-9 / 30, rel=1e-4
    )
