"""What sentences say: exactly these facts, these leftovers, these refusals."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.requirements import LONGEST, check_strategy_word, read_words
from devops_exe.ground.errors import UserError

sys.path.insert(0, str(Path(__file__).parent))
from requirement_sentences import REFUSED, SENTENCES, UNUSED  # noqa: E402


@pytest.mark.parametrize(("sentence", "facts"), SENTENCES, ids=[s for s, _ in SENTENCES])
def test_sentence_says_exactly(sentence: str, facts: dict[str, Any]) -> None:
    profile = read_words(sentence)
    assert {name: fact.value for name, fact in profile} == facts


@pytest.mark.parametrize(("sentence", "unused"), UNUSED, ids=[s for s, _ in UNUSED])
def test_leftovers_are_listed(sentence: str, unused: tuple[str, ...]) -> None:
    assert read_words(sentence).unused == unused


@pytest.mark.parametrize(("sentence", "where"), REFUSED, ids=[s for s, _ in REFUSED])
def test_senseless_values_are_refused_with_the_words(sentence: str, where: str) -> None:
    with pytest.raises(UserError) as refusal:
        read_words(sentence)
    assert refusal.value.where == where
    assert refusal.value.code == "bad_input"
    assert refusal.value.fix
