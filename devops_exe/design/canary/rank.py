"""Whether a canary's latencies are shifted: ranks, not means, for their tails are long."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate, groupby
from typing import Literal

from pydantic import Field

from devops_exe.design.canary.distributions import upper_normal
from devops_exe.design.operation import CalculatorInput, CalculatorOutput, refuse

MOST_VALUES = 1_000_000
"""Values of both lists together above which the shift would take longer than anybody waits."""

_SAMPLE = 16_384
_GOLDEN = (math.sqrt(5) - 1) / 2


class MannWhitneyInput(CalculatorInput):
    """One metric, sampled of both versions."""

    op: Literal["mann_whitney"] = Field("mann_whitney", description="the operation")
    experiment: list[float] = Field(
        min_length=1, description="samples of the canary, in the metric's own unit"
    )
    control: list[float] = Field(
        min_length=1, description="samples of the version in service, in the same unit"
    )


class MannWhitneyOutput(CalculatorOutput):
    """Whether, and how far, the canary is shifted."""

    u_statistic: float = Field(
        description="pairs in which the experiment is larger, ties counting half"
    )
    p_value: float = Field(description="two-sided p by the normal approximation")
    hodges_lehmann_shift: float = Field(
        description="median of all differences experiment - control, in the metric's unit"
    )
    common_language_effect: float = Field(
        description="U/(n*m): probability that a canary's sample is the larger of a pair"
    )


def mann_whitney(given: MannWhitneyInput) -> MannWhitneyOutput:
    """Mann-Whitney U test of the canary's samples against the baseline's.

    Equations: ``U = R - n*(n + 1)/2`` with mid-ranks; ``p = 2*(1 - Phi((|U - n*m/2| - 0.5)/s))``,
    ``s^2 = n*m/12 * (N + 1 - sum(t^3 - t)/(N*(N - 1)))`` over groups of t ties, N = n + m;
    1 where s is 0. The shift is the median of the n*m differences, found by selection in the
    sorted rows without making them: memory grows with N, time with ``N*log(N)`` (a second at
    twice 10^5).
    Source: Mann & Whitney 1947; Hodges & Lehmann 1963; Floyd & Rivest 1975 (selection
    by sampled pivots).
    Kayenta's NetflixACAJudge judges such figures with a tolerance of 0.25 at a confidence of
    0.98; no verdict is given here.

    Raises:
        CalculatorError: ``invalid_input`` (an empty list, a value that is not finite),
            ``too_large`` above 1000000 values.

    >>> told = mann_whitney(MannWhitneyInput(experiment=[4, 5, 6], control=[1, 2, 3]))
    >>> told.u_statistic, told.hodges_lehmann_shift, round(told.p_value, 4)
    (9.0, 3.0, 0.0809)

    >>> told = mann_whitney(MannWhitneyInput(experiment=[1, 2, 2], control=[2, 2, 3, 9]))
    >>> told.u_statistic, told.common_language_effect, told.hodges_lehmann_shift
    (2.0, 0.16666666666666666, -1.0)
    """
    n, m = len(given.experiment), len(given.control)
    if n + m > MOST_VALUES:
        refuse(
            f"{n + m} values are too many",
            where="experiment",
            fix=f"give at most {MOST_VALUES} in both lists together, for example a random sample",
            code="too_large",
        )
    rank_sum, ties = _rank_sum(given.experiment, given.control)
    u = rank_sum - n * (n + 1) / 2
    size = n + m
    variance = n * m / 12 * ((size + 1) - ties / (size * (size - 1)))
    p_value = 1.0
    if variance > 0:
        distance = max(u, n * m - u) - n * m / 2 - 0.5
        p_value = min(1.0, 2 * upper_normal(distance / math.sqrt(variance)))
    return MannWhitneyOutput(
        u_statistic=u,
        p_value=p_value,
        hodges_lehmann_shift=median_difference(given.experiment, given.control),
        common_language_effect=u / (n * m),
    )


def median_difference(left: list[float], right: list[float]) -> float:
    """Median of all ``len(left) * len(right)`` differences left - right.

    >>> median_difference([1.0, 5.0], [0.0, 2.0])
    2.0
    """
    rows = sorted(left)
    columns = sorted(-value for value in right)
    pairs = len(rows) * len(columns)
    lower, upper = _select(rows, columns, (pairs - 1) // 2, pairs // 2)
    return (lower + upper) / 2


def _select(rows: list[float], columns: list[float], first: int, last: int) -> tuple[float, float]:
    """The sums row + column at two ranks, equal or neighbours, of all in ascending order.

    Each row of the table of sums ascends and keeps a range of columns that may still hold the
    answer. Two pivots around it, themselves candidates, shrink the ranges in every round.
    """
    low = [0] * len(rows)
    high = [len(columns)] * len(rows)
    few = max(20_000, 4 * (len(rows) + len(columns)))
    while sum(high) - sum(low) > few:
        for pivot in _bracket(rows, columns, low, high, first):
            below = _counts(rows, columns, pivot, inclusive=False)
            if last < sum(below):
                high = below
                break
            upto = _counts(rows, columns, pivot, inclusive=True)
            if first < sum(upto):
                return _around(rows, columns, pivot, below, upto, first, last)
            low = upto
    left = sorted(
        row + column
        for row, start, end in zip(rows, low, high, strict=True)
        for column in columns[start:end]
    )
    skipped = sum(low)
    return left[first - skipped], left[last - skipped]


def _around(
    rows: list[float],
    columns: list[float],
    pivot: float,
    below: list[int],
    upto: list[int],
    first: int,
    last: int,
) -> tuple[float, float]:
    """Both answers when one of them is the pivot; the other may be its neighbour."""
    lower = upper = pivot
    if first < sum(below):
        lower = max(row + columns[end - 1] for row, end in zip(rows, below, strict=True) if end)
    if last >= sum(upto):
        upper = min(
            row + columns[end] for row, end in zip(rows, upto, strict=True) if end < len(columns)
        )
    return lower, upper


def _bracket(
    rows: list[float], columns: list[float], low: list[int], high: list[int], rank: int
) -> tuple[float, float]:
    """Two candidates that very likely enclose the one at ``rank``.

    They are three standard deviations to either side of its place in a sample of the
    candidates; the sample steps by the golden ratio, so that equal inputs give equal work.
    """
    ends = list(accumulate(end - start for start, end in zip(low, high, strict=True)))
    total = ends[-1]
    sample = []
    for number in range(_SAMPLE):
        place = min(total - 1, int(total * ((number + 0.5) * _GOLDEN % 1)))
        row = bisect_right(ends, place)
        sample.append(rows[row] + columns[high[row] - (ends[row] - place)])
    sample.sort()
    middle = _SAMPLE * (rank - sum(low)) // total
    margin = int(1.5 * math.sqrt(_SAMPLE))
    return sample[max(0, middle - margin)], sample[min(_SAMPLE - 1, middle + margin)]


def _counts(rows: list[float], columns: list[float], pivot: float, *, inclusive: bool) -> list[int]:
    """For each row how many sums are below ``pivot`` (or at it), in one walk down the stairs."""
    found = []
    end = len(columns)
    for row in rows:
        if inclusive:
            while end and row + columns[end - 1] > pivot:
                end -= 1
        else:
            while end and row + columns[end - 1] >= pivot:
                end -= 1
        found.append(end)
    return found


def _rank_sum(experiment: list[float], control: list[float]) -> tuple[float, int]:
    """Sum of the experiment's mid-ranks, and the sum of t^3 - t over groups of ties."""
    merged = sorted([(value, 1) for value in experiment] + [(value, 0) for value in control])
    before = ties = 0
    total = 0.0
    for _, group in groupby(merged, key=lambda item: item[0]):
        members = [own for _, own in group]
        size = len(members)
        total += sum(members) * (before + (size + 1) / 2)
        ties += size**3 - size
        before += size
    return total, ties
