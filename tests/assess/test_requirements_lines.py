"""Lines as people type them: facts, leftovers, changes of a figure, cost of hostile ones."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from devops_exe.assess.requirements import LONGEST, read_words
from devops_exe.ground.errors import UserError

sys.path.insert(0, str(Path(__file__).parent))
from requirement_hard import HARD
from requirement_lines import CHAT, COMMANDS, FOREIGN, PROSE, TERSE


@pytest.mark.parametrize(("line", "facts", "unused"), TERSE + PROSE + COMMANDS + FOREIGN + HARD)
def test_line_says_exactly(line: str, facts: dict[str, Any], unused: tuple[str, ...]) -> None:
    profile = read_words(line)
    assert {name: fact.value for name, fact in profile} == facts
    assert profile.unused == unused


@pytest.mark.parametrize(("line", "facts", "unused"), CHAT)
def test_follow_up_says_exactly(line: str, facts: dict[str, Any], unused: tuple[str, ...]) -> None:
    profile = read_words(line, chat=True)
    assert {name: fact.value for name, fact in profile} == facts
    assert profile.unused == unused


CURRENT = "cart-api on EKS, 1200 rps, 400 rps average, 3 zones, 6 replicas, $4k/month, RTO 30 min"


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("double the traffic", {"peak_rps": 2400, "average_rps": 800}),
        ("what if we had twice the traffic?", {"peak_rps": 2400, "average_rps": 800}),
        ("3x the peak", {"peak_rps": 3600}),
        ("if load triples", {"peak_rps": 3600, "average_rps": 1200}),
        ("half the budget", {"budget_usd_month": 2000}),
        ("cut the budget in half", {"budget_usd_month": 2000}),
        ("halve the RTO", {"rto_minutes": 15}),
        ("10% more traffic", {"peak_rps": 1320, "average_rps": 440}),
        ("reduce the budget by 25%", {"budget_usd_month": 3000}),
        ("add a zone", {"zones": 4}),
        ("one more zone", {"zones": 4}),
        ("add 2 more replicas", {"replicas": 8}),
        ("two fewer replicas", {"replicas": 4}),
        ("double the memory", {}),
    ],
)
def test_a_change_builds_on_the_current_figure(line: str, facts: dict[str, float]) -> None:
    profile = read_words(line, chat=True, current=read_words(CURRENT))
    assert {name: fact.value for name, fact in profile} == facts
    assert profile.notes
    assert bool(profile.unused) is not bool(facts)


def test_a_change_in_a_line_of_another_system_builds_on_nothing() -> None:
    profile = read_words("other-api on GKE, double the traffic", current=read_words(CURRENT))
    assert "peak_rps" not in profile
    assert profile.unused == ("double the traffic",)


def test_what_is_read_with_a_judgement_is_said() -> None:
    assert "one replica on each" in read_words("shop on 2 VMs").notes[0]
    assert "machines, not replicas" in read_words("shop on k3s, 2 VMs").notes[0]
    assert "objective of 99.95 %" in read_words("shop, 600 rps, 99.95").notes[0]
    assert "are 6 replicas" in read_words("shop, 2 replicas per zone, 3 zones").notes[0]
    assert "no percentile" in read_words("latency under 200 ms").notes[0]


@pytest.mark.parametrize(
    "piece",
    [
        "3 VMs, ", "double the traffic, ", "canary 5 ", "30d rto 15m ", "service: ", "1. a\n",
        "2 replicas per zone ", "instead of 6 ", "availabilty ", "python3.12 ", "x6 ", ", abc",
    ],
)  # fmt: skip
def test_twice_the_line_costs_about_twice(piece: str) -> None:
    def cost(length: int) -> float:
        started = time.process_time()
        with contextlib.suppress(UserError):
            read_words("checkout-api on EKS " + piece * (length // len(piece)))
        return time.process_time() - started

    cost(200)
    short = min(cost(LONGEST // 4) for _ in range(2))
    assert min(cost(LONGEST - 200) for _ in range(2)) < 9 * short + 0.05


def test_a_noun_said_twice_is_no_quantity() -> None:
    assert dict(read_words("CPU CPU")) == {}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("shop on EKS, Argo CD, Vault", "Argo CD, Vault"),
        ("shop on EKS with Flux, Harbor and Spinnaker", "Flux, Harbor, Spinnaker"),
        ("harbor on EKS", ""),
        ("vault-api on EKS, 20 rps", ""),
        ("shop on EKS, no Argo CD", ""),
        ("shop on EKS with Istio and Linkerd", ""),
    ],
)
def test_products_that_no_plan_speaks_of_are_named(line: str, named: str) -> None:
    notes = [note for note in read_words(line).notes if note.startswith("named, not planned for")]
    assert notes == ([f"named, not planned for: {named}"] if named else [])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("5% of 1200 rps", "is a share of a rate"),
        ("20,000 Kafka messages/s", "messages are not requests"),
        ("canary 20, 10 %", "weights must rise"),
        ("cannarry for shop", "is read as 'canary'"),
        ("blu-green for shop", "is read as 'blue-green'"),
    ],
)
def test_what_is_left_or_mended_is_said(line: str, words: str) -> None:
    assert words in " ".join(read_words(line).notes)


@pytest.mark.parametrize("line", ["9" * 400 + " pods", "1e999 pods", "10^99 pods", "1e999 ms p99"])
def test_no_number_overflows(line: str) -> None:
    with contextlib.suppress(UserError):
        read_words(line)
