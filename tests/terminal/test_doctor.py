from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from chat_stage import settings

from devops_exe import cli
from devops_exe.terminal.capability import Terminal
from devops_exe.terminal.doctor import checks, doctor_report, lines


def report(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    status = cli.main(["doctor", *more])
    return status, capsys.readouterr().out


def test_a_healthy_place_is_ok_and_says_what_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = report(capsys)
    assert status == 0
    assert "ok   python" in text
    assert "!    key            none: written rules answer" in text
    assert "→ export ANTHROPIC_API_KEY=…" in text
    assert "no telemetry" in text
    told = [line for line in text.splitlines() if "/" not in line]  # a path is never cut
    assert max(map(len, told)) <= 80


def test_a_key_is_present_and_never_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-verysecret")
    status, text = report(capsys)
    assert status == 0
    assert "ANTHROPIC_API_KEY is set (it is never shown)" in text
    assert "verysecret" not in text


def test_a_folder_that_cannot_be_written_fails_with_its_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DEVOPS_EXE_DATA_DIR", str(tmp_path / "file" / "below"))
    status, text = report(capsys)
    assert status == 1
    assert "FAIL sessions" in text
    assert "DEVOPS_EXE_DATA_DIR" in text.split("FAIL sessions")[1]


def test_settings_that_cannot_be_read_fail_and_the_rest_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".devops-exe.toml").write_text('engine = "claude"\n')
    status, text = report(capsys)
    assert status == 1
    assert "FAIL settings" in text
    assert ".devops-exe.toml:1" in text
    assert "ok   sessions" in text


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = report(capsys, "--json")
    raw = json.loads(text)
    assert status == 0
    assert raw["healthy"] is True
    assert {"name", "state", "what", "fix"} == set(raw["checks"][0])


def test_a_missing_package_is_told_with_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "anthropic" else there(name)
    )
    found = {one.name: one for one in checks(settings(), Terminal(), {})}
    assert found["anthropic"].state == "warn"
    assert "offline answers" in found["anthropic"].what


@pytest.mark.parametrize(
    ("terminal", "says"),
    [
        (Terminal(interactive=True, dumb=True), "TERM=dumb"),
        (Terminal(interactive=True, columns=30), "30 columns"),
        (Terminal(interactive=True, columns=120, width=100), "120 columns, documents 100"),
        (Terminal(ascii=True), "ASCII only"),
    ],
)
def test_the_terminal_is_described(terminal: Terminal, says: str) -> None:
    assert says in "\n".join(lines(checks(settings(), terminal, {}), 100))


def test_ascii_alone_on_an_ascii_screen() -> None:
    out = io.StringIO()
    assert doctor_report(settings(), Terminal(ascii=True), out) == 0
    assert out.getvalue().isascii()
