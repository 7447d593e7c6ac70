"""Which numbers a document may show: the ledger's, the user's and the repository's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.numerals import Dimension, Noun, Quantity, quantities
from devops_exe.blueprint.texts import texts
from devops_exe.design.assume import given

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.model import Blueprint
    from devops_exe.design.ledger import Ledger

_ENDINGS: tuple[tuple[str, Dimension, float], ...] = (
    ("seconds_ago", "time", 1.0),
    ("_pod_seconds", "count", 1.0),
    ("mib_per_second", "bandwidth", 1.0),
    ("_seconds", "time", 1.0),
    ("_minutes", "time", 60.0),
    ("minutes_per_year", "time", 60.0),
    ("minutes_per_30_days", "time", 60.0),
    ("_hours", "time", 3600.0),
    ("_days", "time", 86400.0),
    ("_ms", "time", 0.001),
    ("_percent", "percent", 1.0),
    ("_percent_of_budget", "percent", 1.0),
    ("burn_rate", "count", 1.0),
    ("_rps", "rate", 1.0),
    ("rps", "rate", 1.0),
    ("rps_per_replica", "rate", 1.0),
    ("_mib", "memory", 1.0),
    ("_gib", "memory", 1024.0),
    ("gib_per_replica", "memory", 1024.0),
    ("_millicores", "cpu", 1.0),
    ("vcpu_per_replica", "cpu", 1000.0),
    ("_cost", "money", 1.0),
    ("_cost_per_deploy", "money", 1.0),
    ("_cost_per_month", "money", 1.0),
    ("_hour", "money", 1.0),
    ("_usd_month", "money", 1.0),
)
"""What an output or field measures, by the end of its name; the first that fits counts."""

_RATIOS = (
    "_fraction",
    "_probability",
    "_ratio",
    "_ratio_threshold",
    "_rate",
    "_utilization",
    "utilization_at_needed",
    "utilization_normal",
    "availability",
    "preview_detection",
    "alpha",
    "power",
)
"""Endings of names that are ratios: printed as they are, or as a percentage."""

_COUNTED: tuple[tuple[str, Noun], ...] = (
    (r"replicas_per_zone|replica|surge|unavailable|pods|available", "replicas"),
    (r"zone", "zones"),
    (r"request|samples", "requests"),
    (r"", "other"),
)
"""What a name counts; ``other`` is nothing that a text could name."""

_ALL_OR_NOTHING = frozenset(
    {"spare_capacity_percent", "first_old_percent", "first_new_percent", "error_ratio"}
)
"""Percentages whose 100 is a bound and no figure: it supports no claim in a text."""


@dataclass(frozen=True, slots=True)
class Known:
    """A number that somebody computed, stated or read, in base units."""

    dimension: Dimension
    value: float
    noun: Noun = ""


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
        said = fact.where if fact.origin in {"user", "measured", "repository"} else ""
        for words in (said, fact.value if isinstance(fact.value, str) else ""):
            found += [Known(q.dimension, q.value, q.noun) for q in quantities(words)]
    for name in _DOCUMENT_INPUTS:
        found += _numbers({name: given(profile, name).value}, "")
    return tuple(dict.fromkeys(found))


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
        yield from _measured(float(value), name)
    elif isinstance(value, str) and re.fullmatch(r"\d+%", value):
        yield Known("percent", float(value[:-1]))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item, name)


def _measured(value: float, name: str) -> Iterator[Known]:
    if name in _ALL_OR_NOTHING and value in {1.0, 100.0}:
        return
    dimension, factor = next(
        ((kind, factor) for ending, kind, factor in _ENDINGS if name.endswith(ending)),
        ("count", 1.0),
    )
    noun: Noun = ""
    if dimension == "count":
        noun = next(noun for pattern, noun in _COUNTED if re.search(pattern, name))
        if name != "burn_rate" and name.endswith(_RATIOS):
            yield Known("percent", value * 100.0)
    yield Known(dimension, value * factor, noun)


def numbers_of(reference: str, value: object) -> tuple[Known, ...]:
    """What one output of the ledger may be printed as; nothing where it is no number."""
    name = reference.rpartition(".")[2].partition("[")[0]
    return tuple(_numbers(value, name)) if isinstance(value, int | float) else ()


def supported(quantity: Quantity, known: tuple[Known, ...]) -> bool:
    """Whether some known number is printed as this one at its rounding.

    A rounding that moves a value by more than a tenth, or that spends the distance of a
    percentage from 100, is no rounding but another number: 99.95 is neither 99.9 nor 100 %.
    """
    return any(
        one.dimension == quantity.dimension
        and (not quantity.noun or one.noun in {"", quantity.noun})
        and _rounds(one.value, quantity)
        for one in known
    )


_MOST_MOVED = 0.1


def _rounds(value: float, quantity: Quantity) -> bool:
    moved = abs(value - quantity.value)
    if moved <= 1e-9 * max(1.0, abs(value)):
        return True
    if moved > quantity.half * (1 + 1e-9):
        return False
    if quantity.dimension == "percent" and quantity.value > 90 and value <= 100:
        return moved <= _MOST_MOVED * (100 - value)
    # a risk is printed with two decimals, a tenth of a second with one: small beside their half
    return quantity.value != round(quantity.value) or moved <= max(_MOST_MOVED * abs(value), 0.005)


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
