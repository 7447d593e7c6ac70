"""The disaster-recovery runbook: a zone, the data, the cluster; computed RTO and RPO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.design import tables
from devops_exe.implement import layout
from devops_exe.implement.reliability.runbooks_text import (
    cell_of,
    commands,
    minutes,
    page,
    production,
    steps,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

_NOT_COMPUTED = "not computed: "


def disaster_recovery(subject: Subject) -> str:
    """What is done when more than a release is lost."""
    zones = float(subject.given("zones").value) > 1
    return page(
        f"Disaster recovery: {subject.name}",
        "A release that fails is no disaster: see [rollback](rollback.md).",
        "## What is promised",
        table(("what is lost", "back after (RTO)", "data lost (RPO)"), list(_promises(subject))),
        _targets(subject),
        "## A zone is lost" if zones else "",
        _zone(subject) if zones else "",
        "## Data is lost" if subject.datastores else "",
        _data(subject) if subject.datastores else "",
        "## Everything is lost",
        _everything(subject),
        "## Who decides",
        _roles(subject),
        "## Verify",
        _verify(subject),
    )


def _promises(subject: Subject) -> Iterator[tuple[str, str, str]]:
    if float(subject.given("zones").value) > 1:
        left = subject.figure("peak", "replicas_after_zone_loss")
        yield (
            "one zone",
            f"at once: {left.value} replicas (`{left.reference}`) carry the peak",
            "none",
        )
    if subject.datastores:
        yield ("the data", _restore_time(subject), _loss(subject))
    yield (
        "cluster and data",
        f"{_NOT_COMPUTED}no time to build a cluster was stated",
        _loss(subject) if subject.datastores else "none: no data store was found",
    )


def _restore_time(subject: Subject) -> str:
    if subject.plan.has("data"):
        return minutes(subject.figure("data", "restore_minutes"))
    if "data_gib" not in subject.profile:
        return f"{_NOT_COMPUTED}data size not stated"
    return f"{_NOT_COMPUTED}rate of a restore not stated"


def _loss(subject: Subject) -> str:
    if subject.plan.has("data"):
        return f"at most {minutes(subject.figure('data', 'rpo_minutes'))}"
    return f"{_NOT_COMPUTED}size of the data and rate of a restore are needed"


def _targets(subject: Subject) -> str:
    found = [
        f"{name} {subject.given(field).value} min ({subject.given(field).reference})"
        for field, name in (("rto_minutes", "RTO"), ("rpo_minutes", "RPO"))
        if field in subject.profile
    ]
    return f"Targets that were stated: {', '.join(found)}." if found else ""


def _zone(subject: Subject) -> str:
    space, name = production(subject).namespace, subject.name
    return "\n\n".join(
        (
            steps(
                "Do nothing at first: the replicas of the other zones carry the peak.",
                "Keep new pods out of the zone until the provider says that it is back.",
                "Deploy nothing meanwhile: there is no second zone to lose.",
            ),
            commands(
                "kubectl get nodes -L topology.kubernetes.io/zone",
                f"kubectl get pods -n {space} -l app.kubernetes.io/name={name} -o wide",
                "kubectl cordon -l topology.kubernetes.io/zone=ZONE",
            ),
        )
    )


def _data(subject: Subject) -> str:
    space = production(subject).namespace
    parts = [
        steps(
            "Stop the writes, so that a restore has an end.",
            "Find out when the data was last right; the owner of the data agrees to that time.",
            "Restore beside what is there, never over it.",
            "Compare, point the system at what was restored, start it again.",
        ),
        commands(f"kubectl scale {_kind(subject)}/{subject.name} --replicas=0 -n {space}"),
    ]
    for store in subject.datastores:
        parts += [f"### {_engine(store)}", _restore(subject, store)]
    return "\n\n".join(parts)


def _kind(subject: Subject) -> str:
    return "rollout" if subject.strategy in {"Canary", "Blue-Green"} else "deployment"


def _row(store: str) -> dict[str, object]:
    row: dict[str, object] = tables.table("stores").get(store, {})
    return row


def _engine(store: str) -> str:
    return str(_row(store).get("engine", store))


_MANAGED = {
    ("aws", "sql"): (
        "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier INSTANCE "
        "--target-db-instance-identifier INSTANCE-restored --restore-time TIME"
    ),
    ("gcp", "sql"): ("gcloud sql instances clone INSTANCE INSTANCE-restored --point-in-time TIME"),
    ("azure", "postgresql"): (
        "az postgres flexible-server restore --resource-group GROUP --source-server SERVER "
        "--name SERVER-restored --restore-time TIME"
    ),
    ("azure", "mysql"): (
        "az mysql flexible-server restore --resource-group GROUP --source-server SERVER "
        "--name SERVER-restored --restore-time TIME"
    ),
    ("aws", "dynamodb"): (
        "aws dynamodb restore-table-to-point-in-time --source-table-name TABLE "
        "--target-table-name TABLE-restored --restore-date-time TIME"
    ),
}
"""Point-in-time restores of managed stores, beside what is there."""

_SNAPSHOT = "'RESTORED_URL/_snapshot/REPOSITORY/SNAPSHOT/_restore?wait_for_completion=true'"

_OWN = {
    "postgresql": "pg_restore --exit-on-error --no-owner --dbname=RESTORED_URL BACKUP_FILE",
    "mysql": "mysql --host=RESTORED_HOST --user=USER -p DATABASE < BACKUP_FILE",
    "mariadb": "mariadb --host=RESTORED_HOST --user=USER -p DATABASE < BACKUP_FILE",
    "mongodb": "mongorestore --uri=RESTORED_URI --archive=BACKUP_FILE --gzip",
    "elasticsearch": f"curl --fail -X POST {_SNAPSHOT}",
    "opensearch": f"curl --fail -X POST {_SNAPSHOT}",
}
"""Restores from a backup that was taken with the store's own tool."""


