"""Every finding of the product is provoked, is absent from the like, and is documented."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from finding_cases import CASES, READING, Case, blocked, changed, checked, dossier, face

import devops_exe.blueprint
from devops_exe.blueprint import parse as parse_module
from devops_exe.blueprint.finding import errors
from devops_exe.blueprint.model import Figure
from devops_exe.blueprint.render import render
from devops_exe.blueprint.reread import findings_of, of_text
from devops_exe.blueprint.validate import seal, validate
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(devops_exe.blueprint.__file__).parent


def named(case: Case) -> str:
    return f"{case.code}-{case.path}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_fault_is_found(case: Case) -> None:
    found = [
        finding
        for finding in case.bad()
        if finding.code == case.code
        and finding.path.startswith(case.path)
        and finding.severity == case.severity
    ]
    assert found, [(f.code, f.severity, f.path) for f in case.bad()]
    assert all(finding.message and finding.fix for finding in found)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_like_without_the_fault_is_left_alone(case: Case) -> None:
    assert [
        finding
        for finding in case.good()
        if finding.code == case.code and finding.severity == case.severity
    ] == []


# -- the codes of the source, of the page and of the cases are the same ------------------------


def codes_of(tree: ast.Module) -> Iterator[str]:
    """Codes that a module gives to a finding."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(
                call.func, "id", ""
            )  # fmt: skip
            place = {"Finding": 0, "warning": 0, "_measurable": 2}.get(name)
            if name == "add" and len(call.args) >= 4:
                place = 0
            if place is None or len(call.args) <= place:
                continue
            code = call.args[place]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            elif isinstance(code, ast.JoinedStr):  # f"{kind}_above_target"
                yield from ("rto_above_target", "rpo_above_target")
            elif isinstance(code, ast.Name):  # the last item of the tuples of a loop
                for row in ast.walk(function):
                    if isinstance(row, ast.Tuple) and len(row.elts) == 3:
                        last = row.elts[-1]
                        if isinstance(last, ast.Constant) and isinstance(last.value, str):
                            yield last.value


def source_codes() -> set[str]:
    modules = sorted(SOURCE.glob("*.py"))
    return {
        code
        for module in modules
        for code in codes_of(ast.parse(module.read_text(encoding="utf-8")))
        if re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+|placeholder|spacing", code)
    }


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "finding_docs", ROOT / "scripts" / "finding_docs.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def documented(generator: ModuleType) -> dict[str, str]:
    return {
        code: severity
        for group in generator.table().values()
        for code, (severity, _, _) in generator.rows(group).items()
    }


def test_source_page_and_cases_have_the_same_codes(documented: dict[str, str]) -> None:
    assert source_codes() == set(documented)
    assert {case.code for case in CASES} == set(documented)


def test_every_severity_of_a_code_is_documented_and_provoked(documented: dict[str, str]) -> None:
    provoked: dict[str, set[str]] = {}
    for case in CASES:
        provoked.setdefault(case.code, set()).add(case.severity)
    assert {code: set(severity.split(" or ")) for code, severity in documented.items()} == provoked


def test_the_reader_lists_its_codes() -> None:
    listed = re.findall(r"^``(\w+)``", parse_module.__doc__ or "", re.MULTILINE)
    assert set(listed) == {case.code for case in READING}


def test_the_page_has_not_drifted(generator: ModuleType) -> None:
    kept = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert kept == generator.page(), "run: python scripts/finding_docs.py"


