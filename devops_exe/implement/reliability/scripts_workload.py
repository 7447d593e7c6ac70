"""The workload that the scripts speak of: the generated one, or the repository's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.kubernetes.migration import migration_command
from devops_exe.implement.kubernetes.routing import experiment_name
from devops_exe.implement.kubernetes.settings import serves
from devops_exe.implement.kubernetes.target import own_target
from devops_exe.implement.kubernetes.theirs import manifests, their_target
from devops_exe.implement.reliability.scripts_chart import chart_of
from devops_exe.implement.subject import LONGEST_LABEL

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


_KEPT = "workload_of"


@dataclass(frozen=True, slots=True)
class Workload:
    """What a release changes.

    Attributes:
        name: of the object.
        rollout: whether it is an Argo Rollout; a Deployment else.
        selector: labels of its pods, as kubectl takes them.
        container: JSONPath of the container whose image is the release, below ``containers``.
        variant: the Deployment that serves an experiment's cohort beside it; empty without one.
        migrates: whether a Job of the manifests brings the schema up to date first.
        serves: whether it answers requests, by which it can be judged.
        chart: folder of the repository's Helm chart; empty where kustomize builds the objects.
    """

    name: str
    rollout: bool
    selector: str
    container: str
    variant: str = ""
    migrates: bool = False
    chart: str = ""
    serves: bool = True

    @property
    def resource(self) -> str:
        """As kubectl names it."""
        return f"{'rollout' if self.rollout else 'deployment'}/{self.name}"


def workload_of(subject: Subject) -> Workload:
    """The workload of a subject; kept on it, since every file of a repository may be read."""
    kept = subject.__dict__.get(_KEPT)
    if not isinstance(kept, Workload):
        kept = _read(subject)
        # where cached_property keeps its values too
        subject.__dict__[_KEPT] = kept
    return kept


def _read(subject: Subject) -> Workload:
    chart = chart_of(subject)
    if chart is not None:
        # as `helm create` names a release's objects and labels its pods
        folder, name = chart
        full = subject.name if name in subject.name else f"{subject.name}-{name}"
        label = f"app.kubernetes.io/instance={subject.name}"
        return Workload(
            full[:LONGEST_LABEL].rstrip("-"),
            rollout=False,
            selector=label,
            container="[0]",
            chart=folder,
        )
    target = their_target(subject, manifests(subject)) or own_target(subject)
    labels = target.selector or subject.selector
    return Workload(
        target.name,
        rollout=target.kind == "Rollout",
        selector=",".join(f"{key}={value}" for key, value in labels.items()),
        container=f"[?(@.name=='{subject.name}')]" if target.ours else "[0]",
        variant=experiment_name(subject)
        if target.ours and subject.strategy == "A/B Testing"
        else "",
        serves=serves(subject),
        migrates=target.ours and migration_command(subject) is not None,
    )
