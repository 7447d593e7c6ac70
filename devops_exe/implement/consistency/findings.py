"""The findings of a tree: one table, `implement/data/findings.toml`, for code and pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from devops_exe.blueprint.finding import Finding
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from devops_exe.blueprint.finding import Severity

_TABLE = Path(__file__).parent.parent / "data" / "findings.toml"
LONGEST_VALUE = 120


@cache
def table() -> dict[str, dict[str, Any]]:
    """Groups of findings: title, about, and a row ``[severity, message, fix]`` for each code."""
    import tomllib

    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def rows() -> dict[str, tuple[str, str, str]]:
    """Code to severity, message and fix; in braces what a rule fills in."""
    return {
        code: cast("tuple[str, str, str]", tuple(row))
        for group in table().values()
        for code, row in group.items()
        if isinstance(row, list)
    }


def finding(code: str, where: str, **values: str) -> Finding:
    """A finding with its values put in; what a file says is cleaned of control characters."""
    severity, message, fix = rows()[code]
    shown = {key: " ".join(sanitise(text).split())[:LONGEST_VALUE] for key, text in values.items()}
    return Finding(
        code, cast("Severity", severity), where, message.format(**shown), fix.format(**shown)
    )
