"""What is kept of drills: by plan, in the data folder, for ``/why RTO``."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from devops_exe.ground.locations import data_dir, private_folder
from devops_exe.operate.drill.report import Drilled

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.blueprint.dossier import Dossier

MOST_KEPT = 20
"""Drills that are kept of one plan; the latest stay."""


def drills_folder() -> Path:
    """One file a plan."""
    return data_dir() / "drills"


def fingerprint(dossier: Dossier) -> str:
    """Hash of what a drill proves: strategy, alerts, steps and recovery of the plan.

    A figure that has nothing to do with it (cost, a version's name) leaves it as it is; a
    changed bake time does not.
    """
    plan = dossier.plan
    if plan is None:
        return ""
    roles = ("alerts", "bake", "rolling", "recovery", "recovery_gray", "recovery_first")
    raw = {
        "system": dossier.blueprint.header.system,
        "strategy": plan.choice.strategy,
        "entries": [plan.entry(role).as_json() for role in roles if plan.has(role)],
    }
    text = json.dumps(raw, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def keep(dossier: Dossier, drilled: Drilled) -> None:
    """Remember a drill of this plan; where the disk refuses, nothing is kept and nothing fails."""
    name = fingerprint(dossier)
    if not name:
        return
    rows = [one.as_json() for one in drilled_before(dossier)][-(MOST_KEPT - 1) :]
    rows.append(drilled.as_json())
    with contextlib.suppress(OSError):
        private_folder(data_dir())
        folder = private_folder(drills_folder())
        beside = folder / f".{name}.{os.getpid()}"
        beside.write_text(json.dumps(rows), encoding="utf-8")
        beside.replace(folder / f"{name}.json")


def drilled_before(dossier: Dossier) -> tuple[Drilled, ...]:
    """Drills of this very plan, oldest first; a damaged record counts as none."""
    name = fingerprint(dossier)
    try:
        rows = json.loads((drills_folder() / f"{name}.json").read_text(encoding="utf-8"))
        return tuple(_drilled(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _drilled(row: dict[str, Any]) -> Drilled:
    low, high = row["seconds_predicted"]
    return Drilled(**{**row, "seconds_predicted": (float(low), float(high))})
