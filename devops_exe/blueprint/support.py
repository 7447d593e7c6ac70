"""Which numbers a document may show: the ledger's, the user's and the repository's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.numerals import Dimension, Quantity, quantities
from devops_exe.design.assume import given

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.model import Blueprint
    from devops_exe.design.ledger import Ledger

Known = tuple[Dimension, float]

_SUFFIXES: tuple[tuple[str, Dimension, float], ...] = (
    ("seconds_ago", "time", 1.0),
    ("_seconds", "time", 1.0),
    ("_minutes", "time", 60.0),
    ("minutes_per_year", "time", 60.0),
    ("minutes_per_30_days", "time", 60.0),
    ("_hours", "time", 3600.0),
    ("_days", "time", 86400.0),
    ("_ms", "time", 0.001),
    ("_percent", "percent", 1.0),
    ("_percent_of_budget", "percent", 1.0),
    ("_fraction", "percent", 100.0),
    ("_probability", "percent", 100.0),
    ("_ratio", "percent", 100.0),
    ("_ratio_threshold", "percent", 100.0),
    ("_rate", "percent", 100.0),
    ("_utilization", "percent", 100.0),
    ("utilization_at_needed", "percent", 100.0),
    ("utilization_normal", "percent", 100.0),
    ("availability", "percent", 100.0),
    ("_rps", "rate", 1.0),
    ("rps", "rate", 1.0),
    ("rps_per_replica", "rate", 1.0),
    ("_mib", "memory", 1.0),
    ("_gib", "memory", 1024.0),
    ("_millicores", "cpu", 1.0),
    ("_cost", "money", 1.0),
    ("_cost_per_deploy", "money", 1.0),
    ("_cost_per_month", "money", 1.0),
    ("_hour", "money", 1.0),
    ("_usd_month", "money", 1.0),
)
"""What an output or field measures, by the end of its name."""

SCANNED_NOT = frozenset({"header.time", "header.system", "overview.system", "overview.status"})
"""Fields whose numbers are names or are written by the seal."""


def known_numbers(profile: SystemProfile, ledger: Ledger) -> tuple[Known, ...]:
    """Every number that a text may show, in base units, with what it measures."""
    found: list[Known] = []
    for entry in ledger:
        found += _numbers(entry.outputs, "")
        found += _numbers(entry.inputs, "")
    for name, fact in profile:
        found += _numbers({name: fact.value}, "")
        for words in (fact.where, fact.value if isinstance(fact.value, str) else ""):
            found += [(quantity.dimension, quantity.value) for quantity in quantities(words)]
    for name in _DOCUMENT_INPUTS:
        found += _numbers({name: given(profile, name).value}, "")
    return tuple(found)


_DOCUMENT_INPUTS = (
    "probe_period_seconds",
    "probe_timeout_seconds",
    "probe_failure_threshold",
    "downscale_stabilization_seconds",
    "recovery_point_minutes",
    "pool_size",
    "termination_grace_seconds",
    "cohort_percent",
    "experiment_seconds",
    "target_utilization",
)
"""Inputs that a document quotes though no calculator takes them; each is listed as assumed."""


def _numbers(value: object, name: str) -> Iterator[Known]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield ("count", float(value))
        for suffix, dimension, factor in _SUFFIXES:
            if name.endswith(suffix):
                yield (dimension, float(value) * factor)
    elif isinstance(value, str) and re.fullmatch(r"\d+%", value):
        yield ("percent", float(value[:-1]))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item, name)


def supported(quantity: Quantity, known: tuple[Known, ...]) -> bool:
    """Whether some known number is printed as this one at its rounding."""
    tolerance = quantity.half * (1 + 1e-9) + 1e-12
    return any(
        dimension == quantity.dimension and abs(value - quantity.value) <= tolerance
        for dimension, value in known
    )


def texts(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """Every text field of a document with its path."""

    def walk(value: object, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            if set(value) == {"value", "text", "unit"}:
                return
            for key, item in value.items():
                yield from walk(item, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list | tuple):
            for number, item in enumerate(value):
                yield from walk(item, f"{path}[{number}]")

    yield from walk(blueprint.model_dump(exclude_none=True), "")


def unsupported(blueprint: Blueprint, profile: SystemProfile, ledger: Ledger) -> Iterator[Finding]:
    """A finding for each number that nobody computed, stated or read."""
    known = known_numbers(profile, ledger)
    for path, text in texts(blueprint):
        if path in SCANNED_NOT or path == "footer":
            continue
        for quantity in quantities(text):
            if _structural(path, quantity) or supported(quantity, known):
                continue
            yield Finding(
                "unsupported_figure",
                "error",
                path,
                f"{quantity.text} stands in no calculator's answer, in no word of the user and in "
                "no file of the repository",
                "refer to the ledger's entry instead of typing a number, or leave the number out",
            )


def _structural(path: str, quantity: Quantity) -> bool:
    """Nothing and all of the traffic are where every rollout begins and ends."""
    return (
        path == "strategy.rollout"
        and quantity.dimension == "percent"
        and quantity.value in {0.0, 100.0}
    )
