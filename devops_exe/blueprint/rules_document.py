"""Rules that need the document alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.model import STRATEGIES, Blueprint
from devops_exe.blueprint.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACEHOLDER = re.compile(
    r"\[[a-z][a-z0-9]*(?:_[a-z0-9]+)*\]|\[X\]|\b(?:TODO|TBD|FIXME|XXX)\b|\blorem ipsum\b",
    re.IGNORECASE,
)
_EMPTY = frozenset({"", "none", "nan", "null", "n/a", "na", "undefined", "-", "?", "…", "..."})
_THRESHOLD = re.compile(
    r"(?:[<>≤≥]=?\s*|\b(?:above|below|under|exceeds?|at least|more than|less than|outside)\s+"
    r"|\bover\s+(?!\d[\d.,]*\s*(?:s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?)\b))"
    r"(?:p\d+\s*)?[$€]?\d",
    re.IGNORECASE,
)
"""A comparison with a number; ``over 5 min`` is a window, ``over 5 %`` a threshold."""
_WINDOW = re.compile(
    r"\b(?:over|for|within|in|during|per|of)\s+(?:the\s+)?(?:last\s+|any\s+|a\s+)?"
    r"(?:\d[\d.,]*|one|two|three|five|six|ten|fifteen|twenty|thirty)[\s-]*"
    r"(?:s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?)\b",
    re.IGNORECASE,
)
_VERIFY = re.compile(r"\b(?:verif\w*|check\w*|confirm\w*|smoke)\b", re.IGNORECASE)
_PROOF = re.compile(r"\b(?:exist\w*|still|available|retained|registry|history)\b", re.IGNORECASE)
_SECRETS = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[\w-]{20,}|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^/\s:@]+:[^/\s:@]{3,}@"
    r"|\b(?:password|passwd|secret|token|api[_-]?key)\s*[=:]\s*(?!\[|<|\$|‹)[^\s,;]{6,}",
    re.IGNORECASE,
)


def placeholders(b: Blueprint) -> Iterator[Finding]:
    """A field that still holds the template's words, or nothing."""
    for path, text in texts(b):
        if path in {"overview.status", "footer"}:
            continue
        match = _PLACEHOLDER.search(text)
        if match or text.strip().lower() in _EMPTY:
            shown = match[0] if match else (text.strip() or "nothing")
            yield Finding(
                "placeholder",
                "error",
                path,
                f"{path} holds {shown}",
                "write what belongs there, or why it does not apply",
            )


def counts(b: Blueprint) -> Iterator[Finding]:
    """Counts of the overview against the document's own tables."""
    if b.overview is None:
        return
    stages = None if b.pipeline is None else len(type(b.pipeline).model_fields)
    rows = None if b.environments is None else len(b.environments)
    for path, said, listed, what in (
        ("overview.environments", b.overview.environments, rows, "environments"),
        ("overview.pipeline_stages", b.overview.pipeline_stages, stages, "stages"),
    ):
        if listed is not None and said != listed:
            yield Finding(
                "counts_disagree",
                "error",
                path,
                f"the overview says {said} {what}, the document lists {listed}",
                f"write {listed}",
            )


def split(b: Blueprint) -> Iterator[Finding]:
    """Old and New add up to all of the traffic."""
    if b.strategy is None:
        return
    total = b.strategy.traffic_old.value + b.strategy.traffic_new.value
    if abs(total - 100) > 1e-9:
        yield Finding(
            "split_not_100",
            "error",
            "strategy.traffic_new",
            f"old {b.strategy.traffic_old.text} % and new {b.strategy.traffic_new.text} % make "
            f"{total:g} %",
            "make them add up to 100 %",
        )


