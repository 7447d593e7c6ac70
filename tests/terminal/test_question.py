from __future__ import annotations

import pytest

from devops_exe.ground.errors import ExitStatus, NobodyToAsk
from devops_exe.terminal.question import Answer, Nobody, Person


def person(said: str | None) -> Person:
    def read(prompt: str) -> str:
        if said is None:
            raise EOFError
        return said

    return Person(read)


@pytest.mark.parametrize(
    ("said", "default", "answer"),
    [
        ("y", False, Answer(True)),
        (" YES ", False, Answer(True)),
        ("n", True, Answer(False)),
        ("No.", True, Answer(False)),
        ("", False, Answer(False)),
        ("", True, Answer(True)),
        (None, True, Answer(False)),
        ("not on a Friday", True, Answer(False, "not on a Friday")),
        ("yesterday", False, Answer(False, "yesterday")),
    ],
)
def test_yes_no_and_other_words(said: str | None, default: bool, answer: Answer) -> None:
    assert person(said).confirm("Write?", default=default) == answer


def test_words_are_words_and_end_of_input_is_none() -> None:
    assert person(" checkout ").words("Which?") == "checkout"
    assert person(None).words("Which?") == ""


def test_with_nobody_there_a_question_is_status_four() -> None:
    for ask in (Nobody().confirm, Nobody().words):
        with pytest.raises(NobodyToAsk) as refused:
            ask("Write?")
        assert refused.value.status == ExitStatus.NOBODY
