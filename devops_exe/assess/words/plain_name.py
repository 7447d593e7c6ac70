"""The name of a system that the grammar leaves open: the first words, taken as they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.profile import Fact
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile

MOST_WORDS = 4
"""A longer run of words is prose and no name."""

_END = re.compile(
    r"\s+(?:on|in|at|with|using|via|under|behind)\s+|[,;:]|\s+[-–—]\s+", re.IGNORECASE
)
_LEAD = re.compile(r"(?:for\s+)?(?:(?:my|our|the|a|an)\s+)?", re.IGNORECASE)
_PROSE = frozenset(
    ("help", "please", "what", "how", "why", "can", "could", "should", "i", "we", "need", "want",
     "give", "make", "design", "show", "tell", "is", "are", "do", "does", "not", "no", "use")
)  # fmt: skip


def plain_name(text: str, facts: SystemProfile, *, literal: bool = False) -> Fact | None:
    """The first words as the system's name, or None.

    Args:
        text: the words after the command.
        facts: what the grammar read in them; a name holds none of their words.
        literal: the user marked the words as a name (``--``): nothing else may be meant.

    >>> from devops_exe.assess.profile import SystemProfile
    >>> plain_name("my cool app on EKS", SystemProfile()).value
    'cool app'
    """
    clean = " ".join(sanitise(text).split())
    run = _END.split(clean, maxsplit=1)[0].strip()
    name = run if literal else run[_LEAD.match(run).end() :].strip()  # type: ignore[union-attr]
    words = name.casefold().split()
    if not words or not any(character.isalpha() for character in name) or len(name) > 80:
        return None
    if literal:
        return Fact(name, "user", run)
    taken = {word for _, fact in facts for word in fact.where.casefold().split()}
    if len(words) > MOST_WORDS or words[0] in _PROSE or taken & set(words):
        return None
    return Fact(name, "user", run)
