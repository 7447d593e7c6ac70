"""What sentences say: exactly these facts, these leftovers, these refusals."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.requirements import LONGEST, check_strategy_word, read_words
from devops_exe.ground.errors import UserError

sys.path.insert(0, str(Path(__file__).parent))
from requirement_sentences import LINES, REFUSED, SENTENCES, UNUSED


@pytest.mark.parametrize(("sentence", "facts"), SENTENCES + LINES)
def test_sentence_says_exactly(sentence: str, facts: dict[str, Any]) -> None:
    profile = read_words(sentence)
    assert {name: fact.value for name, fact in profile} == facts


@pytest.mark.parametrize(("sentence", "unused"), UNUSED, ids=[s for s, _ in UNUSED])
def test_leftovers_are_listed(sentence: str, unused: tuple[str, ...]) -> None:
    assert read_words(sentence).unused == unused


@pytest.mark.parametrize(("sentence", "where"), REFUSED, ids=[s for s, _ in REFUSED])
def test_senseless_values_are_refused_with_the_words(sentence: str, where: str) -> None:
    with pytest.raises(UserError) as refusal:
        read_words(sentence)
    assert refusal.value.where == where
    assert refusal.value.code == "bad_input"
    assert refusal.value.fix


def test_every_fact_is_the_users_and_quotes_words_of_the_line() -> None:
    line = "checkout-api on EKS, 1200 rps, p99 250 ms, 99.95 %, Postgres, hourly backups"
    for _, fact in read_words(line):
        assert fact.origin == "user"
        assert fact.where in line


def test_where_is_the_words_that_said_it() -> None:
    profile = read_words("checkout-api on EKS, peak of 1.2k req/s, three nines over 28 days")
    assert profile.facts["peak_rps"].where == "peak of 1.2k req/s"
    assert profile.facts["slo_percent"].where == "three nines"
    assert profile.facts["orchestrator"].where == "EKS"


def test_later_words_win_and_the_earlier_are_kept_as_a_conflict() -> None:
    profile = read_words("1200 rps, no, 1500 rps")
    assert profile.value("peak_rps") == 1500
    assert [(c.field, c.lost.value) for c in profile.conflicts] == [("peak_rps", 1200)]


def test_saying_it_twice_is_no_conflict() -> None:
    assert read_words("EKS on AWS, Kubernetes, 3 zones, 3 AZs").conflicts == ()


@pytest.mark.parametrize(
    "line", ["zero downtime with recreate", "min 10 max 5", "99.999 % on one zone"]
)
def test_contradictions_stay_in_the_profile_for_the_validator(line: str) -> None:
    assert len(dict(read_words(line))) == 2


def test_mended_spelling_is_said() -> None:
    assert read_words("cannary on EKS").notes == ("'cannary' is read as 'canary'",)


@pytest.mark.parametrize(
    "word",
    [
        "canal",
        "cannery",
        "polling",
        "carry",
        "lamb",
        "reasons",
        "station",
        "sessions",
        "stationery",
        "kaftan",
        "mountain",
        "minister",
        "redesign",
        "regional",
        "latent",
        "bucket",
        "gadget",
        "passions",
        "average's",
        "checkout",
    ],
)
def test_ordinary_words_are_left_alone(word: str) -> None:
    assert not [n for n in read_words(f"the {word} thing, 5 rps").notes if "read as" in n]


def test_numbers_without_unit_are_read_with_a_note() -> None:
    assert "read as minutes" in read_words("RTO 15").notes[0]
    assert "read as milliseconds" in read_words("p99 250").notes[0]
    assert "a month's" in read_words("budget $500").notes[0]


def test_chat_takes_no_name_from_ordinary_words() -> None:
    assert "system" not in read_words("sounds reasonable, 1200 rps", chat=True)
    assert read_words("a plan for checkout-api", chat=True).value("system") == "checkout-api"
    assert read_words("it is called ledger", chat=True).value("system") == "ledger"


def test_a_megabyte_is_cut_and_said_so() -> None:
    started = time.process_time()
    profile = read_words("1200 rps, " * 100_000)
    assert time.process_time() - started < 2
    assert profile.value("peak_rps") == 1200
    assert "of 1,000,000 characters were read" in profile.notes[-1] + profile.notes[0]


@pytest.mark.parametrize(
    "piece", ["a-", "1,", "per a ", "9 s ", "a b/", "min max ", "depends on a, ", "(", "10 % "]
)
def test_hostile_repetition_costs_no_more_than_its_length(piece: str) -> None:
    started = time.process_time()
    read_words(piece * (LONGEST // len(piece)))
    assert time.process_time() - started < 3


def test_control_characters_steer_nothing() -> None:
    profile = read_words("check\x1b[31mout\u202e-api on EKS,\x00 1200 rps")
    assert profile.value("system") == "checkout-api"
    assert profile.value("peak_rps") == 1200


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        wheres = [fact.where for _, fact in read_words(text)]
    except UserError as error:
        wheres = [error.where, error.fix]
    assert all(wheres)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from([s for s, f in SENTENCES if f and "\n" not in s and "," not in s]),
        min_size=1,
        max_size=5,
    )
)
def test_reading_is_the_same_twice(parts: list[str]) -> None:
    line = ", ".join(parts)
    assert read_words(line) == read_words(line)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**5), st.integers(1, 600))
def test_numbers_come_through_exactly(rate: int, latency: int, recovery: int) -> None:
    profile = read_words(f"svc-a on EKS, {rate:,} rps, p99 {latency} ms, RTO {recovery} min")
    assert profile.value("peak_rps") == rate
    assert profile.value("p99_ms") == latency
    assert profile.value("rto_minutes") == recovery


@pytest.mark.parametrize(
    "words",
    [
        "", "canary", "cannary", "blue/green", "rolling update", "A/B testing", "recreate",
        "strategy: canary", "checkout-api", "checkout-api on EKS, 1200 rps", "shadow-mapper on EKS",
        "the best strategy", "which strategy", "ring-service, 20 rps", "bluegren for shop",
        "deploy bluegren", "cannarry for shop", "roling", "recreat", "v1.2.3 for shop",
        "api for shop", "billing for production", "checkout-api for shop", "plan for shop",
        "update for shop", "dockerfile for shop",
    ],
)  # fmt: skip
def test_the_five_strategies_and_no_strategy_pass(words: str) -> None:
    check_strategy_word(words)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("shadow", "Canary"), ("strategy: ramped", "Rolling"), ("ramped", "Rolling"),
        ("big bang", "Recreate"), ("shadow deployment", "Canary"), ("dark launch", "A/B Testing"),
        ("strategy shadow", "Canary"), ("in-place", "Recreate"), ("shadow, 1200 rps", "Canary"),
        ("use the mirrored strategy", "Canary"), ("frobnicate for shop", "Recreate"),
    ],
)  # fmt: skip
def test_a_sixth_strategy_is_refused_with_the_five(words: str, meant: str) -> None:
    with pytest.raises(UserError) as refusal:
        check_strategy_word(words)
    assert "Blue-Green, Canary, Rolling, Recreate, A/B Testing" in refusal.value.fix
    assert f"did you mean {meant}?" in refusal.value.fix


def test_an_unknown_word_in_the_place_of_a_strategy_is_refused() -> None:
    for words in ("deploy zigzag for shop", "zigzag for shop", "zigzag strategy"):
        with pytest.raises(UserError, match="'zigzag' is not one of the five"):
            check_strategy_word(words)


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("checkout-api and billing-api on EKS", "checkout-api, billing-api"),
        ("checkout-api, billing-api and cart-service on EKS", "billing-api, cart-service"),
        ("checkout and billing on EKS", "checkout, billing"),
        ("checkout-api on EKS and billing-api on ECS", "checkout-api, billing-api"),
        ("shop and its database on EKS", ""),
        ("shop and postgres on EKS", ""),
        ("search and rescue app on EKS", ""),
        ("checkout-api on EKS, depends on payments-api and auth-api", ""),
        ("users-api on EKS, canary and blue-green", ""),
    ],
)
def test_several_systems_in_one_line_are_asked_about(line: str, others: str) -> None:
    asked = [note for note in read_words(line).notes if note.endswith("which one is meant?")]
    assert len(asked) == bool(others)
    assert not others or others in asked[0]


def test_a_question_of_the_reading_is_the_first_open_question() -> None:
    from devops_exe.blueprint.compose import compose

    profile = read_words("checkout-api and billing-api on EKS")
    found = compose("devops", profile, "2026-01-01T00:00:00+00:00")
    assert found.questions[0].endswith("which one is meant?")
    assert len(found.questions) <= 5
    assert not any(note.endswith("?") for note in found.notes)
