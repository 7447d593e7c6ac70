"""Steps of GitHub Actions that bring a language and keep what its package manager fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.pins import action_pin
from devops_exe.implement.pipeline.github_steps import run, uses
from devops_exe.implement.pipeline.inert import inert

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.stack import Stack

_BUILT_IN = {"pip": "requirements*.txt", "pipenv": "Pipfile.lock", "npm": "package-lock.json",
             "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml", "maven": "pom.xml",
             "gradle": "*.gradle*"}  # fmt: skip
"""Managers whose cache the set-up action keeps by itself, and the file that it is kept by."""

_KEPT = {
    "poetry": ("~/.cache/pypoetry", "poetry.lock"),
    "uv": ("~/.cache/uv", "uv.lock"),
    "composer": ("~/.cache/composer", "composer.lock"),
    "cargo": ("~/.cargo/registry", "Cargo.lock"),
    "dotnet": ("~/.nuget/packages", "*.csproj"),
    "nuget": ("~/.nuget/packages", "*.csproj"),
    "mix": ("deps", "mix.lock"),
}
"""Managers whose cache a step of its own keeps: where it is, and the file that it is kept by."""

_NAMES = {"javascript": "Node.js", "typescript": "Node.js", "node": "Node.js", "go": "Go",
          "php": "PHP", "csharp": ".NET", "dotnet": ".NET"}  # fmt: skip


def language_steps(stack: Stack) -> list[Node]:
    """The language of a stack with its cache; nothing where it is not known."""
    if not stack.setup_action:
        return []
    takes = action_pin(stack.setup_action).inputs
    inputs: dict[str, Node] = {name: inert(value, "version") for name, value in stack.setup_inputs}
    lead = "" if stack.folder == "." else f"{inert(stack.folder, 'folder')}/"
    steps: list[Node] = []
    if stack.manager == "pnpm":
        # before the language, whose cache asks pnpm where its store is
        steps.append(run("Enable pnpm", "corepack enable"))
    lock = _lock(stack)
    if lock and "cache" in takes and not takes >= {"go-version"}:
        inputs["cache"] = stack.manager
        if "cache-dependency-path" in takes and (lead or stack.manager == "pip"):
            inputs["cache-dependency-path"] = f"{lead}{lock}"
    elif "go-version" in takes and lead:
        inputs["cache-dependency-path"] = f"{lead}go.sum"
    elif "bundler-cache" in takes:
        inputs["bundler-cache"] = True
        if lead:
            inputs["working-directory"] = lead.rstrip("/")
    name = _NAMES.get(stack.language, stack.language.capitalize())
    steps.append(uses(f"Set up {name}", stack.setup_action, inputs))
    steps += _kept(stack, lead)
    return steps


def _lock(stack: Stack) -> str:
    """The file by which a set-up action keeps the cache; it fails where there is none."""
    if stack.manager == "pip" and not any("requirements" in m for m in stack.manifests):
        return next((m for m in stack.manifests if m in {"pyproject.toml", "setup.py"}), "")
    found = _BUILT_IN.get(stack.manager, "")
    if stack.manager in {"npm", "yarn", "pnpm"} and found not in stack.manifests:
        return ""
    return found


def _kept(stack: Stack, lead: str) -> list[Node]:
    if stack.manager not in _KEPT:
        return []
    path, lock = _KEPT[stack.manager]
    return [
        uses(
            f"Keep what {stack.manager} fetches",
            "actions/cache",
            {
                "path": path if path.startswith("~") else f"{lead}{path}",
                "key": f"${{{{ runner.os }}}}-{stack.manager}-"
                f"${{{{ hashFiles('{lead}**/{lock}') }}}}",
            },
        )
    ]
