"""What a case expects: the keys that every scorer's expectation has, closed against others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.evals.answer import Verdict


class Expectation(BaseModel):
    """Keys of every expectation; one that names no key of its scorer's own is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scorer: str
    turn: int = -1
    """Which line of the conversation, counted from 0; -1 is the last."""
    source: str = ""
    """Where the expected value comes from; the case's own source where empty."""
    engines: tuple[str, ...] = ()
    """Engines it holds for; empty: all."""

    @model_validator(mode="after")
    def _expects_something(self) -> Expectation:
        own = set(type(self).model_fields) - set(Expectation.model_fields)
        stated = (own & self.model_fields_set) - {"with_", "nth", "tolerance", "unit"}
        if own and not any(_says(getattr(self, name)) for name in stated):
            keys = ", ".join(sorted(name.rstrip("_") for name in own))
            message = f"{self.scorer} expects nothing: give one of {keys}"
            raise ValueError(message)
        return self


def _says(value: object) -> bool:
    return value is not None and value not in ((), {}, [], "")


class Scorer(NamedTuple):
    """A scorer.

    Attributes:
        model: the keys it takes.
        judge: the pure function, over one turn or over the whole answer.
        about: what it holds an answer against, in a line.
        whole: whether it takes the whole answer.
    """

    model: type[Expectation]
    judge: Callable[..., Verdict]
    about: str
    whole: bool = False


Names = tuple[str, ...]
Keyed: Any = Field(default_factory=dict)
"""A mapping that is empty where the case says nothing."""
