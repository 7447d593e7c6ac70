"""Systems that the tests of the plan share."""

from __future__ import annotations

from functools import cache

from devops_exe.assess.profile import Fact, Origin, SystemProfile
from devops_exe.design.plan import Plan, plan


def facts(origin: Origin = "user", **values: object) -> dict[str, Fact]:
    return {
        name: Fact(value, origin, f"{name} {value}")  # type: ignore[arg-type]
        for name, value in values.items()
    }


SYSTEMS: dict[str, SystemProfile] = {
    "empty": SystemProfile(),
    "checkout": SystemProfile(
        facts(
            orchestrator="kubernetes", provider="aws", platform="AWS EKS", peak_rps=1200.0,
            rps_per_replica=60.0, slo_percent=99.95, rto_minutes=15.0,
        )
    ),
    "monolith": SystemProfile(
        facts(
            orchestrator="ecs", provider="aws", average_rps=50.0, service_ms=200.0,
            framework="django", language="python", slo_percent=99.5, strategy="Rolling",
            scrape_interval_seconds=15, evaluation_interval_seconds=15,
        )
    ),
    "batch": SystemProfile(
        facts(
            orchestrator="kubernetes", provider="gcp", monthly_requests=5_256_000.0,
            p99_ms=460.5170185988091, language="java", framework="spring-boot",
            datastores=("postgresql",), data_gib=100.0, restore_mib_per_second=50.0,
            strategy="Canary",
        )
    ),
    "edge": SystemProfile(
        facts(
            orchestrator="vm", provider="hetzner", peak_rps=30.0, replicas=7, zones=3,
            strategy="A/B Testing", feature_validation=True, backup_interval_minutes=15.0,
            data_gib=10.0, restore_mib_per_second=20.0,
        )
    ),
    "recreate": SystemProfile(
        facts(
            orchestrator="compose", datastores=("sqlite",), exclusive_volume=True,
            strategy="Recreate", schema_change="incompatible", deploys_per_week=2.0,
        )
    ),
    "huge": SystemProfile(facts(peak_rps=60_000.0, service_ms=40.0, slo_percent=99.99)),
}  # fmt: skip


@cache
def planned(name: str) -> Plan:
    return plan(SYSTEMS[name])


def with_more(name: str, **values: object) -> Plan:
    return plan(SYSTEMS[name].with_facts(facts(**values)))
