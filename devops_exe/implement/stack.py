"""The stack of a subject: how it is built, tested, started and instrumented.

Commands and versions come from the repository first, and from a row of ``data/stacks.toml``
where the repository is silent; ``Stack.source`` says which.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_TABLE = Path(__file__).parent / "data" / "stacks.toml"
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_MANIFESTS = (
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "Cargo.toml",
    "mix.exs",
)
_DECLARATIONS = {
    "node": (
        (
            "package.json",
            re.compile(r'"engines"\s*:\s*\{[^}]{0,200}?"node"\s*:\s*"([^"\n]{1,40})"'),
            "node",
        ),
    ),
    "python": (
        ("Pipfile", re.compile(r'(?m)^python_version\s*=\s*"([^"\n]{1,20})"'), "python"),
        # Poetry's caret allows every newer release of Python 3
        ("pyproject.toml", re.compile(r'(?m)^python\s*=\s*"([^"\n]{1,20})"'), "python >"),
    ),
    "ruby": (("Gemfile", re.compile(r"""(?m)^ruby\s+["']([^"'\n]{1,20})"""), "ruby"),),
    "rust": (
        ("rust-toolchain.toml", re.compile(r'(?m)^channel\s*=\s*"(\d[^"\n]{0,20})"'), "rust"),
        ("Cargo.toml", re.compile(r'(?m)^rust-version\s*=\s*"([^"\n]{1,20})"'), "rust >"),
    ),
}
"""By language: file, what in it says the version, and the words before it as a fact has them."""
_WRAPPED = {"maven": ("mvnw", "mvn"), "gradle": ("gradlew", "gradle")}


@dataclass(frozen=True, slots=True)
class Stack:
    """Commands and images of a language and its package manager.

    Attributes:
        language: row of the table (``python``, ``node``, ``go``, ``java``, ``kotlin``,
            ``ruby``, ``php``, ``dotnet``, ``rust``, ``elixir``); the identifier as read where
            the table has no row, empty where it is not known.
        version: of the language, as its images and set-up actions name it (``3.12``).
        manager: package manager (``pip``, ``uv``, ``poetry``, ``npm``, ``pnpm``, ``yarn``,
            ``go``, ``maven``, ``gradle``, ``bundler``, ``composer``, ``cargo``, ``dotnet`` …).
        build_image, run_image: (image, tag) of the two stages, as :mod:`pins` knows them.
        install: commands that bring the dependencies, in order; of a CI job, so those of the
            tests are among them.
        build: commands that build; empty where nothing is built.
        test: commands that run the tests found; empty where the repository has none.
        lint: commands that check the source without running it, of tools found in the
            repository; empty where there are none.
        start: the process, as an argument vector.
        manifests: files that install needs, in the repository (copied first, for the cache).
        setup_action: the CI action that brings the language (``actions/setup-python``), and
            its inputs (``python-version`` …).
        image: image of a CI job that runs the commands (GitLab): (image, tag).
        source: where each of the above was read, or that it is a default of the stack.
        folder: the service's folder in the repository, ``.`` for the root; commands run there
            and paths of ``manifests`` are relative to it.
        image_install: as ``install``, in a Dockerfile: production's dependencies alone.
        row: the manager's row of the table.
    """

    language: str = ""
    version: str = ""
    manager: str = ""
    build_image: tuple[str, str] = ("", "")
    run_image: tuple[str, str] = ("", "")
    install: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    setup_action: str = ""
    setup_inputs: tuple[tuple[str, str], ...] = ()
    image: tuple[str, str] = ("", "")
    source: dict[str, str] = field(default_factory=dict)
    folder: str = "."
    image_install: tuple[str, ...] = ()
    row: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """The files of the service's folder that are the user's own.

    Attributes:
        subject: whose.
        folder: the service's folder, ``.`` for the root.
    """

    subject: Subject
    folder: str

    def path(self, name: str) -> str:
        """A path below the folder as the repository has it."""
        return name if self.folder == "." else posixpath.join(self.folder, name)

    def has(self, *names: str) -> str | None:
        """The first of these names that is there, or None."""
        return next((n for n in names if self.subject.theirs(self.path(n))), None)

    def text(self, name: str) -> str:
        """The text of a file; empty where it is not there."""
        return self.subject.files[self.path(name)] if self.has(name) else ""

    def match(self, pattern: str) -> tuple[str, ...]:
        """Names below the folder that match a regular expression as a whole."""
        lead = "" if self.folder == "." else re.escape(f"{self.folder}/")
        found = self.subject.matching(lead + f"(?:{pattern})")
        cut = 0 if self.folder == "." else len(self.folder) + 1
        return tuple(path[cut:] for path in found)


