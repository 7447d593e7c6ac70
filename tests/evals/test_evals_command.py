"""``devops-exe eval`` as it is called: exit statuses, reports, resuming, comparing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from eval_samples import CASES, ROOT, SMALL

SOUND = SMALL.replace("id: small", "id: sound")
FALSE = SMALL.replace("id: small", "id: lost").replace("of: scale", "of: rollback")


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def call(*words, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "devops_exe", "eval", *map(str, words)],
        capture_output=True, text=True, cwd=cwd, env=environment(), check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "sound.yaml").write_text(SOUND)
    return tmp_path


def test_a_case_never_seen_before_is_played(folder):
    done = call(folder / "cases", "--engine", "offline")
    assert done.returncode == 0, done.stderr
    assert "offline   1 of 1 cases passed · 100 %" in done.stdout
    assert "eval 1/1 · 100 % passed" in done.stderr


def test_below_the_threshold_is_exit_1_and_every_report_says_why(folder):
    (folder / "cases" / "lost.yaml").write_text(FALSE)
    done = call(folder / "cases", "--out", folder / "out", "--json")
    assert done.returncode == 1
    assert "✗ lost@offline failed: sections[0]" in done.stderr
    assert "50 % passed, 100 % wanted" in done.stderr
    raw = json.loads(done.stdout)
    assert raw == json.loads((folder / "out" / "report.json").read_text())
    assert raw["cases"]["lost@offline"]["states"] == ["failed"]
    assert 'failures="1"' in (folder / "out" / "junit.xml").read_text()
    assert "| lost@offline | 0 of 1 |" in (folder / "out" / "report.md").read_text()
    assert call(folder / "cases", "--threshold", "50%", "--quiet").returncode == 0


def test_repeats(folder):
    done = call(folder / "cases", "--repeat", "3", "--jobs", "2", "--format", "markdown")
    assert done.returncode == 0
    assert "| Engine | Cases | pass@1 | 95 % | pass@3 | pass^3 |" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{}/none"], "no file or folder|is called"),
        (["{}/empty"], "there is no case in this folder"),
        (["{}/cases", "--baseline", "{}/old.json"], "its schema is 'devops-exe-evals/0'"),
        (["{}/cases", "--threshold", "lots"], "is no share"),
        (["{}/cases", "--repeat", "0"], "--repeat"),
        (["{}/cases", "--format", "pdf"], "is no report"),
        (["{}/cases", "--engine", "recorded"], "none of the 1 cases is for the engine recorded"),
        (["diff", "{}/old.json"], "compares two runs"),
        (["diff", "{}/old.json", "{}/old.json"], "its schema is"),
        (["{}/twice"], "the id 'sound' is that of"),
        (["{}/wrong"], "did you mean sections?"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(folder, words, told):
    import re

    (folder / "empty").mkdir()
    (folder / "old.json").write_text('{"schema": "devops-exe-evals/0", "cases": {}}')
    for name, texts in {
        "twice": [SOUND, SOUND],
        "wrong": [SOUND.replace("sections", "section")],
    }.items():
        (folder / name).mkdir()
        for number, text in enumerate(texts):
            (folder / name / f"{number}.yaml").write_text(text)
    done = call(*(word.format(folder) for word in words))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("devops-exe: ")
    assert re.search(told, done.stderr) or told in done.stderr


def test_diff_of_two_reports(tmp_path):
    def write(name, passed):
        cases = {f"case{n}@offline": {"passed": passed, "of": 1} for n in range(6)}
        path = tmp_path / name
        path.write_text(json.dumps({"schema": "devops-exe-evals/1", "cases": cases}))
        return path

    good, bad = write("a.json", 1), write("b.json", 0)
    lost = call("diff", good, bad)
    assert (lost.returncode, lost.stdout.splitlines()[-1]) == (
        1,
        "6 lost, 0 won of 6 cases in both; exact McNemar p = 0.0312: a significant loss",
    )
    assert call("diff", bad, good).returncode == 0
    told = json.loads(call("diff", good, good, "--json").stdout)
    assert (told["both"], told["p_value"]) == (6, 1.0)


def test_the_claude_engine_without_a_key_is_exit_3(folder):
    done = call(folder / "cases", "--engine", "claude")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_eval_engines_answer_nothing_else():
    done = subprocess.run(
        [sys.executable, "-m", "devops_exe", "--engine", "scripted", "/scale api on EKS"],
        capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "offline" in done.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(tmp_path):
    words = [sys.executable, "-m", "devops_exe", "eval", str(CASES), "--engine", "offline"]
    first = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    state = tmp_path
    for _ in range(200):
        time.sleep(0.05)
        found = list(_states())
        if found and found[0].stat().st_size > 1000:
            break
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=60)
    assert first.returncode == 130, told
    assert "the same command goes on" in told
    (state,) = _states()
    done = len(state.read_text().splitlines())
    assert done > 0
    again = subprocess.run(
        words, capture_output=True, text=True, env=environment(), check=False, timeout=120
    )
    assert f"going on with {done} of " in again.stderr
    assert again.returncode in {0, 1}
    assert not state.exists()


def _states():
    from devops_exe.ground.locations import cache_dir

    return (cache_dir() / "evals").glob("*.jsonl")
