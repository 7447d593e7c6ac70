from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from devops_exe.terminal import history
from devops_exe.terminal.history import Lines, may_be_kept

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "line",
    [" a leading blank", "\ttab", "", "   ", "use token=abcdefgh1234",
     "my key is sk-ant-api03-" + "a1B2" * 10, "AKIAIOSFODNN7EXAMPLE", "postgres://u:secretpw@h/db"],
)  # fmt: skip
def test_what_may_not_be_kept(line: str) -> None:
    assert not may_be_kept(line)


@pytest.mark.parametrize(
    "line", ["/why RTO", "/devops checkout-api on EKS, 1200 rps", "two\nlines"]
)
def test_what_may_be_kept(line: str) -> None:
    assert may_be_kept(line)


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "state" / "history")
    typed = ["/why RTO", "two\nlines", "back\\slash \\n stays", "ünïcode 東京"]
    for line in [*typed, " hidden"]:
        lines.add(line)
    assert lines.read() == typed
    assert stat.S_IMODE(lines.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(lines.path.parent.stat().st_mode) == 0o700


def test_a_file_that_cannot_be_used_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lines = Lines(tmp_path / "file" / "history")
    lines.add("/why RTO")
    lines.trim()
    assert lines.read() == []


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 10)
    lines = Lines(tmp_path / "history")
    for number in range(20):
        lines.add(f"line {number}")
    lines.trim()
    assert len(lines.path.read_text().splitlines()) == 10
    assert lines.read()[-1] == "line 19"


def test_the_default_place_is_the_state_folder() -> None:
    assert Lines().path.parts[-2:] == ("devops-exe", "history")
