"""The check of a whole tree: every rule, its findings in the order of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from devops_exe.assess.readers.yamltree import documents
from devops_exe.blueprint.finding import Finding
from devops_exe.implement.consistency import (
    rules_delivery,
    rules_figures,
    rules_objects,
    rules_process,
    rules_safety,
    rules_series,
)
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.consistency.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.design.ledger import Ledger

_MANIFEST = re.compile(r"\.ya?ml:\d+\Z")

Rule = Callable[[World], Iterator[Finding]]

MOST_FINDINGS = 500
"""Findings that are listed; more of them say nothing new."""


def unread(world: World) -> Iterator[Finding]:
    """What the rules do not read, and YAML that nothing reads."""
    if world.templated:
        first = sorted(world.templated)[0]
        more = len(world.templated) - 1
        rest = f" and {more} more" if more else ""
        what = f"what only a template engine makes whole ({first}{rest})"
        yield finding("not_read", first, what=what)
    templated = set(world.templated)
    for path, text in world.files.items():
        if path.endswith((".yaml", ".yml")) and path not in templated:
            _, problem = documents(text)
            if problem and "valid YAML" in problem:
                yield finding("yaml_broken", path, problem=problem.removeprefix("is no valid YAML"))


RULES: tuple[Rule, ...] = (
    unread,
    rules_objects.names,
    rules_objects.selectors,
    rules_objects.services,
    rules_objects.autoscalers,
    rules_objects.budgets,
    rules_objects.policies,
    rules_objects.references,
    rules_process.ports,
    rules_process.probes,
    rules_process.lifetimes,
    rules_process.resources,
    rules_process.environment,
    rules_process.images,
    rules_safety.history,
    rules_safety.standards,
    rules_safety.secrets,
    rules_series.series,
    rules_series.tests,
    rules_delivery.scripts,
    rules_delivery.needs,
    rules_delivery.environments,
    rules_delivery.kustomizations,
    rules_figures.figures,
)
"""Every rule, in the order of the table of findings."""


def check(world: World) -> tuple[Finding, ...]:
    """What is wrong with a tree; one finding a code, place and message."""
    found: dict[tuple[str, str, str], Finding] = {}
    for rule in RULES:
        for one in rule(world):
            found.setdefault((one.code, one.path, one.message), one)
            if len(found) >= MOST_FINDINGS:
                return tuple(found.values())
    return tuple(found.values())


def check_files(
    files: Mapping[str, str], *, ledger: Ledger | None = None, root: Path | None = None
) -> tuple[Finding, ...]:
    """The check of files that are at hand, with what the repository's reading knows of them.

    Args:
        files: text by path.
        ledger: figures that comments refer to.
        root: the folder, where required variables and exported series are read from.
    """
    required: tuple[tuple[str, str], ...] = ()
    startup: float | None = None
    health: frozenset[str] = frozenset()
    if root is not None:
        from devops_exe.assess.repository import assess_repository

        reading = assess_repository(root)
        required = tuple(
            dict.fromkeys(
                (str(fact.value), fact.where)
                for name, fact in reading.facts
                if name == "environment_required" and not fact.where.startswith("deploy/")
            )
        )
        health = frozenset(
            str(fact.value)
            for name, fact in reading.facts
            if name == "health_path" and not _MANIFEST.search(fact.where)
        )
        startup = reading.profile.number("startup_seconds")
    return check(
        World(files, required, ledger=ledger, startup_seconds=startup, health_paths=health)
    )