def test_a_drifted_page_is_noticed(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "docs" / "findings.md"
    monkeypatch.setattr(generator, "PAGE", page)
    assert generator.main(["--check"]) == 1
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    page.write_text("other", encoding="utf-8")
    assert generator.main(["--check"]) == 1


# -- seal, and a document read back ------------------------------------------------------------


def test_a_good_document_has_no_error_in_either_face() -> None:
    assert errors(dossier().findings) == ()
    assert {f.code for f in of_text(render(dossier().blueprint, 39))} == {"not_checked"}
    assert errors(findings_of(face(), "a.json")) == ()


def test_the_seal_counts_errors_alone() -> None:
    warned = next(case for case in CASES if case.code == "nobody_paged").bad()
    assert {f.severity for f in warned} == {"warning", "note"}
    assert seal(dossier().blueprint, warned) == dossier().blueprint
    found = next(case for case in CASES if case.code == "empty_step").bad()
    sealed = seal(dossier().blueprint, found)
    count = len(errors(found))
    assert count >= 1
    assert sealed.footer == f"● Pipeline Blocked: {count} findings"
    assert sealed.overview is not None
    assert sealed.overview.status == f"[◐] {count} findings"


def test_a_blocked_document_exits_as_its_answer_did() -> None:
    assert [f.code for f in errors(of_text(render(blocked(), 80)))] == ["declared_blocked"]


def test_what_stands_around_a_document_is_no_part_of_it() -> None:
    text = f"hello\n\n{render(dossier().blueprint, 80)}\n\nAssumptions:\n  none\n"
    assert {f.code for f in of_text(text)} == {"not_checked"}


def test_a_finding_is_reported_once() -> None:
    found = validate(dossier().blueprint)
    assert len(found) == len(set(found))
    missing = next(case for case in READING if case.code == "rto_missing").bad
    text = of_text(render(dossier().blueprint, 80).replace("│  RTO", "│  RTX"))
    assert [f.code for f in text].count("rto_missing") == 1
    assert len(missing()) == 1


HEADED = '{"document": {"header": {"system": "a", "platform": "b", "time": "c"}, "footer": "x"}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("{}", "holds no document"),
        ('{"document": []}', "holds no document"),
        ('{"document": {"footer": "x"}}', "document.header"),
        (HEADED + "}", "the ledger is not a list"),
        (HEADED + ', "ledger": [], "profile": {"port": 5}}', "the profile is not an object"),
        ("[" * 100_000, ""),
        ('{"document": ' + "[" * 100_000, "no JSON"),
    ],
)  # fmt: skip
def test_a_broken_face_is_one_clear_error(text: str, says: str) -> None:
    if not says:
        assert [f.code for f in findings_of(text, "a.json")] == ["not_a_blueprint"]
        return
    with pytest.raises(UserError, match=re.escape(says)) as raised:
        findings_of(text, "a.json")
    assert raised.value.fix


def test_a_secret_is_never_repeated() -> None:
    (found,) = [
        f
        for case in CASES
        if case.code == "secret_in_text"
        for f in case.bad()
        if f.code == "secret_in_text"
    ]
    assert "hunter22" not in f"{found.message}{found.fix}"


@pytest.mark.parametrize(
    ("text", "measurable"),
    [
        ("error ratio > 1.44 % over 1 h and over 5 min", True),
        ("p99 above 250 ms for 10 minutes", True),
        ("p99 over 250 ms over 5 min", True),
        ("error ratio over 5 % for one hour", True),
        ("more than 10 restarts in the last 5 minutes", True),
        ("queue age ≥ 30 s within a 5-minute window", True),
        ("errors over 5 min", False),
        ("error ratio > 1 %", False),
        ("p99 over 250 ms", False),
        ("it looks bad for 5 minutes", False),
        ("", False),
    ],
)
def test_a_trigger_is_measurable_with_threshold_and_window(text: str, *, measurable: bool) -> None:
    found = validate(changed("rollback.trigger", text))
    assert ("rollback_without_trigger" not in {f.code for f in found}) is measurable


@pytest.mark.parametrize(
    ("path", "printed", "unit", "holds"),
    [
        ("overview.reliability", "-0.001", "percent", False),  # a thousandth below the floor
        ("overview.reliability", "0", "percent", True),
        ("rollback.rto", "0.1", "minutes", False),
        ("rollback.rto", "0", "minutes", True),
        ("strategy.traffic_new", "0.1", "percent", False),
    ],
)
def test_a_figure_one_digit_away_disagrees(path: str, printed: str, unit: str, holds: bool) -> None:
    name, _, field = path.partition(".")
    old = getattr(getattr(dossier().blueprint, name), field)
    figure = Figure.of(f"{old.value + float(printed):.10g}", unit)  # type: ignore[arg-type]
    found = checked(changed(path, figure))
    assert ("figure_disagrees" not in {f.code for f in found}) is holds
