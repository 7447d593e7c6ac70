"""What is missing beside manifests that the repository has: it names their objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.generated import Generated
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes.overlays import base, overlay
from devops_exe.implement.kubernetes.pods import health_paths, is_exclusive
from devops_exe.implement.kubernetes.release import is_progressive
from devops_exe.implement.kubernetes.scaling import adapter, budget, is_scaled
from devops_exe.implement.kubernetes.settings import serves

if TYPE_CHECKING:
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
    files: list[Artefact] = []
    if "PodDisruptionBudget" not in target.have and target.selector and not is_exclusive(subject):
        files.append(
            Artefact(
                f"{layout.BASE}/pdb.yaml",
                emit(
                    budget(target.name, target.selector),
                    header=heading(f"for {target.kind} {target.name} of {target.path}"),
                ),
                "kubernetes",
                why=f"replicas of {target.name} that maintenance leaves standing",
            )
        )
    if target.folder is None:
        return _without_kustomization(subject, target, files)
    made = [*files, base(subject, target, [file.path.rpartition("/")[2] for file in files])]
    for environment in subject.environments:
        made += overlay(subject, target, environment)
    if is_scaled(subject) and serves(subject) and target.scaler is None:
        made.append(adapter(subject))
    return Generated(tuple(made), _kept(target), _notes(subject, target))


def _without_kustomization(subject: Subject, target: Target, files: list[Artefact]) -> Generated:
    note = (
        f"{target.path} stays as it is; put a kustomization.yaml beside it (kustomize create "
        "--autodetect), and generate again: overlays, autoscaler and digests then refer to it"
    )
    return Generated(tuple(files), _kept(target), (note, *_notes(subject, target)))


def _kept(target: Target) -> tuple[tuple[str, str], ...]:
    found = {target.path: f"{target.kind} {target.name} is the service's workload already"}
    for kind, path in target.have.items():
        found.setdefault(path, f"it has the {kind} of {target.name} already")
    return tuple(found.items())


def _notes(subject: Subject, target: Target) -> tuple[str, ...]:
    notes: list[str] = []
    if is_progressive(subject) and target.kind != "Rollout":
        notes.append(
            f"{subject.strategy} needs a Rollout: in {target.path} change {target.kind} "
            f"{target.name} to apiVersion argoproj.io/v1alpha1, kind Rollout, or let a Rollout "
            "refer to it by workloadRef"
        )
    if "NetworkPolicy" not in target.have:
        notes.append(
            f"{target.path} has no NetworkPolicy: deny all, then allow its port and its stores"
        )
    return tuple(notes)
