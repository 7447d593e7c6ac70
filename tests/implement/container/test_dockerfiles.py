"""Images: two stages, a numeric user, the repository's own command; hadolint has no remark."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from stack_subjects import REPOSITORIES, of_stack, subject, tool, write_tree

from devops_exe.implement.container import generate
from devops_exe.implement.container.dockerfile import carried, remarks
from devops_exe.implement.container.image_user import image_user
from devops_exe.implement.existing import is_generated
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.subject import Subject


def dockerfile(one: Subject) -> str:
    return next(a.text for a in generate(one).artefacts if a.kind == "dockerfile")


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_a_dockerfile_of_each_stack(tmp_path: Path, name: str) -> None:
    one = of_stack(tmp_path, name)
    text = dockerfile(one)
    assert is_generated(text)
    froms = re.findall(r"(?m)^FROM (\S+)", text)
    assert len(froms) == 2
    assert all(":" in image and not image.endswith(":latest") for image in froms)
    user = re.findall(r"(?m)^USER (\d+):\d+$", text)
    assert user == [str(image_user(one).uid)]
    assert user != ["0"]
    command = re.findall(r"(?m)^CMD (.*)$", text)
    assert len(command) == 1
    start = json.loads(command[0])
    assert start[-len(stack_of(one).start) :] == list(stack_of(one).start)
    assert f"EXPOSE {one.port}" in text
    assert "HEALTHCHECK" not in text


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_hadolint_has_no_remark(tmp_path: Path, name: str) -> None:
    hadolint = tool("hadolint")
    path = tmp_path / "Dockerfile"
    path.write_text(dockerfile(of_stack(tmp_path, name)))
    done = subprocess.run(
        [hadolint, "--no-color", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_images_that_are_not_pinned_are_reported(tmp_path: Path) -> None:
    made = next(a for a in generate(of_stack(tmp_path, "go")).artefacts if a.kind == "dockerfile")
    assert any("golang" in reason for reason in made.unproven)


def test_libraries_that_are_compiled_bring_their_packages(tmp_path: Path) -> None:
    text = dockerfile(of_stack(tmp_path, "flask"))
    build, run = text.split("\nFROM ")[1:]
    assert "libpq-dev" in build
    assert "libpq-dev" not in run
    assert "libpq5" in run


def test_node_has_an_init_and_a_native_program_none(tmp_path: Path) -> None:
    assert 'ENTRYPOINT ["/usr/bin/tini", "--"]' in dockerfile(of_stack(tmp_path, "express"))
    assert "tini" not in dockerfile(of_stack(tmp_path, "go"))


def test_what_is_instrumented_is_in_the_image(tmp_path: Path) -> None:
    one = of_stack(tmp_path, "express")
    text = dockerfile(one)
    for name, value in carried(one).environment:
        if name == "NODE_OPTIONS":
            assert value.rpartition(" ")[2].startswith("/otel/")
    assert "COPY --from=build /otel /otel" in text


def test_a_kept_dockerfile_is_told_to_load_nothing_that_it_lacks(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path, {**REPOSITORIES["express"], "Dockerfile": 'FROM node:24\nUSER 1000\nCMD ["x"]\n'}
    )
    one = subject(root, language="javascript")
    assert carried(one).environment == ()
    made = generate(one)
    assert ("Dockerfile", "it builds the image already") in made.kept
    assert not any(a.kind == "dockerfile" for a in made.artefacts)
    assert any("does not instrument" in note for note in made.notes)
    assert image_user(one).uid == 1000


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('FROM python:3.12\nCMD ["x"]\n', "root"),
        ('FROM python:3.12\nUSER root\nCMD ["x"]\n', "root"),
        ('FROM python:3.12\nUSER app\nCMD ["x"]\n', "number"),
        ('FROM python\nUSER 10\nCMD ["x"]\n', "floats"),
        ('FROM python:latest\nUSER 10\nCMD ["x"]\n', "floats"),
        ("FROM python:3.12\nUSER 10\nCMD x -y\n", "shell"),
    ],
)
def test_defects_of_a_kept_dockerfile_are_remarks(text: str, word: str) -> None:
    found = remarks("Dockerfile", text)
    assert len(found) == 1
    assert word in found[0]


def test_a_good_dockerfile_has_no_remark() -> None:
    text = 'FROM python:3.12 AS b\nFROM b\nUSER 10001\nCMD ["x"]\n'
    assert remarks("Dockerfile", text) == ()


def test_an_unknown_language_has_no_dockerfile_and_a_note() -> None:
    made = generate(subject(language="cobol"))
    assert made.artefacts == ()
    assert any("no recipe" in note for note in made.notes)


def test_secrets_and_history_stay_out_of_the_builder(tmp_path: Path) -> None:
    made = generate(of_stack(tmp_path, "flask")).artefacts
    lines = next(a.text for a in made if a.kind == "dockerignore").splitlines()
    assert {".git", ".env", ".env.*", "*.pem"} <= set(lines)
    assert "!observability/instrumentation" in lines


def test_a_second_run_writes_the_same(tmp_path: Path) -> None:
    one = of_stack(tmp_path, "go")
    first = {a.path: a.text for a in generate(one).artefacts}
    write_tree(tmp_path / "go", first)
    again = subject(tmp_path / "go", language="go")
    assert {a.path: a.text for a in generate(again).artefacts} == first


def test_a_hostile_name_of_a_project_stays_one_word(tmp_path: Path) -> None:
    web = '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>'
    root = write_tree(tmp_path, {"a $(id);x.csproj": web, "Program.cs": ""})
    text = dockerfile(subject(root, language="csharp"))
    assert "dotnet restore 'a $(id);x.csproj'" in text
    assert "dotnet publish 'a $(id);x.csproj'" in text


def test_a_start_command_with_quotes_and_newlines_is_inert(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {**REPOSITORIES["flask"], "Procfile": "web: python -c 'print(1)' \"a b\" ; id\n"},
    )
    lines = [line for line in dockerfile(subject(root)).splitlines() if line.startswith("CMD")]
    assert len(lines) == 1
    assert all(isinstance(part, str) for part in json.loads(lines[0][4:]))


def test_a_user_that_microsoft_s_image_has_already_is_not_made_again(tmp_path: Path) -> None:
    text = dockerfile(of_stack(tmp_path, "dotnet"))
    assert "useradd" not in text
    assert "USER 10001:10001" in text
