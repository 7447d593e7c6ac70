"""The repository's own manifests: which workload is the service's, and what stands beside it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.implement import layout
from devops_exe.implement.kubernetes.target import Target

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

_YAML = r".+\.ya?ml"
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_WORKLOADS = frozenset({"Deployment", "Rollout", "StatefulSet"})
_BESIDE = frozenset(
    {
        "Service",
        "HorizontalPodAutoscaler",
        "ScaledObject",
        "PodDisruptionBudget",
        "NetworkPolicy",
        "ServiceAccount",
        "Namespace",
    }
)
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?\Z")
_LARGEST = 200_000
_OTHERS = re.compile(r"(?:^|/)(?:\.github|charts?|templates|node_modules|vendor)/")


@dataclass(frozen=True, slots=True)
class Manifest:
    """An object of a manifest of the repository."""

    path: str
    node: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """As written."""
        return str(self.node.get("kind"))

    @property
    def name(self) -> str:
        """As written; empty where it has none."""
        return str(at(self.node, "metadata", "name") or "")


def at(node: object, *steps: str | int) -> Any:
    """The value below a node, None where there is none."""
    for step in steps:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def manifests(subject: Subject) -> tuple[Manifest, ...]:
    """Every object of the repository's own manifests; charts and templates left out."""
    found: list[Manifest] = []
    for path in subject.matching(_YAML):
        if not _OTHERS.search(path):
            found += _objects(path, subject.files[path])
    return tuple(found)


def _objects(path: str, text: str) -> Iterator[Manifest]:
    import yaml

    if "apiVersion:" not in text or "kind:" not in text or "{{" in text or len(text) > _LARGEST:
        return
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    for document in documents:
        rows = document.get("items") if isinstance(document, Mapping) else None
        for node in rows if isinstance(rows, list) else [document]:
            if isinstance(node, Mapping) and isinstance(node.get("kind"), str):
                yield Manifest(path, node)


def their_chart(subject: Subject) -> str | None:
    """The Helm chart of the repository; None where it has none."""
    found = subject.matching(r"(?:.+/)?Chart\.ya?ml")
    return min(found, key=lambda p: p.count("/"), default=None)


def their_target(subject: Subject, found: tuple[Manifest, ...]) -> Target | None:
    """The workload of the service among the repository's manifests, None where there is none."""
    workloads = [m for m in found if m.kind in _WORKLOADS and _LABEL.match(m.name)]
    ours = [m for m in workloads if m.name in {subject.name, subject.title}]
    built = [m for m in workloads if _image(m) and _is_own(subject, _image(m) or "")]
    chosen = ours or built or (workloads if len(workloads) == 1 else [])
    if not chosen:
        return None
    # a base comes before its overlays, the shallower file before the deeper
    best = min(chosen, key=lambda m: ("overlay" in m.path, m.path.count("/"), m.path))
    labels = at(best.node, "spec", "selector", "matchLabels")
    selector = {str(k): str(v) for k, v in labels.items()} if isinstance(labels, Mapping) else {}
    have: dict[str, str] = {}
    for other in found:
        if other.kind in _BESIDE and _belongs(other, best, selector):
            have.setdefault(other.kind, other.path)
    return Target(
        api=str(best.node.get("apiVersion")),
        kind=best.kind,
        name=best.name,
        selector=selector,
        ours=False,
        path=best.path,
        folder=_folder(subject, best.path),
        files=_files(found, best.path),
        image=_image(best),
        port=_port(best),
        replicas=at(best.node, "spec", "replicas") is not None,
        have=have,
        lacks=_lacks(best),
        bare=not at(best.node, "spec", "template", "spec", "containers", 0, "resources"),
        container=str(at(best.node, "spec", "template", "spec", "containers", 0, "name") or ""),
        bounds=_bounds(found, best),
    )


def _image(manifest: Manifest) -> str | None:
    image = at(manifest.node, "spec", "template", "spec", "containers", 0, "image")
    if not isinstance(image, str):
        return None
    bare = image.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _is_own(subject: Subject, image: str) -> bool:
    return image.rpartition("/")[2] in {subject.name, subject.title}


def _port(manifest: Manifest) -> str:
    port = at(manifest.node, "spec", "template", "spec", "containers", 0, "ports", 0)
    return str(at(port, "name") or at(port, "containerPort") or "")


def _belongs(other: Manifest, workload: Manifest, selector: dict[str, str]) -> bool:
    if other.kind in {"HorizontalPodAutoscaler", "ScaledObject"}:
        return bool(at(other.node, "spec", "scaleTargetRef", "name") == workload.name)
    if other.kind == "Namespace":
        return posixpath.dirname(other.path) == posixpath.dirname(workload.path)
    if other.kind == "ServiceAccount":
        used = at(workload.node, "spec", "template", "spec", "serviceAccountName")
        return bool(used) and used == other.name
    place = {
        "Service": ("spec", "selector"),
        "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
        "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
    }[other.kind]
    wanted = at(other.node, *place)
    if not isinstance(wanted, Mapping) or not wanted:
        return other.kind == "NetworkPolicy" and isinstance(wanted, Mapping)
    labels = at(workload.node, "spec", "template", "metadata", "labels")
    have = dict(labels) if isinstance(labels, Mapping) else dict(selector)
    return all(str(have.get(key)) == str(value) for key, value in wanted.items())


def _lacks(manifest: Manifest) -> tuple[str, ...]:
    pod = at(manifest.node, "spec", "template", "spec")
    container = at(pod, "containers", 0)
    wanted = {
        "readinessProbe": at(container, "readinessProbe"),
        "resources.requests": at(container, "resources", "requests"),
        "resources.limits.memory": at(container, "resources", "limits", "memory"),
        "securityContext.allowPrivilegeEscalation": (
            at(container, "securityContext", "allowPrivilegeEscalation") is False
        ),
        "securityContext.runAsNonRoot": at(container, "securityContext", "runAsNonRoot")
        or at(pod, "securityContext", "runAsNonRoot"),
        "topologySpreadConstraints": at(pod, "topologySpreadConstraints") or at(pod, "affinity"),
    }
    return tuple(name for name, value in wanted.items() if not value)


def _bounds(found: tuple[Manifest, ...], workload: Manifest) -> tuple[int, int] | None:
    for other in found:
        if other.kind == "HorizontalPodAutoscaler" and _belongs(other, workload, {}):
            low, high = (at(other.node, "spec", name) for name in ("minReplicas", "maxReplicas"))
            if isinstance(high, int) and isinstance(low, int | None):
                return low or 1, high
    return None


def _files(found: tuple[Manifest, ...], path: str) -> tuple[str, ...]:
    """Names of the manifests in the workload's folder, where they may be applied together."""
    folder = posixpath.dirname(path)
    here = [m for m in found if posixpath.dirname(m.path) == folder]
    objects = [(m.kind, m.name) for m in here]
    if not folder or len(set(objects)) < len(objects):
        # files for several environments lie side by side: which belong together is not known
        return ()
    return tuple(sorted({posixpath.basename(m.path) for m in here}))


def _folder(subject: Subject, path: str) -> str | None:
    """The folder as the base's kustomization takes it: it must hold a kustomization."""
    folder = posixpath.dirname(path)
    while True:
        if any(
            subject.theirs(posixpath.join(folder, name) if folder else name)
            for name in _KUSTOMIZATION
        ):
            return posixpath.relpath(folder or ".", layout.BASE)
        if not folder:
            return None
        folder = posixpath.dirname(folder)
