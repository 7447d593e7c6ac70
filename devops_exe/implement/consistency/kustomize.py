"""What a kustomization makes of its resources, as far as consistency needs it.

Resources, components' resources, strategic-merge and JSON patches, images, generators and
``replicas`` are followed; names are taken as they are written (``namePrefix`` changes all of
them alike). ``kubectl kustomize`` is the authority, this the reader that keeps lines.
"""

from __future__ import annotations

import posixpath
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import (
    YamlList,
    YamlMap,
    child,
    documents,
    items,
    text_at,
)
from devops_exe.implement.consistency.objects import Object, Unit, objects_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_DEEPEST = 10
_MERGED_BY_NAME = frozenset({"containers", "initContainers", "env", "volumes", "volumeMounts"})


def units(files: Mapping[str, str]) -> tuple[Unit, ...]:
    """The units of a tree: one a kustomization that no other names, one for all else.

    Args:
        files: text by path.
    """
    folders = {
        posixpath.dirname(path): path
        for path in files
        if posixpath.basename(path) in KUSTOMIZATIONS
    }
    read = {folder: _read(files[path]) for folder, path in folders.items()}
    inner = {
        posixpath.normpath(posixpath.join(folder, name))
        for folder, node in read.items()
        for name in _names(node)
    }
    found = [
        _unit(folder, read, files, 0) for folder in sorted(read) if _normal(folder) not in inner
    ]
    taken = {o.path for unit in found for o in unit.objects} | set(folders.values())
    # what a kustomization lists as a patch is no object of its own
    taken |= {
        posixpath.normpath(posixpath.join(folder, name))
        for folder, node in read.items()
        for name in _patch_files(node)
    }
    rest = [
        o
        for path in sorted(files)
        if path.endswith((".yaml", ".yml")) and path not in taken and "apiVersion" in files[path]
        for o in objects_of(documents(files[path])[0], path)
        if o.kind != "Kustomization"
    ]
    if rest:
        found.append(Unit("", tuple(rest)))
    return tuple(found)


def _normal(folder: str) -> str:
    return posixpath.normpath(folder or ".")


def _read(text: str) -> YamlMap:
    nodes, _ = documents(text)
    return nodes[0] if nodes and isinstance(nodes[0], YamlMap) else YamlMap(1)


def _names(node: YamlMap) -> list[str]:
    return [
        name
        for key in ("resources", "bases", "components")
        for name in items(node, key)
        if isinstance(name, str)
    ]


def _patch_files(node: YamlMap) -> list[str]:
    found = [name for name in items(node, "patchesStrategicMerge") if isinstance(name, str)]
    found += [p for patch in items(node, "patches") if (p := text_at(patch, "path"))]
    found += [p for patch in items(node, "patchesJson6902") if (p := text_at(patch, "path"))]
    return [name for name in found if "\n" not in name]


def _unit(folder: str, read: Mapping[str, YamlMap], files: Mapping[str, str], depth: int) -> Unit:
    node = read[folder]
    objects: list[Object] = []
    images: dict[str, str] = {}
    generated: dict[tuple[str, str], frozenset[str]] = {}
    notes: list[str] = []
    for name in _names(node):
        path = posixpath.normpath(posixpath.join(folder, name))
        below = path if path in read else "" if path == "." and "" in read else None
        if below is not None and depth < _DEEPEST and below != folder:
            inner = _unit(below, read, files, depth + 1)
            objects += inner.objects
            images |= inner.images
            generated |= inner.generated
            notes += inner.notes
        elif path in files:
            objects += objects_of(documents(files[path])[0], path)
    _generators(node, generated)
    for image in items(node, "images"):
        if name_of := text_at(image, "name"):
            images[name_of] = _image(image, name_of)
    patched = _patched(objects, node, folder, files, notes)
    return Unit(folder, tuple(_scaled(patched, node)), images, generated, tuple(notes))


def _image(image: Any, name: str) -> str:
    new = text_at(image, "newName") or name
    if digest := text_at(image, "digest"):
        return f"{new}@{digest}"
    tag = text_at(image, "newTag")
    return f"{new}:{tag}" if tag else new


def _generators(node: YamlMap, generated: dict[tuple[str, str], frozenset[str]]) -> None:
    for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for row in items(node, key):
            name = text_at(row, "name")
            if not name:
                continue
            literals = [v for v in items(row, "literals") if isinstance(v, str)]
            files = [v for v in items(row, "files") if isinstance(v, str)]
            keys = {literal.partition("=")[0] for literal in literals}
            keys |= {posixpath.basename(f.partition("=")[0]) for f in files}
            if items(row, "envs") or text_at(row, "env"):
                keys.add("*")
            before = generated.get((kind, name), frozenset())
            generated[(kind, name)] = before | keys