def _restore(subject: Subject, store: str) -> str:
    kind = str(_row(store).get("kind", ""))
    if kind == "cache":
        return (
            "Nothing to restore: a cache fills itself. Until it has, every read reaches the store "
            "behind it; raise the traffic step by step."
        )
    if kind in {"queue", "broker", "stream"}:
        return "Messages in flight are lost; replay them from the producers where they keep them."
    provider = subject.provider or ""
    managed = _MANAGED.get((provider, store)) or _MANAGED.get((provider, kind))
    own = _OWN.get(store)
    parts = []
    if managed:
        parts += ["Managed by the provider:", commands(managed)]
    if own:
        parts += [
            "From a backup of its own:" if managed else "From the last backup:",
            commands(own),
        ]
    if not parts:
        parts.append("Restore its last snapshot beside it, with the store's own tool.")
    return "\n\n".join(parts)


def _everything(subject: Subject) -> str:
    wanted = [v.name for v in subject.variables if v.secret]
    names = f": {', '.join(f'`{name}`' for name in wanted)}" if wanted else ""
    platform = cell_of(subject.profile.text("platform") or "Kubernetes")
    return steps(
        f"A cluster: {platform}, in another region where this one is gone.",
        f"The namespace `{production(subject).namespace}` and the Secret "
        f"`{layout.secret(subject)}`{names}, from the secret store.",
        "The data, as above." if subject.datastores else "No data store was found to restore.",
        f"The system: `{layout.DEPLOY_SCRIPT} production IMAGE@DIGEST`, with the digest of the "
        "last deployment that was healthy (the pipeline's log has it).",
        f"Prometheus, Alertmanager and the dashboard from `{layout.PROMETHEUS}`, "
        f"`{layout.ALERTMANAGER}` and `{layout.GRAFANA}`.",
        "The address: point DNS at the new entry, once verification passes.",
    )


def _roles(subject: Subject) -> str:
    rows = [("incident lead", "declares the disaster, decides on another region")]
    if subject.datastores:
        rows.append(
            ("owner of the data", "agrees to the time that is restored to, and to the loss")
        )
    rows.append(("communications", "tells users what is lost and until when"))
    return table(("role", "does"), rows)


def _verify(subject: Subject) -> str:
    checks = [f"`{layout.VERIFY_SCRIPT} production` ends with 0."]
    if subject.datastores:
        checks.append("The newest record is as old as the loss that was agreed to, and no older.")
        checks.append("A backup of what was restored has been taken.")
    checks.append("Rehearse it: a restore that was never tried is none.")
    return steps(*checks)
