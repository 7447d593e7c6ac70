"""Rows of ``design/data/executions.toml`` as checks of a plan, with the names put in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from devops_exe.operate.rollback.commandline import invocations_of
from devops_exe.operate.rollback.model import (
    Check,
    Expectation,
    Invocation,
    Keep,
    Selection,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devops_exe.operate.rollback.model import Each

_NAME = re.compile(r"\{(name|version|bad)\}")
_TESTS = ("is", "in", "tag", "ends", "has")


@dataclass(frozen=True, slots=True)
class Names:
    """What is put into a row.

    Attributes:
        values: name, version and bad.
        stated: words in capitals that the user stated, or that a step keeps (``{REVISION}``).
        behind: arguments put behind every kubectl command.
    """

    values: Mapping[str, str]
    stated: Mapping[str, str]
    behind: tuple[str, ...] = ()

    def text(self, text: str, clean: Callable[[str], str] = str) -> str:
        """A text with the names put in, each word of the user's in one pass."""
        filled = _NAME.sub(lambda found: clean(self.values[found[1]]), text)
        return self.capitals(filled, clean)

    def capitals(self, text: str, clean: Callable[[str], str] = str) -> str:
        """A text with the words in capitals put in."""
        if not self.stated:
            return text
        pattern = rf"(?<![\w.])({'|'.join(map(re.escape, self.stated))})(?![\w.])"
        return re.sub(pattern, lambda found: clean(self.stated[found[1]]), text)

    def pointed(self, invocation: Invocation) -> Invocation:
        """A command with the client's context behind it."""
        if invocation.argv[0] != "kubectl" or not self.behind:
            return invocation
        return replace(invocation, argv=(*invocation.argv, *self.behind))


def checks_of(part: Mapping[str, Any], names: Names) -> tuple[Check, ...]:
    """The checks of a part of a row."""
    return tuple(_check(row, names) for row in part.get("check", ()))


def _check(row: Mapping[str, Any], names: Names) -> Check:
    invocation = None
    if "run" in row:
        (bare,) = invocations_of(str(row["run"]))
        argv = tuple(names.text(word) for word in bare.argv)
        invocation = names.pointed(
            replace(bare, argv=argv, given=names.text(bare.given),
                    seconds=float(row.get("seconds", 60)))
        )  # fmt: skip
    return Check(
        invocation=invocation,
        within=float(row.get("within", 0)),
        says=names.text(str(row.get("says", "")), re.escape),
        never=names.text(str(row.get("never", "")), re.escape),
        expect=tuple(_expectation(one, names) for one in row.get("expect", ())),
        keep=tuple(_keep(name, one, names) for name, one in row.get("keep", {}).items()),
    )


def _expectation(row: Mapping[str, Any], names: Names) -> Expectation:
    same = row.get("same")
    return Expectation(
        selection=_selection(row, names),
        each=cast("Each", row.get("each", "any")),
        test=None if same else _test(row, names),
        same=_selection(same, names) if same else None,
        maybe=bool(row.get("maybe", False)),
    )


def _keep(name: str, row: Mapping[str, Any], names: Names) -> Keep:
    stated = names.stated.get(name, "")
    return Keep(
        name=name,
        selection=_selection(row, names),
        highest=row.get("pick") == "highest",
        known="" if stated == f"{{{name}}}" else stated,
        loose=bool(row.get("loose", False)),
    )


def _selection(row: Mapping[str, Any], names: Names) -> Selection:
    return Selection(
        at=_path(str(row.get("at", ""))),
        where=tuple((_path(str(one["at"])), _test(one, names)) for one in row.get("where", ())),
        take=_path(str(row.get("take", ""))),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(">") if part.strip())


def _test(row: Mapping[str, Any], names: Names) -> Wanted:
    for op in _TESTS:
        if op in row:
            wanted = row[op] if isinstance(row[op], list) else [row[op]]
            return Wanted(op, tuple(names.text(str(one)) for one in wanted))
    message = f"a row without a test: {row}"
    raise ValueError(message)
