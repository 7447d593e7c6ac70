"""Commands of a stack: what the repository's own files say, and the stack's defaults else."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devops_exe.implement.stack_start import start_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.implement.stack import Tree

_DEVELOPMENT = (
    "requirements-dev.txt",
    "requirements-test.txt",
    "requirements-tests.txt",
    "dev-requirements.txt",
    "test-requirements.txt",
    "requirements_dev.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
)
_PRODUCTION = (
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/base.txt",
)
_INCLUDE = re.compile(r"(?m)^\s*(?:-r|-c|--requirement|--constraint)[ =]\s*(\S+)")
_MOST_INCLUDED = 20
_NO_TEST = "no test specified"
_SCRIPT = re.compile(r"[\w:.-]{1,60}\Z")


@dataclass
class Commands:
    """What :func:`commands_of` found; as the fields of a stack."""

    install: tuple[str, ...] = ()
    image_install: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    source: dict[str, str] = field(default_factory=dict)


def commands_of(language: str, row: dict[str, Any], tree: Tree) -> Commands:
    """The commands of a language and package manager in a folder."""
    made = Commands(
        install=_filled(row, "install", tree),
        image_install=_filled(row, "image_install", tree),
        manifests=_manifests(row, tree),
    )
    _READERS[language](made, row, tree)
    start = start_of(language, row, tree)
    made.start = start.command
    made.source["start"] = start.where
    return made


def package_json(tree: Tree) -> dict[str, Any]:
    """The package's own description; empty where it is missing or broken."""
    try:
        raw = json.loads(tree.text("package.json"))
    except (ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def scripts_of(tree: Tree) -> dict[str, str]:
    """Scripts of ``package.json`` whose names a shell takes as they are."""
    raw = package_json(tree).get("scripts")
    if not isinstance(raw, dict):
        return {}
    return {
        name: text
        for name, text in raw.items()
        if isinstance(name, str) and isinstance(text, str) and _SCRIPT.match(name)
    }


def _filled(row: dict[str, Any], name: str, tree: Tree) -> tuple[str, ...]:
    return tuple(
        text.replace("{tool}", row.get("tool", "")).replace("{command}", wrapper(row, tree))
        for text in row[name]
    )


def wrapper(row: dict[str, Any], tree: Tree) -> str:
    """The command of a build tool: the repository's wrapper where there is one."""
    from devops_exe.implement.stack import _WRAPPED

    script, plain = _WRAPPED.get(row["name"], ("", ""))
    return f"./{script}" if script and tree.has(script) else plain


def _manifests(row: dict[str, Any], tree: Tree) -> tuple[str, ...]:
    found = tuple(name for name in row["manifests"] if tree.has(name))
    if row["name"] == "bun" and tree.has("bun.lockb"):
        found = (*found, "bun.lockb")
    if row["name"] == "npm" and tree.has("npm-shrinkwrap.json"):
        found = (*found, "npm-shrinkwrap.json")
    # where there is no repository yet, the plainest of the stack's files is expected
    return found or tuple(row["manifests"][:1])


def _python(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    if row["name"] == "pip":
        _pip(made, tree)
    run = row["run"]
    wanted = python_wants(tree)
    tests = tree.match(r"(?:.+/)?(?:test_[^/]+|[^/]+_test|tests?)\.py")
    if tests and "pytest" in wanted:
        # as a module, so that the folder is on the import path without an installation
        made.test = (f"{run}python -m pytest",)
        made.source["test"] = f"pytest among the dependencies, {tests[0]}"
    elif tests and tree.has("manage.py"):
        made.test = (f"{run}python manage.py test",)
        made.source["test"] = f"manage.py, {tests[0]}"
    elif tests:
        made.test = (f"{run}python -m unittest discover",)
        made.source["test"] = tests[0]
    lint = []
    if "ruff" in wanted and (tree.has("ruff.toml", ".ruff.toml") or "[tool.ruff" in wanted):
        lint.append(f"{run}ruff check .")
    if "flake8" in wanted:
        lint.append(f"{run}flake8")
    if "mypy" in wanted and (tree.has("mypy.ini", ".mypy.ini") or "[tool.mypy" in wanted):
        lint.append(f"{run}mypy .")
    made.lint = tuple(lint)
    if lint:
        made.source["lint"] = "tools among the dependencies, with their settings"


def python_wants(tree: Tree) -> str:
    """Everything that names a Python dependency, as one text in lower case."""
    names = (*_PRODUCTION, *_DEVELOPMENT, "pyproject.toml", "Pipfile", "setup.cfg", "tox.ini")
    return "\n".join(tree.text(name) for name in names).lower()


def _pip(made: Commands, tree: Tree) -> None:
    production = tree.has(*_PRODUCTION)
    development = tree.has(*_DEVELOPMENT)
    if production or development or not tree.has("pyproject.toml", "setup.py"):
        production = production or "requirements.txt"
        files = [production, *([development] if development else [])]
        made.install = ("python -m pip install " + " ".join(f"-r {shlex.quote(f)}" for f in files),)
        made.image_install = (f"/venv/bin/pip install -r {shlex.quote(production)}",)
        made.manifests = _included(production, tree)
        return
    made.manifests = tuple(n for n in ("pyproject.toml", "setup.py", "setup.cfg") if tree.has(n))
    made.image_install = ("/venv/bin/pip install .",)
    text = tree.text("pyproject.toml")
    extra = re.search(r"(?ms)^\[project\.optional-dependencies\]\s*$.*?^(dev|tests?)\s*=", text)
    group = re.search(r"(?ms)^\[dependency-groups\]\s*$.*?^(dev|tests?)\s*=", text)
    install = "python -m pip install " + (f"-e '.[{extra[1]}]'" if extra else "-e .")
    made.install = (f"{install} --group {group[1]}" if group else install,)


def _included(name: str, tree: Tree) -> tuple[str, ...]:
    """A requirement file and those that it includes, of this folder."""
    found: dict[str, None] = {name: None}
    waiting = [name]
    while waiting and len(found) < _MOST_INCLUDED:
        here = waiting.pop()
        for other in _INCLUDE.findall(tree.text(here)):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(here), other))
            if path not in found and tree.has(path):
                found[path] = None
                waiting.append(path)
    return tuple(found)


