"""What an output must be: JSON by path, text by pattern; and commands without a shell."""

from __future__ import annotations

import json
import stat

import pytest

from devops_exe.ground.errors import UserError
from devops_exe.operate.rollback.commandline import invocations_of
from devops_exe.operate.rollback.journal import Journal, journal_file, lines_of, read, unfinished
from devops_exe.operate.rollback.judging import judge, safe, select
from devops_exe.operate.rollback.model import (
    Check,
    Expectation,
    Invocation,
    Keep,
    Selection,
    Wanted,
)
from devops_exe.operate.rollback.running import LARGEST_OUTPUT, run


def wants(each: str, take: tuple[str, ...], test: Wanted, *, maybe: bool = False) -> Check:
    return Check(expect=(Expectation(Selection(take=take), each, test, maybe=maybe),))  # type: ignore[arg-type]


READY = Wanted("is", ("true",))


@pytest.mark.parametrize(
    ("each", "values", "agrees"),
    [
        ("all", [True, True], True),
        ("all", [True, False], False),
        ("all", [], False),
        ("any", [False, True], True),
        ("any", [False], False),
        ("any", [], False),
        ("none", [False], True),
        ("none", [True, False], False),
        ("none", [], True),
    ],
)
def test_how_many_values_must_pass(each: str, values: list[bool], agrees: bool) -> None:
    document = json.dumps({"items": [{"ready": one} for one in values]})
    verdict = judge(wants(each, ("items", "ready"), READY), document)
    assert verdict.agrees == agrees
    assert bool(verdict.why) != agrees


@pytest.mark.parametrize("output", ["", "no json", "{", "[" * 100_000, "{}\n{"])
def test_an_output_that_cannot_be_read_does_not_agree(output: str) -> None:
    verdict = judge(wants("all", ("a",), READY, maybe=False), output)
    assert not verdict.agrees


def test_json_a_line_is_a_list() -> None:
    assert judge(wants("all", ("s",), Wanted("is", ("up",))), '{"s":"up"}\n{"s":"up"}\n').agrees


def test_a_value_that_is_not_there_may_be_allowed() -> None:
    assert judge(wants("all", ("a",), READY, maybe=True), "{}").agrees


@pytest.mark.parametrize(
    ("op", "wanted", "value", "agrees"),
    [
        ("is", "100", 100, True),
        ("is", "100", 100.0, True),
        ("is", "100", 10, False),
        ("is", "true", True, True),
        ("is", "1", True, False),
        ("ends", "/deploy.yml", ".github/workflows/deploy.yml", True),
        ("tag", "v1.4.2", "r:5000/a/b:v1.4.2", True),
        ("tag", "1.4.2", "a:v1.4.2", True),
        ("tag", "v1.4.2", "a:v1.4.2-rc1", False),
        ("tag", "latest", "a", False),
        ("tag", "5000/a", "r:5000/a", False),
        ("tag", "v1", "DOCKER|r.io/shop:v1", True),
        ("has", "v1.4.2", "release v1.4.2", True),
        ("has", "v1.4.2", "release v1.4.20", False),
        ("has", "v1.4.2", "xv1.4.2", False),
        ("has", "v1.4.2", "v1.4.2.", True),
    ],
)
def test_a_value_is_compared_as_text(op: str, wanted: str, value: object, agrees: bool) -> None:
    assert (
        judge(wants("all", ("a",), Wanted(op, (wanted,))), json.dumps({"a": value})).agrees
        == agrees
    )


def test_values_are_chosen_by_their_neighbours() -> None:
    document = {"items": [{"kind": "A", "n": [{"v": 1}, {"v": 2}]}, {"kind": "B", "n": [{"v": 3}]}]}
    chosen = Selection(("items",), ((("kind",), Wanted("is", ("B",))),), ("n", "v"))
    assert select(chosen, document) == ["3"]
    assert select(Selection(take=("items", "n", "v")), document) == ["1", "2", "3"]


def test_the_highest_number_is_kept_not_the_last_word() -> None:
    keep = Keep("revision", Selection(take=("n",)), highest=True)
    verdict = judge(Check(keep=(keep,)), json.dumps([{"n": "9"}, {"n": "10"}, {"n": "2"}]))
    assert verdict.kept == {"revision": "10"}


def test_a_stated_value_must_be_among_those_found() -> None:
    chosen = Selection((), ((("v",), Wanted("is", ("x",))),), ("n",))
    document = json.dumps([{"n": "9", "v": "x"}, {"n": "8", "v": "y"}])
    assert judge(Check(keep=(Keep("R", chosen, known="9"),)), document).agrees
    assert not judge(Check(keep=(Keep("R", chosen, known="8"),)), document).agrees
    assert judge(Check(keep=(Keep("R", chosen, known="8", loose=True),)), document).agrees


@pytest.mark.parametrize("value", ["-x", "a b", "", "a\nb", "x" * 400, "$(id)", "a;b", "`id`"])
def test_a_value_for_a_command_is_one_harmless_word(value: str) -> None:
    assert not safe(value)


# ── commands without a shell ─────────────────────────────────────────────────────────────────


def test_a_printed_command_becomes_programs() -> None:
    (one,) = invocations_of("VERSION=v1 docker compose up --detach --wait shop")
    assert (one.environment, one.argv[:2]) == ((("VERSION", "v1"),), ("docker", "compose"))
    (one,) = invocations_of(
        """kubectl patch x --type=json -p='[{"op":"remove","path":"/spec/rules/0"}]'"""
    )
    assert one.argv[-1] == '-p=[{"op":"remove","path":"/spec/rules/0"}]'
    (one,) = invocations_of(
        """docker compose exec haproxy sh -c "echo 'a b' | socat stdio /run/a" """
    )
    assert one.argv[-1] == "echo 'a b' | socat stdio /run/a"
    (one,) = invocations_of("gcloud x --format='value(status.traffic)'")
    assert one.argv == ("gcloud", "x", "--format=value(status.traffic)")


