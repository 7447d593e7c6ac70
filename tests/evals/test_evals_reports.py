"""What a run says: JSON, JUnit XML, Markdown, and two runs compared."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from devops_exe.evals import compare, report
from devops_exe.evals.trial import Outcome, Trial
from devops_exe.ground.errors import UserError


def rows(**marks):
    """Rows by case: a string of p (passed), f (failed), t (timeout)."""
    states = {"p": "passed", "f": "failed", "t": "timeout"}
    return report.rows_of(
        Outcome(
            Trial(name, "offline", number),
            states[mark],
            () if mark == "p" else (f"words[0]: no 'a|b' <tag> \x1b & {mark}",),
            3,
            0.5,
            0.25,
            2,
            70,
        )
        for name, text in marks.items()
        for number, mark in enumerate(text)
    )


def test_rates_over_repeats():
    found = report.rates(rows(a="ppp", b="ppf", c="fff"))
    assert (found.cases, found.repeat) == (3, 3)
    assert found.at_1 == pytest.approx((1 + 2 / 3) / 3)
    assert found.at_k == pytest.approx(2 / 3)
    assert found.all_k == pytest.approx(1 / 3)
    assert found.interval.low < found.at_1 < found.interval.high


def test_json_is_read_back_as_a_baseline(tmp_path):
    path = tmp_path / "report.json"
    raw = report.as_json(rows(a="pp", b="pf"), 12.0)
    path.write_text(json.dumps(raw))
    assert raw["summary"]["offline"]["pass@2"] == 1.0
    assert raw["summary"]["offline"]["pass^2"] == 0.5
    assert raw["cases"]["b@offline"]["tokens"] == 140
    assert compare.read_marks(path) == {"a@offline": (2, 2), "b@offline": (1, 2)}
    path.write_text(compare.baseline_json(rows(a="pp", b="pf")))
    assert compare.read_marks(path) == {"a@offline": (2, 2), "b@offline": (1, 2)}


def test_junit_is_xml_that_counts():
    root = ElementTree.fromstring(report.junit(rows(a="p", b="f", c="t"), 1.5))
    (suite,) = root.findall("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed = suite.find("testcase[@name='b']/failure")
    assert failed is not None
    assert failed.text == "failed: words[0]: no 'a|b' <tag>  & f"
    assert suite.find("testcase[@name='a']/failure") is None


def test_markdown_keeps_its_table():
    text = report.markdown(rows(a="p", b="f"), 1.5)
    (line,) = [one for one in text.splitlines() if one.startswith("| b@offline")]
    assert "a\\|b" in line
    assert "| offline | 2 | 50 % |" in text


def test_a_person_reads_rates():
    assert (
        report.plain(rows(a="pp", b="pf"), 3.0)
        .splitlines()[0]
        .startswith("offline   1 of 2 cases passed · 75 % (95 %: ")
    )


# ── two runs ─────────────────────────────────────────────────────────────────────────────────


def marks(**counts):
    return {f"{name}@offline": (passed, 3) for name, passed in counts.items()}


def test_what_turned_and_what_is_new():
    found = compare.difference(marks(a=3, b=3, c=0, d=3, e=2), marks(a=3, b=1, c=3, e=2, f=0))
    assert (found.lost, found.won) == (("b@offline",), ("c@offline",))
    assert (found.only_before, found.only_after) == (("d@offline",), ("f@offline",))
    assert (found.both, found.p_value, found.significant_loss) == (4, 1.0, False)
    assert "- lost b@offline" in found.lines()


def test_a_loss_is_significant_when_chance_hardly_makes_it():
    six = {f"case{n}": 3 for n in range(6)}
    none = dict.fromkeys(six, 0)
    assert compare.difference(marks(**six), marks(**none)).significant_loss
    assert not compare.difference(marks(**none), marks(**six)).significant_loss
    five = {f"case{n}": 3 for n in range(5)}
    assert not compare.difference(marks(**five), marks(**dict.fromkeys(five, 0))).significant_loss


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no report"),
        ("[]", "no report"),
        ("{}", "no report"),
        ('{"schema": "devops-exe-evals/9", "cases": {}}', "its schema is 'devops-exe-evals/9'"),
        ('{"schema": "devops-exe-evals/1"}', "no report"),
        ('{"schema": "devops-exe-evals/1", "cases": {"a": {"passed": 2, "of": 1}}}', "no report"),
        ('{"schema": "devops-exe-evals/1", "cases": {"a": 1}}', "no report"),
    ],
)
def test_a_baseline_that_is_none_is_one_line(tmp_path, text, told):
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        compare.read_marks(path)
    assert told in caught.value.line()
    assert "\n" not in caught.value.line()


def test_a_baseline_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        compare.read_marks(tmp_path / "none.json")
