"""From a document to a rollback that can be carried out, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

import pytest
from rollback_stage import GREAT, case_plan, dossier_for, no_clients, plan_for, say

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.design import tables
from devops_exe.ground.errors import UserError
from devops_exe.operate.rollback.commandline import BY_HAND, invocations_of
from devops_exe.operate.rollback.planning import plan_of, stated_words
from devops_exe.operate.rollback.pointing import pointing
from devops_exe.operate.rollback.telling import dry_run

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.operate.rollback.model import RollbackPlan

PLATFORMS = [
    name for name in tables.table("platforms") if name not in {"provider", "ci", "generic"}
]
ROWS = tables.table("executions")


def every_row() -> list[tuple[str, dict]]:
    found = [("image", ROWS["image"])]
    found += [(f"ci {name}", row) for name, row in ROWS["ci"].items()]
    for name in PLATFORMS:
        found += [(f"{name} {part}", ROWS[name][part]) for part in ("prove", "verify")]
        for part in ("act", "prove_by"):
            found += [
                (f"{name} {part} {key}", row) for key, row in ROWS[name].get(part, {}).items()
            ]
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_printed_command_of_a_platform_has_a_row_that_judges_it(platform: str) -> None:
    words, row = tables.table("platforms")[platform], ROWS[platform]
    assert set(row["act"]) == set(words["act"])
    for strategy, printed in words["act"].items():
        commands = invocations_of(printed["command"].replace("{{", "{").replace("}}", "}"))
        parts = row["act"][strategy]["part"]
        assert len(parts) == len(commands), strategy
        assert all(any("run" in check for check in part["check"]) for part in parts), strategy
        assert row["act"][strategy]["changes"] != "nothing: it only reads"


@pytest.mark.parametrize("ci", sorted(set(tables.table("platforms")["ci"]) - {"other", "none"}))
def test_every_pipeline_that_a_command_freezes_has_a_check(ci: str) -> None:
    by_hand = tables.table("platforms")["ci"][ci]["freeze"].startswith(BY_HAND)
    assert (ci in ROWS["ci"]) != by_hand


@pytest.mark.parametrize(("name", "row"), every_row(), ids=[name for name, _ in every_row()])
def test_a_row_is_understood(name: str, row: dict) -> None:
    known = {"asks", "changes", "repeatable", "part", "back"}
    assert set(row) <= known
    for part in row["part"]:
        assert set(part) <= {"add", "seconds", "check"}
        for check in part.get("check", ()):
            assert set(check) <= {"run", "seconds", "within", "says", "never", "expect", "keep"}
            for pattern in (check.get("says", ""), check.get("never", "")):
                re.compile(pattern.replace("{name}", "x").replace("{version}", "x"))
            assert {"says", "expect", "keep", "run"} & set(check)


@pytest.mark.parametrize("case", GREAT)
def test_the_first_step_proves_that_the_version_exists_and_only_reads(case: str) -> None:
    first = case_plan(case).steps[0]
    assert first.kind == "reads"
    assert "prove" in first.title
    assert first.checks or case == "compose recreate"  # there the command itself tells


@pytest.mark.parametrize("case", GREAT)
def test_no_step_starts_a_shell_and_no_word_is_left_open(case: str) -> None:
    plan = case_plan(case)
    kept = {keep.name for step in plan.steps for check in step.checks for keep in check.keep}
    for step in plan.steps:
        if step.invocation is None:
            continue
        assert step.invocation.argv[0] not in {"sh", "bash"}
        for word in step.invocation.argv:
            assert set(re.findall(r"\{(\w+)\}", word)) <= kept
            assert not re.search(
                r"\b(?:PREVIOUS|VERSION|REGISTRY|GROUP|LISTENER|CLUSTER)\b",
                re.sub(r"\{\w+\}", "", word),
            )
        assert step.changes
        assert step.back
        assert step.seen


WORDS = {
    "kubernetes": "EKS", "ecs": "ECS", "cloud-run": "Cloud Run", "lambda": "AWS Lambda",
    "app-service": "Azure App Service", "nomad": "Nomad", "vm": "a VM", "compose": "Docker Compose",
}  # fmt: skip
ALL = {
    "CLUSTER": "prod", "REVISION": "41", "LISTENER": "arn:l", "OLD": "arn:o", "EXPERIMENT": "arn:e",
    "REGION": "eu", "REGISTRY": "r.example/x", "GROUP": "shop", "JOB_VERSION": "4",
    "DEPLOYMENT": "d-1", "VERSION": "7",
}  # fmt: skip
EVERY = [
    (name, strategy) for name in PLATFORMS for strategy in tables.table("platforms")[name]["act"]
]


def stated_for(dossier: Dossier) -> dict[str, str]:
    """Those of the words that this plan has: it names the others."""
    with pytest.raises(UserError) as refused:
        plan_of(dossier, {"NOBODY": "x"}, point=no_clients)
    known = refused.value.fix.removeprefix("its words are ").split(", ")
    return {name: ALL[name] for name in known if name in ALL}


@pytest.mark.parametrize(("platform", "strategy"), EVERY)
def test_every_strategy_of_every_platform_becomes_steps(platform: str, strategy: str) -> None:
    from devops_exe.assess.profile import Fact

    profile = read_words(say(WORDS[platform], "rolling"))
    profile = profile.with_facts({"strategy": Fact(strategy, "user", strategy)})
    dossier = compose("rollback", profile, "2026-11-24T10:00:00+00:00")
    assert dossier.plan is not None
    assert dossier.plan.choice.strategy == strategy
    stated = stated_for(dossier)
    plan = plan_of(dossier, stated, point=no_clients)
    printed = [one.command for one in dossier.commands]
    acts = [step for step in plan.steps if step.kind == "acts"]
    assert len(acts) >= 2  # freeze and act
    assert all(step.checks for step in acts)
    begins = [step.invocation.argv[0] for step in plan.steps if step.invocation]
    wanted = [one.argv[0] for line in printed for one in invocations_of(line)]
    assert begins == wanted
    text = dry_run(plan)
    for name in stated:
        assert not re.search(rf"runs .*\b{name}\b(?!=)", text), name


# ── the id ───────────────────────────────────────────────────────────────────────────────────


def test_the_id_is_of_exactly_what_would_run() -> None:
    plan = case_plan("kubernetes rolling")
    assert plan.id == case_plan("kubernetes rolling").id
    assert re.fullmatch(r"[0-9a-f]{16}", plan.id)
    others = [
        plan_for(say("EKS", "rolling").replace("v1.4.2", "v1.4.1")),
        plan_for(say("EKS", "rolling").replace("checkout-api", "basket-api")),
        plan_for(say("EKS", "rolling"), ENVIRONMENT="staging"),
        plan_for(say("EKS", "canary")),
        plan_for(say("EKS", "rolling", ci="GitLab CI")),
        plan_of(
            dossier_for(say("EKS", "rolling")), point=lambda *a, **k: (("kubernetes context", "b"),)
        ),
        dataclasses.replace(plan, steps=plan.steps[:-1]),
    ]
    assert len({plan.id, *(other.id for other in others)}) == len(others) + 1


def test_every_field_of_what_runs_moves_the_id() -> None:
    plan = case_plan("kubernetes rolling")
    step = plan.steps[3]
    assert step.invocation is not None
    check = step.checks[1]
    changed = [
        dataclasses.replace(step, invocation=dataclasses.replace(step.invocation, given="x")),
        dataclasses.replace(
            step, invocation=dataclasses.replace(step.invocation, environment=(("A", "b"),))
        ),
        dataclasses.replace(step, repeatable=False),
        dataclasses.replace(step, checks=(step.checks[0],)),
        dataclasses.replace(step, checks=(step.checks[0], dataclasses.replace(check, expect=()))),
    ]
    ids = {_with(plan, one).id for one in changed}
    assert len(ids) == len(changed)
    assert plan.id not in ids


def _with(plan: RollbackPlan, step) -> RollbackPlan:
    steps = [step if one.number == step.number else one for one in plan.steps]
    return dataclasses.replace(plan, steps=tuple(steps))


def test_the_context_is_said_to_kubectl_behind_the_printed_words() -> None:
    def point(programs, **more):
        return (("kubernetes context", "prod-eu"), ("kubernetes namespace", "shop"))

    plan = plan_of(dossier_for(say("EKS", "canary")), point=point)
    for step in plan.steps:
        for one in (step.invocation, *(check.invocation for check in step.checks)):
            if one is not None and one.argv[0] == "kubectl":
                assert one.argv[-2:] == ("--context=prod-eu", "--namespace=shop")
    assert plan.steps[3].invocation is not None
    assert plan.steps[3].invocation.argv[:5] == (
        "kubectl",
        "argo",
        "rollouts",
        "abort",
        "checkout-api",
    )
    assert "kubernetes context prod-eu" in dry_run(plan)


def test_the_dry_run_says_everything_that_would_run() -> None:
    plan = case_plan("ecs rolling")
    text = dry_run(plan)
    assert plan.id in text
    for step in plan.steps:
        assert f"{step.number}. " in text
        for one in (step.invocation, *(check.invocation for check in step.checks)):
            if one is not None:
                assert one.shown() in text
    json.dumps(plan.as_json())


# ── refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "code", "fix"),
    [
        ("checkout-api on EKS, rolling, 600 rps, 99.9 %", "version_missing", "/rollback v1.4.2"),
        (say("EKS", "rolling", more=", a breaking schema migration"), "schema_incompatible",
         "expand and contract"),
        ("v1.4.2 checkout-api, rolling, 600 rps", "platform_assumed", "name the platform"),
        (say("ECS", "rolling"), "words_missing", "CLUSTER=… REVISION=…"),
        (say("Cloud Run", "canary"), "words_missing", "REGION=…"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_refused_with_what_would_be_right(words, code, fix) -> None:
    with pytest.raises(UserError) as refused:
        plan_for(words)
    assert refused.value.code == code
    assert fix in refused.value.fix


def test_a_destructive_migration_of_the_repository_is_refused_with_its_line(tmp_path) -> None:
    from devops_exe.assess.profile import Fact

    profile = read_words(say("EKS", "rolling"))
    profile = profile.with_facts(
        {"schema_change": Fact("incompatible", "repository", "db/migrate/007_drop.sql:3")}
    )
    with pytest.raises(UserError) as refused:
        plan_of(compose("rollback", profile, "2026-11-24T10:00:00+00:00"), point=no_clients)
    assert "db/migrate/007_drop.sql:3" in refused.value.message
    assert "fix forward" in refused.value.fix


def test_a_backward_compatible_change_may_be_rolled_back() -> None:
    assert plan_for(say("EKS", "rolling", more=", backward compatible schema migration")).steps


def test_a_document_without_a_rollback_is_refused() -> None:
    dossier = compose("scale", read_words(say("EKS", "rolling")), "2026-11-24T10:00:00+00:00")
    with pytest.raises(UserError) as refused:
        plan_of(dossier, point=no_clients)
    assert refused.value.code == "no_rollback"


def test_commands_that_are_not_those_of_the_facts_never_run() -> None:
    dossier = dossier_for(say("EKS", "rolling"))
    evil = dataclasses.replace(dossier.commands[3], command="rm -rf /srv")
    forged = dataclasses.replace(
        dossier, commands=(*dossier.commands[:3], evil, dossier.commands[4])
    )
    with pytest.raises(UserError) as refused:
        plan_of(forged, point=no_clients)
    assert refused.value.code == "commands_changed"
    assert "rm -rf /srv" in refused.value.message


@pytest.mark.parametrize("value", ["--all", "a b", "$(id)", "a;b", "", "x\n", "é"])
def test_a_stated_word_is_one_word_and_no_option(value: str) -> None:
    with pytest.raises(UserError):
        plan_for(say("ECS", "rolling"), CLUSTER=value, REVISION="1", OLD="x")


def test_words_that_the_plan_does_not_have_are_refused() -> None:
    with pytest.raises(UserError, match="CLUSTER is no word of this plan") as refused:
        plan_for(say("EKS", "rolling"), CLUSTER="prod")
    assert "ENVIRONMENT" in refused.value.fix


@pytest.mark.parametrize(
    "words", [["CLUSTER"], ["CLUSTER="], ["=x"], ["A=1", "a=2"], ["CLUSTER=a", "cluster=b"]]
)
def test_stated_words_have_one_form(words: list[str]) -> None:
    with pytest.raises(UserError):
        stated_words(words)


# ── where clients point ──────────────────────────────────────────────────────────────────────

KUBECONFIG = """
apiVersion: v1
current-context: prod-eu
clusters:
- {name: c1, cluster: {server: "https://user:pw@k8s.example:6443"}}
contexts:
- {name: prod-eu, context: {cluster: c1, namespace: shop, user: u}}
"""


def test_where_the_clients_point_is_read_and_no_password_with_it(tmp_path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(KUBECONFIG)
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(
        '{"currentContext": "remote", "auths": {"r": {"auth": "x"}}}'
    )
    (tmp_path / ".azure").mkdir()
    (tmp_path / ".azure" / "azureProfile.json").write_text(
        "\ufeff" + '{"subscriptions": [{"id": "s-1"}, {"id": "s-2", "isDefault": true}]}',
        encoding="utf-8",
    )
    folder = tmp_path / ".config" / "gcloud" / "configurations"
    folder.mkdir(parents=True)
    (folder.parent / "active_config").write_text("work")
    (folder / "config_work").write_text("[core]\nproject = shop-1\naccount = a@b.example\n")
    seen = pointing(
        ("kubectl", "aws", "gcloud", "az", "nomad", "docker", "gh", "ls"),
        {"AWS_PROFILE": "prod", "AWS_REGION": "eu-west-1", "NOMAD_ADDR": "https://n.example:4646"},
        tmp_path, folder="/srv/shop",
    )  # fmt: skip
    assert dict(seen) == {
        "working folder": "/srv/shop",
        "kubernetes context": "prod-eu", "kubernetes server": "https://k8s.example:6443",
        "kubernetes namespace": "shop", "aws profile": "prod", "aws region": "eu-west-1",
        "gcloud project": "shop-1", "gcloud account": "a@b.example", "azure subscription": "s-2",
        "nomad server": "https://n.example:4646", "docker context": "remote",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "{", "a: [", "current-context: x\ncontexts: 3", "\x00"])
def test_a_broken_configuration_says_nothing_and_breaks_nothing(text: str, tmp_path) -> None:
    for path in (".kube/config", ".azure/azureProfile.json", ".docker/config.json", ".aws/config"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(text)
    seen = dict(pointing(("kubectl", "az", "docker", "aws"), {}, tmp_path))
    assert set(seen) <= {"kubernetes context", "kubernetes namespace"}