def _node(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    scripts = scripts_of(tree)
    if _NO_TEST in scripts.get("test", _NO_TEST):
        scripts.pop("test", None)
    run = row["script"]

    def called(*names: str) -> tuple[str, ...]:
        return tuple(f"{run} {name}" for name in names if name in scripts)

    made.test = called("test")
    made.lint = called("lint", "typecheck", "type-check")
    made.build = called("build")
    for name in ("test", "lint", "build"):
        if getattr(made, name):
            made.source[name] = f"{tree.path('package.json')}, scripts"
    # a member of a workspace has its lock file at the root
    lock = tree.text("yarn.lock") or tree.subject.files.get("yarn.lock", "")
    if row["name"] == "yarn" and "__metadata:" in lock[:400]:
        # Yarn of the second generation: another lockfile, other options
        made.install = ("corepack enable", "yarn install --immutable")
        made.image_install = made.install


def _go(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    made.build = ("go build ./...",)
    made.lint = ("go vet ./...",)
    made.source["lint"] = "go vet comes with Go"
    tests = tree.match(r"(?:.+/)?[^/]+_test\.go")
    if tests:
        made.test = ("go test -race ./...",)
        made.source["test"] = tests[0]


def _jvm(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    command = wrapper(row, tree)
    tests = tree.match(r"(?:.+/)?src/(?:test|it|integrationTest)/.+\.(?:java|kt|groovy|scala)")
    if row["name"] == "maven":
        made.build = (f"{command} -B -ntp package -DskipTests",)
        made.test = (f"{command} -B -ntp verify",) if tests else ()
    else:
        made.build = (f"{command} --no-daemon assemble",)
        made.test = (f"{command} --no-daemon check",) if tests else ()
    if tests:
        made.source["test"] = tests[0]


def _ruby(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    wanted = tree.text("Gemfile") + tree.text("Gemfile.lock")
    specs = tree.match(r"spec/.+_spec\.rb")
    tests = tree.match(r"test/.+_test\.rb")
    if specs and "rspec" in wanted:
        made.test, made.source["test"] = ("bundle exec rspec",), specs[0]
    elif tests:
        rails = tree.has("bin/rails", "config/application.rb")
        made.test = ("bundle exec rails test" if rails else "bundle exec rake test",)
        made.source["test"] = tests[0]
    made.lint = ("bundle exec rubocop",) if "rubocop" in wanted else ()


def _php(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    wanted = tree.text("composer.json")
    tests = tree.match(r"tests/.+\.php")
    if tests:
        runner = "pest" if "pestphp/pest" in wanted else "phpunit"
        made.test = (f"vendor/bin/{runner}",)
        made.source["test"] = tests[0]
    lint = []
    if "laravel/pint" in wanted:
        lint.append("vendor/bin/pint --test")
    if "phpstan/phpstan" in wanted or "larastan" in wanted:
        lint.append("vendor/bin/phpstan analyse --no-progress")
    if "squizlabs/php_codesniffer" in wanted:
        lint.append("vendor/bin/phpcs")
    made.lint = tuple(lint)


def _dotnet(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    made.build = ("dotnet build --no-restore --configuration Release",)
    tests = tree.match(r"(?:.+/)?[^/]*[Tt]ests?[^/]*\.(?:cs|fs)proj")
    if tests:
        made.test = ("dotnet test --no-build --configuration Release",)
        made.source["test"] = tests[0]
    if tree.has(".editorconfig"):
        made.lint = ("dotnet format --no-restore --verify-no-changes",)
    projects = tree.match(r"(?:.+/)?[^/]+\.(?:cs|fs)proj|[^/]+\.slnx?")
    made.manifests = tuple(p for p in projects if p not in tests)


def _rust(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    locked = " --locked" if tree.has("Cargo.lock") or not tree.has("Cargo.toml") else ""
    if not locked:
        made.install = made.image_install = ("cargo fetch",)
    made.build = (f"cargo build --release{locked}",)
    sources = tree.match(r"(?:src|tests|crates)/.+\.rs")
    tests = [p for p in sources if p.startswith("tests/") or "#[cfg(test)]" in tree.text(p)]
    if tests:
        made.test, made.source["test"] = (f"cargo test{locked}",), tests[0]
    lint = []
    if tree.has("rustfmt.toml", ".rustfmt.toml"):
        lint.append("cargo fmt --check")
    if tree.has("clippy.toml", ".clippy.toml") or "clippy" in tree.text("Cargo.toml"):
        lint.append(f"cargo clippy{locked} -- -D warnings")
    made.lint = tuple(lint)


def _elixir(made: Commands, row: dict[str, Any], tree: Tree) -> None:
    del row
    made.build = ("mix compile --warnings-as-errors",)
    tests = tree.match(r"(?:.+/)?test/.+_test\.exs")
    if tests:
        made.test, made.source["test"] = ("mix test",), tests[0]
    lint = ["mix format --check-formatted"] if tree.has(".formatter.exs") else []
    if "credo" in tree.text("mix.exs"):
        lint.append("mix credo")
    made.lint = tuple(lint)


_READERS: dict[str, Callable[[Commands, dict[str, Any], Tree], None]] = {
    "python": _python,
    "node": _node,
    "go": _go,
    "java": _jvm,
    "kotlin": _jvm,
    "ruby": _ruby,
    "php": _php,
    "dotnet": _dotnet,
    "rust": _rust,
    "elixir": _elixir,
}
