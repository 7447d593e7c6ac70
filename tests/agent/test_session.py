"""The way of one request: which system is meant, what is current, what moves."""

from __future__ import annotations

import pytest

from devops_exe.agent.request import request_of
from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.assess.requirements import read_words
from devops_exe.assess.words.plain_name import plain_name
from devops_exe.ground.errors import UserError


def drive(events):
    """The events of an answer that never waits."""
    found = []
    while True:
        try:
            step = events.__anext__()
            step.send(None)
        except StopIteration as done:
            found.append(done.value)
        except StopAsyncIteration:
            return found


def session(**more):
    return Session(OfflineWriter(), clock=lambda: "2026-11-24T12:00:00+00:00", **more)


def told(lines, **more):
    live = session(**more)
    for line in lines:
        drive(live.answer(line))
    return live


@pytest.mark.parametrize(
    ("line", "kind", "arguments"),
    [
        ("/devops shop on EKS", "devops", "shop on EKS"),
        ("/devops  pipeline  shop ", "pipeline", "shop"),
        ("/DEVOPS Deploy canary", "deploy", "canary"),
        ("/rollback v1", "rollback", "v1"),
        ("/scale", "scale", ""),
        ("/devops -- pipeline", "devops", "pipeline"),
        ("hello $(id) {x}", "chat", "hello $(id) {x}"),
        ("/devops pipelines of mine", "devops", "pipelines of mine"),
    ],
)
def test_a_line_is_a_request(line, kind, arguments):
    request = request_of(line)
    assert request is not None
    assert (request.kind, request.arguments) == (kind, arguments)


@pytest.mark.parametrize(
    "line", ["", "  ", "x" * 100_001, "/devops pipline shop", "/devops sclae x"]
)
def test_a_line_that_is_none(line):
    with pytest.raises(UserError):
        request_of(line)


def test_a_session_command_is_no_request():
    assert request_of("/why RTO") is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("x on EKS", "x"),
        ("my cool app", "cool app"),
        ("for the ledger, 10 rps", "ledger"),
        ("1200 rps", None),
        ("Kafka", None),
        ("help me", None),
        ("one two three four five", None),
    ],
)
def test_first_words_name_the_system(words, name):
    facts = read_words(words)
    fact = plain_name(words, facts)
    assert (facts.text("system") or (fact and fact.value)) == name


@pytest.mark.parametrize("line", ["/devops", "/pipeline", "/deploy canary", "/rollback v1.2.3"])
def test_without_a_system_it_is_bad_input(line):
    live = session()
    with pytest.raises(UserError, match="no system"):
        drive(live.answer(line))
    assert not live.dossiers


def test_a_part_takes_the_current_system():
    live = told(["/devops shop on GKE, 300 rps, 99.95 %", "/pipeline", "/scale 900 rps"])
    first, second, third = live.dossiers
    assert second.blueprint.header.system == "shop"
    assert second.ledger.as_json() == first.ledger.as_json()
    assert second.blueprint.overview is None
    assert third.profile.value("peak_rps") == 900
    assert third.profile.value("slo_percent") == 99.95


def test_the_same_name_is_the_same_system_and_another_is_not():
    live = told(["/devops shop on GKE, 300 rps", "/deploy shop", "/devops crm on ECS"])
    assert live.dossiers[1].profile.value("peak_rps") == 300
    assert live.dossiers[2].profile.get("peak_rps").origin == "assumption"
    assert live.stated.text("platform") == "AWS ECS"


def test_a_follow_up_changes_the_plan_and_says_what_moved():
    live = told(["/devops shop on EKS, 1200 rps, one pod does 60 rps", "and with 3,000 rps?"])
    assert live.results[-1].text.startswith("shop with peak_rps 3,000:")
    assert "replicas at peak: 45 → 108" in live.results[-1].text
    assert live.current.plan.topology.replicas == 108


def test_a_question_about_a_strategy_is_answered_from_the_ledger():
    live = told(["/devops shop on EKS, 1200 rps, 99.9 %", "why not recreate?"])
    risk = live.current.plan.entry("risk")
    text = live.results[-1].text
    assert risk.id in text
    assert "Recreate is eligible and spends 3.2 %" in text
    assert len(live.dossiers) == 1


def test_what_rules_do_not_understand_changes_nothing():
    live = told(["/devops shop on EKS, 1200 rps", "tell me a joke"])
    assert "not a language model" in live.results[-1].text
    assert len(live.dossiers) == 1


def test_an_empty_repository_says_so(tmp_path):
    live = told(["/devops shop on EKS"], repository=tmp_path)
    assert any("says nothing" in note for note in live.current.notes)
    with pytest.raises(UserError, match="says nothing"):
        drive(session(repository=tmp_path).answer("/devops"))


def test_words_win_over_the_repository_and_the_loser_is_shown(tmp_path):
    (tmp_path / "requirements.txt").write_text("fastapi==0.115\n")
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nEXPOSE 8000\n")
    live = told(["/devops shop on EKS, port 9000"], repository=tmp_path)
    assert live.current.profile.value("port") == 9000
    assert any(note.startswith("port: 9000") for note in live.current.notes)
    assert live.current.profile.value("framework") == "fastapi"


def test_the_same_request_has_the_same_bytes():
    line = "/devops shop on EKS, 1200 rps, p99 250 ms, 99.95 %, canary, RTO 15 min"
    one, two = told([line]), told([line])
    a, b = one.results[-1].as_json(), two.results[-1].as_json()
    for result in (a, b):
        result["usage"] = None
    assert a == b


def test_a_wrong_strategy_word_names_the_five():
    with pytest.raises(UserError, match="five strategies"):
        drive(session().answer("/deploy shadow for shop on EKS"))


def test_a_supposition_shows_what_would_move_and_keeps_the_document():
    live = told(["/devops shop on EKS, 1200 rps, one pod does 60 rps", "what if peak 3,000 rps?"])
    text = live.results[-1].text
    assert "replicas at peak: 45 → 108" in text
    assert "stays as it is" in text
    assert len(live.dossiers) == 1
    assert live.stated.value("peak_rps") == 1200


@pytest.mark.parametrize(
    "line", ["why 6 replicas?", "how many replicas at 99.99 %?", "is 3 zones enough?"]
)
def test_a_question_changes_nothing(line):
    live = told(["/devops shop on EKS, 1200 rps", line])
    assert len(live.dossiers) == 1
