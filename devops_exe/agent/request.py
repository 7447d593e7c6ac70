"""A line typed, as a command: kind and arguments.

The words after the command are the prompt's ``$ARGUMENTS``; they are text and stay text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from devops_exe.ground.errors import UserError
from devops_exe.ground.near import within_two

RequestKind = Literal["devops", "pipeline", "deploy", "rollback", "scale", "chat"]

SUB_COMMANDS: tuple[str, ...] = ("pipeline", "deploy", "rollback", "scale")
"""Words after ``/devops`` that choose a part; each is a slash command of its own too."""

LONGEST_LINE = 100_000
"""Characters of a line that are read; a longer one is refused."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        kind: a part, ``devops`` for all of it, ``chat`` for plain words.
        arguments: the words after the command, white space at the ends removed.
        literal: ``--`` stood before them: they begin with the system's name.
    """

    kind: RequestKind
    arguments: str
    literal: bool = False


def request_of(line: str) -> Request | None:
    """The request of a line, or None for a session command (``/why`` and kin).

    ``/devops -- pipeline`` is a system called "pipeline"; plain words are a chat.

    Raises:
        UserError: the line is empty or too long.
    """
    text = line.strip()
    if not text:
        raise UserError("the line is empty", where="line", fix="type /devops and what you ship")
    if len(text) > LONGEST_LINE:
        raise UserError(
            f"the line has {len(text):,} characters",
            where="line",
            fix=f"use at most {LONGEST_LINE:,}, and --repo DIR for what files say",
        )
    if not text.startswith("/"):
        return Request("chat", text)
    word, _, rest = text[1:].partition(" ")
    word, rest = word.lower(), rest.strip()
    if word == "devops":
        return _devops(rest)
    if word in SUB_COMMANDS:
        return Request(word, _bare(rest))  # type: ignore[arg-type]  # one of the four
    return None


def _devops(rest: str) -> Request:
    first, _, after = rest.partition(" ")
    if first == "--":
        return Request("devops", after.strip(), literal=True)
    if first.lower() in SUB_COMMANDS:
        return Request(first.lower(), _bare(after.strip()))  # type: ignore[arg-type]  # one of the four
    near = _mistyped(first)
    if near:
        raise UserError(
            f"/devops has no {first!r}",
            where="line",
            fix=f"did you mean /devops {near}? A system of that name: /devops -- {first}",
        )
    return Request("devops", rest)


def _bare(rest: str) -> str:
    return rest.removeprefix("-- ").strip() if rest != "--" else ""


def _mistyped(word: str) -> str | None:
    """The sub-command that a word is one or two letters away from."""
    if not word.isalpha() or word.lower() in _WORDS_THAT_ARE_NAMES:
        return None
    return within_two(word.lower(), SUB_COMMANDS)


_WORDS_THAT_ARE_NAMES = frozenset({"pipelines", "scales", "scaler"})
