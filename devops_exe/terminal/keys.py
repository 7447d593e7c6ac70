"""The keys of the chat: one table, from which the bindings and their help come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Key:
    """A binding.

    Attributes:
        name: what the table of bindings calls it.
        shown: the keys as a person writes them.
        does: what it does.
    """

    name: str
    shown: str
    does: str


KEYS: tuple[Key, ...] = (
    Key("submit", "Enter", "sends the line; with the menu open it takes the chosen item"),
    Key("newline", "Alt-Enter, Ctrl-J, \\", "adds a line (a backslash at the end, then Enter)"),
    Key("paste", "paste", "long text is folded and sent whole; pasted again it opens"),
    Key("file", "@", "attaches a file; Tab lists them"),
    Key("shell", "!", "runs a command in your shell; nothing of it is sent without a yes"),
    Key("complete", "Tab, Shift-Tab", "opens the menu and goes through it"),
    Key("mode", "Shift-Tab", "without a menu: what may be written (plan, ask, auto-edit)"),
    Key("details", "Ctrl-O", "shows the tools of the last turn, also while one runs"),
    Key("suggest", "Right, Ctrl-F", "takes the grey suggestion, or the chosen item of the menu"),
    Key("close", "Esc", "closes the menu; during an answer stops it"),
    Key("search", "Ctrl-R", "searches the lines typed before"),
    Key("history", "Up, Down", "goes through the lines typed before"),
    Key("interrupt", "Ctrl-C", "clears the line; during an answer stops it; twice leaves"),
    Key("leave", "Ctrl-D", "leaves, on an empty line"),
    Key("redraw", "Ctrl-L", "draws the screen anew and keeps the line"),
    Key("editor", "Ctrl-X Ctrl-E", "opens the line in $VISUAL or $EDITOR (vi: Esc v)"),
    Key("suspend", "Ctrl-Z", "suspends; fg comes back"),
)
"""Every key with a meaning of its own; the rest are those of readline (emacs), or
of vi where ``editing`` says so."""

BOUND: Mapping[str, tuple[str, ...]] = {
    "submit": ("c-m",),
    "newline": ("escape c-m", "c-j"),
    "paste": ("<bracketed-paste>",),
    "mode": ("s-tab",),
    "details": ("c-o",),
    "suggest": ("right",),
    "close": ("escape",),
    "interrupt": ("c-c",),
}
"""Rows that are bound here, and their keys as the library names them."""

LIBRARY: Mapping[str, tuple[str, ...]] = {
    "complete": ("c-i", "s-tab"),
    "search": ("c-r",),
    "history": ("up", "down"),
    "leave": ("c-d",),
    "redraw": ("c-l",),
    "editor": ("c-x c-e",),
    "suspend": ("c-z",),
    "suggest": ("right", "c-f"),
    "file": (),
    "shell": (),
}
"""Rows that the library binds, or that are no key but the first letter of a word."""
