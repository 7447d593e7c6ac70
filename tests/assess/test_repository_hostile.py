"""Input that wants to hang, crash, mislead or escape; and the shape of the answer."""

# ruff: noqa: E501

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devops_exe.assess.readers.packages import READERS, dotnet_project
from devops_exe.assess.readers.yamltree import YamlMap, documents
from devops_exe.assess.repository import RepositoryReading, assess_repository
from devops_exe.assess.walk import Limits
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)
MERGES = (
    "base: &base {"
    + ", ".join(f"k{i}: 1" for i in range(400))
    + "}\n"
    + "".join(f"m{i}:\n  <<: *base\n" for i in range(400))
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(20))
    + "]><project><artifactId>&a19;</artifactId></project>"
)


def read(root: Path, files: dict[str, str | bytes]) -> RepositoryReading:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return assess_repository(root)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("compose.yaml", BOMB),
        ("compose.yaml", MERGES),
        ("compose.yaml", "services: " + "[" * 200_000),
        ("compose.yaml", "- " * 100_000),
        ("compose.yaml", "{a: " * 60_000),
        ("compose.yaml", "services:\n  a: &a\n    <<: *a\n"),
        ("compose.yaml", "services: !!python/object/apply:os.system ['touch pwned']\n"),
        ("k8s.yaml", "apiVersion: v1\nkind: List\nitems:\n" + "- {kind: Pod}\n" * 20_000),
        ("package.json", '{"dependencies":' + "[" * 200_000),
        ("package.json", '{"a":' * 100_000),
        ("pyproject.toml", "a = " + "[" * 100_000),
        ("pom.xml", LAUGHS),
        ("pom.xml", "<dependency>" * 20_000),
        ("pom.xml", "<a " * 80_000),
        ("pom.xml", '<a b="' * 40_000),
        ("pom.xml", "<!-- " * 50_000),
        ("a.csproj", "<Project>" * 20_000),
        ("Dockerfile", "FROM a\\\n" * 30_000),
        ("Dockerfile", "ENV " + "A=" * 120_000),
        ("Dockerfile", "FROM ${A:-${A:-" * 10_000),
        ("Gemfile", "gem '" + "a" * 250_000),
        ("go.mod", "require (" * 20_000),
        ("build.gradle", "implementation(" * 17_000),
        ("main.go", "port " * 50_000),
        ("requirements.txt", "-r requirements.txt\n" * 10_000),
        ("setup.py", "install_requires" * 15_000),
        ("migrations/1_a.sql", "ALTER TABLE " * 20_000),
        ("configuration/base.yaml", "password " * 28_000),
        (".gitignore", "**/" * 80 + "x\n" + "*a" * 100 + "\n"),
        ("Procfile", "web: " + "x" * 250_000),
        ("Dockerfile", b"\xff\xfe\x00\xd8" * 1000),
        ("Dockerfile", b"\x00" * 10_000),
    ],
)  # fmt: skip
def test_hostile_files_end_soon_and_in_an_answer(
    tmp_path: Path, path: str, content: str | bytes
) -> None:
    start = time.process_time()
    reading = read(tmp_path, {path: content, "ok/go.mod": "module ok\n", "ok/main.go": ""})
    assert time.process_time() - start < 3
    assert "go" in reading.repository["languages"]  # type: ignore[operator]
    assert not (tmp_path / "pwned").exists()
    json.dumps(reading.as_json())


def test_an_alias_is_the_same_object_and_too_many_are_refused() -> None:
    found, problem = documents("a: &x {k: v}\nb: *x\nc:\n  <<: *x\n  k: w\n")
    assert problem is None
    assert found[0]["a"] is found[0]["b"]
    assert found[0]["c"] == {"k": "w"}
    assert isinstance(found[0]["c"], YamlMap)
    assert found[0]["c"].at("k") == 5
    many, problem = documents("a: &x [1]\nb: [" + ", ".join(["*x"] * 501) + "]\n")
    assert many == []
    assert problem == "holds more aliases than a configuration does: not read"


def test_scalars_stay_what_was_written() -> None:
    found, _ = documents("a: no\nb: 010\nc: ~\nd: '~'\ne: 1_000\nf:\n")
    assert found[0] == {"a": "no", "b": "010", "c": None, "d": "~", "e": "1_000", "f": None}


def test_broken_yaml_keeps_what_stood_before_and_says_where(tmp_path: Path) -> None:
    reading = read(tmp_path, {"compose.yaml": "services:\n  a:\n    image: redis:7\n---\n\t]:\n"})
    assert reading.notes == ("compose.yaml: is no valid YAML at line 5",)
    assert reading.repository["datastores"] == ["redis"]


