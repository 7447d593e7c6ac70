"""The data stores of a subject as its process meets them: ports, variables, containers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.implement.subject import Variable

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_TABLE = Path(__file__).parent / "data" / "stores.toml"
_EXAMPLE = re.compile(r"(?:^|/)[\w.-]*\.env[\w.-]*|(?:^|/)env\.example")
_DRIVER = re.compile(r"\A[A-Z]+_CONNECTION\Z")
_WORD = re.compile(r"[a-z][a-z0-9_-]{1,20}")
_HERE = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0")


@dataclass(frozen=True, slots=True)
class Store:
    """A data store that is a server of its own.

    Attributes:
        name: identifier.
        port: it is reached at.
        row: of the table.
    """

    name: str
    port: int
    row: dict[str, Any]

    @property
    def https(self) -> bool:
        """Whether it is reached over TLS at a provider's address."""
        return bool(self.row.get("https"))

    @property
    def image(self) -> tuple[str, str] | None:
        """(name, tag) of the container for development; None where it has none."""
        found = self.row.get("image")
        return (found[0], found[1]) if found else None

    def expected(self, language: str) -> tuple[tuple[str, str], ...]:
        """(name, value) of the variables that a language's frameworks usually take."""
        language = "java" if language == "kotlin" else language
        rows = self.row.get(language, {}).get("variables")
        if rows:
            return tuple((str(name), str(value)) for name, value in rows)
        name = self.row.get("variable")
        return ((str(name), str(self.row.get("url", ""))),) if name else ()

    def value_of(self, variable: str) -> str | None:
        """The value of a variable of that name, as some language's frameworks take it."""
        for language in ("java", "dotnet"):
            for name, value in self.row.get(language, {}).get("variables", ()):
                if name == variable:
                    return str(value)
        return None

    def named_in(self, variable: str) -> bool:
        """Whether a variable's name speaks of this store."""
        if self.value_of(variable) is not None:
            return True
        words = re.split(r"[^A-Z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", variable).upper())
        return any(
            word.startswith(name) if len(name) > 2 else word == name
            for word in words
            for name in self.row.get("names", ())
        )


def stores_of(subject: Subject) -> tuple[Store, ...]:
    """The data stores that are servers, in the order of their names; embedded ones left out."""
    rows = _table()
    return tuple(
        Store(name, int(rows[name]["port"]), rows[name])
        for name in sorted(set(subject.datastores))
        if name in rows
    )


def is_server(product: str) -> bool:
    """Whether a data store is a server of its own, which is reached over the network."""
    return product in _table()


def port_of(product: str) -> int:
    """The port of a data store that is a server."""
    return int(_table()[product]["port"])


def variables_of(subject: Subject) -> tuple[Variable, ...]:
    """The variables of the process: those found, and one for each store that none speaks of."""
    from devops_exe.implement.stack import stack_of

    found = {variable.name: _classed(subject, variable) for variable in subject.variables}
    language = stack_of(subject).language
    for store in stores_of(subject):
        if any(store.named_in(variable.name) for variable in subject.variables):
            continue
        for name, _ in store.expected(language):
            found[name] = Variable(
                name,
                secret=True,
                required=True,
                where=f"{store.name} is used, and no file says by which variable",
            )
    return tuple(found[name] for name in sorted(found))


def _classed(subject: Subject, variable: Variable) -> Variable:
    """A variable whose example shows that it names a driver, and carries no credentials.

    ``DB_CONNECTION=mysql`` is a choice of Laravel's; ``DB_CONNECTION=Server=…`` is not.
    """
    if not variable.secret or not _DRIVER.search(variable.name):
        return variable
    plain = replace(variable, secret=False)
    value = example_value(subject, plain)
    return plain if value is not None and _WORD.fullmatch(value) else variable


def example_value(subject: Subject, variable: Variable) -> str | None:
    """The value that the repository's example gives a variable that is no secret.

    None where there is none, or it speaks of the developer's own machine.
    """
    path, _, line = variable.where.rpartition(":")
    if variable.secret or not line.isdigit() or not _EXAMPLE.search(path):
        return None
    lines = subject.files.get(path, "").splitlines()
    if int(line) > len(lines):
        return None
    name, equals, value = lines[int(line) - 1].removeprefix("export ").partition("=")
    value = value.strip()
    if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
        value = value[1:-1]
    if not equals or name.strip() != variable.name or not value or _HERE.search(value):
        return None
    return value if value.isprintable() else None


@cache
def _table() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
