"""promtool reads the rules and runs their tests; rules that are broken fail the tests."""

from __future__ import annotations

import re

import pytest
from observed import WORDS, run, subject, tool

from devops_exe.implement.emit import emit
from devops_exe.implement.observability.rule_tests import rule_tests
from devops_exe.implement.observability.rules import rule_groups


def written(folder, name: str, change=None):
    """The rules and tests of a subject in a folder; ``change`` is made to the rules' text."""
    one = subject(name)
    text = emit({"groups": rule_groups(one)})
    changed = change(text) if change else text
    if change:
        assert changed != text
    (folder / f"{one.name}.rules.yml").write_text(changed)
    (folder / f"{one.name}.rules.test.yml").write_text(emit(rule_tests(one)))
    return one.name


@pytest.mark.parametrize("name", WORDS)
def test_rules_and_their_tests(name: str, tmp_path) -> None:
    promtool = tool("promtool")
    file = written(tmp_path, name)
    done = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", f"{file}.rules.yml",
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(promtool, "test", "rules", f"{file}.rules.test.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("scale", [60, 720])
def test_scaled_rules(scale: int, tmp_path) -> None:
    path = tmp_path / "r.yml"
    path.write_text(emit({"groups": rule_groups(subject("canary"), time_scale=scale)}))
    done = run(tool("promtool"), "check", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def every_alert_fires_and_is_silent(name: str) -> None:
    fired, silent = set(), set()
    for test in rule_tests(subject(name))["tests"]:
        for case in test["alert_rule_test"]:
            (fired if case["exp_alerts"] else silent).add(case["alertname"])
    alerts = {
        str(getattr(rule["alert"], "value", rule["alert"]))
        for group in rule_groups(subject(name))
        for rule in group["rules"]
        if "alert" in rule
    }
    assert fired == alerts
    assert silent == alerts


@pytest.mark.parametrize("name", WORDS)
def test_every_alert_has_both_tests(name: str) -> None:
    every_alert_fires_and_is_silent(name)


BROKEN = {
    "no floor": lambda text: re.sub(r"\n *and [^\n]*# bad requests in[^\n]*", "", text),
    "threshold too high": lambda text: text.replace("> 0.0072", "> 0.02"),
    "threshold too low": lambda text: text.replace("> 0.0072", "> 0.004"),
    "no short window": lambda text: re.sub(r"\n *and job[^\n]*rate(5m|30m)\{[^\n]*", "", text),
    "a metric that nobody has": lambda text: text.replace("duration_count", "sum"),
    "probes counted as errors": lambda text: text.replace(
        'status_code=~"5.."', 'status_code=~".*"'
    ),
    "another severity": lambda text: text.replace("severity: page", "severity: ticket"),
    "no alert when all is gone": lambda text: text.replace("== 1)", "== 0)"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_rule_fails_its_tests(fault: str, tmp_path) -> None:
    file = written(tmp_path, "plain", BROKEN[fault])
    done = run(tool("promtool"), "test", "rules", f"{file}.rules.test.yml", cwd=tmp_path)
    assert done.returncode != 0
