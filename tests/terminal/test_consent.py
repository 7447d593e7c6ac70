"""Consent: what is asked, what options and rules answer, and what nobody may do."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from chat_stage import Speaker, Stage

from devops_exe.ground.errors import DevopsExeError, ExitStatus, NobodyToAsk, UserError
from devops_exe.ground.locations import consents_file, permissions_file
from devops_exe.ground.text import cells
from devops_exe.terminal.permission_rules import Rule, read_rules
from devops_exe.terminal.question import Act, Answer, Person, consent

WRITES = Act(
    "Write 1 file under ./out?",
    summary=("+ k8s/rollout.yaml  61",),
    text="+kind: Rollout\n+spec: {}",
    folder=Path("out"),
    paths=(Path("out/k8s/rollout.yaml"),),
)
DRILLS = Act("Plan: haproxy, 90 s, loopback only. Run?", kind="drill", plan="d1")
RUNS_THEIRS = replace(DRILLS, level="word")
EXECUTES = Act(
    "Roll checkout-api back?", summary=("kubectl argo rollouts undo checkout-api",),
    kind="execute", level="names", names="checkout-api production", plan="e1f2",
)  # fmt: skip


def asked(stage: Stage, *said: str) -> list[str]:
    prompts: list[str] = []
    lines = iter(said)

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    stage.app.question = Person(read)
    return prompts


def rules(text: str, path: Path | None = None) -> None:
    path = path or permissions_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("act", "flags", "yes"),
    [
        (WRITES, (), None), (WRITES, ("--yes",), True),
        (replace(WRITES, folder=None), ("--yes",), None),
        (replace(WRITES, paths=(Path("elsewhere/x"),)), ("--yes",), None),
        (replace(WRITES, paths=(Path("out/../x"),)), ("--yes",), None),
        (replace(WRITES, folder=Path("/tmp/far"), paths=(Path("/tmp/far/x"),)), ("--yes",), True),
        (WRITES, ("--mode", "auto-edit"), True),
        (DRILLS, (), None), (DRILLS, ("--yes",), True), (DRILLS, ("--confirm", "d1"), True),
        (DRILLS, ("--mode", "auto-edit"), None),
        (RUNS_THEIRS, ("--yes",), None), (RUNS_THEIRS, ("--confirm", "d1"), True),
        (EXECUTES, ("--yes",), None), (EXECUTES, ("--yes", "--mode", "auto-edit"), None),
        (EXECUTES, ("--confirm", "e1f2"), True),
    ],
)  # fmt: skip
def test_without_a_person_only_what_covers_it(
    act: Act, flags: tuple[str, ...], yes: bool | None
) -> None:
    stage = Stage(*flags)
    if yes is None:
        with pytest.raises(NobodyToAsk) as refused:
            consent(stage.app, act)
        assert refused.value.status == ExitStatus.NOBODY
    else:
        assert consent(stage.app, act) == Answer(yes)


@pytest.mark.parametrize("act", [WRITES, DRILLS, RUNS_THEIRS, EXECUTES])
@pytest.mark.parametrize("flags", [("--read-only",), ("--mode", "plan")])
def test_read_only_and_plan_refuse_whatever_else_is_said(act: Act, flags: tuple[str, ...]) -> None:
    stage = Stage(*flags, "--yes", "--confirm", act.plan or "none")
    asked(stage, "y")
    with pytest.raises(UserError, match="nothing was done"):
        consent(stage.app, act)


def test_the_id_of_another_plan_is_refused_at_a_terminal_too() -> None:
    stage = Stage("--confirm", "0000")
    prompts = asked(stage, "checkout-api production")
    with pytest.raises(UserError, match="e1f2") as refused:
        consent(stage.app, EXECUTES)
    assert refused.value.code == "plan_mismatch"
    assert prompts == []


@pytest.mark.parametrize(
    ("act", "said", "answer"),
    [
        (EXECUTES, "checkout-api production", Answer(True)),
        (EXECUTES, "  checkout-api   production ", Answer(True)),
        (EXECUTES, "y", Answer(False)), (EXECUTES, "", Answer(False)),
        (EXECUTES, "Checkout-API production", Answer(False, "Checkout-API production")),
        (EXECUTES, "checkout-api staging", Answer(False, "checkout-api staging")),
        (RUNS_THEIRS, "y", Answer(False)), (RUNS_THEIRS, "yes", Answer(True)),
        (DRILLS, "y", Answer(True)), (DRILLS, "", Answer(False)),
        (DRILLS, "not now, the node is busy", Answer(False, "not now, the node is busy")),
    ],
)  # fmt: skip
def test_the_yes_that_each_level_needs(act: Act, said: str, answer: Answer) -> None:
    stage = Stage()
    asked(stage, said)
    assert consent(stage.app, act) == answer


def test_everything_is_shown_before_the_name_is_asked_for() -> None:
    stage = Stage()
    asked(stage, "")
    long = "\n".join(f"step {number}" for number in range(100))
    consent(stage.app, replace(EXECUTES, text=long))
    assert "  kubectl argo rollouts undo checkout-api\n" in stage.err
    assert "step 99" in stage.err


def test_forty_lines_are_shown_and_v_shows_all_and_then_always_is_offered() -> None:
    stage = Stage()
    long = replace(WRITES, text="\n".join(f"+line {number}" for number in range(100)))
    prompts = asked(stage, "v", "a")
    consent(stage.app, long)
    before, after = stage.err.split("… 60 more lines (v shows all)")
    assert "+line 39" in before
    assert "+line 40" not in before
    assert "+line 99" in after
    assert ["[a]lways" in one for one in prompts] == [False, True]


def test_a_long_line_is_seen_whole_by_v_and_then_always_is_offered() -> None:
    stage = Stage()
    prompts = asked(stage, "v", "n")
    consent(stage.app, replace(WRITES, text="+" + "word " * 60 + "end"))
    assert stage.err.count("end\n") == 1
    assert ["[v]iew" in one for one in prompts] == [True, True]
    assert ["[a]lways" in one for one in prompts] == [False, True]


@pytest.mark.parametrize("text", ["+a\x1b[2Jb", "+" + " " * 5000 + "rm -rf /", "+a\u202eb"])
def test_always_is_withheld_where_the_contents_cannot_be_shown_as_they_are(text: str) -> None:
    stage = Stage()
    prompts = asked(stage, "v", "n")
    consent(stage.app, replace(WRITES, text=text))
    assert all("[a]lways" not in one for one in prompts)
    assert "\x1b[2J" not in stage.err
    assert "\u202e" not in stage.err


def test_always_is_remembered_for_the_folder_listed_with_its_file_and_taken_back() -> None:
    stage = Stage()
    prompts = asked(stage, "a")
    assert consent(stage.app, WRITES).yes
    assert consents_file().stat().st_mode & 0o077 == 0
    again = Stage()
    assert consent(again.app, WRITES) == Answer(True)
    assert "+ k8s/rollout.yaml" in again.err  # shown, though not asked
    again.say("/permissions")
    listed = " ".join(again.out.split()).replace("- ", "-")
    assert f"allow write {Path('out').resolve()}/** [{consents_file()}:3]" in listed
    assert len(prompts) == 1
    with pytest.raises(NobodyToAsk):
        consent(again.app, replace(WRITES, paths=(Path("out2/x"),), folder=Path("out2")))
    consents_file().unlink()
    with pytest.raises(NobodyToAsk):
        consent(again.app, WRITES)


def test_always_is_not_offered_outside_this_folder_nor_for_what_runs() -> None:
    stage = Stage()
    for act in (replace(WRITES, folder=Path("/tmp/far"), paths=(Path("/tmp/far/x"),)), DRILLS):
        prompts = asked(stage, "n")
        consent(stage.app, act)
        assert "[a]lways" not in prompts[0]


def test_a_link_out_of_the_folder_is_not_covered() -> None:
    Path("out").symlink_to("/tmp")
    stage = Stage("--mode", "auto-edit")
    with pytest.raises(NobodyToAsk):
        consent(stage.app, WRITES)


def test_e_edits_and_asks_about_what_it_is_then() -> None:
    stage = Stage()
    edited = replace(WRITES, text="+kind: Deployment", edit=None)
    prompts = asked(stage, "e", "y")
    assert consent(stage.app, replace(WRITES, edit=lambda: edited)) == Answer(True)
    assert "[e]dit" in prompts[0]
    assert "[e]dit" not in prompts[1]
    assert stage.err.index("kind: Rollout") < stage.err.index("kind: Deployment")


@pytest.mark.parametrize("columns", [120, 80, 60, 40, 20])
@pytest.mark.parametrize("flags", [(), ("--ascii",), ("--color=never",), ("--plain",)], ids=str)
def test_the_question_fits_its_terminal(
    columns: int, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stage = Stage(*flags, terminal=True)
    prompts: list[str] = []
    stage.app.question = Person(lambda said: prompts.append(said) or "n",  # type: ignore[func-returns-value]
                                stage.app.told, lambda: columns)  # fmt: skip
    names = ("+ größe/東京.yaml  61  proved by kubernetes schema 1.33", "+ k8s/rollout.yaml  61")
    text = "\n".join("+kind: Job" for _ in range(60))
    consent(stage.app, replace(WRITES, summary=names, text=text, edit=lambda: WRITES))
    shown = re.sub(r"\x1b\[[0-9;]*m", "", stage.err)
    assert ("\x1b[" in stage.err) == (flags != ("--color=never",))
    assert shown.isascii() == (flags == ("--ascii",))
    grown = 4 if flags == ("--ascii",) and columns < 24 else 0
    for line in (*shown.splitlines(), *prompts[0].splitlines()[:-1]):
        assert cells(line) <= max(columns, 26) + grown, line
    assert "[y]es [N]o [v]iew [e]dit [?] › " in prompts[0]


def test_a_reason_goes_to_the_model_with_the_next_line() -> None:
    stage = Stage()
    asked(stage, "the port is wrong")
    assert consent(stage.app, WRITES).reason == "the port is wrong"
    assert stage.app.carried == ""  # rules read facts, not reasons
    stage.app.use(Speaker("ok"))
    asked(stage, "the port is wrong")
    consent(stage.app, WRITES)
    assert "I said no to “Write 1 file under ./out?”: the port is wrong" in stage.app.carried


@pytest.mark.parametrize(
    ("user", "project", "outcome"),
    [
        ('allow = ["write out/**"]', "", "yes"),
        ('allow = ["write *.yaml"]', "", "yes"),
        ('allow = ["write out/*"]', "", "asked"),  # one star crosses no folder
        ('allow = ["write out/**"]\nask = ["write out/k8s/**"]', "", "asked"),
        ('allow = ["write out/**"]\ndeny = ["write *.yaml"]', "", "denied"),
        ('allow = ["write **"]', '[permissions]\ndeny = ["write out/k8s/**"]', "denied"),
        ('allow = ["write **"]', '[permissions]\nask = ["write ./out/**"]', "asked"),
        ("", '[permissions]\nallow = ["write **"]', "asked"),  # a project tightens only
        ("", "", "asked"),
        ('allow = ["run **"]', "", "asked"),
    ],
)
def test_deny_before_ask_before_allow_and_nothing_is_ask(
    user: str, project: str, outcome: str
) -> None:
    rules(user)
    rules(project, Path(".devops-exe.toml"))
    stage = Stage()
    prompts = asked(stage, "n")
    if outcome == "denied":
        with pytest.raises(UserError, match="a rule denies it") as refused:
            consent(stage.app, WRITES)
        assert ":" in refused.value.message
        assert prompts == []
        return
    assert consent(stage.app, WRITES).yes == (outcome == "yes")
    assert len(prompts) == (outcome == "asked")


def test_deny_holds_against_yes_and_through_a_link() -> None:
    Path("secrets").mkdir()
    Path("out").symlink_to("secrets")
    rules('deny = ["write secrets/**"]')
    stage = Stage("--yes")
    with pytest.raises(UserError, match="a rule denies it"):
        consent(stage.app, WRITES)


def test_an_ask_rule_asks_in_mode_auto_edit_too() -> None:
    rules('ask = ["write out/**"]')
    stage = Stage("--mode", "auto-edit")
    with pytest.raises(NobodyToAsk):
        consent(stage.app, WRITES)


def test_a_denied_command_does_not_run() -> None:
    rules('deny = ["run rm *"]')
    stage = Stage()
    stage.app.chatting = True
    asked(stage, "n", "n")
    assert stage.say("!rm  -rf x") == ExitStatus.USAGE
    assert "a rule denies it" in stage.err
    assert stage.say("!echo rm") == ExitStatus.OK


def test_what_denies_a_command_denies_it_in_a_plan_too_and_what_allows_it_does_not() -> None:
    act = replace(EXECUTES, commands=("kubectl argo rollouts undo checkout-api",))
    rules('deny = ["run kubectl argo *"]')
    stage = Stage("--confirm", "e1f2")
    with pytest.raises(UserError, match="run kubectl argo"):
        consent(stage.app, act)
    rules('allow = ["run **", "execute **", "drill **"]')
    with pytest.raises(NobodyToAsk):
        consent(Stage().app, act)  # its names are to be typed, whatever is allowed
    assert consent(Stage().app, DRILLS) == Answer(True)


def test_permissions_lists_each_rule_with_its_file_and_warns_of_what_does_not_count() -> None:
    rules('# mine\nallow = ["write out/**"]\n')
    rules('[permissions]\ndeny = ["run kubectl *"]\nallow = ["write **"]', Path(".devops-exe.toml"))
    stage = Stage()
    stage.say("/permissions")
    listed = " ".join(stage.out.split())
    assert "allow write out/**" in listed
    assert "permissions.toml:2]" in listed
    assert "deny run kubectl * [.devops-exe.toml:2]" in listed
    assert "a project file may not allow" in stage.err


@pytest.mark.parametrize(
    "text", ["allow = [", "allow = 3", 'deny = ["writ x"]', "allow = [3]", "\x00"]
)
def test_rules_that_cannot_be_read_do_nothing_and_are_told(text: str) -> None:
    rules(text)
    stage = Stage("--yes")
    with pytest.raises(DevopsExeError, match="nothing was done") as told:
        consent(stage.app, WRITES)
    assert "permissions.toml:1" in told.value.where


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("**", "a/b", True), ("*", "a/b", True), ("a/*", "a/b", True), ("a/*", "a/b/c", False),
        ("a/**", "a", False), ("a/**", "a/b/c", True), ("**/c", "a/b/c", True), ("c", "a/c", True),
        ("*.tf", "a/main.tf", True), ("*.tf", "a/main.tfx", False), ("a/?", "a/b", True),
        ("/etc/**", "/etc/passwd", True), ("/etc/**", "etc/passwd", False), ("a[1]", "a[1]", True),
    ],
)  # fmt: skip
def test_patterns_of_paths(pattern: str, path: str, matches: bool) -> None:
    assert Rule("deny", "write", pattern, "here").matches("write", path) == matches


def test_a_new_file_in_the_rules_is_read_each_time() -> None:
    assert read_rules() == ([], [])
    rules('ask = ["drill"]')
    assert read_rules()[0] == [Rule("ask", "drill", "**", f"{permissions_file()}:1")]
