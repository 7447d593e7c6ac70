"""Durations as Prometheus writes them."""

from __future__ import annotations

_UNITS = (
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
)


def duration(seconds: float, time_scale: float = 1.0) -> str:
    """``seconds`` divided by ``time_scale`` in the largest unit that divides it, at least 1 ms.

    >>> duration(300), duration(259200), duration(90), duration(300, 60), duration(300, 720)
    ('5m', '3d', '90s', '5s', '417ms')
    """
    milliseconds = max(1, round(seconds * 1000 / time_scale))
    for unit, size in _UNITS[1:]:
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
