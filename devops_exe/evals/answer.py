"""What a case is scored on: the result objects of its lines, as plain JSON.

A turn is one line and its answer; an answer is all the turns of one trial. Both cross a pipe
between processes, so they hold JSON and nothing else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Turn:
    """One line typed and what came back.

    Attributes:
        line: as typed.
        status: the exit status that the command line would answer.
        result: the object of ``--json``; empty where the line was refused.
        error: the ``error`` object (code, message, where, fix); empty where there was none.
        tools: calls of a model's own: ``{name, ok}`` in order; none of the plan's.
        notices: lines that the user was told beside the answer.
        requests: what a service was sent, where the engine shows it: ``{system, messages}``.
        seconds: the engine's own time for this line.
    """

    line: str
    status: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    requests: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The document or the words of the answer."""
        return str(self.result.get("text", ""))

    @property
    def document(self) -> Mapping[str, Any]:
        """The blueprint's fields; empty for a chat answer."""
        found = self.result.get("document")
        return found if isinstance(found, dict) else {}

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Code and severity of each finding."""
        return tuple((one["code"], one["severity"]) for one in self.result.get("findings", ()))

    def entries(self, tool: str, op: str) -> list[Mapping[str, Any]]:
        """Ledger entries of a calculator's operation, in order."""
        return [
            entry
            for entry in self.result.get("ledger", ())
            if entry["tool"] == tool and (entry["op"] or "") == op
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """The turns of one trial, in order.

    Attributes:
        turns: one a line.
        problem: why no turn counts (a recording that no longer fits); empty where all do.
    """

    turns: tuple[Turn, ...]
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the pipe."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Answer:
        """Read back what ``as_json`` wrote."""
        turns = []
        for one in raw["turns"]:
            lists = {name: tuple(one[name]) for name in ("tools", "notices", "requests")}
            turns.append(Turn(**{**one, **lists}))
        return cls(tuple(turns), raw.get("problem", ""))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scorer says.

    Attributes:
        passed: whether the expectation holds.
        reason: why not, in a line; empty where it holds.
    """

    passed: bool
    reason: str = ""


HOLDS = Verdict(passed=True)


def fails(reason: str) -> Verdict:
    """A verdict against, its reason in one line of bounded length."""
    return Verdict(passed=False, reason=" ".join(reason.split())[:500])


def verdict(problems: list[str]) -> Verdict:
    """Against where there is a problem; all of them are told."""
    return fails("; ".join(problems)) if problems else HOLDS
