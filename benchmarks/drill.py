"""Drills beside their predictions: how many of the measured figures lie inside.

    python benchmarks/drill.py --runs 20 --jobs 2
    python benchmarks/drill.py --only canary:errors --runs 5

Every strategy with every fault, and every strategy healthy, on this machine with real HAProxy and
Prometheus. The prediction is made before the first run and is the same for all of them. The goal
is 18 of 20 inside for each figure; false alarms of the healthy rollouts are counted. A run takes
some 20 s; results are written as they come to ``--out``, which is read again at the next start.
"""

from __future__ import annotations

import argparse
import json
import statistics
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.ground.errors import DevopsExeError
from devops_exe.operate.drill.model import FAULTS, DrillPlan
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.predict import Prediction, predict
from devops_exe.operate.drill.report import DrillReport
from devops_exe.operate.drill.run import one_rollout

STRATEGIES = ("canary", "blue-green", "rolling", "recreate", "A/B testing")
SYSTEM = "checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"
TIME = "2026-01-01T00:00:00+00:00"


def plan_of(strategy: str, fault: str) -> DrillPlan:
    return drill_plan(compose("devops", read_words(f"{SYSTEM}, {strategy}"), TIME), fault=fault)


def one(strategy: str, fault: str, repeat: int) -> dict[str, Any]:
    row: dict[str, Any] = {"strategy": strategy, "fault": fault, "repeat": repeat}
    plan = plan_of(strategy, fault)
    try:
        found = one_rollout(plan, faulty=fault != "none", repeat=repeat)
    except DevopsExeError as problem:
        return {**row, "problem": problem.line()}
    report = DrillReport(plan, _SAID.setdefault((strategy, fault), predict(plan)), (found,), TIME)
    figures = {line.name: line.measured for line in report.lines(found)}
    return {**row, "ending": found.ending, "figures": figures, "problems": report.problems(),
            "other": found.losses.other, "alert": found.alert}  # fmt: skip


_SAID: dict[tuple[str, str], Prediction] = {}


def table(strategy: str, fault: str, rows: list[dict[str, Any]]) -> None:
    plan = plan_of(strategy, fault)
    said = predict(plan)
    good = [row for row in rows if row.get("ending") == "rolled back"]
    odd = [row.get("problem") or row.get("problems") for row in rows if row not in good]
    parts = f"phase ±{said.phase.width / 2:.1f} s, arrival ±{said.arrival.width / 2:.1f} s"
    print(f"\n{strategy}, {fault}: {len(rows)} runs, {len(good)} rolled back; {parts}")
    named = {
        "detect": said.detect, "act": said.act, "verify": said.verify, "lost": said.lost,
        "late": said.lost, "refused": said.planned, "burnt": said.burnt_percent, "peak": said.peak,
    }  # fmt: skip
    for name in good[0]["figures"] if good else ():
        values = sorted(row["figures"][name] for row in good)
        inside = sum(value in named[name] for value in values)
        low, middle = values[0], statistics.median(values)
        interval = f"{named[name].low:8.2f} – {named[name].high:8.2f}"
        print(f"  {name:8} predicted {interval}  measured {low:8.2f} {middle:8.2f} "
              f"{values[-1]:8.2f}  inside {inside}/{len(rows)}")  # fmt: skip
    lost = sum(row.get("other", 0) for row in good)
    print(f"  lost by the rollback itself: {lost}" + (f"; {odd}" if odd else ""))


def healthy(strategy: str, rows: list[dict[str, Any]]) -> None:
    alarms = sum(row.get("ending") == "false alarm" for row in rows)
    odd = [
        row.get("problem") or row["problems"] for row in rows if row.get("ending") != "completed"
    ]
    said = predict(plan_of(strategy, "none")).false_alarms
    print(f"\n{strategy}, healthy: {len(rows)} runs, false alarms {alarms} "
          f"(predicted {said * 100:.2g} % of them){f'; {odd}' if odd else ''}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], metavar="STRATEGY:FAULT")
    parser.add_argument("--out", type=Path, default=Path("drill-results.jsonl"))
    options = parser.parse_args()
    pairs = [tuple(one.split(":")) for one in options.only] or [
        (strategy, fault) for strategy in STRATEGIES for fault in FAULTS
    ]
    rows = (
        [json.loads(x) for x in options.out.read_text().splitlines()]
        if options.out.exists()
        else []
    )
    done = {(row["strategy"], row["fault"], row["repeat"]) for row in rows}
    wanted = [(s, f, n) for n in range(options.runs) for s, f in pairs if (s, f, n) not in done]
    with ProcessPoolExecutor(options.jobs) as pool, options.out.open("a") as out:
        for future in as_completed([pool.submit(one, *task) for task in wanted]):
            rows.append(future.result())
            out.write(json.dumps(rows[-1]) + "\n")
            out.flush()
    for strategy, fault in pairs:
        mine = [r for r in rows if (r["strategy"], r["fault"]) == (strategy, fault)]
        if mine:
            healthy(strategy, mine) if fault == "none" else table(strategy, fault, mine)


if __name__ == "__main__":
    main()