def test_broken_project_files_are_noted(tmp_path: Path) -> None:
    reading = read(tmp_path, {"package.json": "{", "Cargo.toml": "["})
    assert reading.notes == (
        "Cargo.toml: is no valid TOML, its dependencies were not read",
        "package.json: is no valid JSON, its dependencies were not read",
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=300), name=st.sampled_from([*sorted(READERS), "x.csproj"]))
def test_readers_take_any_text(text: str, name: str) -> None:
    reader = READERS[name][1] if name in READERS else dotnet_project
    assert reader(text).packages is not None


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="{}[]&*:-<> \n'\"!|ab1", max_size=120))
def test_yaml_of_any_shape_is_read_or_refused(text: str) -> None:
    found, problem = documents(text)
    assert isinstance(found, list)
    assert problem is None or problem


def test_an_empty_folder_asks_whether_it_is_the_right_one(tmp_path: Path) -> None:
    reading = assess_repository(tmp_path)
    assert reading.questions == (
        "The folder holds no file that could be read: is it the right one?",
    )
    assert reading.repository["languages"] == []
    assert reading.repository["primary_language"] is None
    assert dict(reading.profile) == {}


def test_bad_folders_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(UserError) as error:
            assess_repository(path)
        assert error.value.status == 2


def test_bounds_are_reported(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.md").write_text("")
    reading = assess_repository(tmp_path, limits=Limits(files=5))
    assert reading.notes == ("stopped after 5 files; the rest was not seen",)
    assert reading.as_json()["notes"] == list(reading.notes)


def test_names_that_would_steer_a_terminal_are_cleaned_everywhere(tmp_path: Path) -> None:
    evil = "sr\x1b[2Jc\nx"
    reading = read(
        tmp_path,
        {
            f"{evil}/package.json": '{"name": "a\\u001b]0;x\\u0007b", "dependencies": {"express":"1"}}',
            f"{evil}/Dockerfile": "FROM a:1\nEXPOSE 80\n",
            f"{evil}/.env": "",
            "k8s.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "a\\eb"}\n'
            "spec: {template: {spec: {containers: [{image: x}]}}}\n",
        },
    )
    text = json.dumps(reading.as_json(), ensure_ascii=False) + repr(dict(reading.profile))
    assert "\x1b" not in text
    assert "\\x1b" not in text
    assert "\\n" not in text


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"src/s{i}/package.json": '{"dependencies": {"express": "4", "pg": "8"}}' for i in range(9)
    }
    files |= {f"src/s{i}/Dockerfile": "FROM node:22\nEXPOSE 80\n" for i in range(9)}
    files["compose.yaml"] = "services:\n  db:\n    image: postgres:16\n"
    read(tmp_path / "a" / "shop", files)
    read(tmp_path / "b" / "shop", dict(reversed(files.items())))
    script = (
        "import json, sys, pathlib\n"
        "from devops_exe.assess.repository import assess_repository\n"
        "print(json.dumps(assess_repository(pathlib.Path(sys.argv[1])).as_json()))\n"
    )
    answers = set()
    for folder, seed in (("a", "0"), ("b", "1"), ("a", "2")):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / folder / "shop")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        answers.add(done.stdout)
    assert len(answers) == 1


def test_yaml_is_imported_only_where_a_file_wants_it(tmp_path: Path) -> None:
    read(tmp_path, {"go.mod": "module x\n", "values.yaml": "a: 1\n"})
    script = (
        "import sys, pathlib\n"
        "from devops_exe.assess.repository import assess_repository\n"
        "assess_repository(pathlib.Path(sys.argv[1]))\n"
        "print('yaml' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_the_published_shape(tmp_path: Path) -> None:
    reading = read(
        tmp_path, {"requirements.txt": "fastapi\nredis\n", "Dockerfile": "FROM a:1\nEXPOSE 8000\n"}
    )
    answer = reading.as_json()
    assert list(answer) == [
        "schema", "repository", "facts", "contradictions", "risks", "questions", "dependencies",
    ]  # fmt: skip
    assert answer["schema"] == "devops-exe/1"
    summary = reading.repository
    assert list(summary) == [
        "languages", "primary_language", "framework", "package_manager", "services", "datastores",
        "ci", "dockerfile", "compose", "kubernetes", "helm", "kustomize", "terraform", "skaffold",
        "health_path", "migrations",
    ]  # fmt: skip
    flags = ("dockerfile", "compose", "kubernetes", "helm", "kustomize", "terraform", "skaffold")
    assert all(isinstance(summary[name], bool) for name in flags)
    facts = answer["facts"]
    assert isinstance(facts, list)
    for fact in facts:
        assert list(fact) == ["field", "value", "from", "where", "role"]
        assert fact["from"] == "repository"
        path, _, line = fact["where"].rpartition(":")
        assert (tmp_path / path).exists()
        assert int(line) >= 1


def test_every_sure_entry_has_a_fact_behind_it(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {
            "package.json": '{"name":"shop","dependencies":{"express":"4","pg":"8"}}',
            "package-lock.json": "{}",
            "compose.yaml": "services:\n  db:\n    image: postgres:16\n",
            ".github/workflows/ci.yml": "",
        },
    )
    said = {(name, fact.value) for name, fact in reading.facts}
    for key in ("languages", "framework", "package_manager", "datastores", "ci"):
        values = reading.repository[key]
        assert isinstance(values, list)
        assert values
        assert {(key, value) for value in values} <= said
