from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.ground.text import cells
from devops_exe.terminal import commands
from devops_exe.terminal.commands import COMMANDS, GROUPS, find, nearest, split
from devops_exe.terminal.keys import KEYS
from devops_exe.terminal.replies.calculating import value_of
from devops_exe.terminal.replies.explaining import assigned

PUBLISHED = {
    "devops", "pipeline", "deploy", "rollback", "scale", "why", "what-if", "calc", "ledger",
    "assess", "validate", "diff", "implement", "drill", "execute", "watch", "incident",
    "optimize", "export", "undo", "copy", "context", "trace", "sessions", "resume", "fork",
    "rename", "new", "model", "engine", "cost", "config", "help", "quit",
}  # fmt: skip


def test_every_published_command_is_registered_once() -> None:
    names = [one.name for one in COMMANDS] + [name for one in COMMANDS for name in one.aliases]
    assert len(names) == len(set(names))
    assert set(names) >= PUBLISHED


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_a_command_is_described_and_can_be_run(command: commands.Command) -> None:
    assert command.group in GROUPS
    assert 0 < cells(command.summary) <= 48
    if command.built and command.name not in commands.SEED:
        module, _, function = command.handler.partition(":")
        found = importlib.import_module(f"devops_exe.terminal.replies.{module}")
        assert callable(getattr(found, function))
        assert all(example.startswith(f"/{command.name}") for example in command.examples)


@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.built], ids=str)
def test_what_is_not_built_says_so_and_stays_out_of_help(command: commands.Command) -> None:
    stage = Stage()
    assert stage.say(f"/{command.name}") == ExitStatus.USAGE
    assert f"/{command.name}: not built yet" in stage.err
    stage.say("/help")
    assert f"/{command.name} " not in stage.out


@pytest.mark.parametrize(
    ("word", "name"),
    [("why", "why"), ("WHY", "why"), ("led", "ledger"), ("q", "quit"), ("?", "help"),
     ("exit", "quit"), ("res", "resume"), ("clear", "new"), ("whatif", "what-if")],
)  # fmt: skip
def test_names_aliases_and_unique_beginnings_run(word: str, name: str) -> None:
    assert find(word).name == name


def test_several_beginnings_are_ambiguous() -> None:
    with pytest.raises(UserError, match="ambiguous") as refused:
        find("de")
    assert "/devops, /deploy" in refused.value.fix


@pytest.mark.parametrize(
    ("word", "name"),
    [("helo", "help"), ("legder", "ledger"), ("wy", "why"), ("sesions", "sessions")],
)
def test_a_slip_is_recognised(word: str, name: str) -> None:
    assert nearest(word) == name
    with pytest.raises(UserError) as refused:
        find(word)
    assert f"did you mean /{name}?" in refused.value.fix


@pytest.mark.parametrize("word", ["frobnicate", "", "/", "x" * 200])
def test_what_nobody_means_is_refused_without_a_guess(word: str) -> None:
    with pytest.raises(UserError) as refused:
        find(word)
    assert "did you mean" not in refused.value.fix


@pytest.mark.parametrize(
    ("line", "parts"),
    [("/why RTO", ("why", "RTO")), ("/why\nRTO", ("why", "RTO")), ("/", ("", "")),
     ("/ why", ("", "why")), ("  /ledger  ", ("ledger", ""))],
)  # fmt: skip
def test_a_line_is_split_at_its_first_blank(line: str, parts: tuple[str, str]) -> None:
    assert split(line) == parts


def test_help_fits_a_screen_and_names_every_built_command() -> None:
    stage = Stage("--width=80")
    assert stage.say("/help") == ExitStatus.OK
    lines = stage.out.splitlines()
    assert len(lines) <= 23
    assert max(map(cells, lines)) <= 80
    for command in COMMANDS:
        assert (f"/{command.name}" in stage.out) == command.built


@pytest.mark.parametrize(
    "topic", ["keys", "exit-codes", "environment", "capabilities", "why", "/why"]
)
def test_help_has_topics_and_commands(topic: str) -> None:
    stage = Stage()
    assert stage.say(f"/help {topic}") == ExitStatus.OK
    assert stage.out.strip()


def test_help_on_nothing_known_says_what_is() -> None:
    stage = Stage()
    assert stage.say("/help nothing-of-the-kind") == ExitStatus.USAGE
    assert "exit-codes" in stage.err


def test_exit_codes_and_keys_are_all_listed() -> None:
    stage = Stage()
    stage.say("/help exit-codes")
    for status in ExitStatus:
        assert f"{int(status):>4}  " in stage.out
    stage.say("/help keys")
    assert all(key.shown.split(",")[0] in stage.out for key in KEYS)


