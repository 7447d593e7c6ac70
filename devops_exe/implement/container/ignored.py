"""What is not sent to the builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.container.dockerfile import path_in
from devops_exe.implement.container.image_user import dockerfile_of
from devops_exe.implement.heading import heading
from devops_exe.implement.observability.instrumentation import FOLDER
from devops_exe.implement.stack import stack_of
from devops_exe.implement.stack_workspace import workspace_of

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
_EVERYWHERE = frozenset(
    {".env", ".env.*", "*.pem", "*.key", "node_modules", "dist", ".next", "coverage"}
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


def ignored_path(subject: Subject) -> str:
    """Where it lies: at the root of what is sent to the builder."""
    if workspace_of(subject) is not None and dockerfile_of(subject) is None:
        return layout.DOCKERIGNORE
    return path_in(stack_of(subject).folder, layout.DOCKERIGNORE)


def dockerignore(subject: Subject) -> Artefact:
    """The file beside the Dockerfile; secrets and what the image does not need stay out."""
    stack = stack_of(subject)
    lines = [f"# {line}" for line in heading("secrets, history and build results stay out")]
    lines += [*_ALWAYS, "observability/*", f"!{FOLDER}"]
    # what nothing builds again has to come with the source
    built = _BUILT if stack.language == "node" and not stack.build else frozenset()
    lines += [name for name in _BY_LANGUAGE.get(stack.language, ()) if name not in built]
    workspace = workspace_of(subject)
    if workspace is not None and ignored_path(subject) == layout.DOCKERIGNORE:
        tops = {folder.partition("/")[0] for folder in workspace.members}
        # what lies in each member's folder; no member's folder itself
        lines += [f"**/{name}" for name in lines if name in _EVERYWHERE]
        lines = [name for name in lines if name not in tops]
    return Artefact(
        ignored_path(subject),
        "\n".join(lines) + "\n",
        "dockerignore",
        why="what is not sent to the builder",
    )
