"""Bad-seconds: the error budget that a bad release spends until it is undone.

A release exposes a share ``b(t)`` of the traffic, constant in pieces; a bad one fails the
ratio ``e`` of it, so it spends ``C(t) = integral of b * e`` bad-seconds. C is piecewise linear,
and so is what a window of it holds: the moment an alert fires is found exactly.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOGLE_ALERTS: tuple[tuple[float, float], ...] = (
    (0.02, 3600.0),
    (0.05, 21600.0),
    (0.10, 259200.0),
)
"""Share of the budget and long window in seconds (SRE Workbook ch. 5, Table 5-8)."""

# A plateau of C may equal the alert's amount but for the last bits.
_REACHED = 1e-12

Piece = tuple[float, float]
"""Duration in seconds (infinite for the last) and exposed share of the traffic."""


@dataclass(frozen=True, slots=True)
class Response:
    """What happens once an alert fires.

    Attributes:
        delay: until the alert arrives and the decision is taken, seconds.
        act: until the old version serves again, seconds.
        ramp: mean exposure while acting, as a share of that at its start.
        outage: seconds of full outage that the act costs.
    """

    delay: float
    act: float
    ramp: float = 1.0
    outage: float = 0.0


def _crossing(before: float, low: float, after: float, high: float, amount: float) -> float:
    """When a line from ``low`` at ``before`` to ``high`` at ``after`` reaches ``amount``."""
    if high <= amount or high <= low:
        return after
    return before + (amount - low) / (high - low) * (after - before)


class Exposure(ABC):
    """The exposure of a release over time, and what it spends.

    Attributes:
        error_ratio: share of the exposed requests that a bad release fails.
    """

    error_ratio: float

    @abstractmethod
    def share(self, t: float) -> float:
        """``b(t)``; at the start of a piece that piece's."""

    @abstractmethod
    def total(self, t: float) -> float:
        """``C(t)``: bad-seconds spent until ``t``."""

    @abstractmethod
    def fires(self, amount: float, window: float, horizon: float) -> float | None:
        """The first moment at which the last ``window`` seconds hold ``amount`` bad-seconds.

        Returns:
            Seconds from the start, at most ``horizon``; None where it never does.
        """

    def held(self, t: float, window: float) -> float:
        """Bad-seconds in the last ``window`` seconds before ``t``."""
        return self.total(t) - self.total(max(0.0, t - window))

    def undone(self, budget: float, horizon: float, response: Response) -> float:
        """Bad-seconds until a release is undone by the first alert that fires.

        Args:
            budget: error budget of the window, bad-seconds.
            horizon: the compliance window, seconds.
            response: what follows the alert.
        """
        moments = [
            t
            for share, window in GOOGLE_ALERTS
            if (t := self.fires(share * budget, window, horizon)) is not None
        ]
        if not moments:
            return self.total(horizon)
        decided = min(moments) + response.delay
        acting = self.error_ratio * self.share(decided) * response.act * response.ramp
        return min(
            self.total(horizon) + response.outage,
            self.total(decided) + acting + response.outage,
        )


class Pieces(Exposure):
    """Any constant pieces one after the other: the steps of a canary, a switch, a cohort."""

    def __init__(self, pieces: Sequence[Piece], error_ratio: float) -> None:
        self.error_ratio = error_ratio
        self.starts: list[float] = []
        self.shares: list[float] = []
        self.spent: list[float] = []
        start = spent = 0.0
        for duration, share in pieces:
            if duration <= 0:
                continue
            self.starts.append(start)
            self.shares.append(share)
            self.spent.append(spent)
            if math.isinf(duration):
                break
            start += duration
            spent += duration * share * error_ratio

    def share(self, t: float) -> float:
        """``b(t)``."""
        return self.shares[bisect_right(self.starts, t) - 1]

    def total(self, t: float) -> float:
        """``C(t)``."""
        if t <= 0:
            return 0.0
        i = bisect_right(self.starts, t) - 1
        return self.spent[i] + (t - self.starts[i]) * self.shares[i] * self.error_ratio

    def fires(self, amount: float, window: float, horizon: float) -> float | None:
        """See :meth:`Exposure.fires`; linear between the starts and the starts + window."""
        moments = sorted(
            {t for start in self.starts for t in (start, start + window) if t <= horizon}
            | {horizon}
        )
        before_t = before = 0.0
        for t in moments:
            held = self.held(t, window)
            if held >= amount - _REACHED * amount:
                return _crossing(before_t, before, t, held, amount)
            before_t, before = t, held
        return None


class Waves(Exposure):
    """A rolling update: ``rise`` more of the traffic with each wave, all of it with the last.

    There may be a billion waves, so sums are in closed form and moments are searched by
    halving: exposure only grows, so what a window holds never falls.
    """

    def __init__(self, count: int, seconds: float, rise: float, error_ratio: float) -> None:
        self.error_ratio = error_ratio
        self.count = count - 1 if seconds > 0 else 0
        self.seconds = seconds
        self.rise = rise

    def _wave(self, t: float) -> int:
        """Waves that ended by ``t``, at most all but the last."""
        if self.count == 0 or t >= self.count * self.seconds:
            return self.count
        wave = math.floor(t / self.seconds)
        # the quotient may round across the start of a wave
        if (wave + 1) * self.seconds <= t:
            return wave + 1
        return wave - 1 if wave * self.seconds > t else wave

    def share(self, t: float) -> float:
        """``b(t)``."""
        wave = self._wave(t)
        return 1.0 if wave == self.count else (wave + 1) * self.rise

    def total(self, t: float) -> float:
        """``C(t)``."""
        if t <= 0:
            return 0.0
        wave = self._wave(t)
        ended = self.seconds * self.rise * (wave * (wave + 1) / 2)
        return self.error_ratio * (ended + (t - wave * self.seconds) * self.share(t))

    def fires(self, amount: float, window: float, horizon: float) -> float | None:
        """See :meth:`Exposure.fires`; logarithmic in the number of waves."""
        enough = amount - _REACHED * amount
        if self.held(horizon, window) < enough:
            return None
        before, after = 0.0, horizon
        starts = range(self.count + 1)
        for offset in (0.0, window):

            def moment_held(wave: int, offset: float = offset) -> float:
                return self.held(wave * self.seconds + offset, window)

            first = bisect_left(starts, enough, key=moment_held)
            if first > 0:
                before = max(before, (first - 1) * self.seconds + offset)
            if first <= self.count:
                after = min(after, first * self.seconds + offset)
        return _crossing(before, self.held(before, window), after, self.held(after, window), amount)