def test_calc_calls_a_calculator() -> None:
    stage = Stage()
    assert stage.say("/calc slo op=budget slo_percent=99.95 window_days=30") == ExitStatus.OK
    assert "downtime 21.6 min" in stage.out
    assert stage.say("/calc slo.budget slo_percent=99.95 window_days=30") == ExitStatus.OK
    assert "downtime 21.6 min" in stage.out
    assert stage.say('/calc slo {"op": "budget", "slo_percent": 99.95}') == ExitStatus.OK
    assert stage.say("/calc") == ExitStatus.OK
    assert "rto.recovery" in stage.out


@pytest.mark.parametrize(
    "line",
    ["/calc nothing", "/calc slo op=nothing", "/calc slo 5", "/calc slo {", "/calc slo [1",
     "/calc slo op=budget slo_percent=120", "/calc slo.nothing", "/calc slo {\"op\": 1}"],
)  # fmt: skip
def test_calc_refuses_in_one_line(line: str) -> None:
    stage = Stage()
    assert stage.say(line) == ExitStatus.USAGE
    assert stage.err.startswith("devops-exe: ")
    assert stage.err.count("\n") == 1
    assert stage.out == ""


def test_assignments_and_values() -> None:
    assert assigned('a=1 b = two words c="x"', "/x") == {"a": "1", "b": "two words", "c": "x"}
    assert value_of("25%") == "25%"
    assert value_of("true") is True
    assert value_of("[1, 2]") == [1, 2]
    with pytest.raises(UserError):
        assigned("word a=1", "/x")
    with pytest.raises(UserError):
        assigned("", "/x")


@pytest.mark.parametrize(
    "line", ["/why RTO", "/ledger", "/validate", "/diff", "/export text", "/what-if a=1"]
)
def test_without_a_document_there_is_one_clear_line(line: str) -> None:
    stage = Stage()
    assert stage.say(line) == ExitStatus.USAGE
    assert "no document is current" in stage.err
    assert stage.err.count("\n") == 1


def test_a_document_is_explained() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert stage.say("/ledger") == ExitStatus.OK
    assert "L1   slo budget(99.95 %, 30 d) → 21.6 min" in stage.out
    for figure in ("RTO", "rto", "replicas", "cost", "L1", "error budget"):
        assert stage.say(f"/why {figure}") == ExitStatus.OK, figure
        assert stage.out.strip()
    assert stage.say("/why the moon") == ExitStatus.USAGE
    assert stage.say("/why") == ExitStatus.USAGE
    assert stage.say("/ledger L99") == ExitStatus.USAGE
    assert stage.say("/validate") == ExitStatus.OK
    assert stage.say("/diff") == ExitStatus.USAGE


def test_a_change_shows_what_moved_and_diff_repeats_it() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert stage.say("and with 3,000 rps?") == ExitStatus.OK
    assert "replicas at peak: 45 → 108" in stage.out
    assert "DEVOPS BLUEPRINT" not in stage.out
    stage.say("/diff")
    assert "replicas at peak: 45 → 108" in stage.out


def test_export_writes_after_a_question_only() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    document = stage.out.split("\n\nAssumed")[0]
    assert stage.say("/export text") == ExitStatus.OK
    assert stage.out.rstrip("\n") == document.split("\n\nFindings")[0]
    assert stage.say("/export json out.json") == ExitStatus.OK
    assert stage.say("/export json out.json") == ExitStatus.NOBODY
    assert stage.say("/export html") == ExitStatus.USAGE
    assert stage.say("/export nothing") == ExitStatus.USAGE
    assert stage.say("/export text /no/such/folder/x") == ExitStatus.USAGE


def test_export_is_forbidden_by_read_only() -> None:
    stage = Stage("--read-only")
    stage.say(CHECKOUT)
    assert stage.say("/export text x.txt") == ExitStatus.USAGE
    assert "--read-only" in stage.err


def test_engine_model_context_cost_and_config() -> None:
    stage = Stage()
    assert stage.say("/engine") == ExitStatus.OK
    assert "offline" in stage.out
    assert stage.say("/engine claude") == ExitStatus.ENGINE
    assert "ANTHROPIC_API_KEY" in stage.err
    assert stage.say("/engine") == ExitStatus.OK
    assert "offline" in stage.out
    assert stage.say("/engine nobody") == ExitStatus.USAGE
    assert stage.say("/model other") == ExitStatus.OK
    assert stage.say("/model") == ExitStatus.OK
    assert stage.out.startswith("other")
    assert stage.say("/context") == ExitStatus.OK
    assert "nothing was sent" in stage.out
    assert stage.say("/cost") == ExitStatus.OK
    assert stage.say("/config") == ExitStatus.OK
    assert "default: engine" in stage.out


def test_assess_reads_a_folder() -> None:
    Path("pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["fastapi"]\n')
    stage = Stage()
    assert stage.say("/assess .") == ExitStatus.OK
    assert "pyproject.toml:" in stage.out
    assert stage.say("/assess nowhere") == ExitStatus.USAGE
