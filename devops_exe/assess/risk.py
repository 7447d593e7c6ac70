"""A risk of a release, and the scale its grades stand on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Grade = Literal["low", "medium", "high"]

SCALE: Mapping[str, Mapping[Grade, str]] = {
    "likelihood": {
        "low": "less than once a year",
        "medium": "once a year to once a quarter",
        "high": "at a release, or every month",
    },
    "impact": {
        "low": "slower work, no user sees it",
        "medium": "part of the error budget, or some users",
        "high": "an outage, data or secrets",
    },
}
"""What the grades of a risk mean."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk as ``assess --json`` publishes it.

    Attributes:
        id: stable identifier of the kind, kebab case.
        what: one sentence; never the content of a secret.
        where: ``path:line``, or the path alone for a file that is not opened.
        likelihood: how likely it does harm.
        impact: how much harm.
        answer: what to do about it.
    """

    id: str
    what: str
    where: str
    likelihood: Grade
    impact: Grade
    answer: str

    def as_json(self) -> dict[str, object]:
        """The published object."""
        return asdict(self)
