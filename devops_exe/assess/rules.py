"""The table of detection rules (``data/stacks.toml``), compiled for look-up.

A rule is a row: what to look at, what it states, how sure, whose rule it is. Matching a
name costs a few dictionary look-ups; only a name with an unusual pattern meets a regular
expression.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import Role


@dataclass(frozen=True, slots=True)
class FileRule:
    """A file's name states a fact."""

    rule: int
    field: str
    value: str
    role: Role
    ecosystem: str
    at_root: bool


@dataclass(frozen=True, slots=True)
class LineRule:
    """A line of a file states a fact; ``{1}`` in the value is the pattern's first group.

    ``across`` rules see the next line as well; what they find begins in their own.
    """

    rule: int
    field: str
    value: str
    role: Role
    pattern: re.Pattern[str]
    drives: bool
    across: bool = False


@dataclass(frozen=True, slots=True)
class DependencyRule:
    """A package among the dependencies states a fact.

    ``weak`` packages drive many products at once: what is declared is driven by them, yet
    alone they are not even a possibility worth a word. ``below`` names frameworks that
    include this one.
    """

    rule: int
    field: str
    value: str
    role: Role
    weak: bool
    below: tuple[str, ...]
    frontend: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, compiled; get it with :func:`rules`."""

    raw: Mapping[str, Any]
    names_of: NameTable
    exact: Mapping[tuple[str, str], tuple[DependencyRule, ...]]
    prefixed: Mapping[str, tuple[tuple[str, DependencyRule], ...]]
    images: Mapping[str, tuple[str, str]]
    secrets: NameTable
    unusual: Watch

    def names(self, key: str) -> frozenset[str]:
        """A list of the ``[names]`` table."""
        return frozenset(self.raw["names"][key])

    def alias(self, value: str) -> str:
        """The published identifier of a product that goes by another word."""
        word = value.split("+", 1)[0] if value not in self.raw["aliases"] else value
        return str(self.raw["aliases"].get(word, word))

    def dependency(self, ecosystem: str, name: str) -> list[DependencyRule]:
        """The rules that a package of an ecosystem meets."""
        found = list(self.exact.get((ecosystem, name), ()))
        found += [rule for stem, rule in self.prefixed.get(ecosystem, ()) if _fits(stem, name)]
        return found

    def image(self, reference: str) -> tuple[str, str] | None:
        """(field, value) of a container image by its repository's last part or two."""
        parts = image_name(reference).split("/")
        for candidate in ("/".join(parts[-2:]), parts[-1]):
            if candidate in self.images:
                return self.images[candidate]
        return None

    def is_secret(self, name: str, path: str) -> bool:
        """Whether a file is secret by its name (rule 115)."""
        low = name.lower()
        # The secret paths lie in folders of a dot, so the rest need no lower case.
        if not self.secrets.find(low, path.lower() if "/." in path or path[:1] == "." else low):
            return False
        parts = low.replace("-", ".").replace("_", ".").split(".")
        return not any(word in parts for word in self.names("not_secret"))


