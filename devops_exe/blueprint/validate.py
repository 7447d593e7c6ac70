"""Validate and seal: run the rules, then write what depends on them.

Three groups of rules: the document alone, the document against facts and figures, and the
ledger against itself. A text that comes without its ledger is checked by the first group,
and the note ``not_checked`` says so once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding, errors
from devops_exe.blueprint.quote import exact
from devops_exe.blueprint.rules_document import DOCUMENT_RULES
from devops_exe.ground.errors import DevopsExeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.dossier import Figures
    from devops_exe.blueprint.model import Blueprint, Figure
    from devops_exe.design.ledger import Ledger

HEALTHY = "[●] Healthy"
ACTIVE = "● Pipeline Active"


def validate(
    blueprint: Blueprint,
    profile: SystemProfile | None = None,
    ledger: Ledger | None = None,
    figures: Figures | None = None,
) -> tuple[Finding, ...]:
    """Findings of every rule but those on status and footer.

    Args:
        blueprint: the document.
        profile: its facts; with ``ledger``, all rules run.
        ledger: its calculator calls.
        figures: which references each field prints.
    """
    found = [finding for rule in DOCUMENT_RULES for finding in rule(blueprint)]
    if profile is None or ledger is None:
        found.append(
            Finding(
                "not_checked",
                "note",
                "ledger",
                "a text alone: figures, facts and targets were not checked",
                "validate the JSON face to check them",
            )
        )
    else:
        # a text alone needs neither these rules nor the calculators behind them
        from devops_exe.blueprint.rules_design import DESIGN_RULES
        from devops_exe.blueprint.rules_facts import Facts
        from devops_exe.blueprint.support import unsupported

        facts = Facts(blueprint, profile, ledger)
        found += [finding for rule in DESIGN_RULES for finding in rule(facts)]
        found += ledger_findings(ledger)
        found += figure_findings(blueprint, ledger, figures or {})
        found += unsupported(blueprint, profile, ledger)
    return tuple(dict.fromkeys(found))


def ledger_findings(ledger: Ledger) -> Iterator[Finding]:
    """Every entry computed again: any difference is an error."""
    try:
        again = ledger.rerun()
    except DevopsExeError as problem:
        yield Finding(
            "ledger_disagrees",
            "error",
            "ledger",
            f"the ledger cannot be run again: {problem.message} ({problem.where})",
            "compute the document again",
        )
        return
    for old, new in zip(ledger, again, strict=True):
        if old.outputs != new.outputs:
            names = sorted(
                {*old.outputs, *new.outputs},
                key=str,
            )
            different = [n for n in names if old.outputs.get(n) != new.outputs.get(n)]
            yield Finding(
                "ledger_disagrees",
                "error",
                f"ledger.{old.id}",
                f"{old.tool} {old.op} answers otherwise now: {', '.join(different)}",
                "compute the document again",
            )


def figure_findings(blueprint: Blueprint, ledger: Ledger, figures: Figures) -> Iterator[Finding]:
    """References that name nothing, and figures that are not their entry's value."""
    for path, references in figures.items():
        for reference in references:
            try:
                ledger.value(reference)
            except DevopsExeError as problem:
                yield Finding("unknown_reference", "error", path, problem.message, problem.fix)
    yield from _quoted_elsewhere(blueprint, ledger, figures)
    for path, figure in _figure_fields(blueprint):
        for reference in figures.get(path, ())[:1]:
            try:
                value = ledger.value(reference)
            except DevopsExeError:
                continue
            if not _prints(figure, value, floored=path == "overview.reliability"):
                yield Finding(
                    "figure_disagrees",
                    "error",
                    path,
                    f"{figure.text} is printed, {reference} is {value}",
                    "print the entry's value",
                )


def _quoted_elsewhere(blueprint: Blueprint, ledger: Ledger, figures: Figures) -> Iterator[Finding]:
    """Texts that refer to an entry and do not print what it says."""
    from devops_exe.blueprint.numerals import quantities
    from devops_exe.blueprint.support import numbers_of, supported
    from devops_exe.blueprint.texts import texts

    for path, text in texts(blueprint):
        printed = tuple(quantities(text)) if path in figures else ()
        for reference in figures.get(path, ()):
            try:
                value = ledger.value(reference)
            except DevopsExeError:
                continue
            if isinstance(value, str):
                shown = value in text
            else:
                known = numbers_of(reference, value)
                shown = not known or any(supported(quantity, known) for quantity in printed)
            if not shown:
                yield Finding(
                    "figure_disagrees",
                    "error",
                    path,
                    f"the text refers to {reference}, which is {value}, and does not print it",
                    "print the entry's value",
                )


def _figure_fields(b: Blueprint) -> Iterator[tuple[str, Figure]]:
    if b.overview is not None:
        yield "overview.reliability", b.overview.reliability
    if b.strategy is not None:
        yield "strategy.traffic_old", b.strategy.traffic_old
        yield "strategy.traffic_new", b.strategy.traffic_new
    if b.rollback is not None and b.rollback.rto is not None:
        yield "rollback.rto", b.rollback.rto


def _prints(figure: Figure, value: object, *, floored: bool) -> bool:
    """Whether a figure is its entry's value as the drafts print it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    if floored:
        return figure.text == exact(value)
    # minutes from ten on are whole; all else has one decimal, none where it is nought
    half = 0.5 if figure.unit == "minutes" and figure.value >= 10 else 0.05
    return abs(value - figure.value) <= half + _NOISE


_NOISE = 1e-6


def seal(blueprint: Blueprint, findings: tuple[Finding, ...]) -> Blueprint:
    """The document with status and footer written from its error-level findings."""
    count = len(errors(findings))
    status = HEALTHY if count == 0 else f"[◐] {count} findings"
    footer = ACTIVE if count == 0 else f"● Pipeline Blocked: {count} findings"
    update: dict[str, object] = {"footer": footer}
    if blueprint.overview is not None:
        update["overview"] = blueprint.overview.model_copy(update={"status": status})
    return blueprint.model_copy(update=update)


def declared(blueprint: Blueprint, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """Findings on status and footer of a document that was read back."""
    count = len(errors(findings))
    blocked = blueprint.footer.removeprefix("● Pipeline Blocked: ").removesuffix(" findings")
    if blueprint.footer.startswith("● Pipeline Blocked"):
        yield Finding(
            "declared_blocked",
            "error",
            "footer",
            f"the document declares itself blocked by {blocked} findings",
            "mend them and seal the document again",
        )
    elif blueprint.footer != ACTIVE:
        yield Finding(
            "footer_disagrees",
            "error",
            "footer",
            f"the footer says {blueprint.footer[:60] or 'nothing'!r}",
            f"write {ACTIVE!r} or '● Pipeline Blocked: N findings'",
        )
    elif count:
        yield Finding(
            "footer_disagrees",
            "error",
            "footer",
            f"the footer says active, {count} errors were found",
            "seal the document again",
        )
    if blueprint.overview is None:
        return
    expected = HEALTHY if blueprint.footer == ACTIVE else f"[◐] {blocked} findings"
    if blueprint.overview.status != expected:
        yield Finding(
            "status_disagrees",
            "error",
            "overview.status",
            f"the status says {blueprint.overview.status[:60] or 'nothing'!r}, the footer "
            f"{blueprint.footer[:60]!r}",
            f"write {expected!r}",
        )
