"""What nobody said, ordered by what it would change: the questions worth asking first.

Each unknown is planned again at the ends of a plausible range. Its spread is the sum, over
replicas, recovery time, failure and cost, of the natural logarithm of the larger figure
divided by the smaller: a doubling counts alike wherever it happens. Ranges are judgements,
wide enough that most systems lie inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devops_exe.assess.profile import Fact, SystemProfile, Value
from devops_exe.design.plan import Plan, plan
from devops_exe.design.sensitivity import stated
from devops_exe.ground.errors import DevopsExeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devops_exe.design.ledger import Entry

MOST = 5
"""Questions that are asked: those that change the design most."""

_ABSENT = math.log(10)
"""What counts where a figure is there at one end of the range only."""
_OTHER_STRATEGY = 1.0
"""What another strategy counts, a little more than a figure that goes to its 2.7-fold."""
_STILL = 0.01
"""Spread below which an answer would change nothing to speak of."""


@dataclass(frozen=True, slots=True)
class Move:
    """How far one figure goes over an unknown's range.

    Attributes:
        name: of the figure: replicas, RTO, availability or cost.
        low, high: its ends.
        text: both, as printed.
    """

    name: str
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that nobody said.

    Attributes:
        name: the field of the profile.
        question: one line that ends in a question mark.
        example: words that answer it.
        fields: fields, any of which answers it.
        templates: how a bare answer becomes such words: ``peak {} rps``.
        spread: how much it moves, 0 for nothing.
        moves: the figures that move, the farthest first.
    """

    name: str
    question: str
    example: str
    fields: tuple[str, ...]
    templates: tuple[str, ...]
    spread: float = 0.0
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    unknown: Unknown
    ends: tuple[Mapping[str, Value], ...]
    open: Callable[[SystemProfile], bool]


def _assumed(name: str) -> Callable[[SystemProfile], bool]:
    def is_open(profile: SystemProfile) -> bool:
        fact = profile.get(name)
        return fact is not None and fact.origin == "assumption"

    return is_open


def _row(
    name: str,
    question: str,
    example: str,
    templates: tuple[str, ...],
    *ends: Mapping[str, Value],
    fields: tuple[str, ...] = (),
    is_open: Callable[[SystemProfile], bool] | None = None,
) -> _Row:
    unknown = Unknown(name, question, example, (name, *fields), templates)
    return _Row(unknown, ends, is_open or _assumed(name))


def _schema_open(profile: SystemProfile) -> bool:
    return profile.flag("zero_downtime") is True and "schema_change" not in profile


def _restore_open(profile: SystemProfile) -> bool:
    return "data_gib" in profile and "restore_mib_per_second" not in profile


_ROWS: tuple[_Row, ...] = (
    _row(
        "restore_mib_per_second",
        "At how many MiB a second does a restore run? Without it no restore time.",
        "restore at 100 MiB/s",
        ("restore at {} MiB/s", "restore at {}"),
        {"restore_mib_per_second": 20},
        {"restore_mib_per_second": 400},
        is_open=_restore_open,
    ),
    _row(
        "platform",
        "Which platform runs it (EKS, GKE, ECS, Cloud Run, a VM …)?",
        "on EKS",
        ("on {}",),
        {"platform": "Kubernetes", "orchestrator": "kubernetes"},
        {"platform": "VM", "orchestrator": "vm"},
        {"platform": "GCP Cloud Run", "orchestrator": "cloud-run", "provider": "gcp"},
        fields=("orchestrator", "provider"),
    ),
    _row(
        "peak_rps",
        "How many requests a second at peak?",
        "peak 1200 rps",
        ("peak {} rps", "peak {}"),
        {"peak_rps": 20},
        {"peak_rps": 2000},
        fields=("average_rps", "monthly_requests"),
    ),
    _row(
        "schema_change",
        "Does the release change the schema, and can the old version read it?",
        "no schema change",
        ("{} schema change", "schema change is {}"),
        {"schema_change": "none"},
        {"schema_change": "incompatible"},
        is_open=_schema_open,
    ),
    _row(
        "slo_percent",
        "Which availability is promised, over how many days?",
        "99.95 % over 30 days",
        ("SLO {} %", "SLO {}"),
        {"slo_percent": 99.5},
        {"slo_percent": 99.99},
    ),
    _row(
        "service_ms",
        "How many requests a second does one replica carry under load test?",
        "one replica does 60 rps",
        ("{} rps per replica", "{} per replica"),
        {"service_ms": 10.0},
        {"service_ms": 200.0},
        fields=("rps_per_replica", "workers"),
    ),
    _row(
        "zone_availability",
        "How available was one zone, as you measured it?",
        "zone availability 99.9 %",
        ("zone availability {} %", "zone availability {}"),
        {"zone_availability": 0.99},
        {"zone_availability": 0.9999},
    ),
)
"""Every unknown, in the order in which those of one spread are asked."""