class NameTable:
    """Rows by the file names they look at.

    Most names of a tree meet no row, so that must be told fast: a name is looked up by itself
    and by its extension, met by the patterns left over only where it holds a piece of one of
    them, and what the folder and the extension decide is decided once for both.
    """

    __slots__ = (
        "_exact", "_extensions", "_known", "_named", "_others", "_paths", "_piece", "_pieces",
        "_whole",
    )  # fmt: skip

    def __init__(self, rows: list[tuple[str, Any]]) -> None:
        exact: dict[str, list[Any]] = {}
        extensions: dict[str, list[Any]] = {}
        paths: dict[str, list[tuple[re.Pattern[str], Any]]] = {}
        others: list[tuple[re.Pattern[str], Any]] = []
        pieces: list[str] = []
        for glob, row in rows:
            last = glob.rpartition("/")[2]
            ending = last[2:] if last.startswith("*.") else ""
            simple_ending = bool(ending) and not any(c in ending for c in "*?[.")
            if "/" in glob:
                key = last if "*" not in last else f"*.{ending}" if simple_ending else "*"
                paths.setdefault(key, []).append((re.compile(translate("*/" + glob)), row))
            elif "*" not in glob:
                exact.setdefault(glob, []).append(row)
            elif simple_ending:
                extensions.setdefault(ending, []).append(row)
            else:
                others.append((re.compile(translate(glob)), row))
                pieces.append(max(re.split(r"[*?]|\[[^]]*\]", glob), key=len))
        whole = paths.pop("*", [])
        # A pattern such as V*.sql looks at the name as well: its names take the slow way.
        pieces += [
            glob.rpartition("*")[2]
            for glob, _ in rows
            if "/" in glob and (last := glob.rpartition("/")[2]) not in ("*", "") and "*" in last
            and not last.startswith("*.")
        ]  # fmt: skip
        self._exact = {key: tuple(value) for key, value in exact.items()}
        self._extensions = {key: tuple(value) for key, value in extensions.items()}
        self._paths = {key: tuple(value) for key, value in paths.items()}
        self._others = tuple(others)
        self._named = frozenset(exact) | frozenset(paths)
        self._pieces = tuple(sorted(set(pieces)))
        self._piece = re.compile("|".join(map(re.escape, self._pieces)) or r"(?!)")
        self._whole = tuple(whole)
        self._known: tuple[str, dict[str, tuple[Any, ...]]] = ("", {})

    @property
    def named(self) -> frozenset[str]:
        """The names that rows spell out."""
        return self._named

    @property
    def pieces(self) -> tuple[str, ...]:
        """A piece of each pattern that is no name and no extension."""
        return self._pieces

    def find(self, name: str, path: str) -> tuple[Any, ...]:
        """The rows whose pattern fits ``name`` (or, for a pattern with a slash, ``path``)."""
        if name in self._named or self._piece.search(name) is not None:
            return self._look(name, path)
        return self.usual(name, path)

    def usual(self, name: str, path: str) -> tuple[Any, ...]:
        """The rows of a name that holds no piece: by its folder and extension alone."""
        folder, extension = path[: len(path) - len(name)], name.rpartition(".")[2]
        known = self._known
        if known[0] != folder:
            known = self._known = (folder, {})
        rows = known[1].get(extension)
        if rows is None:
            rows = known[1][extension] = self._look(name, path)
        return rows

    def _look(self, name: str, path: str) -> tuple[Any, ...]:
        extension = name.rpartition(".")[2]
        found = [*self._exact.get(name, ()), *self._extensions.get(extension, ())]
        found += [row for pattern, row in self._others if pattern.match(name)]
        whole = "/" + path
        for key in (name, "*." + extension):
            found += [row for pattern, row in self._paths.get(key, ()) if pattern.match(whole)]
        found += [row for pattern, row in self._whole if pattern.match(whole)]
        return tuple(found)


def name_table(rows: list[tuple[str, Any]]) -> NameTable:
    """A table of (glob, row); a glob with a slash is tried on the path's end."""
    return NameTable(rows)


