"""A deployable service while it is being found, and the sources it is found in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.assess.components import Component
    from devops_exe.assess.profile import Role
    from devops_exe.assess.readers.aspire import Resource
    from devops_exe.assess.readers.charts import Chart
    from devops_exe.assess.readers.compose import ComposeFile
    from devops_exe.assess.readers.dockerfile import Image
    from devops_exe.assess.readers.kubernetes import Manifests, Workload
    from devops_exe.assess.readers.paas import PaasFile
    from devops_exe.assess.survey import Survey


@dataclass(frozen=True, slots=True)
class Port:
    """A port that something states, and how sure that is (a smaller rank wins)."""

    value: int
    where: str
    role: Role
    rank: int


@dataclass(slots=True)
class Service:
    """A deployable service.

    Attributes:
        name: as its strongest declaration spells it.
        path: its folder, "." for the root.
        where: where it is declared.
        ports: everything that states its port.
        workloads: the Kubernetes workloads of that name.
        linked: folders of packages of the same workspace that its code depends on.
        hosts: names of stores it waits for or points at.
        command: (text, where) of its start command.
        codeless: it is configured and has no code of its own (a proxy of an app host).
    """

    name: str
    path: str
    where: str
    language: str = ""
    components: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    ports: list[Port] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    health: list[tuple[str, str, str]] = field(default_factory=list)
    replicas: list[tuple[int, str]] = field(default_factory=list)
    commands: list[tuple[str, str]] = field(default_factory=list)
    images: list[tuple[str, Image]] = field(default_factory=list)
    environment: dict[str, tuple[str, str]] = field(default_factory=dict)
    worker: bool = False
    codeless: bool = False

    @property
    def port(self) -> Port | None:
        """The port that wins, or None; README mentions and launch settings never win."""
        usable = [p for p in self.ports if p.role in ("declared", "default")]
        return min(usable, key=lambda p: p.rank, default=None)


@dataclass(slots=True)
class Sources:
    """What the readers found, as the services are made of it.

    ``settings`` are (field, value, where) of kustomizations; ``apart`` are folders and
    Dockerfiles of what is no service of production.
    """

    seen: Survey
    parts: list[Component]
    compose: list[ComposeFile]
    manifests: list[Manifests]
    images: dict[str, Image]
    paas: list[tuple[str, PaasFile]]
    processes: list[tuple[str, str, str]]
    project: str
    hosts: list[tuple[str, tuple[Resource, ...]]] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    settings: list[tuple[str, str, str]] = field(default_factory=list)
    apart: set[str] = field(default_factory=set)

    def production(self) -> list[Component]:
        """The components of production code."""
        return [p for p in self.parts if not p.development and not p.load]
