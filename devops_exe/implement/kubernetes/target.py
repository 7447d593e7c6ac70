"""The workload that everything else names: ours, or the one that the repository has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.implement.kubernetes.release import workload_kind
from devops_exe.implement.kubernetes.workload import workload_api

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


@dataclass(frozen=True, slots=True)
class Target:
    """A workload.

    Attributes:
        api, kind, name: of the object.
        selector: labels by which its pods are found.
        ours: whether it is generated.
        path: the file of the repository that has it; empty where it is generated.
        folder: the folder of the repository's manifests, relative to the base, as the base's
            kustomization takes it; None where it takes none.
        files: names of the manifests in the workload's folder that are applied together, where
            no kustomization lists them; empty where that is not known.
        image: as the manifest names it, without tag and digest.
        port: name or number of the port that is served; empty where none is declared.
        replicas: whether the manifest has a number of replicas.
        have: kinds of objects that the repository has for it, each with its place.
        lacks: what its pods should say and do not (``readinessProbe`` …).
        container: name of its first container.
        bare: whether that says nothing of resources.
        bounds: fewest and most replicas of its autoscaler.
    """

    api: str
    kind: str
    name: str
    selector: dict[str, str]
    ours: bool = True
    path: str = ""
    folder: str | None = None
    files: tuple[str, ...] = ()
    image: str | None = None
    port: str = "http"
    replicas: bool = False
    have: dict[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    container: str = ""
    bare: bool = False
    bounds: tuple[int, int] | None = None

    @property
    def scaler(self) -> str | None:
        """Where the repository has its autoscaler, None where it has none."""
        return self.have.get("HorizontalPodAutoscaler") or self.have.get("ScaledObject")


def own_target(subject: Subject) -> Target:
    """The generated workload."""
    return Target(
        workload_api(subject), workload_kind(subject), subject.name, dict(subject.selector)
    )
