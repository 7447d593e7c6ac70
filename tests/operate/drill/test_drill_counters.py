"""rate() and the rules, held against Prometheus itself."""

from __future__ import annotations

import json
import random
import shutil
import subprocess

import pytest

from devops_exe.operate.drill.counters import Samples, holds, increase
from devops_exe.operate.drill.model import Condition, Rule

promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool")


def rule(**changes) -> Rule:
    values = {
        "name": "A", "bad": "errors", "scope": "version",
        "conditions": (Condition(10.0, 0.1), Condition(4.0, 0.1)),
        "floor_window": 10.0, "floor_bad": 3, "hold": 0.0, "expression": "", "source": "",
    }  # fmt: skip
    return Rule(**{**values, **changes})


@promtool
@pytest.mark.parametrize("seed", range(4))
def test_increase_is_prometheus_own(tmp_path, seed):
    """Counters drawn at random; promtool evaluates increase() at moments off the grid."""
    dice = random.Random(seed)
    values = [0.0]
    while len(values) < 40:
        values.append(values[-1] + dice.choice((0, 0, 1, 3, 20)))
    start = dice.randrange(1, 8)
    shown = " ".join(["_"] * start + [f"{value:g}" for value in values])
    times = [float(start + n) for n in range(len(values))]
    cases = []
    for _ in range(25):
        at, window = dice.randrange(3, 60_000) / 1000, dice.choice((3.0, 5.0, 7.5, 30.0))
        found = increase(times, values, at, window)
        sample = [] if found is None else [{"labels": "{}", "value": round(found, 6)}]
        cases.append({
            "expr": f"round(increase(c[{window * 1000:.0f}ms]), 1e-6)",
            "eval_time": f"{at * 1000:.0f}ms", "exp_samples": sample,
        })  # fmt: skip
    test = {
        "evaluation_interval": "1s",
        "tests": [{"interval": "1s", "input_series": [{"series": "c", "values": shown}],
                   "promql_expr_test": cases}],
    }  # fmt: skip
    file = tmp_path / "test.yml"
    file.write_text(json.dumps(test))
    done = subprocess.run(
        ["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def steady(errors: float, *, seconds: int = 30, rps: float = 10, healed: int = 99) -> Samples:
    times = [float(n) for n in range(seconds)]
    bad = [min(n, healed) * rps * errors for n in range(seconds)]
    good = [n * rps - failed for n, failed in zip(range(seconds), bad, strict=True)]
    return Samples(((times, good),), ((times, bad),))


def test_a_rule_needs_every_window_above_its_threshold():
    assert holds(rule(), steady(0.2), 25.0)
    assert not holds(rule(), steady(0.1), 25.0)
    healed = steady(0.2, healed=20)
    assert holds(rule(conditions=(Condition(10.0, 0.05),)), healed, 25.5)
    assert not holds(rule(), healed, 25.5), "the short window has emptied"


def test_a_rule_needs_its_floor():
    assert holds(rule(floor_bad=20), steady(0.2), 25.0)
    assert not holds(rule(floor_bad=21), steady(0.2), 25.0)


def test_no_requests_is_no_alarm():
    assert not holds(rule(), steady(0.0, rps=0), 25.0)
    assert not holds(rule(), Samples((([1.0], [5.0]),), (([1.0], [5.0]),)), 1.5), (
        "one sample is no rate"
    )
