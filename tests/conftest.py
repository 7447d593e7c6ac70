"""What every test stands on: its own folders, a fixed terminal, no network beyond loopback."""

from __future__ import annotations

import socket

import pytest

_connect = socket.socket.connect


def _loopback_only(self, address):
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0])
        if not (host.startswith("127.") or host in {"::1", "localhost"}):
            message = f"a test tried to reach {host}"
            raise AssertionError(message)
    return _connect(self, address)


@pytest.fixture(autouse=True)
def _own_place(monkeypatch, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("HOME", str(home))
    for name in (
        "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "NO_COLOR",
        "FORCE_COLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH", "HTTPS_PROXY", "HTTP_PROXY",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)
