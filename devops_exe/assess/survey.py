"""One look at every name of a tree: which rules it meets, which readers want it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.compose import COMPOSE_NAME
from devops_exe.assess.readers.kubernetes import looks_like_manifest
from devops_exe.assess.readers.lines import numbered
from devops_exe.assess.readers.migrations import is_migration
from devops_exe.assess.readers.packages import READERS
from devops_exe.assess.rules import FileRule, LineRule, Rules, rules
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.profile import Role
    from devops_exe.assess.walk import Tree

_DOCKERFILE = re.compile(
    r"(?:(?:Dockerfile|Containerfile)(?:[._-][\w.-]+)?|[\w.-]+\.(?:Dockerfile|dockerfile))\Z"
)
_REQUIREMENTS = re.compile(r"requirements[\w.-]*\.(?:txt|in)\Z")
_GENERATED = re.compile(
    r"(?:\.min\.js|\.pb\.go|_pb2(?:_grpc)?\.py|\.g\.dart|\.designer\.cs|\.d\.ts)\Z"
)
_CONFIGURED = re.compile(
    r"(?:^|[._-])(?:config|conf|rc|setup|spec|test|stories)\.[cm]?[jt]sx?\Z|^gulpfile|^gruntfile",
    re.IGNORECASE,
)
_HINTS = re.compile(
    r"[Cc]onf|rc\.|[Ss]etup|[Ss]pec|[Tt]est|[Ss]tories|[Gg]ulp|[Gg]runt|\.min\.|pb|\.g\.|designer|\.d\."
)
_SORTED = frozenset({"csproj", "fsproj", "Dockerfile", "dockerfile"})
PAAS_NAMES = frozenset({"spec.yaml", "spec.yml", "app.yaml"})
"""Names, at the root, under which a platform's own file is looked for."""

