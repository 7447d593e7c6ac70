"""How soon the prompt stands, and how soon a key is on the screen.

    python benchmarks/terminal.py

The executable runs on a pseudo-terminal. Time to the prompt is wall clock, beside
``python -c pass`` in the same run; the goal is at most 30 times that. A key's latency is from
the write of one letter to the screen's answer that holds it. Medians; it only prints: a number
is worth what the machine beneath it is worth.
"""

from __future__ import annotations

import itertools
import sys
import time

from child import NOTHING, Chat, environment, median, run, table

ROUNDS, KEYS = 9, 40
GOAL = 30


def _keys(chat: Chat) -> list[float]:
    """Seconds from a letter to its echo; no letter that ends a control sequence."""
    latencies = []
    for letter in itertools.islice(itertools.cycle([b"w", b"e", b"r", b"t", b"u", b"i"]), KEYS):
        began = time.perf_counter()
        chat.type(letter)
        chat.until(letter)
        latencies.append(time.perf_counter() - began)
        time.sleep(0.01)
    return latencies


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 95 // 100]


def main() -> int:
    """Measure and print."""
    env = environment()
    floor, prompts, resident, keys = [], [], [], []
    for number in range(ROUNDS):
        floor.append(run(NOTHING, b"", env).wall)
        chat = Chat(env)
        ready = chat.prompt()
        prompts.append(ready.wall)
        resident.append(ready.mib)
        if number == ROUNDS - 1:
            time.sleep(1.0)  # what is loaded behind the prompt is loaded
            keys = _keys(chat)
        chat.leave()
    loading = []
    for _ in range(3):  # a key is set: the SDK is imported in a thread while these are typed
        chat = Chat({**env, "ANTHROPIC_API_KEY": "none"})
        chat.prompt()
        loading += _keys(chat)
        chat.leave()
    base, first = median(floor), median(prompts)
    rows = [
        ("", "ms", "ratio", "goal"),
        ("python -c pass", f"{base * 1000:.1f}", "1.0", ""),
        ("first prompt", f"{first * 1000:.1f}", f"{first / base:.1f}", f"<= {GOAL}"),
        ("a key, median", f"{median(keys) * 1000:.2f}", "", ""),
        ("a key, slowest", f"{max(keys) * 1000:.2f}", "", ""),
        ("a key while the SDK loads, p95", f"{_p95(loading) * 1000:.2f}", "", "<= 20 ms"),
    ]
    print(*table(rows), sep="\n")
    print(f"in memory at the prompt: {median(resident):.0f} MiB (goal <= 60)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
