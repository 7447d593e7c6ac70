"""The rollback runbook: trigger, how long it takes, by script and by hand, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.reliability.runbooks_text import (
    cell_of,
    commands,
    minutes,
    page,
    production,
    seconds,
    steps,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject


def rollback(subject: Subject) -> str:
    """Back to the version before."""
    trigger = " ".join(str(getattr(subject.dossier.blueprint.rollback, "trigger", "")).split())
    return page(
        f"Rollback: {subject.name}",
        f"Strategy: {subject.strategy}. Roll back when: {trigger}" if trigger else "",
        "## How long it takes",
        table(("fault", "seen after", "undone after", "back after (RTO)"), list(_times(subject))),
        "## By script",
        commands(f"{layout.ROLLBACK_SCRIPT} production"),
        "It proves that the version to return to exists, returns, and verifies; a revision may be "
        "named behind the environment.",
        "## By hand",
        "\n\n".join(_by_hand(subject)),
        "## What else goes back",
        _with_it(subject),
        "## Verify",
        _verify(subject),
    )


_FAULTS = (
    ("recovery", "every request fails"),
    ("recovery_gray", "some requests fail (a gray fault)"),
    ("recovery_first", "the canary fails at its first weight"),
)


def _times(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    for role, fault in _FAULTS:
        if subject.plan.has(role):
            yield (
                fault,
                seconds(subject.figure(role, "detect_seconds")),
                seconds(subject.figure(role, "act_seconds")),
                minutes(subject.figure(role, "rto_minutes")),
            )
    if not subject.plan.has("recovery_gray"):
        yield ("some requests fail (a gray fault)", "no alert sees it", "-", "not computed")


def _by_hand(subject: Subject) -> Iterator[str]:
    yield "In this order; words in capitals are yours to fill in."
    space = production(subject).namespace
    yield commands(f"kubectl config set-context --current --namespace={space}")
    for number, command in enumerate(subject.dossier.commands, 1):
        step = " ".join(command.step.split())
        yield f"{number}. {step[:1].upper()}{step[1:]}"
        by_hand = command.command.removeprefix("by hand: ")
        if by_hand != command.command:
            yield f"   {' '.join(by_hand.split())}"
        else:
            yield "\n".join(f"   {line}" for line in commands(command.command).split("\n"))
        yield f"   It worked when {command.check}. To undo: {command.undo}."


def _with_it(subject: Subject) -> str:
    lines = ["- Configuration: the overlay of the commit that is returned to, with its ConfigMap."]
    lines.append(
        "- Secrets: only if they were rotated with the release; both versions must read them."
    )
    if subject.migrations:
        lines.append(
            f"- Schema (`{cell_of(subject.migrations)}`): it stays. The version before must read "
            "the present schema; if it does not, fix forward or restore what it reads first."
        )
    else:
        lines.append("- Schema: no migrations were found in the repository.")
    lines.append("- Flags: those that the release switched on, off.")
    return "\n".join(lines)


def _verify(subject: Subject) -> str:
    last = (
        [f"Watch for {seconds(subject.figure('recovery', 'verify_seconds'))}."]
        if subject.plan.has("recovery")
        else []
    )
    return steps(
        f"`{layout.VERIFY_SCRIPT} production` ends with 0.",
        *last,
        "Only the version returned to answers: one value of the label in the dashboard.",
        "The pipeline stays frozen until the incident is closed; then thaw it.",
    )
