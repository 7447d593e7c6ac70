"""The workload that the scripts speak of: the generated one, or the repository's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.kubernetes.migration import migration_command
from devops_exe.implement.kubernetes.routing import experiment_name
from devops_exe.implement.kubernetes.target import own_target
from devops_exe.implement.kubernetes.theirs import manifests, their_target

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
    """

    name: str
    rollout: bool
    selector: str
    container: str
    variant: str = ""
    migrates: bool = False

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
    target = their_target(subject, manifests(subject)) or own_target(subject)
    labels = target.selector or subject.selector
    return Workload(
        target.name,
        target.kind == "Rollout",
        ",".join(f"{key}={value}" for key, value in labels.items()),
        f"[?(@.name=='{subject.name}')]" if target.ours else "[0]",
        experiment_name(subject) if target.ours and subject.strategy == "A/B Testing" else "",
        target.ours and migration_command(subject) is not None,
    )
