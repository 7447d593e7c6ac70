"""The topology of a .NET Aspire app host, read from its statements; nothing is run.

Method: the app host's builder calls (``AddProject<Projects.X>("name")``, ``AddPostgres``,
``AddDatabase``, ``WithReference``), one statement at a time. C# is not parsed: what is
assembled in loops or helper methods is not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATEMENT = re.compile(r"[^;]{1,4000};")
_COMMENT = re.compile(r"//[^\n]{0,2000}|/\*.{0,4000}?\*/", re.DOTALL)
_ADDED = re.compile(
    r"(?:\bvar\s{1,4}(\w{1,60})\s{0,4}=\s{0,4})?\b(\w{1,60})\s{0,40}\.\s{0,4}Add(\w{1,60})"
    r"(?:<\s{0,4}Projects\.(\w{1,100})\s{0,4}>)?\(\s{0,40}\"([\w.-]{1,60})\""
)
_USED = re.compile(r"\.With(?:Reference|ReferenceRelationship)\(\s{0,40}(\w{1,60})")
_VALUE = re.compile(r"\.WithEnvironment\([^,()]{1,100},\s{0,40}(\w{1,60})")
_ALIAS = re.compile(r"\bvar\s{1,4}(\w{1,60})\s{0,4}=\s{0,4}(\w{1,60})\s{0,4}\.")
_WORD = re.compile(r"\b\w{1,60}\b")
_REPLICAS = re.compile(r"\.WithReplicas\(\s{0,8}(\d{1,4})\s{0,8}\)")

STORES = {
    "Redis": "redis",
    "Valkey": "redis",
    "Garnet": "redis",
    "AzureRedis": "redis",
    "Postgres": "postgresql",
    "AzurePostgresFlexibleServer": "postgresql",
    "SqlServer": "sql-server",
    "AzureSqlServer": "sql-server",
    "MySql": "mysql",
    "MongoDB": "mongodb",
    "RabbitMQ": "rabbitmq",
    "Kafka": "kafka",
    "Nats": "nats",
    "Elasticsearch": "elasticsearch",
    "AzureCosmosDB": "cosmos-db",
    "Oracle": "oracle",
    "Qdrant": "qdrant",
}
_PROGRAMS = frozenset({"Project", "NpmApp", "NodeApp", "ViteApp", "PythonApp", "UvicornApp",
                       "Executable", "GolangApp", "SpringApp", "Yarp"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing that the app host adds.

    Attributes:
        name: its name in the host.
        line: where it is added.
        project: name of the .NET project (dots as ``_``), "" for another thing.
        store: identifier of the datastore, "" for another thing.
        uses: names of the resources that it references, with lines.
    """

    name: str
    line: int
    project: str = ""
    store: str = ""
    program: bool = False
    replicas: int | None = None
    uses: tuple[tuple[str, int], ...] = ()


def read_app_host(text: str) -> tuple[Resource, ...]:
    """The resources of an app host in the order of its statements.

    A database of a server is the server: ``postgres.AddDatabase("catalogdb")``.
    """
    plain = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    variables: dict[str, str] = {}
    found: dict[str, Resource] = {}
    for statement in _STATEMENT.finditer(plain):
        match = _ADDED.search(statement[0])
        if match is None:
            alias = _ALIAS.search(statement[0])
            if alias is not None and alias[2] in variables:
                variables[alias[1]] = variables[alias[2]]
            continue
        variable, owner, kind, project, name = match.groups()
        if owner in variables and owner != "builder":
            variables[variable or name] = variables[owner]
            continue
        if kind not in _PROGRAMS and kind not in STORES:
            continue
        count = _REPLICAS.search(statement[0])
        found[name] = Resource(
            name=name,
            line=plain.count("\n", 0, statement.start() + match.start(3)) + 1,
            project=project or "",
            store=STORES.get(kind, ""),
            program=kind in _PROGRAMS,
            replicas=int(count[1]) if count else None,
            uses=_uses(plain, statement, variables, whole=kind == "Yarp"),
        )
        variables[variable or name] = name
    return tuple(found.values())


def _uses(
    plain: str, statement: re.Match[str], variables: dict[str, str], *, whole: bool
) -> tuple[tuple[str, int], ...]:
    """What a statement references; of a proxy (``whole``) every resource that it names."""
    used: dict[str, int] = {}
    patterns = (_WORD,) if whole else (_USED, _VALUE)
    for pattern in patterns:
        for match in pattern.finditer(statement[0]):
            name = variables.get(match[0] if whole else match[1])
            if name is not None:
                line = plain.count("\n", 0, statement.start() + match.start()) + 1
                used.setdefault(name, line)
    return tuple(used.items())
