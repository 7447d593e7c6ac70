"""Files put before a person, edited where wanted, and written: for whatever makes several.

::

    written = write_files(app, {Path("out/k8s/rollout.yaml"): text, …}, Path("out"),
                          notes={Path("out/k8s/rollout.yaml"): "proved by kubernetes schema 1.33"})
    if not written.answer.yes: ...        # nothing was written
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells, pad
from devops_exe.terminal.question import Act, Answer, consent
from devops_exe.terminal.view.changes import difference, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from devops_exe.terminal.question import Desk

_WIDEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the files.

    Attributes:
        answer: what was answered.
        files: each file with its text as it was written, edited or not; empty after a no.
        before: what each of them held before; None where it was not there.
    """

    answer: Answer
    files: Mapping[Path, str]
    before: Mapping[Path, str | None]


def write_files(
    desk: Desk,
    files: Mapping[Path, str],
    folder: Path,
    *,
    notes: Mapping[Path, str] | None = None,
    question: str = "",
) -> Written:
    """Ask whether the files may be written under the folder that the user named; then write them.

    Each file is written beside its place and moved there, so none is ever half a file. A file
    that already holds its text is left alone and is no part of the question.

    Args:
        desk: who asks.
        files: path and text; each path within ``folder``.
        folder: the folder that the user named; it is made where it is missing.
        notes: a few words beside a file: what proved it.
        question: instead of ``Write 9 files under ./out?``.

    Raises:
        UserError: it is refused, a path leaves the folder, or a file cannot be written.
        NobodyToAsk: it must be asked, and nobody is there; nothing was done.
    """
    _check(files, folder)
    wanted = dict(files)
    before = {path: text_of(path) for path in wanted}
    answer = consent(desk, _act(desk, wanted, before, folder, notes or {}, question))
    if not answer.yes:
        return Written(answer, {}, before)
    for path, text in wanted.items():
        if before[path] != text:
            _write(path, text)
    return Written(answer, wanted, before)


def _act(
    desk: Desk,
    files: dict[Path, str],
    before: Mapping[Path, str | None],
    folder: Path,
    notes: Mapping[Path, str],
    question: str,
) -> Act:
    changed = {path: text for path, text in files.items() if before[path] != text}

    def edit() -> Act:
        _edit(desk, files)
        return _act(desk, files, before, folder, notes, question)

    many = f"{len(changed)} file{'' if len(changed) == 1 else 's'}"
    return Act(
        question or f"Write {many} under {_shown(folder)}?",
        summary=tuple(_lines(files, before, folder, notes)),
        text=difference(before, changed),
        folder=folder,
        paths=tuple(changed) or tuple(files),
        edit=edit,
    )


def _lines(
    files: Mapping[Path, str],
    before: Mapping[Path, str | None],
    folder: Path,
    notes: Mapping[Path, str],
) -> list[str]:
    """``+ k8s/rollout.yaml  61  proved by …``: new, changed or as it was."""
    names = {path: str(path.relative_to(folder)) for path in files}
    width = min(_WIDEST_NAME, max((cells(one) for one in names.values()), default=0))
    lines = []
    for path, text in files.items():
        mark = "+" if not path.exists() else "=" if before[path] == text else "~"
        count = text.count("\n") + (not text.endswith("\n"))
        line = f"{mark} {pad(names[path], width)} {count:>4}  {notes.get(path, '')}"
        lines.append(line.rstrip())
    return lines


def _edit(desk: Desk, files: dict[Path, str]) -> None:
    from devops_exe.terminal.editor import edited

    paths = list(files)
    chosen = paths[0]
    if len(paths) > 1:
        for number, path in enumerate(paths, 1):
            desk.screen.err(f"  {number}. {path}")
        said = desk.question.words("Which file? A number")
        if not (said.isascii() and said.isdigit() and 0 < int(said[:4]) <= len(paths)):
            desk.screen.err("  no file of that number; nothing was edited", "dim")
            return
        chosen = paths[int(said[:4]) - 1]
    try:
        files[chosen] = edited(files[chosen], chosen.name)
    except UserError as problem:
        desk.screen.err(f"  ! {problem.message} → {problem.fix}", "warn")


def _check(files: Mapping[Path, str], folder: Path) -> None:
    from devops_exe.terminal.permissions import is_within

    for path in files:
        if not path.is_relative_to(folder) or not is_within(path, folder):
            raise UserError(
                f"{path} is not within {folder}; nothing was written",
                where=str(path),
                fix="name another folder, or remove the link",
                code="outside_folder",
            )
        if path.is_dir():
            raise UserError(
                "a folder stands where a file belongs; nothing was written",
                where=str(path),
                fix="name another folder",
                code="not_writable",
            )


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except OSError as problem:
        raise UserError(
            f"it cannot be written ({problem.strerror or problem})",
            where=str(path),
            fix="make its folder writable, or name another",
            code="not_writable",
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _shown(folder: Path) -> str:
    text = str(folder)
    return text if text.startswith((".", "/", "~")) else f"./{text}"
