"""Measured values replace assumptions, with their source, and only after a yes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devops_exe.cli import main
from devops_exe.design.measured import Measured, facts, measured_of
from devops_exe.ground.errors import UserError
from devops_exe.ground.settings import Setting, Settings
from devops_exe.terminal.app import App
from devops_exe.terminal.measuring import agree, is_agreed, project_values, with_row
from devops_exe.terminal.question import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = Measured("startup_seconds", "42", "kubectl get events, production", "2026-11-20")
FILE = (
    "[measured]\n"
    'startup_seconds = { value = 42, source = "kubectl get events", date = "2026-11-20" }\n'
)
LINE = "/devops checkout-api on EKS, 1200 rps, 99.95 %"


def app(answers: Sequence[str] = ()) -> tuple[App, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    settings = Settings({"engine": Setting("offline", "flag", "--engine")})
    made = App.create(settings, stdin=io.StringIO(), stdout=out, stderr=err)
    if answers:
        left = list(answers)

        def ask(_: str) -> str:
            if not left:
                raise EOFError
            return left.pop(0)

        made.question = Person(ask)
    return made, out, err


def startup(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    main(["--engine", "offline", "--json", LINE])
    fact: dict[str, object] = json.loads(capsys.readouterr().out)["profile"]["startup_seconds"]
    return fact


def test_a_measured_value_is_a_fact_with_source_and_date() -> None:
    (fact,) = facts([ROW]).values()
    assert (fact.value, fact.origin) == (42, "measured")
    assert fact.where == "kubectl get events, production, 2026-11-20"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Measured("startup_seconds", "42", "", "2026-11-20"), "needs a source and a date"),
        (Measured("startup_seconds", "42", "x", "20 Nov"), "needs a source and a date"),
        (Measured("startup_seconds", "1e99", "x", "2026-11-20"), "is no measurement"),
        (Measured("startup_seconds", "soon", "x", "2026-11-20"), "startup_seconds"),
        (Measured("slo_percent", "99.9", "x", "2026-11-20"), "cannot be measured"),
        (Measured("strategy", "Canary", "x", "2026-11-20"), "cannot be measured"),
        (Measured("startup", "42 s", "\x1b[2J", "2026-11-20"), ""),
    ],
)
def test_what_is_no_measurement_is_refused(row: Measured, told: str) -> None:
    if not told:
        assert "\x1b" not in row.fact().where
        return
    with pytest.raises(UserError) as refused:
        row.fact()
    assert told in refused.value.line()


def test_a_row_without_value_is_refused() -> None:
    with pytest.raises(UserError, match="no table of value, source and date"):
        measured_of({"startup_seconds": 42})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[measured]\nLINE\n"),
        ("width = 80\n", "width = 80\n\n[measured]\nLINE\n"),
        ("[measured]  # ours\n\n[prices]\n", "[measured]  # ours\nLINE\n\n[prices]\n"),
        ("[measured]\nstartup_seconds = 1 # old\nx = 2\n", "[measured]\nLINE\nx = 2\n"),
    ],
)
def test_one_line_is_added_and_the_rest_stays(before: str, after: str) -> None:
    line = (
        'startup_seconds = { value = 42, source = "kubectl get events, production", '
        'date = "2026-11-20" }'
    )
    assert with_row(before, ROW) == after.replace("LINE", line)


def test_a_project_file_counts_only_after_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".devops-exe.toml").write_text(FILE)
    main(["--engine", "offline", "--json", LINE])
    shown = capsys.readouterr()
    assert json.loads(shown.out)["profile"]["startup_seconds"]["from"] == "assumption"
    assert "not used, nobody said yes" in shown.err
    agree(project_values())
    assert startup(capsys) == {
        "value": 42,
        "from": "measured",
        "where": "kubectl get events, 2026-11-20",
    }


def test_another_value_needs_another_yes() -> None:
    Path(".devops-exe.toml").write_text(FILE)
    agree(project_values())
    assert is_agreed(project_values())
    Path(".devops-exe.toml").write_text(FILE.replace("42", "4"))
    assert not is_agreed(project_values())


def test_a_person_is_asked_once_and_a_no_leaves_the_assumption(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".devops-exe.toml").write_text(FILE)
    made, _, _ = app(["n"])
    made.answer(LINE)
    made.answer(LINE)
    fact = made.current("x").profile.facts["startup_seconds"]
    assert fact.origin == "assumption"
    made, _, _ = app(["y"])
    made.answer(LINE)
    assert made.current("x").profile.facts["startup_seconds"].origin == "measured"
    assert startup(capsys)["from"] == "measured"


def test_what_the_user_says_beats_what_was_measured() -> None:
    Path(".devops-exe.toml").write_text(FILE)
    made, _, _ = app(["y"])
    made.answer(f"{LINE}, starts in 50 s")
    fact = made.current("x").profile.facts["startup_seconds"]
    assert (fact.value, fact.origin) == (50, "user")


def test_a_value_is_kept_after_a_yes_and_counts() -> None:
    made, out, _ = app(["y"])
    made.answer(LINE)
    made.answer("/measured startup_seconds=42 s from kubectl get events, production")
    assert "kept in .devops-exe.toml" in out.getvalue()
    assert project_values()[0].source == "kubectl get events, production"
    made.answer(LINE)
    assert made.current("x").profile.facts["startup_seconds"].value == 42


def test_a_no_keeps_nothing() -> None:
    made, out, _ = app(["n"])
    made.answer("/measured startup_seconds=42 from a stopwatch")
    assert "nothing was kept" in out.getvalue()
    assert not Path(".devops-exe.toml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("startup_seconds=42", "no source is named"),
        ("slo_percent=99.9 from a report", "cannot be measured"),
        ("startup_secs=1 from x", "no field is called"),
    ],
)
def test_what_cannot_be_kept_is_refused(words: str, told: str) -> None:
    made, _, err = app(["y"])
    assert made.answer(f"/measured {words}") == 2
    assert told in err.getvalue()
