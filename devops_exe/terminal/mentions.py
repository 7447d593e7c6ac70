"""``@file`` in a line: the file's text goes with the line, as further words.

A mention is a word that begins with ``@``; a backslash before it keeps the sign. Every file is
looked at before anything is asked of an engine, so a slip costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 64 * 1024
"""Bytes of a file that may be attached."""

MOST = 200
"""Entries that a menu offers."""

_MENTION = re.compile(r"(?<!\S)@(\"[^\"\n]+\"|[^\s,;\"]+)")
_TYPED = re.compile(r"(?:^|\s)@([^\s\"]*)\Z")
_GIT_SECONDS = 1.0
_LIST = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--")
"""Lists what is tracked; a repository's own settings may start no program."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a line.

    Attributes:
        name: as mentioned.
        text: what it holds.
        size: in bytes.
    """

    name: str
    text: str
    size: int

    @property
    def told(self) -> str:
        """``attached spec.yaml 2.1 kB``."""
        size = f"{self.size} B" if self.size < 1000 else f"{self.size / 1000:.1f} kB"
        return f"attached {self.name} {size}"


def attached(line: str) -> tuple[str, tuple[Attachment, ...]]:
    """The line with the text of every file that it mentions, and those files.

    Raises:
        UserError: a file is not there, is no text, or is too large.
    """
    if "@" not in line:
        return line, ()
    found = tuple(_read(match[1].strip('"')) for match in _MENTION.finditer(line))
    words = _MENTION.sub(lambda match: match[1].strip('"'), line) if found else line
    words = words.replace("\\@", "@")
    blocks = [f"Text of the file {one.name}:\n{one.text.strip()}" for one in found]
    return "\n\n".join([words, *blocks]), found


def _read(name: str) -> Attachment:
    path = Path(name).expanduser()
    keep = f"write \\@{name} for the word itself"
    try:
        if path.is_dir():
            raise UserError(
                "it is a folder", where=f"@{name}", fix=f"/assess {name} reads a repository; {keep}"
            )
        if not path.is_file():
            raise UserError(
                "there is no such file", where=f"@{name}", fix=f"Tab lists them; {keep}"
            )
        size = path.stat().st_size
        if size > LARGEST:
            raise UserError(
                f"it has {size / 1000:,.0f} kB, and {LARGEST / 1000:.0f} kB may be attached",
                where=f"@{name}",
                fix="attach the part that counts",
                code="too_large",
            )
        text = sanitise(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise UserError(
            "it is no UTF-8 text", where=f"@{name}", fix="attach a text file", code="not_utf8"
        ) from None
    except OSError as problem:
        raise UserError(
            f"it cannot be read ({problem.strerror or problem})", where=f"@{name}", fix=keep
        ) from None
    return Attachment(name, text, size)


def typed_mention(text: str) -> str | None:
    """The path begun behind the last ``@`` of a line up to the cursor; None where there is none.

    >>> typed_mention("see @src/ma"), typed_mention("mail a@b"), typed_mention("@")
    ('src/ma', None, '')
    """
    match = _TYPED.search(text)
    return match[1] if match else None


def paths(typed: str) -> list[str]:
    """Paths that continue what was typed: what git tracks first, then the folder's entries.

    Reads the disk; call it where nobody waits.
    """
    found = dict.fromkeys(_tracked(typed))
    found |= dict.fromkeys(_entries(typed))
    return list(found)[:MOST]


def _tracked(typed: str) -> list[str]:
    if typed.startswith(("/", "~", "..")):
        return []
    import subprocess

    try:
        listed = subprocess.run(  # noqa: S603  # patterns alone, behind "--"
            [*_LIST, f":(icase,glob){_escaped(typed)}*", *_below(typed)],
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return []
    names = listed.stdout.decode("utf-8", "replace").split("\0")
    return sorted(name for name in names if name)[:MOST]


def _below(typed: str) -> list[str]:
    """With no folder typed, a file's own name anywhere in the tree is meant as well."""
    return [f":(icase,glob)**/{_escaped(typed)}*"] if typed and "/" not in typed else []


def _escaped(typed: str) -> str:
    return re.sub(r"([*?\[\]\\])", r"\\\1", typed)


def _entries(typed: str) -> Iterator[str]:
    head, slash, last = typed.rpartition("/")
    base = Path(f"{head}{slash}" or ".").expanduser()
    try:
        inside = sorted(base.iterdir(), key=lambda one: (one.is_dir(), one.name))
    except OSError:
        return
    for one in inside:
        hidden = one.name.startswith(".") and not last.startswith(".")
        if not hidden and one.name.lower().startswith(last.lower()):
            yield f"{head}{slash}{one.name}{'/' if one.is_dir() else ''}"
