"""docs/calculators.md says what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devops_exe.design import registry

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "calculator_docs", ROOT / "scripts" / "calculator_docs.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(generator: ModuleType) -> str:
    text: str = generator.page()
    return text


def test_the_page_has_not_drifted(page: str) -> None:
    kept = (ROOT / "docs" / "calculators.md").read_text(encoding="utf-8")
    assert kept == page, "run: python scripts/calculator_docs.py"


def test_every_field_is_on_the_page_and_explained(page: str) -> None:
    silent = []
    for entry in registry.OPERATIONS:
        given, answered, _ = registry.load(entry)
        for model in (given, answered):
            for name, field in model.model_fields.items():
                if name == "op":
                    continue
                assert f"| `{name}` |" in page
                if not field.description:
                    silent.append(f"{model.__name__}.{name}")
    assert silent == []


def test_a_drifted_page_is_noticed(
    generator: ModuleType, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "docs" / "calculators.md"
    monkeypatch.setattr(generator, "PAGE", kept)
    monkeypatch.setattr(generator, "page", lambda: page)
    assert generator.main(["--check"]) == 1
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    kept.write_text(page + "\n", encoding="utf-8")
    assert generator.main(["--check"]) == 1
