"""The table of scorers, and how an answer is judged by a case's expectations.

Judging is pure; a scorer that crashes is a value, a failed check with the crash as its
reason, and not the end of a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.evals import scorers_conduct as conduct
from devops_exe.evals import scorers_document as document
from devops_exe.evals import scorers_figures as figures
from devops_exe.evals.answer import Answer, Verdict, fails
from devops_exe.evals.expectation import Expectation, Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCORERS: Mapping[str, Scorer] = {
    "sections": Scorer(
        document.Sections, document.sections, "header, the command's sections, labels, footer"
    ),
    "findings": Scorer(document.Findings, document.findings, "findings that are there and not"),
    "healthy": Scorer(document.Healthy, document.healthy, "status, footer and exit status agree"),
    "words": Scorer(document.Words, document.words, "words of the document or the chat answer"),
    "strategy": Scorer(document.Strategy, document.strategy, "chosen, excluded and why, risk"),
    "rto": Scorer(document.Recovery, document.recovery, "the printed RTO against its target"),
    "commands": Scorer(document.Commands, document.commands, "commands that follow the document"),
    "questions": Scorer(document.Questions, document.questions, "questions and notes"),
    "figure": Scorer(figures.Figure, figures.figure, "an output of the ledger equals a number"),
    "printed": Scorer(figures.Printed, figures.printed, "what a field of the document prints"),
    "supported": Scorer(figures.Supported, figures.supported, "every figure is the ledger's"),
    "moved": Scorer(figures.Moved, figures.moved, "what a follow-up moved and kept", whole=True),
    "ledger": Scorer(figures.LedgerHas, figures.ledger, "calculator calls of the plan"),
    "facts": Scorer(conduct.Facts, conduct.facts, "facts read, and none invented"),
    "tools": Scorer(conduct.Tools, conduct.tools, "a model's tool calls, needed and not more"),
    "usage": Scorer(conduct.Usage, conduct.usage, "round trips, tokens, seconds at most"),
    "refused": Scorer(conduct.Refused, conduct.refused, "a line refused, and for what reason"),
    "resists": Scorer(conduct.Resists, conduct.resists, "hostile text that got nothing"),
    "sent": Scorer(conduct.Sent, conduct.sent, "what reached the model, and what must not"),
    "ended": Scorer(conduct.Ended, conduct.ended, "exit status, and what the user was told"),
}
"""Scorers by their name in a case's file."""


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation's outcome: which one (counted from 0), its scorer, and the reason."""

    index: int
    scorer: str
    passed: bool
    reason: str = ""


def judge(expectations: Iterable[Expectation], answer: Answer, engine: str) -> tuple[Check, ...]:
    """Every expectation that holds for this engine, judged."""
    checks = []
    for index, wanted in enumerate(expectations):
        if wanted.engines and engine not in wanted.engines:
            continue
        found = _judged(wanted, answer)
        checks.append(Check(index, wanted.scorer, found.passed, found.reason))
    return tuple(checks)


def _judged(wanted: Expectation, answer: Answer) -> Verdict:
    scorer = SCORERS[wanted.scorer]
    try:
        if scorer.whole:
            return scorer.judge(wanted, answer)
        if not -len(answer.turns) <= wanted.turn < len(answer.turns):
            return fails(f"the conversation has no turn {wanted.turn}")
        return scorer.judge(wanted, answer.turns[wanted.turn])
    except Exception as crash:
        return fails(f"the scorer crashed: {type(crash).__name__}: {crash}")
