"""Which names git would leave out: the patterns of ``.gitignore``, nearest folder first.

Method: gitignore(5). Plain names and ``*.ext`` are looked up in a table, so that a usual
file costs a few look-ups an entry; everything else is a compiled expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MAX_PATTERNS = 2000
_MAX_PATTERN = 256
_MAX_STARS = 8


@dataclass(slots=True)
class IgnoreFile:
    """The patterns of one ``.gitignore``; the last that matches decides.

    Attributes:
        base: folder the file lies in, relative to the root ("" for the root itself).
        names: plain name to (index, is a negation, folders only).
        suffixes: text after a dot (``*.ext``) to the same triple.
        paths: path without a wildcard (``/build``, ``docs/site``) to the same triple.
        others: compiled patterns, last first: (index, expression, anchored, negated, folders).
    """

    base: str
    names: dict[str, list[tuple[int, bool, bool]]] = field(default_factory=dict)
    suffixes: dict[str, list[tuple[int, bool, bool]]] = field(default_factory=dict)
    paths: dict[str, list[tuple[int, bool, bool]]] = field(default_factory=dict)
    others: list[tuple[int, re.Pattern[str], bool, bool, bool]] = field(default_factory=list)

    def verdict(self, path: str, name: str, *, folder: bool) -> bool | None:
        """True: left out; False: taken back by a negation; None: no pattern speaks of it."""
        best, negated = -1, False
        inside = path[len(self.base) + 1 :] if self.base else path
        for index, negative, only_folders in self._simple(name, inside):
            if index > best and (folder or not only_folders):
                best, negated = index, negative
        for index, pattern, anchored, negative, only_folders in self.others:
            if index < best:
                break
            if only_folders and not folder:
                continue
            if pattern.fullmatch(inside if anchored else name):
                best, negated = index, negative
                break
        return None if best < 0 else not negated

    def _simple(self, name: str, inside: str) -> list[tuple[int, bool, bool]]:
        found = [*self.names.get(name, ()), *self.paths.get(inside, ())]
        if self.suffixes:
            dot = name.find(".")
            while dot >= 0:
                found += self.suffixes.get(name[dot + 1 :], ())
                dot = name.find(".", dot + 1)
        return found


def parse_ignore(text: str, base: str) -> IgnoreFile:
    """The patterns of ``text``; lines that cannot be patterns are passed over."""
    result = IgnoreFile(base)
    for index, line in enumerate(text.splitlines()[:_MAX_PATTERNS]):
        pattern = line.rstrip()
        if not pattern or pattern.startswith("#") or len(pattern) > _MAX_PATTERN:
            continue
        negative = pattern.startswith("!")
        pattern = pattern[1:] if negative else pattern
        folders = pattern.endswith("/")
        pattern = pattern.rstrip("/")
        _add(result, index, pattern, negative=negative, folders=folders)
    result.others.reverse()
    return result


def _add(result: IgnoreFile, index: int, pattern: str, *, negative: bool, folders: bool) -> None:
    if not pattern:
        return
    if not any(character in pattern for character in "*?[\\"):
        table = result.paths if "/" in pattern else result.names
        table.setdefault(pattern.lstrip("/"), []).append((index, negative, folders))
        return
    ending = pattern[2:] if pattern.startswith("*.") else ""
    if ending and not any(character in ending for character in "*?[\\/"):
        result.suffixes.setdefault(ending, []).append((index, negative, folders))
        return
    # Many stars make a backtracking expression slow; nobody writes such a pattern in earnest.
    if pattern.count("*") > _MAX_STARS:
        return
    anchored = "/" in pattern
    try:
        expression = re.compile(_translate(pattern.lstrip("/")), re.DOTALL)
    except re.error:
        return
    result.others.append((index, expression, anchored, negative, folders))


def _translate(pattern: str) -> str:
    """A path pattern as an expression that never backtracks over a star.

    A star that another follows is matched shortest and for good (an atomic group, as in
    :mod:`fnmatch`): within one path segment the first place that fits is as good as any.
    """
    tokens = _tokens(pattern)
    out: list[str] = []
    closing = ""
    for index, (kind, text) in enumerate(tokens):
        if kind != "fixed":
            out.append(closing)
            closing = ""
        if kind == "star" and any(later != "fixed" for later, _ in tokens[index + 1 :]):
            out.append("(?>[^/]*?")
            closing = ")"
        else:
            out.append("[^/]*" if kind == "star" else text)
    return "".join(out) + closing


def _tokens(pattern: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/"):
            out.append(("deep", "(?:[^\\0]*/)?"))
            at += 3
        elif rest == "/**":
            out.append(("deep", "/[^\\0]*"))
            at += 3
        elif rest[0] == "*":
            out.append(("star", ""))
            at += len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "[":
            text, at = _klass(pattern, at)
            out.append(("fixed", text))
        elif rest[0] == "\\" and len(rest) > 1:
            out.append(("fixed", re.escape(rest[1])))
            at += 2
        else:
            out.append(("fixed", "[^/]" if rest[0] == "?" else re.escape(rest[0])))
            at += 1
    return out


def _klass(pattern: str, at: int) -> tuple[str, int]:
    end = pattern.find("]", at + 2)
    if end < 0:
        return "\\[", at + 1
    body = pattern[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
    if body[0] in "!^":
        body = "^" + body[1:]
    return f"[{body}]", end + 1
