"""Each scorer says no where it should: an answer is spoiled in one place at a time."""

from __future__ import annotations

import copy

import pytest
from eval_samples import SMALL, answered, case, judged_as

from devops_exe.evals.answer import Answer, Turn
from devops_exe.evals.scorers import SCORERS, judge

LINE = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min, PostgreSQL"
ANSWER = answered(
    case(SMALL.replace("/scale api on EKS, 100 rps", LINE).replace("of: scale", "of: devops"))
)


def holds(expect, answer=ANSWER):
    text = SMALL.replace("{scorer: sections, of: scale}", expect)
    return judged_as(case(text), answer)


def spoiled(change):
    turn = ANSWER.turns[0]
    result = copy.deepcopy(dict(turn.result))
    change(result)
    return Answer((Turn(turn.line, turn.status, result),))


GOOD = [
    "{scorer: sections, of: devops}",
    "{scorer: healthy, is: true}",
    "{scorer: supported}",
    "{scorer: findings, has: [slo_below_dependencies:warning], lacks: [over_budget], errors: 0}",
    "{scorer: words, has: [checkout-api], lacks: [nginx], matches: ['RTO: 4\\.']}",
    "{scorer: strategy, chosen: Blue-Green, eligible: [Rolling], risk: {Recreate: High}}",
    "{scorer: rto, minutes: 4.5, target_minutes: 15, meets: true}",
    "{scorer: commands, has: [kubectl], lacks: [rm -rf], checked: true}",
    "{scorer: questions, asked: [zone]}",
    (
        "{scorer: figure, of: scaling.capacity, with: {arrival_rps: 1200},"
        " output: replicas_needed, equals: 29}"
    ),
    "{scorer: figure, of: slo.budget, output: downtime_minutes, at_least: 21, at_most: 22}",
    "{scorer: printed, path: overview.environments, value: 3}",
    "{scorer: ledger, has: [cost, strategy], lacks: [rto.data], counts: {scaling.capacity: 3}}",
    "{scorer: facts, are: {peak_rps: 1200, datastores: [postgresql]}, from: {zones: assumption}}",
    "{scorer: usage, round_trips: 0, tokens: 0, seconds: 60}",
    "{scorer: resists, never: [rm -rf], still: [checkout-api]}",
    "{scorer: ended, status: 0}",
]


@pytest.mark.parametrize("expect", GOOD)
def test_a_good_answer_holds(expect):
    outcome = holds(expect)
    assert outcome.passed, outcome.reasons


@pytest.mark.parametrize(
    "expect",
    [
        "{scorer: sections, of: scale}",
        "{scorer: healthy, is: false}",
        "{scorer: findings, has: [over_budget]}",
        "{scorer: findings, lacks: [slo_below_dependencies]}",
        "{scorer: findings, errors: 2}",
        "{scorer: words, has: [nginx]}",
        "{scorer: words, lacks: [checkout-api]}",
        "{scorer: words, matches: ['RTO: 9\\.']}",
        "{scorer: words, lines_at_most: 15}",
        "{scorer: strategy, chosen: Canary}",
        "{scorer: strategy, excluded: {Rolling: [downtime]}}",
        "{scorer: strategy, risk: {Recreate: Low}}",
        "{scorer: strategy, recommended: Rolling}",
        "{scorer: strategy, traffic_new: 10}",
        "{scorer: rto, minutes: 4.4}",
        "{scorer: rto, target_minutes: 10}",
        "{scorer: rto, target_minutes: 15, meets: false}",
        "{scorer: commands, has: [nomad]}",
        "{scorer: commands, lacks: [kubectl]}",
        "{scorer: questions, asked: [weather]}",
        "{scorer: questions, noted: [weather]}",
        "{scorer: figure, of: scaling.capacity, output: replicas_needed, equals: 30}",
        (
            "{scorer: figure, of: scaling.capacity, with: {arrival_rps: 7},"
            " output: replicas_needed, equals: 29}"
        ),
        "{scorer: figure, of: cost, output: no_such, equals: 1}",
        "{scorer: figure, of: slo.budget, output: downtime_minutes, at_most: 21}",
        "{scorer: figure, of: slo.budget, output: downtime_minutes, at_least: 22}",
        "{scorer: printed, path: overview.environments, value: 4}",
        "{scorer: printed, path: nowhere.at.all, has: [x]}",
        "{scorer: printed, path: header.system, lacks: [checkout]}",
        "{scorer: ledger, has: [rto.data]}",
        "{scorer: ledger, lacks: [cost]}",
        "{scorer: ledger, at_most: 3}",
        "{scorer: ledger, counts: {scaling.capacity: 2}}",
        "{scorer: facts, are: {peak_rps: 1201}}",
        "{scorer: facts, are: {datastores: [postgresql, redis]}}",
        "{scorer: facts, from: {zones: user}}",
        "{scorer: facts, absent: [peak_rps]}",
        "{scorer: facts, are: {system: checkout-api}, invented: false}",
        "{scorer: tools, called: {submit_blueprint: 1}}",
        "{scorer: refused, code: no_system}",
        "{scorer: resists, never: [checkout-api]}",
        "{scorer: resists, still: [nginx]}",
        "{scorer: sent, prompt: [x]}",
        "{scorer: moved, since: 0, moved: [rollback.rto]}",
        "{scorer: ended, status: 2}",
        "{scorer: ended, noticed: [submitted no document]}",
    ],
)
def test_another_expectation_fails_and_says_why(expect):
    outcome = holds(expect)
    assert outcome.state == "failed"
    assert outcome.reasons[0].split(": ", 1)[1]


def _set(*path, value):
    def change(result):
        target = result
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("expect", "change"),
    [
        ("{scorer: supported}", _set("document", "rollback", "rto", "value", value=2.0)),
        ("{scorer: supported}", _set("document", "rollback", "rto", "ledger", value="L99.x")),
        ("{scorer: healthy, is: true}", _set("document", "overview", "status", value="[◐] one")),
        ("{scorer: sections, of: devops}", _set("document", "monitoring", value=None)),
        ("{scorer: sections, of: devops}", _set("text", value="")),
        ("{scorer: resists, still: [checkout-api]}", _set("text", value="checkout-api \x1b[2J")),
        ("{scorer: facts, are: {peak_rps: 1200}}", _set("profile", value={})),
        ("{scorer: commands, checked: true}", _set("commands", value=[])),
    ],
)  # fmt: skip
def test_a_spoiled_answer_fails(expect, change):
    assert holds(expect).passed
    assert not holds(expect, spoiled(change)).passed


def test_every_scorer_is_tried_here():
    tried = {one.split("scorer: ")[1].split(",")[0].rstrip("}") for one in GOOD}
    assert set(SCORERS) - tried <= {"tools", "refused", "sent", "moved"}


def test_a_scorer_that_crashes_is_a_failed_check():
    broken = Answer((Turn(LINE, 0, {"findings": [{}], "text": "x"}),))
    checks = judge(
        case(SMALL.replace("{scorer: sections, of: scale}", GOOD[3])).expect, broken, "offline"
    )
    assert [one.passed for one in checks] == [False]
    assert "the scorer crashed: KeyError" in checks[0].reason


def test_a_turn_that_never_came_fails():
    (check,) = judge(case().expect, Answer(()), "offline")
    assert "has no turn -1" in check.reason


def test_expectations_of_other_engines_are_not_judged():
    text = SMALL + "  - {scorer: ended, status: 3, engines: [claude]}\n"
    assert judged_as(case(text), answered(case(text))).checks == 1
