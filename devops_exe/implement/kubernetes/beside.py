"""What is missing beside manifests that the repository has: it names their objects."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.generated import Generated
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes.additions import added_fields
from devops_exe.implement.kubernetes.network import egress, ingress
from devops_exe.implement.kubernetes.overlays import API, base, overlay
from devops_exe.implement.kubernetes.pods import health_paths, is_exclusive
from devops_exe.implement.kubernetes.release import is_progressive
from devops_exe.implement.kubernetes.scaling import adapter, budget, is_scaled
from devops_exe.implement.kubernetes.settings import serves

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.kubernetes.target import Target
    from devops_exe.implement.subject import Subject


def chart_notes(subject: Subject, chart: str) -> Generated:
    """A chart is left alone: what it renders depends on values that no file of ours may guess."""
    low, high = subject.minimum, subject.maximum
    cpu, memory = subject.given("cpu_millicores"), subject.given("memory_mib")
    note = (
        f"{chart} stays as it is: set its replicas to {low.value} ({low.reference}) up to "
        f"{high.value} ({high.reference}), requests to {cpu.value}m CPU and {memory.value} MiB, "
        f"probes to {health_paths(subject)[1]}, and let maintenance take one pod at a time"
    )
    return Generated(kept=((chart, "the Helm chart deploys the service already"),), notes=(note,))


def beside(subject: Subject, target: Target) -> Generated:
    """What stands beside the repository's own workload."""
    files = _missing(subject, target)
    listed, lists = _listed(target)
    if listed is None:
        return _apart(subject, target, files)
    made = [*files, *lists]
    kept, notes = list(_kept(target)), list(_notes(subject, target))
    if listed.folder == ".":
        # their manifests lie where ours would: the kustomization is theirs
        notes.append(_to_add(f"{layout.BASE}/kustomization.yaml", subject, target, files))
    else:
        made.append(base(subject, listed, [file.path.rpartition("/")[2] for file in files]))
    for environment in subject.environments:
        theirs = subject.theirs(f"{layout.overlay(environment.name)}/kustomization.yaml")
        if theirs is None:
            made += overlay(subject, listed, environment)
        else:
            kept.append((theirs, f"it is the overlay of {environment.name} already"))
    if is_scaled(subject) and serves(subject) and target.scaler is None:
        made.append(adapter(subject))
    return Generated(tuple(made), tuple(dict.fromkeys(kept)), tuple(notes))


def _to_add(path: str, subject: Subject, target: Target, files: list[Artefact]) -> str:
    names = ", ".join(file.path.rpartition("/")[2] for file in files)
    parts = [f"+ resources: {names}"] if names else []
    if target.image and target.image != subject.name:
        parts.append(f"+ images: name {target.image}, newName {subject.name}")
    return f"{path}: {'; '.join(parts)}" if parts else f"{path} stays as it is"


def _listed(target: Target) -> tuple[Target | None, list[Artefact]]:
    """The target with a folder that kustomize takes, and the kustomization that makes it one."""
    if target.folder is not None:
        return target, []
    if not target.files:
        return None, []
    folder = posixpath.dirname(target.path)
    text = emit(
        {
            "apiVersion": API,
            "kind": "Kustomization",
            "resources": list(target.files),
        },
        header=heading("lists the manifests beside it, so that the overlays can refer to them"),
    )
    made = Artefact(
        f"{folder}/kustomization.yaml",
        text,
        "kustomization",
        why=f"lists the manifests of {folder}",
    )
    return replace(target, folder=posixpath.relpath(folder, layout.BASE)), [made]


def _missing(subject: Subject, target: Target) -> list[Artefact]:
    files: list[Artefact] = []
    header = heading(f"for {target.kind} {target.name} of {target.path}")
    if "PodDisruptionBudget" not in target.have and target.selector and not is_exclusive(subject):
        text = emit(budget(target.name, target.selector), header=header)
        why = f"replicas of {target.name} that maintenance leaves standing"
        files.append(Artefact(f"{layout.BASE}/pdb.yaml", text, "kubernetes", why=why))
    if "NetworkPolicy" not in target.have and target.selector:
        pods: dict[str, Node] = {"matchLabels": dict(target.selector)}
        port: str | int = int(target.port) if target.port.isdigit() else target.port
        documents: list[Node] = []
        if port:
            documents += ingress(subject, pods, port, port)
        documents.append(egress(subject, pods))
        text = emit(*documents, header=header)
        why = f"who may speak to {target.name}, and to whom it may"
        files.append(Artefact(f"{layout.BASE}/networkpolicy.yaml", text, "kubernetes", why=why))
    return files


def _apart(subject: Subject, target: Target, files: list[Artefact]) -> Generated:
    note = (
        f"{target.path} stays as it is: list the manifests of one environment in a "
        "kustomization.yaml beside it and generate again; overlays, autoscaler and digests then "
        "refer to it, and deploy.sh has something to apply"
    )
    return Generated(tuple(files), _kept(target), (note, *_notes(subject, target)))


def _kept(target: Target) -> tuple[tuple[str, str], ...]:
    found = {target.path: f"{target.kind} {target.name} is the service's workload already"}
    for kind, path in target.have.items():
        found.setdefault(path, f"it has the {kind} of {target.name} already")
    return tuple(found.items())


def _differences(subject: Subject, target: Target) -> list[str]:
    """What a person should change in the manifests that are kept."""
    cpu, memory = subject.given("cpu_millicores"), subject.given("memory_mib")
    left = [name for name in target.lacks if name not in added_fields(subject, target)]
    values = {
        "readinessProbe": f"httpGet {health_paths(subject)[1]}",
        "resources.requests": f"cpu {cpu.value}m, memory {memory.value}Mi",
        "resources.limits.memory": f"{memory.value}Mi",
        "securityContext.runAsNonRoot": "true",
        "securityContext.allowPrivilegeEscalation": "false",
        "topologySpreadConstraints": "topology.kubernetes.io/zone",
    }
    notes = []
    if left:
        missing = "; ".join(f"+ {name}: {values[name]}" for name in left)
        notes.append(f"{target.path}, {target.kind} {target.name}: {missing}")
    if target.bounds is not None and target.scaler is not None:
        low, high = target.bounds
        wanted = (subject.minimum, subject.maximum)
        if (low, high) != (wanted[0].value, wanted[1].value):
            notes.append(
                f"{target.scaler}: minReplicas {low} → {wanted[0].value} ({wanted[0].reference}), "
                f"maxReplicas {high} → {wanted[1].value} ({wanted[1].reference})"
            )
    return notes


def _notes(subject: Subject, target: Target) -> tuple[str, ...]:
    notes: list[str] = _differences(subject, target)
    if is_progressive(subject) and target.kind != "Rollout":
        notes.append(
            f"{subject.strategy} needs Argo Rollouts, and {target.path} has a {target.kind}: give "
            "it the apiVersion argoproj.io/v1alpha1, the kind Rollout and the strategy; until "
            f"then a release rolls"
        )
    if "NetworkPolicy" not in target.have:
        notes.append(
            f"{layout.BASE}/networkpolicy.yaml allows {target.name} what is known to be called: "
            "add other services before it is applied"
        )
    return tuple(notes)
