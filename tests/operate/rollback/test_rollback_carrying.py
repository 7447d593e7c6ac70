"""Carrying a rollback out: the right commands in order, a stop at the first disagreement."""

from __future__ import annotations

import dataclasses
import json
import shlex

import pytest
from rollback_stage import GREAT, Rule, World, case_plan, dossier_for, no_clients, rules_of

from devops_exe.ground.errors import UserError
from devops_exe.operate.rollback.carrying import Outcome, carry_out
from devops_exe.operate.rollback.commandline import invocations_of
from devops_exe.operate.rollback.journal import Journal, lines_of
from devops_exe.operate.rollback.model import RollbackPlan, invocations
from devops_exe.operate.rollback.planning import plan_of
from devops_exe.operate.rollback.telling import outcome_lines


def carried(
    plan: RollbackPlan, world: World, folder, *, resume: bool = False, tell=None
) -> Outcome:
    with Journal.open(plan.id, resume=resume, folder=folder) as journal:
        return carry_out(plan, world.hands(), journal, tell or (lambda *said: None))


@pytest.mark.parametrize("case", GREAT)
def test_a_rollback_that_goes_well_does_every_step_and_says_so(case: str, tmp_path) -> None:
    plan, world = case_plan(case), World(rules_of(case))
    outcome = carried(plan, world, tmp_path)
    assert (outcome.stopped, outcome.why) == (None, "")
    assert outcome.done == tuple(step.number for step in plan.steps)
    assert world.acted
    assert f"is back on {plan.version}" in outcome_lines(outcome)


@pytest.mark.parametrize("case", GREAT)
def test_what_runs_is_what_the_document_prints_in_its_order(case: str, tmp_path) -> None:
    plan, world = case_plan(case), World(rules_of(case))
    carried(plan, world, tmp_path)
    printed = [
        invocation
        for command in dossier_for(GREAT[case][0]).commands
        for invocation in invocations_of(command.command)
    ]
    ran = [one for one in world.asked if one.given or "get replicasets" not in " ".join(one.argv)]
    position = 0
    for invocation in printed:
        # words in capitals are filled, arguments may follow: every other word is the same
        wanted = [word for word in invocation.argv if not any(c.isupper() for c in word)]
        while True:
            assert position < len(ran), f"{shlex.join(invocation.argv)} was not run in its turn"
            found = ran[position]
            position += 1
            if found.argv[0] == invocation.argv[0] and set(wanted) <= set(found.argv):
                assert found.given == invocation.given
                assert found.environment == invocation.environment
                break


@pytest.mark.parametrize("case", GREAT)
def test_each_command_that_fails_stops_at_its_step_and_nothing_runs_after_it(
    case, tmp_path
) -> None:
    plan = case_plan(case)
    own = {step.number: step.invocation for step in plan.steps}
    good = World(rules_of(case))
    carried(plan, good, tmp_path / "good")
    assert len(good.asked) >= len(own)
    for number in range(len(good.asked)):
        world = World(rules_of(case))
        broken = _FailsAt(world, number)
        folder = tmp_path / str(number)
        with Journal.open(plan.id, resume=False, folder=folder) as journal:
            outcome = carry_out(plan, broken.hands(), journal, lambda *said: None)
        assert outcome.stopped is not None, good.lines[number]
        assert "status 3" in outcome.why or "refused by the fake" in outcome.why
        failed = good.asked[number].argv
        mine = [one.argv[0] for one in invocations(outcome.stopped)]
        assert failed[0] in mine
        later = [step.number for step in plan.steps if step.number > outcome.stopped.number]
        assert not set(later) & set(outcome.done)
        told = outcome_lines(outcome)
        assert f"stopped at step {outcome.stopped.number} of" in told
        assert "--resume" in told
        if not outcome.acted:
            assert "Nothing has been changed" in told


