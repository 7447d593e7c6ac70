"""How a runbook is written: front matter, tables, commands, figures with their references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import scalar
from devops_exe.implement.existing import MARK
from devops_exe.implement.observability.durations import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.implement.emit import Figured
    from devops_exe.implement.subject import Environment, Subject


def page(title: str, *parts: str) -> str:
    """A page: front matter with the mark, a title, parts with a blank line between them."""
    mark = f"{MARK}. Change the requirement and generate again."
    front = f"---\ntitle: {scalar(title)}\ngenerated: {scalar(mark)}\n---"
    return "\n\n".join((front, f"# {title}", *(part for part in parts if part))) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a pipe inside a cell is escaped."""
    lines = [list(header), ["---"] * len(header), *[list(row) for row in rows]]
    return "\n".join("| " + " | ".join(cell_of(cell) for cell in line) + " |" for line in lines)


def cell_of(text: str) -> str:
    """Text on one line of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def commands(*lines: str) -> str:
    """A block of commands to copy."""
    return "\n".join(("```sh", *(line.replace("```", "'''") for line in lines), "```"))


def steps(*texts: str) -> str:
    """A numbered list."""
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def minutes(figure: Figured) -> str:
    """A duration of the ledger in minutes, with its reference.

    One decimal under ten, whole minutes above, as the document prints it.
    """
    value = float(figure.value)
    shown = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return f"{shown} min (`{figure.reference}`)"


def seconds(figure: Figured) -> str:
    """Seconds of the ledger with their reference."""
    value = float(figure.value)
    shown = f"{value:.0f} s" if value != int(value) else duration(value)
    return f"{shown} (`{figure.reference}`)"


def production(subject: Subject) -> Environment:
    """The environment that users are served from."""
    return next(e for e in subject.environments if e.production)


def is_rollout(subject: Subject) -> bool:
    """Whether the workload is an Argo Rollout: canary and blue-green are."""
    return subject.strategy in {"Canary", "Blue-Green"}


def workload(subject: Subject) -> str:
    """``deployment/NAME`` or ``rollout/NAME``."""
    return f"{'rollout' if is_rollout(subject) else 'deployment'}/{subject.name}"