def strategy_known(b: Blueprint) -> Iterator[Finding]:
    """The type is one of the five, and the pipeline deploys with it."""
    if b.strategy is None:
        return
    if b.strategy.type not in STRATEGIES:
        yield Finding(
            "unknown_strategy",
            "error",
            "strategy.type",
            f"{b.strategy.type or 'nothing'} is none of the five strategies",
            f"use one of {', '.join(STRATEGIES)}",
        )
    if b.pipeline is not None and b.strategy.type in STRATEGIES:
        others = [
            name
            for name in STRATEGIES
            if name != b.strategy.type and any(name in action for action in b.pipeline.deploy)
        ]
        if others:
            yield Finding(
                "deploy_step_disagrees",
                "error",
                "pipeline.deploy",
                f"step 4 names {', '.join(others)} beside the strategy {b.strategy.type}",
                f"deploy by {b.strategy.type} alone, as the section below says",
            )
    if b.pipeline is not None and b.strategy.type:
        named = " ".join(b.pipeline.deploy).lower()
        if b.strategy.type.lower() not in named:
            yield Finding(
                "deploy_step_disagrees",
                "error",
                "pipeline.deploy",
                f"step 4 does not name the strategy {b.strategy.type}",
                f"say there that the release is deployed by {b.strategy.type}",
            )


def pipeline_steps(b: Blueprint) -> Iterator[Finding]:
    """Each of the five steps has an action."""
    if b.pipeline is None:
        return
    for name, actions in b.pipeline:
        if not actions:
            yield Finding(
                "empty_step",
                "error",
                f"pipeline.{name}",
                f"the step {name.replace('_', ' ')} has no action",
                "say what happens there",
            )


def environments(b: Blueprint) -> Iterator[Finding]:
    """Development, staging and production are there."""
    if b.environments is None:
        return
    names = {row.environment.lower() for row in b.environments}
    if not any(name.startswith("prod") for name in names):
        yield Finding(
            "no_production",
            "error",
            "environments",
            "no environment is called production",
            "add the row of production",
        )
    for wanted in ("development", "staging"):
        if not any(name.startswith((wanted[:3], wanted[:5])) for name in names):
            yield Finding(
                "missing_row",
                "error",
                "environments",
                f"no row for {wanted}",
                "the template's three rows are the minimum",
            )


def table_rows(b: Blueprint) -> Iterator[Finding]:
    """The template's rows are the minimum of the other two tables."""
    for path, rows, wanted in (
        (
            "infrastructure",
            b.infrastructure and [row.component for row in b.infrastructure],
            ("Compute", "Storage", "Network", "Secrets"),
        ),
        (
            "scaling",
            b.scaling and [row.dimension for row in b.scaling],
            ("Horizontal", "Vertical", "Auto-scale"),
        ),
    ):
        if rows is None:
            continue
        for name in wanted:
            if name not in rows:
                yield Finding(
                    "missing_row",
                    "error",
                    path,
                    f"no row for {name}",
                    "the template has it: add it",
                )


def rollback(b: Blueprint) -> Iterator[Finding]:
    """Trigger, proof of the version, actions, verification, RTO."""
    if b.rollback is None:
        return
    plan = b.rollback
    yield from _measurable(plan.trigger, "rollback.trigger", "rollback_without_trigger")
    if len(plan.steps) < 4:
        yield Finding(
            "rollback_too_short",
            "error",
            "rollback.steps",
            f"{len(plan.steps)} steps",
            "at least three actions and a verification",
        )
    if plan.steps and not _VERIFY.search(plan.steps[-1]):
        yield Finding(
            "rollback_without_verification",
            "error",
            f"rollback.steps[{len(plan.steps) - 1}]",
            "the last step verifies nothing",
            "end with how to see that the old version serves",
        )
    if plan.steps and not _PROOF.search(plan.steps[0]):
        yield Finding(
            "version_not_proven",
            "error",
            "rollback.steps[0]",
            "the first step does not prove that the version to return to still exists",
            "look it up first: image, revision, schema",
        )
    words = " ".join(plan.steps).lower()
    if not all(name in words for name in ("config", "secret", "flag")):
        yield Finding(
            "configuration_not_returned",
            "warning",
            "rollback.steps",
            "configuration, secrets and flags do not go back with the release",
            "name them in a step",
        )
    if plan.rto is None:
        yield Finding(
            "rto_missing", "error", "rollback.rto", "no RTO", "give the computed RTO in minutes"
        )


def _measurable(text: str, path: str, code: str) -> Iterator[Finding]:
    missing = [
        what
        for what, pattern in (("threshold", _THRESHOLD), ("window", _WINDOW))
        if not pattern.search(text)
    ]
    if missing:
        yield Finding(
            code,
            "error",
            path,
            f"no {' and no '.join(missing)} in {text[:60] or 'an empty text'!r}",
            "name metric, comparison, threshold and window",
        )


