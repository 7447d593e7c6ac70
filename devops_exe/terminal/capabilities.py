"""What the persona promises, and what of it is built: one table for page, help and tests.

The rows live in ``devops_exe/terminal/data/capabilities.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from devops_exe.terminal.view.wrap import wrap

State = Literal["built", "partly", "not built yet"]

STATES: tuple[State, ...] = ("built", "partly", "not built yet")

_DATA = Path(__file__).parent / "data" / "capabilities.toml"


@dataclass(frozen=True, slots=True)
class Capability:
    """One row.

    Attributes:
        group: the part of the persona it belongs to.
        title: the promise, in the persona's words.
        command: how a person gets it: a slash command, or a sub-command of ``devops-exe``.
        state: whether it is built.
        module: where it is made; empty where nothing is.
        tests: node ids of the tests that prove it.
        missing: what is not there; empty for what is built.
    """

    group: str
    title: str
    command: str
    state: State
    module: str = ""
    tests: tuple[str, ...] = ()
    missing: str = ""


@cache
def capabilities() -> tuple[Capability, ...]:
    """Every row, in the order of the persona."""
    import tomllib

    rows = tomllib.loads(_DATA.read_text(encoding="utf-8"))["row"]
    return tuple(Capability(**{**row, "tests": tuple(row.get("tests", ()))}) for row in rows)


def count() -> str:
    """How many rows are in each state.

    >>> count().startswith("66 rows: ")
    True
    """
    rows = capabilities()
    counted = [f"{sum(row.state == state for row in rows)} {state}" for state in STATES]
    return f"{len(rows)} rows: {', '.join(counted)}"


def capability_lines(width: int = 80) -> list[str]:
    """The table as ``/help capabilities`` prints it.

    Args:
        width: cells of a line.
    """
    lines = wrap(count(), width)
    group = ""
    for row in capabilities():
        if row.group != group:
            group = row.group
            lines += ["", group]
        lines += wrap(_described(row), width, f"  {row.state:<15}")
    return lines


def _described(row: Capability) -> str:
    text = row.title
    if row.state != "not built yet" and row.command.split()[0] not in row.title:
        text += f" · {row.command}"
    return f"{text} · without {row.missing}" if row.state == "partly" else text
