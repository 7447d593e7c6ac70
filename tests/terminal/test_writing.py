"""Several files before a person, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from chat_stage import Stage
from test_consent import asked

from devops_exe.ground.errors import NobodyToAsk, UserError
from devops_exe.terminal.writing import write_files

OUT = Path("out")
FILES = {OUT / "k8s/rollout.yaml": "kind: Rollout\n", OUT / "ci.yml": "on: push\njobs: {}\n"}


def test_files_are_listed_shown_asked_about_and_written() -> None:
    stage = Stage()
    prompts = asked(stage, "y")
    notes = {OUT / "ci.yml": "proved by actionlint"}
    written = write_files(stage.app, FILES, OUT, notes=notes)
    assert written.answer.yes
    assert {path: path.read_text() for path in FILES} == FILES == written.files
    assert written.before == dict.fromkeys(FILES)
    assert prompts[0].startswith("Write 2 files under ./out? [y]es [N]o")
    assert "  + k8s/rollout.yaml    1\n" in stage.err
    assert "  + ci.yml              2  proved by actionlint\n" in stage.err
    assert "  +kind: Rollout\n" in stage.err
    assert [path.name for path in OUT.rglob(".*")] == []


def test_only_what_changes_is_shown_and_the_mode_of_a_file_stays() -> None:
    stage = Stage("--yes")
    write_files(stage.app, FILES, OUT)
    (OUT / "ci.yml").chmod(0o640)
    changed = {**FILES, OUT / "ci.yml": "on: push\njobs: {a: {}}\n"}
    stage.say("/cost")
    written = write_files(stage.app, changed, OUT)
    assert "  = k8s/rollout.yaml" in stage.err
    assert "  ~ ci.yml" in stage.err
    assert written.before[OUT / "ci.yml"] == FILES[OUT / "ci.yml"]
    assert (OUT / "ci.yml").read_text() == changed[OUT / "ci.yml"]
    assert (OUT / "ci.yml").stat().st_mode & 0o777 == 0o640


def test_a_no_and_nobody_write_nothing() -> None:
    stage = Stage()
    asked(stage, "the cluster is another one")
    written = write_files(stage.app, FILES, OUT)
    assert written.answer.reason == "the cluster is another one"
    assert not written.files
    with pytest.raises(NobodyToAsk):
        write_files(Stage().app, FILES, OUT)
    with pytest.raises(UserError):
        write_files(Stage("--yes", "--read-only").app, FILES, OUT)
    assert not OUT.exists()


def test_one_file_is_edited_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = Path("editor").absolute()
    editor.write_text('#!/bin/sh\necho "# $(basename $1)" >> "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    stage = Stage()
    prompts = asked(stage, "e", "2", "y")
    write_files(stage.app, FILES, OUT)
    assert (OUT / "ci.yml").read_text() == FILES[OUT / "ci.yml"] + "# ci.yml\n"
    assert (OUT / "k8s/rollout.yaml").read_text() == FILES[OUT / "k8s/rollout.yaml"]
    assert len(prompts) == 3


@pytest.mark.parametrize("editor", ["false", "/nowhere/at/all"])
def test_an_editor_that_fails_is_told_and_it_is_asked_again(
    editor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    stage = Stage()
    asked(stage, "e", "1", "n")
    assert not write_files(stage.app, FILES, OUT).answer.yes
    assert "the editor changed nothing" in stage.err


@pytest.mark.parametrize("path", ["out/../x", "elsewhere/x", "out/link/x", "out/folder"])
def test_no_file_leaves_the_folder(path: str) -> None:
    (OUT / "folder").mkdir(parents=True)
    (OUT / "link").symlink_to("/tmp")
    with pytest.raises(UserError, match="nothing was written"):
        write_files(Stage("--yes").app, {Path(path): "x"}, OUT)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told() -> None:
    OUT.mkdir(mode=0o500)
    with pytest.raises(UserError, match="cannot be written"):
        write_files(Stage("--yes").app, FILES, OUT)
