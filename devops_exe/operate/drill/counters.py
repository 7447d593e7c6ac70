"""What Prometheus makes of counters: ``rate()`` with its extrapolation, and a rule on top.

The prediction evaluates the rules on the samples that a scrape would have taken, and not by a
formula of the mean: at a few errors a window the mean says little about the first alert.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.operate.drill.model import Rule


def increase(
    times: Sequence[float], values: Sequence[float], at: float, window: float
) -> float | None:
    """``increase(counter[window])`` at ``at``, for a counter that is never reset.

    Source: prometheus/prometheus promql/functions.go extrapolatedRate: with ``d`` between the
    first and last sample in the window, the difference is scaled to ``d`` plus what lies
    between them and the window's ends, each at most half the mean spacing unless it is below
    1.1 spacings, and at the start not beyond the point where the counter would be zero.

    Returns:
        None with fewer than two samples in the window.

    >>> increase([0, 1, 2, 3], [0, 10, 20, 30], at=3, window=3)
    30.0
    >>> increase([0, 1], [0, 5], at=9, window=3) is None
    True
    """
    low, high = bisect_left(times, at - window), bisect_right(times, at)
    count = high - low
    if count < 2:
        return None
    first, last = values[low], values[high - 1]
    grown = last - first
    sampled = times[high - 1] - times[low]
    spacing = sampled / (count - 1)
    start, end = times[low] - (at - window), at - times[high - 1]
    if grown > 0 and first >= 0:
        start = min(start, sampled * first / grown)
    limit = spacing * 1.1
    whole = sampled
    whole += start if start < limit else spacing / 2
    whole += end if end < limit else spacing / 2
    return grown * whole / sampled


Series = tuple["Sequence[float]", "Sequence[float]"]
"""Times of samples, ascending, and their values. A new version's begin when it does, and its
``rate()`` is extrapolated from that short piece alone."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Counters as scraped: one series each of good and of bad requests."""

    good: tuple[Series, ...]
    bad: tuple[Series, ...]

    def grown(self, at: float, window: float) -> tuple[float, float] | None:
        """Good and bad requests in a window; None where it holds fewer than two samples."""
        sums = []
        for group in (self.good, self.bad):
            total = 0.0
            for times, values in group:
                found = increase(times, values, at, window)
                if found is None:
                    return None
                total += found
            sums.append(total)
        return sums[0], sums[1]


def holds(rule: Rule, samples: Samples, at: float) -> bool:
    """Whether a rule's expression yields a value at an evaluation."""
    for condition in rule.conditions:
        grown = samples.grown(at, condition.window)
        if grown is None or sum(grown) <= 0 or grown[1] / sum(grown) <= condition.above:
            return False
    if rule.floor_bad:
        grown = samples.grown(at, rule.floor_window)
        return grown is not None and grown[1] >= rule.floor_bad
    return True
