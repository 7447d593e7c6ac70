"""The published schema of ``assess --json``: no drift, and every answer fits it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from devops_exe.assess.answer_schema import answer_schema
from devops_exe.assess.repository import assess_repository
from devops_exe.cli import main

if TYPE_CHECKING:
    from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))
from test_helm_templates import CHART
from test_repository_unseen import CASES

ROOT = Path(__file__).resolve().parents[2]

TREES: list[tuple[str, dict[str, str]]] = [
    ("empty", {}),
    ("chart", CHART),
    ("broken", {"package.json": "{", "k8s/a.yaml": "apiVersion: v1\nkind: [", "x.tf": "}"}),
    *((name, files) for name, files, _ in CASES),
]


def problems(value: Any, schema: Any, place: str = "$") -> list[str]:
    """What does not fit: the parts of JSON Schema that the published schema uses."""
    found: list[str] = []
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return [f"{place} is no {kinds}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{place} is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place} is {value!r}")
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            found.append(f"{place} is too long")
        for i, item in enumerate(value):
            found += problems(item, schema.get("items", {}), f"{place}[{i}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{place}.{name} is missing" for name in schema.get("required", ())
                  if name not in value]  # fmt: skip
        for name, item in value.items():
            other = schema.get("additionalProperties", {})
            if name not in known and other is False:
                found.append(f"{place}.{name} is not known")
            else:
                found += problems(item, known.get(name, other or {}), f"{place}.{name}")
    return found


def _is(value: object, kind: str) -> bool:
    types = {"string": str, "array": list, "object": dict, "boolean": bool, "null": type(None)}
    if kind in types:
        return isinstance(value, types[kind])
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (kind == "number" and isinstance(value, float))


def generator() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        spec = importlib.util.spec_from_file_location(
            "schema_docs", ROOT / "scripts/schema_docs.py"
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def answer(root: Path, files: dict[str, str]) -> Any:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return json.loads(json.dumps(assess_repository(root).as_json()))


def test_the_page_has_not_drifted() -> None:
    assert generator().main(["--check"]) == 0, "run: python scripts/schema_docs.py"


def test_a_drifted_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = generator()
    monkeypatch.setattr(module, "PAGE", tmp_path / "assess.schema.json")
    assert module.main(["--check"]) == 1
    assert "run scripts/schema_docs.py" in capsys.readouterr().err
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0


@pytest.mark.parametrize(("name", "files"), TREES, ids=[name for name, _ in TREES])
def test_every_answer_fits(tmp_path: Path, name: str, files: dict[str, str]) -> None:
    assert problems(answer(tmp_path, files), answer_schema()) == []


def test_the_example_of_the_repository_fits() -> None:
    found = assess_repository(ROOT / "examples" / "checkout-api").as_json()
    assert problems(json.loads(json.dumps(found)), answer_schema()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "devops-exe/2"}, "$.schema"),
        ({"questions": ["?"] * 6}, "$.questions"),
        ({"more": 1}, "$.more"),
        ({"risks": [{"id": "x"}]}, "$.risks[0].what"),
        ({"facts": [{"field": "a", "value": None, "from": "b"}]}, "$.facts[0].where"),
        ({"contradictions": None}, "$.contradictions"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    wrong = {**answer(tmp_path, CHART), **change}
    assert any(told in problem for problem in problems(wrong, answer_schema()))


def test_a_validator_of_the_standard_agrees(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator.check_schema(answer_schema())
    validator = jsonschema.Draft202012Validator(answer_schema())
    for name, files in TREES:
        (tmp_path / name).mkdir()
        assert list(validator.iter_errors(answer(tmp_path / name, files))) == [], name


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == answer_schema()
