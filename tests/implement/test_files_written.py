"""Writing: all or nothing, inside the folder only, and back again."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.generated import RECORD, digest
from devops_exe.ground.errors import UserError
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.changes import plan_changes
from devops_exe.implement.existing import MARK
from devops_exe.implement.writing import latest, undo, write

if TYPE_CHECKING:
    from pathlib import Path

HEADER = f"# {MARK}\n"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVOPS_EXE_STATE_DIR", str(tmp_path / "state"))


def made(**files: str) -> tuple[Artefact, ...]:
    return tuple(
        Artefact(path.replace("__", "/"), HEADER + text, "text") for path, text in files.items()
    )


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_writes_new_files_and_takes_them_back(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    written = write(plan_changes(made(x="1\n", d__e__y="2\n"), out), out)
    assert tree(out) == {"x": HEADER + "1\n", "d/e/y": HEADER + "2\n"}
    assert latest() == written.id
    undone = undo(written.id)
    assert undone.removed == ("x", "d/e/y")
    assert not (tmp_path / "a").exists()
    with pytest.raises(UserError, match="no writing"):
        undo(written.id)


def test_what_is_somebodys_own_is_kept_and_the_difference_shown(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine\n")
    (change,) = plan_changes(made(x="1\n"), tmp_path)
    assert (change.status, change.writes) == ("kept", False)
    assert "-mine" in change.difference()
    write([change], tmp_path)
    assert (tmp_path / "x").read_text() == "mine\n"


def test_ours_is_written_again_unless_it_was_edited_since(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(HEADER + "old\n")
    (change,) = plan_changes(made(x="new\n"), tmp_path)
    assert change.status == "changed"
    rows = [{"path": "x", "sha256": digest(HEADER + "old, before the edit\n")}]
    (tmp_path / RECORD).write_text(json.dumps({"files": rows}))
    (change,) = plan_changes(made(x="new\n"), tmp_path)
    assert (change.status, change.reason) == ("kept", "edited since it was generated")


def test_a_record_of_somebody_elses_does_not_make_a_file_ours(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine\n")
    rows = [{"path": "x", "sha256": digest("mine\n")}]
    (tmp_path / RECORD).write_text(json.dumps({"files": rows}))
    (change,) = plan_changes(made(x="new\n"), tmp_path)
    assert change.status == "kept"


def test_an_old_text_comes_back_with_its_mode(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(HEADER + "old\n")
    (tmp_path / "x").chmod(0o640)
    written = write(plan_changes(made(x="new\n"), tmp_path), tmp_path)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640
    assert undo(written.id).restored == ("x",)
    assert (tmp_path / "x").read_text() == HEADER + "old\n"


def test_what_was_changed_since_is_left_alone(tmp_path: Path) -> None:
    written = write(plan_changes(made(x="1\n", y="2\n"), tmp_path), tmp_path)
    (tmp_path / "x").write_text("edited\n")
    undone = undo(written.id)
    assert undone.left == (("x", "it was changed since"),)
    assert undone.removed == ("y",)
    assert (tmp_path / "x").read_text() == "edited\n"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_disk_that_fills_up_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "x").write_text(HEADER + "old\n")
    calls = iter(range(10))
    real = os.fsync

    def full(handle: int) -> None:
        if next(calls) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="nothing was written: No space left"):
        write(plan_changes(made(x="1\n", d__y="2\n", d__z="3\n"), out), out)
    assert tree(out) == {"x": HEADER + "old\n"}
    assert not (out / "d").exists()
    assert latest() is None


def test_a_rename_that_fails_puts_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_text(HEADER + "old\n")
    real = os.replace
    calls = iter(range(10))

    def broken(source: str, target: str) -> None:
        if next(calls) == 1:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(UserError, match="nothing was written"):
        write(plan_changes(made(x="1\n", y="2\n"), tmp_path), tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["x"]
    assert (tmp_path / "x").read_text() == HEADER + "old\n"


def test_a_killed_writing_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    out = tmp_path / "out"

    real = os.replace
    calls = iter(range(10))

    def dies(source: str, target: str) -> None:
        if next(calls) == 1:
            raise Killed
        real(source, target)

    monkeypatch.setattr(os, "replace", dies)
    with pytest.raises(Killed):
        write(plan_changes(made(x="1\n", y="2\n"), out), out)
    monkeypatch.setattr(os, "replace", real)
    name = latest()
    assert name is not None
    undo(name)
    assert not out.exists()


@pytest.mark.parametrize("where", ["link", "link/deeper"])
def test_nothing_is_written_through_a_link(tmp_path: Path, where: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "link").symlink_to(outside)
    with pytest.raises(UserError, match="nothing is written through one"):
        plan_changes([Artefact(f"{where}/x" if "/" in where else where, HEADER, "text")], out)
    assert list(outside.iterdir()) == []


def test_a_file_where_a_folder_must_be(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("x")
    with pytest.raises(UserError, match="a file stands where a folder must be"):
        plan_changes(made(d__y="1\n"), tmp_path)
    with pytest.raises(UserError, match="it is no folder"):
        plan_changes(made(y="1\n"), tmp_path / "d")


def test_a_fifo_is_refused_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(UserError, match="no file"):
        plan_changes(made(x="1\n"), tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="nothing was written"):
        write(plan_changes(made(d__x="1\n"), tmp_path), tmp_path)


@pytest.mark.parametrize(
    "path", ["/etc/x", "../x", "a/../../x", "a//b", "", "a\\b", "a/\x1b[2J", "x" * 300]
)
def test_a_path_that_leaves_the_folder_is_no_artefact(path: str) -> None:
    with pytest.raises(UserError, match="no path inside"):
        Artefact(path, "", "text")
