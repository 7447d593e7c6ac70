"""The table of capabilities claims nothing that does not exist, and nothing that fails."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from devops_exe import cli
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells
from devops_exe.terminal import commands
from devops_exe.terminal.capabilities import STATES, Capability, capabilities, capability_lines

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
PERSONA = (ROOT / "prompts" / "persona.md").read_text(encoding="utf-8")


@cache
def defined(path: str) -> frozenset[str]:
    """The test functions of a file, read without running it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def nowhere(rows: tuple[Capability, ...]) -> list[str]:
    """The claimed tests that do not exist."""
    found = []
    for row in rows:
        for test in row.tests:
            path, _, name = test.partition("::")
            if not (ROOT / path).is_file() or name not in defined(path):
                found.append(test)
    return found


def not_passed(tests: set[str], folder: Path, root: Path = ROOT) -> dict[str, str]:
    """What became of those of these tests that did not pass in each of their cases."""
    report = folder / "report.xml"
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=",
            f"--junitxml={report}", *sorted(tests),
        ],
        cwd=root, capture_output=True, text=True, check=False,
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
    )  # fmt: skip
    assert report.is_file(), run.stdout + run.stderr
    outcomes = dict.fromkeys(tests, "not run")
    for case in ElementTree.parse(report).iter("testcase"):
        path = case.attrib["classname"].replace(".", "/")
        test = f"{path}.py::{case.attrib['name'].partition('[')[0]}"
        bad = [part.tag for part in case if part.tag in {"failure", "error", "skipped"}]
        if outcomes.get(test) in {"not run", "passed"}:
            outcomes[test] = bad[0] if bad else "passed"
    return {test: outcome for test, outcome in outcomes.items() if outcome != "passed"}


def section(heading: str, pattern: str) -> list[str]:
    """What the persona lists below a heading."""
    text = PERSONA.partition(f"\n{heading}\n")[2]
    return re.findall(pattern, re.split(r"\n##", text)[0], re.MULTILINE)


def titles(group: str) -> list[str]:
    return [row.title for row in capabilities() if row.group == group]


# what the rows are


def test_there_are_sixty_six_rows_and_none_twice() -> None:
    rows = capabilities()
    assert len(rows) == 66
    assert len({(row.group, row.title) for row in rows}) == 66
    sizes = Counter(row.group.split()[0].partition(".")[0] for row in rows)
    assert sizes == {
        "Persona": 1, "Commands": 6, "Sections": 10, "Strategies": 5, "Calculators": 3,
        "PipelineArchitect": 5, "InfrastructureBuilder": 5, "DeploymentStrategist": 5,
        "ReliabilityEngineer": 5, "Phase": 20, "Evals": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "group",
    [
        "PipelineArchitect.MOD", "InfrastructureBuilder.MOD", "DeploymentStrategist.MOD",
        "ReliabilityEngineer.MOD",
    ],
)  # fmt: skip
def test_the_capabilities_are_the_personas(group: str) -> None:
    assert titles(group) == section(f"### {group}", r"^- (.+)$")


@pytest.mark.parametrize(
    "group", ["Phase 1: ASSESS", "Phase 2: DESIGN", "Phase 3: IMPLEMENT", "Phase 4: OPERATE"]
)
def test_the_phases_are_the_personas(group: str) -> None:
    assert titles(group) == section(f"### {group}", r"^\d\. (.+)$")


def test_the_strategies_are_the_personas() -> None:
    rows = section("## DEPLOYMENT STRATEGIES", r"^\| ([^|-][^|]*?) +\|")
    assert titles("Strategies") == rows[1:]


# what they claim


@pytest.mark.parametrize("row", capabilities(), ids=lambda row: f"{row.group}, {row.title}")
def test_a_row_is_whole(row: Capability) -> None:
    assert row.state in STATES
    assert bool(row.missing) == (row.state != "built")
    assert bool(row.tests) == (row.state != "not built yet")
    assert bool(row.module) == (row.state != "not built yet")
    if row.module:
        assert importlib.util.find_spec(row.module) is not None


@pytest.mark.parametrize("row", capabilities(), ids=lambda row: f"{row.group}, {row.title}")
def test_a_command_is_built_where_the_row_is(row: Capability) -> None:
    word = row.command.split()[0]
    if row.command == "every command":
        return
    if word.startswith("/"):
        built = commands.find(word[1:]).built
    else:
        built = word == "devops-exe" or word in cli._SUB_COMMANDS
    assert built == (row.state != "not built yet")


def test_every_claimed_test_exists() -> None:
    assert nowhere(capabilities()) == []


def test_every_claimed_test_passes(tmp_path: Path) -> None:
    assert not_passed({test for row in capabilities() for test in row.tests}, tmp_path) == {}


def test_a_false_claim_is_noticed(tmp_path: Path) -> None:
    row = next(row for row in capabilities() if row.tests)
    path = row.tests[0].partition("::")[0]
    false = (f"{path}::test_nothing_of_the_kind", "tests/no_such_file.py::test_x")
    assert nowhere((row, replace(row, tests=false))) == list(false)
    folder = tmp_path / "tests"
    folder.mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # whatever lies beside it is not its root
    (folder / "test_lies.py").write_text(
        "import pytest\n"
        "def test_fails(): assert False\n"
        "def test_skips(): pytest.skip('no')\n"
        "@pytest.mark.parametrize('n', [0, 1])\n"
        "def test_half(n): assert n\n"
        "def test_passes(): pass\n"
    )
    lies = {f"tests/test_lies.py::test_{name}" for name in ("fails", "skips", "half", "passes")}
    assert not_passed(lies, tmp_path, tmp_path) == {
        "tests/test_lies.py::test_fails": "failure",
        "tests/test_lies.py::test_skips": "skipped",
        "tests/test_lies.py::test_half": "failure",
    }


# where they are shown


def generator() -> ModuleType:
    place = ROOT / "scripts" / "capability_docs.py"
    spec = importlib.util.spec_from_file_location("capability_docs", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_not_drifted() -> None:
    kept = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
    assert kept == generator().page(), "run: python scripts/capability_docs.py"


def test_a_drifted_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = generator()
    monkeypatch.setattr(module, "PAGE", tmp_path / "capabilities.md")
    assert module.main(["--check"]) == 1
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0


@pytest.mark.parametrize("width", [39, 80, 100])
def test_help_shows_every_row_within_the_width(width: int) -> None:
    lines = capability_lines(width)
    assert all(cells(line) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    for row in capabilities():
        assert f"{row.state} {row.title}" in text


def test_what_is_not_built_answers_so() -> None:
    for row in capabilities():
        word = row.command.split()[0]
        if row.state == "not built yet" and word.startswith("/"):
            with pytest.raises(UserError, match="not built yet"):
                commands.find(word[1:]).run(None, "")  # type: ignore[arg-type]
