"""What an engine says while it works: one small set of typed events.

Both engines yield these, so the terminal, the evals and the tests know no difference. The
order of a turn is: any number of phases, text, tools, retries, findings, notices; documents;
``Usage`` after each answer of a service (each tells the whole turn so far: the last counts);
at most one ``ErrorRaised``; and ``Done`` as the last event of every turn that was not
cancelled. A cancelled turn ends with ``asyncio.CancelledError`` and no ``Done``.

Every text in an event is clean: no control sequences, no secrets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from devops_exe.blueprint.finding import Finding
    from devops_exe.ground.errors import DevopsExeError

Stop = Literal[
    "end_turn",  # the model said all it had to say
    "tool",  # a tool's answer ended the turn (a document was accepted)
    "budget",  # a limit of the turn ended it; ErrorRaised names the limit
    "max_tokens",  # one reply reached its limit of length
    "context",  # the conversation no longer fits the model's context
    "refusal",  # the model declined
    "error",  # the service failed; ErrorRaised says how
]
"""Why a turn ended."""


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase of the work (Assess, Design, Write, Validate) begins."""

    name: str


@dataclass(frozen=True, slots=True)
class PhaseFinished:
    """A phase is over; ``summary`` is one line, ``seconds`` wall-clock."""

    name: str
    summary: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's text, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool begins; ``arguments`` is a short summary for one line."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool is done; ``ok`` is false where it answered with an error."""

    id: str
    name: str
    ok: bool
    summary: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Retry:
    """The service is asked again: attempt ``attempt`` of ``of`` starts in ``seconds``."""

    attempt: int
    of: int
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """A stream broke after text was shown; the reply is asked again and comes whole.

    The text shown since the last ``Usage`` (or since the start) is void: it stays on the
    screen, marked, and does not enter the conversation.
    """

    attempt: int
    of: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One line the user should know: a model near its end, a limit near, a thing left off."""

    text: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """The model would give an input another value; it counts only after the user's yes."""

    field: str
    value: str
    why: str

    @property
    def words(self) -> str:
        """Field and value."""
        return f"{self.field} {self.value}"


@dataclass(frozen=True, slots=True)
class FindingRaised:
    """A rule found something."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Document:
    """A document is there; ``dossier`` is a ``blueprint.dossier.Dossier``."""

    dossier: object


@dataclass(frozen=True, slots=True)
class Usage:
    """What the turn has used so far; the last of a turn counts.

    ``input_tokens`` are those neither read from nor written to the service's cache.
    """

    round_trips: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """All tokens of the turn, however they were billed."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
        )

    def as_json(self) -> dict[str, int | float]:
        """The ``usage`` object of ``--json``."""
        return {
            "round_trips": self.round_trips,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cache_read_tokens": self.cache_read_tokens,
            "cache_write_tokens": self.cache_write_tokens,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class ErrorRaised:
    """The turn ends with this error; what was made before it stands."""

    error: DevopsExeError


@dataclass(frozen=True, slots=True)
class Done:
    """The turn is over."""

    stop: Stop


Event: TypeAlias = (
    PhaseStarted
    | PhaseFinished
    | TextDelta
    | ToolStarted
    | ToolFinished
    | Retry
    | CutOff
    | Notice
    | Proposed
    | FindingRaised
    | Document
    | Usage
    | ErrorRaised
    | Done
)
