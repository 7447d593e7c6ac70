"""Header, overview, environments and infrastructure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.quote import plain
from devops_exe.design import tables

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.draft.context import Context

_MANAGED = frozenset({"aws", "gcp", "azure"})
"""Providers whose managed databases document their recovery to a point in time."""

_NAMES = {
    "development": "Development",
    "staging": "Staging",
    "production": "Production",
    "qa": "QA",
    "uat": "UAT",
    "dr": "DR",
}


def header(c: Context, time: str) -> dict[str, str]:
    """The lines under the title."""
    return {"system": c.system, "platform": _platform(c), "time": time}


def _platform(c: Context) -> str:
    return plain(c.profile.text("platform") or str(c.words["title"]))


def overview(c: Context, environments: int, stages: int) -> dict[str, object]:
    """The box; status is written by the seal."""
    provider = c.profile.text("provider")
    title = c.products["title"]
    return {
        "system": c.system,
        "platform": (
            plain(tables.named("provider", provider))
            if provider and title == "not chosen"
            else title
        ),
        "environments": environments,
        "pipeline_stages": stages,
        "reliability": c.q("availability", "bar_percent", "exact"),
        "status": "",
    }


def environments(c: Context) -> list[dict[str, str]]:
    """One row an environment: the three of the template, and those the user named beside."""
    named = [plain(name) for name in c.profile.items("environments")]
    order = ["development", "staging", "production"]
    extra = [name for name in named if name not in order]
    names = [*order[:1], *extra, *order[1:]]
    return [_environment(c, name) for name in names]


def _environment(c: Context, name: str) -> dict[str, str]:
    place = _platform(c)
    if name == "development":
        purpose = "fast feedback: every branch is built, tested and run"
        infra = (
            f"{place}, a single {c.unit()} per branch"
            if c.orchestrator != "compose"
            else ("Docker Compose on the developer's machine")
        )
    elif name == "staging":
        purpose = "rehearsal of release, migration and rollback with production's configuration"
        infra = f"{place}, {_spread(c)}, smallest size"
    elif name == "production":
        purpose = (
            f"serves users: {c.p('peak_rps')} rps at peak, objective "
            f"{c.p('slo_percent', 'percent')} over {_window(c)}"
        )
        infra = f"{place}, {_counted(c)} in {_zones(c)}"
    else:
        purpose = "further stage that the release passes"
        infra = f"{place}, smallest size"
    return {"environment": _NAMES.get(name, name.capitalize()), "purpose": purpose, "infra": infra}


def _spread(c: Context) -> str:
    return f"one {c.unit()} in each zone" if c.plan.topology.zones > 1 else f"a single {c.unit()}"


def _window(c: Context) -> str:
    return c.q("budget", "window_seconds", "duration")


def _replicas(c: Context) -> str:
    if c.plan.topology.stated:
        return c.p("replicas", "count")
    return c.q("peak", "total_replicas", "count")


def _counted(c: Context) -> str:
    return f"{_replicas(c)} {c.unit() if _number(c) == 1 else c.units()}"


def _number(c: Context) -> float:
    if c.plan.topology.stated:
        return c.profile.number("replicas") or 0
    return c.plan.entry("peak").number("total_replicas")


def _zones(c: Context) -> str:
    zones = c.plan.topology.zones
    where = f"{c.p('zones', 'count')} zones" if zones > 1 else "one zone"
    regions = c.profile.number("regions")
    return (
        f"{where} of each of {c.p('regions', 'count')} regions"
        if regions and regions > 1
        else where
    )


def infrastructure(c: Context) -> list[dict[str, str]]:
    """The four rows of the template."""
    return [
        {"component": "Compute", "solution": _compute(c), "config": _compute_config(c)},
        {"component": "Storage", "solution": _storage(c), "config": _storage_config(c)},
        {"component": "Network", "solution": _network(c), "config": _network_config(c)},
        {
            "component": "Secrets",
            "solution": c.products["secrets"],
            "config": "read at start by workload identity, version pinned by the release so that "
            "it rolls back with it, rotated without a release",
        },
    ]


def _compute(c: Context) -> str:
    compute = str(c.words["compute"])
    if c.orchestrator == "kubernetes" and c.strategy in {"Blue-Green", "Canary"}:
        compute = "Argo Rollouts Rollout"
    return f"{compute}, {c.words['spread']}" if c.plan.topology.zones > 1 else compute


def _compute_config(c: Context) -> str:
    parts = [_counted(c)]
    if c.orchestrator == "lambda":
        parts = [
            (f"concurrency {c.q('peak', 'mean_in_system')} at peak, {_counted(c)} with headroom")
        ]
    if c.plan.topology.failures and not c.plan.topology.stated:
        parts.append(
            f"{c.q('peak', 'replicas_per_zone', 'count')} per zone, "
            f"{c.q('peak', 'replicas_after_zone_loss', 'count')} left with one zone lost where "
            f"{c.q('peak', 'replicas_needed', 'count')} are needed"
        )
    elif c.plan.topology.stated:
        parts.append(f"{c.q('peak', 'total_replicas', 'count')} computed for the peak")
    if c.kind == "scale":
        parts.append(_now(c))
    if c.orchestrator == "lambda":
        parts.append(f"{c.p('memory_mib', 'count')} MiB each")
    else:
        parts.append(
            f"{c.p('cpu_millicores', 'count')}m CPU and {c.p('memory_mib', 'count')} MiB each"
        )
    parts.append(f"{c.q('cost', 'total_monthly_cost', 'money')} a month{_priced(c)}")
    return ", ".join(parts)


def _now(c: Context) -> str:
    if c.plan.topology.stated:
        return f"now {c.p('replicas', 'count')} {c.units()}"
    return "the number in force was not stated"


def _priced(c: Context) -> str:
    stated = "price_per_vcpu_hour" in c.profile and "price_per_gib_hour" in c.profile
    return "" if stated else " priced as AWS Fargate"


def _storage(c: Context) -> str:
    stores = c.profile.items("datastores")
    if not stores and (possible := possible_engines(c.profile)):
        declared = c.profile.facts["possible_datastores"].role == "declared"
        lacking = (
            "a server is declared, no driver"
            if declared
            else "a driver is there, no declared server"
        )
        return f"not confirmed: {', '.join(possible)} ({lacking})"
    if not stores:
        return "none found: the service keeps no state of its own"
    single = c.plan.topology.zones == 1
    return " + ".join(_product(c, name, single=single) for name in stores)


def possible_engines(profile: SystemProfile) -> tuple[str, ...]:
    """Titles of the stores that only a driver speaks for; none once somebody named a store."""
    if "datastores" in profile:
        return ()
    names = profile.items("possible_datastores")
    return tuple(plain(str(tables.store(name)["engine"])) for name in names)


def _product(c: Context, name: str, *, single: bool) -> str:
    row = tables.store(name)
    kind = "sql_single" if row["kind"] == "sql" and single else str(row["kind"])
    if kind == "embedded":
        return f"{row['engine']} on the {c.unit()}'s own volume"
    return plain(c.products[kind].replace("{engine}", str(row["engine"])))


def _storage_config(c: Context) -> str:
    stores = c.profile.items("datastores")
    kinds = {tables.store(name)["kind"] for name in stores}
    parts: list[str] = []
    if c.plan.has("data"):
        parts.append(
            f"restore RTO {c.q('data', 'restore_seconds', 'duration')}, "
            f"RPO {c.q('data', 'rpo_minutes', 'span')}"
        )
    elif "sql" in kinds and "backup_interval_minutes" not in c.profile:
        point = c.p("recovery_point_minutes", "span")
        how = (
            f"point-in-time recovery, RPO {point} by the provider's documentation"
            if c.profile.text("provider") in _MANAGED
            else f"point-in-time recovery to be set up for an RPO of {point}"
        )
        parts.append(f"{how}; restore time needs the data's size and the restore rate")
    elif "backup_interval_minutes" in c.profile:
        parts.append(
            f"a backup every {c.p('backup_interval_minutes', 'span')}; restore time needs the "
            "data's size and the restore rate"
        )
    if "sql" in kinds and c.orchestrator != "lambda":
        parts.append(f"pool of {c.p('pool_size', 'count')} connections per {c.unit()}")
    if "embedded" in kinds:
        parts.append("one writer only: no second replica may write")
    if possible := possible_engines(c.profile):
        parts.append(
            f"say “with {' and '.join(possible)}” to plan it; availability and connections leave "
            "it out until then"
        )
    if not parts:
        parts.append("nothing to restore" if not stores else "backups to be stated")
    return "; ".join(parts)


def _network(c: Context) -> str:
    balancer = c.products["balancer"]
    if c.orchestrator != "kubernetes":
        return str(c.words["network"])
    return f"{balancer}, {c.words['network']}"


def _network_config(c: Context) -> str:
    parts = ["TLS at the edge"]
    if c.says("p99_ms"):
        parts.append(f"upstream timeout above the p99 of {c.p('p99_ms')} ms")
    elif c.says("p95_ms"):
        parts.append(f"upstream timeout above the p95 of {c.p('p95_ms')} ms")
    if c.orchestrator == "kubernetes":
        parts.append(
            "preStop waits for deregistration within the grace of "
            f"{c.p('termination_grace_seconds', 'duration')}; NetworkPolicy default deny"
        )
    elif c.orchestrator in {"ecs", "vm", "compose", "nomad", "app-service"}:
        parts.append(
            "connections drained within the grace of "
            f"{c.p('termination_grace_seconds', 'duration')}"
        )
    if c.profile.flag("session_affinity"):
        parts.append("session affinity by cookie")
    return ", ".join(parts)
