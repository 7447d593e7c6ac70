from __future__ import annotations

import pytest

from devops_exe.ground.errors import ExitStatus, NobodyToAsk
from devops_exe.terminal.question import Answer, Nobody, Person


class Script:
    """A person who says these lines, then nothing more."""

    def __init__(self, *said: str, columns: int = 200) -> None:
        self.said = iter(said)
        self.prompts: list[str] = []
        self.told: list[str] = []
        self.person = Person(self.read, self.told.append, lambda: columns)

    def read(self, prompt: str) -> str:
        self.prompts.append(prompt)
        try:
            return next(self.said)
        except StopIteration:
            raise EOFError from None


@pytest.mark.parametrize(
    ("said", "default", "answer"),
    [
        ("y", False, Answer(True)),
        (" YES ", False, Answer(True)),
        ("n", True, Answer(False)),
        ("No.", True, Answer(False)),
        ("", False, Answer(False)),
        ("", True, Answer(True)),
        ("not on a Friday", True, Answer(False, "not on a Friday")),
        ("yesterday", False, Answer(False, "yesterday")),
        ("edit", False, Answer(False)),  # not offered: asked again, and then nobody answers
        ("always", False, Answer(False)),
    ],
)
def test_yes_no_and_other_words(said: str, default: bool, answer: Answer) -> None:
    assert Script(said).person.confirm("Write?", default=default) == answer


def test_end_of_input_is_no_even_where_yes_is_the_default() -> None:
    assert Script().person.confirm("Write?", default=True) == Answer(False)


@pytest.mark.parametrize("key", ["x", "a", "v", "e", "1", "view", "always!", "/why RTO", "!ls -l"])
def test_a_key_that_is_none_here_is_asked_again(key: str) -> None:
    script = Script(key, "y")
    assert script.person.confirm("Write?") == Answer(True)
    assert len(script.prompts) == 2
    assert len(script.told) == 1


@pytest.mark.parametrize("said", ["3", "45 s", "x"])
def test_where_a_value_may_be_given_one_letter_is_one(said: str) -> None:
    assert Script(said).person.confirm("Take it?", values=True) == Answer(False, said)
    assert Script("/why RTO", "y").person.confirm("Take it?", values=True) == Answer(True)


def test_asking_again_ends() -> None:
    script = Script(*"x" * 1000)
    assert script.person.confirm("Write?") == Answer(False)
    assert len(script.prompts) < 100


def test_every_key_that_is_offered_stands_in_the_prompt_and_is_explained() -> None:
    script = Script("?", "a")
    answer = script.person.confirm("Write?", always=True, view=lambda: True, edit=True)
    assert answer == Answer(True, always=True)
    assert script.prompts[0] == "Write? [y]es [N]o [v]iew [a]lways here [e]dit [?] › "
    assert [line.split()[0] for line in script.told] == ["y", "n", "v", "a", "e", "any"]


def test_always_is_offered_once_all_was_seen() -> None:
    seen: list[int] = []

    def view() -> bool:
        seen.append(1)
        return True

    script = Script("a", "v", "a")
    assert script.person.confirm("Write?", view=view) == Answer(True, always=True)
    assert seen == [1]
    assert "not all of it" in script.told[0]
    assert ["[a]lways" in one for one in script.prompts] == [False, False, True]


def test_edit_is_the_askers_to_do() -> None:
    assert Script("e").person.confirm("Write?", edit=True) == Answer(False, edit=True)


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_where_one_line_is_too_short_the_keys_stand_below(columns: int) -> None:
    script = Script("y", columns=columns)
    script.person.confirm("Write 9 files under ./out?", view=lambda: True, always=True)
    first, _, keys = script.prompts[0].partition("\n")
    assert (keys != "") == (columns < 80)
    assert first.startswith("Write 9 files under ./out?")


def test_words_are_words_and_end_of_input_is_none() -> None:
    assert Script(" checkout ").person.words("Which?") == "checkout"
    assert Script().person.words("Which?") == ""


def test_with_nobody_there_a_question_is_status_four() -> None:
    for ask in (Nobody().confirm, Nobody().words):
        with pytest.raises(NobodyToAsk) as refused:
            ask("Write?")
        assert refused.value.status == ExitStatus.NOBODY
