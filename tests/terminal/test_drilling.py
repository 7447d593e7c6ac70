"""``drill``: shown first, asked for, run with the real parts, remembered for ``/why RTO``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from devops_exe.cli import main
from devops_exe.ground.errors import UserError
from devops_exe.terminal.replies import drilling
from devops_exe.terminal.replies.drilling import stated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.terminal.app import App

LINE = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, {}"


def needs_tools() -> None:
    missing = [name for name in ("haproxy", "prometheus") if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI installs {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def document(strategy: str, capsys: pytest.CaptureFixture[str], folder: Path) -> Path:
    main(["--engine", "offline", "--json", LINE.format(strategy)])
    path = folder / f"{strategy}.json"
    path.write_text(capsys.readouterr().out)
    return path


def test_what_is_stated() -> None:
    assert stated(["fault=hang", "errors=5%", "runs=2", "command=./serve --fast"]) == {
        "fault": "hang",
        "errors": 0.05,
        "runs": 2,
        "command": ("./serve", "--fast"),
    }


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("falt=hang", "did you mean fault="),
        ("hang", "NAME=VALUE"),
        ("errors=many", "is no number"),
        ("rps=inf", "is no number"),
        ("runs=1.5", "no whole number"),
        ("command='x", "quotation"),
        ("command=", "is none"),
        ("findings=yes", "findings=ignore"),
        ("health_path=ready", "health_path=/healthz"),
    ],
)
def test_what_makes_no_sense_is_refused(word: str, told: str) -> None:
    with pytest.raises(UserError) as refused:
        stated([word])
    assert told in refused.value.line()


def test_nobody_to_ask_shows_the_plan_and_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_tools()
    path = document("canary", capsys, tmp_path)
    assert main(["drill", str(path)]) == 4
    shown = capsys.readouterr()
    assert "1. start Prometheus on 127.0.0.1" in shown.out
    assert "nobody is there to answer" in shown.err
    assert main(["drill", str(path), "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ran"], answer["error"]["code"]) == (False, "nobody_to_ask")


def test_why_nothing_was_run_stands_below_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = document("canary", capsys, tmp_path)
    words = ["--engine", "offline", "--mode", "plan", "drill", str(path)]
    done = subprocess.run(
        [sys.executable, "-m", "devops_exe", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout.index("stop everything") < done.stdout.index("mode plan")


def test_a_command_of_the_users_own_needs_more_than_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_tools()
    path = document("canary", capsys, tmp_path)
    assert main(["drill", str(path), "command=./serve", "--yes"]) == 4
    assert "--confirm" in capsys.readouterr().err
    assert main(["drill", str(path), "command=./serve", "--confirm", "0123456789ab"]) == 2
    assert "the plan's id is" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("runs=2",), ("no-such.json",), ("-x",)])
def test_no_document_is_bad_input(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", *words, "--yes"]) == 2
    assert "devops-exe: " in capsys.readouterr().err


def test_a_part_without_a_strategy_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--engine", "offline", "--json", "/scale shop on EKS, 300 rps"])
    path = tmp_path / "scale.json"
    path.write_text(capsys.readouterr().out)
    assert main(["drill", str(path), "--yes"]) == 2
    assert "no deployment strategy to drill" in capsys.readouterr().err


@pytest.mark.slow
def test_a_drill_is_run_and_remembered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_tools()
    path = document("recreate", capsys, tmp_path)
    status = main(["drill", str(path), "--yes", "--json", "seconds=6"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["ran"] is True, answer
    assert status == (0 if "did not hold" not in answer["text"] else 1)
    assert "rests on your platform's own times" in answer["text"]
    main(["--continue", "/why RTO"])
    assert "  Drilled  2023-11-14 (Recreate, errors): measured" in capsys.readouterr().out


def test_keys_are_listened_to_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    @contextmanager
    def listening() -> Iterator[None]:
        seen.append("listens")
        yield
        seen.append("ends")

    monkeypatch.setattr(
        "devops_exe.operate.drill.run.run", lambda *_args, **_named: seen.append("runs")
    )
    settings = SimpleNamespace(flag=lambda _name: True)
    app = SimpleNamespace(settings=settings, json=False, keys=SimpleNamespace(listening=listening))
    drilling._run(cast("App", app), cast("DrillPlan", None), None)
    app.keys = None
    drilling._run(cast("App", app), cast("DrillPlan", None), None)
    assert seen == ["listens", "runs", "ends", "runs"]