def _patched(
    objects: list[Object],
    node: YamlMap,
    folder: str,
    files: Mapping[str, str],
    notes: list[str],
) -> list[Object]:
    patches: list[tuple[Any, YamlMap | None, str]] = []
    for name in items(node, "patchesStrategicMerge"):
        patches += _loaded(name, None, folder, files)
    for row in [*items(node, "patches"), *items(node, "patchesJson6902")]:
        target = child(row, "target")
        source = text_at(row, "path") or text_at(row, "patch")
        if source:
            patches += _loaded(
                source, target if isinstance(target, YamlMap) else None, folder, files
            )
    for patch, target, where in patches:
        objects = [_apply(one, patch, target, where) for one in objects]
    return objects


def _loaded(
    source: Any, target: YamlMap | None, folder: str, files: Mapping[str, str]
) -> list[tuple[Any, YamlMap | None, str]]:
    if not isinstance(source, str):
        return []
    path = posixpath.normpath(posixpath.join(folder, source)) if "\n" not in source else ""
    text = files.get(path, source)
    return [(patch, target, path) for patch in documents(text)[0]]


def _apply(one: Object, patch: Any, target: YamlMap | None, where: str) -> Object:
    if isinstance(patch, YamlList):
        if target is None or not _meets(one, target):
            return one
        node = deepcopy(one.node)
        for step in patch:
            _json_patch(node, step)
        return Object(one.kind, one.name, node, one.path)
    if not isinstance(patch, YamlMap):
        return one
    named = text_at(patch, "kind") == one.kind and text_at(patch, "metadata", "name") == one.name
    if not (_meets(one, target) if target is not None else named):
        return one
    node = deepcopy(one.node)
    _merge(node, patch)
    del where
    return Object(one.kind, one.name, node, one.path)


def _meets(one: Object, target: YamlMap) -> bool:
    kind, name = text_at(target, "kind"), text_at(target, "name")
    return (kind is None or kind == one.kind) and (name is None or name == one.name)


def _merge(into: YamlMap, patch: YamlMap) -> None:
    for key, value in patch.items():
        present = into.get(key)
        if key == "$patch":
            continue
        if value is None:
            into.pop(key, None)
        elif isinstance(present, YamlMap) and isinstance(value, YamlMap):
            _merge(present, value)
        elif (
            isinstance(present, YamlList) and isinstance(value, YamlList) and key in _MERGED_BY_NAME
        ):
            _merge_named(present, value)
        else:
            into[key] = value
            into.lines[key] = into.lines.get(key, into.line)


def _merge_named(into: YamlList, patch: YamlList) -> None:
    for item, line in zip(patch, patch.lines, strict=False):
        name = text_at(item, "name")
        present = next((one for one in into if name and text_at(one, "name") == name), None)
        if isinstance(present, YamlMap) and isinstance(item, YamlMap):
            _merge(present, item)
        else:
            into.append(item)
            into.lines.append(line)


def _json_patch(node: Any, step: Any) -> None:
    """One operation of RFC 6902 on mappings and lists; one that fits nothing is passed over."""
    op, path = text_at(step, "op"), text_at(step, "path")
    if op not in {"add", "replace", "remove"} or not path:
        return
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for part in parts[:-1]:
        node = child(node, int(part) if isinstance(node, list) and part.isdigit() else part)
    last, value = parts[-1], child(step, "value")
    if isinstance(node, YamlMap):
        if op == "remove":
            node.pop(last, None)
        else:
            node[last] = value
    elif isinstance(node, YamlList):
        if last == "-" or (op == "add" and last.isdigit()):
            at = len(node) if last == "-" else min(int(last), len(node))
            node.insert(at, value)
            node.lines.insert(at, getattr(step, "line", node.line))
        elif last.isdigit() and int(last) < len(node):
            if op == "remove":
                del node[int(last)]
            else:
                node[int(last)] = value


def _scaled(objects: list[Object], node: YamlMap) -> list[Object]:
    counts = {
        text_at(row, "name"): text_at(row, "count")
        for row in items(node, "replicas")
        if text_at(row, "count")
    }
    found = []
    for one in objects:
        if one.name in counts and isinstance(one.node.get("spec"), YamlMap):
            changed = deepcopy(one.node)
            changed["spec"]["replicas"] = counts[one.name]
            one = Object(one.kind, one.name, changed, one.path)
        found.append(one)
    return found
