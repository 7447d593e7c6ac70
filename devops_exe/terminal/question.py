"""Questions to a person: yes, no, or other words, which are a no and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from devops_exe.ground.errors import NobodyToAsk

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        yes: whether it was a yes.
        reason: the words of a no that were no plain no.
        always: whether the same need not be asked again in this session.
    """

    yes: bool
    reason: str = ""
    always: bool = False


class Question(Protocol):
    """The port through which anything asks."""

    def confirm(self, text: str, *, default: bool = False, always: bool = False) -> Answer:
        """Ask a question with yes and no, and always where that is offered.

        Raises:
            NobodyToAsk: nobody is there; nothing was done.
        """
        ...

    def words(self, text: str) -> str:
        """Ask for words; empty when none were given.

        Raises:
            NobodyToAsk: nobody is there; nothing was done.
        """
        ...


class Nobody:
    """Where no person sits: every question ends in exit status 4."""

    def confirm(self, text: str, *, default: bool = False, always: bool = False) -> Answer:
        """There is nobody."""
        del default, always
        raise _nobody(text)

    def words(self, text: str) -> str:
        """There is nobody."""
        raise _nobody(text)


class Person:
    """Asks through a function that shows a prompt and returns a line.

    End of input is a no. A key that is neither yes nor no is the reason of a no; an empty
    line is the default.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def confirm(self, text: str, *, default: bool = False, always: bool = False) -> Answer:
        """Ask; the capital letter marks the default."""
        keys = "[Y]es [n]o" if default else "[y]es [N]o"
        keys += " [a]lways in this session" if always else ""
        try:
            said = self._read(f"{text} {keys} › ").strip()
        except EOFError:
            return Answer(yes=False)
        if not said:
            return Answer(yes=default)
        word = said.casefold().rstrip(".!")
        if word in {"y", "yes"}:
            return Answer(yes=True)
        if always and word in {"a", "always"}:
            return Answer(yes=True, always=True)
        return Answer(yes=False, reason="" if word in {"n", "no"} else said)

    def words(self, text: str) -> str:
        """Ask for words."""
        try:
            return self._read(f"{text} › ").strip()
        except EOFError:
            return ""


def _nobody(text: str) -> NobodyToAsk:
    return NobodyToAsk(
        f"nobody is there to answer: {text}",
        where="standard input",
        fix="run it at a terminal, or give --yes where it covers this",
    )
