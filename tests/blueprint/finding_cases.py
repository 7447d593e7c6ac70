"""A case for every finding: what provokes it, and the like that does not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from blueprint_samples import SAMPLE, part

from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.model import Blueprint, Figure
from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.render import render
from devops_exe.blueprint.reread import findings_of, of_text
from devops_exe.blueprint.validate import seal, validate
from devops_exe.design.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from devops_exe.blueprint.dossier import Dossier

TIME = "2026-01-01T00:00:00Z"
Findings = tuple[Finding, ...]


@dataclass(frozen=True)
class Case:
    """One way to provoke a finding.

    Attributes:
        code: the finding.
        severity: how severe it is then.
        path: where it is reported; a prefix.
        bad: gives findings with the code.
        good: the like without the fault gives none with it.
    """

    code: str
    severity: str
    path: str
    bad: Callable[[], Findings]
    good: Callable[[], Findings]


def facts(**values: object) -> dict[str, Fact]:
    return {
        name: Fact(value, "user", f"{name} {value}")  # type: ignore[arg-type]
        for name, value in values.items()
    }


BASE: dict[str, object] = {
    "system": "orders",
    "orchestrator": "kubernetes",
    "provider": "aws",
    "platform": "AWS EKS",
    "peak_rps": 1200.0,
    "rps_per_replica": 60.0,
    "slo_percent": 99.9,
}


def profile(**values: object) -> SystemProfile:
    return SystemProfile(facts(**{**BASE, **values}))


@cache
def dossier() -> Dossier:
    return compose("devops", profile(datastores=("postgresql",), strategy="Canary"), TIME)


# -- reading a text ----------------------------------------------------------------------------

TEXT = render(SAMPLE, 39)


def without(start: str, text: str = TEXT) -> str:
    lines = text.split("\n")
    index = next(i for i, line in enumerate(lines) if line.startswith(start))
    return "\n".join(lines[:index] + lines[index + 1 :])


def section(name: str) -> str:
    match = re.search(rf"\n\n{re.escape(name)}\n.*?(?=\n\n[A-Z]|\n\nDevOps)", TEXT, re.DOTALL)
    assert match is not None
    return match.group()


def _reading(code: str, path: str, spoilt: str, severity: str = "error") -> Case:
    assert spoilt != TEXT
    return Case(code, severity, path, lambda: parse(spoilt).findings, lambda: parse(TEXT).findings)


def _moved() -> str:
    infra = section("INFRASTRUCTURE")
    return TEXT.replace(infra, "").replace("\n\nDevOps Status", f"{infra}\n\nDevOps Status")


def _cut_word() -> str:
    lines = TEXT.split("\n")
    last = next(i for i, line in enumerate(lines) if "bf4f1b2b" in line)
    return "\n".join(lines[:last] + lines[last + 1 :])


_TYPE = "│  Type: Canary                       │\n"
READING = (
    _reading("not_a_blueprint", "line 1", "nothing of the kind"),
    _reading("missing_section", "monitoring", TEXT.replace(section("MONITORING"), "")),
    _reading("section_out_of_order", "line", _moved()),
    _reading(
        "duplicate_section", "line",
        TEXT.replace(section("INFRASTRUCTURE"), 2 * section("INFRASTRUCTURE")),
    ),
    _reading(
        "unknown_section", "line",
        TEXT.replace("\n\nMONITORING", f"\n\nSECURITY\n{'─' * 36}\nnone\n\nMONITORING"),
    ),
    _reading("missing_field", "strategy.type", without("│  Type")),
    _reading("duplicate_field", "", TEXT.replace(_TYPE, _TYPE + _TYPE.replace("Canary", "Rolled"))),
    _reading("rto_missing", "rollback.rto", without("│  RTO")),
    _reading("box_geometry", "line", TEXT.replace("═" * 39, "═" * 38, 1)),
    _reading("spacing", "line", TEXT.replace("\n\nMONITORING", "\nMONITORING")),
    _reading(
        "malformed_table", "line",
        TEXT.replace("| Network | ALB | drain 30 s |", "| Network | ALB |"),
    ),
    _reading(
        "bar_mismatch", "overview.reliability",
        TEXT.replace("██████████ 99.95%", "████████░░ 99.95%"),
    ),
    _reading("bad_number", "overview.environments", TEXT.replace("ments: 3", "ments: x")),
    _reading("broken_line", "line", _cut_word()),
    _reading("unexpected_line", "line", TEXT.replace("\n\nMONITORING", "\nfoo\n\nMONITORING")),
    _reading(
        "too_many_findings", "document",
        TEXT.replace("\n\nMONITORING", "".join(
            f"\n\nCHAPTER {i}\n{'─' * 36}\nnone" for i in range(600)) + "\n\nMONITORING"),
    ),
    _reading(
        "not_canonical", "line",
        render(part("scale")).replace("|-----------|---------|--------|", "|---|---|---|"),
        "warning",
    ),
)  # fmt: skip


# -- the document alone ------------------------------------------------------------------------


def changed(path: str, value: object, document: Blueprint | None = None) -> Blueprint:
    """The document with ``section.field`` (or a whole section) changed."""
    document = document or dossier().blueprint
    name, _, field = path.partition(".")
    if not field:
        return document.model_copy(update={name: value})
    inner = getattr(document, name)
    return document.model_copy(update={name: inner.model_copy(update={field: value})})


def _document(code: str, severity: str, reported: str, path: str, value: object) -> Case:
    return Case(
        code,
        severity,
        reported,
        lambda: validate(changed(path, value)),
        lambda: validate(dossier().blueprint),
    )


def _steps(number: int, text: str) -> tuple[str, ...]:
    steps = list(dossier().blueprint.rollback.steps)  # type: ignore[union-attr]
    steps[number] = text
    return tuple(steps)


def _rows(name: str, start: int) -> tuple[object, ...]:
    return tuple(getattr(dossier().blueprint, name))[start:]


DOCUMENT = (
    Case("several_documents", "error", "document",
         lambda: of_text(TEXT + "\n\n" + TEXT), lambda: of_text(TEXT)),
    Case("control_characters", "error", "document",
         lambda: of_text(TEXT.replace("System: ", "System: \x1b[31m", 1)), lambda: of_text(TEXT)),
    _document("placeholder", "error", "header.system", "header.system", "[system_name]"),
    _document("placeholder", "error", "strategy.rollout", "strategy.rollout", "TBD"),
    _document("placeholder", "error", "strategy.rollout", "strategy.rollout", "nan"),
    _document("counts_disagree", "error", "overview.environments", "overview.environments", 4),
    _document(
        "counts_disagree", "error", "overview.pipeline_stages", "overview.pipeline_stages", 6
    ),
    _document(
        "split_not_100", "error", "strategy.traffic_new", "strategy.traffic_new",
        Figure.of("11", "percent"),
    ),
    _document("unknown_strategy", "error", "strategy.type", "strategy.type", "Big Bang"),
    _document(
        "deploy_step_disagrees", "error", "pipeline.deploy", "pipeline.deploy",
        ("after approval by the owner, a switch",),
    ),
    _document("triggers_disagree", "error", "rollback.trigger", "rollback.trigger",
              "error ratio > 9 % over 5 min"),
    _document("platform_disagrees", "error", "overview.platform", "overview.platform", "GCP"),
    _document("system_disagrees", "error", "overview.system", "overview.system", "another"),
    _document("bad_time", "error", "header.time", "header.time", "yesterday"),
    _document("empty_step", "error", "pipeline.test", "pipeline.test", ()),
    _document("no_production", "error", "environments", "environments",
              _rows("environments", 0)[:2]),
    _document("missing_row", "error", "environments", "environments", _rows("environments", 1)),
    _document("missing_row", "error", "infrastructure", "infrastructure",
              _rows("infrastructure", 1)),
    _document("missing_row", "error", "scaling", "scaling", _rows("scaling", 1)),
    _document(
        "rollback_without_trigger", "error", "rollback.trigger", "rollback.trigger",
        "when it looks bad",
    ),
    _document("rollback_too_short", "error", "rollback.steps", "rollback.steps",
              ("prove that it still exists", "page and return config, secret, flag", "verify")),
    _document("rollback_without_verification", "error", "rollback.steps[4]", "rollback.steps",
              _steps(4, "go home")),
    _document("version_not_proven", "error", "rollback.steps[0]", "rollback.steps",
              _steps(0, "undo the release")),
    _document("configuration_not_returned", "warning", "rollback.steps", "rollback.steps",
              _steps(3, "return the rest")),
    _document("rto_missing", "error", "rollback.rto", "rollback.rto", None),
    _document("trigger_not_measurable", "error", "strategy.rollback_trigger",
              "strategy.rollback_trigger", "error ratio > 1 %"),
    _document("monitoring_too_thin", "error", "monitoring.health_metrics",
              "monitoring.health_metrics", ("up",)),
    _document("alert_without_threshold", "error", "monitoring.alerts[0]", "monitoring.alerts",
              ("page: errors over 5 min", "page: error ratio > 1 % over 1 h")),
    _document("alert_without_threshold", "error", "monitoring.alerts[1]", "monitoring.alerts",
              ("page: error ratio > 1 % over 1 h", "ticket: disk is full over the last 5 minutes")),
    _document("alert_without_window", "error", "monitoring.alerts[0]", "monitoring.alerts",
              ("page: p99 over 250 ms", "page: error ratio > 1 % over 1 h")),
    _document("alert_without_window", "error", "monitoring.alerts[1]", "monitoring.alerts",
              ("page: error ratio > 1 % over 1 h", "page: error ratio > 1 %")),
    _document("nobody_approves", "warning", "pipeline.deploy", "pipeline.deploy",
              ("Canary in steps",)),
    _document("nobody_paged", "warning", "rollback.steps", "rollback.steps",
              _steps(1, "freeze the pipeline")),
    _document("secret_in_text", "error", "monitoring.alerts[0]", "monitoring.alerts",
              ("password=hunter22 when error ratio > 1 % over 5 min",
               "page: error ratio > 1 % over 1 h")),
)  # fmt: skip


# -- facts and figures -------------------------------------------------------------------------


def _design(
    code: str,
    severity: str,
    path: str,
    bad: dict[str, object],
    good: dict[str, object],
    kind: str = "devops",
) -> Case:
    def found(values: dict[str, object]) -> Findings:
        return compose(kind, profile(**values), TIME).findings  # type: ignore[arg-type]

    return Case(code, severity, path, lambda: found(bad), lambda: found(good))


def _unprotected(health_checks: str) -> Findings:
    made = compose("deploy", profile(startup_seconds=120.0), TIME)
    document = changed("strategy.health_checks", health_checks, made.blueprint)
    return validate(document, made.profile, made.ledger, made.figures)


_SQL: dict[str, object] = {"datastores": ("postgresql",)}
DESIGN = (
    _design("rto_above_target", "error", "rollback.rto", {"rto_minutes": 1.0},
            {"rto_minutes": 99.0}),
    _design("rto_above_target", "warning", "rollback.rto", {"rto_minutes": 6.0},
            {"rto_minutes": 99.0}),
    _design(
        "rto_above_target", "error", "infrastructure",
        {"rto_minutes": 60.0, "data_gib": 900.0, "restore_mib_per_second": 50.0},
        {"rto_minutes": 60.0, "data_gib": 9.0, "restore_mib_per_second": 50.0}, "scale",
    ),
    _design("rpo_above_target", "error", "rollback.rto", {**_SQL, "rpo_minutes": 1.0},
            {**_SQL, "rpo_minutes": 5.0}),
    _design(
        "strategy_excluded", "error", "strategy.type",
        {"strategy": "Recreate", "zero_downtime": True}, {"strategy": "Recreate"},
    ),
    _design(
        "strategy_not_on_platform", "error", "strategy.type",
        {"orchestrator": "compose", "strategy": "Canary"},
        {"orchestrator": "compose", "strategy": "Recreate"},
    ),
    _design("min_above_max", "error", "scaling", {"min_replicas": 90, "max_replicas": 50},
            {"min_replicas": 50, "max_replicas": 90}),
    _design("replicas_below_load", "error", "infrastructure", {"replicas": 20}, {"replicas": 21}),
    _design("replicas_below_need", "warning", "infrastructure", {"replicas": 44}, {"replicas": 45}),
    _design("max_below_peak", "warning", "scaling", {"max_replicas": 44}, {"max_replicas": 45}),
    _design("slo_below_dependencies", "warning", "overview.reliability",
            {**_SQL, "slo_percent": 99.95}, _SQL),
    _design("slo_below_dependencies", "error", "overview.reliability",
            {"zones": 1, "slo_percent": 99.95}, {"zones": 3, "slo_percent": 99.95}),
    _design("sla_not_below_slo", "error", "monitoring", {"sla_percent": 99.95},
            {"sla_percent": 99.5}),
    _design("sla_not_below_slo", "warning", "monitoring", {"sla_percent": 99.9},
            {"sla_percent": 99.5}),
    _design("over_budget", "warning", "infrastructure", {"budget_usd_month": 100.0},
            {"budget_usd_month": 10_000.0}),
    _design(
        "over_budget", "error", "infrastructure",
        {"budget_usd_month": 100.0, "price_per_vcpu_hour": 0.05, "price_per_gib_hour": 0.005},
        {"budget_usd_month": 9e4, "price_per_vcpu_hour": 0.05, "price_per_gib_hour": 0.005},
    ),
    _design("gray_failure_unseen", "warning", "rollback.rto", {"bad_error_ratio": 0.0009},
            {"bad_error_ratio": 0.0011}),
    _design("platform_generic", "warning", "header.platform", {"orchestrator": "heroku"}, {}),
    _design("connections_exceeded", "warning", "infrastructure", _SQL,
            {**_SQL, "peak_rps": 30.0}),
    _design("grace_below_deregistration", "warning", "infrastructure",
            {"termination_grace_seconds": 29.0}, {"termination_grace_seconds": 30.0}),
    Case("startup_unprotected", "warning", "strategy.health_checks",
         lambda: _unprotected("readiness probe every 10 s"),
         lambda: _unprotected("readiness probe every 10 s, a start-up probe before it")),
    _design("canary_outruns_alert", "warning", "strategy.rollout", {"strategy": "Canary",
            "slo_percent": 99.0}, {"strategy": "Canary", "slo_percent": 99.95}),
    _design("scale_out_slow", "warning", "scaling", {"startup_seconds": 180.0, "zones": 1},
            {"startup_seconds": 30.0, "zones": 1}),
    _design("low_traffic_alert", "warning", "monitoring.alerts[0]", {"average_rps": 0.01}, {}),
    _design("schema_incompatible", "warning", "rollback.steps", {"schema_change": "incompatible"},
            {"schema_change": "backward_compatible"}),
)  # fmt: skip


# -- figures, seal -----------------------------------------------------------------------------


def checked(document: Blueprint | None = None, ledger: Ledger | None = None,
            figures: dict[str, tuple[str, ...]] | None = None) -> Findings:  # fmt: skip
    made = dossier()
    return validate(
        document or made.blueprint,
        made.profile,
        ledger or made.ledger,
        {**made.figures, **(figures or {})},
    )


def tampered(**outputs: object) -> Ledger:
    """The ledger with outputs of its first entry changed."""
    first, *rest = dossier().ledger
    return Ledger((replace(first, outputs={**first.outputs, **outputs}), *rest))


def uncomputable() -> Ledger:
    first, *rest = dossier().ledger
    return Ledger((replace(first, inputs={**first.inputs, "slo_percent": 120.0}), *rest))


def face(**change: Any) -> str:
    """The JSON face of the dossier."""
    made = dossier()
    raw = {
        "document": made.document(),
        "figures": {path: list(refs) for path, refs in made.figures.items()},
        "profile": made.profile.as_json(),
        "ledger": made.ledger.as_json(),
        "text": render(made.blueprint, 80),
    }
    return json.dumps({**raw, **change})


def _text(document: Blueprint) -> Findings:
    return of_text(render(document, 80))


def blocked() -> Blueprint:
    error = Finding("any", "error", "x", "m", "f")
    return seal(dossier().blueprint, (error, error))


FIGURES = (
    Case("ledger_disagrees", "error", "ledger.L1",
         lambda: checked(ledger=tampered(downtime_seconds=1.0)), checked),
    Case("ledger_disagrees", "error", "ledger", lambda: checked(ledger=uncomputable()), checked),
    Case("unknown_reference", "error", "strategy.rollout",
         lambda: checked(figures={"strategy.rollout": ("L99.x",)}), checked),
    Case("unknown_reference", "error", "strategy.rollout",
         lambda: checked(figures={"strategy.rollout": ("L1.no_such_output",)}), checked),
    Case("figure_disagrees", "error", "rollback.rto",
         lambda: checked(changed("rollback.rto", Figure.of("1.5", "minutes"))), checked),
    Case("figure_disagrees", "error", "overview.reliability",
         lambda: checked(changed("overview.reliability", Figure.of("100", "percent"))), checked),
    Case("unsupported_figure", "error", "strategy.rollout",
         lambda: checked(changed("strategy.rollout", "10 % for 77 min → 100 %")), checked),
    Case("not_checked", "note", "ledger", lambda: validate(dossier().blueprint), checked),
)  # fmt: skip

SEAL = (
    Case("declared_blocked", "error", "footer", lambda: _text(blocked()),
         lambda: _text(dossier().blueprint)),
    Case("footer_disagrees", "error", "footer",
         lambda: _text(changed("footer", "● Pipeline Resting")),
         lambda: _text(dossier().blueprint)),
    Case("footer_disagrees", "error", "footer",
         lambda: _text(changed("rollback.trigger", "when it looks bad")),
         lambda: _text(dossier().blueprint)),
    Case("status_disagrees", "error", "overview.status",
         lambda: _text(changed("overview.status", "[◐] 2 findings")),
         lambda: _text(blocked())),
    Case("text_disagrees", "error", "text",
         lambda: findings_of(face(text=render(changed("header.system", "other"), 80)), "a.json"),
         lambda: findings_of(face(), "a.json")),
)  # fmt: skip

CASES = (*READING, *DOCUMENT, *DESIGN, *FIGURES, *SEAL)
