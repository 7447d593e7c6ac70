"""/diff, /trace, /copy, /retry and /permissions."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Speaker, Stage

from devops_exe.ground.errors import EngineError, ExitStatus
from devops_exe.terminal.question import Answer


@pytest.fixture
def three() -> Stage:
    stage = Stage("--json")
    for line in (CHECKOUT, "3,000 rps", "99.99 %, scrape 15 s"):
        assert stage.say(line) == ExitStatus.OK
    return stage


def moved(stage: Stage, line: str) -> dict[str, list[str]]:
    assert stage.say(line) == ExitStatus.OK
    return {one["line"].split(":")[0]: one["by"] for one in json.loads(stage.out)["data"]["moved"]}


def test_a_difference_names_the_input_behind_each_figure(three: Stage) -> None:
    found = moved(three, "/diff")
    assert found["error budget"] == ["slo_percent"]
    assert found["RTO"] == ["slo_percent", "scrape_interval_seconds"]
    assert "replicas at peak" not in found
    found = moved(three, "/diff 1")
    assert found["replicas at peak"] == ["peak_rps"]
    assert found == moved(three, "/diff 1..3")
    assert moved(three, "/diff 2 2") == {}
    assert moved(three, "/diff 1 2")["replicas at peak"] == ["peak_rps"]
    words = json.loads(three.out)["data"]["inputs"]
    assert "1,200 rps → 3,000 rps" in words["peak_rps"]


def test_an_assumption_that_was_stated_says_what_it_was(three: Stage) -> None:
    three.say("/diff")
    words = json.loads(three.out)["data"]["inputs"]["scrape_interval_seconds"]
    assert "60 s (assumed) → 15 s" in words


@pytest.mark.parametrize("words", ["9", "0 1", "1 2 3", "x", "-1"])
def test_documents_that_are_not_there(three: Stage, words: str) -> None:
    assert three.say(f"/diff {words}") == ExitStatus.USAGE
    assert "from 1 to 3" in three.err


def test_trace_lists_the_calls_of_the_last_turn() -> None:
    stage = Stage()
    assert stage.say("/trace") == ExitStatus.USAGE
    stage.say(CHECKOUT)
    stage.say("/trace")
    current = stage.app.session.current
    assert current is not None
    for entry in current.ledger:
        assert f"● {entry.id} {entry.tool}" in stage.out
    assert "✓ Design" in stage.out


def test_trace_of_a_service_hides_secrets() -> None:
    stage = Stage()
    writer = Speaker("word ", "word")
    writer.sent = [{"type": "text", "text": "password=hunter2hunter2 and words"}]  # type: ignore[attr-defined]
    stage.app.session.writer = writer
    stage.say("hello")
    stage.say("/trace")
    assert "→ block 1 of the request, 33 bytes" in stage.out
    assert "hunter2" not in stage.out
    assert "← reply 2:" in stage.out


def test_a_failed_turn_is_asked_again_and_a_good_one_is_not() -> None:
    stage = Stage()
    error = EngineError("overloaded", where="service", fix="wait")
    stage.app.session.writer = Speaker("a ", failure=error)
    assert stage.say("hello there") == ExitStatus.ENGINE
    stage.app.session.writer = Speaker("better now")
    assert stage.say("/retry") == ExitStatus.OK
    assert "better now" in stage.out
    assert stage.say("/retry") == ExitStatus.USAGE
    stage.app.session.writer = Speaker("half ", then=KeyboardInterrupt())
    assert stage.say("again please") == ExitStatus.INTERRUPTED
    stage.app.session.writer = Speaker("whole")
    assert stage.say("/retry") == ExitStatus.OK
    assert "whole" in stage.out


def test_copy_by_a_program_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pbcopy"
    program.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/clip\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    stage = Stage()
    assert stage.say("/copy") == ExitStatus.USAGE
    stage.say(CHECKOUT)
    assert stage.say("/copy") == ExitStatus.OK
    assert "copied by pbcopy" in stage.out
    assert (tmp_path / "clip").read_text() == stage.app.session.results[-1].text


def test_copy_by_the_terminal_where_no_program_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    stage = Stage(terminal=True)
    stage.say(CHECKOUT)
    assert stage.say("/copy") == ExitStatus.OK
    assert "OSC 52" in stage.out
    data = stage.err.split("\x1b]52;c;")[1].split("\x07")[0]
    assert base64.b64decode(data).decode() == stage.app.session.results[-1].text
    silent = Stage()
    silent.say(CHECKOUT)
    assert silent.say("/copy") == ExitStatus.USAGE
    assert "/export text FILE" in silent.err


class Says:
    def __init__(self, *, yes: bool) -> None:
        self.yes = yes
        self.asked: list[str] = []

    def confirm(self, text: str, *, default: bool = False, **offered: object) -> Answer:
        del offered
        assert not default
        self.asked.append(text)
        return Answer(yes=self.yes)

    def words(self, text: str) -> str:
        raise AssertionError(text)


@pytest.mark.parametrize(
    ("flags", "file", "there", "asked", "written"),
    [
        ((), "new.txt", False, 0, True),
        ((), "old.txt", True, 1, True),
        (("--yes",), "old.txt", True, 0, True),
        (("--mode", "auto-edit"), "old.txt", True, 0, True),
        (("--mode", "plan"), "new.txt", False, 0, False),
        (("--read-only",), "new.txt", False, 0, False),
        (("--read-only", "--mode", "auto-edit", "--yes"), "new.txt", False, 0, False),
        ((), "../outside.txt", False, 1, True),
        (("--yes", "--mode", "auto-edit"), "../outside.txt", False, 1, True),
    ],
)
def test_who_may_write_what(
    flags: tuple[str, ...], file: str, there: bool, asked: int, written: bool
) -> None:
    path = Path(file)
    if there:
        path.write_text("before")
    stage = Stage(*flags)
    stage.say(CHECKOUT)
    stage.app.question = question = Says(yes=True)
    stage.say(f"/export text {file}")
    assert len(question.asked) == asked
    assert (path.exists() and path.read_text().startswith("DEVOPS")) == written
    stage.say("/permissions")
    verbs = [line.split()[0] for line in stage.out.splitlines() if not line.startswith(" ")]
    assert verbs == sorted(verbs, key=["deny", "ask", "allow"].index)
    assert ("write any file" in stage.out) != written


def test_nobody_to_ask_writes_nothing_outside() -> None:
    stage = Stage("--yes")
    stage.say(CHECKOUT)
    assert stage.say("/export text ../outside.txt") == ExitStatus.NOBODY
    assert not Path("../outside.txt").exists()


def test_read_only_cannot_be_lifted_from_inside() -> None:
    stage = Stage("--read-only")
    stage.say(CHECKOUT)
    assert stage.say("/permissions auto-edit") == ExitStatus.OK
    assert "read-only" in stage.out
    assert stage.say("/export text x.txt") == ExitStatus.USAGE
    assert stage.say("/permissions everything") == ExitStatus.USAGE


def asked(stage: Stage, *answers: str) -> list[str]:
    """A person who gives these answers; what was asked."""
    from devops_exe.terminal.question import Person

    prompts: list[str] = []
    said = iter(answers)

    def read(prompt: str) -> str:
        prompts.append(prompt)
        return next(said)

    stage.app.question = Person(read)
    return prompts


def test_what_changes_is_shown_and_always_is_remembered_for_the_folder() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    stage.say("/export text old.txt")
    changed = Path("old.txt").read_text().replace("System: checkout-api", "System: another")
    Path("old.txt").write_text(changed)
    prompts = asked(stage, "because it is mine", "a")
    stage.say("/export text old.txt")
    assert "  -System: another\n  +System: checkout-api\n" in stage.err
    assert prompts[0].endswith("[y]es [N]o [a]lways here [?] › ")
    assert "nothing was written: because it is mine" in stage.out
    assert Path("old.txt").read_text() == changed
    stage.say("/export text old.txt")
    assert Path("old.txt").read_text() != changed
    stage.say("/export text old.txt")
    assert len(prompts) == 2
    stage.say("/permissions")
    assert "consents.toml:3" in "".join(stage.out.split())


@pytest.mark.parametrize(
    "before", [b"short\n" * 100, b"\xff\xfe", b"hidden" + b" " * 500 + b"rm\n"]
)
def test_always_is_not_offered_where_not_all_could_be_shown(before: bytes) -> None:
    Path("old.txt").write_bytes(before)
    stage = Stage()
    stage.say(CHECKOUT)
    prompts = asked(stage, "a")
    stage.say("/export text old.txt")
    assert "always" not in prompts[0]
    assert Path("old.txt").read_bytes() == before
