"""A trial and its outcome: the small values that a run keeps, whatever the answers weigh."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["passed", "failed", "timeout", "died", "error"]
"""``failed``: an expectation does not hold; ``timeout``: it hung; ``died``: its process ended;
``error``: it raised."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of one case on one engine."""

    case: str
    engine: str
    repeat: int = 0

    @property
    def key(self) -> str:
        """Case and engine: what is compared between runs."""
        return f"{self.case}@{self.engine}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended.

    Attributes:
        trial: which.
        state: how.
        reasons: what did not hold, as ``scorer: reason``.
        checks: expectations judged.
        seconds: wall-clock of the trial.
        engine_seconds: the engine's own share of it.
        round_trips, tokens: what its turns took together.
    """

    trial: Trial
    state: State
    reasons: tuple[str, ...] = ()
    checks: int = 0
    seconds: float = 0.0
    engine_seconds: float = 0.0
    round_trips: int = 0
    tokens: int = 0

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return self.state == "passed"

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        raw = asdict(self)
        return {**raw.pop("trial"), **raw}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Outcome:
        """Read back what ``as_json`` wrote.

        Raises:
            KeyError, TypeError: it is none.
        """
        rest = dict(raw)
        trial = Trial(rest.pop("case"), rest.pop("engine"), rest.pop("repeat"))
        return cls(trial=trial, **{**rest, "reasons": tuple(rest["reasons"])})
