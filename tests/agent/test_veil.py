from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from devops_exe.agent.claude.veil import Veil
from devops_exe.ground.redaction import Redactor

TOKEN = "gh" + "p_" + "a1B2c3D4" * 5


def fed(pieces: list[str]) -> str:
    veil = Veil(Redactor().redact)
    return "".join(map(veil.feed, pieces)) + veil.flush()


@examples(max_examples=80)
@given(st.lists(st.text(alphabet="ab 1.:=\n_/é", max_size=9), max_size=14))
def test_what_is_no_secret_comes_as_it_is(pieces):
    assert fed(pieces) == "".join(pieces)


@pytest.mark.parametrize("at", range(1, len(TOKEN)))
def test_a_secret_cut_anywhere_is_a_placeholder(at):
    out = fed(["It is ", TOKEN[:at], TOKEN[at:], ", I say"])
    assert TOKEN[4:] not in out
    assert out.endswith("‹secret:github-token:1›, I say")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_setting_in_small_pieces_is_a_placeholder(size):
    text = "set password=hunter2hunter2 and\nDB_PASSWORD: correct-horse9\ndone"
    out = fed([text[i : i + size] for i in range(0, len(text), size)])
    assert "hunter2" not in out
    assert "correct-horse9" not in out
    assert out.endswith("\ndone")


def test_plain_words_are_not_held_back():
    veil = Veil(Redactor().redact)
    assert [veil.feed(piece) for piece in ("half ", "a wo", "rd", " and")] == [
        "half ", "a wo", "rd", " and",
    ]  # fmt: skip


def test_a_line_without_an_end_stays_cheap():
    calls: list[int] = []

    def outgoing(text: str) -> str:
        calls.append(len(text))
        return text

    veil = Veil(outgoing)
    out = "".join(veil.feed("w0rd ") for _ in range(20_000)) + veil.flush()
    assert out == "w0rd " * 20_000
    assert max(calls) < 5000


def test_plain_words_are_not_looked_at_twice():
    calls: list[str] = []
    veil = Veil(lambda text: calls.append(text) or text)
    assert "".join(veil.feed(word) for word in ("Use ", "canary, ", "since\n", "it ", "is ")) == (
        "Use canary, since\nit is "
    )
    assert calls == []
    veil.feed("my pass")
    assert calls
