"""Dossiers that the tests of the drill share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

STRATEGIES = ("canary", "blue-green", "rolling", "recreate", "A/B testing")
SYSTEM = "checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"


@lru_cache
def dossier(strategy: str = "canary", system: str = SYSTEM, kind: str = "devops") -> Dossier:
    return compose(
        kind,  # type: ignore[arg-type]
        read_words(f"{system}, {strategy}"),
        "2026-01-01T00:00:00+00:00",
    )
