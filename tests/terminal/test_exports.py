from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe import cli

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def stored() -> Stage:
    stage = Stage()
    stage.say(CHECKOUT)
    return stage


def test_a_session_in_each_format(stored: Stage, capsys: Captured) -> None:
    key = stored.app.session.id
    assert cli.main(["export", key]) == 0
    text = capsys.readouterr().out
    assert text == f"{stored.app.session.results[0].text}\n"
    assert cli.main(["export", key, "--format", "json"]) == 0
    raw = json.loads(capsys.readouterr().out)
    assert raw == json.loads(json.dumps(stored.app.session.results[0].as_json()))
    assert cli.main(["export", "checkout-api", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == raw


def test_a_file_in_each_face(stored: Stage, capsys: Captured) -> None:
    result = stored.app.session.results[0]
    Path("b.json").write_text(json.dumps(result.as_json()))
    Path("b.txt").write_text(f"said before\n{result.text}\n\nAssumed\n")
    assert cli.main(["export", "b.json", "--format", "text"]) == 0
    assert capsys.readouterr().out == f"{result.text}\n"
    assert cli.main(["export", "b.txt", "--format", "text"]) == 0
    assert capsys.readouterr().out == f"{result.text}\n"
    assert cli.main(["export", "b.json", "--width", "60"]) == 0
    narrow = capsys.readouterr().out
    assert max(len(line) for line in narrow.splitlines() if line.startswith("│")) == 60
    assert cli.main(["validate", "b.txt"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["b.json", "--format", "html"], "html: not built yet; use text, which is nearest"),
        (["b.json", "--format", "markdown"], "markdown: not built yet; use text"),
        (["b.json", "--format", "pdf"], "no format; use one of text, json"),
        (["b.txt", "--format", "json"], "no ledger"),
        (["empty.json"], "no document"),
        (["other.txt"], "no document"),
        (["./missing"], "no such file"),
        (["ffff"], "ffff"),
        ([], "FILE|SESSION"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_what_cannot_be_exported(
    stored: Stage, capsys: Captured, arguments: list[str], says: str
) -> None:
    result = stored.app.session.results[0]
    Path("b.json").write_text(json.dumps(result.as_json()))
    Path("b.txt").write_text(result.text)
    Path("empty.json").write_text("{}")
    Path("other.txt").write_text("nothing")
    assert cli.main(["export", *arguments]) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert says in heard.err


def test_the_chat_exports_alike(stored: Stage) -> None:
    stored.say("/export html")
    assert "html: not built yet; use text, which is nearest" in stored.err
    stored.say("/export json")
    assert json.loads(stored.out)["schema"] == "devops-exe/1"


def test_a_map_of_nothing_names_the_command_and_no_dot(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["/export", "svg"]) == 2
    assert "devops-exe: /export: no dependency was found to draw" in capsys.readouterr().err