@pytest.mark.parametrize(
    "line",
    [
        "a | b",
        "a; b",
        "a || b",
        "a > b",
        "a < b",
        "a &",
        "(a)",
        "cat x | b",
        "",
        "&& a",
        "a '",
        "A=1",
        "echo a b | c",
        "a | b | c",
    ],
)
def test_what_only_a_shell_could_read_is_refused(line: str) -> None:
    with pytest.raises(UserError) as refused:
        invocations_of(line)
    assert refused.value.code == "not_executable"


# ── the journal ──────────────────────────────────────────────────────────────────────────────


def test_a_torn_line_counts_as_not_written_and_the_next_stands_by_itself(tmp_path) -> None:
    with Journal.open("p", resume=False, folder=tmp_path) as journal:
        journal.write("plan", at="t0")
        journal.write("begun", step=1)
        path = journal.path
    data = path.read_bytes()
    for end in range(len(data) - 1):
        path.write_bytes(data[:end])
        found = read(path)
        assert found is None or found.begun in {None, 1}
    path.write_bytes(data + b'{"event": "done", "st')
    with Journal.open("p", resume=True, folder=tmp_path) as journal:
        assert journal.progress.begun == 1
        journal.write("done", step=1, kept={"revision": "9", "evil": "-x"})
    found = read(path)
    assert found is not None
    assert found.done == {1: {"revision": "9"}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_process_at_a_time_and_one_run_at_a_time(tmp_path) -> None:
    with Journal.open("p", resume=False, folder=tmp_path) as journal:
        journal.write("plan", at="t0")
        journal.write("begun", step=3, kind="acts")
        with pytest.raises(UserError) as refused:
            Journal.open("p", resume=True, folder=tmp_path)
        assert refused.value.code == "already_running"
    with pytest.raises(UserError) as refused:
        Journal.open("p", resume=False, folder=tmp_path)
    assert refused.value.code == "unfinished"
    with Journal.open("p", resume=True, folder=tmp_path) as journal:
        journal.write("finished")
    with pytest.raises(UserError) as refused:
        Journal.open("p", resume=True, folder=tmp_path)
    assert refused.value.code == "nothing_to_resume"
    with Journal.open("p", resume=False, folder=tmp_path) as journal:
        assert journal.progress.done == {}
    assert lines_of(journal_file("p", tmp_path)) == []


def test_one_that_has_only_read_is_begun_anew(tmp_path) -> None:
    with Journal.open("p", resume=False, folder=tmp_path) as journal:
        journal.write("plan", at="t0")
        journal.write("begun", step=1, kind="reads")
        journal.write("stopped", step=1)
    with Journal.open("p", resume=False, folder=tmp_path) as journal:
        assert journal.progress.begun is None


def test_another_rollback_of_the_system_that_is_not_finished_is_found(tmp_path) -> None:
    for plan, system, ended in (("a", "shop", False), ("b", "shop", True), ("c", "else", False)):
        with Journal.open(plan, resume=False, folder=tmp_path) as journal:
            journal.write("plan", system=system, environment="production", at="t0")
            journal.write("begun", step=3, kind="acts")
            if ended:
                journal.write("finished")
    assert unfinished("shop", "production", "x", tmp_path) == (("a", "t0"),)
    assert unfinished("shop", "production", "a", tmp_path) == ()
    assert unfinished("shop", "staging", "x", tmp_path) == ()


def test_a_link_in_the_place_of_the_journal_is_not_followed(tmp_path) -> None:
    target = tmp_path / "target"
    target.write_text("")
    (tmp_path / "p.jsonl").symlink_to(target)
    with pytest.raises(UserError):
        Journal.open("p", resume=False, folder=tmp_path)


# ── programs ─────────────────────────────────────────────────────────────────────────────────


def test_a_program_is_given_its_words_as_they_are() -> None:
    ran = run(Invocation(("printf", "%s|", "a b", "$HOME", "*", "';"), seconds=10))
    assert (ran.status, ran.output) == (0, "a b|$HOME|*|';|")


def test_a_program_that_takes_too_long_is_ended_with_what_it_started() -> None:
    import time

    began = time.monotonic()
    ran = run(Invocation(("sh", "-c", "sleep 30 & echo started; sleep 30"), seconds=0.3))
    assert ran.late
    assert ran.output == "started\n"
    assert time.monotonic() - began < 8


def test_a_program_that_is_not_there_is_status_127() -> None:
    assert run(Invocation(("no-such-program-here",))).status == 127


def test_keys_of_this_program_go_to_no_other(monkeypatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-x")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    ran = run(Invocation(("env",), seconds=10))
    assert "sk-ant-x" not in ran.output
    assert "AWS_PROFILE=prod" in ran.output


def test_an_output_without_end_is_bounded() -> None:
    ran = run(Invocation(("head", "-c", str(LARGEST_OUTPUT + 1000), "/dev/zero"), seconds=30))
    assert ran.status == 0
    assert len(ran.output) == LARGEST_OUTPUT


def test_standard_input_is_what_the_plan_gives_and_nothing_else() -> None:
    assert run(Invocation(("cat",), given="show stat\n", seconds=10)).output == "show stat\n"
    assert run(Invocation(("cat",), seconds=10)).output == ""
