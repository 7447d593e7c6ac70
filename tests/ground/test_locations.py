from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from devops_exe.ground import locations
from devops_exe.ground.errors import UserError

KINDS = ["config", "data", "state", "cache"]


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for kind in KINDS:
        monkeypatch.delenv(f"DEVOPS_EXE_{kind.upper()}_DIR", raising=False)
        monkeypatch.delenv(f"XDG_{kind.upper()}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")


def folder(kind: str) -> Path:
    return getattr(locations, f"{kind}_dir")()


def test_the_platforms_folders(tmp_path, monkeypatch):
    assert [folder(kind).relative_to(tmp_path).as_posix() for kind in KINDS] == [
        ".config/devops-exe",
        ".local/share/devops-exe",
        ".local/state/devops-exe",
        ".cache/devops-exe",
    ]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert folder("data") == tmp_path / "Library/Application Support/devops-exe"
    assert folder("cache") == tmp_path / "Library/Caches/devops-exe"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_xdg_and_the_override(kind, platform, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(tmp_path / "xdg"))
    assert folder(kind) == tmp_path / "xdg" / "devops-exe"
    monkeypatch.setenv(f"DEVOPS_EXE_{kind.upper()}_DIR", "~/mine")
    assert folder(kind) == tmp_path / "mine"


def test_a_relative_xdg_folder_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert folder("data") == tmp_path / ".local/share/devops-exe"


def test_files(tmp_path):
    assert locations.config_file() == tmp_path / ".config/devops-exe/config.toml"
    assert locations.sessions_file() == tmp_path / ".local/share/devops-exe/sessions.db"
    assert locations.history_file() == tmp_path / ".local/state/devops-exe/history"
    assert locations.log_file() == tmp_path / ".local/state/devops-exe/debug.log"


def test_a_private_folder(tmp_path):
    made = locations.private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o750)
    locations.private_folder(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o750


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot make this folder"):
        locations.private_folder(tmp_path / "file" / "b")


def test_no_home(monkeypatch):
    def none() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", none)
    with pytest.raises(UserError, match="no home folder"):
        folder("data")
