"""Time to assess trees of many files, beside a bare ``os.scandir`` walk in the same run.

    python benchmarks/assess.py [FILES…]

Trees of 1,000, 10,000 and 100,000 files are made in a temporary folder: sources in packages
of forty, one service with manifests and a Dockerfile in each thousand. The walk lists every
folder and tells files from folders, nothing else; it takes no file's name apart. Times are
medians of wall clock with a warm cache; the goal is at most 1.5 times the walk at 100,000. It
only prints: a number is worth what the machine beneath it is worth.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from child import median, table

from devops_exe.assess.repository import assess_repository

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1_000, 10_000, 100_000)
A_FOLDER = 40
ROUNDS = 3
GOAL = "<= 1.5"

_SERVICE = {
    "Dockerfile": 'FROM python:3.12-slim\nEXPOSE 8080\nCMD ["uvicorn", "app:app"]\n',
    "requirements.txt": "fastapi==0.115\npsycopg==3.2\nredis==5.0\n",
    "deployment.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 3\n"
        "  template:\n    spec:\n      containers:\n        - name: shop\n          image: shop:1\n"
        "          ports:\n            - containerPort: 8080\n"
    ),
}


def build(folder: Path, files: int) -> None:
    """A tree of so many files."""
    made = 0
    while made < files:
        group = folder / f"service{made // 1000}"
        package = group / "src" / f"package{made % 1000 // A_FOLDER}"
        package.mkdir(parents=True, exist_ok=True)
        if made % 1000 == 0:
            for name, text in _SERVICE.items():
                (group / name).write_text(text, encoding="utf-8")
                made += 1
        for number in range(min(A_FOLDER, files - made)):
            (package / f"module_{made}_{number}.py").touch()
        made += min(A_FOLDER, files - made)


def walk(folder: str) -> int:
    """How many files there are below a folder; the floor."""
    count, waiting = 0, [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    count += 1
    return count


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _row(size: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="devops-exe-bench-") as name:
        folder = Path(name)
        build(folder, size)
        floor, taken = [], []
        for number in range(ROUNDS + 1):
            pair = _timed(lambda: walk(name)), _timed(lambda: assess_repository(folder))
            if number:  # the first warms the cache and loads the readers
                floor.append(pair[0])
                taken.append(pair[1])
    base, ours = median(floor), median(taken)
    goal = GOAL if size >= SIZES[-1] else ""
    return f"{size:,}", f"{base * 1000:.1f}", f"{ours * 1000:.1f}", f"{ours / base:.2f}", goal


def main(arguments: list[str]) -> int:
    """Build, measure and print."""
    rows = [("files", "walk ms", "assess ms", "ratio", "goal")]
    rows += [_row(size) for size in [int(text) for text in arguments] or SIZES]
    print(*table(rows), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