def stack_of(subject: Subject) -> Stack:
    """The stack of a subject; one without commands where its language is not known."""
    from devops_exe.implement.stack_commands import commands_of
    from devops_exe.implement.stack_workspace import workspace_of

    language, row = _language(subject)
    folder = service_folder(subject)
    tree = Tree(subject, folder)
    if row is None:
        return Stack(language=language, folder=folder)
    version, where = _version(language, row, tree)
    root = Tree(subject, ".") if workspace_of(subject) else tree
    manager = _manager(language, root if language == "node" else tree)
    made = commands_of(language, manager, tree)

    def filled(pair: list[str]) -> tuple[str, str]:
        return pair[0], pair[1].replace("{version}", version)

    source = {
        "version": where,
        "manager": manager["source"],
        "images": row["source"],
        **made.source,
    }
    return Stack(
        language=language,
        version=version,
        manager=manager["name"],
        build_image=filled(row["build_image"]),
        run_image=filled(row["run_image"]),
        install=made.install,
        build=made.build,
        test=made.test,
        lint=made.lint,
        start=made.start,
        manifests=made.manifests,
        setup_action=row["setup"],
        setup_inputs=tuple(filled(pair) for pair in row["setup_inputs"]),
        image=filled(row["image"]),
        source=source,
        folder=folder,
        image_install=made.image_install,
        row=manager,
    )


def service_folder(subject: Subject) -> str:
    """The folder of the service that the subject is about; ``.`` where nothing says another.

    A repository with one service has its folder; of several, the one of the subject's name.
    """
    found = {}
    if subject.reading is not None:
        for name, fact in subject.reading.facts:
            if name.startswith("services.") and name.endswith(".path"):
                found[name.removeprefix("services.").removesuffix(".path")] = str(fact.value)
    named = found.get(subject.title) or found.get(subject.name)
    if named is None and len(found) == 1:
        named = next(iter(found.values()))
    if named is None or named in {"", "."} or not _inside(named):
        return "."
    return named if _stands_alone(subject, named) else "."


def _stands_alone(subject: Subject, folder: str) -> bool:
    """Whether a folder builds without what lies above it."""
    tree = Tree(subject, folder)
    if tree.match(r"[^/]+\.(?:cs|fs)proj"):
        # projects of a solution refer to one another
        return not subject.matching(r"[^/]+\.slnx?")
    return tree.has(*_MANIFESTS) is not None or not subject.theirs(*_MANIFESTS)


def _inside(folder: str) -> bool:
    return re.fullmatch(r"[\w.@-]+(?:/[\w.@-]+)*", folder) is not None and ".." not in folder


def _language(subject: Subject) -> tuple[str, dict[str, Any] | None]:
    known = subject.language or ""
    rows = table()["language"]
    for name, row in rows.items():
        if known in row["languages"]:
            return name, row
    if not known and subject.framework:
        for name, row in rows.items():
            if subject.framework in row["frameworks"]:
                return name, row
    return known, None


def _version(language: str, row: dict[str, Any], tree: Tree) -> tuple[str, str]:
    """The language's version as an image's tag has it, and who says so."""
    for text, where in (*tree.subject.facts("language_version"), *_declared(language, tree)):
        if not text.startswith(tuple(f"{word} " for word in row["words"])):
            continue
        found = _NUMBER.search(text.split(" ", 1)[1])
        parts = found[0].split(".")[: row["parts"]] if found else []
        if len(parts) < row["parts"]:
            continue
        if ">" not in text and "*" not in text.replace(".*", ""):
            return _java(".".join(parts)), where
        # ">=3.11" allows the default too, which is the newer one of the two
        wanted = max(parts, row["version"].split("."), key=lambda p: [int(n) for n in p])
        return ".".join(wanted), f"{where}; newest that it allows"
    return row["version"], row["source"]


def _declared(language: str, tree: Tree) -> tuple[tuple[str, str], ...]:
    """Versions in files that the assessment does not read for them: (words, path:line)."""
    found = []
    for name, pattern, words in _DECLARATIONS.get(language, ()):
        text = tree.text(name)
        match = pattern.search(text)
        if match:
            line = text[: match.start(1)].count("\n") + 1
            found.append((f"{words} {match[1]}", f"{tree.path(name)}:{line}"))
    return tuple(found)


def _java(version: str) -> str:
    return "8" if version == "1" else version


def _manager(language: str, tree: Tree) -> dict[str, Any]:
    wanted = "java" if language == "kotlin" else language
    rows: list[dict[str, Any]] = [row for row in table()["manager"] if row["language"] == wanted]
    for row in rows:
        if tree.has(*row["when"]):
            return row
    # nothing in the repository says which: the last row of the language is the plainest
    return rows[-1] if wanted != "java" else rows[0]


@cache
def table() -> dict[str, Any]:
    """The table of stacks as it stands in the file."""
    import tomllib

    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
