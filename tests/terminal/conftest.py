"""Every test of the terminal has folders of its own, no key, and a fixed clock."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chat_screen import Chat


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(("DEVOPS_EXE_", "ANTHROPIC_")) or name in {
            "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES",
        }:  # fmt: skip
            monkeypatch.delenv(name)
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return tmp_path


@pytest.fixture(autouse=True)
def applications_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test created, as the executable does: newer Pythons warn of open stores."""
    from devops_exe.terminal.app import App

    opened: list[App] = []
    create = App.create

    def created(*given: Any, **named: Any) -> App:
        opened.append(create(*given, **named))
        return opened[-1]

    monkeypatch.setattr(App, "create", staticmethod(created))
    yield
    for app in opened:
        app.close()


@pytest.fixture
def chats() -> Iterator[list[Chat]]:
    opened: list[Chat] = []
    yield opened
    for chat in opened:
        if chat.process.isalive():
            chat.process.kill(signal.SIGKILL)
        chat.process.close(force=True)
