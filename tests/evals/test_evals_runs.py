"""Runs: a hang and a death are results, an interrupted run goes on, progress is told."""

from __future__ import annotations

import asyncio
import io
import sys

import pytest
from eval_samples import SMALL

from devops_exe.evals.loading import read_cases
from devops_exe.evals.playing import Play
from devops_exe.evals.pool import Here, Worker
from devops_exe.evals.progress import Progress
from devops_exe.evals.runner import Run, jobs_of, run
from devops_exe.evals.state import State, run_key
from devops_exe.evals.trial import Outcome, Trial

WILD = """
import os, sys, time
from devops_exe.evals import worker

def outcome_of(case, how, repeat, runner, real=worker.outcome_of):
    if case.id == "hangs":
        time.sleep(60)
    if case.id == "dies":
        os._exit(9)
    if case.id == "shouts":
        print("not a line of the protocol")
    return real(case, how, repeat, runner)

worker.outcome_of = outcome_of
worker.serve()
"""


@pytest.fixture
def cases(tmp_path):
    def make(*names):
        for name in names:
            text = SMALL.replace("id: small", f"id: {name}")
            (tmp_path / f"{name}.yaml").write_text(text)
        return read_cases(tmp_path)

    return make


def jobs(cases, repeat=1):
    return jobs_of(cases, {"offline": Play("offline")}, repeat)


@pytest.mark.slow
def test_a_case_that_hangs_or_dies_is_a_result_and_the_run_goes_on(cases, tmp_path):
    script = tmp_path / "wild.py"
    script.write_text(WILD)
    four = cases("aaa", "dies", "hangs", "shouts", "zzz")
    # the worker is warm after the first trial, so the limit below is a trial's own
    worker = Worker([sys.executable, str(script)], start_seconds=0)
    first = asyncio.run(run(jobs(four[:2]), [Worker([sys.executable, str(script)])], seconds=20))
    assert [one.state for one in first.outcomes] == ["passed", "died"]
    assert "ended with 9" in first.outcomes[1].reasons[0]
    rest = asyncio.run(run(jobs(four[2:]), [worker], seconds=4))
    assert [one.state for one in rest.outcomes] == ["timeout", "passed", "passed"]
    assert rest.outcomes[0].reasons == ("no answer within 4 s",)


def test_a_crash_of_the_product_is_a_result(cases, monkeypatch):
    from devops_exe.agent import session

    async def broken(*_):
        raise ZeroDivisionError("by zero")
        yield

    monkeypatch.setattr(session.Session, "answer", broken)
    result = asyncio.run(run(jobs(cases("one", "two")), [Here()]))
    assert [one.state for one in result.outcomes] == ["error", "error"]
    assert result.outcomes[0].reasons == ("ZeroDivisionError: by zero",)


class Stops(Here):
    """Plays so many trials, and is then interrupted."""

    def __init__(self, after):
        self.after, self.played = after, []

    async def play(self, case, how, repeat, seconds):
        if len(self.played) == self.after:
            raise KeyboardInterrupt
        self.played.append((case.id, repeat))
        return Outcome(Trial(case.id, how.engine, repeat), "passed")


def test_an_interrupted_run_goes_on_where_it_stopped(cases, tmp_path):
    three = cases("one", "three", "two")
    path = tmp_path / "state" / "run.jsonl"
    first = Stops(4)
    state = State(path)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run(jobs(three, 2), [first], state))
    state.close(finished=False)
    with path.open("a") as file:
        file.write('{"case": "two", "eng')  # killed in the middle of a line
    again, state, told = Stops(99), State(path), io.StringIO()
    progress = Progress(told, live=False, quiet=False)
    result = asyncio.run(run(jobs(three, 2), [again], state, progress))
    state.close(finished=True)
    assert first.played + again.played == [
        (name, repeat) for name in ("one", "three", "two") for repeat in (0, 1)
    ]
    assert [one.trial for one in result.outcomes] == [job.trial for job in jobs(three, 2)]
    assert "going on with 4 of 6 trials done before" in told.getvalue()
    assert not path.exists()


def test_fresh_begins_anew(cases, tmp_path):
    path = tmp_path / "run.jsonl"
    state = State(path)
    state.keep(Outcome(Trial("one", "offline"), "failed"))
    state.close(finished=False)
    assert len(State(path).done) == 1
    assert State(path, fresh=True).done == {}


def test_another_product_is_another_run(monkeypatch):
    from devops_exe.evals import state

    before = run_key(["a", "b"])
    assert before == run_key(["a", "b"])
    assert before != run_key(["a", "c"])
    monkeypatch.setattr(state, "_sources", lambda: "changed")
    assert before != run_key(["a", "b"])


def test_several_players_play_each_trial_once(cases):
    players = [Stops(99) for _ in range(3)]
    result = asyncio.run(run(jobs(cases("one", "two", "three"), 4), players))
    played = [trial for player in players for trial in player.played]
    assert sorted(played) == sorted((one.trial.case, one.trial.repeat) for one in result.outcomes)
    assert len(played) == 12


def test_progress_tells_rate_and_time_left():
    progress = Progress(io.StringIO(), live=True, quiet=False)
    result = Run([None] * 8)  # type: ignore[list-item]
    result.outcomes = [Outcome(Trial("a", "offline"), "passed")] * 3
    result.outcomes += [Outcome(Trial("b", "offline"), "failed")]
    assert progress.line(result, 10.0) == "eval 4/8 · 75 % passed · about 10 s left"


def test_failures_are_told_as_they_happen_and_cleaned():
    told = io.StringIO()
    progress = Progress(told, live=False, quiet=True)
    lost = Outcome(Trial("b", "offline", 1), "failed", ("words[0]: no \x1b[31m",))
    progress(Run([None], [lost]), lost)  # type: ignore[list-item]
    assert told.getvalue().startswith("✗ b@offline #2 failed: words[0]: no ")
    assert "\x1b" not in told.getvalue()
