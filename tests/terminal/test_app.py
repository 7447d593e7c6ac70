from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from chat_stage import CHECKOUT, Pretended, Speaker, Stage

from devops_exe.agent.store import Store
from devops_exe.ground.errors import EngineError, ExitStatus, UserError
from devops_exe.ground.locations import sessions_file
from devops_exe.terminal.app import App
from devops_exe.terminal.question import Answer
from devops_exe.terminal.turn import drive

if TYPE_CHECKING:
    from pathlib import Path


def stored(key: str = "") -> list[dict[str, str]]:
    with Store.open(sessions_file()) as store:
        return [dict(turn) for turn in store.session(key or str(store.latest()))["turns"]]


def test_the_answer_is_on_output_and_all_else_on_error() -> None:
    stage = Stage()
    assert stage.say(CHECKOUT) == ExitStatus.OK
    assert stage.out.startswith("DEVOPS BLUEPRINT\n")
    assert "DevOps Status: ● Pipeline Active\n\n" in stage.out
    assert "✓ Assess" in stage.err
    assert "✓ Design    Blue-Green · 45 replicas" in stage.err
    assert "not a language model; export ANTHROPIC_API_KEY" in stage.err


def test_what_follows_the_document_is_listed() -> None:
    stage = Stage()
    stage.say("/devops rollback v1.4.2 from v1.5.0 checkout-api on EKS, 1200 rps")
    follows = stage.out.split("DevOps Status:")[1]
    assert "Assumed (say it to change it)" in follows
    assert "  startup 30 s: “starts in 45 s” · rollout, RTO, risk" in follows
    assert "Documented defaults" in follows
    assert "Open questions\n  1. " in follows
    assert "\n     $ kubectl " in follows
    assert "     check  " in follows
    assert "     undo   " in follows


def test_a_pipeline_says_that_its_file_is_not_built_yet() -> None:
    stage = Stage()
    assert stage.say("/devops pipeline checkout-api on EKS, 1200 rps") == ExitStatus.OK
    assert stage.out.endswith("pipeline file: not built yet\n")


def test_quiet_is_the_document_alone() -> None:
    stage = Stage("--quiet")
    stage.say(CHECKOUT)
    assert stage.out.endswith("DevOps Status: ● Pipeline Active\n")
    assert stage.err == ""


def test_an_error_level_finding_is_status_one() -> None:
    stage = Stage()
    assert stage.say(f"{CHECKOUT}, RTO 1 min") == ExitStatus.FINDINGS
    assert "Pipeline Blocked" in stage.out
    assert "✗ error" in stage.out
    assert stage.say("/validate") == ExitStatus.FINDINGS


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("", ExitStatus.USAGE, "the line is empty"),
        ("   ", ExitStatus.USAGE, "the line is empty"),
        ("/devops", ExitStatus.USAGE, "no system is named"),
        ("/devops pipelin", ExitStatus.USAGE, "did you mean /devops pipeline?"),
        ("/nothing", ExitStatus.USAGE, "there is no command"),
        ("/devops x on EKS, -5 rps", ExitStatus.USAGE, ""),
        ("/devops x on EKS, 120 %", ExitStatus.USAGE, ""),
        ("/devops deploy rainbow strategy", ExitStatus.USAGE, ""),
        ("/devops \ud800x", ExitStatus.USAGE, "not UTF-8"),
        ("y" * 1_000_000, ExitStatus.USAGE, "1,000,000 characters"),
        ("/devops " + "y" * 1_000_000, ExitStatus.USAGE, "characters"),
    ],
    ids=range(11),
)
def test_bad_input_is_one_line_and_nothing_is_stored(
    line: str, status: ExitStatus, said: str
) -> None:
    stage = Stage()
    assert stage.say(line) == status
    error = stage.err.splitlines()[-1]
    assert error.startswith("devops-exe: ")
    assert "; " in error
    assert said in error
    assert stage.out == ""
    assert not sessions_file().exists()


def test_a_missing_repository_is_one_line() -> None:
    stage = Stage("--repo=nowhere")
    assert stage.say("/devops") == ExitStatus.USAGE
    assert "nowhere" in stage.err


