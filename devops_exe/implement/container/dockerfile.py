"""The Dockerfile: made by the language's recipe, or the repository's own with remarks."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.container.image_user import dockerfile_of
from devops_exe.implement.container.jvm_recipe import jvm
from devops_exe.implement.container.native_recipe import dotnet, elixir, go, rust
from devops_exe.implement.container.node_recipe import node
from devops_exe.implement.container.python_recipe import python
from devops_exe.implement.container.recipe import NO_INSTRUMENTATION, Recipe
from devops_exe.implement.container.script_recipe import php, ruby
from devops_exe.implement.heading import heading
from devops_exe.implement.observability.instrumentation import instrumentation_of
from devops_exe.implement.pins import image_pin
from devops_exe.implement.stack import Tree, stack_of
from devops_exe.implement.stack_workspace import workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.implement.observability.instrumentation import Instrumentation
    from devops_exe.implement.subject import Subject

_RECIPES: dict[str, Callable[[Recipe], None]] = {
    "python": python,
    "node": node,
    "go": go,
    "java": jvm,
    "kotlin": jvm,
    "ruby": ruby,
    "php": php,
    "dotnet": dotnet,
    "rust": rust,
    "elixir": elixir,
}
_FROM = re.compile(r"(?im)^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?\s*$")


def carried(subject: Subject) -> Instrumentation:
    """The instrumentation that the image carries, so that its environment may be set.

    None of its variables may be set where the image does not hold what they name: a process
    that is told to load a missing file does not start.
    """
    how = instrumentation_of(subject)
    if how.kind == "own":
        return how
    if dockerfile_of(subject) is not None or how.kind == "snippet":
        return NO_INSTRUMENTATION
    if how.copies and stack_of(subject).folder != "." and workspace_of(subject) is None:
        # its files lie outside the folder that is sent to the builder
        return NO_INSTRUMENTATION
    return how


def dockerfile(subject: Subject) -> Artefact | None:
    """The Dockerfile; None where the language is not known, or no right one can be made."""
    stack = stack_of(subject)
    fill = _RECIPES.get(stack.language)
    workspace = workspace_of(subject)
    if fill is None or (workspace is not None and workspace.missing):
        return None
    recipe = Recipe(
        subject,
        stack,
        Tree(subject, stack.folder),
        carried(subject),
        build_image=stack.build_image,
        run_image=stack.run_image,
        start=stack.start,
    )
    fill(recipe)
    pins = (image_pin(*recipe.build_image), image_pin(*recipe.run_image))
    where = _where(stack.source.get("start", ""))
    text = recipe.text(heading(*([f"start: {where}"] if "own name" not in where else [])))
    return Artefact(
        path_in(stack.folder, layout.DOCKERFILE),
        text,
        "dockerfile",
        why="the image: built in one stage, run in another, by a user without rights",
        unproven=tuple(dict.fromkeys(reason for pin in pins for reason in pin.unproven)),
    )


def _where(text: str) -> str:
    return " ".join(c for c in text.split() if c.isprintable())[:160]


def path_in(folder: str, name: str) -> str:
    """A name in the service's folder."""
    return name if folder == "." else posixpath.join(folder, name)


def remarks(path: str, text: str) -> tuple[str, ...]:
    """What a reviewer would say of a Dockerfile that is kept."""
    found: list[str] = []
    stages = list(_FROM.finditer(text))
    names = {match[2].lower() for match in stages if match[2]}
    last = text[stages[-1].start() :] if stages else text
    users = re.findall(r"(?im)^\s*USER\s+(\S+)", last)
    base = stages[-1][1] if stages else ""
    if not users and "nonroot" not in base and base.lower() not in names:
        found.append("runs as root: add USER with a number")
    elif users and users[-1].partition(":")[0] in {"root", "0"}:
        found.append("runs as root: its last USER is root")
    elif users and not users[-1].partition(":")[0].isdigit():
        found.append(
            "USER is a name: Kubernetes cannot check it against runAsNonRoot, a number it can"
        )
    for match in stages:
        name = match[1]
        if name.lower() in names or name == "scratch" or "@sha256:" in name or "$" in name:
            continue
        if ":" not in posixpath.basename(name) or name.endswith(":latest"):
            found.append(f"the base {name[:80]} floats: give it a tag, better a digest")
    if re.search(r"(?im)^\s*(?:CMD|ENTRYPOINT)\s+[^\s\[]", last):
        found.append("starts by a shell, which keeps signals: write CMD as a JSON array")
    return tuple(f"{path} {remark}" for remark in found)
