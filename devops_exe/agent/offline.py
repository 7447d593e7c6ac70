"""The offline engine: no key, no network, written rules over the plan.

It says that it is rules and not a language model. Of plain words it understands facts,
changes of facts, and questions about figures and strategies; what it does not understand it
says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from devops_exe.agent.events import Document, Done, Event, TextDelta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.dossier import Dossier

NAME: Mapping[str, str | None] = {"name": "offline", "model": None}

RULES = "written rules answered, not a language model"
"""What every offline answer says."""

BRING_CLAUDE = "set ANTHROPIC_API_KEY (or --base-url) and Claude answers"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an offline chat turn works on.

    Attributes:
        text: the user's words.
        facts: what the grammar read in them.
        before: the current document, None when there is none.
        after: the document with the facts changed, None when nothing changed.
        supposed: the change is only supposed: the document stays as it is.
    """

    text: str
    facts: SystemProfile
    before: Dossier | None
    after: Dossier | None
    supposed: bool = False


async def document(dossier: Dossier) -> AsyncIterator[Event]:
    """The answer to a document's command: the document itself."""
    yield Document(dossier)
    yield Done("end_turn")


async def chat(asked: Asked) -> AsyncIterator[Event]:
    """The answer to plain words."""
    yield TextDelta(reply(asked))
    if asked.after is not None:
        yield Document(asked.after)
    yield Done("end_turn")


def reply(asked: Asked) -> str:
    """The words of a chat answer."""
    question = _strategy_question(asked)
    if question:
        return question
    if asked.after is not None and asked.before is not None:
        moved = _moved(asked.before, asked.after, asked.facts)
        kept = "the document stays as it is; say the change itself to keep it"
        return f"{moved}\n  {kept}" if asked.supposed else moved
    if asked.before is not None:
        return (
            f"I am rules, not a language model, and read no fact or question I know in that. "
            f"{_system(asked.before)} is as it was. I follow facts (“3,000 rps”, “use canary”, "
            "“RTO 10 min”), “why not rolling?”, /why FIGURE and /what-if FIELD=VALUE. "
            f"For a conversation {BRING_CLAUDE}."
        )
    if asked.facts.facts:
        read = ", ".join(f"{name} {_shown(fact.value)}" for name, fact in asked.facts)
        return (
            f"Read: {read}. Type /devops and these words for the whole blueprint, or /devops "
            "pipeline, deploy, rollback or scale for a part of it."
        )
    return (
        "I work as a DevOps architect: delivery pipelines, deployments, rollbacks, scaling, "
        "reliability. Without a key I am written rules and no language model, and what you said "
        "holds no system that I can read. Try: /devops checkout-api on EKS, 1200 rps, p99 250 ms, "
        f"99.95 %. For a conversation {BRING_CLAUDE}."
    )


_WHY_NOT = re.compile(
    r"\b(?:why\s+not|what\s+about|and)\s+(?P<name>blue[\s/-]?green|canary|rolling|recreate|a/?b)",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\bwhy\s+(?!not\b)(?:is\s+it\s+|use\s+)?(?P<name>blue[\s/-]?green|canary|rolling|recreate|a/?b)",
    re.IGNORECASE,
)
_PRINTED = {
    "bluegreen": "Blue-Green",
    "canary": "Canary",
    "rolling": "Rolling",
    "recreate": "Recreate",
    "ab": "A/B Testing",
}


def _strategy_question(asked: Asked) -> str:
    dossier = asked.before
    match = _WHY_NOT.search(asked.text) or _WHY.search(asked.text)
    if (
        dossier is None
        or dossier.plan is None
        or match is None
        or not asked.text.rstrip().endswith("?")
    ):
        return ""
    name = _PRINTED[re.sub(r"[\s/-]", "", match["name"].lower())]
    entry = dossier.plan.entry("risk")
    rows = cast("Mapping[str, Mapping[str, object]]", entry.outputs["strategies"])
    chosen = dossier.plan.choice.strategy
    row, best = rows[name], rows[chosen]
    from devops_exe.blueprint.quote import risk

    share = risk(cast("float", row["risk_percent_of_budget"]))
    best_share = risk(cast("float", best["risk_percent_of_budget"]))
    excluded = cast("list[str]", row["excluded_because"])
    if name == chosen:
        by = (
            "you asked for it" if dossier.plan.choice.by == "user" else "it is first of the ranking"
        )
        return f"{name}: {by}. It spends {share} of the error budget a deployment ({entry.id})."
    if excluded:
        return (
            f"{name} is excluded: {', '.join(excluded)}. It would spend {share} of the error "
            f"budget a deployment; {chosen} spends {best_share} ({entry.id})."
        )
    if name not in dossier.plan.choice.possible:
        return f"{name} is not possible on this platform; {chosen} is ({entry.id})."
    return (
        f"{name} is eligible and spends {share} of the error budget a deployment, {chosen} "
        f"{best_share} ({entry.id}). Say “use {name.lower()}” to have it."
    )


def _moved(before: Dossier, after: Dossier, facts: SystemProfile) -> str:
    from devops_exe.blueprint.moved import moved

    changed = ", ".join(f"{name} {_shown(fact.value)}" for name, fact in facts)
    lines = moved(before, after)
    if not lines:
        return f"{_system(after)} with {changed}: no printed figure moves."
    return f"{_system(after)} with {changed}:\n" + "\n".join(f"  {line}" for line in lines)


def _system(dossier: Dossier) -> str:
    return dossier.blueprint.header.system


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return (
        f"{value:,g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )
