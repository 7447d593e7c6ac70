"""A row of the grammar."""

from __future__ import annotations

from typing import Any, NamedTuple


class Rule(NamedTuple):
    """A phrase: its pattern (see ``matching``), its effect and examples that run as tests.

    An effect is ``field:unit`` for the first quantity of the match that fits the unit (``#2``
    for the second), ``field=value`` for a constant, ``@name`` for a reader of ``phrases``.
    """

    pattern: str
    effect: str
    examples: tuple[tuple[str, dict[str, Any]], ...] = ()
