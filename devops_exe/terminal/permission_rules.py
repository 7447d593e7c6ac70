"""Rules of what may be written and run: read from files, matched, remembered.

A rule is one string, ``ACTION PATTERN``, in a list named ``deny``, ``ask`` or ``allow``::

    # $XDG_CONFIG_HOME/devops-exe/permissions.toml
    deny = ["write *.tf", "run rm *"]
    ask = ["write k8s/**"]
    allow = ["write out/**"]

The actions are ``write`` (a file), ``run`` (a command), ``drill`` and ``execute``. Deny goes
before ask, ask before allow; where nothing matches it is asked. A project's ``.devops-exe.toml``
may hold ``[permissions]`` with ``deny`` and ``ask``: it tightens; its ``allow`` is warned of and
does not count. What was answered with *always* stands in a file of its own in the data folder.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import consents_file, permissions_file, private_folder
from devops_exe.ground.settings import LARGEST_FILE, PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Verb = Literal["deny", "ask", "allow"]
Action = Literal["write", "run", "drill", "execute"]

VERBS: tuple[Verb, ...] = ("deny", "ask", "allow")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        verb: deny, ask or allow.
        action: what it is about.
        pattern: of a path or of a command; ``**`` crosses folders, ``*`` does not.
        where: file and line.
    """

    verb: Verb
    action: Action
    pattern: str
    where: str

    def matches(self, action: str, subject: str) -> bool:
        """Whether the rule is about this path or command."""
        if action != self.action:
            return False
        if action != "write":
            return re.fullmatch(_command(self.pattern), " ".join(subject.split())) is not None
        names = _names(Path(subject), literal=self.verb != "allow")
        return any(_path(self.pattern).fullmatch(name) for name in names)


def read_rules(folder: Path | None = None) -> tuple[list[Rule], list[str]]:
    """Every rule, the sternest first, and warnings of what does not count.

    Raises:
        UserError: a file cannot be read, or is none of these lists.
    """
    project = Path(folder or ".") / PROJECT_FILE
    rules: list[Rule] = []
    warnings: list[str] = []
    for path, own in ((project, False), (permissions_file(), True), (consents_file(), True)):
        raw, text = _table(path)
        table = raw if own else raw.get("permissions", {})
        if not isinstance(table, dict):
            raise _wrong(path, 1, "permissions is no table", "write [permissions]")
        for verb, given in table.items():
            rules += _of_list(verb, given, path, text, warnings, own=own)
    return sorted(rules, key=lambda rule: VERBS.index(rule.verb)), warnings


def remembered(folder: Path) -> str:
    """Allow files of a folder from now on; the rule as written.

    Raises:
        UserError: the file cannot be written.
    """
    rule = f"write {folder.resolve()}/**"
    path = consents_file()
    rules = [f"{one.action} {one.pattern}" for one in read_rules()[0] if _is_in(one, path)]
    if rule in rules:
        return rule
    import json

    lines = [
        "# Answered with always. Remove a line, and it is asked again.",
        "allow = [",
        *(f"  {json.dumps(one, ensure_ascii=False)}," for one in [*rules, rule]),
        "]",
    ]
    try:
        private_folder(path.parent)
        handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as problem:
        raise UserError(
            f"it cannot be written ({problem.strerror or problem})",
            where=str(path),
            fix="make its folder writable; this once it is a yes",
            code="not_writable",
        ) from None
    return rule


def verdict(rules: Sequence[Rule], action: str, subject: str) -> Rule | None:
    """The rule that decides: the sternest that matches; None where none does."""
    return next((rule for rule in rules if rule.matches(action, subject)), None)


def _is_in(rule: Rule, path: Path) -> bool:
    return rule.where.rpartition(":")[0] == str(path)


def _of_list(
    verb: str, given: Any, path: Path, text: str, warnings: list[str], *, own: bool
) -> Iterator[Rule]:
    line = _line_of(text, verb)
    if verb not in VERBS:
        warnings.append(f"{path}:{line}: unknown key {verb}; use deny, ask or allow")
        return
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise _wrong(
            path, line, f"{verb} is no list of strings", f'write {verb} = ["write k8s/**"]'
        )
    if verb == "allow" and not own:
        warnings.append(f"{path}:{line}: a project file may not allow; it is asked all the same")
        return
    for one in given:
        action, _, pattern = one.strip().partition(" ")
        if action not in get_args(Action):
            raise _wrong(
                path,
                _line_of(text, one),
                f"{one[:60]!r} is no rule",
                f"begin it with one of {', '.join(get_args(Action))}",
            )
        where = f"{path}:{_line_of(text, one)}"
        yield Rule(verb, action, pattern.strip() or "**", where)


def _table(path: Path) -> tuple[dict[str, Any], str]:
    import tomllib

    try:
        if not path.exists():
            return {}, ""
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise _wrong(path, 1, "it is no regular file of ordinary size", "make it a text file")
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except (OSError, ValueError) as problem:  # a TOML or UTF-8 error is a ValueError
        raise _wrong(path, 1, f"it cannot be read: {problem}", "mend that line") from None


def _wrong(path: Path, line: int, what: str, fix: str) -> UserError:
    return UserError(f"{what}; nothing was done", where=f"{path}:{line}", fix=fix)


def _line_of(text: str, word: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if word in line:
            return number
    return 1


def _names(path: Path, *, literal: bool) -> Iterator[str]:
    """A path as rules may name it: from here and from the root, links followed.

    For what refuses or asks, also as it was written: a link must not lead around a rule. What
    allows counts for the place where the file really is.
    """
    path = path.expanduser()
    here = Path.cwd()
    found = [path.resolve()]
    if literal:
        found.append(Path(os.path.normpath(here / path)))
    for one in found:
        yield str(one)
        for base in (here, here.resolve()):
            if one.is_relative_to(base):
                yield str(one.relative_to(base))


def _path(pattern: str) -> re.Pattern[str]:
    """A path pattern, as in ``.gitignore``: one without a slash means the name anywhere."""
    text = os.path.expanduser(pattern)  # noqa: PTH111  # it is a pattern
    text = text.removeprefix("./")
    if "/" not in text:
        text = f"**/{text}"
    parts = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|/\*\*\Z|\*\*|\*|\?)", text)
    return re.compile("".join(parts.get(one) or re.escape(one) for one in pieces))


def _command(pattern: str) -> str:
    pieces = re.split(r"(\*+)", " ".join(pattern.split()))
    return "(?s:" + "".join(".*" if "*" in one else re.escape(one) for one in pieces) + ")"
