"""Everything that is no document, at each width, alphabet and colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Pretended, settings

from devops_exe.ground.text import cells
from devops_exe.terminal.app import App

LINES = (
    "/help", "/help why", "/help keys", "/help exit-codes", "/help environment",
    "/help capabilities", "/sessions", "/sessions all", "/config", "/permissions", "/why RTO",
    "/why replicas", "/why peak_rps", "/what-if peak_rps=3000", "/ledger", "/ledger L3",
    "/ledger L15", "/trace",
    "/show rollout", "/show budget", "/show replicas", "/show pipeline", "/doctor", "/validate",
    "/assess", "/calc", "/calc slo op=budget slo_percent=99.95", "/diff", "/cost", "/context",
    "/engine", "/model", "/nothing", "/export html", "/resume ffff", "@missing", "99.99 %",
)  # fmt: skip


def said(columns: int, *flags: str) -> list[tuple[str, str]]:
    """Each line and everything it puts on an interactive screen."""
    Path("package.json").write_text('{"name": "shop", "dependencies": {"express": "4"}}')
    out = Pretended(terminal=True)
    app = App.create(settings(*flags), stdin=Pretended(terminal=True), stdout=out, stderr=out)
    assert app.screen.terminal.columns == columns
    app.chatting = app.record.chat = True
    for line in (CHECKOUT, "3,000 rps"):
        app.answer(line)
    answers = []
    for line in LINES:
        out.seek(0)
        out.truncate()
        app.answer(line)
        answers.append((line, out.getvalue()))
    app.close()
    return answers


def room(line: str, columns: int) -> int:
    """What a line may take: the columns, or its longest word behind its indent."""
    indent = cells(line) - cells(line.lstrip())
    return max(columns, indent + max((cells(word) for word in line.split()), default=0))


@pytest.mark.parametrize("columns", [120, 80, 60, 40, 20])
@pytest.mark.parametrize("flags", [(), ("--ascii",), ("--color=never",), ("--plain",)], ids=str)
def test_every_line_fits(
    columns: int, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    wide = []
    for line, text in said(columns, *flags):
        assert text.strip(), line
        assert ("\x1b[" in text.replace("\x1b[K", "")) <= ("--color=never" not in flags)
        if "--ascii" in flags:
            assert text.isascii()
        if "--plain" in flags:
            assert not set(text) & set("┌│─█")
        for shown in re.sub(r"\x1b\[[0-9;]*[mK]", "", text).replace("\r", "\n").split("\n"):
            grown = 4 if "--ascii" in flags and columns < 24 else 0  # no room to spare there
            if cells(shown) > room(shown, columns) + grown:
                wide.append((line, shown))
    assert wide == []