_ROUTES = frozenset(
    {
        "health_endpoint",
        "health_route",
        "route_action",
        "route_file",
        "route_global",
        "route_mount",
        "route_moved",
        "route_nest",
    }
)
_AS_WRITTEN = _ROUTES | {"terraform_resource", "environment_required", "environment"}
_OFTEN_A_LINE = frozenset({"environment_required", "environment"})
"""Fields of which one line may state several: host and password of one database."""
_MOST_A_LINE = 50
_SECRETS = 146
_PLACEHOLDER = re.compile(r"\$\{[^{}]{0,200}\}")
_TEST_WORDS = frozenset({"test", "tests", "testing", "e2e", "ci"})
_FOREIGN = frozenset(
    {"lang", "locale", "locales", "i18n", "translations", "dist", "static", "public"}
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a file, or a line of it, meets."""

    rule: int
    field: str
    value: str
    path: str
    line: int
    role: Role
    drives: bool = False

    @property
    def where(self) -> str:
        """``path:line`` as it may be printed."""
        return f"{shown(self.path)}:{self.line}"


@dataclass(slots=True)
class Survey:
    """The names of a tree, sorted by who wants to read them.

    Attributes:
        hits: rules met by names and by lines; those in development folders say so.
        sources: (folder, language) to the number of source files outside tests and samples.
        dockerfiles: production Dockerfiles, the rest left out.
        development_dockerfiles: those left out.
        compose: compose files outside development folders.
        manifests: project files, outside development folders first.
        requirements: requirements files.
        yamls: other YAML that may hold manifests.
        migrations: numbered schema changes.
        parsed: characters of Terraform seen so far.
    """

    rules: Rules
    hits: list[Hit] = field(default_factory=list)
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    dockerfiles: list[str] = field(default_factory=list)
    development_dockerfiles: list[str] = field(default_factory=list)
    compose: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    yamls: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    procfiles: list[str] = field(default_factory=list)
    locks: list[tuple[FileRule, str]] = field(default_factory=list)
    parsed: int = 0

    def of(self, name: str, *roles: Role) -> list[Hit]:
        """The hits of a field, those of the given roles only where any is given."""
        return [h for h in self.hits if h.field == name and (not roles or h.role in roles)]


def folder_of(path: str) -> str:
    """The folder of a path; "" for the root."""
    return path.rpartition("/")[0]


def is_development(path: str, table: Rules) -> bool:
    """Whether a path lies in a folder of tests, samples, documents or the CI's own things."""
    folders = table.names("development_folders")
    if "/" in path and path.partition("/")[0].lower() in table.names("development_roots"):
        return True
    return any(
        part.lower() in folders or (part[:1] == "." and part.endswith(("container", "dev")))
        for part in path.split("/")[:-1]
    )


def survey(tree: Tree) -> Survey:
    """Looks at every name once, then reads the lines that a line rule wants."""
    table = rules()
    result = Survey(table)
    wanted: list[tuple[str, list[LineRule], bool]] = []
    look = _Names(tree, result, wanted)
    for path in tree.files:
        look.at(path)
    look.leave()
    tree.others = look.others
    maybe, result.yamls = set(result.yamls), []
    for path, rows, apart in wanted:
        if _foreign(path):
            continue
        text = tree.text(path)
        if not text:
            continue
        if path.endswith(".tf"):
            text = _terraform(tree, result, text)
        _lines(result, text, path, rows, apart=apart)
        # Seen here, while the text is at hand: a large tree is read once.
        if path in maybe and (looks_like_manifest(text) or path in PAAS_NAMES):
            result.yamls.append(path)
    return result


_MOST_PARSED = 384 * 1024
"""Characters of Terraform that are parsed in all (about four seconds); the rest by its lines."""


def _terraform(tree: Tree, result: Survey, text: str) -> str:
    """The statements of a Terraform file; what would read them better is said once."""
    from devops_exe.assess.readers.terraform import HINT, parser, statements, stripped

    if parser() is None:
        tree.note(HINT)
    result.parsed += len(text)
    return statements(text) if result.parsed <= _MOST_PARSED else stripped(text)


class _Names:
    """Looks at one name after another; what a folder decides is decided once.

    A name that nothing watches differs from its neighbours by its extension alone.
    """

    __slots__ = (
        "apart", "changes", "cut", "folder", "languages", "others", "plain", "result",
        "unusual", "wanted",
    )  # fmt: skip

    def __init__(
        self, tree: Tree, result: Survey, wanted: list[tuple[str, list[LineRule], bool]]
    ) -> None:
        self.result, self.wanted, self.unusual = result, wanted, tree.unusual
        self.languages = result.rules.raw["extensions"]
        self.folder, self.cut = "\0", 0
        self.apart = self.changes = False
        self.plain: dict[str, list[Any]] = {}
        self.others: list[str] = []

    def at(self, path: str) -> None:
        """Notes what the name of a file says."""
        cut = path.rfind("/")
        if cut != self.cut or not path.startswith(self.folder):
            self._enter(path, cut)
        extension = path[path.rfind(".") + 1 :]
        usual = self.unusual is not None and path not in self.unusual
        if usual:
            counted = self.plain.get(extension)
            if counted is not None:
                counted[1] += 1
                return
        self._look(path, path[cut + 1 :], extension, usual=usual)

    def leave(self) -> None:
        """Adds up the sources of the folder."""
        for language, number in self.plain.values():
            self.result.sources[(self.folder, language)] += number
        self.plain = {}

    def _enter(self, path: str, cut: int) -> None:
        self.leave()
        self.cut, self.folder = cut, path[: max(cut, 0)]
        self.apart = is_development(path, self.result.rules)
        self.changes = "migrat" in self.folder or "versions" in self.folder

    def _look(self, path: str, name: str, extension: str, *, usual: bool) -> None:
        result, apart = self.result, self.apart
        self.others.append(path)
        extension = extension if "." in name else name
        language = self.languages.get(extension)
        counted = bool(language) and not apart and (usual or not _made(name))
        if counted:
            result.sources[(self.folder, language)] += 1
        names = result.rules.names_of
        met = names.usual(name, path) if usual else names.find(name, path)
        sorts = self.changes or not language or name in READERS or extension in _SORTED
        if sorts:
            _sort(result, path, name, apart=apart)
        if usual and counted and not sorts and not met:
            self.plain[extension] = [language, 0]
        if met:
            is_ci = _file_rules(result, path, met, apart=apart)
            rows = [r for r in met if isinstance(r, LineRule) and (r.field == "ci" or not is_ci)]
            if rows:
                self.wanted.append((path, rows, apart))


def _made(name: str) -> bool:
    """Whether a source file is generated, or only configures a tool."""
    if _HINTS.search(name) is None:
        return False
    return bool(_GENERATED.search(name) or _CONFIGURED.search(name))


def _foreign(path: str) -> bool:
    return any(part in _FOREIGN for part in path.split("/")[:-1])


def _file_rules(result: Survey, path: str, met: Sequence[object], *, apart: bool) -> bool:
    """Notes what a file states by being there; whether it is a CI's own."""
    ci = False
    for rule in met:
        if not isinstance(rule, FileRule):
            continue
        if rule.at_root and (path.count("/") > rule_depth(path)):
            continue
        ci = ci or rule.field == "ci"
        if rule.field == "package_manager":
            result.locks.append((rule, path))
        role: Role = rule.role if not apart or rule.field == "ci" else "development"
        result.hits.append(Hit(rule.rule, rule.field, rule.value, path, 1, role))
    return ci


def rule_depth(path: str) -> int:
    """How deep a file that counts at the root only may lie: its own dot folder."""
    first = path.split("/", 1)[0]
    return 2 if first == ".github" else 1 if first.startswith(".") else 0


def _sort(result: Survey, path: str, name: str, *, apart: bool) -> None:
    if ("ockerfile" in name or "ontainerfile" in name) and _DOCKERFILE.match(name):
        kept = not apart and not _development_dockerfile(name, result.rules)
        (result.dockerfiles if kept else result.development_dockerfiles).append(path)
    elif "compose" in name and COMPOSE_NAME.match(name):
        if not apart and not _TEST_WORDS & set(re.split(r"[._-]", name.lower())):
            result.compose.append(path)
    elif name in READERS or name.endswith((".csproj", ".fsproj")):
        result.manifests.append(path)
    elif name == "Procfile":
        result.procfiles.append(path)
    elif _is_requirements(path, name):
        result.requirements.append(path)
    elif name.endswith((".yaml", ".yml")) and not apart and not _foreign(path):
        result.yamls.append(path)
    if not apart and ("migrat" in path or "versions/" in path) and is_migration(path):
        result.migrations.append(path)


def _is_requirements(path: str, name: str) -> bool:
    if not name.endswith((".txt", ".in")):
        return False
    in_folder = folder_of(path).rpartition("/")[2] == "requirements"
    return in_folder or bool(_REQUIREMENTS.match(name))


def _development_dockerfile(name: str, table: Rules) -> bool:
    words = re.split(r"[._-]", name.lower())
    return any(word in table.names("development_suffixes") for word in words)


def _lines(result: Survey, text: str, path: str, rows: Sequence[LineRule], *, apart: bool) -> None:
    found: set[tuple[int, str, str]] = set()
    lines = list(numbered(text)) if any(row.across for row in rows) else ()
    for number, line in lines or numbered(text):
        for row in rows:
            # What a placeholder is called, or falls back to, is no secret.
            read = _PLACEHOLDER.sub("$", line) if row.rule == _SECRETS else line
            if row.across and number < len(lines):
                read = f"{line}\n{lines[number][1]}"
            for match in islice(
                row.pattern.finditer(read), _MOST_A_LINE if row.field in _OFTEN_A_LINE else 1
            ):
                if row.across and match.start() >= len(line):
                    continue
                value = _filled(row.value, match)
                if row.field not in _AS_WRITTEN:
                    value = result.rules.alias(value)
                key = (row.rule, row.field, value)
                if key in found or _commented(line, row):
                    continue
                found.add(key)
                sure: Role = "development" if apart else row.role
                result.hits.append(Hit(row.rule, row.field, value, path, number, sure, row.drives))


def _filled(value: str, match: re.Match[str]) -> str:
    """The value of a row with the groups of its pattern in it."""
    for number, group in enumerate(match.groups(), 1):
        value = value.replace(f"{{{number}}}", group or "")
    return value


def _commented(line: str, row: LineRule) -> bool:
    """A line that is a comment states nothing (but a README has none)."""
    bare = line.lstrip()
    if row.field in _ROUTES and bare.startswith(("*", "/*")):
        return True
    return (
        row.rule != 118
        and bare.startswith(("#", "//", ";", "<!--"))
        # An attribute of Rust, and of a test: #[get("/health")].
        and not (row.field in _ROUTES and bare.startswith("#["))
    )
