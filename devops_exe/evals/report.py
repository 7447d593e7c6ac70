"""What a run says: rates with intervals, and each case, as JSON, JUnit XML and Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.evals.rates import Interval, mean, pass_all, pass_at, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from devops_exe.evals.trial import Outcome

SCHEMA = "devops-exe-evals/1"
"""Of reports and baselines."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case on an engine: its repeats together."""

    case: str
    engine: str
    outcomes: tuple[Outcome, ...]

    @property
    def key(self) -> str:
        """``case@engine``."""
        return f"{self.case}@{self.engine}"

    @property
    def passed(self) -> int:
        """Repeats in which everything held."""
        return sum(1 for one in self.outcomes if one.passed)

    @property
    def of(self) -> int:
        """Repeats."""
        return len(self.outcomes)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What did not hold, each reason once."""
        told = (f"{one.state}: {text}" for one in self.outcomes for text in one.reasons)
        return tuple(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates over cases.

    Attributes:
        cases: how many.
        repeat: trials of each.
        at_1: mean pass rate.
        at_k: mean chance that one of ``repeat`` trials passes.
        all_k: mean chance that all of ``repeat`` trials pass.
        interval: Wilson's, 95 %, of ``at_1``; over cases, since repeats of one case are not
            independent.
    """

    cases: int
    repeat: int
    at_1: float
    at_k: float
    all_k: float
    interval: Interval


def rows_of(outcomes: Iterable[Outcome]) -> list[Row]:
    """Outcomes by case and engine, in their order."""
    grouped: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        grouped.setdefault((one.trial.case, one.trial.engine), []).append(one)
    return [Row(case, engine, tuple(found)) for (case, engine), found in grouped.items()]


def rates(rows: Sequence[Row]) -> Rates:
    """The rates of some cases."""
    repeat = max((row.of for row in rows), default=0)
    at_1 = mean([row.passed / row.of for row in rows])
    return Rates(
        len(rows),
        repeat,
        at_1,
        mean([pass_at(repeat, row.passed, row.of) for row in rows]),
        mean([pass_all(repeat, row.passed, row.of) for row in rows]),
        wilson(at_1 * len(rows), len(rows)),
    )


def as_json(rows: Sequence[Row], seconds: float) -> dict[str, Any]:
    """The report; ``diff`` and ``--baseline`` read it, as they read a baseline."""
    from devops_exe import __version__
    from devops_exe.agent.prompts import version

    engines = sorted({row.engine for row in rows})
    return {
        "schema": SCHEMA,
        "version": __version__,
        "prompts": version(),
        "seconds": round(seconds, 3),
        "summary": {
            "all": _rates_json(rates(rows)),
            **{name: _rates_json(rates([r for r in rows if r.engine == name])) for name in engines},
        },
        "cases": {row.key: _row_json(row) for row in rows},
    }


def _rates_json(found: Rates) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "repeat": found.repeat,
        "pass@1": round(found.at_1, 6),
        f"pass@{found.repeat}": round(found.at_k, 6),
        f"pass^{found.repeat}": round(found.all_k, 6),
        "wilson_95": [round(found.interval.low, 6), round(found.interval.high, 6)],
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "passed": row.passed,
        "of": row.of,
        "states": [one.state for one in row.outcomes],
        "reasons": list(row.reasons),
        "seconds": round(sum(one.seconds for one in row.outcomes), 4),
        "engine_seconds": round(sum(one.engine_seconds for one in row.outcomes), 4),
        "round_trips": sum(one.round_trips for one in row.outcomes),
        "tokens": sum(one.tokens for one in row.outcomes),
    }


def junit(rows: Sequence[Row], seconds: float) -> str:
    """JUnit XML: a suite an engine, a test case a case."""
    from xml.etree import ElementTree as Tree

    root = Tree.Element("testsuites", name="devops-exe eval", time=f"{seconds:.3f}")
    for engine in sorted({row.engine for row in rows}):
        mine = [row for row in rows if row.engine == engine]
        lost = [row for row in mine if row.passed < row.of]
        broken = [row for row in lost if any(one.state != "failed" for one in _lost(row))]
        suite = Tree.SubElement(
            root,
            "testsuite",
            name=engine,
            tests=str(len(mine)),
            failures=str(len(lost) - len(broken)),
            errors=str(len(broken)),
            time=f"{sum(one.seconds for row in mine for one in row.outcomes):.3f}",
        )
        for row in mine:
            time = f"{sum(one.seconds for one in row.outcomes):.3f}"
            test = Tree.SubElement(suite, "testcase", name=row.case, classname=engine, time=time)
            if row in lost:
                kind = "error" if row in broken else "failure"
                message = f"{row.passed} of {row.of} passed"
                Tree.SubElement(test, kind, message=message).text = _clean("\n".join(row.reasons))
    Tree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Tree.tostring(root, encoding="unicode")


def _lost(row: Row) -> list[Outcome]:
    return [one for one in row.outcomes if not one.passed]


def _clean(text: str) -> str:
    """Characters that XML 1.0 may hold."""
    return "".join(one for one in text if one in "\n\t" or " " <= one <= "\ud7ff" or one > "\ue000")


def percent(value: float) -> str:
    """A share as a percentage.

    >>> percent(0.975)
    '97.5 %'
    """
    return f"{value * 100:.1f}".removesuffix(".0") + " %"


def markdown(rows: Sequence[Row], seconds: float) -> str:
    """Markdown: rates by engine, then what failed and why."""
    repeat = rates(rows).repeat
    columns = ["Engine", "Cases", "pass@1", "95 %"]
    columns += [f"pass@{repeat}", f"pass^{repeat}"] if repeat > 1 else []
    lines = ["# Evals", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for engine in sorted({row.engine for row in rows}):
        found = rates([row for row in rows if row.engine == engine])
        cells = [engine, str(found.cases), percent(found.at_1), _interval(found.interval)]
        cells += [percent(found.at_k), percent(found.all_k)] if repeat > 1 else []
        lines.append(f"| {' | '.join(cells)} |")
    lost = [row for row in rows if row.passed < row.of]
    lines += ["", f"{seconds:.1f} s", ""]
    if lost:
        lines += ["## Failed", "", "| Case | Passed | Why |", "|---|---|---|"]
    for row in lost:
        why = "<br>".join(text.replace("|", "\\|") for text in row.reasons[:5])
        lines.append(f"| {row.key} | {row.passed} of {row.of} | {why} |")
    return "\n".join(lines).rstrip() + "\n"


def _interval(found: Interval) -> str:
    return f"{percent(found.low)} to {percent(found.high)}"


def plain(rows: Sequence[Row], seconds: float) -> str:
    """A few lines for a person: rates by engine; what failed was told as it happened."""
    lines = []
    for engine in sorted({row.engine for row in rows}):
        found = rates([row for row in rows if row.engine == engine])
        passed = sum(1 for row in rows if row.engine == engine and row.passed == row.of)
        line = (
            f"{engine:9} {passed} of {found.cases} cases passed · {percent(found.at_1)}"
            f" (95 %: {_interval(found.interval)})"
        )
        if found.repeat > 1:
            k = found.repeat
            line += f" · pass@{k} {percent(found.at_k)} · pass^{k} {percent(found.all_k)}"
        lines.append(line)
    return "\n".join([*lines, f"{seconds:.1f} s"])