def open_questions(planned: Plan) -> tuple[Unknown, ...]:
    """What is worth asking, what changes the design most first; at most :data:`MOST`.

    What would change nothing comes last, so that it is the first to fall out.
    """
    rows = [row for row in _ROWS if row.open(planned.profile)]
    if not rows:
        return ()
    base = stated(planned.profile)
    found = [_measured(row, base) for row in rows]
    return tuple(sorted(found, key=lambda one: -round(one.spread, 2)))[:MOST]


_MEASURED = frozenset({"zone_availability"})
"""What nobody knows by heart: listed under the document, not asked at the keyboard."""


def moving(unknowns: tuple[Unknown, ...]) -> tuple[Unknown, ...]:
    """Those that a person can answer off-hand and whose answer would change a figure."""
    return tuple(one for one in unknowns if one.spread > _STILL and one.name not in _MEASURED)


def _measured(row: _Row, base: SystemProfile) -> Unknown:
    figures = [_figures(base, end) for end in row.ends]
    planned = [one for one in figures if one is not None]
    if len(planned) < 2:
        return row.unknown
    spread, moves = 0.0, []
    chosen = list(dict.fromkeys(strategy for _, strategy in planned))
    if len(chosen) > 1:
        spread += _OTHER_STRATEGY
        text = f"strategy {' or '.join(chosen)}"
        moves.append((_OTHER_STRATEGY, Move("strategy", 0, 0, text)))
    for name in planned[0][0]:
        values = [figures[name] for figures, _ in planned]
        known = [value for value in values if value is not None and value > 0]
        if len(known) < len(values):
            spread += _ABSENT if known else 0.0
            continue
        low, high = min(known), max(known)
        far = math.log(high / low)
        spread += far
        if far > _STILL:
            moves.append((far, _move(name, low, high)))
    moves.sort(key=lambda one: -one[0])
    return replace(row.unknown, spread=spread, moves=tuple(move for _, move in moves))


_Figures = tuple[dict[str, float | None], str]


def _figures(base: SystemProfile, end: Mapping[str, Value]) -> _Figures | None:
    """The figures and the strategy with these values; None where no plan comes of it."""
    where = "a plausible end of its range"
    facts = {name: Fact(value, "user", where) for name, value in end.items()}
    hidden = {"service_ms": ("rps_per_replica", "workers")}.get(next(iter(end)), ())
    kept = {name: fact for name, fact in base if name not in hidden}
    try:
        planned = plan(replace(base, facts={**kept, **facts}, conflicts=()))
    except DevopsExeError:
        return None
    return {
        "replicas": _output(planned, "peak", "total_replicas"),
        "RTO": _output(planned, "recovery", "rto_minutes"),
        "availability": _failing(_output(planned, "availability", "availability_percent")),
        "cost": _output(planned, "cost", "monthly_cost"),
        "restore": _output(planned, "data", "restore_minutes"),
    }, planned.choice.strategy


def _output(planned: Plan, role: str, name: str) -> float | None:
    if not planned.has(role):
        return None
    entry: Entry = planned.entry(role)
    value = entry.outputs.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _failing(percent: float | None) -> float | None:
    """A share of success is compared by what it leaves to fail."""
    return None if percent is None else 100 - percent


def _move(name: str, low: float, high: float) -> Move:
    if name == "availability":
        return Move(name, 100 - high, 100 - low, f"up {100 - high:.6g} to {100 - low:.6g} %")
    texts = {
        "replicas": f"replicas {low:.0f} to {high:.0f}",
        "RTO": f"RTO {low:.3g} to {high:.3g} min",
        "cost": f"${low:,.0f} to ${high:,.0f} a month",
        "restore": f"restore {low:.3g} to {high:.3g} min",
    }
    return Move(name, low, high, texts[name])
