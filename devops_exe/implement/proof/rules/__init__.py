"""Own rules: what tools were seen to let pass, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.proof.documents import Document, Tree
    from devops_exe.implement.proof.result import Fault

Check = Callable[["Document", "Tree"], Iterator["Fault"]]
"""What is wrong with a file, given all files beside it."""

ANY = "*"
"""Every kind of file."""

_MODULES = (
    "writing",
    "github",
    "gitlab",
    "container",
    "kubernetes",
    "kubernetes_more",
    "rollouts",
    "routes",
    "flags",
    "alerts",
    "dashboards",
    "objectives",
    "collector",
    "programs",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: stable, lower case with hyphens.
        kinds: of the files it looks at.
        check: the function.
        says: what it demands, in a line.
        objects: whether it reads Kubernetes objects, and so also what a kustomization builds.
        general: whether it holds for a part of an object too.
    """

    name: str
    kinds: tuple[str, ...]
    check: Check
    says: str
    objects: bool = False
    general: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    """Every own rule."""
    found: list[Rule] = []
    for name in _MODULES:
        module = import_module(f"{__name__}.{name}")
        found += module.RULES
    return tuple(found)


@cache
def rules_for(kind: str) -> tuple[Rule, ...]:
    """The rules that look at files of a kind."""
    return tuple(rule for rule in rules() if kind in rule.kinds or ANY in rule.kinds)
