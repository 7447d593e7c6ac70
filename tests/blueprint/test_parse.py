"""Texts that are not quite the document: each fault is found, and only that one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from blueprint_samples import SAMPLE, part

from devops_exe.blueprint.model import SECTIONS
from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = render(SAMPLE, 39)


def codes(text: str) -> list[str]:
    return [finding.code for finding in parse(text).findings]


def without(start: str, text: str = TEXT) -> str:
    lines = text.split("\n")
    index = next(i for i, line in enumerate(lines) if line.startswith(start))
    return "\n".join(lines[:index] + lines[index + 1 :])


def section(name: str) -> str:
    """The text of one section, with the blank line above it."""
    match = re.search(rf"\n\n{re.escape(name)}\n.*?(?=\n\n[A-Z]|\n\nDevOps)", TEXT, re.DOTALL)
    assert match is not None
    return match.group()


def test_the_sample_has_no_findings() -> None:
    reading = parse(TEXT)
    assert reading.findings == ()
    assert reading.blueprint == SAMPLE


@pytest.mark.parametrize("text", ["", "\n", "hello", "System: x", "MONITORING", "DevOps Status: ●"])
def test_not_a_blueprint(text: str) -> None:
    reading = parse(text)
    assert reading.blueprint is None
    assert [finding.code for finding in reading.findings] == ["not_a_blueprint"]


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("DEVOPS OVERVIEW", "overview"),
        ("ENVIRONMENT STRATEGY", "environments"),
        ("CI/CD PIPELINE", "pipeline"),
        ("DEPLOYMENT STRATEGY", "strategy"),
        ("INFRASTRUCTURE", "infrastructure"),
        ("ROLLBACK PLAN", "rollback"),
        ("SCALING POLICY", "scaling"),
        ("MONITORING", "monitoring"),
    ],
)
def test_a_missing_section(heading: str, path: str) -> None:
    reading = parse(TEXT.replace(section(heading), ""))
    assert [(f.code, f.path) for f in reading.findings] == [("missing_section", path)]
    assert reading.blueprint == SAMPLE.model_copy(update={path: None})


@pytest.mark.parametrize("kind", ["pipeline", "deploy", "rollback", "scale"])
def test_nothing_is_missing_in_a_part(kind: str) -> None:
    assert codes(render(part(kind))) == []  # type: ignore[arg-type]


def test_header_and_footer_are_sections() -> None:
    start = TEXT.index("\n\nDEVOPS OVERVIEW") + 2
    found = parse(TEXT[start:]).findings
    assert [(f.code, f.path) for f in found] == [("missing_section", "header")]
    found = parse(TEXT[: TEXT.index("\n\nDevOps Status")]).findings
    assert [(f.code, f.path) for f in found] == [("missing_section", "footer")]


def test_a_section_out_of_order() -> None:
    moved = section("INFRASTRUCTURE")
    text = TEXT.replace(moved, "").replace("\n\nDevOps Status", f"{moved}\n\nDevOps Status")
    reading = parse(text)
    assert [finding.code for finding in reading.findings] == ["section_out_of_order"]
    assert "below" in reading.findings[0].message
    assert reading.blueprint == SAMPLE


def test_a_section_twice() -> None:
    double = section("INFRASTRUCTURE")
    reading = parse(TEXT.replace(double, double + double.replace("EKS", "ECS")))
    assert [finding.code for finding in reading.findings] == ["duplicate_section"]
    assert reading.blueprint == SAMPLE


def test_a_section_the_template_does_not_have() -> None:
    text = TEXT.replace("\n\nMONITORING", f"\n\nSECURITY\n{'─' * 36}\nnone\n\nMONITORING")
    reading = parse(text)
    assert [finding.code for finding in reading.findings] == ["unknown_section"]
    assert reading.blueprint == SAMPLE


@pytest.mark.parametrize(
    "start",
    ["│  System", "│  Platform", "│  Environments", "│  Pipeline Stages", "│  Reliability",
     "│  Status", "│       DEPLOYMENT", "│  1. Code Push", "│  5. Verify", "│  Type", "│  Traffic",
     "│  Old", "│  New", "│  Trigger", "│  Steps", "│  Health Metrics", "│  Alerts", "Platform:",
     "Time:"],
)  # fmt: skip
def test_a_missing_label(start: str) -> None:
    reading = parse(without(start))
    assert "missing_field" in [finding.code for finding in reading.findings]
    assert reading.blueprint is not None


def test_a_missing_field_is_empty() -> None:
    reading = parse(without("│  Type"))
    assert [(f.code, f.path) for f in reading.findings] == [("missing_field", "strategy.type")]
    assert reading.blueprint is not None
    assert reading.blueprint.strategy is not None
    assert reading.blueprint.strategy.type == ""
    assert reading.blueprint.strategy.rollout == SAMPLE.strategy.rollout  # type: ignore[union-attr]


def test_rto_missing() -> None:
    reading = parse(without("│  RTO"))
    assert [(f.code, f.path) for f in reading.findings] == [("rto_missing", "rollback.rto")]
    assert reading.blueprint is not None
    assert reading.blueprint.rollback is not None
    assert reading.blueprint.rollback.rto is None


def _cut_border(text: str) -> str:
    return text.replace("│  Type: Canary                       │", "│  Type: Canary")


@pytest.mark.parametrize(
    "spoil",
    [
        _cut_border,
        lambda text: text.replace("│  Type: Canary  ", "   Type: Canary  "),
        lambda text: text.replace("│  Type: Canary  ", "│  Type: Canary "),
        lambda text: text.replace("│  Type: Canary  ", "│   Type: Canary "),
        lambda text: text.replace("═" * 39, "═" * 38, 1),
        lambda text: text.replace("─" * 36 + "\n", "─" * 35 + "\n", 1),
        lambda text: text.replace("─" * 36 + "\n", "", 1),
        lambda text: without("═", text),
        lambda text: without("┌", text),
        lambda text: without("└", text),
        lambda text: without("│                      ", text),
        lambda text: text.replace("     DEPLOYMENT ARCH", "    DEPLOYMENT ARCH", 1),
        lambda text: text.replace("│  2. kubectl", "│  3. kubectl"),
        lambda text: text.replace("│    and 5 min  ", "│     and 5 min "),
        lambda text: text.replace("│     └─→ sbom", "│    └─→ sbom "),
    ],
)
def test_box_geometry(spoil: Callable[[str], str]) -> None:
    text = spoil(TEXT)
    assert text != TEXT
    assert set(codes(text)) == {"box_geometry"}


def test_boxes_of_one_document_share_a_width() -> None:
    wider = render(SAMPLE, 60)
    start, end = wider.index("│  Health Metrics"), wider.index("\n\nDevOps")
    head = TEXT[: TEXT.index("│  Health Metrics")]
    mixed = head + wider[start:end] + "\n\nDevOps Status: ● Pipeline Active"
    reading = parse(mixed)
    assert {finding.code for finding in reading.findings} == {"box_geometry"}
    assert reading.blueprint == SAMPLE


@pytest.mark.parametrize("width", [38, 101])
def test_boxes_of_a_width_out_of_range(width: int) -> None:
    text = render(part("rollback"), 60)
    text = text.replace("─" * 58, "─" * (width - 2))
    text = re.sub(r"│(.*)│", lambda m: f"│{m[1].rstrip():<{width - 2}}│", text)
    assert "box_geometry" in codes(text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n\nMONITORING", "\nMONITORING"),
        lambda text: text.replace("\n\nMONITORING", "\n\n\nMONITORING"),
        lambda text: text.replace("\n\nDevOps Status", "\nDevOps Status"),
    ],
)
def test_spacing(spoil: Callable[[str], str]) -> None:
    reading = parse(spoil(TEXT))
    assert [finding.code for finding in reading.findings] == ["spacing"]
    assert reading.blueprint == SAMPLE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("| Network | ALB | drain 30 s |", "| Network | ALB |"),
        lambda text: text.replace("| Network | ALB | drain 30 s |", "| Network | ALB | a | b |"),
        lambda text: text.replace("| Network | ALB | drain 30 s |", "| Network | ALB | drain 30 s"),
        lambda text: without("| Component", text),
        lambda text: without("|-----------|----------|--------|", text),
        lambda text: text.replace("| Component | Solution |", "| Component | Answer |"),
        lambda text: text.replace("|-----------|----------|--------|", "|-----------|----------|"),
        lambda text: text.replace(section("INFRASTRUCTURE"), "\n\nINFRASTRUCTURE\n" + "─" * 36),
    ],
)
def test_malformed_table(spoil: Callable[[str], str]) -> None:
    text = spoil(TEXT)
    assert text != TEXT
    assert set(codes(text)) == {"malformed_table"}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("██████████ 99.95%", "████████░░ 99.95%", "overview.reliability"),
        ("██████████ 95%", "███████████ 95%", "strategy.traffic_old"),
        ("█░░░░░░░░░ 5%", "░█░░░░░░░░ 5%", "strategy.traffic_new"),
    ],
)
def test_bar_mismatch(old: str, new: str, path: str) -> None:
    text = re.sub(rf"{old}( *)│", lambda m: f"{new}{m[1][len(new) - len(old) :]}│", TEXT)
    reading = parse(text)
    assert [(f.code, f.path) for f in reading.findings] == [("bar_mismatch", path)]
    assert reading.blueprint == SAMPLE


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("99.95%", "[X]%  ", "overview.reliability"),
        ("99.95%", "99.95 ", "overview.reliability"),
        ("99.95%", "nan%  ", "overview.reliability"),
        ("Environments: 3", "Environments: x", "overview.environments"),
        ("Stages: 5   ", "Stages: 5.5 ", "overview.pipeline_stages"),
        ("RTO: 4.5 minutes", "RTO: soon       ", "rollback.rto"),
        ("RTO: 4.5 minutes", "RTO: 4.5 seconds", "rollback.rto"),
        ("RTO: 4.5 minutes", "RTO: inf minutes", "rollback.rto"),
    ],
)
def test_bad_number(old: str, new: str, path: str) -> None:
    assert old in TEXT
    found = parse(TEXT.replace(old, new)).findings
    assert [(f.code, f.path) for f in found] == [("bad_number", path)]


def test_a_count_of_too_many_digits() -> None:
    text = render(SAMPLE, 60).replace("Stages: 5" + " " * 20, "Stages: " + "9" * 21)
    assert codes(text) == ["bad_number"]


def test_a_broken_word_that_does_not_go_on() -> None:
    lines = TEXT.split("\n")
    last = next(i for i, line in enumerate(lines) if "bf4f1b2b" in line)
    assert codes("\n".join(lines[:last] + lines[last + 1 :])) == ["broken_line"]


def test_a_field_twice() -> None:
    line = "│  Type: Canary                       │\n"
    reading = parse(TEXT.replace(line, line + line.replace("Canary", "Rolled")))
    assert [finding.code for finding in reading.findings] == ["duplicate_field"]
    assert reading.blueprint == SAMPLE


def test_unexpected_lines_are_one_finding_a_run() -> None:
    text = TEXT.replace("\n\nMONITORING", "\nfoo\nbar\n\nMONITORING")
    assert codes(text) == ["unexpected_line"]


def test_another_breaking_of_lines_is_a_warning() -> None:
    old = "│  Rollout: 5 % for 20 min, 25 % for  │\n│           20 min, 50 % for 20 min,  │"
    new = "│  Rollout: 5 % for 20 min, 25 %      │\n│           for 20 min, 50 % for 20   │"
    new += "\n│           min,                      │"
    assert old in TEXT
    reading = parse(TEXT.replace(old, new))
    assert [(f.code, f.severity) for f in reading.findings] == [("not_canonical", "warning")]
    assert reading.blueprint == SAMPLE


def test_a_short_separator_row_is_a_warning() -> None:
    text = TEXT.replace("|-----------|---------|--------|", "|---|---|---|")
    assert codes(text) == ["not_canonical"]
    part_text = render(part("scale")).replace("|-----------|---------|--------|", "|---|---|---|")
    assert codes(part_text) == ["not_canonical"]


def test_every_error_says_what_would_be_right() -> None:
    for finding in parse(TEXT.replace("│", " ").replace("%", "")).findings:
        assert finding.severity == "error"
        assert finding.message
        assert finding.fix
        assert finding.path.startswith(("line ", *SECTIONS, "header", "footer"))
