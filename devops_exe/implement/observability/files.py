"""The files of observability, beside what the repository has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import emit
from devops_exe.implement.existing import MARK
from devops_exe.implement.generated import Generated
from devops_exe.implement.observability.alerting import SECRETS, alertmanager_config
from devops_exe.implement.observability.dashboard import dashboard
from devops_exe.implement.observability.instrumentation import instrumentation_of
from devops_exe.implement.observability.instrumentation_files import instrumentation_files
from devops_exe.implement.observability.openslo import openslo_documents
from devops_exe.implement.observability.rule_tests import rule_tests
from devops_exe.implement.observability.rules import latency_target, one_line, rule_groups
from devops_exe.implement.observability.scraping import (
    CONFIG,
    OPERATOR,
    operator_objects,
    prometheus_config,
    uses_operator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

CHANGE = f"{MARK}. Change the requirement and generate again."


def assemble(subject: Subject) -> Generated:
    """Every file, what is kept, and what a person must know."""
    artefacts = [*_rules(subject)]
    kept: list[tuple[str, str]] = []
    operator = uses_operator(subject)
    own_prometheus = _first(subject, r"(?:.*/)?prometheus[\w.-]*\.ya?ml", "scrape_configs")
    if operator:
        artefacts.append(_operator(subject, operator))
    elif own_prometheus:
        kept.append((own_prometheus, f"scrapes already: add {layout.rules_file(subject)} to it"))
    else:
        artefacts.append(_prometheus(subject))
    own_routes = _first(subject, r"(?:.*/)?alertmanager[\w.-]*\.ya?ml", "receivers")
    if own_routes:
        kept.append((own_routes, "routes alerts already: give severity page and ticket a receiver"))
    else:
        artefacts.append(_alertmanager(subject))
    artefacts += [_dashboard(subject), _openslo(subject)]
    how = instrumentation_of(subject)
    artefacts += instrumentation_files(subject, how)
    if how.kind == "own":
        place = subject.series.source.removeprefix("the repository, ")
        path = place.rpartition(":")[0] or place
        kept.append((path, f"exports {subject.series.requests} already; the rules read it"))
    return Generated(tuple(artefacts), tuple(kept), tuple(_notes(subject)))


def _first(subject: Subject, pattern: str, word: str) -> str | None:
    """The first file of the repository of that name that holds a word."""
    return next((p for p in subject.matching(pattern) if word in subject.files[p]), None)


def _rules(subject: Subject) -> Iterator[Artefact]:
    yield Artefact(
        layout.rules_file(subject),
        emit(
            {"groups": rule_groups(subject)},
            header=(
                CHANGE,
                "Multi-window, multi-burn-rate alerts: Google SRE Workbook, chapter 5.",
                f"Series: {one_line(subject.series.source)}.",
            ),
        ),
        "prometheus-rules",
        why="error ratios per window, burn-rate alerts, error budget left",
        unproven=_other_events(subject),
    )
    yield Artefact(
        layout.rule_tests_file(subject),
        emit(rule_tests(subject), header=(CHANGE, "promtool test rules THIS")),
        "prometheus-rule-tests",
        why="of every alert a test that fires and ones that stay silent",
    )


def _operator(subject: Subject, seen: str) -> Artefact:
    return Artefact(
        OPERATOR,
        emit(
            *operator_objects(subject),
            header=(CHANGE, f"The Prometheus Operator: {one_line(seen)}."),
        ),
        "kubernetes",
        why="PodMonitor and PrometheusRule for the Prometheus Operator",
    )


def _prometheus(subject: Subject) -> Artefact:
    window = subject.figure("budget", "window_seconds")
    return Artefact(
        CONFIG,
        emit(
            prometheus_config(subject),
            header=(
                CHANGE,
                "Start Prometheus with --storage.tsdb.retention.time of no less than the",
                f"objective's window, {window.value} s ({window.reference}).",
            ),
        ),
        "prometheus-config",
        why="scrapes the pods of every environment",
    )


def _alertmanager(subject: Subject) -> Artefact:
    return Artefact(
        layout.ALERTMANAGER,
        emit(
            alertmanager_config(subject),
            header=(
                CHANGE,
                f"Addresses and keys are files of a Secret mounted at {SECRETS}.",
            ),
        ),
        "alertmanager",
        why="who hears of which alert",
    )


def _dashboard(subject: Subject) -> Artefact:
    return Artefact(
        f"{layout.GRAFANA}/{subject.name}.json",
        dashboard(subject),
        "grafana",
        why="requests, errors and latency per version, burn rate, budget, replicas",
    )


def _openslo(subject: Subject) -> Artefact:
    return Artefact(
        f"{layout.OPENSLO}/{subject.name}.yaml",
        emit(*openslo_documents(subject), header=(CHANGE,)),
        "openslo",
        why="the objective, its indicator and its alert policies",
    )


def _other_events(subject: Subject) -> tuple[str, ...]:
    """What is no HTTP service has other good events than the rules count."""
    kind = subject.profile.text("kind") or "http"
    if kind in {"http", "ml-serving"}:
        return ()
    return (f"a {kind} is judged by its messages or runs; these rules count HTTP requests",)


def _notes(subject: Subject) -> Iterator[str]:
    yield from _other_events(subject)
    how = instrumentation_of(subject)
    if how.note:
        yield how.note
    if uses_operator(subject):
        yield (
            f"apply {OPERATOR}, with the labels by which your Prometheus selects monitors and rules"
        )
    target = latency_target(subject)
    if target is not None:
        seconds = f"{float(target[0].value) / 1000:.12g}"
        if subject.series.bucket:
            yield f"the latency alert is exact where {subject.series.bucket} has le={seconds}"
        else:
            yield f"no histogram is exported: the {target[1]} target has no alert"
    yield (
        f"create the Secret behind {SECRETS} (pagerduty-routing-key, slack-webhook-url), or give "
        "Alertmanager the receivers that you use"
    )
