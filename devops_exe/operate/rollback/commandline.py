"""A printed command as programs to start, without a shell.

Three forms are understood beside a plain command, because the platforms' tables use them:
``NAME=value command``, ``one && two``, and ``echo 'text' | command``. Anything else that only
a shell could read is refused: nothing is guessed.
"""

from __future__ import annotations

import re
import shlex

from devops_exe.ground.errors import UserError
from devops_exe.operate.rollback.model import Invocation

_ASSIGNMENT = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)\Z", re.DOTALL)
_OPERATORS = frozenset("();<>|&")
BY_HAND = "by hand: "


def invocations_of(line: str) -> tuple[Invocation, ...]:
    r"""The programs of a printed command, in order.

    >>> [one.argv for one in invocations_of("ln -s a b && systemctl restart shop")]
    [('ln', '-s', 'a', 'b'), ('systemctl', 'restart', 'shop')]
    >>> invocations_of("echo 'show stat' | socat stdio /run/a.sock")[0].given
    'show stat\n'

    Raises:
        UserError: only a shell could read it (``not_executable``).
    """
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError as problem:
        raise _refused(line, str(problem)) from None
    return tuple(_one(words, line) for words in _split(words, "&&"))


def _split(words: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == mark:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _one(words: list[str], line: str) -> Invocation:
    piped = _split(words, "|")
    given = ""
    if len(piped) == 2 and len(piped[0]) == 2 and piped[0][0] == "echo":
        given = f"{piped[0][1]}\n"
        piped = piped[1:]
    if len(piped) != 1:
        raise _refused(line, "it is a pipe")
    words = piped[0]
    environment: list[tuple[str, str]] = []
    while words and (found := _ASSIGNMENT.match(words[0])):
        environment.append((found[1], found[2]))
        words = words[1:]
    if not words or not words[0]:
        raise _refused(line, "it names no program")
    if any(word and set(word) <= _OPERATORS for word in words):
        raise _refused(line, "only a shell could read it")
    return Invocation(tuple(words), tuple(environment), given)


def _refused(line: str, why: str) -> UserError:
    return UserError(
        f"{line[:120]!r} cannot be carried out: {why}",
        where="execute rollback",
        fix="carry this step out by hand",
        code="not_executable",
    )
