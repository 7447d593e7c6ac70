"""A turn that the network ended is asked again, and what it had computed is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from chat_stage import CHECKOUT, Speaker, Stage

from devops_exe.agent.events import Document, Done, ErrorRaised, Event, Notice, TextDelta, Usage
from devops_exe.agent.session import Session
from devops_exe.ground.errors import EngineError, ExitStatus
from devops_exe.terminal.question import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from devops_exe.agent.session import Work

LOST = EngineError("the connection was lost", where="service", fix="/retry", code="network")


class Faulty:
    """Loses the connection in its first turns, then answers."""

    def __init__(self, failures: int, then: BaseException | None = None) -> None:
        self.failures = failures
        self.then = then
        self.given: list[Work] = []

    @property
    def name(self) -> Mapping[str, str | None]:
        return {"name": "claude", "model": "faulty"}

    async def document(self, work: Work) -> AsyncIterator[Event]:
        self.given.append(work)
        yield TextDelta("half a word ")
        if len(self.given) <= self.failures:
            if self.then is not None:
                raise self.then
            yield ErrorRaised(LOST)
            yield Done("error")
            return
        yield Document(work.draft)
        yield Done("end_turn")

    def chat(self, work: Work) -> AsyncIterator[Event]:
        return self.document(work)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every profile that was planned."""
    made: list[object] = []
    planned = Session.planned

    def counted(self: Session, profile: object) -> object:
        made.append(profile)
        return planned(self, profile)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "planned", counted)
    return made


def test_a_turn_that_failed_goes_on_from_what_it_had_computed(plans: list[object]) -> None:
    stage = Stage()
    stage.app.use(engine := Faulty(2))
    assert stage.say(CHECKOUT) == ExitStatus.ENGINE
    assert len(plans) == 1
    assert stage.say("/retry") == ExitStatus.ENGINE
    assert stage.say("/retry") == ExitStatus.OK
    assert len(plans) == 1
    assert engine.given[0] is engine.given[1] is engine.given[2]
    told = " ".join(stage.err.split())
    assert "✓ Assess" in told
    assert told.count("· kept") == 2
    assert "System: checkout-api" in stage.out
    assert stage.say("/retry") == ExitStatus.USAGE


def test_a_failure_in_the_chat_says_how_to_go_on() -> None:
    stage = Stage()
    stage.app.use(Faulty(1))
    stage.app.chatting = True
    stage.app.question = Person(lambda _: "n")
    stage.say(CHECKOUT)
    assert stage.err.endswith("· /retry asks again; what was computed is kept\n")
    stage.say("/retry")
    assert "/retry" not in stage.err


def test_a_turn_that_was_stopped_goes_on_too(plans: list[object]) -> None:
    stage = Stage()
    stage.app.use(Faulty(1, KeyboardInterrupt()))
    assert stage.say(CHECKOUT) == ExitStatus.INTERRUPTED
    assert stage.say("/retry") == ExitStatus.OK
    assert len(plans) == 1


def test_the_same_line_typed_again_is_computed_again(plans: list[object]) -> None:
    stage = Stage()
    stage.app.use(Faulty(1))
    stage.say(CHECKOUT)
    stage.say(CHECKOUT)
    assert len(plans) == 2
    assert "kept" not in stage.err


def test_another_line_between_gives_up_what_was_kept(plans: list[object]) -> None:
    stage = Stage()
    stage.app.use(Faulty(1))
    stage.say(CHECKOUT)
    failed = stage.app.failed
    stage.say("use canary")
    stage.app.failed = failed
    stage.say("/retry")
    assert "kept" not in stage.err
    assert len(plans) == 2  # "use canary" changes no system: there is none


def test_a_change_that_failed_is_told_against_the_document_before_it() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    before = stage.app.session.current
    stage.app.use(engine := Faulty(1))
    stage.say("use canary")
    stage.say("/retry")
    assert [work.before for work in engine.given] == [before, before]


class Long(Speaker):
    """Takes longer than the turn may."""

    async def chat(self, work: Work) -> AsyncIterator[Event]:
        for number in range(4):
            await asyncio.sleep(0.05)
            yield TextDelta(f"word{number} ")
        yield Notice("9 of the turn's 0 seconds are used")
        yield Usage(1, 10, 10, 0, 0, 0.2)
        yield Done("end_turn")


def test_four_fifths_of_the_seconds_are_told_of_while_the_answer_streams() -> None:
    stage = Stage("--timeout", "0.1")
    stage.app.use(Long())
    stage.say("hello")
    assert "! 0 of the turn's 0 seconds are used" in stage.err
    assert stage.err.count("seconds are used") == 1  # the engine's own notice is the second
    assert "word3" in stage.out
    quick = Stage("--timeout", "50")
    quick.app.use(Speaker("a ", "b "))
    quick.say("hello")
    assert "seconds are used" not in quick.err
