"""Bad-seconds: the error budget that a bad release spends until it is undone.

A release exposes a share ``b(t)`` of the traffic, constant in pieces; a bad one fails the
ratio ``e`` of it, so it spends ``C(t) = integral of b * e`` bad-seconds. C is piecewise linear,
and so is what a window of it holds: the moment an alert fires is found exactly.
"""

from __future__ import annotations

import math
from bisect import bisect_right
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


class Exposure:
    """The exposure of a rollout over time, and what it spends."""

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
        """``b(t)``; at the start of a piece that piece's."""
        return self.shares[bisect_right(self.starts, t) - 1]

    def total(self, t: float) -> float:
        """``C(t)``: bad-seconds spent until ``t``."""
        if t <= 0:
            return 0.0
        i = bisect_right(self.starts, t) - 1
        return self.spent[i] + (t - self.starts[i]) * self.shares[i] * self.error_ratio

    def fires(self, amount: float, window: float, horizon: float) -> float | None:
        """The first moment at which the last ``window`` seconds hold ``amount`` bad-seconds.

        Returns:
            Seconds from the start, at most ``horizon``; None where it never does.
        """
        moments = sorted(
            {t for start in self.starts for t in (start, start + window) if t <= horizon}
            | {horizon}
        )
        before_t = before = 0.0
        for t in moments:
            held = self.total(t) - self.total(max(0.0, t - window))
            if held >= amount - _REACHED * amount:
                if held <= amount or held <= before:
                    return t
                return before_t + (amount - before) / (held - before) * (t - before_t)
            before_t, before = t, held
        return None

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
