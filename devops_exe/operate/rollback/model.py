"""The values of a rollback that can be carried out, and the id of exactly what would run."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from dataclasses import asdict, dataclass
from typing import Literal

ID_LENGTH = 16
"""Hexadecimal digits of a plan's id."""

_KEPT = re.compile(r"\{\w+\}")

Each = Literal["any", "all", "none"]
Kind = Literal["reads", "acts", "by hand"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A program to start; no shell reads it.

    Attributes:
        argv: the argument vector; ``{word}`` in it is a value that an earlier step keeps.
        environment: variables set for it alone.
        given: its standard input.
        seconds: after this it is ended.
    """

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    given: str = ""
    seconds: float = 60.0

    def shown(self) -> str:
        """The command as one would type it."""
        words = [f"{name}={shlex.quote(value)}" for name, value in self.environment]
        words += [_quoted(word) for word in self.argv]
        line = " ".join(words)
        return f"echo {shlex.quote(self.given.rstrip())} | {line}" if self.given else line


def _quoted(word: str) -> str:
    """A word as a shell wants it; the braces of a kept value need no quotes."""
    bare = _KEPT.sub("x", word)
    return word if shlex.quote(bare) == bare else shlex.quote(word)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a value must be.

    Attributes:
        op: is, in, tag, ends, has, below.
        wanted: the value, or the values of ``in``.
    """

    op: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Values of a JSON output: ``at`` names nodes, ``where`` keeps some, ``take`` their values."""

    at: tuple[str, ...] = ()
    where: tuple[tuple[tuple[str, ...], Wanted], ...] = ()
    take: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the selected values must be.

    Attributes:
        selection: which values.
        each: how many of them.
        test: what they must be; None with ``same``.
        same: the values that they must equal.
        maybe: whether no value at all agrees too.
    """

    selection: Selection
    each: Each = "any"
    test: Wanted | None = None
    same: Selection | None = None
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """A value kept for later steps.

    Attributes:
        name: by which later steps take it.
        selection: where it is found.
        highest: whether the highest number of several is taken, else the first.
        known: the value that the user stated; it must be among those found.
        loose: whether a stated value need not pass ``where``.
    """

    name: str
    selection: Selection
    highest: bool = False
    known: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """How it is seen that a step worked.

    Attributes:
        invocation: a command that only reads; None where the step's own output is judged.
        within: seconds through which it is asked again.
        says, never: regular expressions that the output must and must not have.
        expect: values of its JSON.
        keep: values for later steps.
    """

    invocation: Invocation | None = None
    within: float = 0.0
    says: str = ""
    never: str = ""
    expect: tuple[Expectation, ...] = ()
    keep: tuple[Keep, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step.

    Attributes:
        number: from 1.
        title: what it does.
        kind: whether it reads, acts, or is a person's to do.
        invocation: the command; None by hand.
        changes: what is different afterwards.
        checks: how it is seen that it worked; all must agree.
        seen: the same in words.
        back: the way back, in words.
        repeatable: whether running it twice does what running it once does.
        hand: what a person has to do, where it is by hand.
    """

    number: int
    title: str
    kind: Kind
    invocation: Invocation | None
    changes: str
    checks: tuple[Check, ...]
    seen: str
    back: str
    repeatable: bool = True
    hand: str = ""


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """A rollback as it would run.

    Attributes:
        system: as the user calls it.
        environment: which of its environments.
        platform, strategy: by their printed names.
        version: to return to.
        bad: that is left; empty where nobody said.
        pointing: where the clients point: what each says, by what it is called.
        steps: in order.
        open: what is not checked by any step, in words.
    """

    system: str
    environment: str
    platform: str
    strategy: str
    version: str
    bad: str
    pointing: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    open: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Hash of exactly what would run: commands, checks, names, and where clients point."""
        exact = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(exact.encode()).hexdigest()[:ID_LENGTH]

    @property
    def name(self) -> str:
        """What a person types to agree: system and environment."""
        return f"{self.system} {self.environment}"

    def programs(self) -> tuple[str, ...]:
        """Every program that is started, in order of use."""
        found: list[str] = []
        for step in self.steps:
            found += [one.argv[0] for one in invocations(step)]
        return tuple(dict.fromkeys(found))

    def as_json(self) -> dict[str, object]:
        """The plan for programs."""
        return {
            "id": self.id,
            "system": self.system,
            "environment": self.environment,
            "platform": self.platform,
            "strategy": self.strategy,
            "version": self.version,
            "from": self.bad or None,
            "clients": dict(self.pointing),
            "steps": [
                {
                    "number": step.number,
                    "title": step.title,
                    "kind": step.kind,
                    "argv": list(step.invocation.argv) if step.invocation else None,
                    "environment": dict(step.invocation.environment) if step.invocation else {},
                    "input": step.invocation.given if step.invocation else "",
                    "changes": step.changes,
                    "checks": [
                        list(check.invocation.argv) for check in step.checks if check.invocation
                    ],
                    "check": step.seen,
                    "back": step.back,
                }
                for step in self.steps
            ],
            "not_checked": list(self.open),
        }


def invocations(step: Step) -> tuple[Invocation, ...]:
    """Command and checks of a step."""
    own = (step.invocation,) if step.invocation else ()
    return (*own, *(check.invocation for check in step.checks if check.invocation))
