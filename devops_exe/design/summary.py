"""A ledger entry in one line: what went in, what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from devops_exe.design.ledger import Entry

Numbers = Mapping[str, object]


def call_of(entry: Entry) -> str:
    """The call with the inputs that matter: ``slo budget(99.95 %, 30 d)``."""
    name = f"{entry.tool} {entry.op}".strip()
    shown = _INPUTS.get((entry.tool, entry.op), ())
    parts = [form(entry.inputs[field]) for field, form in shown if field in entry.inputs]
    return f"{name}({', '.join(parts)})"


def answer_of(entry: Entry) -> str:
    """The answer that matters: ``21.6 min``."""
    form = _ANSWERS.get((entry.tool, entry.op))
    return form(entry.outputs) if form else ""


def _number(value: object) -> str:
    number = float(cast("float", value))
    if 99 < number < 100 or 0.99 < number < 1:  # nines count: 99.999 is not 100
        return f"{number:.9g}"
    return f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}"


def _time(value: object) -> str:
    seconds = float(cast("float", value))
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.3g} min"
    if seconds < 172800:
        return f"{seconds / 3600:.3g} h"
    return f"{seconds / 86400:.3g} d"


def _with(unit: str) -> Callable[[object], str]:
    return lambda value: f"{_number(value)} {unit}".rstrip()


def _text(value: object) -> str:
    return str(value)


def _best(outputs: Numbers) -> str:
    best = outputs["recommended"]
    if best is None:
        return "none eligible"
    row = cast("Mapping[str, Mapping[str, object]]", outputs["strategies"])[str(best)]
    return f"{best}, {row['risk']} {_number(row['risk_percent_of_budget'])} % of the budget"


_INPUTS: Mapping[tuple[str, str], tuple[tuple[str, Callable[[object], str]], ...]] = {
    ("slo", "budget"): (("slo_percent", _with("%")), ("window_days", _with("d"))),
    ("slo", "burn_alerts"): (
        ("slo_percent", _with("%")),
        ("error_ratio", lambda v: f"error ratio {_number(v)}"),
    ),
    ("slo", "detection"): (
        ("burn_rate", lambda v: f"burn rate {_number(v)}"),
        ("error_ratio", lambda v: f"error ratio {_number(v)}"),
    ),
    ("scaling", "capacity"): (
        ("arrival_rps", _with("rps")),
        ("mean_service_ms", _with("ms")),
        ("zones", _with("zones")),
    ),
    ("availability", "block"): (),
    ("availability", "zones"): (
        ("replicas_per_zone", lambda v: "+".join(map(str, cast("list[int]", v)))),
        ("required_replicas", lambda v: f"{v} needed"),
    ),
    ("rollout", "fenceposts"): (
        ("replicas", _with("")),
        ("max_surge", _text),
        ("max_unavailable", _text),
    ),
    ("rollout", "rolling"): (("replicas", _with("")), ("pod_startup_seconds", _with("s"))),
    ("rollout", "blue_green"): (("replicas", _with("")), ("pod_startup_seconds", _with("s"))),
    ("rollout", "argo_traffic"): (("replicas", _with("")), ("set_weight", _with("%"))),
    ("canary", "sample_size"): (("baseline_rate", _number), ("degraded_rate", _number)),
    ("canary", "bake_time"): (("samples_per_step", _with("requests")), ("total_rps", _with("rps"))),
    ("rto", "recovery"): (
        ("strategy", _text),
        ("error_ratio", lambda v: f"error ratio {_number(v)}"),
    ),
    ("rto", "data"): (
        ("data_gib", _with("GiB")),
        ("restore_mib_per_second", _with("MiB/s")),
    ),
    ("cost", ""): (("replicas", _with("replicas")), ("vcpu_per_replica", _with("vCPU"))),
    ("strategy", ""): (("replicas", _with("replicas")), ("slo_percent", _with("%"))),
}

_ANSWERS: Mapping[tuple[str, str], Callable[[Numbers], str]] = {
    ("slo", "budget"): lambda o: _time(o["downtime_seconds"]),
    ("slo", "burn_alerts"): lambda o: f"{len(cast('list[object]', o['alerts']))} alerts",
    ("slo", "detection"): lambda o: (
        _time(o["detection_seconds"]) if o.get("detection_seconds") is not None else "never"
    ),
    ("scaling", "capacity"): lambda o: f"{_number(o['total_replicas'])} replicas",
    ("availability", "block"): lambda o: f"{_number(o['availability_percent'])} %",
    ("availability", "zones"): lambda o: f"{o['bar_percent']} %",
    ("rollout", "fenceposts"): lambda o: f"+{o['surge']} −{o['unavailable']}",
    ("rollout", "rolling"): lambda o: f"{o['waves']} waves, {_time(o['duration_seconds'])}",
    ("rollout", "blue_green"): lambda o: _time(o["cutover_seconds"]),
    ("rollout", "argo_traffic"): lambda o: f"{o['canary_replicas']} of the canary",
    ("canary", "sample_size"): lambda o: f"{_number(o['canary_samples'])} requests",
    ("canary", "bake_time"): lambda o: _time(o["total_seconds"]),
    ("rto", "recovery"): lambda o: f"RTO {_number(o['rto_minutes'])} min",
    ("rto", "data"): lambda o: f"restore {_time(o['restore_seconds'])}",
    ("cost", ""): lambda o: f"${_number(o.get('total_monthly_cost', o['monthly_cost']))} a month",
    ("strategy", ""): _best,
}
