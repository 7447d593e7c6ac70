"""Names, versions and commands from outside do not become expressions or syntax."""

from __future__ import annotations

import dataclasses
import shlex
import subprocess

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_dossiers import EXAMPLE, dossier, with_repository

from devops_exe.ground.errors import UserError
from devops_exe.implement import pipeline
from devops_exe.implement.emit import emit
from devops_exe.implement.pipeline import github_language, github_tests, gitlab_jobs
from devops_exe.implement.pipeline.inert import command
from devops_exe.implement.reliability import scripts
from devops_exe.implement.reliability.scripts_text import quoted
from devops_exe.implement.series import Series
from devops_exe.implement.stack import Stack
from devops_exe.implement.subject import Subject

ANY = st.text(max_size=60)


@given(ANY)
@settings(max_examples=100, deadline=None)
def test_a_command_is_inert_or_refused(text) -> None:
    if "${{" in text or "$[[" in text or not text.isprintable():
        with pytest.raises(UserError, match="would expand"):
            command(text)
    else:
        assert command(text) == text


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_quoted_word_is_the_same_word(text) -> None:
    try:
        word = quoted(text)
    except UserError:
        assert not text.isprintable()
        return
    assert shlex.split(word) == [text]


def test_the_shell_takes_a_quoted_word_as_it_is() -> None:
    for text in ("$(id)", "`id`", "'", '"', "a'b\"c$d", "\\", "!x", "${HOME}"):
        done = subprocess.run(
            ["bash", "-c", f"printf %s {quoted(text)}"], capture_output=True, text=True, check=True
        )
        assert done.stdout == text


@given(
    version=st.sampled_from(["3.12", "no", "1e3", "null", "08", "1.20", "~"]),
    line=st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_versions_and_commands_are_read_back_as_they_are(version, line) -> None:
    stack = Stack(
        language="python", setup_action="actions/setup-python",
        setup_inputs=(("python-version", version),), install=("pip install .",),
        test=(line or "a",),
    )  # fmt: skip
    if "${{" in line or "$[[" in line or not line.isprintable():
        return
    steps = [
        *github_language.language_steps(stack),
        github_tests._commands("Test", (*stack.install, *stack.test)),
    ]
    script = gitlab_jobs._script(stack)
    read = yaml.safe_load(emit({"steps": steps, "script": script}))
    assert read["steps"][0]["with"]["python-version"] == version
    assert read["steps"][-1]["run"] == f"pip install .\n{line or 'a'}\n"
    assert read["script"][-1] == (line or "a")


@pytest.mark.parametrize("word", ["${{ secrets.TOKEN }}", "a\nb", "$[[ inputs.a ]]"])
def test_an_expression_in_a_version_is_refused(word) -> None:
    stack = Stack(setup_action="actions/setup-go", setup_inputs=(("go-version", word),))
    with pytest.raises(UserError, match="would expand"):
        github_language.language_steps(stack)


@pytest.mark.parametrize("name", ["no", "1e3", "null", "on", "y", "42", "x" * 40])
def test_a_name_that_yaml_would_misread(name) -> None:
    made = Subject(dossier("shop Express on EKS, rolling, 300 rps, with GitHub Actions"))
    object.__setattr__(made, "title", name)
    made.__dict__["title"] = name
    for artefact in (*pipeline.generate(made).artefacts, *scripts.generate(made).artefacts):
        if artefact.kind == "shell":
            done = subprocess.run(["bash", "-n"], input=artefact.text, text=True, check=False)
            assert done.returncode == 0
            assert f"'{made.name}" in artefact.text or "version.sh" in artefact.path
        else:
            assert yaml.safe_load(artefact.text)


def test_a_series_with_quotes_stays_in_its_word() -> None:
    made = Subject(dossier("shop Express on EKS, rolling, 300 rps, with GitHub Actions"))
    made.__dict__["series"] = dataclasses.replace(
        Series(job="shop"), counted='route!~"it\'s|$(id)"', source="a repository"
    )
    verify = next(a for a in scripts.generate(made).artefacts if a.path.endswith("verify.sh"))
    line = next(line for line in verify.text.splitlines() if line.startswith("EVERY="))
    done = subprocess.run(
        ["bash", "-c", f'{line}; printf %s "$EVERY"'], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith('http_requests_total{job="@JOB@",route!~"it\'s|$(id)"')


def test_a_path_with_blanks_and_signs(tmp_path) -> None:
    place = tmp_path / "a $(id) b"
    place.mkdir()
    (place / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "package.json").write_text("{}")
    for product in ("GitHub Actions", "GitLab CI"):
        made = with_repository(tmp_path, f"shop Express on EKS, canary, 300 rps, with {product}")
        for artefact in pipeline.generate(made).artefacts:
            assert yaml.safe_load(artefact.text)
            assert "--file a $(id)" not in artefact.text


def test_every_figure_of_a_script_has_its_reference() -> None:
    made = with_repository(EXAMPLE, "checkout-api on EKS, canary, 300 rps, with GitHub Actions")
    for artefact in scripts.generate(made).artefacts:
        for line in artefact.text.splitlines():
            name, equals, rest = line.partition("=")
            if equals and name.isupper() and rest[:1].isdigit():
                assert "  # " in rest, line
