"""Pictures in plain characters: rollout, error budget, replicas against load, pipeline.

Every number is an input or an output of the ledger's entries, named at the end of the title.
Where there is little room, or for a screen reader, the same is told in rows of words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells, cut, pad
from devops_exe.terminal.view.quantity import shown
from devops_exe.terminal.view.wrap import STACKED, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.ledger import Entry
    from devops_exe.design.plan import Plan

FULL, EMPTY, TICK = "█", "░", "│"
_MOST_WAVES = 5


def picture(dossier: Dossier, name: str, width: int, *, plain: bool = False) -> list[str]:
    """One picture as lines of at most ``width`` cells.

    Args:
        dossier: the document with its plan.
        name: one of ``PICTURES``.
        width: cells of a line.
        plain: words alone.

    Raises:
        UserError: there is no such picture, or the plan has nothing to draw it from.
    """
    draw = PICTURES.get(name)
    if draw is None:
        raise UserError(
            f"there is no picture {name[:40]!r}" if name else "no picture is named",
            where="/show",
            fix=f"name one of {', '.join(PICTURES)}",
            code="unknown_picture",
        )
    return draw(dossier, max(20, width), plain)


def bar(value: float, most: float, room: int) -> str:
    """``value`` of ``most`` as a bar of ``room`` cells; what is more than nothing is seen.

    >>> bar(1, 2, 6), bar(0.001, 2, 6), bar(0, 2, 6)
    ('███░░░', '│░░░░░', '░░░░░░')
    """
    filled = min(room, round(room * value / most)) if most > 0 else 0
    if value > 0 and not filled:
        return TICK + EMPTY * (room - 1)
    return FULL * filled + EMPTY * (room - filled)


# ── rollout ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a rollout.

    Attributes:
        new_percent: traffic or pods of the new version; None where nothing answers.
        seconds: how long; None for what comes after.
        note: what happens.
    """

    new_percent: float | None
    seconds: float | None
    note: str