class _FailsAt(World):
    """Every command from the one at ``number`` on fails in the same way."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world.rules)
        self.number = number

    def run(self, invocation):
        from devops_exe.operate.rollback.running import Ran

        if len(self.asked) >= self.number:
            self.asked.append(invocation)
            return Ran(3, "", "refused by the fake")
        return super().run(invocation)


def test_the_version_is_looked_for_before_anything_is_changed(tmp_path) -> None:
    rules = tuple(r for r in rules_of("kubernetes rolling") if not r.begins.endswith("replicasets"))
    gone = {"items": []}
    world = World((Rule("kubectl get replicasets", gone), *rules))
    outcome = carried(case_plan("kubernetes rolling"), world, tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.number == 1
    assert "no revision of checkout-api v1.4.2 is there" in outcome.why
    assert not world.acted
    assert "Nothing has been changed" in outcome_lines(outcome)


def test_the_undo_names_the_revision_that_runs_the_version_not_the_previous_one(tmp_path) -> None:
    world = World(rules_of("kubernetes rolling"))
    outcome = carried(case_plan("kubernetes rolling"), world, tmp_path)
    assert outcome.kept == {"revision": "9"}
    assert "kubectl rollout undo deployment/checkout-api --to-revision=9" in world.lines


def test_an_image_that_is_gone_stops_at_step_two(tmp_path) -> None:
    rules = (Rule("aws ecr describe-images", {"imageDetails": []}), *rules_of("kubernetes rolling"))
    outcome = carried(case_plan("kubernetes rolling"), World(rules), tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.number == 2


def test_a_canary_whose_stable_version_is_another_is_not_aborted(tmp_path) -> None:
    stable = {
        "kind": "Rollout",
        "metadata": {"name": "checkout-api"},
        "status": {"stableRS": "hash11"},
    }
    items = json.loads(json.dumps(rules_of("kubernetes canary")[1].out))["items"]
    found = {"items": [stable, *items[1:]]}
    rules = (
        Rule("kubectl get rollouts.argoproj.io,replicasets.apps", found),
        *rules_of("kubernetes canary"),
    )
    world = World(rules)
    outcome = carried(case_plan("kubernetes canary"), world, tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.number == 1
    assert not any("abort" in line for line in world.lines)


def test_a_check_is_asked_again_until_it_agrees_or_its_time_is_over(tmp_path) -> None:
    slow = [{"items": [{"endpoints": [{"conditions": {"ready": False}}]}]}] * 3

    class Slow(World):
        def run(self, invocation):
            ran = super().run(invocation)
            if "endpointslices" in invocation.shown() and "json" in invocation.shown() and slow:
                return dataclasses.replace(ran, output=json.dumps(slow.pop()))
            return ran

    said: list[str] = []
    world = Slow(rules_of("kubernetes rolling"))
    outcome = carried(
        case_plan("kubernetes rolling"), world, tmp_path, tell=lambda *one: said.append(one[0])
    )
    assert outcome.stopped is None
    assert world.clock == pytest.approx(6.0)
    assert said.count("waits") == 1
    never = World(
        (Rule("kubectl get endpointslices", {"items": []}), *rules_of("kubernetes rolling"))
    )
    outcome = carried(case_plan("kubernetes rolling"), never, tmp_path / "never")
    assert outcome.stopped is not None
    assert outcome.stopped.title == "verify"
    assert 180 <= never.clock <= 184


def test_a_client_that_points_elsewhere_by_now_stops_before_the_first_act(tmp_path) -> None:
    world = World(rules_of("kubernetes rolling"), pointing=(("kubernetes context", "other"),))
    outcome = carried(case_plan("kubernetes rolling"), world, tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.title == "freeze the pipeline"
    assert "kubernetes context" in outcome.why


def test_a_step_by_hand_that_nobody_did_stops(tmp_path) -> None:
    from rollback_stage import plan_for, say

    plan = plan_for(say("EKS", "rolling", ci=""))
    assert plan.steps[2].kind == "by hand"
    world = World(rules_of("kubernetes rolling"), by_hand=False)
    outcome = carried(plan, world, tmp_path)
    assert outcome.stopped == plan.steps[2]
    assert not world.acted
    world.by_hand = True
    assert carried(plan, world, tmp_path, resume=True).stopped is None


def test_the_way_back_is_told_with_what_was_in_force_before(tmp_path) -> None:
    sick = {"TargetHealthDescriptions": [{"TargetHealth": {"State": "unhealthy"}}]}
    rules = (Rule("aws elbv2 describe-target-health", sick), *rules_of("ecs rolling"))
    outcome = carried(case_plan("ecs rolling"), World(rules), tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.title == "verify"
    told = outcome_lines(outcome)
    was = "arn:aws:ecs:eu-west-1:1:task-definition/checkout-api:42"
    assert f"--service checkout-api --task-definition {was}" in told
    assert told.index("back, step 4") < told.index("back, step 3")
    assert "gh workflow enable deploy.yml" in told


RATIO = "promtool query instant -o json http://prometheus.example:9090"


@pytest.mark.parametrize(
    ("output", "done"),
    [
        ('[{"metric":{},"value":[1764000000,"0.001"]}]', True),
        ('[{"metric":{},"value":[1764000000,"0"]}]', True),
        ('[{"metric":{},"value":[1764000000,"0.5"]}]', False),
        ('[{"metric":{},"value":[1764000000,"NaN"]}]', False),
        ("[]", False),
    ],
)
def test_a_prometheus_that_is_named_tells_the_error_ratio(output, done, tmp_path) -> None:
    url = "http://prometheus.example:9090/"
    plan = plan_of(dossier_for(GREAT["kubernetes rolling"][0]), point=no_clients, prometheus=url)
    assert plan.id != case_plan("kubernetes rolling").id
    assert plan.steps[-1].number == 6
    assert not any("error ratio" in what for what in plan.open)
    world = World((Rule(RATIO, output), *rules_of("kubernetes rolling")))
    outcome = carried(plan, world, tmp_path)
    assert (outcome.stopped is None) == done
    if not done:
        assert "below '0.0144'" in outcome.why or "nothing there" in outcome.why
        assert world.clock >= 300  # the alert's short window passes first


@pytest.mark.parametrize(
    "url", ["prometheus", "ftp://x", "http://", "http://me:pw@x:9090", "http://[::1"]
)
def test_an_address_of_a_prometheus_is_one_and_holds_no_password(url: str) -> None:
    with pytest.raises(UserError) as refused:
        plan_of(dossier_for(GREAT["kubernetes rolling"][0]), point=no_clients, prometheus=url)
    assert "pw" not in refused.value.line()


# ── resuming ─────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    pass


class _DiesAt(World):
    def __init__(self, rules: tuple[Rule, ...], words: str, *, after: bool) -> None:
        super().__init__(rules)
        self.words, self.after = words, after

    def run(self, invocation):
        if self.words in invocation.shown():
            if self.after:
                super().run(invocation)
            raise Killed
        return super().run(invocation)


@pytest.mark.parametrize("after", [True, False])
def test_a_step_begun_and_not_finished_is_looked_at_before_it_runs_again(
    after: bool, tmp_path
) -> None:
    plan = case_plan("kubernetes rolling")
    dying = _DiesAt(rules_of("kubernetes rolling"), "rollout undo", after=after)
    with pytest.raises(Killed):
        carried(plan, dying, tmp_path)
    world = World(rules_of("kubernetes rolling"), acted=dying.acted)
    outcome = carried(plan, world, tmp_path, resume=True)
    assert outcome.stopped is None
    assert world.lines[0].startswith("kubectl rollout status")
    undone = [line for line in world.lines if "rollout undo" in line]
    assert len(undone) == (0 if after else 1)
    assert not any("replicasets" in line or "workflow disable" in line for line in world.lines)


def test_a_swap_that_may_have_happened_is_never_run_again_unseen(tmp_path) -> None:
    plan = case_plan("app service blue-green")
    dying = _DiesAt(rules_of("app service blue-green"), "slot swap", after=False)
    with pytest.raises(Killed):
        carried(plan, dying, tmp_path)
    world = World(rules_of("app service blue-green"))
    outcome = carried(plan, world, tmp_path, resume=True)
    assert outcome.stopped is not None
    assert "would do something else" in outcome.why
    assert not any("slot swap" in line for line in world.lines)
    world.acted = True  # somebody swapped by hand
    assert carried(plan, world, tmp_path, resume=True).stopped is None


def test_a_kill_after_any_command_is_gone_on_from(tmp_path) -> None:
    plan = case_plan("kubernetes rolling")
    good = World(rules_of("kubernetes rolling"))
    carried(plan, good, tmp_path / "good")
    for number in range(len(good.asked)):
        folder = tmp_path / str(number)

        class Dying(World):
            def run(self, invocation, number=number):
                ran = super().run(invocation)
                if len(self.asked) > number:
                    raise Killed
                return ran

        dying = Dying(rules_of("kubernetes rolling"))
        with pytest.raises(Killed):
            carried(plan, dying, folder)
        again = World(rules_of("kubernetes rolling"), acted=dying.acted)
        outcome = carried(plan, again, folder, resume=True)
        assert outcome.stopped is None, number
        acts = [line for line in (*dying.lines, *again.lines) if "rollout undo" in line]
        assert len(acts) == 1, number


# ── what is written ──────────────────────────────────────────────────────────────────────────


def test_no_secret_and_no_escape_reaches_journal_or_screen(tmp_path) -> None:
    token = "ghp_" + "a1B2" * 9
    rules = (
        Rule("gh workflow disable", "", status=1, err=f"\x1b]0;owned\x07bad token {token}\u202e"),
        *rules_of("kubernetes rolling"),
    )
    said: list[str] = []
    plan = case_plan("kubernetes rolling")
    outcome = carried(plan, World(rules), tmp_path, tell=lambda *one: said.append(one[2]))
    (journal,) = tmp_path.glob("*.jsonl")
    text = journal.read_text() + "".join(said) + outcome_lines(outcome)
    assert token not in text
    assert "\x1b" not in text
    assert "\\u202e" not in text
    assert "secret:" in text
    assert journal.stat().st_mode & 0o777 == 0o600


def test_the_journal_says_each_thing_before_the_next_happens(tmp_path) -> None:
    plan = case_plan("vm rolling")
    carried(plan, World(rules_of("vm rolling")), tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    events = [(line["event"], line.get("step")) for line in lines_of(path)]
    assert events[0] == ("plan", None)
    assert events[-1] == ("finished", None)
    for step in plan.steps:
        order = [events.index((event, step.number)) for event in ("begun", "ran", "done")]
        assert order == sorted(order)


def test_a_kept_value_that_is_no_word_is_not_put_into_a_command(tmp_path) -> None:
    evil = json.loads(json.dumps(rules_of("kubernetes rolling")[1].out))
    for item in evil["items"]:
        item["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "9 --all"}
    world = World((Rule("kubectl get replicasets", evil), *rules_of("kubernetes rolling")))
    outcome = carried(case_plan("kubernetes rolling"), world, tmp_path)
    assert outcome.stopped is not None
    assert outcome.stopped.number == 1
    assert "no value for a command" in outcome.why
