"""To the clipboard: by a program of the desktop, else by the terminal itself (OSC 52)."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)
"""Programs that read standard input into the clipboard, the first that is there is taken."""

_DISPLAYS: Mapping[str, str] = {
    "wl-copy": "WAYLAND_DISPLAY", "xclip": "DISPLAY", "xsel": "DISPLAY",
}  # fmt: skip
"""What a program needs to be of use."""

LARGEST_OSC52 = 74_994
"""Bytes that the strictest common terminals take in one sequence, before base64."""

_SECONDS = 5.0


def program(environment: Mapping[str, str] | None = None) -> tuple[str, ...] | None:
    """The clipboard program of this desktop, None where there is none."""
    environment = os.environ if environment is None else environment
    for words in PROGRAMS:
        needed = _DISPLAYS.get(words[0])
        if needed and not environment.get(needed):
            continue
        if shutil.which(words[0], path=environment.get("PATH")):
            return words
    return None


def by_program(text: str, words: tuple[str, ...]) -> bool:
    """Hand ``text`` to a clipboard program; False where it failed."""
    try:
        done = subprocess.run(  # noqa: S603  # one of PROGRAMS, no word of the user's
            words,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def osc52(text: str) -> str | None:
    """The sequence that asks a terminal to copy ``text``; None where it is too long."""
    data = text.encode()
    if len(data) > LARGEST_OSC52:
        return None
    return f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