def test_json_is_one_object_on_output_with_progress_on_error() -> None:
    stage = Stage("--json")
    assert stage.say(CHECKOUT) == ExitStatus.OK
    assert stage.out.count("\n") == 1
    answer = json.loads(stage.out)
    assert answer["schema"] == "devops-exe/1"
    assert answer["command"]["kind"] == "devops"
    assert answer["engine"] == {"name": "offline", "model": None}
    assert answer["text"].startswith("DEVOPS BLUEPRINT")
    assert "✓ Design" in stage.err


def test_json_of_errors_and_of_session_commands() -> None:
    stage = Stage("--json")
    assert stage.say("/why RTO") == ExitStatus.USAGE
    assert json.loads(stage.out)["error"]["code"] == "no_document"
    assert "devops-exe: /why:" in stage.err
    assert stage.say("/calc slo op=budget slo_percent=99.9") == ExitStatus.OK
    answer = json.loads(stage.out)
    assert answer["command"] == {"kind": "calc", "arguments": "slo op=budget slo_percent=99.9"}
    assert answer["data"]["outputs"]["downtime_minutes"] == pytest.approx(43.2)


def test_json_lines_are_events_and_the_result() -> None:
    stage = Stage("--json-lines")
    stage.say(CHECKOUT)
    events = [json.loads(line) for line in stage.out.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "phase_started"
    assert names[-1] == "result"
    assert {"tool_started", "tool_finished", "document", "done"} <= set(names)
    assert events[-1]["schema"] == "devops-exe/1"


def test_a_pipe_answers_each_line_and_ends_with_the_highest_status() -> None:
    stage = Stage()
    status = stage.app.pipe([CHECKOUT, "", "  \n", "and with 3,000 rps?\n", "/nothing", "/ledger"])
    assert status == ExitStatus.USAGE
    assert stage.out.count("DEVOPS BLUEPRINT") == 1
    assert "45 → 108" in stage.out
    assert "scaling capacity(3,000 rps" in stage.out
    assert len(stored()) == 2


def test_a_pipe_stops_at_quit_and_refuses_to_be_empty() -> None:
    stage = Stage()
    assert stage.app.pipe(["/cost", "/quit", "/nothing"]) == ExitStatus.OK
    stage = Stage()
    assert stage.app.pipe([]) == ExitStatus.USAGE
    assert "it holds no line" in stage.err


def test_bytes_that_are_no_utf8_in_a_pipe() -> None:
    def lines() -> object:
        yield "/cost"
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    stage = Stage()
    assert stage.app.pipe(lines()) == ExitStatus.USAGE  # type: ignore[arg-type]
    assert "not UTF-8" in stage.err


def test_short_forms_and_beginnings_reach_the_engines() -> None:
    stage = Stage()
    assert stage.say("/scal checkout-api on EKS, 1200 rps") == ExitStatus.OK
    assert "SCALING POLICY" in stage.out
    assert stage.say("/devo\tcheckout-api on EKS, 1200 rps") == ExitStatus.OK


def test_the_turn_is_stored_before_its_last_line_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    seen: list[str] = []
    keep = stage.app.record.keep

    def watched(*arguments: object) -> bool:
        seen.append(stage.out)
        return keep(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.app.record, "keep", watched)
    stage.say(CHECKOUT)
    stage.say("use canary")
    assert "DevOps Status" not in seen[0]
    assert not seen[1].endswith("0.83 %\n")


def test_a_store_that_fails_is_a_warning_and_the_answer_is_shown() -> None:
    sessions_file().parent.parent.mkdir(parents=True)
    sessions_file().parent.write_text("a file where the folder should be")
    stage = Stage()
    assert stage.say(CHECKOUT) == ExitStatus.OK
    assert stage.out.startswith("DEVOPS BLUEPRINT")
    assert stage.err.count("this turn is not stored") == 1


def test_a_damaged_store_is_a_warning_too() -> None:
    sessions_file().parent.mkdir(parents=True)
    sessions_file().write_bytes(b"no database at all, but long enough to be read as one" * 40)
    stage = Stage()
    assert stage.say(CHECKOUT) == ExitStatus.OK
    assert "this turn is not stored" in stage.err


def test_secrets_never_reach_the_store() -> None:
    stage = Stage()
    stage.say("/devops checkout-api on EKS, 1200 rps, password=hunter2hunter2")
    stage.app.close()
    everything = b"".join(one.read_bytes() for one in sessions_file().parent.iterdir())
    assert b"hunter2" not in everything
    assert "checkout-api" in stored()[0]["line"]


def test_a_session_goes_on_in_another_process() -> None:
    first = Stage()
    first.say(CHECKOUT)
    first.say("/why RTO")
    first.app.close()
    second = Stage("--continue")
    assert second.say("use canary") == ExitStatus.OK
    assert "Blue-Green → Canary" in second.out
    key = second.app.session.id
    assert [turn["line"] for turn in stored(key)] == [CHECKOUT, "/why RTO", "use canary"]
    second.app.close()
    third = Stage("--resume", key)
    assert third.say("/devops") == ExitStatus.OK
    assert "Type: Canary" in third.out


def test_nothing_to_continue_and_an_unknown_session_are_refused() -> None:
    with pytest.raises(UserError, match="no session is stored yet"):
        Stage("--continue")
    with pytest.raises(UserError, match="no such session"):
        Stage("--resume=beef")


def test_sessions_are_listed_forked_renamed_and_left() -> None:
    stage = Stage()
    assert stage.say("/sessions") == ExitStatus.OK
    assert stage.out == "no session is stored yet\n"
    assert stage.say("/fork") == ExitStatus.USAGE
    assert stage.say("/rename x") == ExitStatus.USAGE
    stage.say(CHECKOUT)
    key = stage.app.session.id
    assert stage.say("/rename before the move") == ExitStatus.OK
    assert stage.say("/fork two regions") == ExitStatus.OK
    assert stage.app.session.id != key
    assert stage.say("use canary") == ExitStatus.OK
    assert stage.say("/sessions") == ExitStatus.OK
    assert f"● {stage.app.session.id}" in stage.out
    assert "before the move" in stage.out
    assert stage.say(f"/resume {key}") == ExitStatus.OK
    assert stage.app.session.current is not None
    assert stage.app.session.current.blueprint.strategy is not None
    assert stage.app.session.current.blueprint.strategy.type == "Blue-Green"
    assert stage.say("/new") == ExitStatus.OK
    assert stage.app.session.current is None
    assert stage.say("/resume nothing like it") == ExitStatus.USAGE
    assert stage.app.session.current is None


def test_claude_without_key_or_server_is_status_three() -> None:
    with pytest.raises(EngineError) as refused:
        Stage("--engine=claude")
    assert refused.value.status == ExitStatus.ENGINE
    assert "export ANTHROPIC_API_KEY" in refused.value.fix
    assert "offline" in refused.value.fix


def test_auto_is_claude_where_a_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    assert Stage().app.session.writer.name["name"] == "claude"
    assert Stage("--engine=offline").app.session.writer.name["name"] == "offline"
    monkeypatch.setenv("ANTHROPIC_API_KEY", " ")
    assert Stage().app.session.writer.name["name"] == "offline"
    assert Stage("--base-url=http://127.0.0.1:9").app.session.writer.name["name"] == "claude"


def test_an_engine_that_waits_is_driven_by_a_loop() -> None:
    stage = Stage()
    stage.app.session.writer = Speaker("Forty", "-two ", "replicas.")
    assert stage.say("how many?") == ExitStatus.OK
    assert stage.out == "Forty-two replicas.\n"
    assert stored()[0]["text"] == "Forty-two replicas."
    assert stage.say(CHECKOUT) == ExitStatus.OK
    assert "a word beside" in stage.err
    assert stage.out.startswith("DEVOPS BLUEPRINT")
    stage.app.close()


def test_an_interrupted_answer_is_kept_and_marked() -> None:
    stage = Stage()
    stage.app.session.writer = Speaker("Half of an ", "answer", then=KeyboardInterrupt())
    assert stage.say("how many?") == ExitStatus.INTERRUPTED
    assert stage.out == "Half of an answer\n"
    assert "⎿ interrupted" in stage.err
    assert stored()[0]["text"] == "Half of an answer\n⎿ interrupted"
    stage.app.session.writer = Speaker("Whole.")
    assert stage.say("again") == ExitStatus.OK
    assert stage.out == "Whole.\n"
    stage.app.close()


def test_usage_is_told_where_a_service_was_asked() -> None:
    stage = Stage()
    stage.app.session.writer = Speaker("Yes.")
    stage.say("is it?")
    assert "  in 7.7k (cached 3.6k) · out 800 · " in stage.err
    assert "2 round trips" in stage.err
    assert "not a language model" not in stage.err
    stage.say("/cost")
    assert stage.out == (
        "in 7.7k (cached 3.6k) · out 800 · 2 round trips · 1 turn\n"
        "no price is known for scripted: [prices.MODEL] in your config.toml (input,\n"
        "output; US dollars for a million tokens)\n"
    )
    stage.app.close()


def unreachable() -> EngineError:
    return EngineError("refused", where="http://127.0.0.1:9", fix="try later", code="unreachable")


def test_a_failed_service_is_status_three_and_keeps_what_was_said() -> None:
    stage = Stage("--json")
    stage.app.session.writer = Speaker("Half ", failure=unreachable())
    assert stage.say("is it?") == ExitStatus.ENGINE
    objects = [json.loads(line) for line in stage.out.splitlines()]
    assert objects[0]["text"].strip() == "Half"
    assert objects[1]["error"]["code"] == "unreachable"
    stage.app.close()


@pytest.mark.parametrize(("said", "engine"), [(True, "offline"), (False, "claude")])
def test_rules_take_over_where_the_user_agrees(said: bool, engine: str) -> None:
    stage = Stage()
    stage.app.chatting = True
    stage.app.session.writer = Speaker(failure=unreachable())
    stage.app.question = Agrees(said)
    status = stage.say("hello there")
    assert stage.app.session.writer.name["name"] == engine
    assert status == (ExitStatus.OK if said else ExitStatus.ENGINE)
    assert ("DevOps architect" in stage.out) == said
    stage.app.close()


class Agrees:
    def __init__(self, yes: bool) -> None:
        self.yes = yes

    def confirm(self, text: str, *, default: bool = False) -> Answer:
        assert "offline" in text
        return Answer(self.yes)

    def words(self, text: str) -> str:
        raise AssertionError(text)


def test_driving_an_engine_that_waits_without_a_loop_is_a_mistake() -> None:
    import types

    @types.coroutine
    def wait() -> object:
        yield

    async def waiting() -> object:
        await wait()
        yield "never"

    with pytest.raises(RuntimeError, match="should not wait"):
        list(drive(waiting()))  # type: ignore[arg-type]


def test_errors_take_the_form_of_the_chat() -> None:
    stage = Stage()
    stage.app.chatting = True
    stage.say("/why RTO")
    assert stage.err.startswith("✗ no document is current. /why. → make one first")


class Answers:
    def __init__(self, *words: str) -> None:
        self.left = list(words)

    def confirm(self, text: str, *, default: bool = False) -> object:
        raise AssertionError(text)

    def words(self, text: str) -> str:
        return self.left.pop(0)


def test_a_missing_system_is_asked_for_in_the_chat() -> None:
    stage = Stage()
    stage.app.chatting = True
    stage.app.question = Answers("checkout-api on EKS, 1200 rps")  # type: ignore[assignment]
    assert stage.say("/devops deploy") == ExitStatus.OK
    assert "System: checkout-api" in stage.out
    stage.say("/new")
    stage.app.question = Answers("")  # type: ignore[assignment]
    assert stage.say("/devops deploy") == ExitStatus.USAGE


def test_every_answer_of_the_seed_is_within_the_width() -> None:
    from devops_exe.ground.text import cells

    for width in (39, 60, 100):
        stage = Stage(f"--width={width}")
        for kind in ("", "pipeline", "deploy", "rollback", "scale"):
            stage.say(f"/devops {kind} checkout-api on EKS, 1200 rps, 99.95 %")
            for line in stage.out.splitlines():
                assert cells(line) <= width or line.startswith(("|", "     $ ")), line


def test_create_answers_an_application_over_any_streams(tmp_path: Path) -> None:
    from chat_stage import settings

    out = (tmp_path / "out").open("w", encoding="utf-8")
    with out:
        app = App.create(settings(), stdin=Pretended(), stdout=out, stderr=Pretended())
        assert app.answer("/cost") == ExitStatus.OK
        app.close()
    assert "no token" in (tmp_path / "out").read_text(encoding="utf-8")
