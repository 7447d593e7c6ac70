"""How the process starts: as the repository says, else as its framework is usually started."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devops_exe.implement.stack import Tree

_SHELL = re.compile(r"[;&|<>$`(){}*?~\n]")
_APP = re.compile(
    r"^(\w{1,60})\s*(?::[^=\n]{1,80})?=\s*(?:FastAPI|Starlette|Litestar|Flask|Sanic|Quart)\(", re.M
)
_FACTORY = re.compile(r"^def (create_app|build_app|make_app|get_app)\(", re.M)
_PLACES = (
    "main.py",
    "app.py",
    "app/main.py",
    "app/app.py",
    "app/__init__.py",
    "src/main.py",
    "src/app.py",
    "server.py",
    "wsgi.py",
    "asgi.py",
)
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container, behind its own network
_COMPILED = frozenset({"go", "rust", "java", "kotlin", "dotnet", "elixir", "php"})
"""Languages whose program has the name that the Dockerfile gives it."""
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]{0,60}\Z")


@dataclass(frozen=True, slots=True)
class Start:
    """The process as an argument vector, and who says so."""

    command: tuple[str, ...]
    where: str


def start_of(language: str, row: dict[str, Any], tree: Tree) -> Start:
    """How the service starts."""
    said = _said(tree)
    if said is not None and (language not in _COMPILED or "ockerfile" in said.where):
        return said
    return _DEFAULTS[language](tree, row)


def vector(text: str) -> tuple[str, ...]:
    """A command line as an argument vector; by a shell only where it needs one.

    >>> vector("gunicorn app:app -b :8000")
    ('gunicorn', 'app:app', '-b', ':8000')
    >>> vector("gunicorn app:app -b :$PORT")
    ('sh', '-c', 'exec gunicorn app:app -b :$PORT')
    """
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except ValueError:
            parts = None
        if isinstance(parts, list) and parts and all(isinstance(p, str) for p in parts):
            return tuple(parts)
    if not _SHELL.search(text):
        try:
            return tuple(shlex.split(text))
        except ValueError:
            return ("sh", "-c", text)
    # exec, so that the process gets the signals and not the shell
    lead = "" if re.search(r"[;&|\n]", text) or text.startswith("exec ") else "exec "
    return ("sh", "-c", f"{lead}{text}")


def _said(tree: Tree) -> Start | None:
    subject = tree.subject
    if subject.reading is None:
        return None
    found = {
        name.removeprefix("services.").removesuffix(".start_command"): (
            str(fact.value),
            fact.where,
        )
        for name, fact in reversed(subject.reading.facts)
        if name.startswith("services.")
        and name.endswith(".start_command")
        and fact.where.rpartition(":")[0] not in subject.ours
    }
    if not found:
        return None
    chosen = found.get(subject.title) or found.get(subject.name) or found.get("web")
    if chosen is None and len(found) == 1:
        chosen = next(iter(found.values()))
    if chosen is None or not chosen[0].strip():
        return None
    return Start(vector(chosen[0]), chosen[1])


def _python(tree: Tree, row: dict[str, Any]) -> Start:
    del row
    port = str(tree.subject.port)
    settings = tree.match(r"(?:src/)?[\w-]+/wsgi\.py")
    wanted = tree.text("requirements.txt") + tree.text("pyproject.toml") + tree.text("Pipfile")
    if tree.has("manage.py") or tree.subject.framework == "django":
        module = settings[0].removesuffix(".py").replace("/", ".") if settings else "config.wsgi"
        why = settings[0] if settings else "default of Django: a module config.wsgi is expected"
        return Start(("gunicorn", module, "--bind", f"{_EVERYWHERE}:{port}"), why)
    if tree.subject.profile.text("kind") == "queue-worker" and "celery" in wanted.lower():
        return _celery(tree)
    module, name, where, factory = _application(tree)
    if "[standard]" in wanted and "fastapi" in wanted.lower() and "uvicorn" not in wanted.lower():
        where += "; uvicorn comes with fastapi[standard]"
    if tree.subject.framework == "flask":
        target = f"{module}:{name}()" if factory else f"{module}:{name}"
        return Start(("gunicorn", target, "--bind", f"{_EVERYWHERE}:{port}"), where)
    command = ["uvicorn", f"{module}:{name}", *(["--factory"] if factory else [])]
    return Start((*command, "--host", _EVERYWHERE, "--port", port), where)


def _celery(tree: Tree) -> Start:
    """A worker of Celery, of the module that makes its application."""
    for path in tree.match(r"(?:[\w-]+/){0,2}\w+\.py"):
        found = re.search(r"^\w+\s*=\s*Celery\(", tree.text(path), re.MULTILINE)
        if found:
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            line = tree.text(path)[: found.start()].count("\n") + 1
            return Start(("celery", "-A", module, "worker"), f"{tree.path(path)}:{line}")
    return Start(("celery", "-A", "tasks", "worker"), "default of Celery: tasks.py is expected")


def _application(tree: Tree) -> tuple[str, str, str, bool]:
    """(module, name, where, whether it is a function that makes the application)."""
    others = tuple(p for p in tree.match(r"(?:src/)?[\w-]+/(?:main|app|server|asgi|api)\.py"))
    for path in dict.fromkeys((*_PLACES, *others)):
        text = tree.text(path)
        found = _APP.search(text)
        made = None if found else _FACTORY.search(text)
        chosen = found or made
        if chosen:
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            line = text[: chosen.start()].count("\n") + 1
            return module, chosen[1], f"{tree.path(path)}:{line}", made is not None
    return "app.main", "app", "default of the stack: app/main.py with app is expected", False


def _node(tree: Tree, row: dict[str, Any]) -> Start:
    from devops_exe.implement.stack_commands import package_json, scripts_of
    from devops_exe.implement.stack_workspace import workspace_of

    hoisted = workspace_of(tree.subject) is not None and row["name"] != "pnpm"
    scripts, raw = scripts_of(tree), package_json(tree)
    where = f"{tree.path('package.json')}, scripts"
    for name in ("start:prod", "start"):
        text = scripts.get(name, "")
        if re.match(r"(?:NODE_ENV=\w+ )?node [\w./ =:@-]+\Z", text):
            # the process itself, not a package manager that keeps its signals
            return Start(tuple(shlex.split(text.removeprefix("NODE_ENV=production "))), where)
    if tree.subject.framework == "next.js" or scripts.get("start", "").startswith("next start"):
        if hoisted and "start" in scripts:
            # npm and Yarn put it above the folder, where the script finds it
            return Start(("npm", "start"), where)
        return Start(
            ("node", "node_modules/next/dist/bin/next", "start", "-p", str(tree.subject.port)),
            f"{where}: next start",
        )
    if tree.subject.framework == "nestjs":
        return Start(("node", "dist/main.js"), "default of NestJS: dist/main.js")
    main = raw.get("main")
    if isinstance(main, str) and re.fullmatch(r"[\w./-]{1,100}\.[cm]?js", main):
        return Start(("node", main), f"{tree.path('package.json')}, main")
    if "start" in scripts:
        return Start(("npm", "start"), where)
    entry = tree.has("server.js", "index.js", "app.js", "src/server.js", "src/index.js")
    return Start(
        ("node", entry or "server.js"),
        tree.path(entry) if entry else "default of the stack: server.js is expected",
    )


def _go(tree: Tree, row: dict[str, Any]) -> Start:
    del tree, row
    return Start(("/server",), "the Dockerfile's own name of the program")


def _jvm(tree: Tree, row: dict[str, Any]) -> Start:
    del tree, row
    return Start(
        ("java", "-XX:MaxRAMPercentage=75.0", "-jar", "/app/app.jar"),
        "the Dockerfile's own name of the archive",
    )


def _ruby(tree: Tree, row: dict[str, Any]) -> Start:
    del row
    port = str(tree.subject.port)
    if tree.has("config/puma.rb") or "puma" in tree.text("Gemfile"):
        config = ("-C", "config/puma.rb") if tree.has("config/puma.rb") else ()
        return Start(("bundle", "exec", "puma", *config, "-p", port), "Gemfile: puma")
    if tree.subject.framework == "rails" or tree.has("config/application.rb"):
        return Start(
            ("bundle", "exec", "rails", "server", "-b", _EVERYWHERE, "-p", port),
            "default of Rails",
        )
    return Start(
        ("bundle", "exec", "rackup", "-o", _EVERYWHERE, "-p", port), "default of Rack: config.ru"
    )


def _php(tree: Tree, row: dict[str, Any]) -> Start:
    del tree, row
    return Start(("apache2-foreground",), "Docker Official Image php, variant apache")


def _dotnet(tree: Tree, row: dict[str, Any]) -> Start:
    del row
    found = project(tree)
    name = found.rpartition("/")[2].rpartition(".")[0] if found else tree.subject.title
    known = re.search(r"<AssemblyName>([\w.-]{1,80})</", tree.text(found)) if found else None
    assembly = known[1] if known else name
    if not re.fullmatch(r"[\w.-]{1,80}", assembly):
        assembly = tree.subject.name
    return Start(
        ("dotnet", f"{assembly}.dll"),
        tree.path(found) if found else "default of the stack: a project of the system's name",
    )


def project(tree: Tree) -> str:
    """The .NET project that is started: a web project that is no test; empty where none is."""
    found = [p for p in tree.match(r"(?:.+/)?[^/]+\.(?:cs|fs)proj") if "est" not in p]
    web = [p for p in found if "Microsoft.NET.Sdk.Web" in tree.text(p)]
    return min(web or found, key=lambda p: (p.count("/"), p), default="")


def _rust(tree: Tree, row: dict[str, Any]) -> Start:
    del row
    return Start(("/server",), f"the Dockerfile's own name of the program ({binary(tree)})")


def binary(tree: Tree) -> str:
    """The program's name in Cargo.toml; the system's where it names none."""
    text = tree.text("Cargo.toml")
    found = re.search(r'(?ms)^\[\[bin\]\]\s*$.*?^name\s*=\s*"([^"\n]{1,60})"', text) or re.search(
        r'(?ms)^\[package\]\s*$.*?^name\s*=\s*"([^"\n]{1,60})"', text
    )
    return found[1] if found and _IDENTIFIER.match(found[1]) else tree.subject.name


def _elixir(tree: Tree, row: dict[str, Any]) -> Start:
    del row
    return Start((f"/app/bin/{application(tree)}", "start"), "mix release")


def application(tree: Tree) -> str:
    """The OTP application of mix.exs; the system's identifier where it names none."""
    found = re.search(r"\bapp:\s*:(\w{1,60})", tree.text("mix.exs"))
    return found[1] if found else tree.subject.identifier


_DEFAULTS = {
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
