"""Compose: from a profile to a sealed dossier. Both engines end here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.dossier import Dossier
from devops_exe.blueprint.draft import Context, commands, draft
from devops_exe.blueprint.draft.topology import possible_engines
from devops_exe.blueprint.fill import fill
from devops_exe.blueprint.model import PARTS, Kind
from devops_exe.blueprint.validate import seal, validate
from devops_exe.design.plan import Plan, plan
from devops_exe.design.risk_register import register
from devops_exe.design.unknowns import open_questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import Fact, SystemProfile

MOST_QUESTIONS = 5
"""Open questions that are listed: those that change the design most."""


def compose(
    kind: Kind,
    profile: SystemProfile,
    time: str,
    prose: Mapping[str, str] | None = None,
) -> Dossier:
    """The document of a command: planned, drafted, filled, validated and sealed.

    Args:
        kind: which sections.
        profile: the facts, without assumptions.
        time: the ``Time:`` line.
        prose: texts with marks that take the place of the draft's, by path; what an engine
            wrote. Figures and structure are the plan's whatever it says.

    Raises:
        UserError: the profile leads to no plan, or a text names an unknown path or figure.
    """
    planned = plan(profile)
    return compose_plan(kind, planned, time, prose)


def compose_plan(
    kind: Kind, planned: Plan, time: str, prose: Mapping[str, str] | None = None
) -> Dossier:
    """The document of a plan that exists."""
    context = Context(planned, kind)
    document = draft(context, time)
    if prose:
        from devops_exe.blueprint.prose import put

        document = put(document, prose)
    filled = fill(document, context.look_up)
    findings = validate(filled.blueprint, planned.profile, planned.ledger, filled.figures)
    return Dossier(
        kind=kind,
        blueprint=seal(filled.blueprint, findings),
        profile=planned.profile,
        ledger=planned.ledger,
        figures=filled.figures,
        findings=findings,
        plan=planned,
        assumptions=planned.assumptions(filled.stated),
        questions=questions(planned),
        commands=commands(context) if "rollback" in PARTS[kind] else (),
        risks=register(planned),
        notes=notes(context),
    )


def questions(planned: Plan) -> tuple[str, ...]:
    """What to ask: at most five, those that change the design most first."""
    profile = planned.profile
    # What the reading itself asks comes first: a wrong system makes every answer wrong.
    asked = [note for note in profile.notes if note.endswith("?")]
    if possible := possible_engines(profile):
        asked.append(_store_question(possible, profile.facts["possible_datastores"]))
    asked += [unknown.question for unknown in open_questions(planned)]
    return tuple(asked[:MOST_QUESTIONS])


def _store_question(engines: tuple[str, ...], fact: Fact) -> str:
    seen = "server" if fact.role == "declared" else "driver"
    if len(engines) == 1:
        return f"Is {engines[0]} ({seen} at {fact.where}) its data store?"
    return f"Are {' and '.join(engines)} ({seen}s, the first at {fact.where}) its data stores?"


def notes(c: Context) -> tuple[str, ...]:
    """What the reading and the decisions left to say beside the document."""
    said = [note for note in c.profile.notes if not note.endswith("?")]
    said += [f"not used: {words}" for words in c.profile.unused]
    said += [
        f"{conflict.field}: {_value(conflict.kept.value)} ({conflict.kept.where}) holds, "
        f"{_value(conflict.lost.value)} ({conflict.lost.where}) does not"
        for conflict in c.profile.conflicts
    ]
    choice = c.plan.choice
    if choice.by == "platform":
        said.append(f"{choice.strategy} is the first of the ranking that this platform can do")
    if choice.by == "none":
        said.append(f"no strategy is eligible: {choice.strategy} has the least against it")
    if c.kind == "rollback" and c.profile.text("version") is None:
        said.append("no version was named: the plan returns to the previous release")
    return tuple(said)


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
