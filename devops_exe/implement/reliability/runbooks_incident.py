"""The incident runbook: alerts by name, the first five minutes, a table to decide by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.observability import rules
from devops_exe.implement.observability.durations import duration
from devops_exe.implement.reliability.runbooks_text import (
    commands,
    is_rollout,
    minutes,
    page,
    production,
    steps,
    table,
    workload,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject


def incident(subject: Subject) -> str:
    """From the page to the decision."""
    recovery = subject.plan.has("recovery")
    aim = (
        f"A release is undone in {minutes(subject.figure('recovery', 'rto_minutes'))} at total "
        "outage: if something was deployed, roll back first and find out why afterwards."
        if recovery
        else "If something was deployed, roll back first and find out why afterwards."
    )
    return page(
        f"Incident: {subject.name}",
        aim,
        "## You were alerted",
        table(("alert", "severity", "fires when", "means"), list(_alerts(subject))),
        "## The first five minutes",
        _first(subject),
        "## Look",
        _look(subject),
        "## Decide",
        table(("what you see", "what you do"), list(_decide(subject))),
        "## Who else",
        _roles(subject),
        "## Is it over",
        _over(subject),
    )


def _alerts(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    for level in rules.levels(subject):
        for alert in rules.active_alerts(subject, level):
            long, short = (
                duration(float(f.value)) for f in (alert.long_seconds, alert.short_seconds)
            )
            whose = "the service" if level.name == "job" else "one version of it"
            above = f"error ratio above {alert.threshold.value} (`{alert.threshold.reference}`)"
            bad = rules.fewest_bad(subject, alert).value
            yield (
                f"`{rules.alert_name(subject, level, alert)}`",
                alert.severity,
                f"{above} over {long} and over {short}, and at least {bad} bad requests",
                f"{whose} spends the error budget at {alert.burn_rate.value} times its pace",
            )
    target = rules.latency_target(subject)
    if target is not None and rules.latency_record(subject):
        figure, shown, _ = target
        window = duration(float(rules.latency_window(subject).value))
        yield (
            f"`{rules.latency_alert_name(subject)}`",
            "ticket",
            f"{shown} above {figure.value} ms ({figure.reference}) over {window}",
            "requests are answered, but late",
        )
    gone = subject.alerts[0].short_seconds
    yield (
        f"`{rules.absent_alert_name(subject)}`",
        "page",
        f"no pod answers Prometheus for {duration(float(gone.value))} (`{gone.reference}`)",
        "everything is down, or Prometheus cannot reach it; no other alert can fire",
    )


def _first(subject: Subject) -> str:
    dashboard = f"{layout.GRAFANA}/{subject.name}.json"
    return steps(
        "Acknowledge the page, so that nobody else is woken.",
        f"Open the dashboard *{subject.name}* (`{dashboard}`): is it all versions, or the new one?",
        "Ask what changed: the last deployment, a flag, a schema, the cluster.",
        "Say in the incident channel that you have it and what you see.",
        "Decide by the table below; do not look for the cause before users are served again.",
    )


def _look(subject: Subject) -> str:
    space = production(subject).namespace
    name = subject.name
    history = (
        f"kubectl argo rollouts get rollout {name} -n {space}"
        if is_rollout(subject)
        else f"kubectl rollout history {workload(subject)} -n {space}"
    )
    series = subject.series
    by = f"sum by ({series.version_label})"
    query = f"{by} (rate({series.failed()}[5m])) / {by} (rate({series.every()}[5m]))"
    pods = f"-n {space} -l app.kubernetes.io/name={name}"
    return "\n\n".join(
        (
            commands(
                f"kubectl get pods {pods} -o wide",
                history,
                f"kubectl logs {pods} -c {name} --since=10m --prefix --tail=200",
                f"kubectl get events -n {space} --sort-by=.lastTimestamp | tail -n 30",
            ),
            "The error ratio of every version, in Prometheus:",
            f"```promql\n{query}\n```",
        )
    )


def _decide(subject: Subject) -> Iterator[tuple[str, str]]:
    yield (
        "errors began with a deployment, or only the new version has them",
        f"roll back now: [rollback](rollback.md), `{layout.ROLLBACK_SCRIPT} production`",
    )
    if subject.migrations:
        yield (
            "the deployment changed the schema",
            "roll back only if the version before reads the present schema; else fix forward",
        )
    yield (
        "all versions fail, nothing was deployed",
        "a dependency: see the pods' logs for what they wait for; page its owner",
    )
    yield (
        "pods restart or are killed for memory (`OOMKilled`, `CrashLoopBackOff`)",
        "a new version: roll back; an old one: raise the limit in the overlay, then find the leak",
    )
    yield (
        "pods are `Pending`",
        "no room: see the events; one more node, or fewer replicas of something less urgent",
    )
    load = subject.figure("peak", "target_rps_per_replica")
    most = subject.maximum
    yield (
        f"more than {load.value} requests per second a replica (`{load.reference}`)",
        f"more load than designed: raise `maxReplicas` (now {most.value}, {most.reference})",
    )
    zones = subject.given("zones")
    if float(zones.value) > 1:
        yield (
            "pods of one zone only",
            "[a zone is lost](disaster-recovery.md#a-zone-is-lost): the others carry the load",
        )
    if subject.datastores:
        yield (
            "data is wrong or gone",
            "stop the writes; [data is lost](disaster-recovery.md#data-is-lost)",
        )


def _roles(subject: Subject) -> str:
    passed = (
        f"when {minutes(subject.figure('recovery', 'rto_minutes'))} have passed and users are not "
        "served"
        if subject.plan.has("recovery")
        else "when users are not served after the first attempt"
    )
    rows = [
        ("on call", "acknowledges, decides, acts", "paged by Alertmanager"),
        ("incident lead", "takes the decisions, so that on call can work", passed),
        ("communications", "tells users and the company", "as soon as users notice"),
    ]
    if subject.datastores:
        rows.append(("owner of the data", "allows a restore", "before anything is restored"))
    return table(("role", "does", "called"), rows)


def _over(subject: Subject) -> str:
    alert = next(iter(rules.active_alerts(subject)), None)
    when = (
        f"the error ratio stays below {alert.threshold.value} (`{alert.threshold.reference}`) for "
        f"{duration(float(alert.short_seconds.value))}, and the alert has resolved"
        if alert
        else "the error ratio is back where it was"
    )
    return steps(
        f"`{layout.VERIFY_SCRIPT} production` ends with 0: {when}.",
        f"`{layout.GATE_SCRIPT}` says whether error budget is left: 0 yes, 1 spent "
        "(releases stop), 2 not known.",
        "Write down when it began, when it was seen, what was done; hold a review without blame.",
    )
