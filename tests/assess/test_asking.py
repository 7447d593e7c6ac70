"""Open questions: ordered by what they move, asked of a person, never of a pipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.design.plan import plan
from devops_exe.design.unknowns import MOST, moving, open_questions
from devops_exe.ground.errors import UserError
from devops_exe.terminal.question import Person
from devops_exe.terminal.replies.asking import answer_of

sys.path.insert(0, str(Path(__file__).parents[1] / "terminal"))
from chat_stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = "/devops checkout-api on EKS, 1200 rps"


def asked_of(line: str) -> list[str]:
    return [one.name for one in open_questions(plan(read_words(line)))]


def test_what_moves_the_design_most_is_asked_first() -> None:
    found = open_questions(plan(read_words("shop")))
    assert [one.name for one in found][:3] == ["peak_rps", "service_ms", "slo_percent"]
    spreads = [round(one.spread, 2) for one in found]
    assert spreads == sorted(spreads, reverse=True)
    assert len(found) <= MOST
    assert found[0].moves[0].name == "replicas"
    assert found[0].moves[0].low < found[0].moves[0].high
    assert all(one.question.endswith("?") or "Without it" in one.question for one in found)


def test_what_was_said_is_not_asked() -> None:
    assert "peak_rps" not in asked_of("shop, 1200 rps")
    assert "platform" not in asked_of("shop on EKS")
    assert "slo_percent" not in asked_of("shop, 99.9 %")
    assert "service_ms" not in asked_of("shop, one pod does 60 rps")
    assert "restore_mib_per_second" in asked_of("shop, 500 GiB of data")


def test_what_moves_nothing_is_not_worth_a_question() -> None:
    found = open_questions(plan(read_words("shop on EKS, zero downtime, 500 GiB of data")))
    assert all(one.spread > 0 for one in moving(found))
    restore = next(one for one in found if one.name == "restore_mib_per_second")
    assert restore.moves[0].text == "restore 21.3 to 427 min"


def test_what_only_a_measurement_knows_is_listed_and_not_asked() -> None:
    found = open_questions(plan(read_words("shop, 99.9 %, 1200 rps, one pod does 60 rps, on EKS")))
    assert [one.name for one in found] == ["zone_availability"]
    assert moving(found) == ()


def test_the_order_is_the_same_for_the_same_plan() -> None:
    planned = plan(read_words("shop"))
    assert open_questions(planned) == open_questions(planned)


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("peak_rps", "1200", "peak 1200 rps"),
        ("peak_rps", "~1.2k", "peak ~1.2k rps"),
        ("peak_rps", "72k rpm", "72k rpm"),
        ("peak_rps", "dreihundert", ""),
        ("slo_percent", "99.95", "99.95"),
        ("slo_percent", "99.95 %", "99.95 %"),
        ("slo_percent", "three nines", "three nines"),
        ("service_ms", "60", "60 rps per replica"),
        ("service_ms", "40 ms per request", "40 ms per request"),
        ("platform", "eks", "eks"),
        ("platform", "no idea at all", ""),
    ],
)
def test_an_answer_is_read_by_the_grammar(name: str, said: str, words: str) -> None:
    found = open_questions(plan(read_words("shop")))
    unknown = next(one for one in found if one.name == name)
    assert answer_of(said, unknown) == words


def test_an_answer_that_makes_no_sense_is_refused() -> None:
    peak = open_questions(plan(read_words("shop")))[0]
    with pytest.raises(UserError):
        answer_of("-5 rps", peak)


class Seat:
    """A chat with somebody who answers these lines, then no more."""

    def __init__(self, *answers: str | type[BaseException], flags: tuple[str, ...] = ()) -> None:
        self.stage = Stage("--engine", "offline", *flags, terminal=True)
        self.prompts: list[str] = []
        self.answers = list(answers)
        self.stage.app.chatting = self.stage.app.record.chat = True
        self.stage.app.question = Person(self.read)

    def read(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.answers:
            raise EOFError
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    def say(self, line: str) -> None:
        self.stage.say(line)

    @property
    def documents(self) -> int:
        return len(self.stage.app.session.dossiers)

    def value(self, name: str) -> Any:
        dossier = self.stage.app.session.current
        assert dossier is not None
        return dossier.profile.value(name)


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Seat]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Seat


def test_answers_make_the_document_once_more(seat: Callable[..., Seat]) -> None:
    there = seat("60", "99.95")
    there.say(LINE)
    assert there.documents == 2
    assert there.value("rps_per_replica") == 60
    assert there.value("slo_percent") == 99.95
    assert there.value("peak_rps") == 1200
    assert there.value("system") == "checkout-api"
    assert there.prompts[0].startswith("1/2 How many requests a second does one replica carry")
    assert all("\n" not in prompt for prompt in there.prompts)


def test_enter_and_skip_pass_a_question_over(seat: Callable[..., Seat]) -> None:
    there = seat("", "SKIP")
    there.say(LINE)
    assert len(there.prompts) == 2
    assert there.documents == 1


@pytest.mark.parametrize("end", ["skip all", EOFError, KeyboardInterrupt])
def test_the_asking_ends(seat: Callable[..., Seat], end: str | type[BaseException]) -> None:
    there = seat("60", end)
    there.say(LINE)
    assert len(there.prompts) == 2
    assert there.documents == 2
    assert there.value("rps_per_replica") == 60


def test_skip_all_holds_for_the_conversation(seat: Callable[..., Seat]) -> None:
    there = seat("skip all")
    there.say(LINE)
    there.say("/devops other-api on GKE, 90 rps")
    assert len(there.prompts) == 1


def test_nothing_is_asked_twice(seat: Callable[..., Seat]) -> None:
    there = seat("", "")
    there.say(LINE)
    there.say("/pipeline")
    there.say(LINE)
    assert len(there.prompts) == 2


def test_a_command_is_the_next_line_and_no_answer(seat: Callable[..., Seat]) -> None:
    there = seat("60", "/scale")
    there.say(LINE)
    assert there.documents == 3
    current = there.stage.app.session.current
    assert current is not None
    assert current.kind == "scale"
    assert there.value("rps_per_replica") == 60


@pytest.mark.parametrize("line", ["use canary", "why not rolling?", "4 zones"])
def test_words_about_something_else_are_the_next_line(seat: Callable[..., Seat], line: str) -> None:
    there = seat(line)
    there.say(LINE)
    assert len(there.prompts) == 1
    current = there.stage.app.session.current
    assert current is not None
    assert current.plan is not None
    assert (there.value("strategy") == "Canary") == (line == "use canary")
    assert (there.value("zones") == 4) == (line == "4 zones")


def test_what_answers_nothing_is_asked_again_once(seat: Callable[..., Seat]) -> None:
    there = seat("blue", "60", "", "")
    there.say(LINE)
    assert there.value("rps_per_replica") == 60
    assert there.prompts[0] == there.prompts[1]


@pytest.mark.parametrize("flag", ["--quiet", "--yes", "--json"])
def test_nobody_is_asked_who_wants_none(seat: Callable[..., Seat], flag: str) -> None:
    there = seat("60", flags=(flag,))
    there.say(LINE)
    assert there.prompts == []


def test_nobody_is_asked_outside_the_chat(seat: Callable[..., Seat]) -> None:
    there = seat("60")
    there.stage.app.chatting = False
    there.say(LINE)
    assert there.prompts == []


def test_no_terminal_no_question(seat: Callable[..., Seat]) -> None:
    stage = Stage("--engine", "offline")
    stage.app.chatting = stage.app.record.chat = True
    stage.app.question = Person(lambda prompt: pytest.fail(prompt))
    assert stage.say(LINE) == 0


def test_what_was_typed_ahead_is_no_answer(
    seat: Callable[..., Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devops_exe.terminal.replies.asking._typed_ahead", lambda app: True)
    there = seat("60")
    there.say(LINE)
    assert there.prompts == []
