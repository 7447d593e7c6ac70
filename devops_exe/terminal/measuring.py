"""Measured values of the project's ``.devops-exe.toml``: read, agreed to, added.

A project file may come with a repository, so its values count only after a yes, which is
remembered by the hash of exactly those values in the data folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.design.measured import Measured, facts, measured_of
from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import data_dir, private_folder
from devops_exe.ground.settings import PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.terminal.app import App

_HEADER = re.compile(r"^\s*\[\s*measured\s*\]\s*(?:#.*)?$")
_ANY_HEADER = re.compile(r"^\s*\[")


def project_values(folder: Path | None = None) -> tuple[Measured, ...]:
    """The measured values of the working folder's project file.

    Raises:
        UserError: the table holds something else.
    """
    import tomllib

    path = (folder or Path()) / PROJECT_FILE
    try:
        if not path.is_file():
            return ()
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()  # settings have said so already
    table = raw.get("measured", {})
    if not isinstance(table, dict):
        raise UserError(
            "measured is no table", where=str(path), fix="write [measured], and a line a value"
        )
    try:
        rows = measured_of(table)
        facts(rows)
    except UserError as problem:
        raise UserError(
            problem.message,
            where=f"{PROJECT_FILE}: {problem.where}",
            fix=problem.fix,
            code=problem.code,
        ) from None
    return rows


def fingerprint(rows: Sequence[Measured]) -> str:
    """Hash of exactly these values, with their sources and dates."""
    raw = sorted((row.field, row.value, row.source, row.date) for row in rows)
    return hashlib.sha256(json.dumps(raw).encode()).hexdigest()


def agreed_file() -> Path:
    """Hashes of the values that somebody said yes to, a line each."""
    return data_dir() / "measured-agreed"


def is_agreed(rows: Sequence[Measured]) -> bool:
    """Whether somebody said yes to exactly these values before."""
    try:
        return fingerprint(rows) in agreed_file().read_text(encoding="utf-8").split()
    except OSError:
        return False


def agree(rows: Sequence[Measured]) -> None:
    """Remember a yes.

    Raises:
        UserError: the data folder cannot be made.
    """
    private_folder(data_dir())
    with agreed_file().open("a", encoding="utf-8") as file:
        file.write(f"{fingerprint(rows)}\n")


def take_measured(app: App) -> None:
    """Give the session the project's measured values, where a yes was said or is said now.

    Raises:
        UserError: the project file's values are wrong.
    """
    from devops_exe.terminal.question import Nobody

    rows = project_values()
    if not rows or app.session.measured is not None:
        return
    found = facts(rows)
    shown = "; ".join(f"{row.field} {row.value} ({row.source}, {row.date})" for row in rows)
    if not is_agreed(rows):
        if isinstance(app.question, Nobody):
            app.aside(
                f"! measured values of {PROJECT_FILE} are not used, nobody said yes to them: "
                f"{shown}; say it at a terminal: devops-exe, then /measured yes"
            )
            app.session.measured = {}
            return
        app.aside(f"{PROJECT_FILE} states measured values: {shown}")
        if not app.question.confirm("Use them in place of assumptions?").yes:
            app.session.measured = {}
            return
        agree(rows)
    app.session.measured = found


def with_row(text: str, row: Measured) -> str:
    """A project file's text with one measured value more, or in place of the one before.

    Comments and all other lines stay as they are.
    """
    number = row.value if re.fullmatch(r"-?\d+(?:\.\d+)?", row.value) else json.dumps(row.value)
    line = (
        f"{row.field} = {{ value = {number}, source = {json.dumps(row.source)}, "
        f"date = {json.dumps(row.date)} }}"
    )
    lines = text.splitlines()
    header = next((n for n, one in enumerate(lines) if _HEADER.match(one)), None)
    if header is None:
        return "\n".join([*lines, *([""] if lines else []), "[measured]", line]) + "\n"
    end = next(
        (n for n in range(header + 1, len(lines)) if _ANY_HEADER.match(lines[n])), len(lines)
    )
    for number_of, one in enumerate(lines[header + 1 : end], header + 1):
        if re.match(rf"\s*\"?{re.escape(row.field)}\"?\s*=", one):
            lines[number_of] = line
            return "\n".join(lines) + "\n"
    while end > header + 1 and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], line, *lines[end:]]) + "\n"
