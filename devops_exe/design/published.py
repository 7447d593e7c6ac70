"""Published constants: defaults of upstream projects and burn-rate windows, with their source.

The rows live in ``design/data/*.toml``, each with the place it was published; a file is read
once, when the first operation that needs it is imported.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """The rows of ``data/NAME.toml``."""
    import tomllib

    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def default(project: str, setting: str) -> Any:
    """The default of an upstream project's setting.

    >>> default("kubernetes", "max_surge")
    '25%'
    >>> default("prometheus", "scrape_interval_seconds")
    60
    """
    return table("defaults")[project][setting]["value"]