def strategy_trigger(b: Blueprint) -> Iterator[Finding]:
    """The strategy's trigger is a measurable condition."""
    if b.strategy is not None:
        yield from _measurable(
            b.strategy.rollback_trigger, "strategy.rollback_trigger", "trigger_not_measurable"
        )


def alerts(b: Blueprint) -> Iterator[Finding]:
    """Every alert has a threshold and a window; there are at least six lines."""
    if b.monitoring is None:
        return
    m = b.monitoring
    for name in ("health_metrics", "performance_metrics", "alerts"):
        if len(getattr(m, name)) < 2:
            yield Finding(
                "monitoring_too_thin",
                "error",
                f"monitoring.{name}",
                f"{len(getattr(m, name))} lines",
                "at least two lines a group",
            )
    for number, text in enumerate(m.alerts):
        for what, pattern, code in (
            ("threshold", _THRESHOLD, "alert_without_threshold"),
            ("window", _WINDOW, "alert_without_window"),
        ):
            if not pattern.search(text):
                yield Finding(
                    code,
                    "error",
                    f"monitoring.alerts[{number}]",
                    f"no {what} in {text[:60]!r}",
                    f"give the {what}",
                )


def responsibility(b: Blueprint) -> Iterator[Finding]:
    """Somebody approves, somebody is paged."""
    if b.pipeline is not None and "approv" not in " ".join(b.pipeline.deploy).lower():
        yield Finding(
            "nobody_approves",
            "warning",
            "pipeline.deploy",
            "no approval before production is named",
            "say who approves",
        )
    if b.rollback is not None and "page" not in " ".join(b.rollback.steps).lower():
        yield Finding(
            "nobody_paged",
            "warning",
            "rollback.steps",
            "nobody is paged",
            "say who is paged when the trigger fires",
        )


def secrets(b: Blueprint) -> Iterator[Finding]:
    """A secret in plain text; its value is never repeated."""
    for path, text in texts(b):
        if _SECRETS.search(text):
            yield Finding(
                "secret_in_text",
                "error",
                path,
                "a secret stands in plain text",
                "name the secret store's entry instead, and rotate the secret",
            )


def consistency(b: Blueprint) -> Iterator[Finding]:
    """What stands twice in a document says the same twice, and its time is one."""
    triggers = {
        text
        for text in (
            b.strategy and b.strategy.rollback_trigger,
            b.rollback and b.rollback.trigger,
        )
        if text is not None
    }
    if len(triggers) > 1:
        yield Finding(
            "triggers_disagree",
            "error",
            "rollback.trigger",
            "the rollback plan waits for another condition than the strategy",
            "write the strategy's trigger there",
        )
    if b.overview is not None:
        named = [cloud for cloud in _CLOUDS if re.search(rf"\b{cloud}\b", b.header.platform)]
        if named and b.overview.platform in _CLOUDS and b.overview.platform not in named:
            yield Finding(
                "platform_disagrees",
                "error",
                "overview.platform",
                f"the header says {b.header.platform}, the overview {b.overview.platform}",
                f"write {named[0]}",
            )
        if b.overview.system != b.header.system:
            yield Finding(
                "system_disagrees",
                "error",
                "overview.system",
                f"the header says {b.header.system[:60]}, the overview {b.overview.system[:60]}",
                "name one system",
            )
    if not _TIME.fullmatch(b.header.time):
        yield Finding(
            "bad_time",
            "error",
            "header.time",
            f"{b.header.time[:60] or 'nothing'} is no moment",
            "write ISO 8601 with offset, such as 2026-01-31T12:00:00+00:00",
        )


_CLOUDS = ("AWS", "GCP", "Azure")
_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(?:Z|[+-]\d{2}:\d{2})"
)


DOCUMENT_RULES = (
    placeholders,
    counts,
    split,
    strategy_known,
    pipeline_steps,
    environments,
    table_rows,
    rollback,
    strategy_trigger,
    alerts,
    responsibility,
    consistency,
    secrets,
)
"""Rules of the document alone, in the order they report."""
