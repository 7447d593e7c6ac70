"""Images of Python: a virtual environment is built, and copied whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import apt, cached, copies_by_folder, copy

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe

_CACHE = {
    "uv": "/root/.cache/uv",
    "poetry": "/root/.cache/pypoetry",
    "pdm": "/root/.cache/pdm",
}
_LIBRARIES = (
    ("psycopg2", "psycopg2-binary", ("gcc", "libc6-dev", "libpq-dev"), ("libpq5",)),
    ("psycopg[c]", "", ("gcc", "libc6-dev", "libpq-dev"), ("libpq5",)),
    (
        "mysqlclient",
        "",
        ("gcc", "libc6-dev", "pkg-config", "libmariadb-dev"),
        ("libmariadb3",),
    ),
    ("pyodbc", "", ("g++", "unixodbc-dev"), ("unixodbc",)),
)
"""(distribution, the one with binaries, Debian's packages to build it, and to run it)."""


def python(recipe: Recipe) -> None:
    """Fill a recipe for Python."""
    tree, stack = recipe.tree, recipe.stack
    wanted = "\n".join(tree.text(name) for name in (*stack.manifests, "pyproject.toml")).lower()
    build: list[str] = ["WORKDIR /build"]
    compiled: list[str] = []
    for name, binary, to_build, to_run in _LIBRARIES:
        if name in wanted and not (binary and binary in wanted):
            compiled += to_build
            recipe.packages += to_run
    if compiled:
        build.append(apt(compiled))
    build.append("RUN python -m venv /venv")
    whole = stack.image_install == ("/venv/bin/pip install .",)
    build += [copy(".", to=".")] if whole else copies_by_folder(stack.manifests)
    for command in stack.image_install:
        build.append(cached(command, *_caches(stack.manager, command)))
    if recipe.how.install:
        build += copies_by_folder(recipe.how.copies)
        build += [
            # the cache mount takes the place of the option
            cached(
                f"PATH=/venv/bin:$PATH {line.replace(' --no-cache-dir', '')}", "/root/.cache/pip"
            )
            for line in recipe.how.install
        ]
    recipe.build = build
    recipe.environment = [
        "PATH=/venv/bin:$PATH",
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONUNBUFFERED=1",
    ]
    recipe.run = ["WORKDIR /app", copy("/venv", to="/venv", stage="build"), copy(".", to=".")]
    if tree.has("manage.py") and "staticfiles" in _settings(recipe):
        recipe.run.append("RUN python manage.py collectstatic --noinput")


def _settings(recipe: Recipe) -> str:
    """Settings of Django that collect static files into a folder of the image."""
    paths = recipe.tree.match(r"(?:[\w-]+/){0,2}settings(?:/[\w-]+)?\.py")
    text = "".join(recipe.tree.text(path) for path in paths[:5])
    # settings that demand a variable cannot be loaded while the image is built
    loads = "STATIC_ROOT" in text and "os.environ[" not in text and "env(" not in text
    return "staticfiles" if loads else ""


def _caches(manager: str, command: str) -> tuple[str, ...]:
    if command.startswith(("pdm export", "pipenv requirements")):
        return ()
    if "pip install" in command:
        return ("/root/.cache/pip",)
    return (_CACHE.get(manager, "/root/.cache/pip"),)
