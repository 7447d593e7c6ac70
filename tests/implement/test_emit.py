"""What is emitted reads back as the same value, whatever it holds."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.ground.errors import UserError
from devops_exe.implement.emit import Block, Figured, Noted, Quoted, emit, plain, scalar

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    TEXT,
    st.sampled_from(["no", "1e3", "null", "08", "~", "y", "- a", "a: b", "#x", "'", '"', "1_000"]),
    TEXT.map(Block),
    TEXT.map(Quoted),
    st.integers(0, 99).map(lambda n: Figured(n, "L1.x")),
)
NODES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXT, inner, max_size=3),
        inner.map(lambda node: Noted(node, "why it is so")),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(TEXT, NODES, min_size=1, max_size=4))
def test_reads_back_as_the_same_value(node: dict[str, object]) -> None:
    assert yaml.safe_load(emit(node, header=["made"])) == plain(node)


def test_several_documents_and_comments() -> None:
    text = emit(
        {"a": [Figured(3, "L2.zones"), {"b": Noted("c", "because"), "d": {}}], "e": []},
        {"run": Block("set -e\n  x\n\ny\n")},
        header=["first", ""],
    )
    assert text == (
        "# first\n#\na:\n  - 3  # L2.zones\n  - b: c  # because\n    d: {}\ne: []\n"
        "---\nrun: |\n  set -e\n    x\n\n  y\n"
    )
    assert list(yaml.safe_load_all(text))[1] == {"run": "set -e\n  x\n\ny\n"}


@pytest.mark.parametrize("word", ["yes", "Off", "0x10", "+1", ".5", "1_000", "0o7", "012"])
def test_words_that_other_readers_take_for_something_else_are_quoted(word: str) -> None:
    assert scalar(word) == f"'{word}'"


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(UserError, match="bytes is no value"):
        emit({"a": b"x"})
