"""What a repository says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.view.quantity import named
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from devops_exe.assess.repository import RepositoryReading
    from devops_exe.terminal.app import App


def assess(app: App, arguments: str) -> Reply:
    """Read a repository: the one named, ``--repo``, or the working folder."""
    from devops_exe.assess.repository import assess_repository

    named_folder = arguments.strip()
    folder = Path(named_folder).expanduser() if named_folder else app.session.repository
    folder = folder or Path()
    reading = assess_repository(folder)
    notes: tuple[str, ...] = ()
    if named_folder:
        app.session.use_repository(folder)
        notes = (
            (f"· a document of a new system reads {folder} from now on",) if app.chatting else ()
        )
    return Reply(assessed(reading, app.width), data=reading.as_json(), notes=notes)


def assessed(reading: RepositoryReading, width: int) -> str:
    """Facts with their places, contradictions, risks and questions."""
    lines = ["Facts"] if reading.facts else ["no fact was found"]
    for name, fact in reading.facts:
        told = f"{named(name, fact.value)}  ({fact.where}{_role(fact.role)})"
        lines += wrap(told, width, "  ", "      ")
    if reading.risks:
        lines += ["", "Risks"]
        for risk in reading.risks:
            row = risk.as_json()
            grades = f"likelihood {row['likelihood']}, impact {row['impact']}"
            told = f"{row['what']} ({row['where']}; {grades}) → {row['answer']}"
            lines += wrap(told, width, "  ! ")
        lines += wrap(_scale(), width, "  · ")
    lines += dependencies(reading, width)
    if reading.contradictions:
        lines += ["", "Contradictions"]
        for one in reading.contradictions:
            lines += wrap(_contradiction(one), width, "  • ")
    if reading.questions:
        lines += ["", "Open questions"]
        for number, question in enumerate(reading.questions, 1):
            lines += wrap(question, width, f"  {number}. ")
    for note in reading.notes:
        lines += wrap(note, width, "· ")
    return "\n".join(lines)


def dependencies(reading: RepositoryReading, width: int) -> list[str]:
    """The map of who calls whom, its critical path, and what each single point costs."""
    found = reading.dependencies
    if not found.edges:
        return []
    from devops_exe.assess.dependency_text import as_tree
    from devops_exe.design.feasibility import in_series, point_costs

    lines = ["", "Dependencies", *(f"  {line}" for line in as_tree(found, width - 2))]
    path = found.critical_path()
    if path:
        lines += wrap(f"critical path: {' → '.join(path)}", width, "  ", "    ")
    costs = point_costs(found, reading.profile)
    if costs:
        one, together = costs[0], in_series(costs)
        told = (
            f"{named_count(len(costs))} of failure: one replica in one zone is up "
            f"{one.availability_percent:.4g} % (assumed), away {one.minutes_per_30_days:.3g} min "
            f"of 30 days"
        )
        if len(costs) > 1:
            told += f"; all of them in series are up {together:.4g} %"
        lines += wrap(told, width, "  ", "    ")
    for cost in costs:
        node = cost.point.node
        told = f"{node.name}: {node.why_once} ({node.once}), breaks {', '.join(cost.point.breaks)}"
        lines += wrap(told, width, "  ! ")
    return lines


def named_count(number: int) -> str:
    """``1 single point`` or ``4 single points``."""
    return f"{number} single point{'' if number == 1 else 's'}"


def drawn(reading: RepositoryReading, form: str) -> str:
    """The dependency map as Mermaid or SVG.

    Raises:
        UserError: there is no such form.
    """
    if form == "mermaid":
        from devops_exe.assess.dependency_text import as_mermaid

        return as_mermaid(reading.dependencies)
    if form == "svg":
        from devops_exe.assess.dependency_svg import as_svg

        return as_svg(reading.dependencies)
    raise UserError(
        f"{form[:40]!r} is no format of an assessment",
        where="--format",
        fix="use text, json, mermaid or svg",
        code="unknown_format",
    )


def _scale() -> str:
    """What the grades of a risk mean, in one sentence."""
    from devops_exe.assess.risk import SCALE

    return "; ".join(
        f"{name} " + ", ".join(f"{grade}: {what}" for grade, what in grades.items())
        for name, grades in SCALE.items()
    )


def _role(role: str) -> str:
    return "" if role == "declared" else f", {role}"


def _contradiction(one: dict[str, object]) -> str:
    kept, lost = one.get("kept"), one.get("lost")
    if isinstance(kept, dict) and isinstance(lost, dict):
        return (
            f"{one.get('field')}: {kept.get('value')} ({kept.get('where')}) holds, "
            f"{lost.get('value')} ({lost.get('where')}) does not"
        )
    return str(one)
