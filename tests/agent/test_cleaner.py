from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.agent.claude.cleaner import Cleaner
from devops_exe.ground.text import sanitise

PIECES = st.sampled_from(list("\x1b[]mP\\\x07\x9b\x9d\x9c\r\n; (Baé\u202e0~?X_^🙂\x00\t"))


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join), st.lists(st.integers(0, 14), max_size=6))
def test_any_split_gives_what_the_whole_gives(text, cuts):
    cleaner = Cleaner()
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert "".join(map(cleaner.feed, pieces)) + cleaner.flush() == sanitise(text)


@pytest.mark.parametrize("text", ["plain", "naïve ─ ┌", "two\nlines"])
def test_plain_text_is_not_held_back(text):
    assert Cleaner().feed(text) == text


def test_a_sequence_without_an_end_is_not_held_for_ever():
    cleaner = Cleaner()
    shown = cleaner.feed("a\x1b]0;" + "x" * 10_000)
    assert shown.startswith("a")
    assert "\x1b" not in shown + cleaner.flush()
