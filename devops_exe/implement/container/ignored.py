"""What is not sent to the builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.container.dockerfile import path_in
from devops_exe.implement.heading import heading
from devops_exe.implement.observability.instrumentation import FOLDER
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_ALWAYS = (
    ".git",
    ".github",
    ".gitlab-ci.yml",
    ".env",
    ".env.*",
    "*.pem",
    "*.key",
    "Dockerfile*",
    ".dockerignore",
    "compose*.y*ml",
    "docker-compose*.y*ml",
    "deploy",
    "docs",
)
_BUILT = frozenset({"dist", ".next"})
_BY_LANGUAGE = {
    "python": (
        "**/__pycache__",
        "**/*.pyc",
        ".venv",
        "venv",
        ".pytest_cache",
        ".mypy_cache",
        "tests",
    ),
    "node": ("node_modules", "dist", ".next", "coverage", "npm-debug.log*"),
    "go": ("bin", "**/*_test.go", "coverage.out"),
    "java": ("target", "build", ".gradle", ".idea"),
    "kotlin": ("target", "build", ".gradle", ".idea"),
    "ruby": ("log/*", "tmp/*", "vendor/bundle", "spec", "test", "config/master.key"),
    "php": ("vendor", "node_modules", "tests", "storage/logs/*", "storage/framework/cache/*"),
    "dotnet": ("**/bin", "**/obj", "**/*.user"),
    "rust": ("target",),
    "elixir": ("_build", "deps", "test"),
}


def dockerignore(subject: Subject) -> Artefact:
    """The file beside the Dockerfile; secrets and what the image does not need stay out."""
    stack = stack_of(subject)
    lines = [f"# {line}" for line in heading("secrets, history and build results stay out")]
    lines += [*_ALWAYS, "observability/*", f"!{FOLDER}"]
    # what nothing builds again has to come with the source
    built = _BUILT if stack.language == "node" and not stack.build else frozenset()
    lines += [name for name in _BY_LANGUAGE.get(stack.language, ()) if name not in built]
    return Artefact(
        path_in(stack.folder, layout.DOCKERIGNORE),
        "\n".join(lines) + "\n",
        "dockerignore",
        why="what is not sent to the builder",
    )
