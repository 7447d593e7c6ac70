"""The user's editor on a text: ``$VISUAL``, ``$EDITOR``, else what is installed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from devops_exe.ground.errors import UserError

_USUAL = ("editor", "nano", "vi")


def edited(text: str, name: str = "text.txt") -> str:
    """What the person made of ``text``; the editor sees a file called ``name``.

    Raises:
        UserError: there is no editor, it failed, or it left no text.
    """
    command = _command()
    with tempfile.TemporaryDirectory(prefix="devops-exe-") as folder:
        path = Path(folder) / Path(name).name
        path.write_text(text, encoding="utf-8")
        try:
            status = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603  # the user's own editor
            if status:
                raise _failed(command[0], f"it ended with status {status}")
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise _failed(command[0], str(problem)) from None


def _command() -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        words = shlex.split(os.environ.get(variable, ""))
        if words:
            return words
    found = next((name for name in _USUAL if shutil.which(name)), None)
    if found is None:
        raise UserError(
            "no editor is set", where="$EDITOR", fix="export EDITOR=vi", code="no_editor"
        )
    return [found]


def _failed(name: str, why: str) -> UserError:
    return UserError(
        f"the editor changed nothing: {why}",
        where=name,
        fix="set $VISUAL or $EDITOR",
        code="editor_failed",
    )
