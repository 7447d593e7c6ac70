"""How soon the prompt stands, how soon a key is on the screen, and what streaming costs.

    python benchmarks/terminal.py [--peers]

The executable runs on a pseudo-terminal. Time to the prompt is wall clock, beside
``python -c pass`` in the same run; the goal is at most 30 times that. A key's latency is from
the write of one letter to the screen's answer that holds it: at an idle prompt, while the SDK is
imported in its thread, and while an answer streams; 95 of 100 keys within 20 ms is the goal. The
cost of streaming is the bytes that reach the terminal against those of the answer.

With ``--peers`` litecli and ipython are installed into a temporary environment and measured in
the same run; where they cannot be installed, that is said. Medians, with the 95th percentile
where a goal is; it only prints: a number is worth what the machine beneath it is worth.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from child import NOTHING, Chat, environment, median, run, table
from terminal_speaker import END, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS, KEYS = 9, 40
GOAL, GOAL_KEY, GOAL_BYTES = "<= 30", "<= 20 ms", "<= 3"
SPEAKER = str(Path(__file__).with_name("terminal_speaker.py"))
PACE = "0.002"
"""Seconds between two pieces while keys are typed: 2,500 characters a second."""

PEERS = {
    "litecli": (("-m", "litecli.main", "{folder}/peer.db"), b"peer.db>"),
    "ipython": (("-m", "IPython", "--no-banner"), b"In ["),
}
_LETTERS = (b"w", b"e", b"r", b"t", b"u", b"i")


def keys(chat: Chat, count: int = KEYS, pause: float = 0.01) -> list[float]:
    """Seconds from a letter to its echo; no letter that ends a control sequence."""
    latencies = []
    for letter in itertools.islice(itertools.cycle(_LETTERS), count):
        began = time.perf_counter()
        chat.type(letter)
        chat.until(letter)
        latencies.append(time.perf_counter() - began)
        time.sleep(pause)
    return latencies


def p95(seconds: list[float]) -> float:
    """The 95th percentile, by nearest rank."""
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * 95 // 100)]


def while_streaming(env: dict[str, str]) -> list[float]:
    """Latencies while an answer flows: letters that it does not hold, seen below it."""
    latencies: list[float] = []
    for _ in range(3):
        chat = Chat({**env, "PACE": PACE}, program=(sys.executable, SPEAKER))
        chat.prompt()
        chat.type(b"talk\r")
        chat.until(b"Step 1")
        for letter in itertools.islice(itertools.cycle([b"Q", b"X", b"Z", b"J"]), KEYS):
            began = time.perf_counter()
            chat.type(letter)
            chat.until(letter)
            latencies.append(time.perf_counter() - began)
            chat.type(b"\x7f")  # taken back: the next is seen for itself
            time.sleep(0.03)
        chat.leave()
    return latencies


def streamed(env: dict[str, str]) -> tuple[int, int, float]:
    """Bytes of the answer, bytes that reached the terminal for it, and seconds."""
    chat = Chat(env, program=(sys.executable, SPEAKER))
    chat.prompt()
    time.sleep(0.3)
    began = time.perf_counter()
    chat.type(b"talk\r")
    sent = len(chat.until(END.encode()))
    took = time.perf_counter() - began
    chat.leave()
    return len(answer().encode()), sent, took


def peers() -> Iterator[tuple[str, str, bytes, tuple[str, ...]]]:
    """Each peer: name and version, its interpreter, what its prompt holds, how to call it."""
    folder = Path(tempfile.mkdtemp(prefix="devops-exe-peers-"))
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    for name, (call, prompt) in PEERS.items():
        installed = subprocess.run(
            [python, "-m", "pip", "install", "-q", name],
            capture_output=True,
            check=False,
            timeout=600,
        )
        if installed.returncode:
            print(f"{name}: it cannot be installed here")
            continue
        asked = f"from importlib.metadata import version; print(version({name!r}))"
        told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
        words = tuple(word.replace("{folder}", str(folder)) for word in call)
        yield f"{name} {told.stdout.strip()}", python, prompt, words


def of_peer(
    env: dict[str, str], python: str, prompt: bytes, call: tuple[str, ...]
) -> tuple[float, list[float]]:
    """Seconds to its first prompt, the median; and latencies of keys."""
    firsts: list[float] = []
    for number in range(ROUNDS):
        chat = Chat(env, program=(python, *call))
        firsts.append(chat.prompt(prompt).wall)
        if number == ROUNDS - 1:
            time.sleep(1.0)
            latencies = keys(chat)
        chat.leave()
    return median(firsts), latencies


def main(arguments: list[str]) -> int:
    """Measure and print."""
    env = environment()
    floor, prompts, resident, idle = [], [], [], []
    for number in range(ROUNDS):
        floor.append(run(NOTHING, b"", env).wall)
        chat = Chat(env)
        ready = chat.prompt()
        prompts.append(ready.wall)
        resident.append(ready.mib)
        if number == ROUNDS - 1:
            time.sleep(1.0)  # what is loaded behind the prompt is loaded
            idle = keys(chat)
        chat.leave()
    loading = []
    for _ in range(3):  # a key is set: the SDK is imported in a thread while these are typed
        chat = Chat({**env, "ANTHROPIC_API_KEY": "none"})
        chat.prompt()
        loading += keys(chat)
        chat.leave()
    base, first = median(floor), median(prompts)
    flowing = while_streaming(env)
    size, sent, took = streamed(env)

    def ms(seconds: float) -> str:
        return f"{seconds * 1000:.1f}"

    rows = [
        ("", "ms", "ratio", "goal"),
        ("python -c pass", ms(base), "1.0", ""),
        ("first prompt", ms(first), f"{first / base:.1f}", GOAL),
        ("a key, idle, median", ms(median(idle)), "", ""),
        ("a key, idle, p95", ms(p95(idle)), "", GOAL_KEY),
        ("a key while the SDK loads, p95", ms(p95(loading)), "", GOAL_KEY),
        ("a key while an answer streams, p95", ms(p95(flowing)), "", GOAL_KEY),
        (f"an answer of {size:,} bytes, {sent:,} sent", ms(took), f"{sent / size:.2f}", GOAL_BYTES),
    ]
    for name, python, prompt, call in peers() if "--peers" in arguments else ():
        try:
            theirs, typed = of_peer(env, python, prompt, call)
        except TimeoutError as never:
            print(f"{name}: {never}"[:200])
            continue
        rows.append((f"{name}: first prompt", ms(theirs), f"{theirs / base:.1f}", ""))
        rows.append((f"{name}: a key, idle, p95", ms(p95(typed)), "", ""))
    print(*table(rows), sep="\n")
    print(f"in memory at the prompt: {median(resident):.0f} MiB (goal <= 60)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
