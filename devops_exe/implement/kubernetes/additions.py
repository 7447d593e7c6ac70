"""Fields that a kept workload lacks and that may be added to it without its author."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from devops_exe.implement.container.image_user import image_user
from devops_exe.implement.emit import Figured, Noted, emit
from devops_exe.implement.kubernetes.pods import resources

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.kubernetes.target import Target
    from devops_exe.implement.subject import Subject

_MERGED = frozenset({"Deployment", "StatefulSet"})
"""Kinds whose containers kustomize merges by name; of others a patch replaces the list."""


_FLOW = re.compile(r"(?m)^[^#\n]*[:-]\s*[\[{]")
"""YAML in flow style: kustomize keeps a patch's comments, and within braces they end the line."""


def added_fields(subject: Subject, target: Target) -> tuple[str, ...]:
    """What of ``target.lacks`` the base's patch adds.

    Requests are the plan's own, and no process needs more rights than it has; a user is set
    only where the image has one. Probes and spread are the author's to say.
    """
    if target.kind not in _MERGED or not target.container:
        return ()
    safe = {"securityContext.allowPrivilegeEscalation"}
    if target.bare:
        # beside a request or limit of theirs, one of ours might contradict it
        safe |= {"resources.requests", "resources.limits.memory"}
    if not image_user(subject).root:
        safe.add("securityContext.runAsNonRoot")
    return tuple(name for name in target.lacks if name in safe)


def addition(subject: Subject, target: Target) -> str:
    """The strategic merge patch that adds them; empty where there is nothing to add."""
    added = added_fields(subject, target)
    if not added:
        return ""
    container: dict[str, Node] = {"name": target.container}
    if "resources.requests" in added:
        container["resources"] = resources(subject)
    rights: dict[str, Node] = {}
    if "securityContext.allowPrivilegeEscalation" in added:
        rights["allowPrivilegeEscalation"] = False
    if "securityContext.runAsNonRoot" in added:
        rights |= {"runAsNonRoot": True, "runAsUser": image_user(subject).uid}
    if rights:
        container["securityContext"] = rights
    node: Mapping[str, Node] = {
        "apiVersion": target.api,
        "kind": target.kind,
        "metadata": {"name": target.name},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    written = subject.files.get(target.path, "")
    return emit(_bare(node) if _FLOW.search(written) else node)


def _bare(node: Node) -> Node:
    """A structure without its comments."""
    while isinstance(node, Noted | Figured):
        node = node.value
    if isinstance(node, Mapping):
        return {key: _bare(value) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_bare(value) for value in node]
    return node
