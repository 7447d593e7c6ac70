"""``devops-exe execute rollback FILE``: consent, exit statuses, real processes, kill and resume."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rollback_stage import GREAT, Fakes, Rule, World, case_plan, rules_of

from devops_exe.cli import main
from devops_exe.operate.rollback.carrying import carry_out
from devops_exe.operate.rollback.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
CASES = (
    "kubernetes rolling",
    "kubernetes canary",
    "ecs rolling",
    "nomad rolling",
    "compose recreate",
)


def document(words: str) -> str:
    """The JSON face, as ``--json`` prints it."""
    out = io.StringIO()
    before, sys.stdout = sys.stdout, out
    try:
        assert main(["--json", "--quiet", "/rollback", words]) in {0, 1}
    finally:
        sys.stdout = before
    return out.getvalue()


@pytest.fixture
def call(tmp_path, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Calls the command in a folder of its own, with nobody at a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["execute", "rollback", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def prepared(case: str, tmp_path: Path, monkeypatch, capsys) -> tuple[Fakes, list[str]]:
    (tmp_path / "plan.json").write_text(document(GREAT[case][0]))
    capsys.readouterr()
    fakes = Fakes(tmp_path / "fakes", rules_of(case))
    monkeypatch.setenv("PATH", f"{fakes.bin}{os.pathsep}{os.environ['PATH']}")
    for name in ("KUBECONFIG", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "NOMAD_ADDR"):
        monkeypatch.delenv(name, raising=False)
    return fakes, ["plan.json", *(f"{name}={value}" for name, value in GREAT[case][1].items())]


def plan_id(text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith("Plan ")]
    return line.split()[1]


def test_without_a_terminal_the_plan_is_shown_and_nothing_is_started(
    call, tmp_path, monkeypatch, capsys
) -> None:
    fakes, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    status, out, err = call(*words)
    assert status == 4
    assert "1. Prove that v1.4.2 can be returned to" in out
    assert f"--confirm {plan_id(out)}" in err
    assert fakes.asked == []
    status, _, _ = call(*words, "--yes")
    assert status == 4
    assert fakes.asked == []


def test_json_holds_the_plan_and_why_nothing_ran(call, tmp_path, monkeypatch, capsys) -> None:
    _, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    status, out, _ = call(*words, "--json")
    answer = json.loads(out)
    assert status == 4
    assert answer["data"]["ran"] is False
    assert answer["data"]["error"]["code"] == "nobody_to_ask"
    assert [step["number"] for step in answer["data"]["plan"]["steps"]] == [1, 2, 3, 4, 5]
    assert answer["data"]["plan"]["steps"][3]["argv"][:3] == ["kubectl", "rollout", "undo"]


@pytest.mark.parametrize("case", CASES)
def test_with_its_id_it_is_carried_out_by_exactly_those_programs(
    case, call, tmp_path, monkeypatch, capsys
) -> None:
    fakes, words = prepared(case, tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-api03-abcdef")
    _, out, _ = call(*words)
    status, out, err = call(*words, "--confirm", plan_id(out))
    assert (status, "✗" in err) == (0, False), err
    assert "is back on v1.4.2" in out
    world = World(rules_of(case))
    with Journal.open("p", resume=False, folder=tmp_path / "memory") as journal:
        carry_out(case_plan(case), world.hands(), journal, lambda *said: None)
    assert [tuple(one["argv"]) for one in fakes.asked] == [one.argv for one in world.asked]
    assert {one["key"] for one in fakes.asked} == {""}
    if case == "compose recreate":
        assert any(one["version"] == "v1.4.2" for one in fakes.asked)


@pytest.mark.parametrize("case", CASES)
def test_each_failing_program_stops_it_with_status_one(
    case, call, tmp_path, monkeypatch, capsys
) -> None:
    fakes, words = prepared(case, tmp_path, monkeypatch, capsys)
    _, out, _ = call(*words)
    plan = plan_id(out)
    world = World(rules_of(case))
    with Journal.open("p", resume=False, folder=tmp_path / "memory") as journal:
        carry_out(case_plan(case), world.hands(), journal, lambda *said: None)
    own = [step for step in case_plan(case).steps if step.invocation]
    for step in own[:: max(1, len(own) // 3)]:
        assert step.invocation is not None
        begins = step.invocation.shown().partition("{")[0].partition("VERSION=v1.4.2 ")
        start = begins[2] or begins[0]
        asked = [" ".join(one.argv) for one in world.asked]
        line = start if start in asked else next(one for one in asked if one.startswith(start))
        fakes.answer((Rule(line, status=7, err="denied", exact=True), *rules_of(case)))
        status, out, err = call(*words, "anew", "--confirm", plan)
        assert status == 1
        assert f"stopped at step {step.number} of" in out
        assert "denied" in out
        assert "status 7" in err


def test_another_id_is_refused_and_nothing_is_started(call, tmp_path, monkeypatch, capsys) -> None:
    fakes, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    _, out, _ = call(*words)
    old = plan_id(out)
    kube = Path(os.environ["HOME"]) / ".kube"
    kube.mkdir()
    (kube / "config").write_text(
        "current-context: other\ncontexts:\n"
        "- {name: other, context: {cluster: c, namespace: shop}}\n"
        "clusters:\n- {name: c, cluster: {server: 'https://k8s.example'}}\n"
    )
    status, out, err = call(*words, "--confirm", old)
    assert status == 2
    assert plan_id(out) != old
    assert f"the plan's id is {plan_id(out)}" in err
    assert fakes.asked == []


@pytest.mark.parametrize("flags", [["--read-only"], ["--mode", "plan"]])
def test_what_forbids_acting_refuses(flags, call, tmp_path, monkeypatch, capsys) -> None:
    fakes, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    _, out, _ = call(*words)
    status, _, err = call(*words, "--confirm", plan_id(out), *flags)
    assert status == 2
    assert err.startswith("devops-exe: ")
    assert fakes.asked == []


def test_a_program_that_is_missing_is_said_before_anything_runs(
    call, tmp_path, monkeypatch, capsys
) -> None:
    fakes, words = prepared("nomad rolling", tmp_path, monkeypatch, capsys)
    _, out, _ = call(*words)
    (fakes.bin / "nomad").unlink()
    status, _, err = call(*words, "--confirm", plan_id(out))
    assert status == 2
    assert "not on PATH: nomad" in err
    assert fakes.asked == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "no document is named"), (["nothing.json"], "there is no such file"),
        (["text.txt"], "it is not the JSON face"), (["list.json"], "it is not the JSON face"),
        (["-"], "it is not the JSON face"), (["nobody"], "nobody"),
    ],
)  # fmt: skip
def test_bad_files_are_one_line_and_status_two(words, what, call, tmp_path, monkeypatch) -> None:
    (tmp_path / "text.txt").write_text("DEVOPS BLUEPRINT")
    (tmp_path / "list.json").write_text("[1]")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{"), encoding="utf-8"))
    if words == ["text.txt"]:
        words = ["./text.txt"]
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert what in err
    assert err.count("\n") == 1


def test_what_is_no_rollback_is_refused(capsys) -> None:
    assert main(["execute"]) == 2
    assert main(["execute", "deploy", "x.json"]) == 2
    assert "write execute rollback" in capsys.readouterr().err


def test_a_person_types_system_and_environment(tmp_path, monkeypatch, capsys) -> None:
    from devops_exe.agent.restore import dossier_of
    from devops_exe.ground.options import parse_arguments
    from devops_exe.ground.settings import read_settings
    from devops_exe.terminal.app import App
    from devops_exe.terminal.question import Person
    from devops_exe.terminal.replies.executing import carry

    monkeypatch.chdir(tmp_path)
    fakes, _ = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    dossier = dossier_of(json.loads((tmp_path / "plan.json").read_text())).dossier
    out, err = io.StringIO(), io.StringIO()
    app = App.create(
        read_settings(parse_arguments([])), stdin=io.StringIO(), stdout=out, stderr=err
    )
    said = iter(["yes", "checkout-api", "checkout-api staging", "checkout-api  production\n"])
    app.question = Person(lambda prompt: next(said))
    for _ in range(3):
        reply = carry(app, dossier, [], resume=False)
        assert reply.text.startswith("Nothing was run")
        assert fakes.asked == []
    reply = carry(app, dossier, [], resume=False)
    assert reply.status == 0
    assert "is back on v1.4.2" in reply.text
    app.close()


# ── kill, interrupt, resume ──────────────────────────────────────────────────────────────────


def started(tmp_path: Path, words: list[str], *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "devops_exe", "execute", "rollback", *words, *more],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def wait_for(what: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_rollback_ended_in_the_middle_is_gone_on_with(
    number, status, call, tmp_path, monkeypatch, capsys
) -> None:
    fakes, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    slow = tuple(replace(r, sleep=30.0) if "rollout undo" in r.begins else r
                 for r in rules_of("kubernetes rolling"))  # fmt: skip
    fakes.answer(slow)
    _, out, _ = call(*words)
    plan = plan_id(out)
    process = started(tmp_path, words, "--confirm", plan)
    wait_for(lambda: any("rollout undo" in line for line in fakes.lines))
    process.send_signal(number)
    assert process.wait(20) == status
    told = process.stderr.read().decode() if process.stderr else ""
    (child,) = [one["pid"] for one in fakes.asked if "undo" in one["argv"]]
    if number == signal.SIGKILL:
        os.kill(int(str(child)), signal.SIGKILL)  # nobody was left to end it
    else:
        wait_for(lambda: not Path(f"/proc/{child}").exists() or not Path("/proc").exists())
    if number == signal.SIGINT:
        assert "interrupted at step 4 of 5" in told
        assert "--resume" in told
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
    status, _, err = call(*words, "--confirm", plan)
    assert status == 2
    assert "is not finished" in err
    fakes.answer(rules_of("kubernetes rolling"))
    before = len(fakes.lines)
    monkeypatch.setattr("devops_exe.operate.rollback.carrying.AGAIN_SECONDS", 0.0)
    status, out, err = call(*words, "--resume", "--confirm", plan)
    assert status == 0, err
    again = fakes.lines[before:]
    assert again[0].startswith("kubectl rollout status")
    assert sum("rollout undo" in line for line in again) == 1
    assert not any("workflow disable" in line for line in again)
    assert re.search(r"· 1/5 prove that .*: done before", err)
    status, _, err = call(*words, "--resume", "--confirm", plan)
    assert status == 2
    assert "nothing to go on with" in err


def test_going_on_needs_the_same_leave(call, tmp_path, monkeypatch, capsys) -> None:
    fakes, words = prepared("kubernetes rolling", tmp_path, monkeypatch, capsys)
    status, _, _ = call(*words, "--resume")
    assert status == 4
    assert fakes.asked == []
