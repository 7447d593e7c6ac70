"""Where a target breaks: the value of one knob at which the verdict flips."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devops_exe.design.sensitivity import Knob

_NUDGE = 10.0
"""What a knob at nought is turned to first."""


def breaking_point(
    knob: Knob, meets: Callable[[float], bool | None], *, upwards: bool
) -> float | None:
    """The last value of a knob at which a target is met, or the first at which it is again.

    Found by doubling (towards the range's end: halving) until the target flips, then by
    bisection to four digits; None where it never flips.

    Args:
        knob: what to turn.
        meets: whether the target is met at a value; None where there is no figure.
        upwards: in which direction to look.
    """
    now = meets(knob.value)
    if now is None:
        return None
    near = knob.value
    for far in _outwards(knob, upwards=upwards):
        answer = meets(far)
        if answer is None:
            return None
        if answer != now:
            return _bisect(knob, meets, near, far, met_is_far=not now)
        near = far
    return None


def _outwards(knob: Knob, *, upwards: bool) -> Iterator[float]:
    value, kind = knob.value, knob.kind
    if knob.whole_numbers:
        step = 1
        while 0 <= value <= 1e6:
            value += step if upwards else -step
            yield value
            step *= 2
        return
    for _ in range(24):
        if kind.complement and value < kind.whole:
            value = kind.whole - (kind.whole - value) * (0.5 if upwards else 2)
        elif upwards:
            value = value * 2 if value else _NUDGE
            if kind.high is not None and value > kind.high and not kind.open_high:
                yield kind.high
                return
        else:
            value /= 2
        yield value
    if not upwards and kind.low == 0 and not kind.open_low:
        yield 0.0


def _bisect(
    knob: Knob, meets: Callable[[float], bool | None], near: float, far: float, *, met_is_far: bool
) -> float | None:
    met, missed = (far, near) if met_is_far else (near, far)
    for _ in range(40):
        middle = (met + missed) / 2
        if knob.whole_numbers:
            middle = float(round(middle))
        if middle in {met, missed} or abs(met - missed) <= 2e-5 * abs(middle) * _fineness(
            knob, met
        ):
            break
        answer = meets(middle)
        if answer is None:
            return None
        met, missed = (middle, missed) if answer else (met, middle)
    rounded = _rounded(knob, met, missed)
    return rounded if meets(rounded) else met


def _fineness(knob: Knob, value: float) -> float:
    """How much closer a share of success is looked at: by what it leaves to fail."""
    kind = knob.kind
    if not kind.complement or not value:
        return 1.0
    return max(1e-9, (kind.whole - value) / value)


def _rounded(knob: Knob, met: float, missed: float) -> float:
    """Four digits of the value, on the side where the target is met."""
    size = knob.kind.whole - met if knob.kind.complement else abs(met)
    if knob.whole_numbers or not size:
        return met
    unit = 10.0 ** (math.floor(math.log10(size)) - 3)
    side = math.floor if missed > met else math.ceil
    return float(f"{side(met / unit) * unit:.12g}")
