"""The document in colour: headings bold, the status by its meaning; no character changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t

if TYPE_CHECKING:
    from devops_exe.terminal.view.screen import Screen, Style

_HEADINGS = frozenset({t.TITLE, *t.HEADINGS.values()})
_RULES = frozenset({t.HEAVY_RULE, t.LIGHT_RULE})


def paint_document(screen: Screen, text: str) -> None:
    """Print a document to standard output."""
    for line in text.split("\n"):
        screen.out(line, _style(line))


def _style(line: str) -> Style:
    if line in _HEADINGS:
        return "bold"
    if line in _RULES:
        return "dim"
    if line.startswith(t.FOOTER_LABEL):
        return "bad" if "Blocked" in line else "good"
    return ""