def image_name(reference: str) -> str:
    """An image's repository, lower case, without tag and digest."""
    name = reference.strip().lower().split("@", 1)[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.split(":", 1)[0]


@cache
def rules() -> Rules:
    """The table, read once."""
    text = files("devops_exe.assess").joinpath("data", "stacks.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    exact: dict[tuple[str, str], list[DependencyRule]] = {}
    prefixed: dict[str, list[tuple[str, DependencyRule]]] = {}
    for row in raw["dependency"]:
        rule = _dependency_rule(row)
        for name in row["names"]:
            if "*" in name:
                prefixed.setdefault(row["read"], []).append((name, rule))
            else:
                exact.setdefault((row["read"], name), []).append(rule)
    images = {
        name: (str(row["field"]), str(row["value"]))
        for row in raw["image"]
        for name in row["names"]
    }
    secret_globs = [(glob, True) for glob in raw["names"]["secret"]]
    secret_globs += [(glob, True) for glob in raw["names"]["secret_paths"]]
    names_of = name_table(
        [(g, _file_rule(row)) for row in raw["file"] for g in row["glob"]]
        + [(g, _line_rule(row)) for row in raw["line"] for g in row["glob"]]
    )
    return Rules(
        raw=raw,
        names_of=names_of,
        exact={key: tuple(value) for key, value in exact.items()},
        prefixed={key: tuple(value) for key, value in prefixed.items()},
        images=images,
        secrets=name_table(secret_globs),
        unusual=Watch(names_of, raw["names"]["secret"]),
    )


_SHAPES = frozenset(
    {
        "conf", "rc.", "setup", "spec", "stories", "gulp", "grunt", ".min.", "pb", ".g.",
        "designer", ".d.", "test", ".cy.", ".e2e.", "it.", ".jmx", "locustfile", "k6",
    }
)  # fmt: skip
"""Pieces of names that are generated, configure a tool, or are tests; lower case."""


class Watch:
    """Tells a name that can meet a row by more than its folder and extension.

    Names that differ in their digits alone are told once: a tree has few shapes of names.
    """

    __slots__ = ("_known", "_named", "_piece")

    def __init__(self, table: NameTable, secret: list[str]) -> None:
        every = (*table.pieces, *map(_longest, secret), *_SHAPES)
        pieces = {piece.lower().translate(_DIGITS) for piece in every}
        # A piece that holds another one tells nothing more.
        least = {one for one in pieces if not any(two in one for two in pieces if two != one)}
        self._piece = re.compile("|".join(map(re.escape, sorted(least))))
        self._named = frozenset(name.lower().translate(_DIGITS) for name in table.named)
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        """Whether more of the name must be looked at."""
        shape = name.translate(_DIGITS)
        known = self._known.get(shape)
        if known is None:
            if len(self._known) > _MOST_SHAPES:
                self._known.clear()
            low = shape.lower()
            known = self._known[shape] = low in self._named or bool(self._piece.search(low))
        return known


_MOST_SHAPES = 100_000
_DIGITS = str.maketrans("123456789", "000000000")
"""Digits are alike: ``k6`` and ``k8`` are both looked at more closely."""


def _longest(glob: str) -> str:
    """The longest piece of a pattern that is written out."""
    return max(re.split(r"[*?]|\[[^]]*\]", glob), key=len)


def _role(row: dict[str, Any], default: Role) -> Role:
    return cast("Role", row.get("role", default))


def _file_rule(row: dict[str, Any]) -> FileRule:
    return FileRule(
        row["rule"],
        row["field"],
        row["value"],
        _role(row, "declared"),
        row.get("read", ""),
        bool(row.get("at_root", False)),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _line_rule(row: dict[str, Any]) -> LineRule:
    return LineRule(
        row["rule"],
        row["field"],
        row["value"],
        _role(row, "declared"),
        _compiled(row["pattern"]),
        bool(row.get("drives", False)),
        bool(row.get("across", False)),
    )


def _dependency_rule(row: dict[str, Any]) -> DependencyRule:
    default: Role = "possible" if row["field"] == "datastore" else "declared"
    return DependencyRule(
        row["rule"],
        row["field"],
        row["value"],
        _role(row, default),
        bool(row.get("weak", False)),
        tuple(str(row.get("below", "")).split()),
        bool(row.get("frontend", False)),
    )


def _fits(stem: str, name: str) -> bool:
    """``a*`` by prefix, ``*:b`` by suffix, ``*:b*`` by what stands between."""
    if stem.startswith("*"):
        body = stem[1:]
        return (body[:-1] in name) if body.endswith("*") else name.endswith(body)
    return name.startswith(stem[:-1])
