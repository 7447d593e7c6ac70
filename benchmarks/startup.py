"""CPU from start to end of short commands, beside ``python -c pass`` in the same run.

    python benchmarks/startup.py

Each figure is the median of its rounds, the commands taken in turn, so that a busy moment
meets all of them. CPU is user and system time of the process; memory is the most it held (at
the prompt: what it holds there). It only prints: a number is worth what the machine beneath
it is worth.
"""

from __future__ import annotations

import math
import sys

from child import NOTHING, Chat, Run, environment, executable, median, run, table

ROUNDS, PROMPTS = 11, 7
LINE = "/devops checkout-api on EKS, 1200 rps, 99.95 %"
HPA = b'{"current_replicas": 3, "current_metric_value": 2, "target_metric_value": 1}'


def _document(env: dict[str, str]) -> bytes:
    """A blueprint's text, for ``validate``."""
    import subprocess

    done = subprocess.run([*executable(), LINE], env=env, capture_output=True, check=True)
    return done.stdout


def _cases(env: dict[str, str]) -> list[tuple[str, tuple[str, ...], bytes, float]]:
    """Name, arguments, standard input, and the ratio that is the goal."""
    return [
        ("--version", ("--version",), b"", 2),
        ("calc scaling", ("calc", "scaling"), HPA, 12),
        ("calc rto", ("calc", "rto"), b'{"strategy": "canary"}', 12),
        ("calc strategy", ("calc", "strategy"), b"{}", 12),
        ("validate FILE", ("validate", "-"), _document(env), 12),
        ("blueprint, offline", (LINE,), b"", 20),
    ]


def main() -> int:
    """Measure and print."""
    env = environment()
    cases = _cases(env)
    floor: list[Run] = []
    taken: dict[str, list[Run]] = {name: [] for name, *_ in cases}
    for _ in range(ROUNDS):
        floor.append(run(NOTHING, b"", env))
        for name, arguments, given, _ in cases:
            taken[name].append(run((*executable(), *arguments), given, env))
    at_prompt: list[Run] = []
    for _ in range(PROMPTS):
        chat = Chat(env)
        at_prompt.append(chat.prompt())
        chat.leave()
    base = median([one.cpu for one in floor])
    rows = [("", "CPU ms", "ratio", "goal", "MiB"), _row("python -c pass", floor, base, math.nan)]
    rows += [_row(name, taken[name], base, goal) for name, _, _, goal in cases]
    rows.append(_row("first prompt", at_prompt, base, 30))
    print(*table(rows), sep="\n")
    return 0


def _row(name: str, runs: list[Run], base: float, goal: float) -> tuple[str, ...]:
    cpu = median([one.cpu for one in runs])
    mib = median([one.mib for one in runs])
    shown = "" if math.isnan(goal) else f"<= {goal:g}"
    return name, f"{cpu * 1000:.1f}", f"{cpu / base:.1f}", shown, f"{mib:.0f}"


if __name__ == "__main__":
    sys.exit(main())
