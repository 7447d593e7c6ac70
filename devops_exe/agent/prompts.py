"""The prompts: where they are, and how the user's words enter one.

In an installed wheel they lie in the package, in a checkout beside it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

ARGUMENTS = "$ARGUMENTS"
"""Stands once in a command's prompt; the prompts' name for the words after the command."""

_PLACES = (
    Path(__file__).parent.parent / "prompts",
    Path(__file__).parent.parent.parent / "prompts",
)


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/NAME.md``.

    Raises:
        FileNotFoundError: there is no such prompt; the installation is broken.
    """
    for place in _PLACES:
        path = place / f"{name}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"prompts/{name}.md")


def system_text() -> str:
    """Persona and rules: the same bytes in every request of every process."""
    return f"{prompt('persona')}\n{prompt('rules')}"


def command_text(kind: str, words: str) -> str:
    """A command's prompt with the user's words in a marked block.

    The words are put in once and literally: ``$ARGUMENTS``, braces and ``$(…)`` in them stay
    what they are, and an end mark in them ends nothing.

    Args:
        kind: name of the prompt.
        words: the words after the command.
    """
    before, _, after = prompt(kind).partition(ARGUMENTS)
    mark = "arguments"
    number = 1
    while f"<{mark}>" in words or f"</{mark}>" in words:
        number += 1
        mark = f"arguments-{number}"
    return f"{before}<{mark}>\n{words}\n</{mark}>{after}"


def version() -> str:
    """Twelve hex digits that change with any prompt."""
    import hashlib

    names = ("persona", "rules", "devops", "pipeline", "deploy", "rollback", "scale", "chat")
    digest = hashlib.sha256("\0".join(prompt(name) for name in names).encode())
    return digest.hexdigest()[:12]
