"""Engines of the evals: scripts, recordings, the loopback, and pydantic-evals where it is."""

from __future__ import annotations

import json
import sys

import pytest
from eval_samples import SMALL, answered, case, judged_as

from devops_exe.evals.recording import Replay, differing, parts_of, read
from devops_exe.evals.scripts import SCRIPTS
from devops_exe.evals.service import Response
from devops_exe.ground.errors import EngineError, UserError


def scripted(script, line="/scale api on EKS, 100 rps", more=""):
    return case(SMALL.replace("/scale api on EKS, 100 rps", line) + f"script: {script}\n{more}")


@pytest.mark.parametrize("script", SCRIPTS)
def test_whatever_a_model_does_the_document_is_whole_and_its_figures_the_plans(script):
    line = "/devops api on EKS, 100 rps"
    turn = answered(scripted(script, line), "scripted").turns[0]
    plain = answered(case(SMALL.replace("/scale api on EKS, 100 rps", line))).turns[0]
    assert turn.result["ledger"] == plain.result["ledger"]
    assert turn.document["rollback"]["rto"] == plain.document["rollback"]["rto"]
    assert turn.requests
    assert turn.seconds > 0


def test_an_answer_crosses_the_pipe_unchanged():
    from devops_exe.evals.answer import Answer

    answer = answered(scripted("repairs"), "scripted")
    assert Answer.from_json(json.loads(json.dumps(answer.as_json()))) == answer


def test_a_recording_is_kept_and_replayed_byte_for_byte(tmp_path):
    one = scripted("obedient", more="recording: one\n")
    first = answered(one, "recorded", tmp_path, record=True)
    assert first.problem == ""
    again = answered(one, "recorded", tmp_path)
    assert again.problem == ""
    assert again.turns[0].text == first.turns[0].text
    assert judged_as(one, again, "recorded").passed
    other = scripted("obedient", "/scale api on EKS, 101 rps", more="recording: one\n")
    problem = answered(other, "recorded", tmp_path).problem
    assert "request 1 differs from the recorded one: prompt of message 1" in problem
    assert "eval --record small" in problem
    assert not judged_as(other, answered(other, "recorded", tmp_path), "recorded").passed
    assert answered(other, "recorded", tmp_path, record=True).problem == ""
    assert answered(other, "recorded", tmp_path).problem == ""


def test_requests_more_and_fewer_than_recorded():
    stored = Replay([], anew=True, service=lambda _: Response(200, "text/plain", b"x"))
    stored.answer(b'{"messages": []}')
    replay = Replay(stored.taken)
    replay.finish()
    assert replay.problems == ["1 recorded requests were never sent"]
    replay = Replay(stored.taken)
    assert replay.answer(b'{"messages": []}').body == b"x"
    assert replay.answer(b'{"messages": []}').status == 400
    assert replay.problems == ["request 2 was never recorded"]


def test_the_parts_of_a_request_have_names():
    def request(**changes):
        whole = {
            "model": "m",
            "system": [{"type": "text", "text": "persona"}],
            "tools": [{"name": "slo"}, {"name": "rto"}],
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "do it"},
                    {"type": "text", "text": "<ledger>\n[]"},
                ]},
            ],
        }  # fmt: skip
        return parts_of(json.dumps({**whole, **changes}).encode())

    before = request()
    assert list(before) == [
        "model", "system text (persona and rules)", "tool slo", "tool rto",
        "prompt of message 1", "ledger of message 1",
    ]  # fmt: skip
    assert differing(before, request(system=[])) == ["system text (persona and rules)"]
    assert differing(before, request(tools=[{"name": "slo"}])) == ["tool rto is gone"]
    assert list(parts_of(b"no json")) == ["body"]


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "devops-exe-recording/9"}'])
def test_a_recording_that_is_none(tmp_path, text):
    path = tmp_path / "one.json"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        read(path)
    assert "--record" in caught.value.line()


def test_a_recording_that_is_not_there_is_told(tmp_path):
    one = scripted("obedient", more="recording: one\n")
    with pytest.raises(UserError, match="there is no such recording"):
        answered(one, "recorded", tmp_path)


def test_pydantic_evals_is_asked_for_late_and_its_absence_is_one_line(monkeypatch):
    from devops_exe.evals import dataset

    monkeypatch.setitem(sys.modules, "pydantic_evals", None)
    with pytest.raises(EngineError) as caught:
        dataset.load("pydantic_evals")
    assert "pip install 'devops-exe[evals]'" in caught.value.line()


def test_pydantic_evals_runs_the_same_cases():
    pytest.importorskip("pydantic_evals")
    from devops_exe.evals.dataset import dataset
    from devops_exe.evals.playing import Play

    found, task = dataset([case()], Play("offline"))
    report = found.evaluate_sync(task, progress=False)
    assert [one.value for one in report.cases[0].assertions.values()] == [True]
