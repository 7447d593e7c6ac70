"""What the process is configured with: a ConfigMap by release, a Secret by reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.container.dockerfile import carried
from devops_exe.implement.emit import Noted
from devops_exe.implement.kubernetes.flag_choice import FLAGS_PORT, flags_service, wants_flags
from devops_exe.implement.stack import stack_of
from devops_exe.implement.stack_endpoints import kestrel_of
from devops_exe.implement.stores import example_value, variables_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

_PORTS = {"dotnet": "ASPNETCORE_HTTP_PORTS", "java": "SERVER_PORT", "kotlin": "SERVER_PORT"}
"""By what a language's servers are told their port; ``PORT`` elsewhere (the Twelve-Factor App)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Variables of the container.

    Attributes:
        literals: ``NAME=value`` of the ConfigMap, with their places.
        missing: variables that are no secret and for which the repository has no value.
        secrets: names of the keys that the Secret must have, with their places.
    """

    literals: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]
    secrets: tuple[tuple[str, str], ...]


def settings_of(subject: Subject) -> Settings:
    """The settings of a subject."""
    literals: list[tuple[str, str, str]] = []
    missing: list[str] = []
    secrets: list[tuple[str, str]] = []
    if serves(subject) and kestrel_of(subject) is None:
        name = _PORTS.get(stack_of(subject).language, "PORT")
        literals.append((name, str(subject.port), "the container's port"))
    if wants_flags(subject):
        literals.append(("FLAGD_HOST", flags_service(subject), "OpenFeature's provider of flagd"))
        literals.append(("FLAGD_PORT", str(FLAGS_PORT), "OpenFeature's provider of flagd"))
    taken = {name for name, _, _ in literals}
    for name, value in carried(subject).environment:
        if name not in taken:
            literals.append((name, value, "instrumentation"))
            taken.add(name)
    for variable in variables_of(subject):
        if variable.name in taken:
            continue
        example = example_value(subject, variable)
        if variable.secret:
            secrets.append((variable.name, variable.where))
        elif example is not None:
            literals.append((variable.name, example, variable.where))
        elif variable.required:
            literals.append((variable.name, "", f"{variable.where}: give it a value"))
            missing.append(variable.name)
        else:
            missing.append(variable.name)
    return Settings(tuple(literals), tuple(missing), tuple(secrets))


def serves(subject: Subject) -> bool:
    """Whether it answers requests on a port; a worker or a batch job does not."""
    return subject.profile.text("kind") not in {
        "queue-worker",
        "batch",
    } or subject.says("port")


def literals(subject: Subject) -> list[Node]:
    """The ConfigMap's values, as ``configMapGenerator`` takes them."""
    return [
        Noted(f"{name}={value}", " ".join(where.split())[:120])
        for name, value, where in settings_of(subject).literals
    ]


def environment(subject: Subject, more: tuple[str, str] | None = None) -> dict[str, Node]:
    """``envFrom`` and ``env`` of a container; empty where it takes nothing.

    Args:
        subject: whose.
        more: a variable and its value that no ConfigMap holds.
    """
    found = settings_of(subject)
    made: dict[str, Node] = {}
    if found.literals:
        made["envFrom"] = [{"configMapRef": {"name": layout.config_map(subject)}}]
    env: list[Node] = [{"name": more[0], "value": more[1]}] if more else []
    env += [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": layout.secret(subject), "key": name}},
        }
        for name, _ in found.secrets
    ]
    if env:
        made["env"] = env
    return made