def steps_of(plan: Plan) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps of the chosen strategy, and the entries they are read from."""
    chosen = plan.choice.strategy
    risk = plan.entry("risk")
    given = cast("Mapping[str, float]", risk.inputs)
    if chosen == "Canary" and plan.has("bake"):
        bake = plan.entry("bake")
        weights = cast("Sequence[float]", bake.outputs["weights_percent"])
        seconds = cast("Sequence[float]", bake.outputs["step_seconds"])
        baked = [
            Step(weight, time, f"bake {_time(time)}")
            for weight, time in zip(weights, seconds, strict=True)
        ]
        return (*baked, Step(100, None, "all traffic")), (bake.id,)
    if chosen == "Rolling" and plan.has("rolling"):
        return _waves(plan), (plan.entry("rolling").id, risk.id)
    rows = cast("Mapping[str, Mapping[str, float]]", risk.outputs["strategies"])
    if chosen == "Recreate":
        down = rows["Recreate"]["planned_downtime_seconds"]
        return (
            Step(None, down, f"nothing answers for {_time(down)}"),
            Step(100, None, "all traffic"),
        ), (risk.id,)
    if chosen == "A/B Testing":
        return (
            Step(
                given["cohort_percent"],
                given["experiment_seconds"],
                f"experiment of {_time(given['experiment_seconds'])}",
            ),
            Step(100, None, "all traffic, where the experiment says so"),
        ), (risk.id,)
    checked = given["analysis_seconds"]
    return (
        Step(0, checked, f"idle colour checked {_time(checked)}"),
        Step(0, given["switch_seconds"], f"switch {_time(given['switch_seconds'])}"),
        Step(
            100,
            given["lb_propagation_seconds"],
            f"every target follows within {_time(given['lb_propagation_seconds'])}",
        ),
        Step(100, None, "all traffic; the old colour is the way back"),
    ), (risk.id,)  # fmt: skip


def _waves(plan: Plan) -> tuple[Step, ...]:
    rolling = plan.entry("rolling")
    count, seconds = rolling.count("waves"), rolling.number("wave_seconds")
    share = plan.entry("risk").number("strategies.Rolling.first_new_percent")
    if count <= _MOST_WAVES:
        waves = [
            Step(min(100, share * number), seconds, f"wave {number + 1}, {_time(seconds)}")
            for number in range(count)
        ]
    else:
        waves = [
            Step(min(100, share * number), seconds, f"wave {number + 1}, {_time(seconds)}")
            for number in range(2)
        ]
        rest = count - 2
        waves.append(
            Step(min(100, share * 2), seconds * rest, f"waves 3 to {count}, {_time(seconds)} each")
        )
    return (*waves, Step(100, None, "all pods"))


def _rollout(dossier: Dossier, width: int, plain: bool) -> list[str]:
    plan = _planned(dossier)
    steps, sources = steps_of(plan)
    total = sum(step.seconds or 0 for step in steps)
    title = f"Rollout: {plan.choice.strategy}, {_time(total)} in all [{', '.join(sources)}]"
    lines = wrap(title, width)
    if plain or width < STACKED:
        return lines + _in_rows(steps, width, plain)
    return lines + _timeline(steps, width)


def _in_rows(steps: Sequence[Step], width: int, plain: bool) -> list[str]:
    lines, passed = [], 0.0
    for step in steps:
        drawn = "" if plain else f"{bar(step.new_percent or 0, 100, 10)} "
        lines += wrap(f"{drawn}{_new(step)}: {step.note}", width, f"  {pad(_time(passed), 8)} ")
        passed += step.seconds or 0
    return lines


def _timeline(steps: Sequence[Step], width: int) -> list[str]:
    """A row a share of the new version, highest above; time runs to the right."""
    label = max(cells(_share(step)) for step in steps) + 3
    room = min(width, 100) - label - 1
    widths, scaled = _widths(steps, room)
    levels = sorted({_share(step): step.new_percent or 0 for step in steps}.items(),
                    key=lambda one: -one[1])  # fmt: skip
    lines = []
    for name, _ in levels:
        row = "".join(
            (EMPTY if step.new_percent is None else FULL) * size if _share(step) == name
            else " " * size
            for step, size in zip(steps, widths, strict=True)
        )  # fmt: skip
        lines.append(f"  {name:>{label - 3}} {row}".rstrip())
    lines.append(_axis(steps, widths, label))
    passed = 0.0
    for step in steps:
        lines += wrap(f"{_new(step)}, {step.note}", width, f"  {pad(_time(passed), 9)} ")
        passed += step.seconds or 0
    if not scaled:
        lines += wrap("the shortest stretches are drawn longer than they are", width, "  · ")
    return lines


def _share(step: Step) -> str:
    return "down" if step.new_percent is None else f"{round(step.new_percent)} %"


def _new(step: Step) -> str:
    return "down" if step.new_percent is None else f"{_share(step)} new"


def _widths(steps: Sequence[Step], room: int) -> tuple[list[int], bool]:
    """Cells of each step, proportional to its time, and whether all are; none under six."""
    least, last = 6, 8
    timed = [step.seconds for step in steps if step.seconds is not None]
    total = sum(timed) or 1.0
    left = max(least * len(timed), room - last)
    ideal = [left * seconds / total for seconds in timed]
    short = [size < least for size in ideal]
    spare = left - least * sum(short)
    long = sum(size for size, small in zip(ideal, short, strict=True) if not small) or 1.0
    sizes = [
        least if small else max(least, int(size * spare / long))
        for size, small in zip(ideal, short, strict=True)
    ]
    return [*sizes, last] if len(timed) < len(steps) else sizes, not any(short)


def _axis(steps: Sequence[Step], widths: Sequence[int], label: int) -> str:
    """The times at which steps begin; one that has no room is left out."""
    text, column, passed = "", 0, 0.0
    for step, size in zip(steps, widths, strict=True):
        if column >= cells(text):
            text = pad(text, column) + f"{_time(passed)} "
        column += size
        passed += step.seconds or 0
    return " " * label + text.rstrip()


# ── error budget ─────────────────────────────────────────────────────────────────────────


def _budget(dossier: Dossier, width: int, plain: bool) -> list[str]:
    plan = _planned(dossier)
    budget, risk = plan.entry("budget"), plan.entry("risk")
    seconds, window = budget.number("downtime_seconds"), budget.number("window_seconds")
    lines = wrap(f"Error budget: {_time(seconds)} of {_time(window)} [{budget.id}]", width)
    lines += wrap(f"what one deployment is expected to burn of it [{risk.id}]", width, "  ")
    rows = cast("Mapping[str, Mapping[str, object]]", risk.outputs["strategies"])
    shares = {
        name: cast("float", row["risk_percent_of_budget"])
        for name, row in rows.items()
        if isinstance(row.get("risk_percent_of_budget"), int | float)
    }
    most = max(shares.values(), default=0.0)
    widest = max((cells(name) for name in shares), default=0)
    room = min(40, width - widest - 22)
    for name in sorted(shares, key=lambda one: shares[one]):
        chosen = name == plan.choice.strategy
        value = f"{shares[name]:.2g} %" if shares[name] < 10 else f"{shares[name]:.0f} %"
        out = "" if rows[name].get("eligible", True) else ", excluded"
        told = f"{value} {rows[name]['risk']}{out}"
        mark = "→" if chosen else " "
        if plain or room < 6:
            lines += wrap(f"{name}: {told}{' (chosen)' if chosen else ''}", width, "  ", "    ")
        else:
            lines.append(cut(f"{mark} {pad(name, widest)} {bar(shares[name], most, room)} {told}",
                             width))  # fmt: skip
    if not plain and room >= 6:
        lines += wrap(f"a full bar is {most:.2g} % of the budget", width, "  · ")
    return lines


# ── replicas ─────────────────────────────────────────────────────────────────────────────

_LOADS: tuple[tuple[str, str], ...] = (
    ("average", "average"), ("peak", "peak"), ("twice", "twice the peak"),
)  # fmt: skip


def _replicas(dossier: Dossier, width: int, plain: bool) -> list[str]:
    plan = _planned(dossier)
    loads: list[tuple[str, Entry]] = [
        (name, plan.entry(role)) for role, name in _LOADS if plan.has(role)
    ]
    if not loads:
        raise _nothing("replicas", "it states no load")
    ids = ", ".join(entry.id for _, entry in loads)
    target = loads[0][1].outputs.get("target_rps_per_replica")
    each = f", {shown(target)} rps a replica" if isinstance(target, int | float) else ""
    lines = wrap(f"Replicas against load{each} [{ids}]", width)
    most = max(entry.number("total_replicas") for _, entry in loads)
    names = [f"{_load(entry):,.6g} rps" for _, entry in loads]
    widest = max(map(cells, names))
    room = min(44, width - widest - 24)
    for (kind, entry), name in zip(loads, names, strict=True):
        total, needed = entry.count("total_replicas"), entry.count("replicas_needed")
        told = f"{total} run, {needed} needed"
        if plain or room < 6:
            lines += wrap(f"{name} ({kind}): {told}", width, "  ", "    ")
            continue
        filled = max(1, round(room * needed / most))
        length = max(filled, round(room * total / most))
        drawn = pad(FULL * filled + EMPTY * (length - filled), room)
        lines.append(cut(f"  {name:>{widest}} {drawn} {told}", width))
    if not plain and room >= 6:
        lines += wrap(
            f"{FULL} needed  {EMPTY} kept for a lost zone and an even spread", width, "  "
        )
        lines += wrap("loads: " + ", ".join(kind for kind, _ in loads), width, "  · ")
    return lines


def _load(entry: Entry) -> float:
    value = entry.inputs.get("arrival_rps")
    return float(value) if isinstance(value, int | float) else 0.0


# ── pipeline ─────────────────────────────────────────────────────────────────────────────


def _pipeline(dossier: Dossier, width: int, plain: bool) -> list[str]:
    section = dossier.blueprint.pipeline
    if section is None:
        raise _nothing("pipeline", f"/devops {dossier.kind} has none")
    stages = [(name.replace("_", " ").title(), getattr(section, name)) for name in
              ("code_push", "build", "test", "deploy", "verify")]  # fmt: skip
    lines = ["Pipeline"]
    if plain:
        for name, does in stages:
            lines += wrap("; ".join(does), width, f"{name}: ", "  ")
        return lines + wrap("Verify fails: rollback, then Deploy again", width, "", "  ")
    boxes = [f" {name} " for name, _ in stages]
    whole = sum(cells(one) + 2 for one in boxes) + 2 * (len(boxes) - 1)
    if whole > width:
        for number, (name, does) in enumerate(stages):
            lines += [f"  {name}", *wrap(does[0], width, "  │   ")]
            if number < len(stages) - 1:
                lines.append("  ↓")
        lines += wrap("fails: rollback to Deploy", width, "  └─→ ")
        return lines
    lines.append("  ".join(f"┌{'─' * cells(one)}┐" for one in boxes))
    lines.append("─→".join(f"│{one}│" for one in boxes))
    lines.append("  ".join(f"└{'─' * cells(one)}┘" for one in boxes))
    back = whole - cells(boxes[-1]) // 2 - 2
    deploy = whole - cells(boxes[-1]) - 4 - cells(boxes[-2]) // 2 - 2
    word = " rollback "
    dashes = back - deploy - 1 - cells(word)
    lines.append(f"{' ' * deploy}↑{' ' * (back - deploy - 1)}│")
    lines.append(f"{' ' * deploy}└{'─' * (dashes // 2)}{word}{'─' * (dashes - dashes // 2)}┘")
    for name, does in stages:
        lines += wrap(does[0], width, f"  {pad(name, 10)} ")
    return lines


def _planned(dossier: Dossier) -> Plan:
    if dossier.plan is None or not dossier.plan.has("risk"):
        raise _nothing("rollout", "the document was made without a plan")
    return dossier.plan


def _nothing(name: str, why: str) -> UserError:
    return UserError(
        f"there is nothing to draw: {why}",
        where=f"/show {name}",
        fix="ask for the whole document first: /devops",
        code="no_picture",
    )


def _time(seconds: float) -> str:
    from devops_exe.blueprint.quote import duration

    return duration(seconds) if seconds else "0 s"


PICTURES: dict[str, Callable[[Dossier, int, bool], list[str]]] = {
    "rollout": _rollout,
    "budget": _budget,
    "replicas": _replicas,
    "pipeline": _pipeline,
}
"""What can be drawn."""

OF_FIGURE: Mapping[str, str] = {
    "rollout": "rollout", "canary": "rollout", "bake time": "rollout", "traffic split": "rollout",
    "error budget": "budget", "budget": "budget", "risk": "budget", "strategy": "budget",
    "replicas": "replicas", "min replicas": "replicas", "max replicas": "replicas",
}  # fmt: skip
"""Which picture belongs to an explained figure."""
