"""Figures that nobody computed, stated or read: lies are found, good prose is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.numerals import Quantity, quantities
from devops_exe.blueprint.support import (
    Known,
    known_numbers,
    supported,
    unsupported,
)
from devops_exe.design.ledger import Ledger

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

CORPUS = Path(__file__).parent / "corpus"
WORDS = "checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, RTO 15 min"
TIME = "2026-01-01T00:00:00Z"


def sentences(name: str) -> list[str]:
    lines = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


LIES = sentences("lies")
GOOD = sentences("good_prose")


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return compose("devops", read_words(WORDS), TIME)


@pytest.fixture(scope="module")
def known(dossier: Dossier) -> tuple[Known, ...]:
    return known_numbers(dossier.profile, dossier.ledger)


def findings(dossier: Dossier, sentence: str) -> list[str]:
    """What is said of a document whose first health metric is this sentence."""
    monitoring = dossier.blueprint.monitoring
    assert monitoring is not None
    said = monitoring.model_copy(update={"health_metrics": (sentence,)})
    document = dossier.blueprint.model_copy(update={"monitoring": said})
    return [f.code for f in unsupported(document, dossier.profile, dossier.ledger)]


def test_the_corpora_are_large_enough() -> None:
    assert len(GOOD) == len(set(GOOD)) >= 300
    assert len(LIES) == len(set(LIES)) >= 60


@pytest.mark.parametrize("sentence", LIES)
def test_a_lie_is_found(dossier: Dossier, sentence: str) -> None:
    assert "unsupported_figure" in findings(dossier, sentence)


def test_good_prose_is_left_alone(dossier: Dossier) -> None:
    assert {line: findings(dossier, line) for line in GOOD if findings(dossier, line)} == {}


def test_good_prose_holds_no_figure_at_all() -> None:
    """Not even one that some ledger happens to hold."""
    read = {line: [q.text for q in quantities(line)] for line in GOOD}
    assert {line: found for line, found in read.items() if found} == {}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1,200 rps", [("1,200 rps", 1200.0, 0.5, "rate")]),
        ("1 200 rps", [("1 200 rps", 1200.0, 0.5, "rate")]),
        ("1'200 rps", [("1'200 rps", 1200.0, 0.5, "rate")]),
        ("1.2k rps", [("1.2k rps", 1200.0, 50.0, "rate")]),
        ("1.2e3 rps", [("1.2e3 rps", 1200.0, 50.0, "rate")]),
        ("１２００ rps", [("1200 rps", 1200.0, 0.5, "rate")]),
        ("60 requests per minute", [("60 requests per minute", 1.0, 0.5 / 60, "rate")]),
        ("60/s", [("60/s", 60.0, 0.5, "rate")]),
        ("250ms", [("250ms", 0.25, 0.0005, "time")]),
        ("1h30m", [("1h30m", 5400.0, 30.0, "time")]),
        ("2.5 GiB", [("2.5 GiB", 2560.0, 51.2, "memory")]),
        ("500m CPU", [("500m", 500.0, 0.5, "cpu")]),
        ("0.5 vCPU", [("0.5 vCPU", 500.0, 50.0, "cpu")]),
        ("$1,250.50", [("$1,250.50", 1250.5, 0.005, "money")]),
        ("5 EUR", [("5 EUR", 5.0, 0.5, "money")]),
        ("50 MiB/s", [("50 MiB/s", 50.0, 0.5, "bandwidth")]),
        ("-.5 %", [(".5 %", 0.5, 0.05, "percent")]),
        ("5 per cent", [("5 per cent", 5.0, 0.5, "percent")]),
        ("5 percentage points", [("5 percentage points", 5.0, 0.5, "percent")]),
        ("10–20 %", [("10", 10.0, 0.5, "percent"), ("20 %", 20.0, 0.5, "percent")]),
        ("2 to 3 s", [("2", 2.0, 0.5, "time"), ("3 s", 3.0, 0.5, "time")]),
        ("1, 2 and 3 %", [(f"{n} %"[: 3 if n == 3 else 1], n, 0.5, "percent") for n in (1, 2, 3)]),
        ("rate 14.4, 2 % left", [("14.4", 14.4, 0.05, "count"), ("2 %", 2.0, 0.5, "percent")]),
        ("two thousand requests", [("two thousand", 2000.0, 0.5, "count")]),
        ("nine point nine percent", [("nine point nine percent", 9.9, 0.05, "percent")]),
        ("twelve hundred and fifty rps", [("twelve hundred and fifty rps", 1250.0, 0.5, "rate")]),
        ("five nines", [("five nines", 99.999, 1e-9, "percent")]),
        ("half the pods", [("half the", 0.5, 1e-9, "share")]),
        ("half the traffic", [("half the", 50.0, 0.05, "percent")]),
        ("two thirds of the requests", [("two thirds of the", 200 / 3, 0.05, "percent")]),
        ("½ the pods", [("1/2 of", 0.5, 1e-9, "share")]),
        ("one in ten requests", [("one in ten", 10.0, 0.05, "percent")]),
        ("half an hour", [("half an", 1800.0, 1e-9, "time")]),
        ("tenfold", [("tenfold", 1.0, 0.0, "share")]),
        ("a dozen pods", [("a dozen", 12.0, 0.5, "count")]),
        ("forty pods", [("forty pods", 40.0, 0.5, "count")]),
        ("one pod, two versions, three zones, at least once", []),
        ("at step 10 %", [("10 %", 10.0, 0.5, "percent")]),
        ("wave 2 of 3, step 4, PostgreSQL 16, port 8080, p99", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_a_number_is_read_as(text: str, read: list[tuple[str, float, float, str]]) -> None:
    found = [(q.text, q.value, q.half, q.dimension) for q in quantities(text)]
    assert found == [
        (words, pytest.approx(value), pytest.approx(half), dimension)
        for words, value, half, dimension in read
    ]


@pytest.mark.parametrize(
    ("text", "known_value", "holds"),
    [
        ("4.5 min", Known("time", 271.0), True),  # 4.5166 min
        ("4.4 min", Known("time", 271.0), False),
        ("12 min", Known("time", 745.0), True),
        ("1 h", Known("time", 3000.0), False),  # within half an hour, but a fifth away
        ("99.95 %", Known("percent", 99.95), True),
        ("99.95 %", Known("percent", 99.951), True),
        ("100 %", Known("percent", 99.95), False),
        ("99.9 %", Known("percent", 99.95), False),
        ("70 %", Known("percent", 69.8), True),
        ("0 %", Known("percent", 0.004), True),
        ("0 %", Known("percent", 0.2), False),
        ("250 ms", Known("time", 0.25), True),
        ("250 ms", Known("count", 250.0), False),
        ("45 pods", Known("count", 45.0, "replicas"), True),
        ("45 zones", Known("count", 45.0, "replicas"), False),
        ("45 pods", Known("count", 45.0), True),  # the user's own number
        ("45 pods", Known("count", 45.0, "other"), False),
        ("45 things", Known("count", 45.0, "replicas"), True),
    ],
)
def test_a_number_holds_at_its_printed_rounding(text: str, known_value: Known, holds: bool) -> None:
    (quantity,) = quantities(text)
    assert supported(quantity, (known_value,)) is holds


def test_the_users_words_and_the_repository_support_a_number_an_assumption_does_not() -> None:
    def supports(origin: str) -> bool:
        fact = Fact("shop", origin, "we have 14 queues, 37 consumers")  # type: ignore[arg-type]
        known = known_numbers(SystemProfile({"system": fact}), Ledger())
        return supported(Quantity("37", 37.0, 0.5, "count"), known)

    assert supports("user")
    assert supports("repository")
    assert not supports("assumption")


def test_hundred_percent_is_no_figure_of_a_bound(
    dossier: Dossier, known: tuple[Known, ...]
) -> None:
    assert "spare_capacity_percent" in dossier.ledger.find("strategy").inputs  # type: ignore[union-attr]
    assert Known("percent", 100.0, "other") not in known
    assert findings(dossier, "availability is 100 %") == ["unsupported_figure"]


def test_the_finding_names_path_and_number(dossier: Dossier) -> None:
    steps = ("Prove it exists", "wait 77 s", "go", "verify")
    rollback = dossier.blueprint.rollback
    assert rollback is not None
    document = dossier.blueprint.model_copy(
        update={"rollback": rollback.model_copy(update={"steps": steps})}
    )
    (finding,) = unsupported(document, dossier.profile, dossier.ledger)
    assert (finding.path, finding.severity) == ("rollback.steps[1]", "error")
    assert finding.message.startswith("77 s ")


def test_a_long_text_is_scanned_in_reasonable_time(known: tuple[Known, ...]) -> None:
    text = "one hundred and " * 3000 + "9" * 5000 + " a-1" * 3000
    assert len(list(quantities(text))) < 10_000
