"""Which files stand or fall together: a kustomization and what it patches, a test and its rules."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import elements, maps_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Map, Tree


def patched(document: Document) -> frozenset[str]:
    """Paths of the patches that a kustomization names: parts of objects, no objects."""
    found: set[str] = set()
    for node in document.maps:
        for name in _patch_files(node):
            found.add(_joined(document, name))
    return frozenset(found)


def patches(tree: Tree) -> frozenset[str]:
    """Every patch file of a tree."""
    return frozenset().union(*(patched(d) for d in tree.of("kustomization")))


def builders(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Kustomizations that are built, each with those that its build alone proves.

    What another one builds upon is built with it: each such base counts for the first that
    reaches it. Those that build upon each other in a circle are built by themselves, and fail.
    """
    found = {document.artefact.path: document for document in tree.of("kustomization")}
    folders = {posixpath.dirname(path) or ".": path for path in found}
    upon = {
        path: [folders[folder] for folder in sorted(_upon(document)) if folder in folders]
        for path, document in found.items()
    }
    above = {base for bases in upon.values() for base in bases}
    made: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for path in sorted(set(found) - above):
        reached: list[str] = []
        waiting = list(upon[path])
        while waiting:
            base = waiting.pop()
            if base not in reached:
                reached.append(base)
                waiting += upon[base]
        made[path] = tuple(sorted(base for base in reached if base not in taken))
        taken |= set(reached)
    for path in sorted(set(found) - set(made) - taken):
        made[path] = ()
    return made


def _upon(document: Document) -> frozenset[str]:
    """Folders that a kustomization builds upon."""
    return frozenset(
        _joined(document, str(name))
        for node in document.maps
        for key in ("resources", "components")
        for name in elements(node, key)
    )


def builds(tree: Tree, document: Document) -> tuple[str, ...]:
    """Files besides a kustomization itself that its build proves: patches, generators' files."""
    named = set(patched(document))
    for node in document.maps:
        for key in ("configMapGenerator", "secretGenerator"):
            for generator in maps_in(node, key):
                for name in elements(generator, "files"):
                    named.add(_joined(document, str(name).rpartition("=")[2]))
    return tuple(sorted(path for path in named if path in tree.documents))


def tested(tree: Tree, document: Document) -> tuple[str, ...]:
    """Rule files that a promtool test loads."""
    named = {_joined(document, str(name)) for name in elements(document.first, "rule_files")}
    return tuple(sorted(path for path in named if path in tree.documents))


def decided(tree: Tree, document: Document) -> tuple[str, ...]:
    """Policies beside a test of policies."""
    folder = posixpath.dirname(document.artefact.path)
    paths = (d.artefact.path for d in tree.of("rego"))
    return tuple(
        path
        for path in paths
        if posixpath.dirname(path) == folder and not path.endswith("_test.rego")
    )


def _patch_files(node: Map) -> Iterator[str]:
    for key in ("patches", "patchesJson6902"):
        for patch in maps_in(node, key):
            if isinstance(patch.get("path"), str):
                yield patch["path"]
    for item in elements(node, "patchesStrategicMerge"):
        if isinstance(item, str) and "\n" not in item:
            yield item


def _joined(document: Document, name: Any) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.artefact.path), str(name)))
