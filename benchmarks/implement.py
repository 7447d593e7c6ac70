"""Generation: time to make every file of a dossier, beside the time to compose the dossier.

python benchmarks/implement.py [--runs 20]

The goal is under 200 ms a dossier; proving is measured by benchmarks/proof.py.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from devops_exe.assess.repository import assess_repository
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.implement.generated import generators
from devops_exe.implement.implementation import implement

EXAMPLE = Path(__file__).parents[1] / "examples" / "checkout-api"
LINES = (
    "checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, canary",
    "shop on GKE, 300 rps, 99.9 %, rolling, GitLab CI",
    "bank on EKS, 500 rps, 99.99 %, blue-green",
    "storefront on GKE, 400 rps, 99.9 %, A/B testing",
)


def main() -> int:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    generators()
    print(f"{'dossier':14} {'compose':>10} {'generate':>10} {'ratio':>7} {'files':>6}")
    for line in LINES:
        profile = read_words(line).merged(assess_repository(EXAMPLE).profile)
        composed, generated = [], []
        files = 0
        for _ in range(runs):
            began = time.process_time()
            dossier = compose("devops", profile, "2026-01-01T00:00:00+00:00")
            between = time.process_time()
            files = len(implement(dossier).artefacts)
            composed.append(between - began)
            generated.append(time.process_time() - between)
        before, after = statistics.median(composed), statistics.median(generated)
        print(
            f"{line.split()[0]:14} {before * 1000:7.1f} ms {after * 1000:7.1f} ms "
            f"{after / before:7.2f} {files:6}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
