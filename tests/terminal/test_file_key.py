from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chat_stage import settings

from devops_exe import cli
from devops_exe.terminal.writers import engine_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_key_of_the_user_file_brings_claude_and_is_shown_nowhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from devops_exe.agent.claude_writer import claude_settings

    monkeypatch.setenv("DEVOPS_EXE_CONFIG_DIR", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text('api_key = "sk-ant-kept"\n')
    path.chmod(0o600)
    found = settings()
    assert engine_of(found) == "claude"
    assert claude_settings(found).api_key == "sk-ant-kept"
    assert cli.main(["config", "--origin", "--json"]) == 0
    assert cli.main(["config", "--origin"]) == 0
    assert cli.main(["doctor"]) == 0
    heard = capsys.readouterr()
    assert "config.toml:1 (it is never shown)" in " ".join(heard.out.split())
    assert "sk-ant-kept" not in heard.out + heard.err
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-env")
    assert claude_settings(found).api_key == os.environ["ANTHROPIC_API_KEY"]
