"""README.md and docs/defaults.md say what the program says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devops_exe.design.tables import table
from devops_exe.ground.options import OPTIONS
from devops_exe.ground.text import cells
from devops_exe.terminal.commands import COMMANDS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def block(name: str) -> str:
    return README.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]


def test_the_readme_has_not_drifted() -> None:
    assert script("readme_docs").filled(README) == README, "run: python scripts/readme_docs.py"


def test_the_transcript_is_the_programs_and_eighty_wide() -> None:
    lines = block("transcript").strip().split("\n")
    assert sum(line.startswith("$ devops-exe ") for line in lines) == 3
    assert "  RTO: 4.5 minutes " in block("transcript")
    for line in lines:
        if not line.startswith("$ "):
            assert cells(line) <= 80


def test_every_command_and_option_is_in_the_readme() -> None:
    for command in COMMANDS:
        shown = f"`/{command.name}" in block("commands" if command.built else "not built")
        assert shown, command.name
    for option in OPTIONS:
        if not re.match(r"[a-z]+: ", option.summary):
            assert f"`--{option.name}" in block("options")


def test_a_readme_without_its_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="transcript"):
        script("readme_docs").filled("# README\n")


def test_a_drifted_readme_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = script("readme_docs")
    module.BLOCKS = {"statuses": module.statuses}
    page = tmp_path / "README.md"
    monkeypatch.setattr(module, "PAGE", page)
    page.write_text("<!-- statuses -->\nold\n<!-- end of statuses -->\n")
    assert module.main(["--check"]) == 1
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0
    assert "| 130 | interrupted |" in page.read_text()


def test_the_page_of_defaults_has_not_drifted() -> None:
    kept = (ROOT / "docs" / "defaults.md").read_text(encoding="utf-8")
    assert kept == script("defaults_docs").page(), "run: python scripts/defaults_docs.py"


def test_every_default_is_on_its_page() -> None:
    page = script("defaults_docs").page()
    for name, row in table("assumptions").items():
        assert f"| `{name}` |" in page
        assert row["say"] in page
    for name in (*table("availability"), *table("frameworks")):
        assert f"| `{name}` |" in page


def test_a_drifted_page_of_defaults_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("defaults_docs")
    monkeypatch.setattr(module, "PAGE", tmp_path / "defaults.md")
    assert module.main(["--check"]) == 1
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
