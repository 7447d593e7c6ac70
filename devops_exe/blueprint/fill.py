"""Fill: from a plan and texts with marks to a blueprint whose figures are quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.blueprint.model import Blueprint, Figure
from devops_exe.blueprint.quote import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devops_exe.blueprint.dossier import Figures

_FIGURES: Mapping[str, str] = {
    "overview.reliability": "percent",
    "strategy.traffic_old": "percent",
    "strategy.traffic_new": "percent",
    "rollback.rto": "minutes",
}
"""Fields that are figures, with their unit."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A blueprint, the ledger references of each field, and the profile fields it quotes."""

    blueprint: Blueprint
    figures: Figures
    stated: frozenset[str]


def fill(document: Mapping[str, object], look_up: Callable[[str], object]) -> Filled:
    """Print every figure of a draft in its place.

    Args:
        document: nested texts with marks, as :func:`devops_exe.blueprint.draft.draft` writes.
        look_up: the value behind a reference.

    Raises:
        UserError: a reference names nothing (``unknown_reference``).
        pydantic.ValidationError: a text does not fit its field.
    """
    figures: dict[str, tuple[str, ...]] = {}
    stated: set[str] = set()

    def walk(value: object, path: str) -> object:
        if isinstance(value, str):
            quoted = resolve(value, look_up)
            references = tuple(r for r in quoted.references if not r.startswith("profile:"))
            stated.update(
                r.removeprefix("profile:") for r in quoted.references if r.startswith("profile:")
            )
            if references:
                figures[path] = references
            unit = _FIGURES.get(path)
            return Figure.model_validate(_figure(quoted.text, unit)) if unit else quoted.text
        if isinstance(value, dict):
            return {
                key: walk(item, f"{path}.{key}" if path else key) for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return tuple(walk(item, f"{path}[{number}]") for number, item in enumerate(value))
        return value

    filled = walk(dict(document), "")
    return Filled(Blueprint.model_validate(_whole_split(filled)), figures, frozenset(stated))


def _figure(text: str, unit: str) -> dict[str, object]:
    bare = text.replace(",", "")
    return {"value": float(bare), "text": bare, "unit": unit}


def _whole_split(document: object) -> object:
    """Old and New at printed precision: the rounded pair still adds up to 100."""
    if isinstance(document, dict) and isinstance(strategy := document.get("strategy"), dict):
        new = strategy["traffic_new"]
        rest = f"{100 - new.value:.1f}".removesuffix(".0")
        strategy["traffic_old"] = Figure.of(rest, "percent")
    return document
