"""What a subject is made of: environments, variables, alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from devops_exe.implement.emit import Figured


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the system runs.

    Attributes:
        name: a DNS label: development, staging, production …
        production: whether users are served by it.
        namespace: of Kubernetes; also the name of the CI's environment is ``name``.
        replicas: as designed (one; one a zone; all).
    """

    name: str
    production: bool
    namespace: str
    replicas: Figured


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable of the process.

    Attributes:
        name: as the process reads it.
        secret: whether it comes from a Secret (by its name: passwords, tokens, addresses that
            carry credentials) or from a ConfigMap.
        required: whether the process does not start without it.
        where: the file and line that says so.
    """

    name: str
    secret: bool
    required: bool
    where: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A multi-window burn-rate alert of the ledger.

    Attributes:
        severity: ``page`` or ``ticket``.
        long_seconds, short_seconds: its windows.
        burn_rate: multiple of the budget's own pace.
        threshold: share of bad requests above which it fires.
        index: its place in the entry ``alerts``.
    """

    severity: Literal["page", "ticket"]
    long_seconds: Figured
    short_seconds: Figured
    burn_rate: Figured
    threshold: Figured
    index: int
