"""@file, !command and folded pastes, below the keys."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from chat_stage import Speaker, Stage

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.terminal.completion import suggestions
from devops_exe.terminal.history import may_be_kept
from devops_exe.terminal.mentions import LARGEST, attached, paths, typed_mention
from devops_exe.terminal.pastes import Pastes
from devops_exe.terminal.question import Answer


def test_a_file_goes_with_the_line() -> None:
    Path("spec.md").write_text("Traffic: 1200 rps\nSLO 99.95 %\n")
    Path("my notes.md").write_text("RTO 15 min\n")
    line, files = attached('/devops api on EKS @spec.md and @"my notes.md", please')
    assert line.startswith("/devops api on EKS spec.md and my notes.md, please\n\n")
    assert "Text of the file spec.md:\nTraffic: 1200 rps\nSLO 99.95 %" in line
    assert [one.told for one in files] == ["attached spec.md 30 B", "attached my notes.md 11 B"]


@pytest.mark.parametrize("line", ["mail a@b.c", "twice\\@once", "no sign", "a@"])
def test_what_is_no_mention_is_left_alone(line: str) -> None:
    assert attached(line) == (line.replace("\\@", "@"), ())


def test_offline_the_text_is_read_as_words() -> None:
    Path("spec.md").write_text("Traffic: 1200 rps at peak\nOne pod does 60 rps\nSLO 99.95 %\n")
    stage = Stage()
    assert stage.say("/devops checkout-api on EKS, see @spec.md") == ExitStatus.OK
    current = stage.app.session.current
    assert current is not None
    assert current.profile.value("peak_rps") == 1200
    assert current.blueprint.header.system == "checkout-api"
    assert "attached spec.md 58 B" in " ".join(stage.err.split())


@pytest.mark.parametrize("what", ["missing", "folder", "binary", "large"])
def test_a_file_that_cannot_be_attached_is_told_before_anything_is_asked(what: str) -> None:
    Path("folder").mkdir()
    Path("binary").write_bytes(b"\xff\xfe\x00")
    Path("large").write_bytes(b"a" * (LARGEST + 1))
    stage = Stage()
    stage.app.session.writer = Speaker("never said", then=AssertionError("was asked"))
    assert stage.say(f"what of @{what}") == ExitStatus.USAGE
    assert f"@{what}" in stage.err
    assert stage.out == ""
    assert stage.app.session.results == []


def test_a_pipe_has_no_mentions() -> None:
    stage = Stage()
    assert stage.app.pipe(["/devops api on EKS for @team, 100 rps"]) == ExitStatus.OK


def test_paths_offer_what_git_tracks_first() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    Path("src").mkdir()
    for name in ("zebra.md", "apple.md", ".hidden", "src/main.py"):
        Path(name).write_text("x")
    subprocess.run(["git", "add", "zebra.md", "src/main.py"], check=True)
    assert paths("") == ["zebra.md", "apple.md", "src/"]
    assert paths("src/") == ["src/main.py"]
    assert paths("MA") == ["src/main.py"]
    assert paths(".h") == [".hidden"]
    assert paths("no/such") == []
    for number in range(300):
        Path(f"many{number}").touch()
    assert len(paths("")) == 200


def test_a_repository_cannot_make_the_menu_run_a_program() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    hook = Path("hook")
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    subprocess.run(["git", "config", "core.fsmonitor", str(hook.resolve())], check=True)
    Path("a.md").touch()
    assert "a.md" in paths("")
    assert not Path("ran").exists()


def test_the_menu_of_mentions() -> None:
    Path("spec.md").touch()
    Path("two words.md").touch()
    Path("evil\x1b[2J.md").touch()
    stage = Stage()
    shown = suggestions(stage.app, "/devops api, see @")
    assert [(one.text, one.replaces) for one in shown] == [("@spec.md", 1)]
    shown = suggestions(stage.app, "see @SP")
    assert [(one.text, one.replaces) for one in shown] == [("@spec.md", 3)]
    assert typed_mention("see @a b") is None


class Answers:
    def __init__(self, *, yes: bool) -> None:
        self.yes = yes
        self.asked: list[str] = []

    def confirm(self, text: str, *, default: bool = False) -> Answer:
        assert not default
        self.asked.append(text)
        return Answer(yes=self.yes)

    def words(self, text: str) -> str:
        raise AssertionError(text)


def chatting(yes: bool, *flags: str) -> tuple[Stage, Answers]:
    stage = Stage(*flags)
    stage.app.chatting = True
    answers = Answers(yes=yes)
    stage.app.question = answers
    return stage, answers


class Hears(Speaker):
    """Keeps what it is asked."""

    heard = ""

    async def chat(self, work):  # type: ignore[no-untyped-def]
        self.heard = work.line
        async for event in Speaker.chat(self, work):
            yield event


@pytest.mark.parametrize("yes", [True, False])
def test_a_command_is_shown_and_sent_only_after_a_yes(yes: bool) -> None:
    stage, answers = chatting(yes)
    assert stage.say("!printf 'one\\033[2Jtwo\\n'; exit 3") == ExitStatus.OK
    assert stage.out == "onetwo\n"
    assert "✗ exit 3" in stage.err
    assert answers.asked == ["Add the output to your next line?"]
    stage.app.session.writer = writer = Hears("fine")
    stage.say("what was that")
    assert ("onetwo" in writer.heard) == yes
    stage.say("and now")
    assert "onetwo" not in writer.heard


def test_a_silent_command_asks_nothing() -> None:
    stage, answers = chatting(True)
    stage.say("!true")
    assert answers.asked == []
    assert "✓ exit 0" in stage.err


@pytest.mark.parametrize("flags", [("--read-only",), ("--mode", "plan")])
def test_a_command_is_refused_where_nothing_may_be_written(flags: tuple[str, ...]) -> None:
    stage, _ = chatting(True, *flags)
    assert stage.say("!touch here") == ExitStatus.USAGE
    assert not Path("here").exists()


def test_a_command_runs_in_the_chat_only() -> None:
    stage = Stage()
    assert stage.say("!touch here") == ExitStatus.USAGE
    assert not Path("here").exists()
    stage, _ = chatting(True)
    assert stage.say("!") == ExitStatus.USAGE


def test_a_long_paste_is_folded_and_whole_when_sent() -> None:
    pastes = Pastes()
    assert pastes.fold("a\r\nb") == "a\nb"
    lines = "\r\n".join(f"line {number}" for number in range(120))
    mark = pastes.fold(lines)
    assert mark == "[Pasted text #1 +120 lines]"
    assert pastes.fold("x" * 1001) == "[Pasted text #2 +1001 characters]"
    assert pastes.whole(f"see {mark} end") == f"see {lines.replace(chr(13), '')} end"
    assert pastes.whole("[Pasted text #9 +3 lines]") == "[Pasted text #9 +3 lines]"
    assert pastes.unfolds(lines, f"see {mark}") == mark
    assert pastes.unfolds("other", mark) is None
    assert not may_be_kept(f"see {mark}")


def test_a_slash_in_a_second_line_is_text() -> None:
    stage = Stage()
    stage.say("/devops checkout-api on EKS, 100 rps\n/quit\n/export text x.txt")
    assert not stage.app.leaving
    assert not Path("x.txt").exists()
    assert "DEVOPS BLUEPRINT" in stage.out


def test_an_error_of_a_mention_is_one_line() -> None:
    with pytest.raises(UserError) as refused:
        attached("@nothing-there")
    assert "write \\@nothing-there for the word itself" in refused.value.fix
