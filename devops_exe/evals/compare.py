"""Two runs, case by case: what turned, and whether that can be chance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.evals.rates import mcnemar
from devops_exe.evals.report import SCHEMA, percent
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from devops_exe.evals.report import Row

SIGNIFICANT = 0.05
"""p value below which a loss is no chance."""

Marks = dict[str, tuple[int, int]]
"""``case@engine`` to how many repeats passed, of how many."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What turned between two runs; a case passes where more than half of its repeats do.

    Attributes:
        lost: cases that passed before and do not now.
        won: cases that pass now and did not before.
        both: cases that both runs have.
        only_before, only_after: cases of one run alone; they are not compared.
        p_value: exact McNemar, two-sided, over the cases that turned.
    """

    lost: tuple[str, ...]
    won: tuple[str, ...]
    both: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    p_value: float

    @property
    def significant_loss(self) -> bool:
        """More was lost than won, and it can hardly be chance."""
        return len(self.lost) > len(self.won) and self.p_value < SIGNIFICANT

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "lost": list(self.lost),
            "won": list(self.won),
            "both": self.both,
            "only_before": list(self.only_before),
            "only_after": list(self.only_after),
            "p_value": self.p_value,
            "significant_loss": self.significant_loss,
        }

    def lines(self) -> list[str]:
        """For a person."""
        told = [f"- lost {key}" for key in self.lost] + [f"+ won {key}" for key in self.won]
        told += [f"  gone {key}" for key in self.only_before]
        told += [f"  new {key}" for key in self.only_after]
        chance = f"exact McNemar p = {self.p_value:.3g}"
        end = "a significant loss" if self.significant_loss else "no significant loss"
        count = f"{len(self.lost)} lost, {len(self.won)} won of {self.both} cases in both"
        return [*told, f"{count}; {chance}: {end}"]


def difference(
    before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]
) -> Difference:
    """Compare two runs by the cases that both have."""
    both = [key for key in before if key in after]
    lost = tuple(key for key in both if _passes(before[key]) and not _passes(after[key]))
    won = tuple(key for key in both if _passes(after[key]) and not _passes(before[key]))
    return Difference(
        lost,
        won,
        len(both),
        tuple(key for key in before if key not in after),
        tuple(key for key in after if key not in before),
        mcnemar(len(lost), len(won)),
    )


def _passes(mark: tuple[int, int]) -> bool:
    passed, of = mark
    return 2 * passed > of


def marks_of(rows: Sequence[Row]) -> Marks:
    """The marks of a run."""
    return {row.key: (row.passed, row.of) for row in rows}


def read_marks(path: Path) -> Marks:
    """The marks of a report or a baseline.

    Raises:
        UserError: it cannot be read, or is of another schema.
    """
    fix = "give a report of devops-exe eval --format json, or a baseline"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict) or "schema" not in raw:
            raise _bad(path, "it is no report and no baseline", fix)
        if raw["schema"] != SCHEMA:
            told = str(raw["schema"])[:60]
            raise _bad(
                path, f"its schema is {told!r}, not {SCHEMA!r}", "write it anew with this version"
            )
        marks = {str(key): _mark(one) for key, one in raw["cases"].items()}
    except OSError as problem:
        raise _bad(path, f"it cannot be read: {problem.strerror or problem}", fix) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _bad(path, "it is no report and no baseline", fix) from None
    return marks


def _mark(raw: Any) -> tuple[int, int]:
    passed, of = raw["passed"], raw["of"]
    if type(passed) is not int or type(of) is not int or not 0 <= passed <= of or of == 0:
        raise ValueError(raw)
    return passed, of


def _bad(path: Path, what: str, fix: str) -> UserError:
    return UserError(what, where=str(path), fix=fix, code="bad_baseline")


def baseline_json(rows: Sequence[Row]) -> str:
    """A baseline: the marks alone, so that it changes in the repository only when they do."""
    passed = sum(row.passed for row in rows)
    trials = sum(row.of for row in rows)
    cases = {row.key: {"passed": row.passed, "of": row.of} for row in rows}
    about = f"{passed} of {trials} trials passed, {percent(passed / trials)}"
    raw = {"schema": SCHEMA, "about": about, "cases": dict(sorted(cases.items()))}
    return json.dumps(raw, indent=1, ensure_ascii=False) + "\n"
