"""Operations a second of every calculator, beside a bare-Python floor in the same run.

    python benchmarks/calculators.py [NAME…]

``call`` is what ``calc`` does in process: validate a JSON object, compute, dump the answer.
``pure`` is the function alone on a validated input. The floor is an empty function called on
the same object. Each figure is the median of its rounds; the ratio is to the floor. It only
prints: a number is worth what the machine beneath it is worth.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
ROUND_SECONDS = 0.02

_POD = {"usage_milli": 600, "request_milli": 1000}
_PARTS = [
    {"type": "component", "availability": 0.999},
    {
        "type": "parallel",
        "blocks": [{"type": "component", "availability": 0.99} for _ in range(3)],
    },
    {
        "type": "k_of_n",
        "k": 4,
        "n": 6,
        "block": {"type": "component", "mtbf_hours": 1000, "mttr_hours": 2},
    },
]

INPUTS: dict[str, dict[str, Any]] = {
    "scaling.hpa": {
        "current_replicas": 10,
        "max_replicas": 40,
        "metrics": [{"type": "resource_utilization", "target": 50, "pods": [_POD] * 10}],
    },
    "scaling.hpa_behavior": {
        "current_replicas": 10,
        "proposed_replicas": 50,
        "scale_up_events": [{"replica_change": 3, "seconds_ago": 20}],
        "recommendations": [{"replicas": 20, "seconds_ago": 100}],
    },
    "scaling.capacity": {
        "arrival_rps": 1200,
        "mean_service_ms": 80,
        "max_wait_ms": 10,
        "zones": 3,
        "zone_failures_tolerated": 1,
    },
    "scaling.erlang": {
        "servers": 120,
        "offered_load_erlangs": 100,
        "mean_service_ms": 80,
        "wait_over_ms": 10,
    },
    "scaling.vertical": {"cpu_millicores": [100 + n % 50 for n in range(500)]},
    "scaling.keda": {"metric_value": 250, "threshold": 10, "current_replicas": 20},
    "rollout.rolling": {"replicas": 12, "pod_startup_seconds": 30},
    "rollout.fenceposts": {"replicas": 12},
    "rollout.argo_weight": {"replicas": 12, "weight": 25},
    "rollout.argo_step": {"replicas": 12, "set_weight": 25},
    "rollout.argo_traffic": {"replicas": 12, "set_weight": 25},
    "rollout.blue_green": {"replicas": 12, "pod_startup_seconds": 30},
    "rollout.pdb": {"min_available": "50%", "expected_pods": 12, "healthy_pods": 11},
    "slo.budget": {"slo_percent": 99.9, "total_requests": 1_000_000, "bad_requests": 400},
    "slo.burn_alerts": {"slo_percent": 99.9},
    "slo.detection": {
        "slo_percent": 99.9,
        "error_ratio": 0.1,
        "burn_rate": 14.4,
        "long_window_seconds": 3600,
        "short_window_seconds": 300,
    },
    "slo.composite": {"mode": "serial", "components": [{"slo_percent": 99.9}] * 4},
    "availability.block": {"block": {"type": "series", "blocks": _PARTS}},
    "availability.zones": {
        "replicas_per_zone": [4, 4, 4],
        "zone_availability": 0.999,
        "replica_availability": 0.995,
        "required_replicas": 8,
    },
    "canary.sample_size": {"baseline_rate": 0.001, "degraded_rate": 0.01},
    "canary.fisher_power": {
        "samples_per_arm": 200,
        "baseline_rate": 0.01,
        "degraded_rate": 0.08,
    },
    "canary.bake_time": {
        "samples_per_step": 1000,
        "total_rps": 100,
        "weights_percent": [10, 25, 50],
    },
    "canary.looks": {"looks": 5},
    "canary.mann_whitney": {
        "experiment": [100.0 + n for n in range(40)],
        "control": [95.0 + n for n in range(40)],
    },
    "canary.test": {
        "baseline_bad": 5,
        "baseline_total": 5000,
        "canary_bad": 12,
        "canary_total": 5000,
    },
    "rto.recovery": {"strategy": "canary", "detection": "burn_rate"},
    "rto.data": {"data_gib": 500, "restore_mib_per_second": 200, "backup_interval_minutes": 60},
    "cost": {
        "replicas": 12,
        "vcpu_per_replica": 0.5,
        "memory_gib_per_replica": 1,
        "strategy": "canary",
    },
    "strategy": {},
}


def nothing(inputs: object) -> object:
    """The floor: what a call costs that does nothing."""
    return inputs


def per_second(call: Callable[[], object]) -> float:
    """Median calls a second over the rounds, each of about :data:`ROUND_SECONDS`."""
    count = 1
    while True:
        taken = _seconds(call, count)
        if taken >= ROUND_SECONDS:
            break
        count = max(count + 1, int(count * min(10.0, ROUND_SECONDS / max(taken, 1e-9) * 1.2)))
    return statistics.median(count / _seconds(call, count) for _ in range(ROUNDS))


def _seconds(call: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return time.perf_counter() - start


def measure(operation: registry.Operation) -> tuple[float, float, float]:
    """Floor, whole call and pure function of one operation, in calls a second."""
    inputs = dict(INPUTS[operation.name])
    if operation.op:
        inputs["op"] = operation.op
    model, _, function = registry.load(operation)
    registry.run(operation.calculator, inputs)
    given = model.model_validate(inputs)
    return (
        per_second(lambda: nothing(inputs)),
        per_second(lambda: registry.run(operation.calculator, inputs)),
        per_second(lambda: function(given)),
    )


def main(names: list[str]) -> None:
    """Print the table, an operation a line; one that is not there yet says so."""
    wanted = [
        entry
        for entry in registry.OPERATIONS
        if not names or entry.name in names or entry.calculator in names
    ]
    titles = ("floor/s", "call/s", "pure/s", "call µs", "call x", "pure x")
    print(f"{'operation':<24}" + "".join(f"{title:>12}" for title in titles))
    for operation in wanted:
        if operation.name not in INPUTS:
            print(f"{operation.name:<24}  no example input")
            continue
        try:
            floor, call, pure = measure(operation)
        except (ImportError, AttributeError):
            print(f"{operation.name:<24}  not implemented")
            continue
        except CalculatorError as error:
            print(f"{operation.name:<24}  refused: {error.line()}")
            continue
        print(
            f"{operation.name:<24}{floor:>12,.0f}{call:>12,.0f}{pure:>12,.0f}"
            f"{1e6 / call:>12,.1f}{floor / call:>12,.0f}{floor / pure:>12,.0f}",
            flush=True,
        )
    print(
        f"\nPython {sys.version.split()[0]}; medians of {ROUNDS} rounds of "
        f"{ROUND_SECONDS * 1000:.0f} ms; x = times the floor, an empty function call on a dict."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
