"""What is said of single figures: how a fault is seen, what acting is, the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.quote import duration, minutes, ratio, risk
from devops_exe.blueprint.spoken import row
from devops_exe.design.fields import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.blueprint.asked import Book, Subject
    from devops_exe.design.ledger import Entry


def detect_parts(entry: Entry) -> str:
    """From the fault to the alert: the burn-rate equation and the delays behind it."""
    given = entry.inputs
    delays = [
        (words, float(cast("float", given[name])))
        for words, name in (
            ("scrape", "scrape_interval_seconds"),
            ("evaluation", "evaluation_interval_seconds"),
            ("group wait", "group_wait_seconds"),
        )
        if name in given
    ]
    seen = entry.number("detect_seconds") - sum(value for _, value in delays)
    fault = float(cast("float", given["error_ratio"]))
    what = "total outage" if fault == 1 else f"{ratio(fault)} errors"
    listed = ", ".join(f"{words} {shown('x_seconds', value)}" for words, value in delays)
    return (
        f"burn rate {shown('', given['burn_rate'])} over "
        f"{duration(float(cast('float', given['long_window_seconds'])))}, {what}: "
        f"{shown('x_seconds', seen)}; {listed}"
    )


def act_parts(book: Book, entry: Entry) -> str:
    """From the decision to the old version serving, by strategy."""
    given = entry.inputs

    def value(name: str) -> str:
        return shown(name, given[name])

    strategy = given["strategy"]
    if strategy == "blue_green":
        return f"switch {value('switch_seconds')}, propagation {value('lb_propagation_seconds')}"
    if strategy == "ab_testing":
        return f"the flag reaches every client: {value('flag_propagation_seconds')}"
    start = f"({value('pod_startup_seconds')} start-up + {value('min_ready_seconds')} ready)"
    if strategy == "recreate":
        return f"stop {value('termination_grace_seconds')}, start {start}"
    if strategy == "canary" and given.get("traffic_routing") is True:
        return f"one change of the weight: {value('weight_reset_seconds')}"
    if strategy == "canary":
        return f"the canary's {value('replicas')} pods leave in waves of {start}"
    waves = shown("waves", book.ledger.entry(book.ids["rolling"]).outputs["waves"])
    return f"{waves} waves back, each {start}"


def other_faults(book: Book, subject: Subject) -> list[str]:
    """For the RTO: a gray fault and, for a canary, the first weight."""
    if subject.place.role != "recovery" or subject.place.path != "rto_minutes":
        return []
    lines: list[str] = []
    if "recovery_gray" in book.ids:
        lines += row("Gray", _fault(book.ledger.entry(book.ids["recovery_gray"])))
    else:
        lines += row("Gray", "a gray fault sets off no burn-rate alert: no time can be given")
    if "recovery_first" in book.ids:
        entry = book.ledger.entry(book.ids["recovery_first"])
        weight = shown("canary_weight_percent", entry.inputs["canary_weight_percent"])
        lines += row(
            "First", f"at the first weight of {weight}, on its own series: {_fault(entry)}"
        )
    return lines


def _fault(entry: Entry) -> str:
    errors = ratio(float(cast("float", entry.inputs["error_ratio"])))
    window = duration(float(cast("float", entry.inputs["long_window_seconds"])))
    seen = duration(entry.number("detect_seconds"))
    return (
        f"{errors} errors are seen after {seen}, the {window} window fires first; "
        f"RTO {minutes(entry.number('rto_minutes'))} min ({entry.id})"
    )


def ranking(book: Book, entry: Entry) -> list[str]:
    """The five strategies: risk, and what excludes them; who chose."""
    choice = book.plan.choice
    rows = cast("Mapping[str, Mapping[str, object]]", entry.outputs["strategies"])
    order = list(cast("list[str]", entry.outputs["ranking"]))
    lines = []
    for name in [*order, *(n for n in rows if n not in order)]:
        codes = list(cast("list[str]", rows[name]["excluded_because"]))
        if name not in choice.possible:
            codes.append("not_on_platform")
        share = risk(float(cast("float", rows[name]["risk_percent_of_budget"])))
        why = f"; excluded: {', '.join(codes)}" if codes else ""
        arrow = "→ " if name == choice.strategy else ""
        lines.append(f"{arrow}{name}: {rows[name]['risk']}, {share} of the budget{why}")
    lines.append(_CHOSEN[choice.by])
    return lines


_CHOSEN = {
    "user": "you chose it",
    "calculator": "first of the ranking: the least risk that nothing excludes",
    "platform": "first of the ranking that this platform can do",
    "none": "every strategy is excluded: it has the least against it",
}
