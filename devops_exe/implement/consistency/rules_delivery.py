"""Rules about the pipeline: scripts, folders, environments and jobs that it names are there."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import YamlList, YamlMap, child, items, mapping, text_at
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.consistency.kustomize import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.world import World

_SCRIPT = re.compile(
    r"(?:^|[\s;&|(])(?:(?:ba|da)?sh\s+|\./)?((?:[\w.-]+/)+[\w.-]+\.(?:sh|py|bash))\b"
)
_BESIDE = re.compile(r"^(?![ \t]*#).*?\"\$\{?here\}?/([\w-]+\.sh)\"", re.MULTILINE)
"""A script that a script calls in its own folder."""
_FOR = re.compile(r"((?:[\w.-]+/)*(?:deploy|rollback|verify)\.sh)\s+([a-z][\w-]*)")
_OVERLAY = re.compile(r"(?:^|/)overlays/([\w-]+)\Z")


def scripts(world: World) -> Iterator[Finding]:
    """Scripts that a pipeline runs are in the tree."""
    for path, name, line, text in _commands(world):
        for file in sorted(set(_SCRIPT.findall(text))):
            clean = posixpath.normpath(file)
            if clean not in world.files and not clean.startswith(("..", "usr/", "opt/", "tmp/")):
                yield finding("file_missing", f"{path}:{line}", name=name, file=clean)
    for path, text in world.files.items():
        if path.endswith(".sh"):
            for match in _BESIDE.finditer(text):
                file = posixpath.join(posixpath.dirname(path), match[1])
                if file not in world.files:
                    where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
                    yield finding("file_missing", where, name="the script", file=file)


def _commands(world: World) -> Iterator[tuple[str, str, int, str]]:
    """Every command of a pipeline: (file, job, line, text)."""
    for path, node in world.workflows.items():
        for job, body in mapping(node, "jobs").items():
            for step in items(body, "steps"):
                run = text_at(step, "run")
                if run and isinstance(step, YamlMap) and not text_at(step, "working-directory"):
                    yield path, job, step.at("run"), run
    if world.gitlab is not None:
        for job, body in world.gitlab.items():
            for key in ("before_script", "script", "after_script"):
                for line, text in _flat(child(body, key)):
                    yield ".gitlab-ci.yml", job, line, text


def _flat(node: Any) -> Iterator[tuple[int, str]]:
    if isinstance(node, YamlList):
        for item, line in zip(node, node.lines, strict=False):
            if isinstance(item, str):
                yield line, item
            else:
                yield from _flat(item)


def needs(world: World) -> Iterator[Finding]:
    """A job waits for jobs that are there."""
    for path, node in world.workflows.items():
        jobs = mapping(node, "jobs")
        for name, body in jobs.items():
            wanted = child(body, "needs")
            for other in [wanted] if isinstance(wanted, str) else items(body, "needs"):
                if isinstance(other, str) and other not in jobs:
                    yield finding("need_unknown", f"{path}:{jobs.at(name)}", name=name, job=other)
    if world.gitlab is not None and not child(world.gitlab, "include"):
        for name, body in world.gitlab.items():
            for key in ("needs", "dependencies"):
                for row in items(body, key):
                    other = row if isinstance(row, str) else text_at(row, "job")
                    if other and other not in world.gitlab and not child(row, "pipeline"):
                        yield finding(
                            "need_unknown",
                            f".gitlab-ci.yml:{world.gitlab.at(name)}",
                            name=name,
                            job=other,
                        )


def environments(world: World) -> Iterator[Finding]:
    """Environments of a pipeline are overlays of the tree, where it has overlays."""
    overlays = {
        match[1]
        for path in world.files
        if posixpath.basename(path) in KUSTOMIZATIONS
        and (match := _OVERLAY.search(posixpath.dirname(path)))
    }
    if not overlays:
        return
    for path, node in world.workflows.items():
        jobs = mapping(node, "jobs")
        for name, body in jobs.items():
            value = child(body, "environment")
            named = value if isinstance(value, str) else text_at(value, "name")
            if named and "${{" not in named and named not in overlays:
                yield finding(
                    "environment_unknown",
                    f"{path}:{jobs.at(name)}",
                    name=name,
                    environment=named,
                )
    for path, name, line, text in _commands(world):
        for script, environment in _FOR.findall(text):
            if posixpath.normpath(script) in world.files and environment not in overlays:
                where = f"{path}:{line}"
                yield finding("environment_unknown", where, name=name, environment=environment)
    if world.gitlab is None:
        return
    for name, body in world.gitlab.items():
        value = child(body, "environment")
        named = value if isinstance(value, str) else text_at(value, "name")
        if named and "$" not in named and "/" not in named and named not in overlays:
            where = f".gitlab-ci.yml:{world.gitlab.at(name)}"
            yield finding("environment_unknown", where, name=name, environment=named)


def kustomizations(world: World) -> Iterator[Finding]:
    """Files that a kustomization lists are there."""
    for path in world.files:
        if posixpath.basename(path) not in KUSTOMIZATIONS:
            continue
        node = world.document(path)
        folder = posixpath.dirname(path)
        for key in ("resources", "components", "bases", "patchesStrategicMerge"):
            listed = items(node, key)
            for name, line in zip(listed, listed.lines, strict=False):
                if isinstance(name, str) and _is_local(name):
                    yield from _listed(world, path, folder, name, line)
        for patch in items(node, "patches"):
            name = text_at(patch, "path")
            if name:
                yield from _listed(world, path, folder, name, patch.at("path"))


def _is_local(name: str) -> bool:
    return (
        "\n" not in name and "://" not in name and "?ref=" not in name and "github.com" not in name
    )


def _listed(world: World, path: str, folder: str, name: str, line: int) -> Iterator[Finding]:
    wanted = posixpath.normpath(posixpath.join(folder, name))
    inside = f"{wanted}/" if wanted != "." else ""
    if wanted in world.files or any(
        f"{inside}{kustomization}" in world.files for kustomization in KUSTOMIZATIONS
    ):
        return
    yield finding("file_missing", f"{path}:{line}", name=posixpath.basename(path), file=wanted)
