"""A field's name and value as a person reads them: ``startup 30 s``, ``cpu 500 m``."""

from __future__ import annotations

from collections.abc import Mapping

_UNITS: tuple[tuple[str, str], ...] = (
    ("_seconds", "s"),
    ("_minutes", "min"),
    ("_hours", "h"),
    ("_days", "d"),
    ("_percent", "%"),
    ("_gib", "GiB"),
    ("_mib", "MiB"),
    ("_ms", "ms"),
    ("_rps", "rps"),
    ("_millicores", "m"),
    ("_usd_month", "$/month"),
)


def named(field: str, value: object) -> str:
    """``field`` and ``value`` in words.

    >>> named("startup_seconds", 30), named("canary_weights_percent", [10.0, 25.0])
    ('startup 30 s', 'canary weights 10, 25 %')
    """
    name, unit = field, ""
    for suffix, sign in _UNITS:
        if field.endswith(suffix):
            name, unit = field.removesuffix(suffix), sign
            break
    return f"{name.replace('_', ' ')} {shown(value)} {unit}".rstrip()


def shown(value: object) -> str:
    """A value as text: no trailing zeros, lists with commas, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "none"
    return "none" if value is None else str(value)


def _decimal(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return shown(int(value))
    return f"{value:,.6g}" if 1e-4 <= abs(value) < 1e15 else f"{value:.4g}"


def short_time(seconds: float) -> str:
    """A duration for the right column: ``4 ms``, ``0.4 s``, ``12.3 s``."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s"


def short_count(tokens: int) -> str:
    """A number of tokens: ``312``, ``4.1k``."""
    return str(tokens) if tokens < 1000 else f"{tokens / 1000:.1f}k"
